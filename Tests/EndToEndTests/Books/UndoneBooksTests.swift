import Foundation
import Testing

/// A contractor's whole books, taken back as a whole and entered anew: equal to the cent to what the exports say.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct UndoneBooksTests {
    @Test func allThatWasEnteredGoesAndComesAgain() throws {
        let contractor = CompanyGenerator.contractor(seed: 20_261_130, projects: 1)
        let files = ContractorExports(contractor: contractor).files
        let root = try TestRoot(CompanyGenerator.yaml)
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: .us)
        for file in files {
            let path = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try root.drop(file.text, as: "procore/\(file.name)")
        }
        try settle(root, referee)
        let expected = ExpectedBooks(contractor: contractor).books
        #expect(try referee.dump().books.differences(from: expected) == [])

        // Files are named by their numbers; those of lists are not taken back, which is said.
        let numbers = (1...files.count).map(String.init)
        #expect(try Tool.run(Tool.plumbline, ["undo"] + numbers + ["--root", root.path]).status == 1)
        try settle(root, referee)
        #expect(try root.run("approve", "--all").status == 0)
        try settle(root, referee)
        let left = try referee.dump().books
        let said = root.text("logs/results.log").split(separator: "\n").filter { $0.contains("not taken back") }
        let isEmpty = left.orders.isEmpty && left.bills.isEmpty && left.payments.isEmpty && left.estimates.isEmpty
        #expect(isEmpty, "\(said)")

        #expect(try root.run("retry", "--undone").status == 0)
        try settle(root, referee)
        #expect(try referee.dump().books.differences(from: expected) == [])
        #expect(try referee.duplicates() == "")
    }

    /// Answers until nothing is left to answer.
    private func settle(_ root: TestRoot, _ referee: SeededReferee) throws {
        for _ in 0..<40 {
            try root.run("once")
            if root.names("outbox/quickbooks").isEmpty { return }
            try referee.answer()
        }
        Issue.record("it does not settle")
    }
}
