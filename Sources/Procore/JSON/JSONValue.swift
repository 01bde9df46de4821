/// JSON that is to be written: documents for Procore, receipts, log lines. The same value gives the same bytes.
public indirect enum JSONValue: Sendable {
    /// An object; its keys are written in this order.
    case object([(key: String, value: JSONValue)])
    /// A list.
    case array([JSONValue])
    /// A list of texts, each of which is made only to be written: there may be very many.
    case strings(any Sequence<String> & Sendable)
    /// A text.
    case string(String)
    /// A number, exactly as it is to be written.
    case number(String)
    /// True or false.
    case bool(Bool)
    /// Null.
    case null
    /// JSON that has been written already, as it is to stand here.
    case written([UInt8])

    /// The JSON's bytes, UTF-8.
    /// - Parameters:
    ///   - pretty: whether each member stands on a line of its own, indented by two spaces.
    ///   - depth: how many objects and lists are around it.
    ///   - capacity: how many bytes are expected, where they are very many.
    ///   - start: what stands in front of them.
    public func bytes(pretty: Bool, depth: Int = 0, capacity: Int = 0, behind start: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        bytes.append(contentsOf: start)
        write(to: &bytes, pretty: pretty, depth: depth)
        return bytes
    }

    /// JSON without the white space that only makes it readable.
    public static func compact(_ pretty: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pretty.count)
        var isInText = false
        var isEscaped = false
        for byte in pretty {
            if !isInText, byte == 0x20 || byte == 0x0a { continue }
            bytes.append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isInText.toggle() }
            isEscaped = isInText && byte == UInt8(ascii: "\\") && !isEscaped
        }
        return bytes
    }

    private func write(to bytes: inout [UInt8], pretty: Bool, depth: Int) {
        switch self {
        case .object(let members):
            Self.list(members, "{", "}", &bytes, pretty, depth) { member, bytes in
                Self.quote(member.key, &bytes)
                bytes.append(contentsOf: (pretty ? ": " : ":").utf8)
                member.value.write(to: &bytes, pretty: pretty, depth: depth + 1)
            }
        case .array(let values):
            Self.list(values, "[", "]", &bytes, pretty, depth) { value, bytes in
                value.write(to: &bytes, pretty: pretty, depth: depth + 1)
            }
        case .strings(let texts):
            Self.list(texts, "[", "]", &bytes, pretty, depth) { text, bytes in Self.quote(text, &bytes) }
        case .string(let text): Self.quote(text, &bytes)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        case .written(let written): bytes.append(contentsOf: written)
        }
    }

    private static func list<Member>(
        _ members: some Sequence<Member>, _ open: String, _ close: String, _ bytes: inout [UInt8], _ pretty: Bool,
        _ depth: Int, _ write: (Member, inout [UInt8]) -> Void
    ) {
        bytes.append(contentsOf: open.utf8)
        var isEmpty = true
        for member in members {
            if !isEmpty { bytes.append(UInt8(ascii: ",")) }
            isEmpty = false
            if pretty { newLine(&bytes, depth + 1) }
            write(member, &bytes)
        }
        if pretty, !isEmpty { newLine(&bytes, depth) }
        bytes.append(contentsOf: close.utf8)
    }

    static func newLine(_ bytes: inout [UInt8], _ depth: Int) {
        bytes.append(0x0a)
        for _ in 0..<depth * 2 { bytes.append(0x20) }
    }

    static func quote(_ text: String, _ bytes: inout [UInt8]) {
        var text = text
        bytes.append(0x22)
        text.withUTF8 { utf8 in
            if utf8.contains(where: isEscaped) {
                for byte in utf8 { escape(byte, &bytes) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(0x22)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f }

    private static func escape(_ byte: UInt8, _ bytes: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5c: bytes += [0x5c, byte]
        case 0x0a: bytes += [0x5c, UInt8(ascii: "n")]
        case 0x0d: bytes += [0x5c, UInt8(ascii: "r")]
        case 0x09: bytes += [0x5c, UInt8(ascii: "t")]
        case 0..<0x20, 0x7f:
            let digits = Array("0123456789abcdef".utf8)
            bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }
}
