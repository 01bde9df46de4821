import Domain
import QBXML
import SyncLedger

/// What an answer can lead to: another attempt, a question, a wait, or words for a person.
struct Outcomes {
    let context: ProcessingContext

    /// A refusal that heals by waiting is tried so often at the most.
    static let mostRetries = 10

    /// Bounds what is tried again and again.
    func retry(
        _ record: inout LedgerRecord, _ head: ResponseHead, _ next: (inout LedgerRecord) throws -> Void
    ) throws {
        record.attempts.retries += 1
        guard record.attempts.retries <= Self.mostRetries else {
            record.attempts.retries = 0
            return fail(&record, head)
        }
        try next(&record)
    }

    /// Holds a record until its time has come: a minute after the first refusal, then doubling to an hour.
    func wait(_ record: inout LedgerRecord, _ said: String) {
        let minutes = min(60, Int64(1) << Int64(record.attempts.retries - 1))
        let time = minutes == 1 ? "1 minute" : "\(minutes) minutes"
        record.hold(
            for: "QuickBooks could not take it just now (\(said)); it is sent again after \(time).",
            until: context.now + minutes * 60)
        context.receipt.count(record.entity, .held)
        context.receipt.add(Note(record: record.shown, what: record.reason ?? ""))
        context.receipt.wait(record.id, record.shown, for: record.reason ?? "")
    }

    /// Where QuickBooks' words name the id of something that a record refers to and that it cannot find, it is asked
    /// whether it still has that; the record waits for the answer.
    /// - Returns: whether there is anything to ask.
    func confirmTies(_ record: inout LedgerRecord, of sent: Content, _ head: ResponseHead) throws -> Bool {
        guard record.attempts.retries < 2 else { return false }
        var needs: [RecordKey] = []
        var reason = ""
        for key in sent.references {
            guard var needed = try context.books.named(key), needed.id != record.id, let id = needed.quickBooksID,
                head.statusMessage.contains(id)
            else { continue }
            needed.release(asking: .refresh)
            try context.books.update(needed)
            needs.append(key)
            reason = "QuickBooks is asked whether it still has \(needed.shown)."
        }
        guard !needs.isEmpty else { return false }
        record.attempts.retries += 1
        record.hold(for: reason)
        try context.books.setWaits(record.id, needs)
        context.receipt.count(record.entity, .held)
        context.receipt.add(
            Note(record: record.shown, what: "\(reason) It said: \(head.statusMessage)"))
        context.receipt.wait(record.id, record.shown, for: reason)
        return true
    }

    /// Queues a query about a record; its answer decides.
    func ask(_ record: inout LedgerRecord, _ operation: LedgerRequest.Operation) throws {
        record.release(asking: operation)
    }

    func fail(_ record: inout LedgerRecord, _ head: ResponseHead) {
        let problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage)
        stop(&record, problem.what, problem.remedy)
    }

    func stop(_ record: inout LedgerRecord, _ what: String, _ remedy: String) {
        record.fail(what, remedy: remedy)
        record.attempts.due = nil
        reportFailure(record)
    }

    func reportFailure(_ record: LedgerRecord) {
        context.receipt.count(record.entity, .failed)
        context.receipt.add(
            Problem(record: record.shown, what: record.reason ?? "It failed.", remedy: record.remedy ?? "See status."))
    }
}
