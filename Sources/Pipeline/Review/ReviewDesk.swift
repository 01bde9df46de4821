import Domain
import DropFolder
import Procore
import SyncLedger

/// What is known of `outbox/review` between two rounds.
struct ReviewWatch {
    /// When names last came or went there, as it was last looked through.
    fileprivate var changes: [Int64?] = []
    /// Which documents waited then, as `Books.reviewMark` tells them apart.
    fileprivate var waiting: [Int] = []
    fileprivate var lastLook: Duration?
    /// Set where something is left to be done soon: pages, or a file that is still being copied.
    fileprivate var isUnfinished = false

    /// How often it is looked through although nothing was told: clocks of file systems are coarse.
    fileprivate static let interval = Duration.seconds(60)
    /// So many pages are written in a round.
    fileprivate static let pages = 200
    /// So many decisions share a transaction.
    fileprivate static let together = 64
}

/// A folder of `outbox/review` that cannot be used just now.
struct ReviewFault: Error {
    let error: SystemError

    /// Does something in those folders.
    /// - Throws: a `ReviewFault` for what is about them alone, and everything else as it is.
    static func catching<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            throw ReviewFault(error: error)
        }
    }
}

/// Looks after `outbox/review`, round by round: takes the decisions that people made by moving a document or its page,
/// files what is decided, and sees that each document that waits has its page.
///
/// Nothing is kept of it but the decisions, which stand in the sync ledger before any file is moved. All else is read
/// from the folders and made anew, so that each step can be done again after a crash, and a page that somebody removed
/// comes back.
extension FileProcessor {
    /// - Parameter watch: what is known since the last round.
    /// - Parameter elapsed: since the process began.
    /// - Returns: whether pages are left to be written.
    /// - Throws: a `ReviewFault`; what the machine says of the outboxes and the ledger.
    @discardableResult
    func tendReviews(_ watch: inout ReviewWatch, at elapsed: Duration) throws -> Bool {
        guard try root.mayReview() else { return false }
        let folders = ReviewFolders(root.folders)
        let changes = folders.changes()
        let mark = try root.ledger.readWithoutTransaction { try $0.reviewMark() }
        let isSame = changes == watch.changes && mark == watch.waiting
        if isSame, !watch.isUnfinished, let last = watch.lastLook, elapsed - last < ReviewWatch.interval {
            return false
        }
        watch.lastLook = elapsed
        // Until all of it is done.
        watch.isUnfinished = true
        // What comes while it is looked through is seen the next time.
        watch.changes = changes
        var desk = ReviewDesk(root: root, folders: folders, now: clock.now())
        try ReviewFault.catching { try desk.look() }
        for decision in desk.decisions(atMost: ReviewWatch.together) {
            for problem in try decide(decision) { desk.tell(problem.text, about: problem.document) }
        }
        let waiting = try root.ledger.read { books in
            watch.waiting = try books.reviewMark()
            return try books.waitingReviews()
        }
        return try ReviewFault.catching {
            try desk.file()
            try desk.tellAll()
            let isMore = try desk.writePages(of: waiting, atMost: ReviewWatch.pages)
            watch.isUnfinished = isMore || desk.isIncomplete
            return isMore
        }
    }

    /// Takes decisions, all in one transaction; where a mistake of ours about one of them keeps it from being done, one by
    /// one.
    /// - Returns: what is to be told, by the document's number.
    private func decide(_ decision: ReviewDecision) throws -> [(document: Int, text: String)] {
        do {
            return try taken(decision)
        } catch {
            guard case .file(let problem) = FaultScope(error) else { throw error }
            let numbers = decision.documents ?? []
            guard numbers.count > 1 else { return numbers.map { ($0, "\(problem.what) \(FaultScope.report)") } }
            return try numbers.flatMap { number in
                var one = decision
                one.documents = [number]
                return try decide(one)
            }
        }
    }

    private func taken(_ decision: ReviewDecision) throws -> [(document: Int, text: String)] {
        let now = clock.now()
        let outbox = root.outbox(.quickbooks)
        let (outcome, undecided) = try inContext(as: "a decision in outbox/review", at: now) { context in
            let outcome = try CommandRunner.run(.review(decision), context) { outbox.holds($0) }
            return (outcome, try (decision.documents ?? []).filter { try context.books.isInReview($0) })
        }
        // What cannot be done yet is told beside the files.
        guard !outcome.done.isEmpty else { return undecided.map { ($0, outcome.problems.joined(separator: " ")) } }
        try root.journal.event(
            "review", at: WallClock.text(now),
            [
                ("decision", .string(decision.isApproval ? "approved" : "rejected")),
                ("documents", .array((decision.documents ?? []).map { .number(String($0)) })),
                ("who", decision.who.map(JSONValue.string) ?? .null),
                ("done", .array(outcome.done.map(JSONValue.string))),
                ("problems", .array(outcome.problems.map(JSONValue.string))),
            ])
        return undecided.map { ($0, outcome.problems.joined(separator: " ")) }
    }
}
