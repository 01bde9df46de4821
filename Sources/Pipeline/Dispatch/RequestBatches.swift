import Converters
import Domain
import QBXML
import SyncLedger

/// Groups requests into message sets, in the order in which they come: what changes a transaction stands alone, everything
/// else up to 100 of one entity to a document.
struct RequestBatches {
    /// Requests to a message set. Source: the contract; master lists travel together under continueOnError, since
    /// a lost answer is found again by name.
    static let size = 100

    private struct Batch {
        let sequence: Int
        var requests: [MessageSet.Request] = []
    }

    private let work: Work
    private var open: [Entity: Batch] = [:]

    init(_ work: Work) {
        self.work = work
    }

    /// Puts a request of a record into the open message set of its entity, or into one of its own.
    /// - Parameters:
    ///   - object: the record whose QuickBooks object it is about, where that is another one.
    ///   - isAlone: whether it travels alone, under an id by which QuickBooks remembers its answer.
    mutating func add(
        _ record: inout LedgerRecord, _ operation: LedgerRequest.Operation, message: String, body: [UInt8],
        object: Int64? = nil, isAlone: Bool = false
    ) throws {
        record.attempts += 1
        let requestID = Self.requestID(record, operation, settings: work.settings)
        if isAlone {
            let sequence = try work.takeRequestSequence()
            let id = Self.messageSetID(requestID)
            try remember(record, requestID, operation, object: object, document: sequence, messageSet: id)
            let set = MessageSet(
                version: work.settings.version, onError: .stopOnError, newMessageSetID: id,
                requests: [.init(message + "Rq", requestID: requestID, body: body)])
            return try put(set, sequence, record.entity)
        }
        var batch = try open[record.entity] ?? Batch(sequence: work.takeRequestSequence())
        batch.requests.append(.init(message + "Rq", requestID: requestID, body: body))
        try remember(record, requestID, operation, object: object, document: batch.sequence)
        open[record.entity] = batch
        if batch.requests.count == Self.size { try close(record.entity) }
    }

    /// Closes every open message set.
    mutating func finish() throws {
        for entity in open.keys.sorted(by: { (open[$0]?.sequence ?? 0) < (open[$1]?.sequence ?? 0) }) {
            try close(entity)
        }
    }

    private mutating func close(_ entity: Entity) throws {
        guard let batch = open.removeValue(forKey: entity) else { return }
        let set = MessageSet(version: work.settings.version, onError: .continueOnError, requests: batch.requests)
        try put(set, batch.sequence, entity)
    }

    private func remember(
        _ record: LedgerRecord, _ requestID: String, _ operation: LedgerRequest.Operation, object: Int64?,
        document: Int, messageSet: String? = nil
    ) throws {
        try work.books.insert(
            LedgerRequest(
                requestID: requestID, record: record.id, object: object, operation: operation, document: document,
                messageSet: messageSet))
        try work.note("queued", record, "\(operation.rawValue) \(requestID)")
    }

    private func put(_ set: MessageSet, _ sequence: Int, _ entity: Entity) throws {
        try work.send(
            set,
            as: LedgerDocument(
                sequence: sequence, outbox: .quickbooks, name: Work.documentName(sequence, entity, "xml"),
                entity: entity))
    }

    /// The id of a message set of one request: 22 characters that depend on company, key, operation and attempt.
    /// Source of the limit of 23: Intuit, "Error recovery".
    static func messageSetID(_ requestID: String) -> String { Digest(of: requestID.utf8).hex(11) }

    /// `8089-vendors-401104-add-1`, from company, key, operation and attempt; at most 50 characters, beyond which a
    /// digest stands for the key. Source of the limit: Intuit, "requestID".
    static func requestID(
        _ record: LedgerRecord, _ operation: LedgerRequest.Operation, settings: Settings
    ) -> String {
        let tail = "-\(operation.rawValue)-\(record.attempts)"
        if let id = record.procoreID {
            let plain = "\(settings.namespace)-\(record.entity.rawValue)-\(id)\(tail)"
            if plain.utf8.count <= 50 { return plain }
        }
        let key = Digest(of: "\(settings.namespace)/\(record.entity.rawValue)/\(record.identity)".utf8).hex(12)
        return "\(key)\(tail)"
    }
}

extension Work {
    /// Stages a document for QuickBooks, once it has passed the rules. Their table is independent of the converters'
    /// tables: a document that breaks it is our mistake, and must not leave.
    func send(_ set: MessageSet, as document: LedgerDocument) throws {
        let bytes = set.rendered()
        let findings = MessageRules.check(bytes, edition: settings.edition)
        guard findings.isEmpty else { throw MalformedDocument(findings: findings) }
        try put(document, bytes: bytes)
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
