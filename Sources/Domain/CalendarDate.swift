import Foundation

/// A calendar day in the job's books; no time zone.
public struct CalendarDate: Sendable, Hashable, CustomStringConvertible {
    /// `2024-07-31`, as both sides write it.
    public let description: String

    /// Reads `2024-07-31`, or the day of `2024-07-31T23:05:00-07:00` as it is written there; nil for anything else.
    public init?(_ text: String) {
        let day = text.prefix(10)
        let components = day.split(separator: "-", omittingEmptySubsequences: false)
        guard components.count == 3, components[0].utf8.count == 4, components[1].utf8.count == 2,
            components[2].utf8.count == 2,
            components.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(components[0]), let month = Int(components[1]), let number = Int(components[2]),
            year >= 1900, (1...12).contains(month), (1...Self.days(year, month)).contains(number)
        else { return nil }
        if text.utf8.count > 10 {
            guard Timestamp(text) != nil else { return nil }
        }
        description = String(day)
    }

    /// Whether bytes are a day and nothing else: `2024-07-31`.
    public static func isDay(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return false }
        var numbers = (year: 0, month: 0, day: 0)
        for (place, byte) in text.enumerated() where place != 4 && place != 7 {
            guard byte &- 0x30 < 10 else { return false }
            let digit = Int(byte &- 0x30)
            switch place {
            case ..<4: numbers.year = numbers.year * 10 + digit
            case ..<7: numbers.month = numbers.month * 10 + digit
            default: numbers.day = numbers.day * 10 + digit
            }
        }
        return numbers.year >= 1900 && (1...12).contains(numbers.month)
            && (1...days(numbers.year, numbers.month)).contains(numbers.day)
    }

    /// The beginning of the day in a zone, in seconds since 1970.
    public func midnight(in zone: TimeZone) -> Int64 {
        let components = description.split(separator: "-").compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = calendar.date(from: DateComponents(year: components[0], month: components[1], day: components[2]))
        return Int64((date ?? .distantPast).timeIntervalSince1970)
    }

    private static func days(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
