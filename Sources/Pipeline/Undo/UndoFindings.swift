import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' answer shows of a transaction that is to be taken back: whether it is ours, whether it is as it was
/// last known, and what stands on it.
struct UndoFindings {
    /// Another transaction that is linked to it.
    struct Dependant {
        /// `check 2001`
        let words: String
        /// Its record; nil: it is none of ours.
        let record: LedgerRecord?
        /// Whether it is being taken back as well.
        let isGoing: Bool
    }

    private let context: ProcessingContext
    private let transaction: TransactionObject
    private let record: LedgerRecord
    private let ret: Element

    /// - Parameter ret: the transaction, as the answer shows it.
    init(_ context: ProcessingContext, _ transaction: TransactionObject, _ record: LedgerRecord, _ ret: Element) {
        self.context = context
        self.transaction = transaction
        self.record = record
        self.ret = ret
    }

    /// Why it is not to be taken back.
    struct Obstacle {
        /// In words.
        let what: String
        /// Whether it goes once a person has looked at it and asks again.
        var endsByAsking = false
    }

    /// Why it is not to be taken back; nil: nothing is against it.
    func obstacle() throws -> Obstacle? {
        let kind = transaction.kind.words
        guard try isOurs() else {
            return Obstacle(
                what: "The \(kind) was not entered by Plumbline, which takes back only what it entered itself.")
        }
        let changes = try changes()
        if !changes.isEmpty {
            return Obstacle(what: "The \(kind) was changed in QuickBooks since: \(changes.joined(separator: ", ")).")
        }
        if let known = record.tie.editSequence, known != ret["EditSequence"] {
            return Obstacle(
                what: "Something about the \(kind) was changed in QuickBooks since Plumbline last read it (its "
                    + "EditSequence is another one), although date, number and amounts are the same.",
                endsByAsking: true)
        }
        return nil
    }

    /// The transactions that stand on it, such as the payments of a bill.
    func dependants() throws -> [Dependant] {
        // What a bill bills is no obstacle: its order is free again.
        let below: Set<String> = transaction.kind == .bill ? ["PurchaseOrder", "ItemReceipt"] : []
        return try ret.all("LinkedTxn").filter { !below.contains($0["TxnType"] ?? "") }.map(dependant)
    }

    private func dependant(_ linked: Element) throws -> Dependant {
        let type = linked["TxnType"] ?? "transaction"
        let kind = QuickBooksKind(rawValue: type)
        let words = "\(kind?.words ?? type) \(linked["RefNumber"] ?? linked["TxnID"] ?? "")"
        for entity in Entity.allCases {
            guard let kind, tiedKind(of: entity) == kind,
                let record = try context.books.record(entity, kind, linked["TxnID"] ?? "")
            else { continue }
            return Dependant(
                words: "\(words) (\(record.shown))", record: record,
                isGoing: try context.openUndo(of: record) != nil)
        }
        return Dependant(words: words, record: nil, isGoing: false)
    }

    /// Whether it was entered at our request: the answer to that showed its id, or it has our ExternalGUID.
    private func isOurs() throws -> Bool {
        if try context.books.wasAdded(record) { return true }
        return ret["ExternalGUID"]?.lowercased() == record.externalGUID(in: context.settings).lowercased()
    }

    // MARK: - What changed

    private func changes() throws -> [String] {
        if HandChanges(context: context).isVoid(ret, transaction.kind) { return ["it was voided"] }
        let confirmed = record.confirmed ?? Content()
        var changes: [String] = []
        for (path, word) in [("TxnDate", "its date"), ("RefNumber", "its number"), ("Memo", "its memo")] {
            guard let ours = confirmed[path] else { continue }
            let there = ret[path] ?? ""
            if QuickBooksText.comparisonKey(there) != QuickBooksText.comparisonKey(ours) {
                changes.append("\(word) is \"\(there)\" there and was \"\(ours)\"")
            }
        }
        if let party = confirmed.reference(transaction.party),
            let known = try context.books.named(party)?.quickBooksID, let there = ret[transaction.party], there != known
        {
            changes.append("it is not with \(party.shown) any more")
        }
        if transaction.kind == .billPaymentCheck { return try changes + appliedChanges(confirmed) }
        let shown = HandChanges.ShownLines(ret, transaction.lineRet)
        if shown.isEmpty, !confirmed.lines.isEmpty { return changes + ["it has no lines any more"] }
        return try changes + HandChanges(context: context).changes(of: record, shown)
    }

    /// In what a payment settles other bills, or others amounts of them.
    private func appliedChanges(_ confirmed: Content) throws -> [String] {
        var open: [String: Amount] = [:]
        for line in ret.all(transaction.lineRet) {
            open[line["TxnID"] ?? "", default: .zero] += line["Amount"].flatMap { Amount($0) } ?? .zero
        }
        var changes: [String] = []
        for line in confirmed.lines {
            guard let bill = line.reference("TxnID"), let id = try context.books.named(bill)?.quickBooksID,
                let known = line.amount
            else { continue }
            let there = open.removeValue(forKey: id) ?? .zero
            if there != known { changes.append("it pays \(there.money) of \(bill.shown) and paid \(known.money)") }
        }
        return open.isEmpty ? changes : changes + ["it pays other bills too"]
    }
}
