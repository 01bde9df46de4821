import Domain

/// Rich text, as Procore keeps the descriptions of contracts and change orders, brought to plain text.
///
/// - Paragraphs, list items, table rows and headings become lines; an item begins with `- `, the cells of a row have
///   a space between them, and there is never more than one empty line in a row.
/// - Comments, scripts and styles are no text. Nothing the text points to is ever fetched.
/// - Text without any tag was typed as plain text: it keeps its line breaks and spaces. Its entities are decoded all
///   the same, because Procore escapes `&` and `<` there too.
public enum HTMLText {
    /// What a reader of the rich text would see, without white space at the ends.
    public static func plain(_ html: String) -> String {
        if let plain = PlainText.trimmedUnlessMarked(html) { return plain }
        let bytes = Array(html.utf8)
        guard hasTag(bytes) else { return decoded(bytes) ?? html }
        var lines = HTMLLines()
        guard HTMLReader.read(escaped(bytes, isPlain: false), { lines.take($0) }) else { return html }
        return lines.finished()
    }

    /// The plain text behind text without tags.
    private static func decoded(_ bytes: [UInt8]) -> String? {
        var text = String.UnicodeScalarView()
        var followsReturn = false
        let isRead = HTMLReader.read(escaped(bytes, isPlain: true)) { event in
            guard case .text(let piece) = event else { return }
            for scalar in piece.unicodeScalars {
                if scalar == "\r" || scalar == "\n" && !followsReturn {
                    text.append("\n")
                } else if scalar != "\n" {
                    text.append(visible(scalar))
                }
                followsReturn = scalar == "\r"
            }
        }
        return isRead ? trimmed(text) : nil
    }

    /// Whether a tag, a closing tag, a comment or a document type opens anywhere; `<` before anything else is text.
    private static func hasTag(_ bytes: [UInt8]) -> Bool {
        var followsLess = false
        for byte in bytes where byte != 0 {
            if followsLess, isLetter(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!") { return true }
            followsLess = byte == UInt8(ascii: "<")
        }
        return false
    }

    /// The same text with what the parser would lose or let through made safe: NUL bytes go, a form feed is a space,
    /// `&#` that begins no number is text, and in plain text `<` is text. In HTML, marks such as the `<![if …]>` that
    /// word processors leave become instructions, which are dropped.
    private static func escaped(_ bytes: [UInt8], isPlain: Bool) -> [UInt8] {
        let bytes = bytes.filter { $0 != 0 }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "&") where beginsNoNumber(bytes[index...].prefix(4)):
                result += Array("&amp;".utf8)
            case UInt8(ascii: "<") where isPlain:
                result += Array("&lt;".utf8)
            case UInt8(ascii: "<") where beginsMark(bytes[index...].prefix(4)):
                result += Array("<?mark ".utf8)
            case 0x0c:
                result.append(UInt8(ascii: " "))
            default:
                result.append(byte)
            }
        }
        return result
    }

    /// Whether `&#` stands here without the digits of a character's number.
    private static func beginsNoNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.dropFirst().first == UInt8(ascii: "#") else { return false }
        guard let first = bytes.dropFirst(2).first else { return true }
        guard first | 0x20 == UInt8(ascii: "x") else { return !isDigit(first) }
        guard let second = bytes.dropFirst(3).first else { return true }
        return !isDigit(second) && !(UInt8(ascii: "a")...UInt8(ascii: "f")).contains(second | 0x20)
    }

    /// Whether `<?` stands here, or `<!` that begins neither a comment nor a document type.
    private static func beginsMark(_ bytes: ArraySlice<UInt8>) -> Bool {
        let next = bytes.dropFirst().map { $0 }
        if next.first == UInt8(ascii: "?") { return true }
        guard next.first == UInt8(ascii: "!") else { return false }
        return !next.elementsEqual("!--".utf8) && !next.map { $0 | 0x20 }.elementsEqual("!do".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A space for one that does not break; Windows' punctuation for the controls that `&#150;` and its like mean.
    static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xa0, 0x2007, 0x202f: " "
        case 0x80..<0xa0: Unicode.Scalar(Windows1252.scalar(UInt8(scalar.value))) ?? scalar
        default: scalar
        }
    }

    /// Text without white space at its ends.
    static func trimmed(_ text: String.UnicodeScalarView) -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
