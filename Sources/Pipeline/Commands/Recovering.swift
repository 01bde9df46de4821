import Domain
import SyncLedger

/// What `plumbline recover` does in the sync ledger.
extension CommandRunner {
    /// Has everything asked after that QuickBooks may have done since the ledger was backed up.
    mutating func recover() throws {
        try Restoration(books: context.books).begin(at: context.now)
        try context.books.markAllPublished()
        try endUndos()
        try askAfterReviews()
        for request in try context.books.openRequests() {
            if let record = try context.books.record(id: request.record) { try askAfter(request, record) }
        }
        for pull in try context.books.openPulls() {
            try context.books.answer(pull, status: LedgerRequest.lost, file: 0)
        }
        try context.books.doubtWhatWasTried()
        outcome.done.append(
            "From now on each transaction is asked after before it is added or changed. Drop all of Procore's exports "
                + "since the backup again; when nothing waits any more, run plumbline recover --end.")
    }

    /// What was to be taken back when the ledger was backed up may be gone since: it is asked after as all else.
    private func endUndos() throws {
        for undo in try context.books.openUndos() {
            guard var record = try context.books.record(id: undo.record), try context.openUndo(of: record) != nil else {
                continue
            }
            try context.keep(&record, undo, because: "the sync ledger was restored from a backup")
            record.release(asking: .refresh)
            try context.books.update(record)
        }
    }

    /// What waited for approval when the ledger was backed up may have been approved and sent since: it is asked after too,
    /// and decided anew.
    private func askAfterReviews() throws {
        for review in try context.books.waitingReviews() {
            try context.replaceReview(review.document.sequence) { record in
                record.quickBooksID == nil ? .asking(.lookup) : .asking(.refresh)
            }
        }
    }

    /// Goes back to work as usual.
    mutating func endRecovery() throws {
        let restoration = Restoration(books: context.books)
        guard let since = try restoration.recoveringSince() else {
            return outcome.done.append("There is nothing to end: no sync ledger was restored here.")
        }
        let open = try context.books.openRequests().count
        guard open == 0 else {
            return outcome.problems.append(
                "\(open) requests are not answered yet: drop QuickBooks' answers first, see plumbline status.")
        }
        try restoration.end()
        // What QuickBooks paid before may have gone to Procore, which takes every payment that it is given for a new one.
        let pulls = Pulls(context: context)
        if let mark = try pulls.watermark(of: .payments), mark < since {
            try pulls.setWatermark(of: .payments, since)
            outcome.done.append(
                "Payments from before \(WallClock.text(since)) are not imported by themselves: drop Procore's export of "
                    + "payments issued, and then run plumbline pull payments --since DATE for those that it lacks.")
        }
        outcome.done.append("Everything is as usual again.")
    }
}
