/// The types of qbXML's texts, and what each accepts. Empty texts are judged elsewhere.
enum ValueType: String, Sendable {
    case text, name, reference, id, amount, price, quantity, percent, float, date, datetime, bool, guid, integer, count
    case word

    /// Whether any text is taken, so that only its length counts.
    var isText: Bool { self == .text || self == .name || self == .reference }

    /// Whether the bytes are a value of the type.
    func accepts(_ bytes: UnsafeBufferPointer<UInt8>, words: [[UInt8]]) -> Bool {
        var value = ValueScanner(bytes: bytes)
        switch self {
        case .text, .name, .reference: return true
        case .id: return bytes.count <= 36
        case .amount: return value.decimal(digits: 13, places: 2...2)
        case .price, .quantity, .percent: return value.decimal(digits: 10, places: 1...5)
        case .float: return value.decimal(digits: 10, places: 1...10)
        case .date: return value.date() && value.isAtEnd
        case .datetime: return value.dateTime()
        case .bool: return ["true", "false", "1", "0"].contains { bytes.elementsEqual($0.utf8) }
        case .guid: return bytes.elementsEqual("0".utf8) || value.guid()
        case .integer: return (1...9).contains(value.digits(atMost: 9)) && value.isAtEnd
        case .count: return (1...9).contains(value.digits(atMost: 9)) && value.isAtEnd && bytes.contains { $0 != 0x30 }
        case .word: return words.contains { bytes.elementsEqual($0) }
        }
    }

    /// What a value looks like, for people.
    var shape: String {
        switch self {
        case .text, .name, .reference: "text"
        case .id: "an id of at most 36 characters"
        case .amount: "an amount of at most 13 digits, with two decimals or none"
        case .price: "a price of at most 10 digits and 5 decimals"
        case .quantity: "a quantity of at most 10 digits and 5 decimals"
        case .percent: "a percentage of at most 10 digits and 5 decimals"
        case .float: "a rate"
        case .date: "a date such as 2026-04-30"
        case .datetime: "a date, or a date and time such as 2026-04-30T17:00:00, without Z"
        case .bool: "true or false"
        case .guid: "a GUID in braces, or 0"
        case .integer, .count: "a whole number"
        case .word: "one of its own words"
        }
    }
}

private struct ValueScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func digits(atMost: Int) -> Int {
        let start = position
        while position < bytes.count, position - start < atMost, (0x30...0x39).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }

    mutating func take(_ byte: Character) -> Bool {
        guard position < bytes.count, bytes[position] == byte.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func decimal(digits: Int, places: ClosedRange<Int>) -> Bool {
        if !take("-") { _ = take("+") }
        guard self.digits(atMost: digits) > 0 else { return false }
        if take(".") { guard places.contains(self.digits(atMost: places.upperBound)) else { return false } }
        return isAtEnd
    }

    mutating func number(_ digits: Int) -> Int? {
        let start = position
        guard self.digits(atMost: digits) == digits else { return nil }
        return bytes[start..<position].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    mutating func date() -> Bool {
        guard let year = number(4), year > 0, take("-"), let month = number(2), take("-"), let day = number(2),
            (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    mutating func dateTime() -> Bool {
        guard date() else { return false }
        if isAtEnd { return true }
        guard take("T"), let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
            let second = number(2), second < 60
        else { return false }
        if isAtEnd { return true }
        guard take("+") || take("-"), let hours = number(2), hours < 15, take(":"), let minutes = number(2) else {
            return false
        }
        return minutes < 60 && isAtEnd
    }

    mutating func guid() -> Bool {
        guard bytes.count == 38, take("{") else { return false }
        for (index, count) in [8, 4, 4, 4, 12].enumerated() {
            if index > 0, !take("-") { return false }
            for _ in 0..<count {
                switch bytes[position] {
                case 0x30...0x39, 0x41...0x46, 0x61...0x66: position += 1
                default: return false
                }
            }
        }
        return take("}") && isAtEnd
    }
}
