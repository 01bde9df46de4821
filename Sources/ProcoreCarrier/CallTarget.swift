/// The path and the query of a call.
enum CallTarget {
    /// A path with a query behind it.
    static func with(_ path: String, _ query: [(String, String)]) -> String {
        query.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + Self.query(query)
    }

    /// `page=2&filters%5Bupdated_at%5D=…`; the same form that a body has with `application/x-www-form-urlencoded`.
    static func query(_ fields: [(String, String)]) -> String {
        fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                escaped.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }
}
