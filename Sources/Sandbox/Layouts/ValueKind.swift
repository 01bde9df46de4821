/// The kinds of text that qbXML tells apart, and the status with which QuickBooks refuses a bad one.
///
/// Source: Intuit's qbXML types, and "Status codes in response messages" for 3000 to 3085.
enum ValueKind: String, Sendable {
    case text, id, bool, date, datetime, amount, price, percent, quantity, guid, integer, count, duration

    /// The kind that an element's name tells.
    init(named name: String) {
        if name.hasPrefix("Is") {
            self = .bool
        } else if name.hasSuffix("Date") {
            self = .date
        } else {
            self = .text
        }
    }

    /// The status of a text that is no value of the kind; nil where it is one, or is empty.
    func refusal(_ text: String, of field: String) -> Status? {
        if text.isEmpty, self != .guid, self != .integer, self != .count { return nil }
        let trimmed = text.trimmed
        switch self {
        case .text: return nil
        case .id where text.count > 36:
            return Status(3000, "The given object ID \"\(text)\" in the field \"\(field)\" is invalid.")
        case .id: return nil
        case .bool where !["true", "false", "1", "0"].contains(trimmed):
            return Status.unreadable(3010, "boolean value", text, field)
        case .date where CalendarText.date(trimmed) == nil, .datetime where CalendarText.moment(trimmed) == nil:
            return Status.unreadable(3020, "date value", text, field)
        case .amount where !DecimalText.accepts(text, digits: 13, places: 2...2):
            return Status.unreadable(3040, "amount", text, field)
        case .price where !DecimalText.accepts(trimmed, digits: 10, places: 1...5):
            return Status.unreadable(3045, "price", text, field)
        case .percent where !DecimalText.accepts(trimmed, digits: 10, places: 1...5):
            return Status.unreadable(3050, "percent", text, field)
        case .quantity where !DecimalText.accepts(trimmed, digits: 10, places: 1...5):
            return Status.unreadable(3060, "quantity", text, field)
        case .guid where !Self.isGUID(trimmed): return Status.unreadable(3065, "GUID value", text, field)
        case .duration where Durations.minutes(trimmed) == nil:
            return Status.unreadable(3035, "time interval", text, field)
        case .integer where Int(trimmed) == nil, .count where (Int(trimmed) ?? 0) < 1:
            return Status.unreadable(3085, "number", text, field)
        default: return nil
        }
    }

    /// The value as QuickBooks gives it back: `1` as `true`, `35` as `35.00`.
    func canonical(_ text: String) -> String {
        switch self {
        case .bool: ["1": "true", "0": "false"][text.trimmed] ?? text.trimmed
        case .amount, .price, .percent: DecimalText.canonical(text.trimmed)
        case .quantity: DecimalText.canonical(text.trimmed, places: 0)
        case .duration: Durations.shown(minutes: Durations.minutes(text.trimmed) ?? 0)
        default: text
        }
    }

    private static func isGUID(_ text: String) -> Bool {
        if text == "0" { return true }
        guard text.utf8.count == 38, text.first == "{", text.last == "}" else { return false }
        let groups = text.dropFirst().dropLast().split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            }
    }
}

/// Decimal numbers as text.
enum DecimalText {
    /// Whether a text is an optional sign, digits, and a point with decimals or none.
    static func accepts(_ text: String, digits: Int, places: ClosedRange<Int>) -> Bool {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(\.isDigits) else {
            return false
        }
        return (1...digits).contains(parts[0].count) && (parts.count == 1 || places.contains(parts[1].count))
    }

    /// Without plus sign and needless zeros, with two decimals at least, or as many as `places` says.
    static func canonical(_ text: String, places: Int = 2) -> String {
        guard !text.isEmpty else { return text }
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ".", omittingEmptySubsequences: false)
        var whole = (parts.first ?? "").drop { $0 == "0" }
        if whole.isEmpty { whole = "0" }
        var decimals = parts.count > 1 ? String(parts[1]) : ""
        while decimals.count > places, decimals.last == "0" { decimals.removeLast() }
        while decimals.count < places { decimals += "0" }
        let isZero = whole == "0" && decimals.allSatisfy { $0 == "0" }
        return (isNegative && !isZero ? "-" : "") + whole + (decimals.isEmpty ? "" : "." + decimals)
    }
}

extension StringProtocol {
    /// Whether there is nothing but digits.
    var isDigits: Bool { utf8.allSatisfy { (0x30...0x39).contains($0) } }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
