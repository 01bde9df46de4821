import Foundation
import GRDB

/// How the ledger's file becomes smaller.
///
/// A ledger is made with `auto_vacuum=INCREMENTAL`, so that pages that are free are taken off its end a few at a time. One of
/// an earlier version is not, and gets it by one VACUUM, which writes all of it anew: only a process that has the root to
/// itself does that.
extension Ledger {
    /// How large the file is, and how much of it is free; in bytes.
    public struct Space: Sendable {
        /// All of it.
        public var size: Int
        /// What is free in it.
        public var free: Int
        /// Whether it can become smaller step by step.
        public var isIncremental: Bool
    }

    /// How large the file is, and how much of it is free.
    public func space() throws -> Space {
        try translatingErrors {
            try queue.unsafeRead { db in
                let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
                return Space(
                    size: page * (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0),
                    free: page * (try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0),
                    isIncremental: try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2)
            }
        }
    }

    /// Takes free pages off the end of the file; pages that are used there are moved to free places.
    /// - Parameter pages: at most so many.
    /// - Returns: whether more are free.
    public func giveBack(pages: Int) throws -> Bool {
        try translatingErrors {
            try queue.writeWithoutTransaction { db in
                guard try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2 else { return false }
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                defer { try? db.execute(sql: "PRAGMA synchronous = FULL") }
                try db.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
                return try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 > 0
            }
        }
    }

    /// Brings what was committed into the file, as far as no reader needs it where it is.
    public func checkpoint() throws {
        try translatingErrors {
            _ = try queue.writeWithoutTransaction { db in try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)") }
        }
    }

    /// Has SQLite overwrite what is deleted only where that costs nothing: Debian's overwrites every page that becomes free,
    /// which takes a prune more time than all else.
    public func deleteLightly(_ isOn: Bool) throws {
        try translatingErrors {
            _ = try queue.writeWithoutTransaction { db in
                try Row.fetchAll(db, sql: "PRAGMA secure_delete = \(isOn ? "FAST" : "ON")")
            }
        }
    }

    /// Where a copy of the whole ledger needs room, for a VACUUM: its own folder, and SQLite's for temporary files.
    public static var temporaryFolder: String {
        let environment = ProcessInfo.processInfo.environment
        let named = [environment["SQLITE_TMPDIR"], environment["TMPDIR"]].compactMap { $0 }
        return (named + ["/var/tmp", "/usr/tmp", "/tmp"]).first { FileManager.default.isWritableFile(atPath: $0) }
            ?? "."
    }

    /// Writes the whole ledger anew, without what is free in it, and so that it can become smaller step by step from then
    /// on. Nobody else can write meanwhile.
    public func compact() throws {
        try translatingErrors {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try db.execute(sql: "VACUUM")
                _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }
}

extension Ledger {
    /// Writes the whole ledger anew as earlier versions made it, so that tests can have one.
    package func forgetIncremental() throws {
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA auto_vacuum = NONE")
            try db.execute(sql: "VACUUM")
        }
    }
}
