import Converters
import Domain
import SyncLedger

/// Elements of a list that a file brings for the first time. One that nothing stands in the way of is asked for as soon
/// as it is read, so that a first export of everything is gone through once; `Dispatch` decides about all others at
/// the end of the file.
struct Newcomers {
    let work: Work
    /// What they become.
    let object: QuickBooksObject

    /// Writes a record that is not in the ledger yet, with the request that adds it to QuickBooks.
    /// - Returns: false, and nothing written, where more has to be known: what Procore says it is tied to, the id of
    ///   another record, a person's decision, or which of several records of its name is meant.
    func send(_ record: inout LedgerRecord) throws -> Bool {
        guard let wanted = record.wanted, let nameKey = record.nameKey, record.claimedID == nil, work.halt == nil,
            wanted.references.isEmpty, try !work.isMatching(record.entity)
        else { return false }
        let rivals = try work.books.others(wanting: nameKey, than: record.id)
        guard rivals.isEmpty else {
            // Neither may go before both have been seen.
            for var rival in rivals where rival.entity == record.entity { try takeBack(&rival) }
            return false
        }
        record.state = .queued
        record.attempts = 1
        try work.books.insert(newcomer: &record)
        try work.requests.add(record, .add, message: object.add, body: body(of: record))
        work.receipt.count(record.entity, .new)
        return true
    }

    /// Makes a record undecided again that this same file brought, after all; any other is left as it is.
    func takeBack(_ record: inout LedgerRecord) throws {
        guard record.state == .queued, record.file == work.intake, record.attempts == 1,
            let request = try work.books.openRequest(of: record.id), request.document >= work.firstSequence
        else { return }
        try work.requests.takeBack(request, record.entity, message: object.add, body: body)
        record.state = .new
        record.attempts = 0
        try work.books.update(record)
        work.receipt.uncount(record.entity, .new)
    }

    private func body(of record: LedgerRecord) -> [UInt8] {
        object.addBody(record.wanted ?? Content(), externalGUID: record.externalGUID(in: work.settings)) { _ in nil }
    }
}
