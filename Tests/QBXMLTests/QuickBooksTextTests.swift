import Domain
import QBXML
import Testing

@Suite struct QuickBooksTextTests {
    @Test(arguments: [
        ("plain\ttext\nnext", "plain\ttext\nnext"),
        ("\u{201C}Bob\u{2019}s\u{201D} \u{2013} a\u{2014}b\u{2026}", "\"Bob's\" - a-b..."),
        ("a\u{A0}b\u{200B}c\u{FEFF}", "a bc"), ("\u{2022} one", "* one"), ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
        ("a\u{0}b\u{1F}c\u{7F}", "abc"), ("é ñ € Œ ™ ½ ×", "é ñ € Œ ™ ½ ×"), ("e\u{301}", "é"), ("Łódź", "Lódz"),
        ("ősz űr", "ösz ür"), ("đ ı Đ", "d i D"), ("Š ž Ÿ", "Š ž Ÿ"), ("ế ặ ự", "ê a u"), ("č ř ů", "c r u"),
        ("5⅜ in", "5 3/8 in"), ("⅜ in", "3/8 in"), ("ﬁn", "fin"), ("ＡＢＣ", "ABC"), ("it\u{92}s", "it's"),
        ("6\u{2032} 2\u{2033}", "6' 2\""), ("≤ 4", "<= 4"), ("⌀ 12", "Ø 12"), ("\u{2212}5", "-5"), ("q\u{301}", "q"),
        ("Å", "Å"), ("µ μ", "µ µ"), ("soft\u{AD}hyphen", "softhyphen"), ("ǿ", "ø"), ("", ""),
    ])
    func textIsBroughtToQuickBooksCharacters(_ raw: String, _ expected: String) throws {
        #expect(try QuickBooksText(raw).text == expected)
    }

    @Test(arguments: ["東京", "😀", "Ж", "Ω", "\u{FFFD}", "क"])
    func whatCannotBeSaidIsAProblem(_ raw: String) throws {
        let problem = try #require(throws: Problem.self) { try QuickBooksText("Name " + raw) }
        #expect(problem.what.contains("U+"))
        #expect(!problem.remedy.isEmpty)
    }

    @Test func changesAreToldOnce() throws {
        let text = try QuickBooksText("Łukasz\u{2019}s Łomża\u{200B} \u{2019}")
        #expect(
            text.changes == [
                TextChange(from: "Ł", to: "L", kind: .spelling),
                TextChange(from: "\u{2019}", to: "'", kind: .punctuation),
                TextChange(from: "ż", to: "z", kind: .spelling), TextChange(from: "\u{200B}", to: "", kind: .invisible),
            ])
        #expect(try QuickBooksText("as it is é").changes.isEmpty)
    }

    @Test func everyFoldedTextIsStableAndWritable() throws {
        for value in (0x20..<0x3000 as Range<UInt32>) {
            guard let scalar = Unicode.Scalar(value), let once = try? QuickBooksText("x" + String(scalar)) else {
                continue
            }
            #expect(try QuickBooksText(once.text).text == once.text)
            var writer = XMLWriter()
            writer.text(once.text)
            #expect(!String(decoding: writer.bytes, as: UTF8.self).contains("65533"))
        }
    }

    @Test(arguments: [
        ("  Riverton   Lumber ", "riverton lumber"), ("RIVERTON\tLUMBER", "riverton lumber"), ("É", "é"),
        ("E\u{301}", "é"), ("AcmeCo", "acmeco"), ("", ""),
    ])
    func namesAreComparedAsQuickBooksDoes(_ name: String, _ key: String) {
        #expect(Array(QuickBooksText.comparisonKey(name).utf8) == Array(key.utf8))
    }

    /// Letters of Western Europe are taken by bytes; the rule about them is that of all characters.
    @Test func westernLettersAreComparedAsAllOthersAre() throws {
        for value in UInt32(0x80)..<0x250 {
            let letter = String(try #require(Unicode.Scalar(value)))
            for name in [letter, "A\(letter)B", " \(letter)\t x\(letter) ", "\(letter)\(letter)"] {
                let key = name.split { $0.isWhitespace }.joined(separator: " ").lowercased()
                #expect(Array(QuickBooksText.comparisonKey(name).utf8) == Array(key.utf8), "\(value)")
            }
            let isWestern = value >= 0xc0 && value <= 0xff
            #expect(PlainText.isWestern("x\(letter)") == isWestern, "\(value)")
            guard isWestern else { continue }
            let text = try QuickBooksText("x \(letter)\n")
            #expect(text.text == "x \(letter)\n" && text.changes.isEmpty)
            #expect(letter.unicodeScalars.allSatisfy { Windows1252.contains($0) })
        }
        for other in ["x\u{1}", "\r", "\u{7f}", "é\u{301}", "é\u{2009}"] { #expect(!PlainText.isWestern(other)) }
    }
}
