import Domain
import Seeds
import Testing

@testable import QBXML

/// What may leave as a number or a day, held against a second way of telling it.
@Suite struct ValuePropertyTests {
    private func accepts(_ type: ValueType, _ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { type.accepts($0, words: []) }
    }

    @Test(arguments: Seeded.seeds) func tooManyDecimalsAreRefused(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<3_000 {
            let (whole, decimals) = (random.digits(random.int(1...15)), random.digits(random.int(0...7)))
            let text = (random.oneIn(3) ? "-" : "") + whole + (decimals.isEmpty ? "" : "." + decimals)
            #expect(accepts(.amount, text) == (whole.count <= 13 && [0, 2].contains(decimals.count)), "\(text)")
            #expect(accepts(.quantity, text) == (whole.count <= 10 && decimals.count <= 5), "\(text)")
            #expect(accepts(.price, text) == accepts(.quantity, text), "\(text)")
            // What money is written as may leave exactly when it has no more than cents.
            let amount = try #require(Amount(text))
            #expect(accepts(.amount, amount.money) == (amount.fits(2) && amount.magnitude < Self.tooLarge), "\(text)")
        }
    }

    private static let tooLarge = Amount("1e13") ?? .zero

    @Test func daysAreThoseOfTheCalendar() {
        for year in 1990...2060 {
            for month in 0...13 {
                for day in 0...32 {
                    let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
                    #expect(accepts(.date, text) == (CalendarDate(text) != nil), "\(text)")
                }
            }
        }
    }
}
