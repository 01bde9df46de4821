import Foundation
import GRDB

/// How far the making of a sync ledger is.
public enum LedgerShape: Sendable, Hashable {
    /// It is not there or has less than any release had: it is being made, or whoever made it was ended meanwhile.
    case unfinished
    /// That of an earlier version, which can be read; or it is being brought to this one.
    case earlier
    /// That of this version.
    case current
}

extension Ledger {
    /// How far the making of a ledger is; nothing of it is changed.
    /// - Parameter path: of its file.
    /// - Throws: what SQLite says as a `LedgerFault`; a `LedgerOfALaterVersion`.
    public static func shape(at path: String) throws -> LedgerShape {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        guard size > 0 else { return .unfinished }
        do {
            return try translatingErrors {
                let queue = try DatabaseQueue(path: path, configuration: configuration(readOnly: true, patience: 1))
                return try queue.unsafeRead { try shape(of: $0, path: path) }
            }
        } catch let fault as LedgerFault where fault.kind == .unfinished {
            return .unfinished
        }
    }

    private static func shape(of db: Database, path: String) throws -> LedgerShape {
        try Migrations.refuseLater(db, path: path)
        if try Migrations.all.hasCompletedMigrations(db) { return .current }
        return try Migrations.all.appliedIdentifiers(db).contains(Migrations.firstReleased) ? .earlier : .unfinished
    }
}
