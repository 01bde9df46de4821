import Domain
import Seeds
import Testing

/// Whatever the digits, an amount is read, calculated with and written to the last of them.
@Suite struct NumberPropertyTests {
    /// A number as text, and its digits and decimals by themselves.
    private struct Written {
        let isNegative: Bool
        let whole: String
        let decimals: String

        init(_ random: inout Seeded) {
            isNegative = random.oneIn(3)
            whole = random.digits(random.int(1...13))
            decimals = random.oneIn(3) ? "" : random.digits(random.int(1...8))
        }

        var text: String { (isNegative ? "-" : "") + whole + (decimals.isEmpty ? "" : "." + decimals) }

        /// As short as it can be, made from the text alone.
        var shortest: String {
            let whole = String(whole.drop { $0 == "0" })
            let decimals = String(String(decimals.reversed()).drop { $0 == "0" }.reversed())
            if whole.isEmpty, decimals.isEmpty { return "0" }
            return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (decimals.isEmpty ? "" : "." + decimals)
        }

        /// How many decimals are not merely zeros at the end.
        var places: Int { shortest.firstIndex(of: ".").map { shortest[$0...].count - 1 } ?? 0 }
    }

    @Test(arguments: Seeded.seeds) func textBecomesANumberAndTheSameText(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<2_000 {
            let written = Written(&random)
            let amount = try #require(Amount(written.text), "\(written.text)")
            #expect(amount.description == written.shortest)
            #expect(Amount(amount.description) == amount)
            var bytes: [UInt8] = []
            amount.write(to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == amount.description)
            let plain = Array(amount.description.utf8).withUnsafeBufferPointer { Amount(plain: $0) }
            #expect(plain == nil || plain == amount)
            #expect(Amount(amount.money) == amount)
            for places in 0...8 { #expect(amount.fits(places) == (written.places <= places), "\(written.text)") }
        }
    }

    @Test(arguments: Seeded.seeds) func minorUnitsAreCountedExactly(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<2_000 {
            let cents = random.int(-999_999_999_999_999...999_999_999_999_999)
            let units = try #require(Amount(String(cents)))
            let dollars = try #require(Amount("\(cents)e-2"))
            #expect(dollars * (try #require(Amount("100"))) == units)
            #expect(dollars.fits(2))
            let sign = cents < 0 ? "-" : ""
            let rest = String(cents.magnitude % 100)
            #expect(dollars.money == sign + String(cents.magnitude / 100) + (rest.count < 2 ? ".0" : ".") + rest)
        }
    }

    @Test(arguments: Seeded.seeds) func aPowerOfTenOnlyMovesThePoint(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_000 {
            let digits = random.digits(random.int(1...9))
            let power = random.int(0...9)
            let moved = try #require(Amount("\(digits)e-\(power)"))
            let padded = String(repeating: "0", count: max(0, power + 1 - digits.count)) + digits
            let plain = power == 0 ? padded : padded.dropLast(power) + "." + padded.suffix(power)
            #expect(moved == Amount(plain), "\(digits)e-\(power)")
            #expect(Amount("\(moved)E+\(power)") == Amount(digits))
        }
    }

    @Test(arguments: Seeded.seeds) func csvMoneyIsTheSameInEveryStyle(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_000 {
            let whole = String(random.int(0...9_999_999_999_999))
            let decimals = random.digits(2)
            let amount = try #require(Amount("\(whole).\(decimals)"))
            let grouped = Self.grouped(whole) + "." + decimals
            for style in [grouped, "$" + grouped, "$\(whole).\(decimals)", " \(grouped) "] {
                #expect(Amount(csv: style) == amount, "\(style)")
            }
            for style in ["(\(grouped))", "($\(grouped))", "-$\(grouped)", "$-\(grouped)", "-\(whole).\(decimals)"] {
                #expect(Amount(csv: style) == -amount, "\(style)")
            }
        }
    }

    private static func grouped(_ whole: String) -> String {
        var groups: [Substring] = []
        var rest = whole[...]
        while !rest.isEmpty {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        return groups.joined(separator: ",")
    }

    /// Any text at all is a number that is written back, or none.
    @Test(arguments: Seeded.seeds) func whatIsNoNumberIsNone(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        let marks = Array("0123456789.,-+eE$() ")
        for _ in 0..<3_000 {
            let text = String((0..<random.int(0...12)).map { _ in marks[random.int(0...marks.count - 1)] })
            if let amount = Amount(text) {
                #expect(text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil, "\(text)")
                #expect(Amount(amount.description) == amount, "\(text)")
            }
            if let amount = Amount(csv: text) { #expect(Amount(amount.money) == amount, "\(text)") }
            let other = random.text(atMost: 8)
            if Amount(other) != nil { #expect(other.utf8.allSatisfy { $0 < 0x80 }, "\(other)") }
        }
    }
}
