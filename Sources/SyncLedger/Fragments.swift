import Domain
import Foundation
import GRDB

extension Books {
    /// What Procore said about a record, by fragment: its header, its lines.
    public func fragments(of record: Int64) throws -> [String: Content] {
        let rows = try all(.fragment, "SELECT name, content FROM fragment WHERE ", "record = ?") {
            $0(record)
        } _: { row in
            (row.text(0) ?? "", row.bytes(1, Content.init(decoding:)) ?? Content())
        }
        return Dictionary(rows) { _, last in last }
    }

    /// Remembers a fragment of what Procore said about a record.
    public func setFragment(_ name: String, of record: Int64, _ content: Content) throws {
        try setFragment(name, of: record, encoded: content.encoded)
    }

    /// Remembers a fragment of what Procore said about a record, as `Content.encoded` wrote it.
    public func setFragment(_ name: String, of record: Int64, encoded: [UInt8]) throws {
        try run("INSERT OR REPLACE INTO fragment (record, name, content) VALUES (?, ?, ?)") { bind in
            bind(record)
            bind(name)
            bind(encoded)
        }
    }

    /// Remembers a fragment of a record of which nothing was known, as `Content.encoded` wrote it. Nothing is replaced, so
    /// that SQLite need not write down what it would undo.
    public func addFragment(_ name: String, of record: Int64, encoded: [UInt8]) throws {
        try encoded.withUnsafeBytes { try addFragment(name, of: record, lent: $0) }
    }

    func addFragment(_ name: String, of record: Int64, lent encoded: UnsafeRawBufferPointer?) throws {
        try run("INSERT INTO fragment (record, name, content) VALUES (?, ?, ?)") { bind in
            bind(record)
            bind(name)
            bind(lentBytes: encoded)
        }
    }

    /// Remembers which line of a QuickBooks transaction one of Procore's lines became.
    /// - Parameter key: Procore's id of the line.
    /// - Parameter record: the record that the line belongs to.
    /// - Parameter txnLineID: QuickBooks' id of the line that it became.
    /// - Parameter object: the record that owns the transaction.
    public func setLine(_ key: String, of record: Int64, object: Int64, txnLineID: String) throws {
        try run("INSERT OR REPLACE INTO line (record, key, object, txn_line_id) VALUES (?, ?, ?, ?)") { bind in
            bind(record)
            bind(key)
            bind(object)
            bind(txnLineID)
        }
    }

    /// The `TxnLineID`s of a record's lines, by Procore's ids.
    public func lines(of record: Int64) throws -> [String: String] {
        let rows = try all(.line, "SELECT key, txn_line_id FROM line WHERE ", "record = ?") {
            $0(record)
        } _: { row in
            (row.text(0) ?? "", row.text(1) ?? "")
        }
        return Dictionary(rows) { _, last in last }
    }

    /// The `TxnLineID` of one of Procore's lines in the transaction that a record owns.
    public func line(_ key: String, inObjectOf record: Int64) throws -> String? {
        try first("SELECT txn_line_id FROM line WHERE object = ? AND key = ?") { bind in
            bind(record)
            bind(key)
        } _: { row in
            row.text(0)
        } ?? nil
    }

    /// Forgets the lines of a transaction that QuickBooks does not have any more.
    public func forgetLines(inObjectOf record: Int64) throws {
        try db.execute(literal: "DELETE FROM line WHERE object = \(record)")
    }

    /// Remembers why a record was left out or refused, for those that wait for it.
    public func setAbsence(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
        try run("INSERT OR REPLACE INTO absence (key, reason, is_refusal) VALUES (?, ?, ?)") { bind in
            bind(key.description)
            bind(reason)
            bind(isRefusal)
        }
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
        try first("SELECT reason, is_refusal FROM absence WHERE key = ?") {
            $0(key.description)
        } _: { row in
            (reason: row.text(0) ?? "", isRefusal: row.number(1) != 0)
        }
    }

    /// What a held record waits for.
    public func waits(of record: Int64) throws -> [RecordKey] {
        let needs = SQLRequest<String>(
            literal: "SELECT needs FROM wait WHERE record = \(record) ORDER BY needs", cached: true)
        return try needs.fetchAll(db).compactMap { RecordKey($0) }
    }
}
