import GRDB

/// SQLite's log, in which a commit stands first, and from which it is copied into the ledger's file.
///
/// A commit is durable once it stands in the log. SQLite copies a log that has become long right after the commit, and
/// whoever committed waits: after a long file, for as long as it takes to read and write most of the ledger. So that is left to
/// another thread then.
extension Ledger {
    /// Pages of the log from which on a commit has it copied.
    private static let longLog = 1_000

    /// Has commits copy a long log or, for now, leave it as it is.
    func leaveLog(_ isLeft: Bool) throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(isLeft ? 0 : Self.longLog)")
        }
    }

    /// Copies what was committed from the log into the ledger's file, through a connection of its own: the ledger can be read
    /// and written meanwhile. What is not copied stays in the log, and is copied after a later commit.
    /// - Throws: what SQLite says.
    public func copyLog() throws {
        try translatingErrors {
            let beside = try DatabaseQueue(path: queue.path, configuration: Self.configuration(readOnly: false))
            try beside.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What was committed meanwhile is little. Until all is copied, SQLite does not sync the ledger's file, which
                // the next commit would do.
                for _ in 0..<2 {
                    guard let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)"),
                        let all = row[1] as Int?, let copied = row[2] as Int?, copied < all
                    else { break }
                }
            }
            try beside.close()
        }
    }
}
