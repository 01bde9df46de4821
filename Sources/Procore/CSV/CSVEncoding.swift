/// The encodings in which CSV files come: UTF-8, or what Excel on Windows writes.
enum CSVEncoding: Sendable {
    /// Only ASCII was met so far.
    case undecided
    case utf8
    case windows1252

    func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard self == .windows1252 else { return String(decoding: bytes, as: UTF8.self) }
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(windows1252Scalar(byte)) }
        return String(scalars)
    }
}

/// The character of a Windows-1252 byte. Source: the WHATWG Encoding Standard's index windows-1252.
private func windows1252Scalar(_ byte: UInt8) -> Unicode.Scalar {
    guard (0x80...0x9f).contains(byte) else { return Unicode.Scalar(byte) }
    let special: [UInt32] = [
        0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d,
        0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d,
        0x17e, 0x178,
    ]
    return Unicode.Scalar(special[Int(byte - 0x80)]) ?? Unicode.Scalar(byte)
}
