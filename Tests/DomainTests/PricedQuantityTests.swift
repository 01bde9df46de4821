import Domain
import Testing

/// Quantity times price, held against an amount: the same rule for both directions.
@Suite struct PricedQuantityTests {
    private func units(_ quantity: String, _ price: String) throws -> PricedQuantity {
        PricedQuantity(try #require(Amount(quantity)), at: try #require(Amount(price)))
    }

    @Test(arguments: [
        // quantity, price, amount, whether they come to it
        ("123.456789", "10.0", "1234.57", true), ("123.45679", "10", "1234.57", true),
        ("3", "11.11111", "33.33", true), ("891", "1", "891", true), ("3", "33.33", "100.00", false),
        // A half goes away from zero, on both sides of it.
        ("1", "0.125", "0.13", true), ("1", "0.125", "0.12", false), ("-1", "0.125", "-0.13", true),
        ("3", "-2.835", "-8.51", true), ("0", "5", "0", true),
    ])
    func comesToAnAmountToTheCent(_ row: (String, String, String, Bool)) throws {
        #expect(try units(row.0, row.1).comes(to: try #require(Amount(row.2))) == row.3)
    }

    @Test func fiveDecimalsAreHeld() throws {
        #expect(try units("123.456789", "0.000005").held == units("123.45679", "0.00001"))
        #expect(try units("-1.000005", "2").held == units("-1.00001", "2"))
        #expect(try units("40", "212.5").held == units("40", "212.5"))
    }

    @Test func saysMoreThanTheAmount() throws {
        let amount = try #require(Amount("8500.00"))
        #expect(try units("40", "212.5").says(moreThan: amount))
        #expect(try units("0", "212.5").says(moreThan: amount))
        #expect(try !units("1", "8500.0").says(moreThan: amount))
        #expect(try !units("1", "0").says(moreThan: amount))
        #expect(try !units("0.0", "0.0").says(moreThan: amount))
        #expect(try !units("1", "-8500").says(moreThan: amount))
    }
}
