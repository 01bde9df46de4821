import Converters
import Foundation
import Procore
import QBXML
import Testing

/// What was forgotten: a converter without cases, cases without a converter, a row that no case shows.
@Suite struct FixtureCoverageTests {
    @Test func everyConverterHasCasesAndEveryFolderAConverter() {
        #expect(Set(FixtureCase.converters) == FixtureCase.others.union(allConverters.map { $0.name }))
        for converter in FixtureCase.converters {
            #expect(FixtureCase.all.contains { $0.converter == converter }, "\(converter) has a case")
        }
    }

    @Test func everyCaseHasAnInputAndAnExpectation() throws {
        for fixture in FixtureCase.all {
            #expect(try !fixture.steps().isEmpty, "\(fixture) drops something")
            #expect(
                FixtureCase.names(in: fixture.folder).contains { $0.hasPrefix("expected.") || $0 == "README" },
                "\(fixture) expects something, or says why nothing may come of it")
        }
    }

    @Test(arguments: allConverters.map { $0.name })
    func everyRowIsShownByACase(_ name: String) throws {
        let converter = try #require(allConverters.first { $0.name == name })
        var shown: Set<String> = []
        for fixture in FixtureCase.all where fixture.converter == name {
            for document in XMLDocuments.of(fixture) {
                for request in try Element.parse(Array(document.utf8)).first("QBXMLMsgsRq")?.children ?? [] {
                    for body in request.children { collect(body.children, below: "", into: &shown) }
                }
            }
            for document in try JSONDocuments.of(fixture) {
                let isLines = try document.text("request.path")?.contains("direct_costs/line_items") ?? false
                for update in try document.records("request.body.updates") ?? [] {
                    shown.formUnion(update.keys.map { isLines ? "line_items/" + $0 : $0 })
                }
                shown.formUnion(try document.record("request.body.contract_payment")?.keys ?? [])
            }
        }
        for line in converter.table { #expect(shown.contains(line.target), "a case of \(name) shows \(line.target)") }
    }

    private func collect(_ elements: [Element], below path: String, into shown: inout Set<String>) {
        for element in elements {
            shown.insert(path + element.name)
            collect(element.children, below: path + element.name + "/", into: &shown)
        }
    }
}

/// The documents in `expected.xml`, which holds them one after another.
enum XMLDocuments {
    static func of(_ fixture: FixtureCase) -> [String] {
        let start = "<?xml "
        return (fixture.text("expected.xml") ?? "").components(separatedBy: start).dropFirst().map { start + $0 }
    }
}

/// The documents in `expected.json`; each ends with a brace on a line of its own.
enum JSONDocuments {
    static func of(_ fixture: FixtureCase) throws -> [JSONRecord] {
        try (fixture.text("expected.json") ?? "").components(separatedBy: "\n}\n").dropLast().map {
            try JSONRecord(parsing: Array(($0 + "\n}").utf8))
        }
    }
}
