import GRDB

/// A query that reads QuickBooks in bulk, and how it ended.
public struct LedgerPull: Sendable {
    /// The ledger's own number.
    public var id: Int64 = 0
    /// The `requestID` that QuickBooks echoes.
    public var requestID: String
    /// What is read: `vendors`, `costs`.
    public var subject: String
    /// Sequence number of the document that carries it.
    public var document: Int
    /// The beginning of its window of modification times, in seconds since 1970; nil: from the beginning.
    public var since: Int64?
    /// The end of the window.
    public var until: Int64
    /// When it was asked, in seconds since 1970.
    public var askedAt: Int64
    /// `statusCode` of the answer; nil: unanswered.
    public var status: Int?

    /// A query not answered yet.
    public init(requestID: String, subject: String, document: Int, since: Int64?, until: Int64, askedAt: Int64) {
        self.requestID = requestID
        self.subject = subject
        self.document = document
        self.since = since
        self.until = until
        self.askedAt = askedAt
    }

    /// Whether QuickBooks answered all that was asked. 1 and 500 mean that there was nothing. What was refused with its
    /// whole document, or given up, was not answered.
    public var isDone: Bool { status.map { (0..<1_000).contains($0) } ?? false }

    /// The `requestID` of a later page: that of the query, and the number of the page from 2 on.
    public func requestID(ofPage number: Int) -> String { "\(requestID)-\(number)" }

    /// The query that it is a later page of; nil: it is a query of its own. `8089-pull-7-BillQuery-2` is the second page
    /// of `8089-pull-7-BillQuery`.
    public var pageOf: String? {
        let components = requestID.split(separator: "-", omittingEmptySubsequences: false)
        guard let number = components.last, !number.isEmpty, number.utf8.allSatisfy({ (48...57).contains($0) }),
            components.dropLast().last?.hasSuffix("Query") == true
        else { return nil }
        return components.dropLast().joined(separator: "-")
    }
}

extension Books {
    /// Remembers a query.
    public func insert(_ pull: LedgerPull) throws {
        try db.execute(
            literal: """
                INSERT INTO pull (request_id, subject, document, since, until, asked_at)
                VALUES (\(pull.requestID), \(pull.subject), \(pull.document), \(pull.since), \(pull.until), \(pull.askedAt))
                """)
    }

    /// The query with a `requestID`.
    public func pull(_ requestID: String) throws -> LedgerPull? {
        try pulls("request_id = ?") { $0(requestID) }.first ?? prunedPull(requestID)
    }

    /// A query whose row was taken out by a prune: its document is still known, and only what was answered is taken out.
    private func prunedPull(_ requestID: String) throws -> LedgerPull? {
        guard let company = try fact("company"), requestID.hasPrefix("\(company)-pull-") else { return nil }
        let digits = requestID.dropFirst(company.count + 6).prefix { $0.isASCII && $0.isNumber }
        guard let sequence = Int(digits), let document = try document(sequence), document.outbox == .quickbooks
        else { return nil }
        var pull = LedgerPull(
            requestID: requestID, subject: document.subject, document: sequence, since: nil, until: 0, askedAt: 0)
        pull.status = 0
        return pull
    }

    /// The queries about something that are not answered yet.
    public func openPulls(of subject: String) throws -> [LedgerPull] {
        try pulls("subject = ? AND status IS NULL ORDER BY id") { $0(subject) }
    }

    /// The unanswered queries that a document carries.
    public func openPulls(ofDocument sequence: Int) throws -> [LedgerPull] {
        try pulls("document = ? AND status IS NULL ORDER BY id") { $0(sequence) }
    }

    /// Every unanswered query, oldest first.
    public func openPulls() throws -> [LedgerPull] {
        try pulls("status IS NULL ORDER BY id") { _ in }
    }

    /// The queries about something whose window reaches beyond a moment, in the order of their windows.
    public func pulls(of subject: String, beyond moment: Int64) throws -> [LedgerPull] {
        try pulls("subject = ? AND until > ? ORDER BY until, id") { bind in
            bind(subject)
            bind(moment)
        }
    }

    /// The later pages of a query that were asked for, answered or not, in their order.
    public func pages(of query: LedgerPull) throws -> [LedgerPull] {
        // A dot follows the dash in the alphabet.
        try pulls("request_id > ? AND request_id < ? ORDER BY id") { bind in
            bind(query.requestID + "-")
            bind(query.requestID + ".")
        }
    }

    /// When something was last asked for, in seconds since 1970.
    public func lastPull(of subject: String) throws -> Int64? {
        try first("SELECT max(asked_at) FROM pull WHERE subject = ?") {
            $0(subject)
        } _: { row in
            row.number(0)
        } ?? nil
    }

    /// Remembers the answer to a query.
    public func answer(_ pull: LedgerPull, status: Int, file: Int) throws {
        try db.execute(literal: "UPDATE pull SET status = \(status), answered_by = \(file) WHERE id = \(pull.id)")
    }

    /// On the fast path: whether QuickBooks is to be asked which company is open is checked for every file.
    private func pulls(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerPull] {
        try all(
            .pull,
            "SELECT id, request_id, subject, document, since, until, asked_at, status FROM pull WHERE\u{20}",
            condition, bind
        ) { row in
            var pull = LedgerPull(
                requestID: row.text(1) ?? "", subject: row.text(2) ?? "", document: row.int(3) ?? 0,
                since: row.number(4), until: row.number(5) ?? 0, askedAt: row.number(6) ?? 0)
            pull.id = row.number(0) ?? 0
            pull.status = row.int(7)
            return pull
        }
    }
}
