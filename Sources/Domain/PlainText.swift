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

    /// Whether a text has more than so many characters (Unicode scalars).
    public static func isLonger(_ text: String, than most: Int) -> Bool {
        // No character has less than one byte.
        text.utf8.count > most && text.unicodeScalars.count > most
    }

    /// Space, tab and the line ends: the white space of ASCII.
    public static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
}
