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
        case look
        /// What is its EditSequence now?
        case refresh

        /// Whether it changes the books.
        public var writes: Bool { self == .add || self == .mod }
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
    /// `statusCode` of the answer; nil: unanswered; below zero: one of `refusedWhole` and `lost`.
    public var status: Int?
    /// The `TxnID` or `ListID` that its answer showed.
    public var answerID: String?

    /// The status of a request whose whole document was refused.
    public static let refusedWhole = -1
    /// The status of a request whose answer was given up: QuickBooks is asked about the record instead.
    public static let lost = -2

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
    public func insert(_ request: LedgerRequest) throws {
        try execute(
            """
            INSERT INTO request (request_id, record, object, operation, document, message_set)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                request.requestID, request.record, request.object, request.operation.rawValue, request.document,
                request.messageSet,
            ])
    }

    /// The request that travelled alone in a message set of this id.
    public func request(messageSet: String) throws -> LedgerRequest? {
        try request("message_set = ?", [messageSet])
    }

    /// The latest request of a record, answered or not.
    public func lastRequest(of record: Int64) throws -> LedgerRequest? {
        try request("record = ? ORDER BY id DESC LIMIT 1", [record])
    }

    /// The request with a `requestID`.
    public func request(_ requestID: String) throws -> LedgerRequest? {
        try request("request_id = ?", [requestID])
    }

    /// The unanswered request of a record; there is at most one.
    public func openRequest(of record: Int64) throws -> LedgerRequest? {
        try request("record = ? AND status IS NULL", [record])
    }

    /// The unanswered request about the QuickBooks object of a record, whichever record made it.
    public func openRequest(onObjectOf record: Int64) throws -> LedgerRequest? {
        try request("object = ? AND status IS NULL", [record])
    }

    /// Whether QuickBooks is being asked if it still has what a record is tied to.
    public func isDoubtful(_ record: LedgerRecord) throws -> Bool {
        if record.state == .released { return record.question == .refresh }
        guard record.state == .queued else { return false }
        return try openRequest(of: record.id)?.operation == .refresh
    }

    /// Keeps what an unanswered request carries, before the record's wanted content moves on.
    public func keepContent(_ content: Content, of request: LedgerRequest) throws {
        try execute("UPDATE request SET content = ? WHERE id = ?", [Books.blob(content), request.id])
    }

    /// Remembers the answer to a request.
    /// - Parameter id: the `TxnID` or `ListID` that it shows.
    public func answer(_ request: LedgerRequest, status: Int, message: String, id: String? = nil, file: Int) throws {
        try execute(
            "UPDATE request SET status = ?, message = ?, answered_by = ?, answer_id = ? WHERE id = ?",
            [status, message, file, id, request.id])
    }

    /// Every unanswered request whose document was published, oldest first.
    public func openRequests() throws -> [LedgerRequest] {
        try requests(
            "status IS NULL AND document IN (SELECT sequence FROM document WHERE published = 1) ORDER BY id", [])
    }

    /// The unanswered requests of a document, by the name of its file.
    public func openRequests(ofDocument sequence: Int) throws -> [LedgerRequest] {
        try requests("document = ? AND status IS NULL ORDER BY id", [sequence])
    }

    private func requests(_ condition: String, _ arguments: StatementArguments) throws -> [LedgerRequest] {
        let statement = try db.cachedStatement(sql: Self.select + condition)
        return try Row.fetchAll(statement, arguments: arguments).map(Self.request)
    }

    private static let select =
        """
        SELECT id, request_id, record, object, operation, document, content, status, message_set, answer_id
        FROM request WHERE\u{20}
        """

    private func request(_ condition: String, _ arguments: StatementArguments) throws -> LedgerRequest? {
        try requests(condition, arguments).first
    }

    private static func request(_ row: Row) throws -> LedgerRequest {
        guard let operation = LedgerRequest.Operation(rawValue: row["operation"]) else {
            throw LedgerDamage("Request \(row["id"] as Int64) has an unknown operation.")
        }
        var request = LedgerRequest(
            requestID: row["request_id"], record: row["record"], object: row["object"], operation: operation,
            document: row["document"])
        request.id = row["id"]
        request.content = Books.content(row["content"])
        request.status = row["status"]
        request.messageSet = row["message_set"]
        request.answerID = row["answer_id"]
        return request
    }
}
