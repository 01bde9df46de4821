import Domain
import QBXML
import Seeds
import Testing

@testable import Converters

/// Whatever a field holds, a rule writes all of it or says what is wrong: nothing is cut, and nothing grows too long.
@Suite struct RulePropertyTests {
    private static let rules: [(rule: Rule, most: Int)] = [
        (.name(41), 41), (.name(31), 31), (.number(11), 11), (.atMost(21), 21), (.text(40), 40),
        (.addressLine(1, of: 1), 41),
    ]

    private func apply(_ rule: Rule, _ text: String, _ settings: Settings) -> String? {
        do {
            return try rule.apply(text, field: "name", target: "Name", settings: settings).0 ?? ""
        } catch {
            #expect(!error.what.isEmpty && !error.remedy.isEmpty)
            return nil
        }
    }

    private func withoutSpace(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { !$0.properties.isWhitespace }
    }

    @Test(arguments: Seeded.seeds) func nothingIsCut(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let settings = Settings(companyID: "8089")
        var written = 0
        for _ in 0..<1_500 {
            let text = Self.name(&random)
            for (rule, most) in Self.rules {
                guard let once = apply(rule, text, settings) else { continue }
                written += 1
                #expect(once.unicodeScalars.count <= most)
                #expect(withoutSpace(once) == withoutSpace(try QuickBooksText(text).text), "\(rule): \(text)")
                if !once.isEmpty { #expect(apply(rule, once, settings) == once, "\(rule): \(text)") }
            }
        }
        #expect(written > 2_000)
    }

    /// A short form is as long as it may be at most, is one line, and is its own short form.
    @Test(arguments: Seeded.seeds) func aShortFormStays(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var settings = Settings(companyID: "8089")
        settings.lists.shortForms = true
        for _ in 0..<1_500 {
            let text = Self.name(&random)
            for (rule, most) in Self.rules.prefix(3) {
                guard let once = apply(rule, text, settings) else { continue }
                #expect(once.unicodeScalars.count <= most)
                #expect(apply(rule, once, settings) == once, "\(rule): \(text)")
                #expect(apply(rule, text, settings) == once)
            }
        }
    }

    /// A name such as people give, which now and then holds what QuickBooks has no letter for.
    private static func name(_ random: inout Seeded) -> String {
        let words = (0..<random.int(0...8)).map { _ in
            random.oneIn(4) ? random.text(atMost: 3) : String("Riverton Lumber & Süd-Bau".prefix(random.int(1...12)))
        }
        return words.joined(separator: random.oneIn(5) ? "  " : " ")
    }
}
