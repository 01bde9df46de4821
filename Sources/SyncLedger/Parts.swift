import Domain
import Foundation
import GRDB

extension Books {
    /// What Procore said about a record, by part: its header, its lines.
    public func parts(of record: Int64) throws -> [String: Content] {
        let statement = try db.cachedStatement(sql: "SELECT name, content FROM part WHERE record = ?")
        var parts: [String: Content] = [:]
        for row in try Row.fetchAll(statement, arguments: [record]) {
            parts[row["name"]] = Content(decoding: Array(row["content"] as Data))
        }
        return parts
    }

    /// Remembers a part of what Procore said about a record.
    public func setPart(_ name: String, of record: Int64, _ content: Content) throws {
        try setPart(name, of: record, encoded: content.encoded)
    }

    /// Remembers a part of what Procore said about a record, as `Content.encoded` wrote it.
    public func setPart(_ name: String, of record: Int64, encoded: [UInt8]) throws {
        try run("INSERT OR REPLACE INTO part (record, name, content) VALUES (?, ?, ?)") { bind in
            bind(record)
            bind(name)
            bind(encoded)
        }
    }

    /// Remembers which line of a QuickBooks transaction one of Procore's lines became.
    /// - Parameter key: Procore's id of the line.
    /// - Parameter record: the record that the line belongs to.
    /// - Parameter txnLineID: QuickBooks' id of the line that it became.
    /// - Parameter object: the record that owns the transaction.
    public func setLine(_ key: String, of record: Int64, object: Int64, txnLineID: String) throws {
        try execute(
            "INSERT OR REPLACE INTO line (record, key, object, txn_line_id) VALUES (?, ?, ?, ?)",
            [record, key, object, txnLineID])
    }

    /// The `TxnLineID`s of a record's lines, by Procore's ids.
    public func lines(of record: Int64) throws -> [String: String] {
        let statement = try db.cachedStatement(sql: "SELECT key, txn_line_id FROM line WHERE record = ?")
        var lines: [String: String] = [:]
        for row in try Row.fetchAll(statement, arguments: [record]) { lines[row["key"]] = row["txn_line_id"] }
        return lines
    }

    /// The `TxnLineID` of one of Procore's lines in the transaction that a record owns.
    public func line(_ key: String, inObjectOf record: Int64) throws -> String? {
        let statement = try db.cachedStatement(sql: "SELECT txn_line_id FROM line WHERE object = ? AND key = ?")
        return try String.fetchOne(statement, arguments: [record, key])
    }

    /// Forgets the lines of a transaction that QuickBooks does not have any more.
    public func forgetLines(inObjectOf record: Int64) throws {
        try execute("DELETE FROM line WHERE object = ?", [record])
    }

    /// Remembers why a record was left out or refused, for those that wait for it.
    public func setAbsence(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
        try execute(
            "INSERT OR REPLACE INTO absence (key, reason, is_refusal) VALUES (?, ?, ?)",
            [key.description, reason, isRefusal])
    }

    /// Whether anything is known to be absent.
    public func knowsAbsences() throws -> Bool {
        try first("SELECT 1 FROM absence LIMIT 1") { _ in
        } _: { _ in
            true
        } ?? false
    }

    /// Forgets why a record was absent, now that it is there.
    public func endAbsence(_ key: RecordKey) throws {
        try run("DELETE FROM absence WHERE key = ?") { $0(key.description) }
    }

    /// Why a record that others wait for is not here; nil: it has not been dropped yet.
    public func absence(_ key: RecordKey) throws -> (reason: String, isRefusal: Bool)? {
        let statement = try db.cachedStatement(sql: "SELECT reason, is_refusal FROM absence WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [key.description]).map { ($0["reason"], $0["is_refusal"]) }
    }

    /// What a held record waits for.
    public func waits(of record: Int64) throws -> [RecordKey] {
        try String.fetchAll(db, sql: "SELECT needs FROM wait WHERE record = ? ORDER BY needs", arguments: [record])
            .compactMap { RecordKey($0) }
    }
}
