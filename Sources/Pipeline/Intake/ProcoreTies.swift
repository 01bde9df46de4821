import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// What Procore's answers do to records: its ids tie those that it did not have, and its refusals fail them.
struct ProcoreTies {
    let context: ProcessingContext

    /// The record that an `origin_id` names, in an update of ours or in an entity of Procore's; of a line, the record
    /// that it stands in.
    func find(_ json: JSONRecord, among entities: [Entity]) throws -> LedgerRecord? {
        guard let origin = try json.filled("origin_id") else { return nil }
        for entity in entities {
            if entity == .directCosts {
                if let cost = try CostAnswers(context: context).find(json) { return cost }
                continue
            }
            let kind = entity == .costCodes ? .itemService : listConverter(of: entity)?.object.list
            guard let kind = kind ?? transactionConverter(of: entity)?.object.kind else { continue }
            if let record = try context.books.record(entity, kind, origin) { return record }
            // A line of a contract is known by its order: `<TxnID>|<TxnLineID>`.
            if entity == .commitments, let order = origin.split(separator: "|").first,
                let record = try context.books.record(entity, kind, String(order))
            {
                return record
            }
            if entity == .contractPayments, let payment = try context.books.imported(entity, origin) { return payment }
        }
        return nil
    }

    /// Ties a record to the id that Procore gave it. The same id again changes nothing; another one, or one that another
    /// record has, is told.
    func tie(_ known: LedgerRecord, to id: String) throws {
        if known.procoreID == id { return context.receipt.count(known.entity, .unchanged) }
        if known.procoreID != nil {
            return refuse(
                known, "Procore has another record, \(id), for what is tied to \(known.shown) in QuickBooks.")
        }
        if let other = try context.books.record(RecordKey(known.entity, id)), other.id != known.id {
            return refuse(known, "Procore gave it the id \(id), which belongs to \(other.shown) already.")
        }
        var record = known
        record.identity.procoreID = id
        record.identity.shown = "\(record.entity.singular) \(id)"
        record.file = context.intake ?? record.file
        // A cost goes on with its lines, a payment with what became of it meanwhile.
        if record.isImportedCostOrPayment { record.release() } else { record.link() }
        try context.books.update(record)
        try context.addEvent("linked", record, "Procore \(id)")
        context.receipt.count(record.entity, .linked)
        try context.release(waitingFor: record.keys)
    }

    private func refuse(_ record: LedgerRecord, _ what: String) {
        context.receipt.count(record.entity, .rejected)
        context.receipt.add(
            Problem(
                record: record.shown, field: "id", what: what,
                remedy: "Look at both in Procore: one of the two is a duplicate."))
    }

    /// Fails a record that Procore refused, so that it is told again once that is mended. What QuickBooks holds of a
    /// record that both sides have already is as it was.
    /// - Parameter update: the update that was refused, or what Procore echoes of it.
    func fail(_ known: LedgerRecord, _ update: JSONRecord, _ said: String) throws {
        var record = known
        if record.entity == .directCosts {
            try CostAnswers(context: context).refused(record, update, said)
        } else if record.isImportedPayment {
            record.fail(
                "Procore refused it: \(said)",
                remedy:
                    "Mend what Procore names; then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
            )
            // So that the next response tells Procore again.
            record.contents.exported = record.procoreID == nil ? nil : Content()
            record.file = context.intake ?? record.file
            try context.books.update(record)
        } else if record.procoreID == nil {
            record.fail(
                "Procore refused it: \(said)",
                remedy: "Mend it in QuickBooks or in Procore; then query it again and drop the response.")
            record.contents.exported = nil
            // So that the next import tells Procore again although QuickBooks shows nothing new.
            record.contents.imported = nil
            try context.books.update(record)
        }
        try context.addEvent("refused by Procore", record, said)
        context.receipt.count(record.entity, .failed)
    }

    /// The refusal of one record, as it is told.
    func problem(_ record: LedgerRecord, _ said: String) -> Problem {
        record.isImportedPayment
            ? Problem(
                record: record.shown, what: "Procore refused it: \(said)",
                remedy:
                    "Mend what Procore names; then drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)."
            )
            : Problem(
                record: record.shown, what: "Procore refused the update: \(said)",
                remedy: "Mend what Procore names; the record in QuickBooks is as it was.")
    }
}
