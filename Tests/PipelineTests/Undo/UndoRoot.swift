import Domain
import DropFolder
import Foundation
import Procore
import QBXML
import Sandbox
import SyncLedger
import Testing

@testable import Pipeline

/// A root with the demonstration's exports, the sandbox company that answers it, and a person who decides.
final class UndoRoot {
    let path: String
    let company: SandboxCompany
    private(set) var root: OpenRoot
    private(set) var now: Int64 = 1_793_000_000
    private var watch = ReviewWatch()
    private var intake = 0

    private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Samples").standardizedFileURL

    /// The demonstration's exports in an order in which nothing waits.
    static let exports = [
        "companies.csv", "vendors.json", "projects.json", "cost_codes.json", "project-310001/budget.csv",
        "project-310001/commitments.json", "project-310001/change_order.json", "project-310001/invoice.json",
        "project-310001/payments.json",
    ]
    /// The records of the demonstration that become transactions of their own.
    static let order = "commitments/520001"
    static let invoice = "requisitions/560001"
    static let payment = "contract_payments/580001"

    init() throws {
        path = ReviewRoot.scratch.appendingPathComponent("undo-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.configure(path, "")
        root = try OpenRoot(path: path)
        company = try SandboxCompany(path: path + "/company.sqlite", edition: .us)
        // The office has made it, as the configuration says.
        try byHand(
            """
            <ItemServiceAddRq><ItemServiceAdd><Name>Retainage</Name><SalesOrPurchase><AccountRef><FullName>Job Expenses\
            </FullName></AccountRef></SalesOrPurchase></ItemServiceAdd></ItemServiceAddRq>
            """)
    }

    /// A copy of another one as it stands, which its process has left.
    /// - Parameter beforeStatement: called ahead of every statement of the ledger.
    init(copyOf other: UndoRoot, beforeStatement: @escaping Books.Probe) throws {
        path = ReviewRoot.scratch.appendingPathComponent("undo-\(UUID().uuidString)").path
        try FileManager.default.copyItem(atPath: other.path, toPath: path)
        root = try OpenRoot(path: path, isRight: false, beforeStatement: beforeStatement)
        company = try SandboxCompany(path: path + "/company.sqlite", edition: .us)
        (now, intake, sent) = (other.now, other.intake, other.sent)
    }

    deinit {
        root.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func configure(_ path: String, _ more: String) throws {
        let yaml = try String(contentsOf: samples.appendingPathComponent("plumbline.yaml"), encoding: .utf8)
        try Data("\(yaml)\n\(more)\n".utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
    }

    /// Another process takes over.
    /// - Parameter configuration: further lines of `plumbline.yaml`.
    func reopen(_ configuration: String = "") throws {
        try Self.configure(path, configuration)
        root.close()
        root = try OpenRoot(path: path)
        watch = ReviewWatch()
        _ = try processor.recover()
        try tend()
    }

    private var clock: WallClock { WallClock { [now] in now } }
    private var processor: FileProcessor { FileProcessor(root, clock: clock) }

    /// Drops all exports, and has them answered.
    func enterAll() throws {
        try enter(Self.exports[...])
    }

    /// Drops some exports, and has them answered; what is wrong with them is the demonstration's.
    func enter(_ exports: ArraySlice<String>) throws {
        for export in exports { try drop(export) }
        try settle()
        problems = []
    }

    /// Drops one of the demonstration's exports.
    /// - Parameter change: what is replaced in it.
    @discardableResult
    func drop(_ export: String, replacing change: (String, String)? = nil) throws -> FixtureReceipt {
        var text = try String(
            contentsOf: Self.samples.appendingPathComponent("inbox/" + export), encoding: .utf8)
        if let change { text = text.replacing(change.0, with: change.1) }
        return try drop(text, as: "procore/" + export)
    }

    @discardableResult
    func drop(_ text: String, as name: String) throws -> FixtureReceipt {
        intake += 1
        now += 60
        let file = URL(fileURLWithPath: root.folders.inbox + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        let claim = try #require(try root.inbox.claim(RelativePath(name), intake: intake))
        _ = try processor.process([claim])
        let result = try #require(Receipts.paths(below: root.folders.root).last)
        let receipt = try Data(contentsOf: URL(fileURLWithPath: root.folders.results + "/" + result))
        lastProblems =
            ((try JSONSerialization.jsonObject(with: receipt) as? [String: Any])?["problems"]
            as? [[String: Any]] ?? []).map { "\($0["record"] ?? ""): \($0["what"] ?? "") \($0["remedy"] ?? "")" }
        problems += lastProblems
        return try FixtureReceipt(JSONRecord(parsing: Array(receipt.dropLast())))
    }

    /// What the receipts said so far, and the last of them.
    var problems: [String] = []
    private(set) var lastProblems: [String] = []

    func run(_ command: QueuedCommand) throws -> CommandOutcome {
        now += 60
        return try processor.run(command)
    }

    func undo(_ terms: String..., isVoid: Bool = false) throws -> CommandOutcome {
        try run(.undo(UndoWish(terms: terms, isVoid: isVoid, who: "anna")))
    }

    /// Approves or rejects what waits, all of it or some documents.
    @discardableResult
    func decide(_ isApproval: Bool = true, _ documents: [Int]? = nil) throws -> CommandOutcome {
        let outcome = try run(.review(.init(isApproval: isApproval, documents: documents, who: "ben")))
        try processor.tendReviews(&watch, at: .zero)
        return outcome
    }

    func tend() throws { try processor.tendReviews(&watch, at: .zero) }

    /// Has every document answered, in number order, until none is left.
    /// - Parameter answered: what arrives of an answer: nil: nothing.
    func settle(_ answered: (String, String) -> String? = { $1 }) throws {
        for _ in 0..<40 { if try !answerOne(answered) { return } }
        Issue.record("it does not settle")
    }

    /// Has the first document answered.
    /// - Parameter answered: what arrives of the answer: nil: nothing.
    /// - Returns: whether there was one.
    @discardableResult
    func answerOne(_ answered: (String, String) -> String? = { $1 }) throws -> Bool {
        guard let name = documents("quickbooks").first else { return false }
        let document = "\(root.folders.outboxQuickBooks)/\(name)"
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: document)))
        try FileManager.default.removeItem(atPath: document)
        sent.append((name, String(decoding: bytes, as: UTF8.self)))
        guard case .response(let response) = try company.answer(bytes) else {
            Issue.record("\(name) was refused")
            return true
        }
        let stem = name.dropLast(4)
        if let text = answered(String(name), String(decoding: response, as: UTF8.self)) {
            try drop(text, as: "quickbooks/\(stem).response.xml")
        }
        return true
    }

    /// What left so far.
    private(set) var sent: [(name: String, text: String)] = []

    /// How many documents of a request left so far.
    func count(of request: String) -> Int { sent.filter { $0.text.contains("<\(request) ") }.count }

    /// Something that somebody does in QuickBooks by hand.
    @discardableResult
    func byHand(_ requests: String) throws -> String {
        let document = """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML><QBXMLMsgsRq onError="stopOnError">\(requests)</QBXMLMsgsRq></QBXML>
            """
        guard case .response(let response) = try company.answer(Array(document.utf8)) else { return "refused" }
        let text = String(decoding: response, as: UTF8.self)
        #expect(text.contains("statusCode=\"0\""), "\(text)")
        return text
    }

    /// The documents of an outbox, in number order.
    func documents(_ outbox: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/outbox/\(outbox)")) ?? []
        return names.filter { $0.hasSuffix(".xml") && !$0.hasPrefix(".") }.sorted()
    }

    func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
    }

    func record(_ term: String) throws -> LedgerRecord {
        let key = try #require(RecordKey(term))
        return try #require(try root.ledger.read { try $0.record(key) })
    }

    /// The states of records, by their terms.
    func states(_ terms: String...) throws -> [String] { try terms.map { try record($0).state.name.rawValue } }

    /// The transactions in the sandbox company, without ids, times and what depends on them; sorted.
    func books() throws -> [String] {
        try company.contents().filter { ["Estimate", "PurchaseOrder", "Bill", "BillPaymentCheck"].contains($0.type) }
            .map { txn in
                // Number and date of an estimate are QuickBooks' own.
                let own = ["ID", "EditSequence", "TimeCreated", "TimeModified", "TxnNumber"]
                let isEstimate = txn.type == "Estimate"
                let fields = txn.fields.filter { field in
                    !own.contains { field.key.hasSuffix($0) }
                        && !(isEstimate && ["RefNumber", "TxnDate", "DueDate"].contains(field.key))
                }
                return "\(txn.type) "
                    + fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }.sorted()
    }

    /// The kinds of transactions in the sandbox company.
    func kinds() throws -> [String] { try books().map { String($0.prefix { $0 != " " }) } }

    /// The ids by which QuickBooks knows a record's transaction and its state.
    func shown(_ term: String) throws -> SandboxRecord {
        let id = try record(term).quickBooksID ?? record(term).tie.claimedID
        return try #require(try company.contents().first { $0.listID == id })
    }
}
