import Converters
import Domain
import Procore
import SyncLedger

/// The sync ledger as converters may see it.
struct LedgerReferences: References {
    private let books: Books

    init(_ books: Books) {
        self.books = books
    }

    func wanted(_ key: RecordKey) throws -> Content? { try books.record(key)?.wanted }

    func source(_ key: RecordKey) throws -> DocumentSource? {
        try books.record(key).map { DocumentSource(key, fragments: try books.fragments(of: $0.id)) }
    }

    func additions(to key: RecordKey) throws -> [(key: RecordKey, content: Content?)] {
        try books.additions(to: key).compactMap { record in record.key.map { ($0, record.wanted) } }
    }

    func absence(of key: RecordKey) throws -> String { try books.absenceReason(of: key) }
}

extension Books {
    /// The record that stands for another one in QuickBooks: itself, or for a WBS code the item of its cost code.
    /// - Returns: its key, and the record; nil where the ledger has none.
    func standIn(for key: RecordKey) throws -> (key: RecordKey, record: LedgerRecord?) {
        let record = try named(key)
        guard let record, record.quickBooksID == nil, record.entity == .wbsCodes,
            let item = record.wanted?.references.first, item.entity != .wbsCodes
        else { return (key, record) }
        return (item, try named(item))
    }

    /// Why there is nothing to be had from another record: `Waits for vendor 401104, which …`.
    func absenceReason(of key: RecordKey) throws -> String {
        if let record = try named(key) {
            if key.quickBooksID != nil {
                return
                    "Waits for the Procore \(key.entity.singular) of \(record.shown), whose id Procore has not told yet"
                    + (record.isFailed ? ": \(record.reason ?? "it failed")" : ".")
            }
            if record.isFailed {
                return "Waits for \(record.shown), which failed: \(record.reason ?? "see its own receipt")"
            }
            if record.isUndone {
                return "Waits for \(record.shown), which was taken back: \(record.reason ?? "see plumbline trace")"
            }
            return "Waits for \(record.shown), which is not in QuickBooks yet."
        }
        if let absence = try absence(key) {
            return "Waits for \(key.shown), which was \(absence.isRefusal ? "refused" : "left out"): \(absence.reason)"
        }
        return "Waits for \(key.shown), which has not been dropped yet."
    }
}
