import Domain
import Foundation
import QBXML
import Seeds
import Testing

/// Whatever a text holds, it is written so that every reader of XML reads the same text, or is refused in words.
@Suite struct TextPropertyTests {
    /// A character as XML 1.0 allows it; Source: W3C, Extensible Markup Language 1.0, production 2.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a, 0x0d, 0x20...0xd7ff, 0xe000...0xfffd, 0x1_0000...0x10_ffff: true
        default: false
        }
    }

    /// The text with a sign in the place of what XML cannot hold.
    private static func expected(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isAllowed($0) ? $0 : "\u{fffd}" }))
    }

    @Test(arguments: Seeded.seeds) func whatIsWrittenIsReadAsTheSame(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_500 {
            let (text, value) = (random.text(atMost: 30), random.text(atMost: 30))
            var writer = XMLWriter()
            writer.open("A", [("b", value)])
            writer.text(text)
            writer.close("A")
            let read = try Element.parse(writer.bytes)
            #expect(read.text.utf8.elementsEqual(Self.expected(text).utf8))
            #expect(read.attributes["b"]?.utf8.elementsEqual(Self.expected(value).utf8) == true)
        }
    }

    /// Not only what stands there, but also every reference is a character of XML 1.0.
    @Test(arguments: Seeded.seeds) func onlyCharactersOfXMLAreWritten(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for _ in 0..<1_500 {
            var writer = XMLWriter()
            writer.leaf("Memo", random.text(atMost: 30))
            #expect(writer.bytes.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a || $0 == 0x09 })
            for reference in String(decoding: writer.bytes, as: UTF8.self).matches(of: /&#([0-9]+);/) {
                let scalar = try #require(UInt32(reference.1).flatMap(Unicode.Scalar.init))
                #expect(Self.isAllowed(scalar), "\(reference.0)")
            }
        }
    }

    /// Folding says everything that it takes away, and done twice it is the same as once.
    @Test(arguments: Seeded.seeds) func foldingLosesNothingSilently(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var folded = 0
        for _ in 0..<3_000 {
            let raw = random.text(atMost: 6)
            guard let text = try? QuickBooksText(raw) else { continue }
            folded += 1
            #expect(try QuickBooksText(text.text).text == text.text)
            #expect(try QuickBooksText(text.text).changes.isEmpty)
            let told = Set(text.changes.flatMap { $0.from.unicodeScalars })
            let kept = Set(text.text.unicodeScalars)
            for scalar in raw.precomposedStringWithCanonicalMapping.unicodeScalars {
                let isLineBreak = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
                #expect(isLineBreak || kept.contains(scalar) || told.contains(scalar), "\(raw.debugDescription)")
            }
        }
        #expect(folded > 300)
    }

    @Test(arguments: Seeded.seeds) func comparingFoldsOnce(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        for _ in 0..<3_000 {
            guard let name = try? QuickBooksText(random.text(atMost: 8)).text else { continue }
            let key = QuickBooksText.comparisonKey(name)
            #expect(Array(QuickBooksText.comparisonKey(key).utf8) == Array(key.utf8), "\(name.debugDescription)")
            #expect(Array(QuickBooksText.comparisonKey(" \(name)\t").utf8) == Array(key.utf8))
        }
    }
}
