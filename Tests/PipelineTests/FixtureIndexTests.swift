import Foundation
import QBXML
import Testing

/// `Fixtures/README.md`: every case as a sentence, by what is converted, with what it ends in.
///
/// `RECORD=1` writes the page; the difference is to be read before it is kept.
@Suite struct FixtureIndexTests {
    private static let file = FixtureCase.root.appendingPathComponent("README.md")
    private static let groups = FixtureGroup.chapters.flatMap(\.groups)

    @Test func theIndexPageNamesEveryCase() throws {
        let page = try Self.page()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try page.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let kept = try? String(contentsOf: Self.file, encoding: .utf8)
        let differing = Set(page.split(separator: "\n")).symmetricDifference((kept ?? "").split(separator: "\n"))
        // Not compared within the macro, which would show both pages.
        let isKept = kept == page
        #expect(
            isKept,
            """
            Fixtures/README.md is not of these cases: RECORD=1 swift test --filter FixtureIndexTests writes it anew.
            \(differing.sorted().prefix(6).joined(separator: "\n"))
            """)
    }

    @Test func everyFolderOfCasesIsIntroducedOnce() {
        #expect(Self.groups.map(\.folder).sorted() == FixtureCase.converters, "see FixtureGroups.swift")
    }

    @Test(arguments: [
        ("a-name-of-41-characters-fits", "A name of 41 characters fits"),
        ("procores-answer-is-matched-by-origin-id", "Procore's answer is matched by origin_id"),
        ("another-refusal-fails-in-quickbooks-own-words", "Another refusal fails in QuickBooks' own words"),
        ("a-changed-budget-keeps-the-modification-s-lines", "A changed budget keeps the modification's lines"),
        ("a-response-in-utf-16-is-read", "A response in UTF-16 is read"),
        ("3100-name-in-use-asks-who-has-the-name", "3100: name in use asks who has the name"),
        ("hresult-0x80040410-another-mode-waits", "HRESULT 0x80040410: another mode waits"),
    ])
    func aFolderNameIsASentence(_ folder: String, _ sentence: String) {
        #expect(FixtureSentence.of(folder) == sentence)
    }

    private static func page() throws -> String {
        var contents = ""
        var text = ""
        for chapter in FixtureGroup.chapters {
            contents += "\n**\(chapter.heading)**\n\n"
            text += "\n## \(chapter.heading)\n"
            for group in chapter.groups {
                let cases = FixtureCase.all.filter { $0.converter == group.folder }
                contents += "- [\(group.heading)](#\(anchor(of: group.heading))), \(cases.count) cases\n"
                text += "\n### \(group.heading)\n\n\(group.introduction)\n\n"
                for fixture in cases {
                    let ends = try endings(of: fixture).joined(separator: "; ")
                    text += "- [\(FixtureSentence.of(fixture.name))](\(group.folder)/\(fixture.name)): \(ends)\n"
                }
            }
        }
        return """
            # What Plumbline does with each file

            Every case that the tests run, as a sentence that links to its folder, and behind it what the case ends in.
            In a folder, `before/` holds what was dropped and answered earlier and `input` what is dropped now. What has to
            come of it stands in `expected.xml` (requests to QuickBooks), `expected.json` (Procore JSON),
            `expected.problem.txt` (a problem, in words), `expected.rejected` (the refused records, for mending) and
            `expected.receipt.json` (the parts of the receipt that matter here).

            This page is made from the folders' names; a test keeps it true, and
            `RECORD=1 swift test --filter FixtureIndexTests` writes it anew.

            """ + contents + text
    }

    /// What a case ends in, in the order in which the page's head tells of it.
    private static func endings(of fixture: FixtureCase) throws -> [String] {
        let names = FixtureCase.names(in: fixture.folder)
        var endings: [String] = []
        let requests = try requests(of: fixture)
        if !requests.isEmpty {
            var kinds: [String] = []
            for request in requests where !kinds.contains(request) { kinds.append(request) }
            endings.append("\(requests.count == 1 ? "a request" : "requests") (\(kinds.joined(separator: ", ")))")
        }
        if names.contains("expected.json") { endings.append("Procore JSON") }
        if names.contains("expected.problem.txt") { endings.append("a problem") }
        if names.contains(where: { $0.hasPrefix("expected.rejected.") }) { endings.append("a copy for mending") }
        if let receipt = fixture.text("expected.receipt.json") {
            let outcome = try JSONDecoder().decode(FixtureReceipt.self, from: Data(receipt.utf8)).outcome
            endings.append("a receipt" + (outcome.map { " (\($0))" } ?? ""))
        }
        return endings.isEmpty ? ["nothing, as its README says"] : endings
    }

    /// The requests of a case in their order, each by its kind: `VendorAdd`.
    private static func requests(of fixture: FixtureCase) throws -> [String] {
        try XMLDocuments.of(fixture).flatMap { document in
            let requests = try Element.parse(Array(document.utf8)).first("QBXMLMsgsRq")?.children ?? []
            return requests.map { $0.name.hasSuffix("Rq") ? String($0.name.dropLast(2)) : $0.name }
        }
    }

    /// The anchor that GitHub gives to a heading.
    private static func anchor(of heading: String) -> String {
        String(heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }).replacing(" ", with: "-")
    }
}
