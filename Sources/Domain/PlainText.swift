/// Text of nothing but ASCII, which nearly all text is, taken byte by byte: a fraction of the time that characters take.
/// Each gives nil or a safe answer where the text is not plain, and the caller goes by characters then.
public enum PlainText {
    /// The text with white space trimmed at the ends and single spaces inside; nil where it is not all ASCII.
    public static func oneLine(_ text: String, lowercased: Bool = false) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            var isPlain = true
            var isTidy = true
            var last: UInt8 = 0x20
            for byte in bytes {
                if byte >= 0x80 { isPlain = false }
                if isSpace(byte), byte != 0x20 || last == 0x20 { isTidy = false }
                if lowercased, byte &- 0x41 < 26 { isTidy = false }
                last = byte
            }
            guard isPlain else { return nil }
            if isTidy, last != 0x20 || bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            return String(unsafeUninitializedCapacity: bytes.count) { result in
                var count = 0
                var isBetween = false
                for byte in bytes {
                    if isSpace(byte) {
                        isBetween = true
                        continue
                    }
                    if isBetween, count > 0 {
                        result[count] = 0x20
                        count += 1
                    }
                    isBetween = false
                    result[count] = lowercased && byte &- 0x41 < 26 ? byte | 0x20 : byte
                    count += 1
                }
                return count
            }
        }
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
