import Mustache

/// How text of others' making is put into the HTML of a template.
///
/// The library's own way goes by whole characters as people see them, and leaves a `"` or `<` as it is where a combining
/// mark follows it. This one goes by bytes, and also keeps out control characters and those that turn the direction of
/// what stands around them. A template begins with `{{% CONTENT_TYPE:SAFE_HTML}}`; without partials, which fall back to the
/// library's way, it then holds for all of it.
struct SafeHTML: MustacheContentType {
    /// Its name in templates.
    static let name = "SAFE_HTML"

    /// A template whose values are escaped in this way.
    /// - Parameter text: the template without its first line.
    /// - Throws: what the library says of a template that is wrong.
    static func template(_ text: String) throws -> MustacheTemplate {
        MustacheContentTypes.register(SafeHTML(), named: name)
        return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(name)}}\n" + text)
    }

    func escapeText(_ text: String) -> String { Self.escape(text) }

    /// The text, to stand between tags or in an attribute in quotes.
    static func escape(_ text: String) -> String {
        let plain = StatusPage.Item.plain(text)
        guard plain.utf8.contains(where: { replacement($0) != nil }) else { return plain }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(plain.utf8.count + 32)
        for byte in plain.utf8 {
            if let replacement = replacement(byte) {
                escaped.append(contentsOf: replacement.utf8)
            } else {
                escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func replacement(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
