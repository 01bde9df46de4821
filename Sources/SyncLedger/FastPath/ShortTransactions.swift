import GRDB
import GRDBSQLite

extension Ledger {
    /// Runs a transaction of a few statements, any of which ends it where it fails: all of it is kept, or none of it ever
    /// was.
    ///
    /// GRDB compiles BEGIN and COMMIT anew each time, which takes longer than to write a row or two.
    /// - Parameters:
    ///   - isDurable: whether all of it is on the disk when this returns. Where it is not, only a loss of power can take it
    ///     back, and the next durable transaction makes it durable too.
    ///   - body: what is done in it; where it throws, nothing of it ever was.
    public func writeShortly<Result>(isDurable: Bool = true, _ body: (Books) throws -> Result) throws -> Result {
        try translatingErrors {
            try queue.writeWithoutTransaction { db in
                guard !isDurable else { return try db.inShortTransaction { try inTransaction(db, body) } }
                try db.setSynchronous("NORMAL")
                defer { try? db.setSynchronous("FULL") }
                return try db.inShortTransaction { try inTransaction(db, body) }
            }
        }
    }
}

extension Database {
    /// What begins and ends a transaction; compiled once, and kept.
    enum Step: String {
        case beginReading = "BEGIN DEFERRED TRANSACTION"
        case beginWriting = "BEGIN IMMEDIATE TRANSACTION"
        case commit = "COMMIT TRANSACTION"
        case rollBack = "ROLLBACK TRANSACTION"
        case beginSavepoint = "SAVEPOINT file"
        case keepSavepoint = "RELEASE SAVEPOINT file"
        case rollBackSavepoint = "ROLLBACK TRANSACTION TO SAVEPOINT file"
    }

    func run(_ step: Step) throws { try cachedStatement(sql: step.rawValue).execute() }

    func inShortTransaction<Result>(_ body: () throws -> Result) throws -> Result {
        try run(.beginWriting)
        do {
            let result = try body()
            try requireTransaction()
            try run(.commit)
            return result
        } catch {
            if isInsideTransaction { try? run(.rollBack) }
            throw error
        }
    }

    /// Runs something that is taken back alone where it throws.
    func inShortSavepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try requireTransaction()
        try run(.beginSavepoint)
        do {
            let result = try body()
            try requireTransaction()
            try run(.keepSavepoint)
            return result
        } catch {
            if isInsideTransaction {
                try run(.rollBackSavepoint)
                try run(.keepSavepoint)
            }
            throw error
        }
    }

    /// A full disk ends a transaction by itself: what follows would be committed by itself.
    private func requireTransaction() throws {
        guard isInsideTransaction else {
            throw DatabaseError(resultCode: .SQLITE_ABORT, message: "the transaction was ended by an error")
        }
    }

    /// Whether a commit waits for the disk.
    fileprivate func setSynchronous(_ level: String) throws { try set("PRAGMA synchronous = \(level)") }

    /// Where SQLite keeps what would undo a savepoint: in memory, or as it does by itself.
    func setJournal(inMemory: Bool) throws { try set("PRAGMA temp_store = \(inMemory ? "MEMORY" : "DEFAULT")") }

    /// SQLite does this while it compiles the statement, so that none is kept.
    private func set(_ pragma: String) throws {
        let code = sqlite3_exec(sqliteConnection, pragma, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
