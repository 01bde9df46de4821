/// The characters that QuickBooks can store, and that Windows programs write in a byte each: those of Windows-1252.
/// Source: the WHATWG Encoding Standard's index windows-1252.
public enum Windows1252 {
    /// The characters of bytes 0x80 to 0x9F; the five unused bytes stand for themselves.
    public static let upper: [UInt32] = [
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d,
        0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0x009d, 0x017e, 0x0178,
    ]

    /// Whether QuickBooks can store the character.
    public static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x80, 0xa0...0xff: true
        case 0x80..<0xa0: false
        default: upper.contains(scalar.value)
        }
    }

    /// The character of a byte.
    public static func scalar(_ byte: UInt8) -> UInt32 {
        (0x80..<0xa0).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
    }

    /// Whether a byte stands for no character: 0x81, 0x8D, 0x8F, 0x90 and 0x9D.
    static func isUnused(_ byte: UInt8) -> Bool {
        (0x80..<0xa0).contains(byte) && upper[Int(byte) - 0x80] == UInt32(byte)
    }

    /// Writes Windows-1252 bytes as UTF-8.
    static func decode(_ bytes: ArraySlice<UInt8>, into text: inout [UInt8]) {
        for byte in bytes { text.append(utf8: scalar(byte)) }
    }

    /// The bytes from which `decode` made this text.
    public static func encode(_ text: [UInt8]) -> [UInt8] {
        String(decoding: text, as: UTF8.self).unicodeScalars.map { scalar in
            upper.firstIndex(of: scalar.value).map { UInt8(0x80 + $0) } ?? UInt8(truncatingIfNeeded: scalar.value)
        }
    }
}
