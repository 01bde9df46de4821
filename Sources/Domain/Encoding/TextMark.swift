extension TextSource {
    /// What the first bytes of a file tell about its encoding, whatever it declares.
    struct Mark {
        /// In what the file is written.
        enum Encoding: Equatable { case utf8, utf16(bigEndian: Bool) }

        let encoding: Encoding
        /// The bytes of the byte-order mark; 0 where UTF-16 is told by a zero byte.
        let length: Int

        /// Nil where they tell nothing.
        init?(_ bytes: [UInt8]) {
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
                (encoding, length) = (.utf8, 3)
            } else if bytes.starts(with: [0xff, 0xfe]) {
                (encoding, length) = (.utf16(bigEndian: false), 2)
            } else if bytes.starts(with: [0xfe, 0xff]) {
                (encoding, length) = (.utf16(bigEndian: true), 2)
            } else if bytes.count >= 2, (bytes[0] == 0) != (bytes[1] == 0), Self.isText(max(bytes[0], bytes[1])),
                !bytes[2...].starts(with: [0, 0])
            {
                (encoding, length) = (.utf16(bigEndian: bytes[0] == 0), 0)
            } else {
                return nil
            }
        }

        /// Whether a file may well begin with the character; of binary files most begin otherwise.
        private static func isText(_ byte: UInt8) -> Bool {
            (0x20..<0x7f).contains(byte) || [0x09, 0x0a, 0x0d].contains(byte)
        }
    }

    /// The first bytes of a file as UTF-8 without a mark, to see what it may be; what is no text stays in it in
    /// some form.
    public static func beginning(of head: [UInt8]) -> [UInt8] {
        guard let mark = Mark(head) else { return head }
        let text = Array(head[mark.length...])
        guard case .utf16(let bigEndian) = mark.encoding else { return text }
        let units = stride(from: 0, to: text.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(text[index]), UInt16(text[index + 1]))
            return bigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
