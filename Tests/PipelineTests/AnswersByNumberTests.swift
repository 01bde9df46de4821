import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Procore's answers, named with the number of their document and repeating nothing but an id and what was sent: to
/// every kind of document that goes to `outbox/procore`, in every form.
@Suite struct AnswersByNumberTests {
    /// Cases whose last file leads to documents for Procore; together, every kind of them.
    static let cases: [FixtureCase] = [
        ("vendor-to-company", "a-typical-vendor-becomes-a-company"), ("status-codes", "0-done-links"),
        ("job-to-project", "a-job-becomes-a-project-at-its-ship-to"),
        ("budget-to-estimate", "the-answer-about-an-item-releases-the-budget"),
        ("project-cost-code-to-job-and-item", "a-cost-code-is-linked-when-its-job-and-item-are-there"),
        ("commitment-to-purchase-order", "an-added-order-is-linked-and-procore-told"),
        ("commitment-to-purchase-order", "an-added-purchase-order-is-linked-and-procore-told"),
        ("job-cost-to-direct-cost", "a-check-becomes-an-expense"),
        ("job-cost-to-direct-cost", "a-transaction-of-two-jobs-becomes-a-cost-for-each"),
        ("bill-payment-to-contract-payment", "a-check-that-pays-a-bill-in-part-becomes-a-payment"),
        ("bill-payment-to-contract-payment", "procores-answer-releases-the-reversal"),
    ].map { FixtureCase(converter: $0.0, name: $0.1) }

    enum Form: String, CaseIterable {
        /// The object itself; a list where there are several.
        case bare
        /// In `data`, as v2.0 gives it.
        case data
        case list
        /// `entities` and `errors`.
        case sync
    }

    @Test(arguments: cases, Form.allCases)
    func anAnswerOfNothingButTheIdIsTaken(_ fixture: FixtureCase, _ form: Form) throws {
        let run = try AnsweredRoot(fixture)
        defer { run.remove() }
        var answered = 0
        while let document = try run.unanswered().first, answered < 20 {
            answered += 1
            let entities = document.entities(firstID: 9_000 + answered * 100)
            let bare: Any = entities.count == 1 ? entities[0] as Any : entities as Any
            let content: Any
            switch form {
            case .bare: content = bare
            case .data: content = ["data": bare]
            case .list: content = entities
            case .sync: content = ["entities": entities, "errors": []]
            }
            let name = document.stem + "-response.json"
            let receipt = try run.drop(content, as: name)
            #expect(receipt.problems.isEmpty && receipt.notes.isEmpty, "\(document.path): \(receipt)")
            #expect(try run.isAnswered(document), "\(document.path)")
            for entity in entities where !document.isOfLines {
                let id = try #require(entity["id"].map { "\($0)" })
                #expect(try run.isKnown(document, id), "\(document.path): \(id)")
            }
            // The same answer twice changes nothing.
            let before = try run.documents().map(\.stem)
            let again = try run.drop(content, as: name)
            #expect(again.outcome == "duplicate", "\(document.path): \(again)")
            #expect(try run.documents().map(\.stem) == before)
        }
        #expect(answered > 0)
    }

    @Test(arguments: cases)
    func aRefusalFailsWhatWasSentInProcoresWords(_ fixture: FixtureCase) throws {
        let run = try AnsweredRoot(fixture)
        defer { run.remove() }
        for document in try run.unanswered() {
            let name = document.stem + "-response.json"
            let body: [String: Any] = ["errors": ["base": ["is locked by another session"]]]
            let receipt = try run.drop(body, as: name)
            #expect(receipt.outcome == "accepted-with-problems", "\(document.path): \(receipt)")
            #expect(receipt.problems.allSatisfy { $0.contains("base: is locked by another session") })
            #expect(!receipt.problems.isEmpty)
            #expect(receipt.failed == document.updates.count, "\(document.path): \(receipt)")
            let again = try run.drop(body, as: name)
            #expect(again.problems.isEmpty && again.failed == 0, "\(document.path): \(again)")
        }
    }

    /// A kind of document that is new here needs a case above.
    @Test func everyKindOfDocumentIsAnswered() throws {
        func kind(_ path: String) -> String {
            path.split(separator: "?")[0].split(separator: "/").map { Int($0) == nil ? String($0) : "ID" }
                .joined(separator: "/")
        }
        var written: Set<String> = []
        for fixture in FixtureCase.all {
            let text = fixture.text("expected.json") ?? ""
            for line in text.split(separator: "\n") where line.contains("\"path\": \"/rest/") {
                written.insert(kind(String(line.split(separator: "\"")[3])))
            }
        }
        var answered: Set<String> = []
        for fixture in Self.cases {
            let run = try AnsweredRoot(fixture)
            defer { run.remove() }
            while let document = try run.unanswered().first, answered.count < 30 {
                answered.insert(kind(document.path))
                _ = try run.drop(document.entities(firstID: 9_000 + document.number), as: document.stem + "-r.json")
            }
        }
        #expect(written == answered)
        #expect(written.count == 12)
    }
}

/// A root in which a case was run, and whose documents for Procore are then answered.
private final class AnsweredRoot {
    struct Document {
        let stem: String
        let number: Int
        let entity: String
        let method: String
        let path: String
        let updates: [[String: Any]]
        var isOfLines: Bool { path.contains("/line_items/sync") }

        /// What Procore answers: the id that it has or gives, and what was sent, without our ids.
        func entities(firstID: Int) -> [[String: Any]] {
            updates.enumerated().map { place, update in
                var entity = update.filter { !["origin_id", "origin_data"].contains($0.key) }
                if method == "PATCH", path.contains("/contract_payments/") {
                    entity["id"] = path.split(separator: "/").last.flatMap { Int($0) }
                }
                entity["id"] = entity["id"] ?? firstID + place
                return entity
            }
        }
    }

    struct Told {
        var outcome = ""
        var problems: [String] = []
        var notes: [String] = []
        var failed = 0
    }

    private let folder: URL
    private let root: OpenRoot
    private var intake = 0
    private var ofLastStep: Set<String> = []

    init(_ fixture: FixtureCase) throws {
        let scratch =
            FileManager.default.isWritableFile(atPath: "/dev/shm")
            ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory
        folder = scratch.appendingPathComponent("answers-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(fixture.configuration.utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        root = try OpenRoot(path: folder.path)
        try FixtureRun.answerCompany(root)
        var earlier: Set<String> = []
        for step in try fixture.steps() {
            earlier = Set(try documents().map(\.stem))
            try take(step.bytes, as: step.path)
        }
        ofLastStep = earlier
    }

    func remove() {
        root.close()
        try? FileManager.default.removeItem(at: folder)
    }

    private func take(_ bytes: Data, as path: String) throws {
        intake += 1
        try bytes.write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        let claim = try #require(try root.inbox.claim(RelativePath(path), intake: intake))
        _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
    }

    func drop(_ content: Any, as name: String) throws -> Told {
        try take(JSONSerialization.data(withJSONObject: content), as: "procore/" + name)
        let last = try #require(Receipts.paths(below: root.folders.root).last)
        let file = URL(fileURLWithPath: "\(root.folders.results)/\(last)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let receipt = try #require(json as? [String: Any])
        func texts(_ key: String) -> [String] {
            (receipt[key] as? [[String: Any]] ?? []).compactMap { $0["what"] as? String }
        }
        let counts = receipt["entities"] as? [String: [String: Int]] ?? [:]
        return Told(
            outcome: receipt["outcome"] as? String ?? "", problems: texts("problems"), notes: texts("notes"),
            failed: counts.values.reduce(0) { $0 + ($1["failed"] ?? 0) })
    }

    /// The documents for Procore, in number order.
    func documents() throws -> [Document] {
        let outbox = URL(fileURLWithPath: root.folders.outboxProcore)
        return try FixtureCase.names(in: outbox).map { name in
            let json = try JSONSerialization.jsonObject(with: Data(contentsOf: outbox.appendingPathComponent(name)))
            let document = try #require(json as? [String: Any])
            let request = try #require(document["request"] as? [String: Any])
            let body = request["body"] as? [String: Any] ?? [:]
            let payment = (body["contract_payment"] as? [String: Any]).map { [$0] }
            return Document(
                stem: String(name.dropLast(5)), number: document["sequence"] as? Int ?? 0,
                entity: document["entity"] as? String ?? "", method: request["method"] as? String ?? "",
                path: request["path"] as? String ?? "", updates: payment ?? body["updates"] as? [[String: Any]] ?? [])
        }
    }

    /// Those that the last file of the case led to, or what followed, and that are not answered.
    func unanswered() throws -> [Document] {
        try documents().filter { try !ofLastStep.contains($0.stem) && !isAnswered($0) }
    }

    func isAnswered(_ document: Document) throws -> Bool {
        try root.ledger.read { try $0.isAnswered(document.number) }
    }

    func isKnown(_ document: Document, _ id: String) throws -> Bool {
        guard let entity = Entity(rawValue: document.entity) else { return false }
        return try root.ledger.read { try $0.record(RecordKey(entity, id)) != nil }
    }
}
