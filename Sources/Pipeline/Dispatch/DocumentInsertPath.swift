import Converters
import Domain
import SyncLedger

/// Asks for documents as soon as they are read, where nothing stands in their way; `Dispatch` decides about all others at
/// the end of the file.
///
/// Of two that want one number, neither may go: the second one takes back the first.
struct DocumentInsertPath {
    let context: ProcessingContext
    /// QuickBooks' ids of the elements of lists that were looked up, as they stand in a document; nil: it cannot be sent
    /// now. No file of documents ties elements.
    private var ids: [RecordKey: [UInt8]?] = [:]
    /// Whether any was sent.
    private var hasSent = false
    /// Whether costs wait for a code, which a document may show: they have the lower numbers then; nil: not read yet.
    private var isAwaited: Bool?

    /// So many ids are kept at the most.
    private static let mostIDs = 8_192

    init(_ context: ProcessingContext) {
        self.context = context
    }

    /// Writes a document that is not in the ledger yet, with the request that adds it to QuickBooks.
    /// - Returns: false, and nothing written, where more has to be known.
    mutating func send(_ ready: ReadyDocument) throws -> Bool {
        guard context.pause == nil, context.company.halt == nil, context.company.recoveringSince == nil,
            !context.settings.documents.review.isOn, let intake = context.intake, try !isAwaitingCodes(),
            let ids = try ids(ready.draft.references), try context.books.isNew(ready.insert)
        else { return false }
        try context.requests.add(ready.insert, from: intake, document: ready.draft.filled(ids))
        context.receipt.count(ready.insert.entity, .new)
        hasSent = true
        return true
    }

    private mutating func isAwaitingCodes() throws -> Bool {
        if let isAwaited { return isAwaited }
        // Nothing begins to wait while a file is read.
        let isAwaiting = try context.books.isAwaitingCodes()
        isAwaited = isAwaiting
        return isAwaiting
    }

    private mutating func ids(_ references: [RecordKey]) throws -> [[UInt8]]? {
        var found: [[UInt8]] = []
        found.reserveCapacity(references.count)
        for key in references {
            guard let id = try id(of: key) else { return nil }
            found.append(id)
        }
        return found
    }

    private mutating func id(of key: RecordKey) throws -> [UInt8]? {
        if let known = ids[key] { return known }
        let id = try lookUp(key).map(AddDraft.written)
        if ids.count == Self.mostIDs { ids = [:] }
        ids[key] = .some(id)
        return id
    }

    private func lookUp(_ key: RecordKey) throws -> String? {
        guard let needed = try context.books.standIn(for: key).record, let id = needed.quickBooksID,
            try !context.books.isDoubtful(needed)
        else { return nil }
        return id
    }

    /// Makes those undecided again that want the number of a record: none may go before all have been seen.
    func takeBackRivals(of record: LedgerRecord) throws {
        guard hasSent, let nameKey = record.contents.nameKey else { return }
        for var rival in try context.books.others(wanting: nameKey, than: record.id) { try takeBack(&rival) }
    }

    /// Makes a record undecided again that this same file brought and that was asked for at once; any other is left as it
    /// is.
    func takeBack(_ record: inout LedgerRecord) throws {
        guard hasSent, let request = try context.requestToTakeBack(of: record) else { return }
        try context.requests.takeBack(request, record.entity)
        try context.undecide(&record)
        context.fresh.insert(record.id)
    }
}
