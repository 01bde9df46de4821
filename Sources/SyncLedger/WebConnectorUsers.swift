import Foundation
import GRDB

/// Somebody who may log in with the Web Connector: the name tells the root, the password stands here only as a slow hash.
public struct LedgerUser: Sendable, Hashable {
    /// The name, as it stands in the `.qwc` file.
    public let name: String
    /// What the password was mixed with; random.
    public let salt: [UInt8]
    /// scrypt's result.
    public let hash: [UInt8]
    /// scrypt's N, a power of two, and its p, as they were when the hash was made.
    public let rounds: Int
    /// See `rounds`.
    public let lanes: Int
    /// Since when, in seconds since 1970.
    public let since: Int64

    /// A user of these parts.
    public init(name: String, salt: [UInt8], hash: [UInt8], rounds: Int, lanes: Int, since: Int64) {
        self.name = name
        self.salt = salt
        self.hash = hash
        self.rounds = rounds
        self.lanes = lanes
        self.since = since
    }
}

extension Books {
    static let webConnectorTables = """
        -- Who may log in with the QuickBooks Web Connector.
        CREATE TABLE connector_user (
            name TEXT PRIMARY KEY,
            salt BLOB NOT NULL,
            hash BLOB NOT NULL,          -- scrypt
            rounds INTEGER NOT NULL,     -- its N
            lanes INTEGER NOT NULL,      -- its p
            since INTEGER NOT NULL       -- seconds since 1970, as all times here
        ) WITHOUT ROWID;

        -- Every update that the Web Connector began.
        CREATE TABLE connector_session (
            id INTEGER PRIMARY KEY,
            ticket TEXT NOT NULL UNIQUE, -- a digest of it
            user TEXT NOT NULL,
            began INTEGER NOT NULL,
            last_call INTEGER NOT NULL,
            ended INTEGER,               -- NULL: it lives, or was never closed
            answered INTEGER NOT NULL,   -- documents so far
            company TEXT,                -- the company that QuickBooks said is open
            error TEXT                   -- what getLastError tells
        );

        -- What was handed out. Durable before it leaves.
        CREATE TABLE lease (
            id INTEGER PRIMARY KEY,
            document TEXT NOT NULL,      -- its name in outbox/quickbooks
            digest BLOB NOT NULL,        -- SHA-256 of its bytes
            kind TEXT NOT NULL,          -- query, set, list: what may be done where its answer is lost
            requests TEXT NOT NULL,      -- their ids, one a line
            message_set TEXT,            -- newMessageSetID
            session INTEGER NOT NULL,    -- that it was last handed out to
            asked INTEGER NOT NULL,
            times INTEGER NOT NULL,      -- how often it was handed out
            refusals INTEGER NOT NULL,   -- answers that could not be taken
            closed INTEGER,              -- NULL: its answer is outstanding
            outcome TEXT,                -- answered, refused, asked after, gone, failed, postponed
            answer BLOB,                 -- SHA-256 of the answer
            reply INTEGER,               -- what receiveResponseXML returned
            iterator TEXT,               -- of a page: iteratorID, by which the next one is asked for
            remaining INTEGER,           -- of a page: how many objects were still to come after it
            objects INTEGER              -- of a page: how many it brought
        );
        CREATE UNIQUE INDEX lease_open ON lease((closed IS NULL)) WHERE closed IS NULL;
        CREATE INDEX lease_document ON lease(document);
        CREATE INDEX lease_session ON lease(session);
        CREATE INDEX lease_answer ON lease(answer) WHERE answer IS NOT NULL;
        CREATE INDEX lease_put_off ON lease(outcome, closed) WHERE outcome IN ('failed', 'postponed');
        """

    /// Whether the ledger has the Web Connector's tables: not where its owner is of an earlier version.
    public func knowsWebConnector() throws -> Bool { try db.tableExists("lease") }

    /// The users, by name.
    public func connectorUsers() throws -> [LedgerUser] {
        try Row.fetchAll(db, sql: "SELECT * FROM connector_user ORDER BY name").map(LedgerUser.init)
    }

    /// The user of a name; nil: there is none.
    public func connectorUser(_ name: String) throws -> LedgerUser? {
        try SQLRequest<Row>(literal: "SELECT * FROM connector_user WHERE name = \(name)").fetchOne(db)
            .map(LedgerUser.init)
    }

    /// Remembers a user, in the place of one of that name.
    public func set(_ user: LedgerUser) throws {
        try db.execute(
            literal: """
                INSERT OR REPLACE INTO connector_user (name, salt, hash, rounds, lanes, since)
                VALUES (\(user.name), \(Data(user.salt)), \(Data(user.hash)), \(user.rounds), \(user.lanes), \(user.since))
                """)
    }

    /// Forgets a user.
    /// - Returns: whether there was one.
    public func removeConnectorUser(_ name: String) throws -> Bool {
        try db.execute(literal: "DELETE FROM connector_user WHERE name = \(name)")
        return changesCount > 0
    }
}

extension LedgerUser {
    fileprivate init(_ row: Row) {
        self.init(
            name: row["name"], salt: Array(row["salt"] as Data), hash: Array(row["hash"] as Data),
            rounds: row["rounds"], lanes: row["lanes"], since: row["since"])
    }
}
