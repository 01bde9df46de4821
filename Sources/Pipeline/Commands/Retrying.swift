import Domain
import SyncLedger

/// What becomes of failed records that get another attempt.
extension CommandRunner {
    mutating func retry(_ terms: [String]) throws {
        for term in terms {
            guard let record = try record(term) else { continue }
            guard record.isFailed || record.isUndone || record.attempts.due != nil else {
                outcome.problems.append(
                    "\(record.shown) is \(record.state.name.rawValue): there is nothing to try again.")
                continue
            }
            try retry(record)
        }
    }

    /// Every failed record, and those that wait for their time; not those that QuickBooks confirmed to be gone or that were
    /// rejected in review, which a person has to name.
    mutating func retryFailed() throws {
        var rejected = 0
        var last: Int64 = 0
        while true {
            let numbers = try context.books.retryable(after: last, limit: 200)
            guard let end = numbers.last else { break }
            last = end
            for number in numbers {
                guard let record = try context.books.record(id: number) else { continue }
                if record.tie.isBroken {
                    outcome.problems.append("\(record.shown): \(record.reason ?? "") \(record.brokenRemedy)")
                } else if try context.books.lastRequest(of: record.id)?.status == LedgerRequest.rejected {
                    rejected += 1
                } else {
                    try retry(record)
                }
            }
        }
        if rejected > 0 {
            outcome.done.append(
                "\(rejected) records stay as they are: they were rejected in review. Drop one again, or name it, to have "
                    + "it asked for once more.")
        }
    }

    /// Every record that was taken back.
    mutating func retryUndone() throws {
        let records = try context.books.records(in: .undone, limit: .max)
        if records.isEmpty { outcome.done.append("Nothing was taken back.") }
        for record in records { try retry(record) }
    }

    private mutating func retry(_ known: LedgerRecord) throws {
        var record = known
        guard try !isAsking(record) else { return }
        guard record.wanted != nil || record.procoreID != nil || record.isImportedCostOrPayment else {
            outcome.problems.append(
                "\(record.shown): it comes from QuickBooks. Mend what Procore named, and pull it again.")
            return
        }
        if record.tie.isBroken {
            // A person says so: it is added anew.
            record.tie.claimedID = nil
            record.tie.isBroken = false
            record.attempts.question = nil
            // Its number is not taken any more, and is to be seen to be free.
            if record.isUndone { record.contents.wanted = nil }
        }
        record.releaseAnew()
        try context.books.update(record)
        try context.addEvent("tried again", record)
        outcome.done.append("\(record.shown) gets another attempt.")
    }
}
