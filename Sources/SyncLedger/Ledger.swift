import CSQLiteMemory
import Domain
import Foundation
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// The sync ledger: what was dropped, what was asked of QuickBooks and Procore, and what they answered.
///
/// One SQLite file in WAL mode with `synchronous=FULL`: what is committed survives a loss of power. It has one
/// writer, the process that owns the root; other processes may read.
public final class Ledger: Sendable {
    private let connection: LedgerConnection
    /// Called ahead of every statement; what it throws is met as if the statement had failed.
    private let beforeStatement: Books.Probe?
    private let keepsLittle = Atomic<Bool>(false)

    /// Opens the ledger, and makes or migrates it.
    /// - Parameter path: of the file, on a local disk.
    /// - Parameter beforeStatement: called ahead of every statement of a transaction, to try what an error at each of
    ///   them leads to; nil: nothing is called.
    /// - Throws: what SQLite says; the machine is unwell. A `LedgerOfALaterVersion`, before anything is touched.
    public init(path: String, beforeStatement: Books.Probe? = nil) throws {
        self.beforeStatement = beforeStatement
        try Self.makePrivate(path)
        connection = try LedgerConnection {
            try Migrations.refuseLater(at: path, Self.configuration(readOnly: true))
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: false))
            // GRDB's WAL mode comes with NORMAL, under which a loss of power can take back the last commits.
            try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try queue.unsafeRead { db in try Migrations.refuseLater(db, path: path) }
            try Migrations.all.migrate(queue)
            return queue
        }
    }

    /// Opens a ledger for reading only, beside the process that owns it.
    /// - Parameter path: of its file.
    /// - Throws: what SQLite says; a `LedgerOfALaterVersion`.
    public init(readingFrom path: String) throws {
        beforeStatement = nil
        connection = try LedgerConnection {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: true))
            try queue.unsafeRead { db in
                try Migrations.refuseLater(db, path: path)
                try Migrations.showByTheirNames(db)
            }
            return queue
        }
    }

    /// Opens a ledger beside the process that owns it, to leave a command there: SQLite lets one write at a time.
    /// - Parameters:
    ///   - path: of its file.
    ///   - patience: for how many seconds the owner's write is waited for.
    /// - Throws: what SQLite says; `LedgerOfAnotherVersion`, since nothing is migrated here; a `LedgerOfALaterVersion`.
    public init(besideOwnerOf path: String, patience: Double = 10) throws {
        beforeStatement = nil
        connection = try LedgerConnection {
            try Migrations.refuseLater(at: path, Self.configuration(readOnly: true))
            let queue = try DatabaseQueue(
                path: path, configuration: Self.configuration(readOnly: false, patience: patience))
            try Self.waitForMigrations(queue, path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return queue
        }
    }

    /// Waits a few seconds for an owner that has just begun and may still be bringing the ledger to this version.
    private static func waitForMigrations(_ queue: DatabaseQueue, path: String) throws {
        for _ in 0..<60 {
            let isComplete = try queue.read {
                try Migrations.refuseLater($0, path: path)
                return try Migrations.all.hasCompletedMigrations($0)
            }
            if isComplete { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw LedgerOfAnotherVersion()
    }

    /// A ledger in a scratch file with the content of another one, for trying what a file would become.
    /// - Parameter scratch: the path of the new file.
    /// - Parameter path: the ledger to copy; nil or absent: an empty one.
    /// - Throws: what SQLite says; a `LedgerOfALaterVersion`.
    public init(scratch: String, copyOf path: String?) throws {
        beforeStatement = nil
        connection = try LedgerConnection {
            try DatabaseQueue(path: scratch, configuration: Self.configuration(readOnly: false))
        }
        let queue = try queue
        if let path, FileManager.default.fileExists(atPath: path) {
            let source = try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: true))
            try source.unsafeRead { try Migrations.refuseLater($0, path: path) }
            try source.backup(to: queue)
        }
        try Migrations.all.migrate(queue)
    }

    /// The connection, opened where it is not.
    var queue: DatabaseQueue {
        get throws { try connection.opened() }
    }

    /// Closes the file; it is opened anew by whatever needs it next.
    ///
    /// A lock that the kernel refused to release goes with the last connection of this process to the file
    /// (`findings/sqlite-lock-not-released-stays-locked.sh`).
    /// - Throws: what SQLite says; then it stays open.
    public func openAnew() throws {
        try translatingErrors { try connection.close() }
        keepsLittle.store(false, ordering: .relaxed)
    }

    /// Makes the file, where there is none, for this user alone; SQLite's other files take its rights over.
    static func makePrivate(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Done once in a process, if SQLite was not used in it before; else all goes on with its counts.
    private static let withoutMemoryCounts: Void = { _ = plumbline_sqlite_without_memory_counts() }()

    /// KiB that are kept in memory: what a large file changes at random places, so that it is written once.
    private static let kept = 13_312
    /// KiB where little is kept.
    private static let littleKept = 2_048

    static func configuration(readOnly: Bool, patience: Double = 10) -> Configuration {
        withoutMemoryCounts
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { db in
            db.add(function: Books.mentions)
            db.add(function: PackedDocument.documentText)
        }
        if !readOnly {
            configuration.prepareDatabase { db in
                // Of a new file: what is read and written in one go is twice the default.
                try db.execute(sql: "PRAGMA page_size = 8192")
                // What a prune frees can be given back step by step. Said of a file that is not new, it would be written.
                if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                    try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                }
                try db.execute(sql: "PRAGMA cache_size = -\(kept)")
            }
        }
        configuration.journalMode = readOnly ? .default : .wal
        return configuration
    }

    func books(_ db: Database) -> Books { Books(db: db, probe: beforeStatement) }

    /// Does something inside a transaction that may write, to its last row.
    func inTransaction<Result>(_ db: Database, _ body: (Books) throws -> Result) throws -> Result {
        let books = books(db)
        let result = try body(books)
        try books.writePending()
        try books.makeFullNames()
        return result
    }

    /// Runs one transaction: all of it is durable when this returns, or none of it ever was.
    /// - Parameter journalInMemory: whether each savepoint in it changes so little that what would undo it can be kept in
    ///   memory. SQLite writes it to a temporary file from 64 KiB on, which is 8 pages.
    /// - Parameter leavesLog: whether `copyLog` follows it, which may take as long as a commit that copies the log.
    /// - Parameter body: what is done in it; where it throws, nothing of it ever was.
    public func write<Result>(
        journalInMemory: Bool = false, leavesLog: Bool = false, _ body: (Books) throws -> Result
    ) throws -> Result {
        try translatingErrors {
            if leavesLog { try leaveLog(true) }
            defer { if leavesLog { try? leaveLog(false) } }
            return try queue.writeWithoutTransaction { db in
                if journalInMemory { try db.setJournal(inMemory: true) }
                defer { if journalInMemory { try? db.setJournal(inMemory: false) } }
                return try db.inShortTransaction { try inTransaction(db, body) }
            }
        }
    }

    /// Reads a consistent state.
    ///
    /// GRDB's own `read` sets `query_only` for as long as it lasts, after which SQLite compiles every statement anew that it
    /// had kept: for a single file that took more time than all of them.
    public func read<Result>(_ body: (Books) throws -> Result) throws -> Result {
        try translatingErrors {
            try queue.unsafeRead { db in
                try db.run(.beginReading)
                // Nothing was written; who cannot read on says so by the next statement.
                defer { try? db.run(.rollBack) }
                return try body(books(db))
            }
        }
    }

    /// Reads what one statement gives: that is consistent by itself, and needs no transaction.
    public func readWithoutTransaction<Result>(_ body: (Books) throws -> Result) throws -> Result {
        try translatingErrors { try queue.unsafeRead { db in try body(books(db)) } }
    }

    /// Lets go of what can be read again: pages of the file, and compiled statements.
    public func releaseMemory() { try? queue.releaseMemory() }

    /// Keeps little of its file in memory or, as at first, more: a long file changes it at random places, and is read and
    /// told about from one end to the other.
    /// - Parameter isLittle: whether it is little from now on.
    public func keepLittle(_ isLittle: Bool) throws {
        guard keepsLittle.exchange(isLittle, ordering: .relaxed) != isLittle else { return }
        try translatingErrors {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA cache_size = -\(isLittle ? Self.littleKept : Self.kept)")
            }
        }
        if isLittle { releaseMemory() }
    }

    /// How SQLite keeps what is committed: its journal mode and its level of synchronisation, 2 being FULL.
    public func durability() throws -> (journal: String, synchronous: Int) {
        try queue.read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
            )
        }
    }

    /// What SQLite's own check says; `ok` is good.
    public func integrityCheck() throws -> String {
        try queue.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") ?? "no answer" }
    }
}

/// The process that owns a root is of another version of Plumbline than this one.
public struct LedgerOfAnotherVersion: Error, CustomStringConvertible {
    /// A ledger that was brought to the shape of another version.
    public init() {}

    /// What to do.
    public var description: String {
        "Plumbline was updated while an earlier version serves this root: restart plumbline run, and give the command "
            + "again."
    }
}

/// The sync ledger inside one transaction.
public struct Books {
    /// Called ahead of a statement.
    public typealias Probe = @Sendable () throws -> Void

    private let connection: Database
    private let probe: Probe?
    let prepared: Prepared
    let pending = PendingInserts()
    let known = KnownRecords()
    let late = LateIndex()

    init(db: Database, probe: Probe? = nil) {
        connection = db
        self.probe = probe
        prepared = Prepared(db, probe: probe)
    }

    /// The connection, for one statement.
    var db: Database {
        get throws {
            try writePending()
            try probe?()
            return connection
        }
    }

    /// The number of the row that was inserted last.
    var lastInsertedRowID: Int64 { connection.lastInsertedRowID }

    /// How many rows the last statement changed.
    var changesCount: Int { connection.changesCount }

    /// What SQLite says of the statement that failed.
    func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection.sqliteConnection)))
    }

    /// Runs something in a savepoint, which can be rolled back alone: when it throws, its changes are gone and the rest stays.
    /// - Throws: what `body` throws; what SQLite says as a `LedgerFault`.
    public func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try translatingErrors {
            try writePending()
            let leftOut = late.sql
            do {
                return try connection.inShortSavepoint {
                    let result = try body()
                    try writePending()
                    try makeFullNames()
                    return result
                }
            } catch {
                pending.removeAll()
                if leftOut == nil, late.sql != nil { fullNamesAreBack() }
                late.sql = leftOut
                throw error
            }
        }
    }

    /// A remembered fact, such as the company that the ledger belongs to.
    public func fact(_ name: String) throws -> String? {
        try first("SELECT value FROM fact WHERE name = ?") {
            $0(name)
        } _: {
            $0.text(0) ?? ""
        }
    }

    /// Remembers a fact; nil forgets it.
    public func setFact(_ name: String, _ value: String?) throws {
        guard let value else { return try db.execute(literal: "DELETE FROM fact WHERE name = \(name)") }
        try db.execute(literal: "INSERT OR REPLACE INTO fact (name, value) VALUES (\(name), \(value))")
    }
}
