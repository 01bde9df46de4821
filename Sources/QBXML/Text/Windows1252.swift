/// The characters that QuickBooks can store: those of Windows-1252.
enum Windows1252 {
    /// The characters of bytes 0x80 to 0x9F; the five unused bytes stand for themselves.
    static let upper: [UInt32] = [
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d,
        0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0x009d, 0x017e, 0x0178,
    ]

    /// Whether QuickBooks can store the character.
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x80, 0xa0...0xff: true
        case 0x80..<0xa0: false
        default: upper.contains(scalar.value)
        }
    }

    /// The character of a byte.
    static func scalar(_ byte: UInt8) -> UInt32 {
        (0x80..<0xa0).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
    }

    /// Writes Windows-1252 bytes as UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
        for byte in bytes {
            let value = scalar(byte)
            switch value {
            case 0..<0x80:
                text.append(byte)
            case 0x80..<0x800:
                text.append(UInt8(0xc0 | value >> 6))
                text.append(UInt8(0x80 | value & 0x3f))
            default:
                text.append(UInt8(0xe0 | value >> 12))
                text.append(UInt8(0x80 | value >> 6 & 0x3f))
                text.append(UInt8(0x80 | value & 0x3f))
            }
        }
    }
}
