import Foundation
import GRDB

extension Books {
    /// Leaves a command for the process that owns the root.
    /// - Parameters:
    ///   - command: what is to be done, as JSON.
    ///   - at: when, UTC.
    /// - Returns: its number.
    public func enqueue(_ command: [UInt8], at: String) throws -> Int64 {
        try execute("INSERT INTO command (at, body) VALUES (?, ?)", [at, Data(command)])
        return lastInsertedRowID
    }

    /// The commands that are still to be done, in their order.
    public func queuedCommands() throws -> [(id: Int64, command: [UInt8])] {
        try all(.command, "SELECT id, body FROM command WHERE ", "outcome IS NULL ORDER BY id") { _ in
        } _: { row in
            (id: row.number(0) ?? 0, command: row.bytes(1, Array.init) ?? [])
        }
    }

    /// Remembers what became of a command, as JSON.
    public func finishCommand(_ id: Int64, outcome: [UInt8]) throws {
        try execute("UPDATE command SET outcome = ? WHERE id = ?", [Data(outcome), id])
    }

    /// What became of a command; nil: it is still to be done.
    public func outcome(ofCommand id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            db, sql: "SELECT outcome FROM command WHERE id = ? AND outcome IS NOT NULL", arguments: [id]
        ).map(Array.init)
    }

    /// Takes a command back that nobody has done.
    /// - Returns: whether it was still to be done.
    public func withdrawCommand(_ id: Int64) throws -> Bool {
        try execute("DELETE FROM command WHERE id = ? AND outcome IS NULL", [id])
        return changesCount > 0
    }
}
