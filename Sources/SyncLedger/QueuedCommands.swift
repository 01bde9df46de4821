import Foundation
import GRDB

extension Books {
    /// Leaves a command for the process that owns the root.
    /// - Parameters:
    ///   - command: what is to be done, as JSON.
    ///   - at: when, UTC.
    /// - Returns: its number.
    public func enqueue(_ command: [UInt8], at: String) throws -> Int64 {
        try db.execute(literal: "INSERT INTO command (at, body) VALUES (\(at), \(Data(command)))")
        return lastInsertedRowID
    }

    /// The commands that are still to be done, in their order. Asked for each second.
    public func queuedCommands() throws -> [(id: Int64, command: [UInt8])] {
        try all(.command, "SELECT id, body FROM command WHERE ", "outcome IS NULL ORDER BY id") { _ in
        } _: { row in
            (id: row.number(0) ?? 0, command: row.bytes(1, Array.init) ?? [])
        }
    }

    /// Remembers what became of a command, as JSON.
    public func finishCommand(_ id: Int64, outcome: [UInt8]) throws {
        try db.execute(literal: "UPDATE command SET outcome = \(Data(outcome)) WHERE id = \(id)")
    }

    /// What became of a command; nil: it is still to be done.
    public func outcome(ofCommand id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            db, SQLRequest(literal: "SELECT outcome FROM command WHERE id = \(id) AND outcome IS NOT NULL")
        ).map(Array.init)
    }

    /// Takes a command back that nobody has done.
    /// - Returns: whether it was still to be done.
    public func withdrawCommand(_ id: Int64) throws -> Bool {
        try db.execute(literal: "DELETE FROM command WHERE id = \(id) AND outcome IS NULL")
        return changesCount > 0
    }
}
