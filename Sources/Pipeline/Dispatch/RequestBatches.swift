import Converters
import Domain
import QBXML
import SyncLedger

/// Groups requests into message sets, up to 100 of one entity to a document, in the order in which they come.
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

    /// Puts a request of a record into the open message set of its entity.
    mutating func add(
        _ record: inout LedgerRecord, _ operation: LedgerRequest.Operation, message: String, body: [UInt8]
    ) throws {
        record.attempts += 1
        let requestID = Self.requestID(record, operation, settings: work.settings)
        var batch = open[record.entity] ?? Batch(sequence: work.takeSequence())
        batch.requests.append(.init(message + "Rq", requestID: requestID, body: body))
        try work.books.insert(
            LedgerRequest(requestID: requestID, record: record.id, operation: operation, document: batch.sequence))
        try work.note("queued", record, "\(operation.rawValue) \(requestID)")
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
        let bytes = MessageSet(version: work.settings.version, onError: .continueOnError, requests: batch.requests)
            .rendered()
        // The rules table is independent of the converters' tables: a document that breaks it is our mistake, and
        // must not leave.
        let findings = MessageRules.check(bytes, edition: work.settings.edition)
        guard findings.isEmpty else { throw MalformedDocument(findings: findings) }
        try work.put(
            LedgerDocument(
                sequence: batch.sequence, outbox: .quickbooks, name: Work.documentName(batch.sequence, entity, "xml"),
                entity: entity),
            bytes: bytes)
    }

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

/// A document of ours that breaks the built-in rules. It is our mistake, and it is stopped before it leaves.
struct MalformedDocument: Error, CustomStringConvertible {
    let findings: [Problem]

    var description: String {
        "A document was stopped because it is not valid qbXML: "
            + findings.map { "\($0.record ?? "document"): \($0.field ?? ""): \($0.what)" }.joined(separator: "; ")
    }
}
