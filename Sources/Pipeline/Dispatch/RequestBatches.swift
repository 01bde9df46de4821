import Converters
import Domain
import QBXML
import SyncLedger

/// Groups requests into message sets, in the order in which they come: what changes a transaction stands alone, everything
/// else up to 100 of one entity to a document. What waits for a person's word (`review`) stands in documents of its own.
final class RequestBatches {
    /// Requests to a message set. A limit of ours; master lists travel together under continueOnError, since
    /// a lost answer is found again by name.
    static let size = 100

    private final class Batch {
        let sequence: Int
        var set: MessageSetWriter

        init(sequence: Int, _ set: MessageSetWriter) {
            self.sequence = sequence
            self.set = set
        }
    }

    private unowned let context: ProcessingContext
    private var open: [Entity: Batch] = [:]
    /// Those of what waits for a person's word.
    private var reviewed: [Entity: Batch] = [:]
    /// The open one that was used last.
    private var last: (entity: Entity, isReviewed: Bool, batch: Batch)?
    /// Bytes of the message set that was closed last, which the next one may well have too.
    private var expected = 2_048
    private let review: Settings.Review
    /// Whether anything waits for a person's word, or has waited.
    private(set) lazy var mayReview = Result { try review.isOn || context.books.hasReviews() }

    init(_ context: ProcessingContext) {
        self.context = context
        review = context.settings.documents.review
    }

    /// Puts a request of a record into the open message set of its entity, or into one of its own.
    /// - Parameters:
    ///   - object: the record whose QuickBooks object it is about, where that is another one.
    ///   - isAlone: whether it travels alone, under an id by which QuickBooks remembers its answer.
    ///   - isReviewed: whether it waits for a person's word; nil: as `review` says.
    func add(
        _ record: LedgerRecord, _ operation: LedgerRequest.Operation, message: String, body: [UInt8],
        object: Int64? = nil, isAlone: Bool = false, isReviewed: Bool? = nil
    ) throws {
        let requestID = Self.requestID(record, operation, settings: context.settings)
        let isReviewed = isReviewed ?? (operation.writes && review.covers(record))
        if isAlone {
            let sequence = try context.takeRequestSequence()
            let id = Self.messageSetID(requestID)
            try remember(record, requestID, operation, object: object, document: sequence, messageSet: id)
            let set = Self.messageSet(
                of: .init(message + "Rq", requestID: requestID, body: body), id: id, context.settings)
            return try put(set.rendered(), sequence, record.entity, isReviewed: isReviewed)
        }
        let batch = try batch(of: record.entity, isReviewed: isReviewed)
        batch.set.add(.init(message + "Rq", requestID: requestID, body: body))
        try remember(record, requestID, operation, object: object, document: batch.sequence)
        if batch.set.count == Self.size { try close(record.entity, isReviewed: isReviewed) }
    }

    /// Writes a new record, and puts the request that adds it into the open message set of its entity.
    /// - Parameter request: as it is to stand there.
    func add(_ insert: RecordInsert, from intake: Int, request: UnsafeRawBufferPointer) throws {
        let isReviewed = review.covers(insert.entity)
        let batch = try batch(of: insert.entity, isReviewed: isReviewed)
        batch.set.add(request)
        try context.books.insert(insert, from: intake, document: batch.sequence)
        if batch.set.count == Self.size { try close(insert.entity, isReviewed: isReviewed) }
    }

    /// Writes a new record, and the document that asks for it alone.
    func add(_ insert: DocumentInsert, from intake: Int, document bytes: [UInt8]) throws {
        let sequence = try context.takeRequestSequence()
        try context.books.insert(insert, from: intake, document: sequence)
        try context.documents.put(
            LedgerDocument(sequence: sequence, outbox: .quickbooks, entity: insert.entity), bytes: bytes,
            rules: context.settings.edition, namedIn: &context.receipt)
    }

    /// The message set of a request that travels alone.
    static func messageSet(of request: MessageSet.Request, id: String, _ settings: Settings) -> MessageSet {
        MessageSet(
            version: settings.version, onError: .stopOnError, newMessageSetID: id, requests: [request])
    }

    private func batch(of entity: Entity, isReviewed: Bool) throws -> Batch {
        if let last, last.entity == entity, last.isReviewed == isReviewed { return last.batch }
        let batch = try openBatch(of: entity, isReviewed: isReviewed)
        last = (entity, isReviewed, batch)
        return batch
    }

    private func openBatch(of entity: Entity, isReviewed: Bool) throws -> Batch {
        if let batch = isReviewed ? reviewed[entity] : open[entity] { return batch }
        let batch = Batch(
            sequence: try context.takeRequestSequence(),
            MessageSetWriter(version: context.settings.version, onError: .continueOnError, capacity: expected))
        if isReviewed { reviewed[entity] = batch } else { open[entity] = batch }
        return batch
    }

    /// Closes every open message set.
    func finish() throws {
        let all = open.map { ($0.key, $0.value, false) } + reviewed.map { ($0.key, $0.value, true) }
        for (entity, _, isReviewed) in all.sorted(by: { $0.1.sequence < $1.1.sequence }) {
            try close(entity, isReviewed: isReviewed)
        }
    }

    private func close(_ entity: Entity, isReviewed: Bool) throws {
        last = nil
        let closed = isReviewed ? reviewed.removeValue(forKey: entity) : open.removeValue(forKey: entity)
        guard let batch = closed, batch.set.count > 0 else { return }
        let bytes = batch.set.finish()
        expected = bytes.count + bytes.count / 16
        try put(bytes, batch.sequence, entity, isReviewed: isReviewed)
    }

    /// Takes back a request that has not left: out of its open message set, or out of the document that it stands in.
    /// - Parameter body: writes the body of another record's request once more.
    func takeBack(
        _ request: LedgerRequest, _ entity: Entity, message: String, body: (LedgerRecord) -> [UInt8]
    ) throws {
        try context.books.remove(request)
        for batch in [open[entity], reviewed[entity]] {
            guard let batch, batch.sequence == request.document else { continue }
            return batch.set.remove(message + "Rq", requestID: request.requestID)
        }
        guard let document = try context.documents.document(request.document) else { return }
        var set = MessageSet(version: context.settings.version, onError: .continueOnError)
        for other in try context.books.openRequests(ofDocument: request.document) {
            guard let record = try context.books.record(id: other.record) else { continue }
            set.requests.append(.init(message + "Rq", requestID: other.requestID, body: body(record)))
        }
        try context.replace(document, by: set)
    }

    /// Takes back a request that travels alone and has not left, and its document.
    func takeBack(_ request: LedgerRequest, _ entity: Entity) throws {
        try context.books.remove(request)
        try context.documents.replace(
            LedgerDocument(sequence: request.document, outbox: .quickbooks, entity: entity), by: nil,
            namedIn: &context.receipt)
    }

    private func remember(
        _ record: LedgerRecord, _ requestID: String, _ operation: LedgerRequest.Operation, object: Int64?,
        document: Int, messageSet: String? = nil
    ) throws {
        try context.books.insert(
            LedgerRequest(
                requestID: requestID, record: record.id, object: object, operation: operation, document: document,
                messageSet: messageSet), of: record)
    }

    private func put(_ set: [UInt8], _ sequence: Int, _ entity: Entity, isReviewed: Bool) throws {
        try context.send(
            set, as: LedgerDocument(sequence: sequence, outbox: isReviewed ? .review : .quickbooks, entity: entity))
    }

    /// The id of a message set of one request: 22 characters that depend on company, key, operation and attempt.
    /// Source of the limit of 23: Intuit, "Error recovery".
    static func messageSetID(_ requestID: String) -> String { Digest(of: requestID.utf8).hex(11) }

    /// Characters of a `requestID`. Source of the limit: Intuit, "requestID".
    static let longestRequestID = 50

    /// `8089-vendors-401104-add-1`, from company, key, operation and attempt; at most 50 characters, beyond which a
    /// digest stands for the key.
    static func requestID(
        _ record: LedgerRecord, _ operation: LedgerRequest.Operation, settings: Settings
    ) -> String {
        let tail = "-\(operation.rawValue)-\(record.attempts.count)"
        if let id = record.procoreID {
            let plain = "\(settings.namespace)-\(record.entity.rawValue)-\(id)\(tail)"
            if plain.utf8.count <= longestRequestID { return plain }
        }
        let key = Digest(of: "\(settings.namespace)/\(record.entity.rawValue)/\(record.uniqueName)".utf8).hex(12)
        return "\(key)\(tail)"
    }
}

extension ProcessingContext {
    /// Stages a document for QuickBooks, once it has passed the rules. Their table is independent of the converters'
    /// tables: a document that breaks it is our mistake, and must not leave.
    func send(_ set: MessageSet, as document: LedgerDocument) throws { try send(set.rendered(), as: document) }

    /// Stages the bytes of one.
    fileprivate func send(_ set: [UInt8], as document: LedgerDocument) throws {
        try documents.put(document, bytes: set, rules: settings.edition, namedIn: &receipt)
    }

    /// Puts a message set in the place of a document that has not left; without requests, nothing.
    func replace(_ document: LedgerDocument, by set: MessageSet) throws {
        try documents.replace(
            document, by: set.requests.isEmpty ? nil : set.rendered(), rules: settings.edition, namedIn: &receipt)
    }
}

extension MessageRules {
    /// Stops a document that breaks the rules.
    /// - Throws: a `MalformedDocument`.
    static func refuse(_ bytes: [UInt8], edition: Edition) throws {
        let findings = check(bytes, edition: edition)
        guard findings.isEmpty else { throw MalformedDocument(findings: findings) }
    }
}

/// A document of ours that breaks the built-in rules. It is our mistake, and it is stopped before it leaves.
struct MalformedDocument: Error, CustomStringConvertible {
    let findings: [Problem]

    var description: String {
        "A document was stopped because it is not valid qbXML: "
            + findings.map { "\($0.record ?? "document"): \($0.field ?? ""): \($0.what)" }.joined(separator: "; ")
    }
}
