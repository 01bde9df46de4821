import GRDB

/// What a prune keeps, while it is under way.
extension Books {
    static let pruneTables = """
        -- What a prune that is under way does not take out, and why.
        CREATE TABLE prune_kept (
            kind INTEGER NOT NULL,       -- 0: record, 1: document, 2: file
            id INTEGER NOT NULL,
            why INTEGER NOT NULL,        -- see KeptReason
            PRIMARY KEY (kind, id)
        ) WITHOUT ROWID;

        -- What is still to be paid of a bill, as far as it has been added up.
        CREATE TABLE prune_due (
            record INTEGER PRIMARY KEY,
            cents INTEGER NOT NULL
        );
        """

    /// Makes the same tables for this connection alone, to find out what a prune would do.
    public func makePruneScratch() throws {
        try db.execute(sql: Self.pruneTables.replacing("CREATE TABLE", with: "CREATE TEMP TABLE"))
    }

    /// Empties them, a part at a time.
    /// - Returns: whether more is left.
    public func forgetKept(most: Int) throws -> Bool {
        for table in ["prune_kept", "prune_due"] {
            let key = table == "prune_due" ? "record" : "kind, id"
            try db.execute(
                sql: """
                    DELETE FROM \(table) WHERE (\(key)) IN (SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT ?)
                    """, arguments: [most])
            if changesCount == most { return true }
        }
        return false
    }
}

/// Why a prune does not take something out.
public enum KeptReason: Int, Sendable, CaseIterable {
    /// The record waits, failed, is on its way or is in doubt.
    case unsettled = 1
    /// It belongs to a purchase order that is not billed in full.
    case order
    /// It is a bill that is not paid in full.
    case bill
    /// It belongs to an estimate.
    case estimate
    /// A request or query is not answered.
    case unanswered
    /// The document stands in its outbox, or has not left.
    case standing
    /// It waits for a person's word.
    case review
    /// The receipt is not known to be on the disk, or is to be told.
    case unfinished
    /// Records that the file brought were refused, and not taken since.
    case refused
    /// The file was rejected, and stands there to be mended.
    case rejected
    /// It belongs to a record that is kept.
    case ofKept
}

/// What a prune keeps.
public enum KeptKind: Int, Sendable, CaseIterable {
    case record
    case document
    case file
}
