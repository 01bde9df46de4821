/// The encoding that an XML declaration names. Other files declare none.
enum DeclaredEncoding: Equatable {
    case none
    /// UTF-8, or ASCII, which is a part of it.
    case utf8(String)
    case utf16(String)
    /// Windows-1252, or ISO 8859-1, by which Windows programs mean it. Source: the WHATWG Encoding Standard's labels.
    case windows1252(String)
    /// Another encoding of one byte a character, which has ASCII in its lower half.
    case singleByte(String)
    /// Anything else, of which nothing is known.
    case unknown(String)

    init(named name: String) {
        let plain = String(decoding: name.lowercased().utf8.map { $0 == 0x5f ? 0x2d : $0 }, as: UTF8.self)
        switch plain {
        case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8(name)
        case "utf-16", "utf16", "utf-16le", "utf-16be", "ucs-2", "iso-10646-ucs-2", "unicode": self = .utf16(name)
        case "windows-1252", "cp1252", "cp-1252", "iso-8859-1", "iso8859-1", "latin1", "latin-1":
            self = .windows1252(name)
        default:
            let families = ["iso-8859-", "iso8859-", "windows-125", "windows-874", "cp125", "koi8-", "macintosh"]
            self = families.contains { plain.hasPrefix($0) } ? .singleByte(name) : .unknown(name)
        }
    }

    /// The name as it was written; nil where none was.
    var name: String? {
        switch self {
        case .none: nil
        case .utf8(let name), .utf16(let name), .windows1252(let name), .singleByte(let name), .unknown(let name): name
        }
    }

    /// What the XML declaration at the start of a text says, behind white space.
    init(in text: [UInt8]) {
        self = Self.find(in: text).map { Self(named: $0.name) } ?? .none
    }

    /// Writes white space over the encoding that a declaration names: the text is UTF-8 from there on, and no parser is to
    /// be told otherwise. Lines and columns stay.
    static func blank(in text: inout [UInt8]) {
        guard let span = find(in: text)?.span else { return }
        for index in span { text[index] = 0x20 }
    }

    /// The name, and where the whole of `encoding="…"` stands.
    private static func find(in text: [UInt8]) -> (name: String, span: Range<Int>)? {
        let start = text.firstIndex { !isSpace($0) } ?? text.count
        guard text[start...].starts(with: "<?xml".utf8), let end = text[start...].firstIndex(of: UInt8(ascii: ">")),
            let word = (start..<end).first(where: { text[$0..<end].starts(with: Self.word) })
        else { return nil }
        var index = word + 8
        while index < end, isSpace(text[index]) || text[index] == UInt8(ascii: "=") { index += 1 }
        guard index < end, text[index] == UInt8(ascii: "\"") || text[index] == UInt8(ascii: "'"),
            let close = text[(index + 1)..<end].firstIndex(of: text[index])
        else { return nil }
        return (String(decoding: text[(index + 1)..<close], as: UTF8.self), word..<close + 1)
    }

    private static let word = Array("encoding".utf8)

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
}
