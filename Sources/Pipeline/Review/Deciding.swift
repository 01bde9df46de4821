import Converters
import Domain
import Foundation
import SyncLedger

/// What a person's decision about documents in review does, in one ledger transaction: each is decided once, whoever
/// decides, and however often.
extension CommandRunner {
    mutating func decide(_ decision: ReviewDecision) throws {
        let numbers = try decision.documents ?? context.books.waitingReviews().map(\.document.sequence)
        if numbers.isEmpty { outcome.done.append("Nothing waits for approval.") }
        for number in numbers {
            guard let review = try context.books.review(of: number), let document = try context.books.document(number)
            else {
                outcome.problems.append("There is no document \(number) that waits for approval: see plumbline status.")
                continue
            }
            guard review.verdict == nil else {
                outcome.problems.append(review.sentence(of: document, in: context.settings))
                continue
            }
            if try decideUndo(document, decision) { continue }
            if decision.isApproval {
                try approve(document, decision)
            } else {
                try reject(document, decision)
            }
        }
    }

    /// Decides about a document that takes something back. Approved, it does not go out at once: QuickBooks is asked once more
    /// whether the transaction is as it was, since the request itself cannot make that a condition.
    /// - Returns: whether it is such a document.
    private mutating func decideUndo(_ document: LedgerDocument, _ decision: ReviewDecision) throws -> Bool {
        guard let request = try context.books.openRequests(ofDocument: document.sequence).first,
            request.operation.removes, var record = try context.books.record(id: request.record),
            var undo = try context.openUndo(of: record)
        else { return false }
        if decision.isApproval, let halt = context.pause ?? context.company.halt {
            outcome.problems.append("\(document.name) still waits, since nothing goes to QuickBooks now: \(halt)")
            return true
        }
        let review = LedgerReview(
            document: document.sequence, verdict: decision.isApproval ? .approved : .rejected, who: decision.who,
            at: context.now, sentAs: nil)
        let verdict = decision.isApproval ? "approved" : "rejected"
        try context.books.answer(
            request, status: LedgerRequest.withdrawn, message: "\(verdict)\(review.byWhom)", file: context.intake ?? 0)
        try context.books.decide(review)
        try context.addEvent(verdict, record, "\(request.requestID):\(review.byWhom) in review")
        if decision.isApproval {
            undo.phase = .checking
            undo.people.approved = decision.who
            try context.books.update(undo)
            record.release()
            try context.books.update(record)
            outcome.done.append(
                "\(document.name) is approved\(review.byWhom): QuickBooks is asked once more whether what it takes back is "
                    + "unchanged, and then it goes out.")
        } else {
            try context.keep(&record, undo, because: "Rejected in review\(review.byWhom).")
            outcome.done.append(
                "\(document.name) is rejected\(review.byWhom); nothing of it is sent, and \(record.shown) stays in "
                    + "QuickBooks.")
        }
        return true
    }

    /// Publishes the bytes under a new number, and has the requests belong to that document.
    private mutating func approve(_ document: LedgerDocument, _ decision: ReviewDecision) throws {
        if let halt = context.pause ?? context.company.halt {
            return outcome.problems.append(
                "\(document.name) still waits, since nothing goes to QuickBooks now: \(halt)")
        }
        guard let bytes = try context.books.bytes(ofDocument: document.sequence) else { return }
        let copy = LedgerDocument(
            sequence: try context.takeRequestSequence(), outbox: .quickbooks, subject: document.subject)
        try context.documents.put(copy, bytes: bytes, namedIn: &context.receipt)
        let review = LedgerReview(
            document: document.sequence, verdict: .approved, who: decision.who, at: context.now, sentAs: copy.sequence)
        for request in try context.books.openRequests(ofDocument: document.sequence) {
            guard let record = try context.books.record(id: request.record) else { continue }
            try context.addEvent(
                "approved", record, "\(request.requestID):\(review.byWhom) to be sent as \(copy.name)")
        }
        try context.books.moveRequests(from: document.sequence, to: copy.sequence)
        try context.books.decide(review)
        outcome.done.append("\(document.name) is approved\(review.byWhom), and goes out as \(copy.name).")
    }

    /// Fails the records; nothing of the document was sent or will be.
    private mutating func reject(_ document: LedgerDocument, _ decision: ReviewDecision) throws {
        let review = LedgerReview(
            document: document.sequence, verdict: .rejected, who: decision.who, at: context.now, sentAs: nil)
        let reason =
            "Rejected in review\(review.byWhom) on \(ReviewTime.text(context.now, context.settings)); it was not sent."
        for request in try context.books.openRequests(ofDocument: document.sequence) {
            try context.books.answer(
                request, status: LedgerRequest.rejected, message: reason, file: context.intake ?? 0)
            guard var record = try context.books.record(id: request.record) else { continue }
            record.fail(
                reason,
                remedy: "Correct it in Procore, export again, and drop the new file; dropped again unchanged, it is "
                    + "asked for once more.")
            record.attempts.due = nil
            try context.books.update(record)
            try context.addEvent("rejected", record, "\(request.requestID):\(review.byWhom) in review")
            // A transaction is free for the next change.
            if transactionConverter(of: record.entity) != nil, let object = try context.books.record(id: request.object)
            {
                try context.release(waitingFor: object.keys)
            }
        }
        try context.books.decide(review)
        outcome.done.append("\(document.name) is rejected\(review.byWhom); nothing of it is sent.")
    }
}

extension LedgerReview {
    /// ` by anna`; empty where that cannot be told.
    var byWhom: String { who.map { " by \($0)" } ?? "" }

    /// What was decided, in a sentence.
    func sentence(of document: LedgerDocument, in settings: Settings) -> String {
        let when = at.map { " on \(ReviewTime.text($0, settings))" } ?? ""
        return switch verdict {
        case nil: "\(document.name) waits for approval."
        case .approved:
            "\(document.name) was approved\(byWhom)\(when) already"
                + (sentAs.map { ", and has the number \($0) in outbox/quickbooks" } ?? "") + "."
        case .rejected: "\(document.name) was rejected\(byWhom)\(when) already; nothing of it was sent."
        case .replaced:
            "\(document.name) counts no more: something in it changed\(when) while it waited. What is wanted now waits in "
                + "another document."
        }
    }
}

/// Times as a bookkeeper reads them.
enum ReviewTime {
    /// `2026-11-29 14:05`, on the clock of the QuickBooks machine; where that is not known, in UTC, said so.
    static func text(_ seconds: Int64, _ settings: Settings) -> String {
        let zone = settings.companyFile.timeZone
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone ?? .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: TimeInterval(seconds)))
        func padded(_ part: Int?) -> String { (part ?? 0) < 10 ? "0\(part ?? 0)" : "\(part ?? 0)" }
        let day = "\(parts.year ?? 0)-\(padded(parts.month))-\(padded(parts.day))"
        return "\(day) \(padded(parts.hour)):\(padded(parts.minute))\(zone == nil ? " UTC" : "")"
    }

    /// `2026-11-29`, on the same clock.
    static func day(_ seconds: Int64, _ settings: Settings) -> String { String(text(seconds, settings).prefix(10)) }
}
