import Converters
import Domain
import QBXML
import SyncLedger

/// What is asked of QuickBooks for a record that a person takes back.
///
/// `TxnDel` and `TxnVoid` carry no `EditSequence`, so nothing in them keeps QuickBooks from removing what somebody changed
/// meanwhile. That is why it is asked twice: before the request is put up for approval, and again once it is approved.
/// Only then does it go out.
extension Dispatch {
    /// The undo of a record that is under way; nil: there is none.
    func undo(of record: LedgerRecord) throws(Stop) -> LedgerUndo? {
        try stopping { try context.openUndo(of: record) }
    }

    /// Writes the request that comes next.
    mutating func sendUndo(
        _ record: inout LedgerRecord, _ undo: LedgerUndo, _ transaction: TransactionObject
    ) throws(Stop) {
        let id = record.id
        if try stopping({ try context.books.openRequest(of: id) }) != nil {
            record.queue()
            return
        }
        if let open = try stopping({ try context.books.openRequest(onObjectOf: id) }) {
            throw .hold("That it is taken back waits for the answer to \(open.requestID).", needs: record.keys)
        }
        switch undo.phase {
        case .asking, .checking, .verifying:
            try queue(&record, .inspect, transaction.query, transaction.inspectionBody(txnID: undo.txnID))
        case .proposing, .sending:
            try queue(
                &record, undo.isVoid ? .void : .delete, TransactionObject.removal(isVoid: undo.isVoid),
                transaction.removalBody(txnID: undo.txnID, isVoid: undo.isVoid), isAlone: true,
                isReviewed: undo.phase == .proposing)
        }
    }
}

extension ProcessingContext {
    /// The undo of a record that is under way; nil: there is none. One of a transaction that the record is not tied to any
    /// more has ended.
    func openUndo(of record: LedgerRecord) throws -> LedgerUndo? {
        guard record.tie.owner == nil, let undo = try books.openUndo(of: record.id) else { return nil }
        if undo.txnID == record.quickBooksID { return undo }
        try books.end(undo, .kept)
        try addEvent("undo ended", record, "it is not tied to \(undo.txnID) any more")
        return nil
    }

    /// Gives the undo of a record up that was read anew: what a person wanted to take back is not what is there. One that
    /// went out already is decided by its answer.
    func giveUpUndo(of record: LedgerRecord) throws {
        guard record.quickBooksID != nil, transactionConverter(of: record.entity) != nil,
            var undo = try openUndo(of: record)
        else { return }
        switch undo.phase {
        case .asking, .proposing, .checking:
            let what =
                "It was to be taken back, as asked for on \(ReviewTime.text(undo.at, settings)), and is not: a newer "
                + "export of it came before that was done."
            try books.end(undo, .kept)
            try addEvent("undo ended", record, what)
            receipt.add(Note(record: record.shown, what: "\(what) \(record.undoAgain)"))
        case .sending, .verifying:
            undo.failure = nil
            try books.update(undo)
        }
    }

    /// Takes what is known of a transaction for out of date: it is read anew before it is changed the next time.
    func outdate(_ key: RecordKey) throws {
        guard var record = try books.record(key) else { return }
        record.tie.editSequence = nil
        try books.update(record)
    }
}

extension LedgerRecord {
    /// What is left to be done in Procore once it was taken back; nil: nothing.
    var leftInProcore: String? {
        guard entity == .commitments else { return nil }
        return
            "Procore still shows it as synced, and has no call that ends that: unlink it there, in its ERP integrations, "
            + "before it is changed or deleted."
    }

    /// How a person asks for its undo once more.
    var undoAgain: String {
        "If it is still to go, ask for that again: a line \(term) in undo.txt in the inbox, or plumbline undo \(term)."
    }
}

extension Content {
    /// The transactions that one with this content changes: the orders that a bill receives on, the bills that a payment
    /// settles.
    var touched: Set<RecordKey> {
        Set(lines.compactMap { $0.reference("LinkToTxn/TxnID") ?? $0.reference("TxnID") })
    }
}
