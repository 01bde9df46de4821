import Foundation
import Testing

/// A contractor's whole books with a person's word for everything, given late, in any order, now and then refused at first:
/// equal to the cent to what the exports say.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct ReviewedBooksTests {
    /// Moves pages or documents to the folders that decide.
    private struct Person {
        let root: TestRoot
        var random = SeededRandom(seed: 17)
        private(set) var approved = 0
        private(set) var rejected = 0
        /// How many more are rejected.
        var refusals = 6

        init(_ root: TestRoot) { self.root = root }

        mutating func decide() throws {
            for page in root.names("outbox/review") where page.hasSuffix(".html") {
                let isRejected = refusals > 0 && random.number(in: 1...5) == 1
                if isRejected { refusals -= 1 }
                let moved = random.number(in: 0...1) == 0 ? page : page.dropLast(4) + "xml"
                let folder = isRejected ? "rejected" : "approved"
                try FileManager.default.moveItem(
                    atPath: "\(root.path)/outbox/review/\(moved)",
                    toPath: "\(root.path)/outbox/review/\(folder)/\(moved)")
                if isRejected { rejected += 1 } else { approved += 1 }
            }
        }
    }

    @Test func withReviewOnForEverythingTheBooksAreTheSame() throws {
        let contractor = CompanyGenerator.contractor(seed: 20_261_122, projects: 1)
        var random = SeededRandom(seed: 5)
        let files = random.shuffled(ContractorExports(contractor: contractor).files)
        let root = try TestRoot(CompanyGenerator.yaml + "\nreview: all\n")
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: .us)
        var person = Person(root)
        for start in stride(from: 0, to: files.count, by: 12) {
            try drop(files[start..<min(start + 12, files.count)], root)
            try take(root)
        }
        var isDroppedAgain = false
        for _ in 0..<40 {
            try person.decide()
            try take(root)
            guard root.names("outbox/quickbooks").isEmpty, !root.names("outbox/review").contains(where: isPage) else {
                try referee.answer()
                try take(root)
                continue
            }
            // What was rejected is dropped again, unchanged.
            if isDroppedAgain, try left(root).isEmpty { break }
            isDroppedAgain = true
            try drop(files[...], root)
            try take(root)
        }
        #expect(person.approved > 20 && person.rejected == 6, "\(person)")
        #expect(try left(root) == [])
        #expect(try referee.duplicates() == "")
        let differences = try referee.dump().books.differences(from: ExpectedBooks(contractor: contractor).books)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        let decided = root.tree("outbox/review/approved").filter { $0.hasSuffix(".xml") }.count
        #expect(decided == person.approved, "each was filed once")
    }

    private func isPage(_ name: String) -> Bool { name.hasSuffix(".html") }

    private func drop(_ files: ArraySlice<ContractorExports.File>, _ root: TestRoot) throws {
        for file in files {
            let path = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try root.drop(file.text, as: "procore/\(file.name)")
        }
    }

    private func take(_ root: TestRoot) throws {
        let taken = try root.run("once")
        #expect(taken.status == 0 || taken.status == 1, "\(taken.output)")
    }

    /// What waits, failed, or has no answer.
    private func left(_ root: TestRoot) throws -> [String] {
        let text = try root.run("status", "--json").output
        let status = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        return ["failed", "held", "unanswered", "reviews"].flatMap { key in
            (status[key] as? [Any] ?? ["absent"]).map { "\(key): \($0)" }
        }
    }
}
