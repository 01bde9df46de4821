import Converters
import Domain
import SyncLedger

/// A cost or a payment as QuickBooks shows it now, to be held against what is known of it.
struct Imported {
    let entity: Entity
    let kind: QuickBooksKind
    /// `<TxnID>|<job ListID>`, `<payment TxnID>|<bill TxnID>`
    let id: String
    let shown: String
    let fullName: String
    let content: Content
    let editSequence: String?
    let modifiedAt: Timestamp?
    /// The record whose bill it pays, while nothing says yet that it is that bill.
    var owner: RecordKey?

    /// What stands in place of the edit sequence of a transaction that was deleted.
    static let deleted = "deleted"
    private static let wasDeleted =
        "It was deleted in QuickBooks, as a later response said, so this older one changes nothing."

    /// Remembers it, and leaves it to `Dispatch` where it is news.
    func remember(in context: ProcessingContext, _ before: LedgerRecord?) throws {
        guard var record = before else {
            if try CompositeID(id).map({ try context.books.isDeleted(transaction: $0.txnID) }) == true {
                context.receipt.count(entity, .skipped)
                return context.receipt.add(Note(record: shown, what: Self.wasDeleted))
            }
            var record = LedgerRecord(entity: entity, procoreID: nil, shown: shown, file: context.intake ?? 0)
            record.tie.kind = kind
            record.tie.quickBooksID = id
            record.tie.fullName = fullName
            record.tie.owner = owner
            record.contents.imported = content
            record.tie.editSequence = editSequence
            record.updatedAt = modifiedAt
            try context.books.insert(&record)
            return try context.addEvent("imported", record, "\(kind.rawValue) \(id)")
        }
        if record.tie.editSequence == Self.deleted {
            return skip(
                record, Self.wasDeleted,
                context)
        }
        if isOlder(than: record) {
            return skip(
                record, "A newer state of it was applied already (TimeModified), so this older one changes nothing.",
                context)
        }
        let isNews = record.imported != content || record.isFailed
        record.tie.editSequence = editSequence
        record.updatedAt = modifiedAt ?? record.updatedAt
        guard isNews else {
            try context.books.update(record)
            return context.receipt.count(entity, record.isHeld ? .held : .unchanged)
        }
        record.contents.imported = content
        record.tie.fullName = fullName
        record.tie.owner = owner ?? record.tie.owner
        record.change()
        record.file = context.intake ?? record.file
        try context.books.update(record)
        try context.addEvent("imported", record, "changed in QuickBooks")
    }

    private func isOlder(than record: LedgerRecord) -> Bool {
        guard let known = record.updatedAt, let modifiedAt, modifiedAt < known else { return false }
        // Zones are not always told right; the edit sequence only grows.
        guard let before = record.tie.editSequence.flatMap({ Amount($0) }),
            let now = editSequence.flatMap({ Amount($0) })
        else { return true }
        return now < before
    }

    private func skip(_ record: LedgerRecord, _ reason: String, _ context: ProcessingContext) {
        context.receipt.count(entity, .skipped)
        context.receipt.add(Note(record: record.shown, what: reason))
    }

    /// Takes a cost or a payment back, which QuickBooks does not have any more, or not for this job or bill.
    static func takeBack(
        _ record: LedgerRecord, editSequence: String?, modifiedAt: Timestamp?, in context: ProcessingContext
    ) throws {
        guard let shown = record.imported else { return }
        var content = shown
        content.lines = content.lines.map(\.withoutAmount)
        if let index = content.fields.firstIndex(where: { $0.path == "amount" }) {
            content.fields[index] = .init("amount", Amount.zero.money)
        }
        guard content != shown || record.isFailed else {
            var record = record
            record.tie.editSequence = editSequence ?? record.tie.editSequence
            try context.books.update(record)
            return context.receipt.count(record.entity, .unchanged)
        }
        let news = Imported(
            entity: record.entity, kind: record.kind ?? .bill, id: record.quickBooksID ?? "", shown: record.shown,
            fullName: record.tie.fullName ?? "", content: content,
            editSequence: editSequence ?? record.tie.editSequence,
            modifiedAt: modifiedAt)
        try news.remember(in: context, record)
    }
}
