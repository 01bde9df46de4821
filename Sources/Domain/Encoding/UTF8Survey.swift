/// Tells whether bytes that come in pieces are UTF-8 throughout (RFC 3629: no overlong forms, no surrogates).
struct UTF8Survey {
    /// How many bytes the character at hand still lacks, and between what the next one has to be.
    private var missing = 0
    private var range: ClosedRange<UInt8> = 0x80...0xbf

    /// Whether no character is cut by the end of what was taken.
    var isWhole: Bool { missing == 0 }

    /// Takes the next piece; false where it shows that the bytes are no UTF-8.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                guard let next = firstBeyondASCII(bytes, from: index) else { return true }
                index = next
            }
            guard take(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    /// Takes the next byte; false where it shows that the bytes are no UTF-8.
    mutating func take(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard range.contains(byte) else { return false }
            missing -= 1
            range = 0x80...0xbf
            return true
        }
        switch byte {
        case 0..<0x80: break
        case 0xc2...0xdf: missing = 1
        case 0xe0: (missing, range) = (2, 0xa0...0xbf)
        case 0xed: (missing, range) = (2, 0x80...0x9f)
        case 0xe1...0xef: missing = 2
        case 0xf0: (missing, range) = (3, 0x90...0xbf)
        case 0xf1...0xf3: missing = 3
        case 0xf4: (missing, range) = (3, 0x80...0x8f)
        default: return false
        }
        return true
    }

    /// Whether bytes begin with a whole character.
    static func beginsWithCharacter(_ bytes: [UInt8]) -> Bool {
        var survey = UTF8Survey()
        for byte in bytes.prefix(4) {
            guard survey.take(byte) else { return false }
            if survey.isWhole { return true }
        }
        return false
    }
}

/// The first byte outside ASCII; nil where there is none. Looks at eight bytes at a time.
func firstBeyondASCII(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
    let high: UInt64 = 0x8080_8080_8080_8080
    var index = start
    while index + 32 <= bytes.count {
        let some =
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            | bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
            | bytes.loadUnaligned(fromByteOffset: index + 16, as: UInt64.self)
            | bytes.loadUnaligned(fromByteOffset: index + 24, as: UInt64.self)
        if some & high != 0 { break }
        index += 32
    }
    while index < bytes.count {
        if bytes[index] >= 0x80 { return index }
        index += 1
    }
    return nil
}

/// Finds lines of UTF-8 in a file that is read as Windows-1252 because it is not UTF-8.
///
/// A capital letter with an accent before a curly quote looks like a character of UTF-8 by chance, so only a line whose
/// letters outside ASCII are all of them characters of UTF-8 is one: then the file is a mixture.
struct MixtureWatch {
    private var survey = UTF8Survey()
    private var hasWide = false
    private var hasStray = false

    /// Whether the line at hand is of UTF-8, if it ended here.
    var isUTF8Line: Bool { hasWide && !hasStray && survey.isWhole }

    /// Takes ASCII; true where it ends a line of UTF-8.
    mutating func takesASCII(endingLine: Bool) -> Bool {
        if !survey.isWhole { hasStray = true }
        let isUTF8 = isUTF8Line
        if endingLine { self = MixtureWatch() }
        return endingLine && isUTF8
    }

    /// Takes a byte outside ASCII.
    mutating func take(_ byte: UInt8) {
        guard !hasStray else { return }
        if survey.take(byte) { hasWide = true } else { hasStray = true }
    }
}

extension Array<UInt8> {
    /// Appends a character, by its number, as UTF-8.
    mutating func append(utf8 scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            append(UInt8(scalar))
        case 0x80..<0x800:
            append(UInt8(0xc0 | scalar >> 6))
            append(UInt8(0x80 | scalar & 0x3f))
        case 0x800..<0x10000:
            append(UInt8(0xe0 | scalar >> 12))
            append(UInt8(0x80 | scalar >> 6 & 0x3f))
            append(UInt8(0x80 | scalar & 0x3f))
        default:
            append(UInt8(0xf0 | scalar >> 18))
            append(UInt8(0x80 | scalar >> 12 & 0x3f))
            append(UInt8(0x80 | scalar >> 6 & 0x3f))
            append(UInt8(0x80 | scalar & 0x3f))
        }
    }
}
