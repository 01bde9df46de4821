import Foundation
import GRDB

extension Books {
    /// Leaves an errand for the process that owns the root.
    /// - Parameters:
    ///   - command: what is to be done, as JSON.
    ///   - at: when, UTC.
    /// - Returns: its number.
    public func leaveErrand(_ command: [UInt8], at: String) throws -> Int64 {
        try execute("INSERT INTO errand (at, command) VALUES (?, ?)", [at, Data(command)])
        return lastInsertedRowID
    }

    /// The errands that are still to be done, in their order.
    public func openErrands() throws -> [(id: Int64, command: [UInt8])] {
        try all(.errand, "SELECT id, command FROM errand WHERE ", "outcome IS NULL ORDER BY id") { _ in
        } _: { row in
            (id: row.number(0) ?? 0, command: row.bytes(1, Array.init) ?? [])
        }
    }

    /// Remembers what became of an errand, as JSON.
    public func finishErrand(_ id: Int64, outcome: [UInt8]) throws {
        try execute("UPDATE errand SET outcome = ? WHERE id = ?", [Data(outcome), id])
    }

    /// What became of an errand; nil: it is still to be done.
    public func outcome(ofErrand id: Int64) throws -> [UInt8]? {
        try Data.fetchOne(
            db, sql: "SELECT outcome FROM errand WHERE id = ? AND outcome IS NOT NULL", arguments: [id]
        ).map(Array.init)
    }

    /// Takes an errand back that nobody has done.
    /// - Returns: whether it was still to be done.
    public func withdrawErrand(_ id: Int64) throws -> Bool {
        try execute("DELETE FROM errand WHERE id = ? AND outcome IS NULL", [id])
        return changesCount > 0
    }
}
