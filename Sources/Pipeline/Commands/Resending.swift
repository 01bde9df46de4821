import Domain
import SyncLedger

/// What becomes of requests that were never answered: transactions are repeated byte for byte, since QuickBooks knows
/// them by their message-set id; elements of lists are asked after by name.
extension CommandRunner {
    mutating func resend(_ ids: [String]) throws {
        for id in ids {
            if let request = try context.books.request(id) {
                guard request.status == nil else {
                    outcome.problems.append("\(id) was answered already: see plumbline trace \(id).")
                    continue
                }
                guard try !context.books.isInReview(request.document) else {
                    outcome.problems.append(
                        "\(id) was never sent: it waits for approval in outbox/review (plumbline approve "
                            + "\(request.document)).")
                    continue
                }
                guard try isCollected(request.document, id) else { continue }
                try resend(request)
            } else if let pull = try context.books.pull(id) {
                guard pull.status == nil else {
                    outcome.problems.append("\(id) was answered already.")
                    continue
                }
                guard try isCollected(pull.document, id) else { continue }
                try repeatDocument(pull.document)
            } else {
                outcome.problems.append("There is no request \(id): plumbline status lists those that are unanswered.")
            }
        }
    }

    mutating func resendUnanswered() throws {
        var repeated: Set<Int> = []
        var waiting = 0
        for request in try context.books.openRequests() {
            if try stands(request.document) != nil {
                waiting += 1
            } else if request.messageSet == nil || repeated.insert(request.document).inserted {
                try resend(request)
            }
        }
        for pull in try context.books.openPulls() {
            if try stands(pull.document) != nil {
                waiting += 1
            } else if repeated.insert(pull.document).inserted {
                try repeatDocument(pull.document)
            }
        }
        let reviews = try context.books.waitingReviews().count
        if reviews > 0 {
            outcome.done.append("\(reviews) documents wait for approval in outbox/review, and were never sent.")
        }
        if waiting > 0 {
            outcome.done.append("\(waiting) requests still stand in the outbox, to be sent for the first time.")
        }
    }

    private mutating func resend(_ request: LedgerRequest) throws {
        guard let record = try context.books.record(id: request.record) else { return }
        if request.messageSet != nil { return try repeatDocument(request.document) }
        try askAfter(request, record)
    }

    /// Gives an answer up, and has QuickBooks asked how the record stands; the answer counts all the same if it comes.
    mutating func askAfter(_ request: LedgerRequest, _ known: LedgerRecord) throws {
        var record = known
        try context.books.answer(request, status: LedgerRequest.lost, message: "never answered", file: 0)
        switch request.operation {
        case .add: record.release(asking: .lookup)
        case .mod: record.release(asking: .refresh)
        case .confirm, .adopt, .lookup, .refresh: record.release(asking: request.operation)
        case .inspect, .delete, .void:
            // An undo that is under way asks by itself.
            if try context.books.openUndo(of: record.id) == nil {
                record.release(asking: .refresh)
            } else {
                record.release()
            }
        }
        try context.books.update(record)
        try context.addEvent("asked after", record, request.requestID)
        outcome.done.append("\(record.shown): QuickBooks is asked how it stands, in place of \(request.requestID).")
    }

    /// Publishes a document's bytes once more, nothing added, under a new number.
    private mutating func repeatDocument(_ sequence: Int) throws {
        guard let document = try context.books.document(sequence),
            let bytes = try context.books.bytes(ofDocument: sequence), !bytes.isEmpty
        else { return }
        let copy = LedgerDocument(
            sequence: context.documents.takeSequence(), outbox: .quickbooks, subject: document.subject,
            repeats: sequence)
        try context.documents.put(copy, bytes: bytes, namedIn: &context.receipt)
        for request in try context.books.openRequests(ofDocument: sequence) {
            if let record = try context.books.record(id: request.record) {
                try context.addEvent("sent again", record, "\(request.requestID) as \(copy.name)")
            }
        }
        outcome.done.append("\(document.name) goes out again as \(copy.name), byte for byte.")
    }

    private mutating func isCollected(_ sequence: Int, _ id: String) throws -> Bool {
        guard let name = try stands(sequence) else { return true }
        outcome.problems.append("\(id): outbox/quickbooks/\(name) has not been collected yet; it goes out first.")
        return false
    }

    /// The document, or its latest repetition, that still stands in the outbox.
    private func stands(_ sequence: Int) throws -> String? {
        let documents = try [context.books.document(sequence)].compactMap { $0 } + context.books.repeats(of: sequence)
        return documents.map(\.name).first(where: isWaiting)
    }
}
