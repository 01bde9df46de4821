import DropFolder
import Foundation
import Sandbox
import SyncLedger
import Testing

@testable import Pipeline

/// A root in memory whose documents a sandbox company answers when a test says so, at a time that the test sets.
final class TotalsRoot {
    let path: String
    let root: OpenRoot
    let company: SandboxCompany
    var now: Int64 = 1_796_000_000
    private var intake = 0

    private static let yaml = """
        company_id: 8089
        quickbooks:
          time_zone: America/Denver
          income_account: Construction Income
          expense_account: Job Expenses
          payable_account: Accounts Payable
          bank_account: Checking
        """

    /// - Parameters:
    ///   - also: further lines of `plumbline.yaml`.
    ///   - beforeStatement: called ahead of every statement of the ledger.
    init(also: String = "", beforeStatement: Books.Probe? = nil) throws {
        path = ReviewRoot.scratch.appendingPathComponent("totals-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data((Self.yaml + "\n" + also + "\n").utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        root = try OpenRoot(path: path, isRight: false, beforeStatement: beforeStatement)
        company = try SandboxCompany(path: path + "/sandbox.sqlite", edition: .us)
        try FixtureRun.answerCompany(root)
    }

    deinit {
        root.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    private var processor: FileProcessor {
        let now = now
        return FileProcessor(root, clock: WallClock { now })
    }

    /// Drops a file: Procore's below `procore`, QuickBooks' where its name ends in `.xml`.
    func drop(_ text: String, as name: String) throws {
        intake += 1
        let place = (name.hasSuffix(".xml") ? "quickbooks/" : "procore/") + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + place))
        _ = try processor.process([try #require(try root.inbox.claim(RelativePath(place), intake: intake))])
    }

    func run(_ command: QueuedCommand) throws -> CommandOutcome { try processor.run(command) }

    /// Has the company answer everything in the outbox, until nothing more comes.
    func answer() throws {
        for _ in 0..<20 {
            let names = try root.outbox(.quickbooks).publishedNames()
            guard !names.isEmpty else { return }
            for name in names {
                let document = "\(root.folders.outboxQuickBooks)/\(name)"
                let bytes = try #require(FileManager.default.contents(atPath: document))
                try FileManager.default.removeItem(atPath: document)
                guard case .response(let answer) = try company.answer(Array(bytes)) else {
                    Issue.record("\(name) was refused whole")
                    continue
                }
                try drop(String(decoding: answer, as: UTF8.self), as: name.replacing(".xml", with: ".response.xml"))
            }
        }
    }

    func record(_ key: String) throws -> LedgerRecord {
        let entity = try #require(key.split(separator: "/").first)
        return try #require(
            try root.ledger.read { books in
                try books.record(
                    .init(.init(rawValue: String(entity)) ?? .vendors, String(key.dropFirst(entity.count + 1))))
            })
    }

    /// What `plumbline reconcile` prints, and whether it ends with 0.
    func reconcile(_ project: String? = nil, day: String? = nil, as form: Reconciliation.Form = .text) throws -> (
        agrees: Bool, text: String
    ) {
        var text = ""
        let now = now
        let reconciliation = try Reconciliation(
            root: path, project: project, day: day.flatMap { .init($0) }, clock: WallClock { now })
        let agrees = try reconciliation.write(as: form) { text += $0 }
        return (agrees, text)
    }

    /// The JSON of the same.
    func totals(_ project: String? = nil, day: String? = nil) throws -> TotalsJSON {
        try JSONDecoder().decode(TotalsJSON.self, from: Data(reconcile(project, day: day, as: .json).text.utf8))
    }
}

/// What programs read of control totals.
struct TotalsJSON: Decodable {
    struct Part: Decodable, Equatable {
        var count: Int
        var amount: String
    }

    struct Total: Decodable {
        var project: String?
        var entity: String
        var direction: String
        var project_name: String?
        var brought: Part
        var accepted: Part
        var difference: String
        var amounts_not_known: Int
        var sent: Part
        var held: Part
        var failed: Part
        var refused: Part
        var differs: Part
        var left_out: Part
    }

    struct Record: Decodable {
        var project: String?
        var entity: String
        var direction: String
        var term: String
        var fate: String
        var brought: String?
        var accepted: String?
        var difference: String
        var why: String
    }

    var agree: Bool
    var totals: [Total]
    var records: [Record]

    /// A total in one line: what was brought, what was accepted, and the parts of the difference that are not empty.
    func line(_ project: String?, _ entity: String, _ direction: String = "to-quickbooks") -> String {
        let found = totals.filter { $0.project == project && $0.entity == entity && $0.direction == direction }
        guard let total = found.first, found.count == 1 else { return "\(found.count) totals" }
        func say(_ part: Part) -> String { "\(part.count): \(part.amount)" }
        let parts = [
            ("sent", total.sent), ("held", total.held), ("failed", total.failed), ("refused", total.refused),
            ("differs", total.differs), ("left out", total.left_out),
        ]
        let open = parts.filter { $0.1.count != 0 }.map { "; \($0.0) \(say($0.1))" }.joined()
        return "\(say(total.brought)) / \(say(total.accepted)) = \(total.difference)\(open)"
    }
}
