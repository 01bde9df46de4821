import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads Procore's answer to a sync document: what it made or changed, and what it refused.
struct SyncResponseIntake {
    let work: Work
    /// The document it answers, where the file's name begins with its number.
    let document: LedgerDocument?
    private var understood = 0

    init(work: Work, fileName: String) throws {
        self.work = work
        let number = Int(fileName.prefix { $0.isASCII && $0.isNumber })
        document = try number.flatMap { try work.books.document($0) }.flatMap { $0.outbox == .procore ? $0 : nil }
        work.receipt.direction = .toProcore
    }

    /// An entity that Procore has now: its id is the last thing that a new record lacked.
    mutating func entity(_ json: JSONRecord) throws {
        guard var record = try find(json) else { return strange(json) }
        understood += 1
        guard record.procoreID == nil, let id = try json.id("id") else {
            if try isAnother(json, record) { return }
            work.receipt.count(record.entity, .unchanged)
            return
        }
        if let other = try work.books.record(RecordKey(record.entity, id)), other.id != record.id {
            work.receipt.count(record.entity, .rejected)
            work.receipt.add(
                Problem(
                    record: record.shown, field: "id",
                    what: "Procore gave it the id \(id), which belongs to \(other.shown) already.",
                    remedy: "Look at both in Procore: one of the two is a duplicate."))
            return
        }
        record.procoreID = id
        record.shown = "\(record.entity.singular) \(id)"
        record.file = work.intake ?? record.file
        // A cost goes on with its lines.
        record.state = record.entity == .directCosts ? .released : .linked
        record.reason = nil
        record.remedy = nil
        try work.books.update(record)
        try work.note("linked", record, "Procore \(id)")
        work.receipt.count(record.entity, .linked)
        try work.release(waitingFor: record.keys)
    }

    /// Whether Procore has made a second record for an object that is tied already: it was told of it before the tie.
    private func isAnother(_ json: JSONRecord, _ record: LedgerRecord) throws -> Bool {
        guard let known = record.procoreID, let id = try json.id("id"), id != known,
            try json.filled("origin_id") == record.quickBooksID
        else { return false }
        work.receipt.count(record.entity, .rejected)
        work.receipt.add(
            Problem(
                record: record.shown, field: "id",
                what: "Procore has another record, \(id), for what is tied to \(record.shown) in QuickBooks.",
                remedy: "Look at both in Procore: one of the two is a duplicate."))
        return true
    }

    /// An update that Procore refused.
    mutating func error(_ json: JSONRecord) throws {
        let said = try messages(json)
        guard var record = try find(json) else {
            return work.receipt.add(
                Problem(
                    record: "Procore id \(try json.text("id") ?? "unknown")",
                    what: "Procore refused an update: \(said)",
                    remedy: "Look the record up in Procore; what is told there is not known here."))
        }
        understood += 1
        if record.entity == .directCosts {
            try CostAnswers(work: work).refused(record, json, said)
        } else if record.procoreID == nil {
            record.state = .failed
            record.reason = "Procore refused it: \(said)"
            record.remedy = "Mend it in QuickBooks or in Procore; then query it again and drop the response."
            record.exported = nil
            // So that the next import tells Procore again although QuickBooks shows nothing new.
            record.imported = nil
            try work.books.update(record)
        }
        try work.note("refused by Procore", record, said)
        work.receipt.count(record.entity, .failed)
        work.receipt.add(
            Problem(
                record: record.shown, what: "Procore refused the update: \(said)",
                remedy: "Mend what Procore names; the record in QuickBooks is as it was."))
    }

    /// Remembers that the document is answered.
    /// - Throws: a `Problem` when nothing in the file was ours.
    func finish() throws {
        guard understood > 0 || document != nil else {
            throw Problem(
                what: "This is an answer of Procore's, but to nothing that was sent from here.",
                remedy:
                    "Name it with the number of the document that it answers in front, such as 00000017-vendors.json, "
                    + "and drop it again.")
        }
        if let document { try work.books.markAnswered(document.sequence, by: work.intake ?? 0) }
    }

    private func find(_ json: JSONRecord) throws -> LedgerRecord? {
        let entities = document?.entity.map { [$0] } ?? Entity.allCases
        for entity in entities {
            if entity == .directCosts {
                if let cost = try CostAnswers(work: work).find(json) { return cost }
                // The id may be that of a line.
                if document != nil { return nil }
            }
            let kind = entity == .costCodes ? .itemService : listConverter(of: entity)?.object.list
            guard let kind = kind ?? transactionConverter(of: entity)?.object.kind else { continue }
            guard let origin = try json.filled("origin_id") else { continue }
            if let record = try work.books.record(entity, kind, origin) { return record }
            // A line of a contract is known by its order: `<TxnID>|<TxnLineID>`.
            if entity == .commitments, let order = origin.split(separator: "|").first,
                let record = try work.books.record(entity, kind, String(order))
            {
                return record
            }
        }
        if let entity = document?.entity, let id = try? json.id("id") {
            return try work.books.record(RecordKey(entity, id))
        }
        return nil
    }

    private func strange(_ json: JSONRecord) {
        let id = (try? json.text("id")) ?? nil
        work.receipt.add(
            Note(
                record: "Procore id \(id ?? "unknown")", what: "Procore answered about a record that is not tied here.")
        )
    }

    /// `name: has already been taken; id: Entity with this ID not found`
    private func messages(_ json: JSONRecord) throws -> String {
        guard let errors = try json.record("errors") else { return "without a reason" }
        return errors.keys.map { key in
            let texts = (try? errors.strings(key)) ?? nil
            return "\(key): \(texts?.joined(separator: ", ") ?? "refused")"
        }.joined(separator: "; ")
    }
}
