import Domain
import Procore
import SyncLedger

/// Reads Procore's answer to a sync document in a file that does not name the document: what Procore made or changed,
/// and what it refused, known by the `origin_id` of each. With the document's number in front, `NumberedAnswer` reads it.
struct SyncResponseIntake {
    let context: ProcessingContext
    private var understood = 0

    init(context: ProcessingContext) {
        self.context = context
        context.receipt.direction = .toProcore
    }

    /// An entity that Procore has now: its id is the last thing that a new record lacked.
    mutating func entity(_ json: JSONRecord) throws {
        guard let record = try find(json) else { return strange(json) }
        understood += 1
        // The entity may be a line, whose id is no record's.
        guard let id = try json.id("id"), try json.filled("origin_id") == record.quickBooksID else {
            return context.receipt.count(record.entity, .unchanged)
        }
        try ProcoreTies(context: context).tie(record, to: id)
    }

    /// An update that Procore refused.
    mutating func error(_ json: JSONRecord) throws {
        let said = ProcoreWords.said(json)
        guard let record = try find(json) else {
            return context.receipt.add(
                Problem(
                    record: "Procore id \(try json.text("id") ?? "unknown")",
                    what: "Procore refused an update: \(said)",
                    remedy: "Look the record up in Procore; what is told there is not known here."))
        }
        understood += 1
        let ties = ProcoreTies(context: context)
        try ties.fail(record, json, said)
        context.receipt.add(ties.problem(record, said))
    }

    /// Ends the file.
    /// - Parameter stray: what is to be said of a number in front of the file's name that belongs to no document.
    /// - Throws: a `Problem` when nothing in the file was ours.
    func finish(stray: Problem? = nil) throws {
        guard understood > 0 else {
            throw stray
                ?? Problem(
                    what: "This is an answer of Procore's, but to nothing that was sent from here.",
                    remedy: "Name it with the number of the document that it answers in front, such as "
                        + "00000017-vendors.json, and drop it again.")
        }
        if let stray { context.receipt.add(Note(what: stray.what)) }
    }

    private func find(_ json: JSONRecord) throws -> LedgerRecord? {
        try ProcoreTies(context: context).find(json, among: Entity.allCases)
    }

    private func strange(_ json: JSONRecord) {
        let id = (try? json.text("id")) ?? nil
        context.receipt.add(
            Note(
                record: "Procore id \(id ?? "unknown")", what: "Procore answered about a record that is not tied here.")
        )
    }
}
