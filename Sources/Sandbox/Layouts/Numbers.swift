import Foundation

/// What the sandbox calculates with, rounded half-up as QuickBooks does.
enum Numbers {
    /// A number from text that has been checked; 0 where there is none.
    static func value(_ text: String?) -> Decimal {
        text.flatMap { Decimal(string: DecimalText.canonical($0.trimmed), locale: Locale(identifier: "en_US_POSIX")) }
            ?? 0
    }

    /// Dollars and cents: `84500.00`.
    static func amount(_ value: Decimal) -> String { text(value, places: 2, least: 2) }

    /// A price, with two to five decimals: `12.125`.
    static func price(_ value: Decimal) -> String { text(value, places: 5, least: 2) }

    /// A quantity, with up to five decimals: `0.33333`, `1`.
    static func quantity(_ value: Decimal) -> String { text(value, places: 5, least: 0) }

    /// A value in whole cents.
    static func cents(_ value: Decimal) -> Decimal { rounded(value, 2) }

    private static func text(_ value: Decimal, places: Int, least: Int) -> String {
        DecimalText.canonical(rounded(value, places).description, places: least)
    }

    private static func rounded(_ value: Decimal, _ places: Int) -> Decimal {
        var (exact, rounded) = (value, Decimal())
        // `plain` takes a half away from zero.
        NSDecimalRound(&rounded, &exact, places, .plain)
        return rounded
    }
}
