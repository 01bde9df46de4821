import Domain
import Procore
import SyncLedger

/// What Procore answers about direct costs and their lines.
struct CostAnswers {
    let context: ProcessingContext

    /// The cost that an entity of an answer is about: the cost itself, or one of its lines.
    func find(_ json: JSONRecord) throws -> LedgerRecord? {
        guard let origin = try json.filled("origin_id") else { return nil }
        if let cost = try context.books.imported(.directCosts, origin) { return cost }
        return try line(origin, json)?.cost
    }

    /// A line by its `origin_id`, `<TxnID>|<TxnLineID>`, and the cost that it stands below.
    private func line(_ origin: String, _ json: JSONRecord) throws -> (cost: LedgerRecord, key: String)? {
        guard let ids = CompositeID(origin) else { return nil }
        let parent = try json.id("direct_cost_id")
        let costs = try context.books.imported(.directCosts, ofTransaction: ids.txnID).filter { cost in
            cost.exported?.lines.contains { $0.key == ids.other } == true
        }
        return (costs.first { $0.procoreID == parent } ?? costs.first).map { ($0, ids.other) }
    }

    /// Procore refused a cost or one of its lines: it is told again once something about it was mended.
    func refused(_ cost: LedgerRecord, _ json: JSONRecord, _ said: String) throws {
        var record = cost
        if let origin = try json.filled("origin_id"), let line = try line(origin, json), line.cost.id == record.id {
            record.contents.exported?.lines.removeAll { $0.key == line.key }
        } else if record.procoreID == nil {
            record.contents.exported = nil
        } else {
            record.contents.exported?.fields = []
        }
        record.fail(
            "Procore refused it: \(said)",
            remedy:
                "Mend what Procore names, in QuickBooks or in Procore; then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
        )
        try context.books.update(record)
    }
}
