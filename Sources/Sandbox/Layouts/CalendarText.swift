/// Dates and times as qbXML writes them, in the sandbox company's own time: seven hours behind UTC all year.
enum CalendarText {
    /// The company's offset from UTC, in seconds.
    private static let offset = -7 * 3_600

    /// The days since 1970-01-01 of `2026-04-30`; nil where it is no day.
    static func date(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, let year = number(parts[0], atMost: 4), year > 0,
            let month = number(parts[1], atMost: 2), (1...12).contains(month), let day = number(parts[2], atMost: 2)
        else { return nil }
        guard (1...lengths(year)[month - 1]).contains(day) else { return nil }
        return days(year, month, day)
    }

    /// The seconds since 1970 of `2026-04-30` or `2026-04-30T17:00:00-06:00`; nil where it is neither.
    ///
    /// Without an offset it is company time. QuickBooks takes neither `Z` nor parts of a second.
    /// - Parameter atEnd: whether a bare date means its last second.
    static func moment(_ text: some StringProtocol, atEnd: Bool = false) -> Int? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count <= 2, let days = date(parts[0]) else { return nil }
        guard parts.count == 2 else { return days * 86_400 + (atEnd ? 86_399 : 0) - offset }
        var clock = parts[1]
        var zone = offset
        if let sign = clock.firstIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let seconds = seconds(clock[clock.index(after: sign)...]) else { return nil }
            zone = clock[sign] == "-" ? -seconds : seconds
            clock = clock[..<sign]
        }
        return seconds(clock).map { days * 86_400 + $0 - zone }
    }

    /// A moment as QuickBooks writes it: `2023-11-14T15:13:20-07:00`.
    static func shown(_ moment: Int) -> String {
        let local = moment + offset
        let second = local % 86_400
        var day = local / 86_400
        var year = 1_970
        while day >= (isLeap(year) ? 366 : 365) {
            day -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = 1
        for length in lengths(year) {
            if day < length { break }
            day -= length
            month += 1
        }
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(two).joined(separator: ":")
        return "\(year)-\(two(month))-\(two(day + 1))T\(clock)-07:00"
    }

    /// A day as qbXML writes it, from its days since 1970-01-01.
    static func shown(day: Int) -> String { String(shown(day * 86_400 - offset).prefix(10)) }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func lengths(_ year: Int) -> [Int] {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // The leap days of the years before this one, counted from year 1, as 1970-01-01 is.
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400 - 477
        return (year - 1_970) * 365 + leapDays + lengths(year).prefix(month - 1).reduce(0, +) + day - 1
    }

    private static func seconds(_ clock: some StringProtocol) -> Int? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { number($0, atMost: 2) }
        guard (1...3).contains(parts.count) else { return nil }
        var total = 0
        for (part, unit) in zip(parts, [3_600, 60, 1]) {
            guard let part, part < (unit == 3_600 ? 24 : 60) else { return nil }
            total += part * unit
        }
        return total
    }

    private static func number(_ text: some StringProtocol, atMost: Int) -> Int? {
        guard (1...atMost).contains(text.count), text.isDigits else { return nil }
        return Int(text)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
