import Foundation
import Testing

/// A contractor's whole books, with everything pruned that can go while half of the exports are still to come, and answers of
/// before that come again: equal to the cent to what the exports say.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct PrunedBooksTests {
    @Test func afterAPruneTheOtherHalfLeadsToTheSameBooks() throws {
        let contractor = CompanyGenerator.contractor(seed: 20_261_129, projects: 1)
        var random = SeededRandom(seed: 11)
        let files = random.shuffled(ContractorExports(contractor: contractor).files)
        let root = try TestRoot(CompanyGenerator.yaml)
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: .us)
        var answers: [(name: String, text: String)] = []
        let half = files.count / 2
        try drop(files[..<half], root)
        for _ in 0..<8 where try !answer(referee, root, &answers) {}
        let events = try root.run("prune", "--before", "2100-01-01", "--yes", "--json")
        #expect(events.status == 0, "\(events.output)")
        let went = try JSONSerialization.jsonObject(with: Data(events.output.utf8)) as? [String: Any] ?? [:]
        for key in ["events", "documents", "files", "share_files"] {
            #expect((went[key] as? Int ?? 0) > 2, "\(key) in \(events.output)")
        }
        // What was answered before is answered again, late.
        for answer in answers { try root.drop(answer.text, as: "quickbooks/\(answer.name)") }
        try drop(files[half...], root)
        for _ in 0..<40 where try !answer(referee, root, &answers) {}
        _ = try root.run("prune", "--before", "2100-01-01", "--yes")
        // And everything once more, exports and answers.
        for answer in answers { try root.drop(answer.text, as: "quickbooks/\(answer.name)") }
        try drop(files[...], root)
        #expect(root.names("outbox/quickbooks").isEmpty, "nothing is sent twice")
        #expect(try referee.duplicates() == "")
        let differences = try referee.dump().books.differences(from: ExpectedBooks(contractor: contractor).books)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        let status = try JSONSerialization.jsonObject(with: Data(root.run("status", "--json").output.utf8))
        for key in ["failed", "held", "unanswered"] {
            let left = (status as? [String: Any])?[key] as? [Any]
            #expect(left?.isEmpty == true, "\(key): \(left ?? ["absent"])")
        }
    }

    /// Has everything in the outbox answered, in reverse, and takes the answers.
    /// - Returns: whether nothing is left there.
    private func answer(
        _ referee: SeededReferee, _ root: TestRoot, _ answers: inout [(name: String, text: String)]
    ) throws -> Bool {
        if root.names("outbox/quickbooks").isEmpty { return true }
        try referee.answer(reversed: true)
        for name in root.names("inbox/quickbooks") { answers.append((name, root.text("inbox/quickbooks/\(name)"))) }
        try take(root)
        return false
    }

    private func drop(_ files: ArraySlice<ContractorExports.File>, _ root: TestRoot) throws {
        for file in files {
            let path = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try root.drop(file.text, as: "procore/\(file.name)")
        }
        try take(root)
    }

    private func take(_ root: TestRoot) throws {
        let taken = try root.run("once")
        #expect(taken.status == 0 || taken.status == 1, "\(taken.output)")
    }
}
