import Foundation

/// A calendar day in the job's books; no time zone.
public struct CalendarDate: Sendable, Hashable, CustomStringConvertible {
    /// `2024-07-31`, as both sides write it.
    public let description: String

    /// Reads `2024-07-31`, or the day of `2024-07-31T23:05:00-07:00` as it is written there; nil for anything else.
    public init?(_ text: String) {
        let day = text.prefix(10)
        let parts = day.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let number = Int(parts[2]),
            year >= 1900, (1...12).contains(month), (1...Self.days(year, month)).contains(number)
        else { return nil }
        if text.utf8.count > 10 {
            guard Timestamp(text) != nil else { return nil }
        }
        description = String(day)
    }

    /// The beginning of the day in a zone, in seconds since 1970.
    public func midnight(in zone: TimeZone) -> Int64 {
        let parts = description.split(separator: "-").compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2]))
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
