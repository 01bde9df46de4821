import Foundation
import Testing

@testable import Pipeline

/// Cases of the fixtures go on after a prune of everything that can go just as they do without: an answer that comes late or
/// again, a change, a command is decided from what stays.
@Suite struct PrunedFixtureTests {
    /// The kinds of case in which something comes that is about what was there before. `ALL=1` takes every case.
    private static let cases = FixtureCase.all.filter {
        ["answers", "commands", "pulls", "requisition-to-bill"].contains($0.converter)
            || ProcessInfo.processInfo.environment["ALL"] == "1"
    }

    @Test(arguments: cases)
    func afterAPruneACaseGoesOnAsWithout(_ fixture: FixtureCase) throws {
        let run = try FixtureRun(fixture, prunes: true)
        #expect(run.quickbooks == fixture.text("expected.xml"))
        #expect(run.procore == fixture.text("expected.json"))
        #expect(run.problems == fixture.text("expected.problem.txt"))
        guard let text = fixture.text("expected.receipt.json") else { return }
        let expected = try JSONDecoder().decode(FixtureReceipt.self, from: Data(text.utf8))
        #expect(run.receipt?.reduced(to: expected) == expected)
    }
}
