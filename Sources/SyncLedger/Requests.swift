import Domain
import Foundation
import GRDB

/// A request to QuickBooks and, once there is one, its answer.
public struct LedgerRequest: Sendable {
    /// What a request asks for.
    public enum Operation: String, Sendable {
        /// Make it.
        case add
        /// Change it.
        case mod
        /// Is it there, under the id that Procore has for it?
        case confirm
        /// Who has the name that was already in use?
        case adopt
        /// Is it there, under its name, after an answer that did not say?
        case lookup = "look"
        /// What is its EditSequence now?
        case refresh
        /// Is it as it was last known, so that it may be taken back?
        case inspect = "check"
        /// Delete it, since a person takes it back.
        case delete = "del"
        /// Void it, since a person takes it back.
        case void

        /// Whether it changes the books.
        public var writes: Bool { self == .add || self == .mod || removes }
        /// Whether it takes something out of the books.
        public var removes: Bool { self == .delete || self == .void }
        /// Whether it belongs to an undo.
        public var isOfUndo: Bool { self == .inspect || removes }
    }

    /// The ledger's own number.
    public var id: Int64 = 0
    /// The `requestID` that QuickBooks echoes.
    public var requestID: String
    /// The record it is about.
    public var record: Int64
    /// The record whose QuickBooks object it is about: the commitment of a change order; mostly the same one.
    public var object: Int64
    /// What it asks for.
    public var operation: Operation
    /// Sequence number of the document that carries it.
    public var document: Int
    /// What it carries, once the record's wanted content has moved on.
    public var content: Content?
    /// The id under which QuickBooks remembers its message set; nil: it travels with others, without one.
    public var messageSet: String?
    /// `statusCode` of the answer; nil: unanswered; below zero: one of `refusedWhole`, `lost`, `rejected`,
    /// `replaced` and `withdrawn`.
    public var status: Int?
    /// The `TxnID` or `ListID` that its answer showed.
    public var answerID: String?

    /// The status of a request whose whole document was refused.
    public static let refusedWhole = -1
    /// The status of a request whose answer was given up: QuickBooks is asked about the record instead.
    public static let lost = -2
    /// The status of a request that a person rejected before it was sent.
    public static let rejected = -3
    /// The status of a request that was taken back before a person had decided about it, since its record changed.
    public static let replaced = -4
    /// The status of the request that an undo had in review once a person decided: approved, another one takes its place
    /// after QuickBooks was asked once more; rejected, none does.
    public static let withdrawn = -5

    /// A request not answered yet.
    public init(
        requestID: String, record: Int64, object: Int64? = nil, operation: Operation, document: Int,
        messageSet: String? = nil
    ) {
        self.requestID = requestID
        self.record = record
        self.object = object ?? record
        self.operation = operation
        self.document = document
        self.messageSet = messageSet
    }
}

extension Books {
    /// Remembers a request.
    public func insert(_ request: LedgerRequest, of record: LedgerRecord) throws {
        try run(
            """
            INSERT INTO request (request_id, record, object, operation, document, message_set, is_plain)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        ) { bind in
            bind(request.requestID)
            bind(request.record)
            bind(request.object)
            bind(request.operation.rawValue)
            bind(request.document)
            bind(request.messageSet)
            bind(RecordKey(namedIn: request.requestID).map { $0 == record.key } ?? false)
        }
    }

    /// The request that travelled alone in a message set of this id.
    public func request(messageSet: String) throws -> LedgerRequest? {
        try request("message_set = ?") { $0(messageSet) }
    }

    /// Whether QuickBooks answered a request of ours to make what a record is tied to with just that id.
    public func wasAdded(_ record: LedgerRecord) throws -> Bool {
        try request("record = ? AND operation = 'add' AND answer_id = ?") { bind in
            bind(record.id)
            bind(record.quickBooksID)
        } != nil
    }

    /// Whether a record was ever asked to be made in QuickBooks.
    public func wasAskedToBeAdded(_ record: LedgerRecord) throws -> Bool {
        try request("record = ? AND operation = 'add' LIMIT 1") { $0(record.id) } != nil
    }

    /// The latest request of a record, answered or not.
    public func lastRequest(of record: Int64) throws -> LedgerRequest? {
        try request("record = ? ORDER BY id DESC LIMIT 1") { $0(record) }
    }

    /// The request with a `requestID`. Most name their record, which is where they are searched first.
    public func request(_ requestID: String) throws -> LedgerRequest? {
        if let key = RecordKey(namedIn: requestID),
            let request = try request(
                "record = (SELECT id FROM record WHERE entity = ? AND procore_id = ?) AND request_id = ?",
                { bind in
                    bind(key.entity.rawValue)
                    bind(key.procoreID)
                    bind(requestID)
                })
        {
            return request
        }
        return try request("request_id = ? AND is_plain = 0") { $0(requestID) }
    }

    /// The unanswered request of a record; there is at most one.
    public func openRequest(of record: Int64) throws -> LedgerRequest? {
        try request("record = ? AND status IS NULL") { $0(record) }
    }

    /// The unanswered request about the QuickBooks object of a record, whichever record made it.
    public func openRequest(onObjectOf record: Int64) throws -> LedgerRequest? {
        if let own = try request("record = ? AND status IS NULL AND object = record", { $0(record) }) { return own }
        return try request("object = ? AND object <> record AND status IS NULL") { $0(record) }
    }

    /// Whether QuickBooks is being asked if it still has what a record is tied to, or to let go of it.
    public func isDoubtful(_ record: LedgerRecord) throws -> Bool {
        if record.state == .released { return record.attempts.question == .refresh }
        guard record.state == .queued, let operation = try openRequest(of: record.id)?.operation else { return false }
        return operation == .refresh || operation.isOfUndo
    }

    /// Keeps what an unanswered request carries, before the record's wanted content moves on.
    public func keepContent(_ content: Content, of request: LedgerRequest) throws {
        try run("UPDATE request SET content = ? WHERE id = ?") { bind in
            bind(content.encoded)
            bind(request.id)
        }
    }

    /// Remembers the answer to a request.
    /// - Parameter request: the one that was answered.
    /// - Parameter status: QuickBooks' `statusCode`.
    /// - Parameter message: QuickBooks' `statusMessage`.
    /// - Parameter file: the intake number of the file that holds the answer.
    /// - Parameter id: the `TxnID` or `ListID` that it shows.
    public func answer(_ request: LedgerRequest, status: Int, message: String, id: String? = nil, file: Int) throws {
        try run("UPDATE request SET status = ?, message = ?, answered_by = ?, answer_id = ? WHERE id = ?") { bind in
            bind(status)
            bind(message)
            bind(file)
            bind(id)
            bind(request.id)
        }
    }

    /// Takes back a request that has not left.
    public func remove(_ request: LedgerRequest) throws {
        try run("DELETE FROM request WHERE id = ?") { $0(request.id) }
    }

    /// Every unanswered request whose document was published, oldest first; not those that wait for a person's decision.
    public func openRequests() throws -> [LedgerRequest] {
        try requests(
            """
            status IS NULL AND document IN (SELECT sequence FROM document WHERE published = 1 AND outbox <> 'review')
            ORDER BY id
            """
        ) { _ in }
    }

    /// The unanswered requests of a document, by the name of its file.
    public func openRequests(ofDocument sequence: Int) throws -> [LedgerRequest] {
        try requests("document = ? AND status IS NULL ORDER BY id") { $0(sequence) }
    }

    private static let selection =
        """
        SELECT id, request_id, record, object, operation, document, content, status, message_set, answer_id
        FROM request WHERE\u{20}
        """

    private func request(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> LedgerRequest? {
        try requests(condition, bind).first
    }

    private func requests(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerRequest] {
        try all(.request, Self.selection, condition, bind, Self.request)
    }

    private static func request(_ row: Columns) throws -> LedgerRequest {
        let id = row.number(0) ?? 0
        guard let operation = row.text(4).flatMap(LedgerRequest.Operation.init) else {
            throw LedgerDamage("Request \(id) has an unknown operation.")
        }
        var request = LedgerRequest(
            requestID: row.text(1) ?? "", record: row.number(2) ?? 0, object: row.number(3), operation: operation,
            document: row.int(5) ?? 0)
        request.id = id
        request.content = row.bytes(6, Content.init(decoding:))
        request.status = row.int(7)
        request.messageSet = row.text(8)
        request.answerID = row.text(9)
        return request
    }
}

extension RecordKey {
    /// The record that a `requestID` such as `8089-vendors-401104-add-1` names; nil where it names none.
    init?(namedIn requestID: String) {
        let components = requestID.utf8.split(separator: UInt8(ascii: "-"))
        guard components.count >= 5, let entity = Entity(rawValue: String(Substring(components[components.count - 4])))
        else {
            return nil
        }
        self.init(entity, String(Substring(components[components.count - 3])))
    }
}
