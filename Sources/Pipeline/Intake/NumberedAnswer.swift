import Domain
import Procore
import QBXML
import SyncLedger

/// Procore's answer to a document of `outbox/procore`, in a file whose name begins with the document's number.
///
/// It belongs to that document whatever it repeats: a bare object, one in `data`, a list, the answer to a sync call, or
/// the body of a refusal. Which update an entity answers is told by its `origin_id` or id, else by what it repeats of
/// what was sent, else by its place where there are as many as were sent. What is told by none of these, or contradicts
/// what was sent, is said and never guessed.
final class NumberedAnswer {
    private struct Answer {
        let json: JSONRecord
        let isError: Bool
        /// Its place in its list, from 0.
        let place: Int
    }

    private let context: ProcessingContext
    private let sent: SentDocument
    private let wasAnswered: Bool
    private let ties: ProcoreTies
    private var entities = 0
    private var errors = 0
    private var claimed: Set<Int> = []
    /// Those that name no update; never more than there are updates.
    private var waiting: [Answer] = []
    private var surplus = 0
    private var refusal: String?
    private var problems: [Problem] = []
    private var understood = 0

    /// The answer to a document; nil where the document cannot be answered.
    init?(_ document: LedgerDocument, _ context: ProcessingContext) throws {
        guard let sent = try SentDocument(document, context.books) else { return nil }
        self.context = context
        self.sent = sent
        wasAnswered = try context.books.isAnswered(document.sequence)
        ties = ProcoreTies(context: context)
        context.receipt.direction = .toProcore
    }

    private var name: String { sent.document.name }

    /// Takes an element of the file.
    /// - Throws: a `Problem` where the file is no answer at all.
    func take(_ element: ExportElement) throws {
        switch element {
        case .record(let json, _) where json.has("request") && json.has("idempotency_key"):
            throw Problem(
                what: "The file is the document \(name) itself, and not Procore's answer to it.",
                remedy: "Post its request to Procore, and drop what Procore answers.")
        case .record(let json, _) where ProcoreWords.isRefusal(json):
            if let problem = FailedDownload.problem(of: json, answering: sent.document) { throw problem }
            refusal = refusal ?? ProcoreWords.said(json)
        case .record(let json, _), .syncEntity(let json, _):
            entities += 1
            try take(Answer(json: json, isError: false, place: entities - 1))
        case .syncError(let json, _):
            errors += 1
            try take(Answer(json: json, isError: true, place: errors - 1))
        case .event(let event, _):
            throw Problem(
                what: "The file is an event of Procore's own connector (\(event)), and no answer to \(name).",
                remedy: "Take the number out of its name, and drop it again.")
        }
    }

    private func take(_ answer: Answer) throws {
        if sent.isPruned { return try takeAgain(answer) }
        switch try sent.fit(answer.json) {
        case .update(let index): try settle(answer, index)
        case .contradicts(let why): try contradict(answer, why)
        case .open:
            if waiting.count < sent.updates.count { waiting.append(answer) } else { surplus += 1 }
        }
    }

    /// Takes what could only be judged at the end of the file.
    /// - Throws: a `Problem` where nothing in the file could be taken.
    func finish() throws {
        if sent.isPruned { return finishAgain() }
        try settleTheOpen()
        if let refusal { try refuseAll(refusal) }
        if entities + errors == 0, refusal == nil {
            understood += 1
            context.receipt.add(Note(record: name, what: "Procore's answer to it is empty."))
        }
        guard understood > 0 else {
            guard var problem = problems.first else { return }
            if problems.count > 1 { problem.what += " The same goes for \(problems.count - 1) more in the file." }
            throw problem
        }
        for problem in problems { context.receipt.add(problem) }
        try context.books.markAnswered(sent.document.sequence, by: context.intake ?? 0)
    }

    // MARK: - Which update

    private func settleTheOpen() throws {
        let free = sent.updates.indices.filter { !claimed.contains($0) }
        // Who is alone in agreeing with an update that agrees with nobody else is told by what was sent.
        let agreeing = waiting.map { sent.agreeing($0.json, among: free) }
        var claims: [Int: Int] = [:]
        for indices in agreeing { for index in indices { claims[index, default: 0] += 1 } }
        let isWhole = (errors == 0 || entities == 0) && entities + errors == sent.updates.count
        if try refusesAllInOne() { return }
        for (answer, indices) in zip(waiting, agreeing) {
            if indices.count == 1, claims[indices[0]] == 1 {
                try settle(answer, indices[0])
            } else if isWhole, surplus == 0, free.contains(answer.place) {
                if let why = sent.contradiction(answer.json, with: answer.place) {
                    try contradict(answer, why)
                } else {
                    try settle(answer, answer.place)
                }
            } else {
                try notTold(answer)
            }
        }
        if surplus > 0 {
            context.receipt.add(
                Note(
                    record: name,
                    what: "Procore's answer names \(surplus) records more than were sent; nothing came of them."))
        }
    }

    /// Whether the answer is one error that names no update: it is about the call as a whole.
    private func refusesAllInOne() throws -> Bool {
        guard entities == 0, errors == 1, let answer = waiting.first, !sent.shares(answer.json) else { return false }
        refusal = refusal ?? ProcoreWords.said(answer.json)
        return true
    }

    private func settle(_ answer: Answer, _ index: Int) throws {
        claimed.insert(index)
        let update = sent.updates[index]
        guard let record = try sent.record(of: update, context) else {
            understood += 1
            return context.receipt.add(
                Note(
                    record: "Procore id \((try answer.json.text("id")) ?? update.id ?? "unknown")",
                    what: "Procore answered about a record that is not tied here."))
        }
        if answer.isError {
            let said = ProcoreWords.said(answer.json)
            if try refuse(record, update, said) { context.receipt.add(ties.problem(record, said)) }
            return
        }
        guard sent.kind == .records else {
            understood += 1
            return context.receipt.count(record.entity, .unchanged)
        }
        guard let id = try answer.json.id("id") ?? update.id ?? record.procoreID else {
            return problems.append(
                Problem(
                    record: record.shown, field: "id",
                    what: "Procore's answer to \(name) does not say which id it gave the record.",
                    remedy: "Save the whole answer, as Procore gives it, and drop it again."))
        }
        understood += 1
        try ties.tie(record, to: id)
    }

    // MARK: - Refusals

    /// A refusal that comes again, or after what was refused went through, changes nothing.
    /// - Returns: whether it is news.
    private func refuse(_ record: LedgerRecord, _ update: SentDocument.Update, _ said: String) throws -> Bool {
        understood += 1
        let isKnown = !record.isFailed || record.reason == "Procore refused it: \(said)"
        if wasAnswered, isKnown {
            context.receipt.count(record.entity, .unchanged)
            context.receipt.add(
                Note(
                    record: record.shown,
                    what: "The document \(name) was answered before, so this refusal changes nothing: \(said)"))
            return false
        }
        try ties.fail(record, update.json, said)
        return true
    }

    /// The body of a refusal says the same of every update of the document.
    private func refuseAll(_ said: String) throws {
        var isNews = false
        for update in sent.updates {
            // Read anew each time: several updates may be about lines of one record.
            guard let record = try sent.record(of: update, context), try refuse(record, update, said) else { continue }
            isNews = true
            if sent.updates.count == 1 { context.receipt.add(ties.problem(record, said)) }
        }
        understood += 1
        guard isNews, sent.updates.count > 1 else { return }
        context.receipt.add(
            Problem(
                record: name, what: "Procore refused all \(sent.updates.count) updates of the document: \(said)",
                remedy: "Mend what Procore names, post the request of the document again, and drop the answer to that.")
        )
    }

    // MARK: - What was answered long ago

    /// Another answer to a document of which only that it was answered is still known. Nothing comes of it, unless it says
    /// that Procore has another record than the one that is known.
    private func takeAgain(_ answer: Answer) throws {
        guard let entity = sent.document.entity else { return }
        if answer.isError { return refusedAgain(ProcoreWords.said(answer.json)) }
        guard let record = try ties.find(answer.json, among: [entity]), let id = try answer.json.id("id"),
            try answer.json.filled("origin_id") == record.quickBooksID
        else { return context.receipt.count(entity, .unchanged) }
        try ties.tie(record, to: id)
    }

    private func finishAgain() {
        if let refusal { refusedAgain(refusal) }
        guard entities + errors == 0, refusal == nil else { return }
        context.receipt.add(Note(record: name, what: "Procore's answer to it is empty."))
    }

    private func refusedAgain(_ said: String) {
        if let entity = sent.document.entity { context.receipt.count(entity, .unchanged) }
        context.receipt.add(
            Note(
                record: name,
                what: "The document \(name) was answered before, so this refusal changes nothing: \(said)"))
    }

    // MARK: - What cannot be taken

    private func shown(_ answer: Answer) throws -> String {
        "Procore id \((try? answer.json.text("id")) ?? nil ?? "unknown")"
    }

    private func contradict(_ answer: Answer, _ why: String) throws {
        problems.append(
            Problem(
                record: try shown(answer),
                what: "The name of the file says that it answers \(name), and this does not fit what was sent: \(why).",
                remedy: "Name the file with the number of the document that it answers in front, and drop it again."))
    }

    private func notTold(_ answer: Answer) throws {
        let said = answer.isError ? " Procore says: \(ProcoreWords.said(answer.json))" : ""
        problems.append(
            Problem(
                record: try shown(answer),
                what:
                    "Which of the \(sent.updates.count) updates of \(name) this answers cannot be told: it repeats neither "
                    + "an origin_id nor an id that was sent, and nothing else tells.\(said)",
                remedy:
                    "Save Procore's whole answer, with the origin_id of each record, and drop it again under the same "
                    + "name."))
    }
}
