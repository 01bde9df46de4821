import Domain
import DropFolder
import SyncLedger

/// Does what commands ask, inside a ledger transaction.
struct CommandRunner {
    let context: ProcessingContext
    /// Whether a document still stands in the outbox for QuickBooks.
    let isWaiting: (String) -> Bool
    var outcome = CommandOutcome()

    init(_ context: ProcessingContext, isWaiting: @escaping (String) -> Bool) {
        self.context = context
        self.isWaiting = isWaiting
    }

    /// Does a command, and everything that follows from it.
    /// - Returns: what became of it, with the problems and the documents of what followed.
    static func run(_ command: QueuedCommand, _ context: ProcessingContext, isWaiting: @escaping (String) -> Bool)
        throws -> CommandOutcome
    {
        var outcome = try perform(command, context, isWaiting: isWaiting)
        for problem in context.receipt.problems {
            let place = [problem.record, problem.field].compactMap { $0 }.joined(separator: ": ")
            outcome.problems.append("\(place): \(problem.what) \(problem.remedy)")
        }
        outcome.outputs = context.receipt.outputs.map(\.path)
        return outcome
    }

    /// The same, where the receipt tells the problems and the documents of what followed.
    static func perform(
        _ command: QueuedCommand, _ context: ProcessingContext, isWaiting: @escaping (String) -> Bool
    ) throws -> CommandOutcome {
        let writeBacks = UpdateBatches(context)
        var commands = CommandRunner(context, isWaiting: isWaiting)
        switch command {
        case .pull(let subject, let since): try commands.pull(subject, since: since)
        case .resend, .resendUnanswered:
            if let halt = context.pause ?? context.company.halt {
                commands.outcome.problems.append(halt)
            } else if case .resend(let ids) = command {
                try commands.resend(ids)
            } else {
                try commands.resendUnanswered()
            }
        case .retry(let terms): try commands.retry(terms)
        case .retryFailed: try commands.retryFailed()
        case .retryUndone: try commands.retryUndone()
        case .link(let ties): for tie in ties { try commands.link(tie) }
        case .decide(let ties, let undecided, let lists):
            try commands.decide(ties, undecided: undecided, lists: lists, writeBacks)
        case .unlink(let term): try commands.unlink(term)
        case .pause(let who): try commands.pause(.command, by: who)
        case .resume: try commands.resume(.command)
        case .pauseFile(let owner):
            if let owner { try commands.pause(.file, by: owner) } else { try commands.resume(.file) }
        case .recover: try commands.recover()
        case .endRecovery: try commands.endRecovery()
        case .review(let decision): try commands.decide(decision)
        case .undo(let wish): try commands.undo(wish)
        case .prune(let day, let archive): try commands.prune(before: day, archive: archive)
        }
        try Dispatch.run(context, writingBack: writeBacks)
        return commands.outcome
    }

    /// The record that a command names, such as `vendors/401104`; nil with a problem where there is none.
    mutating func record(_ term: String) throws -> LedgerRecord? {
        guard let key = RecordKey(term) else {
            let entities = Entity.allCases.map(\.rawValue).joined(separator: ", ")
            outcome.problems.append(
                "\(term) names no record: write its kind and Procore's id, such as vendors/401104. Kinds: \(entities).")
            return nil
        }
        guard let record = try context.books.named(key) else {
            if let turnedAway = try context.books.turnedAway(key) {
                outcome.problems.append(turnedAway.explanation)
                return nil
            }
            outcome.problems.append("\(key.shown) is not known here: drop Procore's export of it first.")
            return nil
        }
        return record
    }

    /// Whether a record, or the transaction that it adds to, has a request that QuickBooks has not answered.
    mutating func isAsking(_ record: LedgerRecord) throws -> Bool {
        guard let reason = try askingReason(record) else { return false }
        outcome.problems.append("\(record.shown): \(reason)")
        return true
    }

    /// Why nothing else can be done about a record now, since something about it is under way; nil: nothing is.
    func askingReason(_ record: LedgerRecord) throws -> String? {
        if let undo = try context.openUndo(of: record), undo.phase != .proposing {
            return
                "it is being taken back, as asked for on \(ReviewTime.text(undo.at, context.settings)): see plumbline "
                + "trace \(record.term)."
        }
        guard
            let open = try context.books.openRequest(of: record.id) ?? context.books.openRequest(onObjectOf: record.id)
        else { return nil }
        if let document = try context.books.document(open.document), try context.books.isInReview(open.document) {
            return
                "its request \(open.requestID) waits for approval (\(document.path)). Decide about it first: plumbline "
                + "approve \(document.sequence), or plumbline reject \(document.sequence)."
        }
        return
            "its request \(open.requestID) is not answered yet. Drop the answer, or ask for it with plumbline resend "
            + "\(open.requestID)."
    }

    private mutating func pull(_ subject: PullSubject, since: String?) throws {
        let moment = try since.map { text in
            guard let day = CalendarDate(text) else {
                throw Problem(what: "\"\(text)\" is no date.", remedy: "Write it as 2026-01-31.")
            }
            return day.midnight(in: context.settings.companyFile.timeZone ?? .gmt)
        }
        do {
            if subject == .company {
                try Pulls(context: context).askCompany()
            } else {
                try Pulls(context: context).ask(subject, since: moment)
            }
            let paths = context.receipt.outputs.map(\.path).joined(separator: ", ")
            outcome.done.append("QuickBooks is asked for \(subject.rawValue): \(paths).")
        } catch let refusal as Pulls.Refusal {
            outcome.problems.append(refusal.explanation(of: subject))
        }
    }
}

extension Pulls.Refusal {
    /// Why nothing is asked, in words.
    func explanation(of subject: PullSubject) -> String {
        switch self {
        case .unanswered(let names):
            "QuickBooks was asked for \(subject.rawValue) before, and has not answered \(names.joined(separator: ", ")) "
                + "yet."
        case .needsDate:
            "Nothing says from when on \(subject.rawValue) matter: say --since DATE the first time."
        case .unsupported(let why): why
        }
    }
}
