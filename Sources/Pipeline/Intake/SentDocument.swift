import Domain
import Procore
import QBXML
import SyncLedger

/// A document of `outbox/procore` as its answer has to fit it: what it asks of Procore, update by update.
struct SentDocument {
    /// What the entities of its answer are.
    enum Kind {
        /// Records, which have Procore's id once it is answered.
        case records
        /// Lines of records; their ids are needed nowhere.
        case lines
    }

    /// One update, or the one payment that the document makes or changes.
    struct Update {
        let json: JSONRecord
        /// The id that Procore had for it; nil where Procore is to make it.
        let id: String?
        let originID: String?
    }

    let document: LedgerDocument
    let kind: Kind
    let updates: [Update]
    /// Whether it was answered so long ago that what it asked for is not kept any more.
    let isPruned: Bool

    /// A document read from the ledger; nil where it asks for nothing that could be answered.
    init?(_ document: LedgerDocument, _ books: Books) throws {
        let bytes = try books.bytes(ofDocument: document.sequence)
        if bytes?.isEmpty == true {
            self.document = document
            kind = .records
            updates = []
            isPruned = true
            return
        }
        guard let bytes,
            let request = try JSONRecord(parsing: bytes.last == 0x0a ? bytes.dropLast() : bytes).record("request"),
            let path = try request.text("path")?.prefix(while: { $0 != "?" })
        else { return nil }
        self.document = document
        isPruned = false
        kind = path.hasSuffix("/line_items/sync") ? .lines : .records
        if let payment = try request.record("body.contract_payment") {
            let isNew = try request.text("method") == "POST"
            let id = isNew ? nil : path.split(separator: "/").last.map(String.init)
            updates = [Update(json: payment, id: id, originID: try payment.filled("origin_id"))]
        } else {
            updates = try (request.records("body.updates") ?? []).map {
                Update(json: $0, id: try $0.id("id"), originID: try $0.filled("origin_id"))
            }
        }
        if updates.isEmpty { return nil }
    }

    /// The record that an update is about; nil where it is not tied here any more.
    func record(of update: Update, _ context: ProcessingContext) throws -> LedgerRecord? {
        guard let entity = document.entity else { return nil }
        if let record = try ProcoreTies(context: context).find(update.json, among: [entity]) { return record }
        guard kind == .records, let id = update.id else { return nil }
        return try context.books.record(RecordKey(entity, id))
    }

    // MARK: - Fitting an answer to an update

    /// What an entity of the answer says about the update that it answers.
    enum Fit {
        /// It names this one.
        case update(Int)
        /// It names one that is not in the document.
        case contradicts(String)
        /// It names none.
        case open
    }

    /// The update that an entity names by its `origin_id`, or by Procore's id.
    func fit(_ entity: JSONRecord) throws -> Fit {
        if let origin = try entity.filled("origin_id") {
            if let index = updates.firstIndex(where: { $0.originID == origin }) {
                if let sent = updates[index].id, let id = try entity.id("id"), id != sent {
                    return .contradicts("it has the id \(id), and \(sent) was sent for its origin_id \(origin)")
                }
                return .update(index)
            }
            // A change of a payment repeats no origin_id.
            if updates.contains(where: { $0.originID != nil }) {
                return .contradicts("its origin_id \(origin) is none of those that were sent")
            }
        }
        guard let id = try entity.id("id") else { return .open }
        if let index = updates.firstIndex(where: { $0.id == id }) { return .update(index) }
        // Procore was told all ids.
        if updates.allSatisfy({ $0.id != nil }) {
            return .contradicts("its id \(id) is none of those that were sent")
        }
        return .open
    }

    /// The updates of which every field that an entity repeats is the same, and at least one is.
    func agreeing(_ entity: JSONRecord, among candidates: [Int]) -> [Int] {
        candidates.filter { index in
            let fields = Self.comparison(updates[index].json, entity)
            return !fields.isEmpty && fields.allSatisfy(\.isSame)
        }
    }

    /// In what an entity cannot be the answer to an update: one of the fields that tell records apart.
    func contradiction(_ entity: JSONRecord, with index: Int) -> String? {
        Self.comparison(updates[index].json, entity).first { Self.telling.contains($0.key) && !$0.isSame }
            .map { "its \($0.key) is \($0.answered), and \($0.sent) was sent" }
    }

    /// Whether an entity repeats anything that was sent.
    func shares(_ entity: JSONRecord) -> Bool {
        updates.contains { !Self.comparison($0.json, entity).isEmpty }
    }

    private struct Field {
        let key: String
        let sent: String
        let answered: String
        let isSame: Bool
    }

    /// The fields of an update that an entity repeats, both of them filled.
    private static func comparison(_ update: JSONRecord, _ entity: JSONRecord) -> [Field] {
        update.keys.compactMap { key in
            guard !["id", "origin_id", "origin_data"].contains(key), let sent = filled(key, update) else { return nil }
            // `vendor_id` may come back as the vendor.
            let nested = key.hasSuffix("_id") ? filled(key.dropLast(3) + ".id", entity) : nil
            guard let answered = filled(key, entity) ?? nested else { return nil }
            return Field(key: key, sent: sent, answered: answered, isSame: isSame(sent, answered))
        }
    }

    private static func filled(_ path: String, _ json: JSONRecord) -> String? {
        (try? json.filled(path)) ?? nil
    }

    private static func isSame(_ sent: String, _ answered: String) -> Bool {
        if let sent = Amount(sent), let answered = Amount(answered) { return sent == answered }
        return QuickBooksText.comparisonKey(sent) == QuickBooksText.comparisonKey(answered)
    }

    /// Fields by which people tell records apart; others Procore may put into a form of its own.
    private static let telling: Set<String> = [
        "name", "invoice_number", "check_number", "amount", "date", "direct_cost_date", "requisition_id", "vendor_id",
        "direct_cost_id", "cost_code_id", "wbs_code_id", "project_number", "origin_code",
    ]
}
