import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// A commitment that its file says all of, made ready on the reading thread: what the sync ledger is to know of it, and the
/// document that asks for it. What is missing are the QuickBooks ids of its vendor, job and items.
struct ReadyDocument: Sendable {
    let insert: DocumentInsert
    let draft: AddDraft

    /// - Parameters:
    ///   - source: the document, whole.
    ///   - own: what it becomes.
    ///   - encoded: its fragments, as the sync ledger keeps them.
    /// - Returns: nil where more has to be looked at: `DocumentIntake` and `Dispatch` do that.
    init?(_ source: DocumentSource, _ own: Conversion, encoded: [String: [UInt8]], settings: Settings) {
        // A commitment stands on nothing but elements of lists.
        guard source.key.entity == .commitments, let header = source.header, header["origin_id"] == nil,
            source.lines(DocumentFragment.scheduleOfValues) == nil,
            case .mapped(let mapped) = own, mapped.notes.isEmpty, mapped.steps.isEmpty,
            let converter = transactionConverter(of: source.key.entity), !converter.isAddition,
            settings.documents.isOpen(mapped.content), let project = ProjectOfDocument.said(header)
        else { return nil }
        var record = LedgerRecord(
            entity: source.key.entity, procoreID: source.key.procoreID, shown: source.key.shown, file: 0)
        record.take(source, converter)
        record.identity.project = project
        record.updatedAt = header["updated_at"].flatMap(Timestamp.init)
        record.contents.wanted = mapped.content
        record.contents.nameKey = converter.numberKey(of: mapped.content)
        record.attempts.count = 1
        record.queue()
        let requestID = RequestBatches.requestID(record, .add, settings: settings)
        let messageSet = RequestBatches.messageSetID(requestID)
        guard let insert = DocumentInsert(record, fragments: encoded, requestID: requestID, messageSet: messageSet),
            let draft = AddDraft(
                converter.object, mapped.content, externalGUID: record.externalGUID(in: settings),
                in: { body in
                    RequestBatches.messageSet(
                        of: .init(converter.object.add + "Rq", requestID: requestID, body: body), id: messageSet,
                        settings)
                })
        else { return nil }
        self.insert = insert
        self.draft = draft
    }
}

extension LedgerRecord {
    /// Takes what a document says all by itself, but for what it becomes.
    mutating func take(_ source: DocumentSource, _ converter: any FromDocument.Type) {
        let (key, header) = (source.key, source.header)
        tie.owner = converter.owner(of: source)
        identity.scope = header?["contract_type"] ?? identity.scope
        identity.businessKey =
            header.flatMap { $0["own_id"] ?? key.codeInProject($0) } ?? identity.businessKey
        contents.stated = DocumentMoney.stated(key.entity, source.fragments)
        attempts.retries = 0
    }
}

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
        guard let needed = try context.books.named(key) else { return nil }
        if let id = needed.quickBooksID { return try context.books.isDoubtful(needed) ? nil : id }
        // A WBS code stands for the item of its cost code.
        guard needed.entity == .wbsCodes, let item = needed.wanted?.references.first, item.entity != .wbsCodes else {
            return nil
        }
        return try lookUp(item)
    }

    /// Makes those undecided again that want the number of a record: none may go before all have been seen.
    func takeBackRivals(of record: LedgerRecord) throws {
        guard hasSent, let nameKey = record.contents.nameKey else { return }
        for var rival in try context.books.others(wanting: nameKey, than: record.id) { try takeBack(&rival) }
    }

    /// Makes a record undecided again that this same file brought and that was asked for at once; any other is left as it
    /// is.
    func takeBack(_ record: inout LedgerRecord) throws {
        guard hasSent, record.state == .queued, record.file == context.intake, record.attempts.count == 1,
            let request = try context.books.openRequest(of: record.id), request.messageSet != nil,
            request.document >= context.documents.firstSequence
        else { return }
        try context.books.remove(request)
        try context.documents.replace(
            LedgerDocument(sequence: request.document, outbox: .quickbooks, entity: record.entity), by: nil,
            namedIn: &context.receipt)
        record.unqueue()
        try context.books.update(record)
        context.receipt.uncount(record.entity, .new)
        context.fresh.insert(record.id)
    }
}
