import Domain
import Seeds
import Testing

@Suite struct AmountTests {
    @Test(arguments: [
        ("250.0", "250.00"), ("50000.00", "50000.00"), ("0.0000", "0.00"), ("40000", "40000.00"), ("-1500", "-1500.00"),
        ("31250.5", "31250.50"), ("4.5e3", "4500.00"), ("4E4", "40000.00"), ("1e-2", "0.01"), ("-0.05", "-0.05"),
        ("-0.0", "0.00"), ("0.1", "0.10"), ("9999999999999.99", "9999999999999.99"), ("00012.5", "12.50"),
        ("212.12345", "212.12345"),
    ])
    func everyStyleOfNumberIsReadExactly(_ text: String, _ money: String) throws {
        #expect(try #require(Amount(text)).money == money)
    }

    @Test(arguments: [
        "", "-", "12%", "96.36%", "1,200.00", "$5", "1.2.3", ".5", "5.", "1e", "e5", "+5", " 5", "5 ", "NaN", "inf",
        "0x10",
        "--5", "1e400", "1e15", "1e-16", "12345678901234567890", "１２", "1_000",
    ])
    func whatIsNoNumberIsNone(_ text: String) {
        #expect(Amount(text) == nil)
    }

    @Test(arguments: [
        ("110582.87", "110582.87"), ("$1,200,000.00", "1200000.00"), ("($250.00)", "-250.00"), ("-$250.00", "-250.00"),
        ("$-1,500.00", "-1500.00"), ("(1,234.00)", "-1234.00"), ("0.0", "0.00"), (" $5.10 ", "5.10"),
        ("165000.0", "165000.00"),
    ])
    func csvMoneyIsReadInEveryStyle(_ text: String, _ money: String) throws {
        #expect(try #require(Amount(csv: text)).money == money)
    }

    @Test(arguments: ["1,20.00", "12,34,567.00", "()", "$", "5%", "1,2000", ",100", "(-5)x", "--5"])
    func csvMoneyThatIsWrittenWronglyIsNone(_ text: String) {
        #expect(Amount(csv: text) == nil)
    }

    @Test func sumsAreExactWhereBinaryFractionsAreNot() throws {
        let tenth = try #require(Amount("0.1"))
        #expect((0..<10).map { _ in tenth }.sum == .one)
        #expect(try #require(Amount("0.1")) + #require(Amount("0.2")) == #require(Amount("0.3")))
    }

    @Test func sumsDifferencesAndProductsAgreeWithWholeCents() throws {
        var random = Seeded(seed: 8089)
        for _ in 0..<5_000 {
            let left = Int.random(in: -9_999_999_99...9_999_999_99, using: &random)
            let right = Int.random(in: -9_999_999_99...9_999_999_99, using: &random)
            let factor = Int.random(in: -999...999, using: &random)
            let (a, b) = (try amount(cents: left), try amount(cents: right))
            #expect(a + b == (try amount(cents: left + right)))
            #expect(a - b == (try amount(cents: left - right)))
            #expect(-a == (try amount(cents: -left)))
            #expect(a * (try #require(Amount(String(factor)))) == (try amount(cents: left * factor)))
            #expect((a < b) == (left < right))
            #expect(Amount(a.description) == a)
            #expect(Amount(a.money) == a)
            #expect(a.isNegative == (left < 0))
        }
    }

    @Test(arguments: [
        ("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("0.004999", 2, "0.00"), ("2.5", 0, "3.00"), ("-2.5", 0, "-3.00"),
        ("33.333335", 5, "33.33334"), ("1.000004", 5, "1.00"),
    ])
    func aHalfIsRoundedAwayFromNothing(_ text: String, _ places: Int, _ rounded: String) throws {
        #expect(try #require(Amount(text)).rounded(places).money == rounded)
    }

    @Test func dividingByNothingGivesNothing() throws {
        #expect(Amount.one.divided(by: .zero, places: 5) == nil)
        #expect(try Amount.one.divided(by: #require(Amount("3")), places: 5)?.description == "0.33333")
        #expect(try #require(Amount("100.00")).fits(0))
        #expect(try !#require(Amount("100.01")).fits(1))
    }

    /// Where integers of 64 bits end, and behind the fifteenth decimal.
    @Test func longNumbersAreAsExactAsShortOnes() throws {
        let most = try #require(Amount("999999999999999"))
        let least = try #require(Amount("0.000000000000001"))
        let tenth = try #require(Amount("0.1"))
        let ten = try #require(Amount("10"))
        #expect((most * most).description == "999999999999998000000000000001")
        #expect((-most * most).description == "-999999999999998000000000000001")
        #expect((most + least).description == "999999999999999.000000000000001")
        #expect(most + least - least == most)
        #expect((least * tenth).description == "0.0000000000000001")
        #expect(least * tenth * ten == least)
        #expect(Set([least * tenth * ten, least]).count == 1)
        #expect(!(least * tenth).fits(15))
        #expect(least.fits(15) && !least.fits(14))
        #expect(least * tenth < least && -least < least * tenth && most < most * ten)
        #expect((most * most - most * most).isZero)
        // 2^63 is 9223372036854775808.
        let wide = try #require(Amount("92233720368.54775808"))
        #expect((wide * (try #require(Amount("100000000")))).description == "9223372036854775808")
        #expect((wide * (try #require(Amount("-100000000")))).description == "-9223372036854775808")
        #expect((-wide * (try #require(Amount("-100000000")))).isNegative == false)
    }

    private func amount(cents: Int) throws -> Amount {
        let digits = String(cents.magnitude)
        let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return try #require(Amount((cents < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)))
    }
}

@Suite struct CalendarDateTests {
    @Test(arguments: [
        ("2024-07-31", "2024-07-31"), ("2024-02-29", "2024-02-29"), ("2024-07-03T20:14:00Z", "2024-07-03"),
        ("2020-10-19T23:17:31-07:00", "2020-10-19"),
    ])
    func aDayIsReadAsItIsWritten(_ text: String, _ day: String) throws {
        #expect(try #require(CalendarDate(text)).description == day)
    }

    @Test(arguments: [
        "", "2024-7-31", "07/31/2024", "2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-07-31x",
        "2024-07-31 later", "24-07-31", "1800-01-01",
    ])
    func whatIsNoDayIsNone(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }
}
