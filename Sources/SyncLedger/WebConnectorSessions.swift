import Foundation
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
        try SQLRequest<Row>(literal: "SELECT * FROM connector_session WHERE ticket = \(ticket)", cached: true)
            .fetchOne(db).map(ConnectorSession.init)
    }

    /// The session that called last.
    public func lastSession() throws -> ConnectorSession? {
        try Row.fetchOne(db, sql: "SELECT * FROM connector_session ORDER BY last_call DESC, id DESC LIMIT 1")
            .map(ConnectorSession.init)
    }

    /// The sessions that have not ended and called since a moment.
    public func livingSessions(since moment: Int64) throws -> [ConnectorSession] {
        try SQLRequest<Row>(
            literal: "SELECT * FROM connector_session WHERE ended IS NULL AND last_call > \(moment) ORDER BY id"
        ).fetchAll(db).map(ConnectorSession.init)
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

    /// One more document was answered in a session.
    public func countAnswer(inSession id: Int64) throws {
        try run("UPDATE connector_session SET answered = answered + 1 WHERE id = ?") { $0(id) }
    }

    /// Sessions end; what ended before stays as it is.
    public func endSession(_ id: Int64, at now: Int64) throws {
        try db.execute(literal: "UPDATE connector_session SET ended = \(now) WHERE id = \(id) AND ended IS NULL")
    }

    // MARK: - Leases

    /// The document whose answer is outstanding; at most one.
    public func openLease() throws -> Lease? {
        try SQLRequest<Row>(sql: "SELECT * FROM lease WHERE closed IS NULL", cached: true).fetchOne(db).map(Lease.init)
    }

    /// The last lease of a document.
    public func lastLease(of document: String) throws -> Lease? {
        try SQLRequest<Row>(
            literal: "SELECT * FROM lease WHERE document = \(document) ORDER BY id DESC LIMIT 1", cached: true
        ).fetchOne(db).map(Lease.init)
    }

    /// What was handed out last in a session.
    public func lastLease(ofSession id: Int64) throws -> Lease? {
        try SQLRequest<Row>(
            literal: "SELECT * FROM lease WHERE session = \(id) ORDER BY asked DESC, id DESC LIMIT 1", cached: true
        ).fetchOne(db).map(Lease.init)
    }

    /// The pages of a document that were taken in a session, oldest first.
    public func pages(of document: String, inSession id: Int64) throws -> [Lease] {
        try SQLRequest<Row>(
            literal: """
                SELECT * FROM lease WHERE document = \(document) AND session = \(id) AND outcome = 'page' ORDER BY id
                """, cached: true
        ).fetchAll(db).map(Lease.init)
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
        try SQLRequest<Row>(
            literal: """
                SELECT * FROM lease WHERE answer = \(Data(digest)) AND reply IS NOT NULL
                AND outcome IN ('answered', 'page', 'begun anew', 'not paged') ORDER BY id DESC LIMIT 1
                """, cached: true
        ).fetchOne(db).map(Lease.init)
    }

    /// The documents that failed since a moment.
    public func failedLeases(since moment: Int64) throws -> [Lease] {
        try SQLRequest<Row>(
            literal: """
                SELECT * FROM lease WHERE outcome IN ('failed', 'postponed') AND outcome = 'failed' AND closed > \(moment)
                ORDER BY id
                """, cached: true
        ).fetchAll(db).map(Lease.init)
    }

    /// The list documents that were put off or failed, so that it is not known what became of them.
    public func unknownLists() throws -> [Lease] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM lease WHERE outcome IN ('failed', 'postponed') AND kind = 'list' ORDER BY id
                """
        ).map(Lease.init)
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

extension ConnectorSession {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], user: row["user"], began: row["began"], lastCall: row["last_call"], ended: row["ended"],
            answered: row["answered"], company: row["company"], error: row["error"])
    }
}

extension Lease {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], document: row["document"], digest: Array(row["digest"] as Data),
            // The most careful one, where a later version wrote another.
            kind: Kind(rawValue: row["kind"]) ?? .list,
            requestIDs: (row["requests"] as String).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init),
            messageSet: row["message_set"], session: row["session"], asked: row["asked"],
            refusals: row["refusals"],
            outcome: (row["outcome"] as String?).flatMap(Outcome.init),
            answer: (row["answer"] as Data?).map(Array.init),
            reply: row["reply"],
            page: (row["objects"] as Int?).map {
                Page(iterator: row["iterator"], remaining: row["remaining"] ?? 0, objects: $0)
            })
    }
}
