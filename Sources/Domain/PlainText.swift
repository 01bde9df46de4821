/// Text of nothing but ASCII, which nearly all text is, taken byte by byte: a fraction of the time that characters take.
/// Each gives nil or a safe answer where the text is not plain, and the caller goes by characters then.
public enum PlainText {
    /// The text with white space trimmed at the ends and single spaces inside; nil where it has more than ASCII and the
    /// letters of Western Europe (U+00C0 to U+00FF), none of which is white space or joins another.
    public static func oneLine(_ text: String, lowercased: Bool = false) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            var isPlain = true
            var isTidy = true
            var last: UInt8 = 0x20
            for byte in bytes {
                if byte >= 0x80, byte != letter, last != letter { isPlain = false }
                if isSpace(byte), byte != 0x20 || last == 0x20 { isTidy = false }
                if lowercased, isCapital(byte, after: last) { isTidy = false }
                last = byte
            }
            guard isPlain else { return nil }
            if isTidy, last != 0x20 || bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            return String(unsafeUninitializedCapacity: bytes.count) { result in
                var count = 0
                var last: UInt8 = 0x20
                for byte in bytes {
                    defer { last = byte }
                    if isSpace(byte) { continue }
                    if isSpace(last), count > 0 {
                        result[count] = 0x20
                        count += 1
                    }
                    result[count] = lowercased && isCapital(byte, after: last) ? byte | 0x20 : byte
                    count += 1
                }
                return count
            }
        }
    }

    /// The first of the two bytes of a letter of Western Europe.
    private static let letter: UInt8 = 0xc3

    /// Whether a byte is a capital, or the second one of such a capital, which has the bit of small letters not set. All
    /// capitals are among the first 31, of which `×` is none.
    private static func isCapital(_ byte: UInt8, after last: UInt8) -> Bool {
        last == letter ? byte &- 0x80 < 31 && byte != 0x97 : byte &- 0x41 < 26
    }

    /// Whether a text has nothing but printable ASCII, tabs, line feeds and the letters of Western Europe (U+00C0 to
    /// U+00FF).
    public static func isWestern(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var last: UInt8 = 0
            for byte in bytes {
                let isPlain = byte &- 0x20 < 0x5f || byte == 0x0a || byte == 0x09
                guard isPlain || byte == letter || last == letter else { return false }
                last = byte
            }
            return true
        }
    }

    /// Where the first of the lines ends that a tidy text is broken into at its spaces.
    /// - Parameters:
    ///   - rest: what is left of it.
    ///   - width: so many characters a line has, unless its first word is longer.
    public static func endOfLine(_ rest: Slice<UnsafeBufferPointer<UInt8>>, width: Int) -> Int {
        guard rest.count > width else { return rest.endIndex }
        let space = UInt8(ascii: " ")
        return rest.prefix(width + 1).lastIndex(of: space) ?? rest.dropFirst(width).firstIndex(of: space)
            ?? rest.endIndex
    }

    /// The text with white space trimmed at the ends; nil unless it is printable ASCII, tabs and line feeds, without any
    /// sign of a tag or an entity (`<`, `&`).
    public static func trimmedUnlessMarked(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            for byte in bytes {
                let isPlain = byte &- 0x20 < 0x5f || byte == 0x0a || byte == 0x09
                guard isPlain, byte != UInt8(ascii: "<"), byte != UInt8(ascii: "&") else { return nil }
            }
            guard let first = bytes.firstIndex(where: { !isSpace($0) }),
                let last = bytes.lastIndex(where: { !isSpace($0) })
            else { return "" }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[first...last]), as: UTF8.self)
        }
    }

    /// Whether a text is one line of printable ASCII with single spaces inside and none at the ends, and not empty: most
    /// values are, and no rule changes anything about them.
    public static func isTidy(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var last: UInt8 = 0x20
            for byte in bytes {
                if byte &- 0x21 >= 0x5e, byte != 0x20 || last == 0x20 { return false }
                last = byte
            }
            return last != 0x20
        }
    }

    /// Whether a text has more than so many characters (Unicode scalars).
    public static func isLonger(_ text: String, than most: Int) -> Bool {
        // No character has less than one byte.
        text.utf8.count > most && text.unicodeScalars.count > most
    }

    /// Space, tab and the line ends: the white space of ASCII.
    public static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
}
