import GRDB

/// An update that the Web Connector began.
public struct ConnectorSession: Sendable, Hashable {
    /// The ledger's own number.
    public let id: Int64
    /// Who logged in.
    public let user: String
    /// When it began, and when it last called; seconds since 1970.
    public let began: Int64
    /// See `began`.
    public let lastCall: Int64
    /// When it ended; nil: it lives, or was never closed.
    public let ended: Int64?
    /// How many documents were answered in it.
    public let answered: Int
    /// The company that QuickBooks said is open; nil: it has not said.
    public let company: String?
    /// What went wrong last; nil: nothing.
    public let error: String?
}

/// A document that was handed to the Web Connector.
///
/// More than 12 properties: it is a row of one table.
public struct Lease: Sendable, Hashable {
    /// What may be done where its answer is lost.
    public enum Kind: String, Sendable, CaseIterable {
        /// It only asks: it may be asked again.
        case query
        /// It changes the books under a message-set id: QuickBooks answers the same bytes from its memory.
        case set
        /// It changes lists, without such an id: it is looked up by name what became of it.
        case list
        /// It asks for a page of a longer answer: it may be asked again in its own session only.
        case page
    }

    /// How it ended.
    public enum Outcome: String, Sendable {
        /// Its answer stands in the inbox.
        case answered
        /// QuickBooks refused it as a whole, and that stands in the inbox.
        case refused
        /// Its answer was given up, and QuickBooks is asked by name.
        case askedAfter = "asked after"
        /// Somebody else took it out of the outbox.
        case gone
        /// Its answers could not be taken, again and again.
        case failed
        /// Another company than the root's is open: it waits, and so does what became of it.
        case postponed
        /// It was a page, which is kept until the last one comes; the document is still to be answered.
        case page
        /// It was a page of an iterator that is of no use any more: the document is asked from its beginning.
        case begunAnew = "begun anew"
        /// QuickBooks does not give the document's answer page by page: it is asked whole.
        case notPaged = "not paged"
    }

    /// The ledger's own number.
    public let id: Int64
    /// Its name in `outbox/quickbooks`.
    public let document: String
    /// SHA-256 of its bytes.
    public let digest: [UInt8]
    /// What may be done where its answer is lost.
    public let kind: Kind
    /// The ids of its requests; empty for one that has none.
    public let requestIDs: [String]
    /// The id of its message set; nil: it has none.
    public let messageSet: String?
    /// The number of the session that it was last handed out to.
    public let session: Int64
    /// When that was, in seconds since 1970.
    public let asked: Int64
    /// How many of its answers could not be taken.
    public let refusals: Int
    /// How it ended; nil: its answer is outstanding.
    public let outcome: Outcome?
    /// SHA-256 of its answer.
    public let answer: [UInt8]?
    /// What `receiveResponseXML` returned for it.
    public let reply: Int?
    /// What came with it; nil: it was no page.
    public let page: Page?

    /// A page of a longer answer.
    public struct Page: Sendable, Hashable {
        /// The id by which the next page is asked for; nil: there is none.
        public let iterator: String?
        /// How many objects were still to come. QuickBooks: `iteratorRemainingCount`.
        public let remaining: Int
        /// How many objects came.
        public let objects: Int

        /// A page of these.
        public init(iterator: String?, remaining: Int, objects: Int) {
            self.iterator = iterator
            self.remaining = remaining
            self.objects = objects
        }
    }
}

extension Lease {
    /// A document that is about to be handed out.
    public init(
        _ document: String, digest: [UInt8], kind: Kind, requestIDs: [String], messageSet: String?, to session: Int64,
        at now: Int64
    ) {
        self.init(
            id: 0, document: document, digest: digest, kind: kind, requestIDs: requestIDs, messageSet: messageSet,
            session: session, asked: now, refusals: 0, outcome: nil, answer: nil, reply: nil, page: nil)
    }
}

extension Books {
    // MARK: - Sessions

    /// A session begins.
    /// - Parameters:
    ///   - ticket: a digest of its ticket.
    ///   - user: who logged in.
    ///   - now: seconds since 1970.
    public func beginSession(ticket: String, user: String, at now: Int64) throws {
        try db.execute(
            literal: """
                INSERT INTO connector_session (ticket, user, began, last_call, answered)
                VALUES (\(ticket), \(user), \(now), \(now), 0)
                """)
        // What nobody can come back to any more; leases tell what was handed out.
        try db.execute(
            literal: """
                DELETE FROM connector_session WHERE last_call < \(now - 30 * 86_400)
                AND NOT EXISTS (SELECT 1 FROM lease WHERE session = connector_session.id AND closed IS NULL)
                """)
        try db.execute(literal: "DELETE FROM lease WHERE closed < \(now - 90 * 86_400)")
    }

    /// The session of a ticket, by the ticket's digest.
    public func session(ticket: String) throws -> ConnectorSession? {
        try sessions("WHERE ticket = ?") { $0(ticket) }.first
    }

    /// The session that called last.
    public func lastSession() throws -> ConnectorSession? {
        try sessions("ORDER BY last_call DESC, id DESC LIMIT 1") { _ in }.first
    }

    /// The sessions that have not ended and called since a moment.
    public func livingSessions(since moment: Int64) throws -> [ConnectorSession] {
        try sessions("WHERE ended IS NULL AND last_call > ? ORDER BY id") { $0(moment) }
    }

    /// Remembers that a session called.
    public func touchSession(_ id: Int64, at now: Int64) throws {
        try run("UPDATE connector_session SET last_call = ? WHERE id = ?") {
            $0(now)
            $0(id)
        }
    }

    /// Remembers what went wrong in a session; nil: nothing any more.
    public func setError(_ error: String?, ofSession id: Int64) throws {
        try db.execute(literal: "UPDATE connector_session SET error = \(error) WHERE id = \(id)")
    }

    /// Remembers the company that is open in a session.
    public func setCompany(_ company: String?, ofSession id: Int64) throws {
        try db.execute(literal: "UPDATE connector_session SET company = \(company) WHERE id = \(id)")
    }

    /// One more document was answered in a session, with a call of now.
    public func countAnswer(inSession id: Int64, at now: Int64) throws {
        try run("UPDATE connector_session SET answered = answered + 1, last_call = ? WHERE id = ?") {
            $0(now)
            $0(id)
        }
    }

    /// Sessions end; what ended before stays as it is.
    public func endSession(_ id: Int64, at now: Int64) throws {
        try db.execute(literal: "UPDATE connector_session SET ended = \(now) WHERE id = \(id) AND ended IS NULL")
    }

    // MARK: - Leases

    /// The document whose answer is outstanding; at most one.
    public func openLease() throws -> Lease? {
        try leases("WHERE closed IS NULL") { _ in }.first
    }

    /// The last lease of a document.
    public func lastLease(of document: String) throws -> Lease? {
        try leases("WHERE document = ? ORDER BY id DESC LIMIT 1") { $0(document) }.first
    }

    /// What was handed out last in a session.
    public func lastLease(ofSession id: Int64) throws -> Lease? {
        try leases("WHERE session = ? ORDER BY asked DESC, id DESC LIMIT 1") { $0(id) }.first
    }

    /// The pages of a document that were taken in a session, oldest first.
    public func pages(of document: String, inSession id: Int64) throws -> [Lease] {
        try leases("WHERE document = ? AND session = ? AND outcome = 'page' ORDER BY id") {
            $0(document)
            $0(id)
        }
    }

    /// Whether a document was begun anew in a session, after one of its pages could not be used.
    public func wasBegunAnew(_ document: String, inSession id: Int64) throws -> Bool {
        try Bool.fetchOne(
            db,
            SQLRequest(
                literal: """
                    SELECT EXISTS (SELECT 1 FROM lease WHERE document = \(document) AND session = \(id)
                    AND outcome = 'begun anew')
                    """)) ?? false
    }

    /// Whether a document is asked whole, since QuickBooks does not give it page by page.
    public func isAskedWhole(_ document: String) throws -> Bool {
        try Bool.fetchOne(
            db,
            SQLRequest(
                literal: "SELECT EXISTS (SELECT 1 FROM lease WHERE document = \(document) AND outcome = 'not paged')"))
            ?? false
    }

    /// The pages of a document that were taken in a session are of no use any more.
    public func forgetPages(of document: String, inSession id: Int64) throws {
        try db.execute(
            literal: """
                UPDATE lease SET outcome = 'gone' WHERE document = \(document) AND session = \(id) AND outcome = 'page'
                """)
    }

    /// The lease that ended with an answer of this digest, and to which something was replied.
    public func lease(answeredWith digest: [UInt8]) throws -> Lease? {
        try leases(
            """
            WHERE answer = ? AND reply IS NOT NULL AND outcome IN ('answered', 'page', 'begun anew', 'not paged')
            ORDER BY id DESC LIMIT 1
            """
        ) { $0(digest) }.first
    }

    /// The documents that failed since a moment.
    public func failedLeases(since moment: Int64) throws -> [Lease] {
        try leases("WHERE outcome IN ('failed', 'postponed') AND outcome = 'failed' AND closed > ? ORDER BY id") {
            $0(moment)
        }
    }

    /// The list documents that were put off or failed, so that it is not known what became of them.
    public func unknownLists() throws -> [Lease] {
        try leases("WHERE outcome IN ('failed', 'postponed') AND kind = 'list' ORDER BY id") { _ in }
    }

    /// Remembers that a document is about to be handed out.
    /// - Throws: what SQLite says where another one is outstanding.
    public func insert(_ lease: Lease) throws {
        let requests = lease.requestIDs.joined(separator: "\n")
        try run(
            """
            INSERT INTO lease (document, digest, kind, requests, message_set, session, asked, times, refusals)
            VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0)
            """
        ) {
            $0(lease.document)
            $0(lease.digest)
            $0(lease.kind.rawValue)
            $0(requests)
            $0(lease.messageSet)
            $0(lease.session)
            $0(lease.asked)
        }
    }

    /// Remembers that a document is about to be handed out once more.
    public func renewLease(_ id: Int64, to session: Int64, at now: Int64) throws {
        try db.execute(
            literal: "UPDATE lease SET session = \(session), asked = \(now), times = times + 1 WHERE id = \(id)")
    }

    /// An answer could not be taken.
    public func countRefusal(ofLease id: Int64) throws {
        try db.execute(literal: "UPDATE lease SET refusals = refusals + 1 WHERE id = \(id)")
    }

    /// A lease ends.
    /// - Parameters:
    ///   - id: the lease's.
    ///   - outcome: how.
    ///   - answer: SHA-256 of what was answered; nil: nothing was.
    ///   - reply: what the Web Connector was told; nil: nothing.
    ///   - page: what came with it, where it was a page.
    ///   - now: seconds since 1970.
    public func closeLease(
        _ id: Int64, _ outcome: Lease.Outcome, answer: [UInt8]? = nil, reply: Int? = nil, page: Lease.Page? = nil,
        at now: Int64
    ) throws {
        try run(
            """
            UPDATE lease SET closed = ?, outcome = ?, answer = ?, reply = ?, iterator = ?, remaining = ?, objects = ?
            WHERE id = ?
            """
        ) {
            $0(now)
            $0(outcome.rawValue)
            $0(answer)
            $0(reply)
            $0(page?.iterator)
            $0(page?.remaining)
            $0(page?.objects)
            $0(id)
        }
    }
}

extension Books {
    fileprivate func sessions(
        _ condition: StaticString, _ bind: (inout Binding) -> Void
    ) throws -> [ConnectorSession] {
        try all(.session, ConnectorSession.selection, condition, bind, ConnectorSession.init)
    }

    fileprivate func leases(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [Lease] {
        try all(.lease, Lease.selection, condition, bind, Lease.init)
    }
}

extension ConnectorSession {
    fileprivate static let selection =
        "SELECT id, user, began, last_call, ended, answered, company, error FROM connector_session "

    fileprivate init(_ row: Columns) {
        self.init(
            id: row.number(0) ?? 0, user: row.text(1) ?? "", began: row.number(2) ?? 0, lastCall: row.number(3) ?? 0,
            ended: row.number(4), answered: row.int(5) ?? 0, company: row.text(6), error: row.text(7))
    }
}

extension Lease {
    fileprivate static let selection = """
        SELECT id, document, digest, kind, requests, message_set, session, asked, refusals, outcome, answer, reply,
        iterator, remaining, objects FROM lease\u{20}
        """

    fileprivate init(_ row: Columns) {
        self.init(
            id: row.number(0) ?? 0, document: row.text(1) ?? "", digest: row.bytes(2) { Array($0) } ?? [],
            // The most careful one, where a later version wrote another.
            kind: row.text(3).flatMap(Kind.init) ?? .list,
            requestIDs: (row.text(4) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            messageSet: row.text(5), session: row.number(6) ?? 0, asked: row.number(7) ?? 0,
            refusals: row.int(8) ?? 0, outcome: row.text(9).flatMap(Outcome.init), answer: row.bytes(10) { Array($0) },
            reply: row.int(11),
            page: row.int(14).map { Page(iterator: row.text(12), remaining: row.int(13) ?? 0, objects: $0) })
    }
}
