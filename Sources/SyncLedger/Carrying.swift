import GRDB

/// A document of `outbox/procore` that is being posted.
public struct Posting: Sendable, Hashable {
    /// When it was last about to be sent, seconds since 1970.
    public var since: Int64
    /// How often it was about to be sent.
    public var posts: Int
    /// Whether its answer is durable in the inbox, so that it only has to leave the outbox.
    public var isAnswered: Bool
    /// The digest of its bytes: another document of the same number is another document.
    public var digest: String
}

/// What was fetched of one list of Procore's.
public struct Fetched: Sendable, Hashable {
    /// Changes up to here are in the inbox, seconds since 1970 by Procore's clock.
    public var watermark: Int64
    /// The digest of what was last dropped of it; nil: nothing yet.
    public var digest: String?

    /// What was fetched.
    public init(watermark: Int64, digest: String?) {
        self.watermark = watermark
        self.digest = digest
    }
}

/// What the carrier between the folders and Procore remembers of its own. It is never needed to tell whether Procore has
/// something, which Procore is asked.
extension Books {
    static let carryingTables = """
        -- Documents of outbox/procore that are being posted; a row goes when its document has left the outbox.
        CREATE TABLE posting (
            document INTEGER PRIMARY KEY,
            since INTEGER NOT NULL,      -- when it was last about to be sent, seconds since 1970
            posts INTEGER NOT NULL,      -- how often it was
            answered INTEGER NOT NULL,   -- 1: its answer is durable in the inbox
            digest TEXT NOT NULL         -- of its bytes: a restored ledger may give the number again
        );

        -- How far each list of Procore's has been fetched.
        CREATE TABLE fetched (
            list TEXT PRIMARY KEY,       -- vendors; requisitions/225906
            watermark INTEGER NOT NULL,  -- changes up to here are in the inbox, seconds since 1970
            digest TEXT                  -- of what was last dropped
        ) WITHOUT ROWID;

        -- What the carrier says of itself, for status.
        CREATE TABLE carrier_note (
            kind TEXT NOT NULL,          -- see CarrierNote.Kind
            object TEXT NOT NULL,        -- a document, a list, or nothing
            what TEXT NOT NULL,          -- in words
            at INTEGER NOT NULL,         -- since when, seconds since 1970
            PRIMARY KEY (kind, object)
        ) WITHOUT ROWID;
        """

    /// How the posting of a document stands; nil: it was never about to be sent, or has left the outbox.
    public func posting(_ document: Int) throws -> Posting? {
        try Row.fetchOne(
            db, SQLRequest(literal: "SELECT since, posts, answered, digest FROM posting WHERE document = \(document)")
        ).map { Posting(since: $0[0], posts: $0[1], isAnswered: $0[2], digest: $0[3]) }
    }

    /// Says that a document is about to be sent, which has to be durable before it is.
    /// - Parameters:
    ///   - document: its number.
    ///   - digest: of its bytes.
    ///   - at: seconds since 1970.
    public func beginPosting(_ document: Int, _ digest: String, at: Int64) throws {
        try db.execute(
            literal: """
                INSERT INTO posting (document, since, posts, answered, digest)
                VALUES (\(document), \(at), 1, 0, \(digest))
                ON CONFLICT (document) DO UPDATE SET since = \(at), posts = posts + 1
                """)
    }

    /// Says from when on it is counted how long ago a document was sent: the wait for its answer ended, or the clock went
    /// back.
    /// - Parameters:
    ///   - document: its number.
    ///   - at: seconds since 1970.
    public func restampPosting(_ document: Int, at: Int64) throws {
        try db.execute(literal: "UPDATE posting SET since = \(at) WHERE document = \(document)")
    }

    /// Says that the answer to a document is durable in the inbox.
    /// - Parameters:
    ///   - document: its number.
    ///   - digest: of the document's bytes.
    ///   - at: seconds since 1970.
    public func finishPosting(_ document: Int, _ digest: String, at: Int64) throws {
        try db.execute(
            literal: """
                INSERT INTO posting (document, since, posts, answered, digest)
                VALUES (\(document), \(at), 0, 1, \(digest))
                ON CONFLICT (document) DO UPDATE SET answered = 1
                """)
    }

    /// Forgets the posting of a document that has left the outbox, or never left this machine.
    public func forgetPosting(_ document: Int) throws {
        try db.execute(literal: "DELETE FROM posting WHERE document = \(document)")
    }

    /// The documents whose posting is remembered, in number order.
    public func postings() throws -> [(document: Int, posting: Posting)] {
        try Row.fetchAll(db, sql: "SELECT document, since, posts, answered, digest FROM posting ORDER BY document").map
        {
            ($0[0], Posting(since: $0[1], posts: $0[2], isAnswered: $0[3], digest: $0[4]))
        }
    }

    /// How far a list of Procore's has been fetched; nil: it never was.
    public func fetched(_ list: String) throws -> Fetched? {
        try Row.fetchOne(db, SQLRequest(literal: "SELECT watermark, digest FROM fetched WHERE list = \(list)")).map {
            Fetched(watermark: $0[0], digest: $0[1])
        }
    }

    /// Remembers how far a list of Procore's has been fetched, once all of it is durable in the inbox.
    public func setFetched(_ list: String, _ fetched: Fetched) throws {
        try db.execute(
            literal: """
                INSERT INTO fetched (list, watermark, digest) VALUES (\(list), \(fetched.watermark), \(fetched.digest))
                ON CONFLICT (list) DO UPDATE SET watermark = excluded.watermark, digest = excluded.digest
                """)
    }
}
