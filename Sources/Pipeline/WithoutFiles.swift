import Domain
import Foundation
import Procore
import SyncLedger

/// What is done without a dropped file: retries and pulls whose time has come, and what commands ask.
extension FileProcessor {
    /// Sends again what was refused for a reason that heals by waiting, and whose time has come.
    /// - Returns: whether anything was due.
    public func retryDue() throws -> Bool {
        let now = clock.now()
        guard let due = try root.ledger.readWithoutTransaction({ try $0.nextDue() }), due <= now else { return false }
        do {
            try sendAgain(at: now) { _ in true }
        } catch {
            guard case .file = FaultScope(error) else { throw error }
            // A mistake of ours about one of them is its own.
            for record in try root.ledger.read({ try $0.due(at: now) }) { try sendAgain(record, at: now) }
        }
        return true
    }

    /// Sends those again whose time has come.
    private func sendAgain(at now: Int64, where isMeant: (LedgerRecord) -> Bool) throws {
        let sent = try inContext(as: "a retry that came due", at: now) { context in
            for var record in try context.books.due(at: now) where isMeant(record) {
                record.release()
                record.attempts.due = nil
                try context.books.update(record)
                try context.addEvent("released", record, "by its time")
            }
            try Dispatch.run(context, writingBack: UpdateBatches(context))
            return context.receipt
        }
        try root.journal.event("retry", at: WallClock.text(now), [("receipt", sent.json)])
    }

    /// Sends one record again; one that a mistake of ours keeps from it has failed.
    private func sendAgain(_ record: LedgerRecord, at now: Int64) throws {
        do {
            try sendAgain(at: now) { $0.id == record.id }
        } catch {
            guard case .file = FaultScope(error) else { throw error }
            try root.ledger.write { books in
                guard var record = try books.record(id: record.id) else { return }
                record.fail(
                    "Plumbline met an error of its own while it sent this again, and took that back: \(error)",
                    remedy: FaultScope.report)
                record.attempts.due = nil
                try books.update(record)
                try books.addEvent(
                    "failed", record: record.id, file: nil, at: WallClock.text(now), detail: record.reason)
            }
        }
    }

    /// Asks QuickBooks for what the configuration wants to be asked for now and then, where the time has come.
    public func pullDue() throws {
        let now = clock.now()
        let intervals = root.configuration.pulls
        guard !intervals.isEmpty else { return }
        let due = try root.ledger.read { books in
            guard try Pause(books).reason() == nil, try CompanyCheck(books: books).halt() == nil,
                try Restoration(books: books).importHalt() == nil
            else {
                return [PullSubject]()
            }
            return try books.duePulls(intervals, now: now)
        }
        guard !due.isEmpty else { return }
        var begun: [PullSubject] = []
        let asked = try inContext(as: "a pull that came due", at: now) { context in
            for subject in due {
                let pulls = Pulls(context: context)
                if !subject.isList, try pulls.watermark(of: subject) == nil {
                    // From now on; what came before is a person's choice.
                    try pulls.setWatermark(of: subject, now)
                    begun.append(subject)
                }
                try pulls.ask(subject, since: nil)
            }
            return context.receipt
        }
        for subject in begun {
            try root.journal.event(
                "pull begins", at: WallClock.text(now),
                [
                    ("subject", .string(subject.rawValue)),
                    (
                        "what",
                        .string(
                            "From now on; earlier \(subject.rawValue) come with plumbline pull \(subject.rawValue) --since DATE."
                        )
                    ),
                ])
        }
        try root.journal.event("pull", at: WallClock.text(now), [("receipt", asked.json)])
    }

    /// Does what a command asks.
    /// - Throws: a `Problem` when the command makes no sense; what the machine says.
    public func run(_ command: QueuedCommand) throws -> CommandOutcome {
        let now = clock.now()
        let outbox = root.outbox(.quickbooks)
        let (outcome, receipt) = try inContext(as: command.source, at: now) { context in
            (try CommandRunner.run(command, context) { outbox.holds($0) }, context.receipt)
        }
        try root.journal.event(
            "command", at: WallClock.text(now),
            [
                ("command", .string(command.source)), ("done", .array(outcome.done.map(JSONValue.string))),
                ("problems", .array(outcome.problems.map(JSONValue.string))), ("receipt", receipt.json),
            ])
        return outcome
    }

    /// Pauses sending, or goes on, where the file `PAUSE` has come or gone since that was last checked.
    /// - Parameter owner: whose file stands there; nil: there is none.
    func follow(pauseFileOf owner: String?) throws {
        let isPaused = try root.ledger.readWithoutTransaction { try Pause($0).isOn(.file) }
        if isPaused != (owner != nil) { _ = try run(.pauseFile(owner: owner)) }
    }

    /// Does the commands that other processes left.
    public func runCommands() throws {
        for (id, command) in try root.ledger.readWithoutTransaction({ try $0.queuedCommands() }) {
            var outcome = CommandOutcome()
            do {
                outcome = try run(JSONDecoder().decode(QueuedCommand.self, from: Data(command)))
            } catch let problem as Problem {
                outcome.problems = ["\(problem.what) \(problem.remedy)"]
            } catch let error as DecodingError {
                outcome.problems = ["The process that serves this root is of another version: \(error)"]
            } catch {
                guard case .file = FaultScope(error) else { throw error }
                outcome.problems = [
                    "Plumbline met an error of its own while it did this, and took it back: \(error) \(FaultScope.report)"
                ]
            }
            let bytes = Array(try JSONEncoder().encode(outcome))
            try root.ledger.write { try $0.finishCommand(id, outcome: bytes) }
        }
    }

    /// Does something that no file brought, in one ledger transaction, and publishes what it leads to.
    func inContext<Result>(as source: String, at now: Int64, _ body: (ProcessingContext) throws -> Result)
        throws -> Result
    {
        let stage = OutboxStage(root)
        let result: Result
        do {
            result = try root.ledger.write { books in
                let context = try ProcessingContext(
                    books: books, settings: root.configuration.settings, stage: stage,
                    provenance: Provenance(now: now, intake: nil, source: source), asksCompany: true)
                let result = try body(context)
                try stage.makeDurable()
                stage.isForTheLedger = true
                return result
            }
        } catch {
            stage.discardAll()
            throw error
        }
        try finish(isRedelivery: false, stagedIn: stage.opened)
        return result
    }
}
