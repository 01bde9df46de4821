/// Times worked as qbXML writes them: `PT8H30M0S`.
enum Durations {
    /// The whole minutes of a time, since QuickBooks drops the seconds; nil where it is none.
    static func minutes(_ text: String) -> Int? {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard unsigned.hasPrefix("PT"), unsigned.count > 2 else { return nil }
        var rest = unsigned.dropFirst(2)
        var total = 0
        for (unit, minutes) in [("H", 60), ("M", 1), ("S", 0)] as [(Character, Int)] {
            guard let end = rest.firstIndex(of: unit) else { continue }
            let digits = rest[..<end]
            guard (1...6).contains(digits.count), digits.isDigits, let number = Int(digits) else { return nil }
            total += number * minutes
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? total : nil
    }

    /// A time in hours and minutes: 510 minutes are `PT8H30M0S`.
    static func shown(minutes: Int) -> String { "PT\(minutes / 60)H\(minutes % 60)M0S" }
}
