import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' answer to one of our requests does to the record it is about.
///
/// Afterwards the record is linked, waits for another request, or has failed in words; `Dispatch` writes whatever
/// request follows.
struct Answers {
    let context: ProcessingContext
    let writeBacks: UpdateBatches

    private var outcomes: Outcomes { Outcomes(context: context) }

    /// The `TxnID` or `ListID` that an answer shows.
    static func id(in objects: [Element]) -> String? {
        objects.lazy.compactMap { $0["TxnID"] ?? $0["ListID"] }.first
    }

    /// Takes the answer to a request that was not answered before, or was given up or refused with its whole document:
    /// what QuickBooks did all the same counts.
    func take(_ request: LedgerRequest, _ head: ResponseHead, _ objects: [Element]) throws {
        guard var record = try context.books.record(id: request.record) else { return }
        let id = request.operation.writes ? Self.id(in: objects) : nil
        if request.operation.removes, request.status != nil { return try takeLate(request, head, record) }
        if request.status != nil {
            guard head.statusCode == 0, id != nil, record.quickBooksID == nil else {
                guard let id, let known = record.quickBooksID, !known.hasPrefix(id) else {
                    return context.receipt.count(record.entity, .unchanged)
                }
                return try contradicted(request, "it is tied to \(known) by now, this one shows \(id)")
            }
            record.attempts.question = nil
        }
        try context.books.answer(
            request, status: head.statusCode, message: head.statusMessage, id: id, file: context.intake ?? 0)
        record.file = context.intake ?? record.file
        let consequence = StatusCode.consequence(
            code: head.statusCode, severity: head.statusSeverity, message: head.statusMessage)
        try context.addEvent("answered", record, "\(request.requestID): \(head.statusCode) \(head.statusMessage)")
        let answer = Answer(request: request, head: head, consequence: consequence, objects: objects)
        if let converter = transactionConverter(of: record.entity) {
            try TransactionAnswers(context: context, writeBacks: writeBacks, converter: converter).take(answer, &record)
        } else if let converter = listConverter(of: record.entity) {
            try ListAnswers(context: context, writeBacks: writeBacks, converter: converter).take(answer, &record)
        }
        // What was refused is not what Procore wants any more: the newer content has its own chance.
        if record.isFailed, let sent = request.content, sent != record.wanted { record.release() }
        try context.books.update(record)
        // Whatever came of it, a transaction is free for the next change. One that goes on releases others by itself.
        if transactionConverter(of: record.entity) != nil,
            record.isFailed || record.isHeld,
            let object = try context.books.record(id: request.object)
        {
            try context.release(waitingFor: object.keys)
        }
    }

    /// Takes the answer to a request to remove something that was given up before: where it was done, it counts.
    private func takeLate(_ request: LedgerRequest, _ head: ResponseHead, _ known: LedgerRecord) throws {
        var record = known
        guard (0..<1_000).contains(head.statusCode), let converter = transactionConverter(of: record.entity),
            let undo = try context.books.lastUndo(of: record.id), undo.txnID == record.quickBooksID,
            try context.books.openRequest(of: record.id) == nil
        else { return context.receipt.count(record.entity, .unchanged) }
        try context.books.answer(
            request, status: head.statusCode, message: head.statusMessage, file: context.intake ?? 0)
        try UndoAnswers(context: context, transaction: converter.object).done(&record, undo)
    }

    /// How it stands with what was to be removed is not known.
    private func doubt(_ record: inout LedgerRecord, _ request: LedgerRequest, _ what: String) throws -> Bool {
        guard request.operation.isOfUndo, let converter = transactionConverter(of: record.entity) else { return false }
        guard var undo = try context.openUndo(of: record) else {
            record.release(asking: .refresh)
            return true
        }
        let answers = UndoAnswers(context: context, transaction: converter.object)
        if request.operation.removes {
            try answers.verify(&record, &undo)
        } else {
            try answers.unknown(&record, undo, what)
        }
        return true
    }

    /// Two answers to one request that do not say the same: told, and QuickBooks is asked before anything is added.
    func contradicted(_ request: LedgerRequest, _ difference: String) throws {
        guard var record = try context.books.record(id: request.record) else { return }
        context.receipt.count(record.entity, .failed)
        context.receipt.add(
            Problem(
                record: record.shown, field: request.requestID,
                what: "QuickBooks' answers to one request disagree: \(difference).",
                remedy: "Look in QuickBooks whether it is there twice, and remove what should not be there."))
        try context.addEvent("answered again", record, "\(request.requestID): \(difference)")
        guard record.quickBooksID == nil, record.state != .queued, request.operation == .add else { return }
        record.attempts.question = .lookup
        try context.books.update(record)
    }

    /// QuickBooks' error recovery says how the message set of a request stands, in place of an answer.
    func take(_ request: LedgerRequest, _ status: MessageSetStatus) throws {
        guard var record = try context.books.record(id: request.record) else { return }
        try context.books.answer(
            request, status: status.rawValue, message: status.explanation, file: context.intake ?? 0)
        record.file = context.intake ?? record.file
        try context.addEvent("answered", record, "\(request.requestID): \(status.rawValue) \(status.explanation)")
        if try doubt(&record, request, status.explanation) { return try context.books.update(record) }
        switch status {
        case .neverRun, .answerLost, .answerNotStored, .answered:
            context.receipt.add(Note(record: record.shown, what: status.explanation))
            record.release()
        case .otherContent, .idTooLong:
            outcomes.stop(&record, status.explanation, status.remedy)
        }
        // Whatever it says: before anything is sent again, QuickBooks is asked whether it took effect.
        record.attempts.question = request.operation == .mod && request.object == request.record ? .refresh : .lookup
        try context.books.update(record)
        if let object = try context.books.record(id: request.object) { try context.release(waitingFor: object.keys) }
    }

    /// QuickBooks refused the document that carried a request.
    func refused(_ request: LedgerRequest, _ refusal: Refusal) throws {
        try context.books.answer(
            request, status: LedgerRequest.refusedWhole, message: "\(refusal.hresult) \(refusal.message)",
            file: context.intake ?? 0)
        guard var record = try context.books.record(id: request.record) else { return }
        record.file = context.intake ?? record.file
        try context.addEvent("answered", record, "\(request.requestID): \(refusal.hresult) \(refusal.message)")
        let problem = refusal.problem
        if try doubt(&record, request, problem.what) { return try context.books.update(record) }
        record.attempts.retries += 1
        if refusal.consequence == .retry, record.attempts.retries <= Outcomes.mostRetries {
            outcomes.wait(&record, refusal.hresult)
        } else {
            record.attempts.retries = 0
            outcomes.stop(&record, problem.what, problem.remedy)
        }
        // Before anything of the document is added again, QuickBooks is asked whether it took effect.
        let isAddition = request.operation == .mod && request.object != request.record
        if request.operation == .add || isAddition { record.attempts.question = .lookup }
        try context.books.update(record)
        if let object = try context.books.record(id: request.object) { try context.release(waitingFor: object.keys) }
    }
}

/// One answer and what follows from its status.
struct Answer {
    let request: LedgerRequest
    let head: ResponseHead
    let consequence: Consequence
    let objects: [Element]
}

extension Content {
    /// The content after some fields changed; an empty one is gone.
    func merged(with changes: Content) -> Content {
        var merged = fields
        for change in changes.fields {
            let isEmpty = change.value == .text("")
            if let index = merged.firstIndex(where: { $0.path == change.path }) {
                if isEmpty { merged.remove(at: index) } else { merged[index] = change }
            } else if !isEmpty {
                merged.append(change)
            }
        }
        return Content(merged)
    }
}
