import GRDB

/// A document that waits in `outbox/review` for a person's decision, or waited there.
public struct LedgerReview: Sendable, Hashable {
    /// What became of a document in review.
    public enum Verdict: String, Sendable, Codable {
        /// It was sent, under a number of its own.
        case approved
        /// It is not sent; its records have failed.
        case rejected
        /// Something in it changed while it waited: what is wanted now stands in another document.
        case replaced
    }

    /// Number of the document in `outbox/review`.
    public var document: Int
    /// What was decided; nil: it waits.
    public var verdict: Verdict?
    /// Who decided, in words; nil: nobody, or that cannot be told.
    public var who: String?
    /// When, in seconds since 1970.
    public var at: Int64?
    /// Number of the document in `outbox/quickbooks` that has its bytes, once it was approved.
    public var sentAs: Int?

    /// What is known of a document in review.
    public init(document: Int, verdict: Verdict?, who: String?, at: Int64?, sentAs: Int?) {
        self.document = document
        self.verdict = verdict
        self.who = who
        self.at = at
        self.sentAs = sentAs
    }
}

/// A document that waits for a decision, as people are told of it.
public struct WaitingReview: Sendable {
    /// The document in `outbox/review`.
    public var document: LedgerDocument
    /// When it was written, in seconds since 1970; nil: an earlier ledger did not say.
    public var since: Int64?
    /// How many requests it carries.
    public var requests: Int
}

extension Books {
    static let reviewTable = """
        -- Documents that a person decides about before they go to QuickBooks.
        CREATE TABLE review (
            document INTEGER PRIMARY KEY, -- in outbox/review
            verdict TEXT,                 -- approved, rejected, replaced; NULL: it waits
            who TEXT,                     -- who decided, in words; NULL: nobody, or that cannot be told
            at INTEGER,                   -- when, seconds since 1970
            sent_as INTEGER               -- the document in outbox/quickbooks with its bytes
        );
        CREATE INDEX review_waiting ON review(document) WHERE verdict IS NULL;
        """

    /// Remembers that a document waits for a decision.
    func beginReview(of document: Int) throws {
        try run("INSERT OR REPLACE INTO review (document) VALUES (?)") { $0(document) }
    }

    /// Forgets a document that was taken back before it left.
    func removeReview(of document: Int) throws {
        try run("DELETE FROM review WHERE document = ?") { $0(document) }
    }

    /// Whether any document was ever to be reviewed.
    public func hasReviews() throws -> Bool {
        try first("SELECT 1 FROM review LIMIT 1") { _ in
        } _: { _ in
            true
        } ?? false
    }

    /// What is known of a document in review; nil: it never was.
    public func review(of document: Int) throws -> LedgerReview? {
        try reviews("document = ?") { $0(document) }.first
    }

    /// Whether a document waits for a decision.
    public func isInReview(_ document: Int) throws -> Bool {
        try first("SELECT 1 FROM review WHERE document = ? AND verdict IS NULL") {
            $0(document)
        } _: { _ in
            true
        } ?? false
    }

    /// The documents that stand in `outbox/review` and wait for a decision, in number order.
    public func waitingReviews() throws -> [WaitingReview] {
        let waiting = SQLRequest<Row>(
            literal: """
                SELECT document.sequence, document.entity, document.at,
                    (SELECT count(*) FROM request WHERE request.document = document.sequence AND status IS NULL)
                FROM review JOIN document ON document.sequence = review.document
                WHERE review.verdict IS NULL AND document.published = 1 ORDER BY document.sequence
                """, cached: true)
        return try waiting.fetchAll(db).map { row in
            WaitingReview(
                document: LedgerDocument(sequence: row[0], outbox: .review, subject: row[1]), since: row[2],
                requests: row[3])
        }
    }

    /// Two numbers that change whenever other documents wait: how many there are, and the highest that ever waited.
    public func reviewMark() throws -> [Int] {
        try first(
            """
            SELECT (SELECT count(*) FROM review WHERE verdict IS NULL), (SELECT coalesce(max(document), 0) FROM review)
            """
        ) { _ in
        } _: { row in
            [row.int(0) ?? 0, row.int(1) ?? 0]
        } ?? []
    }

    /// Remembers what was decided about a document.
    public func decide(_ review: LedgerReview) throws {
        try run("UPDATE review SET verdict = ?, who = ?, at = ?, sent_as = ? WHERE document = ?") { bind in
            bind(review.verdict?.rawValue)
            bind(review.who)
            bind(review.at)
            bind(review.sentAs)
            bind(review.document)
        }
    }

    /// Has the unanswered requests of a document carried by another one, which has the same bytes.
    public func moveRequests(from document: Int, to other: Int) throws {
        try run("UPDATE request SET document = ? WHERE document = ? AND status IS NULL") { bind in
            bind(other)
            bind(document)
        }
    }

    private func reviews(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerReview] {
        try all(.review, "SELECT document, verdict, who, at, sent_as FROM review WHERE ", condition, bind) { row in
            let document = row.int(0) ?? 0
            let verdict = row.text(1)
            if let verdict, LedgerReview.Verdict(rawValue: verdict) == nil {
                throw LedgerDamage("The review of document \(document) has an unknown verdict.")
            }
            return LedgerReview(
                document: document, verdict: verdict.flatMap(LedgerReview.Verdict.init), who: row.text(2),
                at: row.number(3), sentAs: row.int(4))
        }
    }
}
