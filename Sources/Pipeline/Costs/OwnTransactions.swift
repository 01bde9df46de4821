import Converters
import Domain
import SyncLedger

/// Tells transactions that Plumbline itself entered from all others, those too whose answer is still on its way.
final class OwnTransactions {
    private let context: ProcessingContext
    private var untied: [Entity: [LedgerRecord]] = [:]
    private var guids: [Entity: Set<String>] = [:]

    init(_ context: ProcessingContext) {
        self.context = context
    }

    /// Whether a transaction is the one of a record of ours.
    func isOurs(_ entity: Entity, _ kind: QuickBooksKind, _ txnID: String, guid: String?) throws -> Bool {
        if let record = try context.books.record(entity, kind, txnID), record.imported == nil { return true }
        if try untied(entity).contains(where: { $0.tie.claimedID == txnID }) { return true }
        if try context.books.wasUndone(txnID) { return true }
        guard let guid else { return false }
        if guids[entity] == nil {
            guids[entity] = Set(try untied(entity).map { $0.externalGUID(in: context.settings).lowercased() })
        }
        return guids[entity]?.contains(guid.lowercased()) ?? false
    }

    /// The record of ours that wants a number, and may have it in QuickBooks without our knowing yet.
    func untied(_ entity: Entity, number: String?) throws -> LedgerRecord? {
        guard let number else { return nil }
        return try untied(entity).first { $0.wanted?["RefNumber"] == number }
    }

    private func untied(_ entity: Entity) throws -> [LedgerRecord] {
        if let records = untied[entity] { return records }
        let records = try context.books.untied(entity)
        untied[entity] = records
        return records
    }
}
