import Converters
import Foundation
import Testing

/// Every case folder, through the whole flow, against what was written down by hand.
///
/// `RECORD=1` rewrites the expectations that exist; the difference is to be read before it is kept.
@Suite struct FixtureTests {
    private static let records = ProcessInfo.processInfo.environment["RECORD"] == "1"

    @Test(arguments: FixtureCase.all)
    func fixture(_ fixture: FixtureCase) throws {
        let run = try FixtureRun(fixture)
        try compare(run.quickbooks, with: "expected.xml", of: fixture)
        try compare(run.procore, with: "expected.json", of: fixture)
        try compare(run.problems, with: "expected.problem.txt", of: fixture)
        if let expected = fixture.text("expected.receipt.json") {
            try compare(run.receipt, with: expected, of: fixture)
        }
        for name in FixtureCase.names(in: fixture.folder) where name.hasPrefix("expected.rejected.") {
            try compare(run.rejectedRecords, with: name, of: fixture)
        }
        // An earlier file of the same name may have left one that is told of there.
        if let copied = run.rejectedProblemFile, let problems = run.problems, run.receipt != nil {
            #expect(
                problems.contains(copied.split(separator: "\n\n")[0]), "the receipt says what the problem file says")
        }
        #expect((run.rejectedRecords == nil) == (run.rejectedProblemFile == nil), "the copy has a problem file")
        if run.receipt?.outcome == "rejected" {
            #expect(run.problemFile == run.problems, "the problem file says what the receipt says")
            #expect(run.quickbooks == nil && run.procore == nil, "nothing comes of a rejected file")
        }
        for (entity, others) in run.references {
            let needs = Set(allConverters.filter { $0.entity == entity }.flatMap { $0.needs })
            #expect(
                others.isSubset(of: needs),
                "a converter of \(entity.rawValue) needs \(others.subtracting(needs).map(\.rawValue).sorted())")
        }
    }

    private func compare(_ actual: String?, with name: String, of fixture: FixtureCase) throws {
        let expected = fixture.text(name)
        if Self.records, expected != nil, let actual {
            return try Data(actual.utf8).write(to: fixture.folder.appendingPathComponent(name))
        }
        #expect(actual == expected, "\(name) of \(fixture)")
    }

    private func compare(_ actual: FixtureReceipt?, with text: String, of fixture: FixtureCase) throws {
        let expected = try JSONDecoder().decode(FixtureReceipt.self, from: Data(text.utf8))
        let actual = actual?.reduced(to: expected)
        if Self.records, let actual {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try (encoder.encode(actual) + Data("\n".utf8)).write(
                to: fixture.folder.appendingPathComponent("expected.receipt.json"))
        }
        #expect(actual == expected, "expected.receipt.json of \(fixture)")
    }
}
