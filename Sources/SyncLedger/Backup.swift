import Foundation
import GRDB
import Glibc

extension Ledger {
    /// Writes a copy of the ledger as of one moment, while its owner goes on: SQLite's online backup, stamped with the
    /// time so that a root restored from it is known. The file is whole or not there.
    /// - Parameters:
    ///   - path: of the backup; an older one of that name is replaced once the new one is on the disk.
    ///   - stamp: when, UTC: `2026-11-23T13:30:00Z`.
    /// - Throws: a `LedgerFault`, or what the machine says.
    public func backUp(to path: String, stamp: String) throws {
        let temporary = path + ".new"
        try? FileManager.default.removeItem(atPath: temporary)
        do {
            try Self.makePrivate(temporary)
            try translatingErrors {
                let copy = try DatabaseQueue(path: temporary)
                try queue.backup(to: copy)
                try copy.writeWithoutTransaction { db in
                    // One file, without the two that WAL keeps beside it.
                    try db.execute(sql: "PRAGMA journal_mode = DELETE")
                    try db.execute(
                        literal: """
                            INSERT OR REPLACE INTO fact (name, value) VALUES (\(Ledger.backupStamp), \(stamp))
                            """)
                }
                guard let answer = try copy.read({ try String.fetchOne($0, sql: "PRAGMA integrity_check") }),
                    answer == "ok"
                else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "The copy is damaged.") }
                try copy.close()
            }
            try Self.sync(temporary)
            guard rename(temporary, path) == 0 else { throw Self.fault(path) }
            try Self.sync(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    /// The fact by which a backup is known.
    public static let backupStamp = "backup"

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault(path) }
    }

    private static func fault(_ path: String) -> CocoaError {
        CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
}
