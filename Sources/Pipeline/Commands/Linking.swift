import Converters
import Domain
import SyncLedger

/// Ties made and undone by hand.
extension CommandRunner {
    /// Has QuickBooks asked for an object, which the record is tied to once it answers.
    mutating func link(_ tie: QueuedCommand.Tie) throws {
        guard var record = try record(tie.record) else { return }
        guard isQuickBooksID(tie.quickBooksID) else {
            outcome.problems.append(
                "\(tie.quickBooksID) is no id of QuickBooks': it looks like 80000012-1700000026 and stands in ListID or "
                    + "TxnID.")
            return
        }
        guard let kind = tiedKind(of: record.entity) else {
            outcome.problems.append("\(record.shown): a \(record.entity.singular) is not tied by hand.")
            return
        }
        if let known = record.quickBooksID {
            if known == tie.quickBooksID {
                outcome.done.append("\(record.shown) is tied to \(known) already.")
            } else {
                outcome.problems.append(
                    "\(record.shown) is tied to \(known): undo that first with plumbline unlink \(tie.record.replacing("/", with: " "))."
                )
            }
            return
        }
        guard try !isAsking(record), try free(kind, tie.quickBooksID, for: record) else { return }
        record.tie.claimedID = tie.quickBooksID
        record.tie.isBroken = false
        record.attempts.question = nil
        record.releaseAnew()
        try context.books.update(record)
        try context.books.forgetElement(kind, tie.quickBooksID)
        try context.addEvent("tied by hand", record, tie.quickBooksID)
        outcome.done.append(
            "\(record.shown): QuickBooks is asked for its \(kind.words) \(tie.quickBooksID), and it is tied by the answer."
        )
    }

    /// Whether nobody else is tied to an object. One that was only QuickBooks' own gives way.
    private mutating func free(_ kind: QuickBooksKind, _ id: String, for record: LedgerRecord) throws -> Bool {
        guard var other = try context.books.record(record.entity, kind, id), other.id != record.id else { return true }
        guard other.procoreID == nil else {
            outcome.problems.append("QuickBooks' \(kind.words) \(id) is tied to \(other.shown) already.")
            return false
        }
        other.tie.quickBooksID = nil
        other.contents.nameKey = nil
        other.fail(
            "It was tied by hand to \(record.shown).",
            remedy: "If Procore made a record of its own for it meanwhile, remove that one in Procore.")
        try context.books.update(other)
        return true
    }

    /// Undoes a tie: neither side is changed, and what Procore wants stays known.
    mutating func unlink(_ term: String) throws {
        guard var record = try record(term) else { return }
        guard let known = record.quickBooksID, tiedKind(of: record.entity) != nil else {
            outcome.problems.append("\(record.shown) is not tied to anything that can be undone by hand.")
            return
        }
        guard try !isAsking(record) else { return }
        // It may well be there still: asked for again, it is tied rather than added. Its lines, and those that others
        // added to it, are forgotten only once it is tied to another object.
        record.tie.doubt()
        record.attempts.question = nil
        record.fail(
            "It was untied by hand from \(known).",
            remedy:
                "plumbline link \(record.entity.rawValue) \(record.procoreID ?? "") QUICKBOOKS_ID ties it to another "
                + "one; plumbline retry \(record.term) asks whether \(known) is still there.")
        try context.addEvent("untied by hand", record, known)
        try context.books.update(record)
        outcome.done.append(
            "\(record.shown) is not tied to \(known) any more; QuickBooks and Procore stay as they are.")
    }
}
