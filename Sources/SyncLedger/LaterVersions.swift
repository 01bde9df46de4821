import Foundation
import GRDB

/// The sync ledger was brought to a shape that this version of Plumbline does not know, by a later one. What that one
/// wrote there cannot be worked with, and nothing of it was touched.
public struct LedgerOfALaterVersion: Error, CustomStringConvertible {
    /// Path of the ledger's file.
    public let path: String
    /// The steps that are not known here, by their names.
    public let steps: [String]

    /// What happened, and what to do.
    public var description: String {
        "The sync ledger \(path) is of a later version of Plumbline: it has the step\(steps.count == 1 ? "" : "s") "
            + steps.map { "\"\($0)\"" }.joined(separator: ", ")
            + ", which this version does not know, so nothing was touched. Install the later version again. To stay with this "
            + "one, put the backup in its place that was made before the upgrade, and run plumbline recover: what was sent "
            + "since is asked after before anything goes out."
    }
}

extension Migrations {
    /// Looks whether a later version changed a ledger.
    /// - Throws: a `LedgerOfALaterVersion`.
    static func refuseLater(_ db: Database, path: String) throws {
        let known = Set(all.migrations)
        let unknown = try all.appliedIdentifiers(db).subtracting(known)
        guard !unknown.isEmpty else { return }
        throw LedgerOfALaterVersion(
            path: path, steps: unknown.sorted { $0.compare($1, options: .numeric) == .orderedAscending })
    }

    /// Looks whether a later version changed the ledger of a path, without changing anything of it: opening it to write
    /// may already take its log over.
    ///
    /// A ledger that a process left while it was being made, ahead of its WAL mode, has a rollback journal that only a
    /// writer may take back (`SQLITE_READONLY_ROLLBACK`, https://www.sqlite.org/rescode.html#readonly_rollback): there is
    /// nothing of a later version in it, and whoever opens it to write looks once more.
    /// - Throws: a `LedgerOfALaterVersion`, or what SQLite says.
    static func refuseLater(at path: String, _ configuration: Configuration) throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        guard size > 0 else { return }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.unsafeRead { try refuseLater($0, path: path) }
            try queue.close()
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            return
        }
    }
}
