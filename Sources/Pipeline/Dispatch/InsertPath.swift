import Domain
import SyncLedger

/// Elements of a list that a file brings for the first time. One that nothing stands in the way of is asked for as soon
/// as it is read, so that a first export of everything is gone through once; `Dispatch` decides about all others at
/// the end of the file.
struct InsertPath {
    let context: ProcessingContext
    let conversion: ListConversion

    /// Writes a record that is not in the ledger yet, with the request that adds it to QuickBooks. The caller counts it.
    /// - Parameters:
    ///   - insert: the record.
    ///   - request: the request as it stands in a document.
    /// - Returns: false, and nothing written, where more has to be known: what it is, a person's decision, or which of
    ///   several records of its name is meant.
    func send(_ insert: RecordInsert, _ request: UnsafeRawBufferPointer) throws -> Bool {
        guard context.pause == nil, context.company.halt == nil, let intake = context.intake,
            try !context.isMatching(insert.entity),
            try context.books.isNew(insert)
        else { return false }
        try context.requests.add(insert, from: intake, request: request)
        return true
    }

    /// Makes those undecided again that want the name of a record: none may go before all have been seen.
    func takeBackRivals(of record: LedgerRecord) throws {
        guard let nameKey = record.contents.nameKey else { return }
        for var rival in try context.books.others(wanting: nameKey, than: record.id) where rival.entity == record.entity
        {
            try takeBack(&rival)
        }
    }

    /// Makes a record undecided again that this same file brought, after all; any other is left as it is.
    func takeBack(_ record: inout LedgerRecord) throws {
        guard let request = try context.requestToTakeBack(of: record) else { return }
        try context.requests.takeBack(request, record.entity, message: conversion.object.add, body: conversion.body)
        try context.undecide(&record)
    }
}

extension ProcessingContext {
    /// The request of a record that this same file brought and asked for; nil of any other.
    func requestToTakeBack(of record: LedgerRecord) throws -> LedgerRequest? {
        guard record.state == .queued, record.file == intake, record.attempts.count == 1,
            let request = try books.openRequest(of: record.id), request.document >= documents.firstSequence
        else { return nil }
        return request
    }

    /// Makes a record undecided again whose request was taken back.
    func undecide(_ record: inout LedgerRecord) throws {
        record.unqueue()
        try books.update(record)
        receipt.uncount(record.entity, .new)
    }
}
