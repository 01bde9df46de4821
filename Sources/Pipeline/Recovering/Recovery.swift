import Domain
import DropFolder
import Procore
import SyncLedger

/// What an earlier process, or a machine that failed us, left to be finished.
extension FileProcessor {
    /// How often the process may end while it reads one file alone, before that file is set aside.
    private static let patience = 3

    /// Finishes what was left: staged documents, receipts, log lines, originals not filed, claims.
    ///
    /// Claims are taken one at a time, so that one that brings the process down is found out and holds up nobody.
    /// - Parameter isYoung: whether the process has just begun, and may be killed again as soon as the one before it;
    ///   then a file that would be set aside after one more such end has to wait, and those behind it.
    /// - Returns: what was done; nil where a file has to wait.
    public func recover(isYoung: Bool = false) throws -> Summary? {
        try countFailedAttempt()
        // A commit that failed may yet come to light, since its pages may have reached the disk; this one decides it.
        try root.ledger.write { books in
            try books.setFact("recovered", WallClock.text(clock.now()))
            try books.tellUnwrittenAgain()
            guard try books.fact("boot") != root.lock.boot else { return }
            // The machine started anew: what was written and not synced may be gone.
            try books.reopenUnsynced()
            try books.setFact("boot", root.lock.boot)
        }
        try takeStockOfStaged()
        try finish(isRedelivery: true)
        var summary = Summary()
        var fault: (any Error)?
        for claim in try root.inbox.claims() {
            do {
                if isYoung, try root.ledger.read({ try $0.failures(of: claim.intake) }) == Self.patience - 1 {
                    return nil
                }
                summary.add(try resume(claim))
            } catch {
                // A mistake of ours about this file is its own; what the machine refuses of one may be given to the next.
                if case .file(let problem) = FaultScope(error) {
                    root.faults.report(.taken(claim.intake), InboxFault(claim, problem))
                } else {
                    fault = error
                }
            }
        }
        if let fault { throw fault }
        return summary
    }

    /// Remembers the file that the process before this one read alone when it ended.
    private func countFailedAttempt() throws {
        guard let reading = root.lock.heartbeat.reading else { return }
        // Before it is counted: a process that is killed right here must not have it counted again by the next one.
        root.lock.heartbeat.reading = nil
        try root.ledger.write { try $0.countFailure(of: reading) }
    }

    /// Removes staged documents that the ledger does not know, and has those published again that it takes for
    /// published: a loss of power took the rename back.
    private func takeStockOfStaged() throws {
        for outbox in LedgerDocument.Outbox.allCases where outbox != .review || root.outbox(.review).isThere {
            let names = try root.outbox(outbox).stagedNames()
            guard !names.isEmpty else { continue }
            let known = try root.ledger.write { books in
                try books.markUnpublished(names, in: outbox)
                return Set(try books.stagedDocuments().filter { $0.outbox == outbox }.map(\.name))
            }
            try root.outbox(outbox).removeStaged(except: known)
        }
    }

    /// Makes receipts, logs and filed originals durable: not with each file, since they can be written again from the
    /// sync ledger.
    func syncReceipts() throws {
        let (last, isTold) = try root.ledger.read { (try $0.lastUnsynced(), try $0.hasTold()) }
        guard last != nil || isTold else { return }
        try root.folders.syncResults()
        try root.ledger.write { books in
            if let last { try books.markSynced(upTo: last) }
            try books.markToldSynced()
        }
    }

    private func resume(_ claim: ClaimedFile) throws -> Summary {
        if let file = try root.ledger.read({ try $0.file(claim.intake) }) {
            // Done with, but a loss of power took the filing back; one that cannot be filed was tried just now.
            guard !root.faults.unfiled.contains(claim.intake) else { return Summary() }
            _ = try fileAway(file)
            root.faults.clear(.taken(claim.intake))
            return Summary()
        }
        root.archive.discardRejects(of: claim)
        guard try root.ledger.read({ try $0.failures(of: claim.intake) }) >= Self.patience else {
            return try process([claim])
        }
        try setAside(claim)
        return Summary(files: 1, withProblems: 1)
    }

    /// Rejects a file unread, because reading it ended the process again and again.
    private func setAside(_ claim: ClaimedFile) throws {
        var receipt = Receipt(
            intake: claim.intake, file: claim.path.name.shown, received: WallClock.text(clock.now()))
        receipt.isRejected = true
        receipt.add(
            Problem(
                what: "Plumbline ended abnormally \(Self.patience) times while it read this file alone, so it was set "
                    + "aside unread; the files that came with it went on.",
                remedy: "Please report it with this file. After an update, or if the process was ended by somebody, "
                    + "take it again: drop retry.txt with its name into the inbox (or run plumbline retry)."))
        try root.ledger.write { books in
            try books.insert(LedgerFile(claim, receipt, rejectedCopy: nil, zone: zone), since: books.mark())
            try books.forgetFailures(of: claim.intake)
        }
        root.faults.clear(.taken(claim.intake))
        try finish(isRedelivery: false)
    }
}
