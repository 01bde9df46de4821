import Testing

@testable import DropFolder

@Suite struct RelativePathTests {
    @Test(arguments: [
        ("procore/vendors.json", "procore/vendors.json"), ("Überweisung €.json", "Überweisung €.json"),
        ("a\nb", "a\\x0ab"), ("\u{1b}[31mred", "\\x1b[31mred"), ("\u{202e}nosj", "\\xe2\\x80\\xaenosj"),
        ("a\u{2028}b", "a\\xe2\\x80\\xa8b"), ("a\u{85}b", "a\\xc2\\x85b"),
    ])
    func isShownWithoutControls(text: String, shown: String) {
        #expect(RelativePath(text).shown == shown)
    }

    @Test(
        arguments: [
            ([0x61, 0xff, 0x62], "a\\xffb"), ([0xc3], "\\xc3"), ([0xe2, 0x82], "\\xe2\\x82"),
            ([0x80, 0x41], "\\x80A"), ([0xc0, 0xaf], "\\xc0\\xaf"), ([0xff, 0xff, 0xff, 0xff], "\\xff\\xff\\xff\\xff"),
        ] as [([UInt8], String)])
    func showsBytesThatAreNoUTF8(bytes: [UInt8], shown: String) {
        #expect(RelativePath(bytes).shown == shown)
    }

    @Test func knowsItsParts() {
        let path = RelativePath("procore/project-1/a.json")
        #expect(path.name == Array("a.json".utf8))
        #expect(path.folder == RelativePath("procore/project-1"))
        #expect(RelativePath("a.json").folder.bytes.isEmpty)
        #expect(RelativePath([]).appending(Array("a".utf8)) == RelativePath("a"))
    }

    @Test(arguments: [
        ("a/vendors.json", "a/vendors~2.json"), ("vendors", "vendors~2"), (".json", ".json~2"),
        ("a.b.json", "a.b~2.json"),
    ])
    func isNumberedBeforeTheEnding(path: String, numbered: String) {
        #expect(RelativePath(path).numbered(2) == RelativePath(numbered))
    }

    @Test func staysWithin255BytesWithoutCuttingACharacter() {
        // 1 + 125 × 2 + 4 = 255 bytes
        let path = RelativePath("a" + String(repeating: "ü", count: 125) + ".xml")
        #expect(path.name.count == 255)
        let numbered = path.numbered(12)
        // With `.problem.txt`, 12 bytes, it must fit too.
        #expect(numbered.name.count <= 243)
        #expect(String(validating: numbered.name, as: UTF8.self)?.hasSuffix("ü~12.xml") == true)
    }

    @Test(arguments: 0...12)
    func cutsOnlyBetweenCharacters(most: Int) {
        let cut = Array("aé€😀z".utf8).wholeCharacters(atMost: most)
        #expect(cut.count <= most)
        #expect(String(validating: cut, as: UTF8.self) != nil)
    }

    @Test func aLongNameThatIsCutNamesNoOtherProject() {
        let path = RelativePath(String(repeating: "b", count: 232) + "-225906.json")
        // Cut after `-22590`, it would be another project's.
        #expect(path.numbered(12) == RelativePath(String(repeating: "b", count: 232) + "-~12.json"))
    }
}
