import Foundation
import GRDB
import QBXML

/// The transactions in the company's file.
extension CompanyFile {
    /// The transaction with an id; nil where there is none.
    func txn(id: String) throws -> TxnRecord? {
        try txns("txn_id = ?", [id]).first
    }

    /// The transaction with a number; nil where there is none.
    func txn(number: Int64) throws -> TxnRecord? {
        try txns("number = ?", [number]).first
    }

    /// All transactions of a kind, in the order of creation.
    func txns(kind: String) throws -> [TxnRecord] {
        try txns("kind = ?", [kind])
    }

    /// All transactions, in the order of creation.
    func txns() throws -> [TxnRecord] {
        try txns("TRUE", [])
    }

    /// Adds a transaction with its lines; returns it with its ids.
    func insert(_ new: TxnRecord) throws -> TxnRecord {
        var txn = new
        let now = try tick()
        txn.created = now
        txn.modified = now
        txn.editSequence = now
        txn.txnID = try nextTxnID(now)
        txn.number = Int64(try next("TxnNumber"))
        try db.execute(
            sql: """
                INSERT INTO txn (number, kind, txn_id, edit_sequence, created, modified, entity, total, fields)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                txn.number, txn.kind, txn.txnID, now, now, now, txn.entity, Numbers.amount(txn.total),
                Data(txn.fields.stored),
            ])
        try saveLines(&txn, now)
        return txn
    }

    /// Saves a changed transaction with its lines; returns it with its new edit sequence.
    func update(_ changed: TxnRecord) throws -> TxnRecord {
        var txn = changed
        let now = try tick()
        txn.modified = now
        txn.editSequence = now
        try db.execute(
            sql: """
                UPDATE txn SET edit_sequence = ?, modified = ?, entity = ?, total = ?, is_void = ?, fields = ?
                    WHERE number = ?
                """,
            arguments: [
                now, now, txn.entity, Numbers.amount(txn.total), txn.isVoid, Data(txn.fields.stored), txn.number,
            ])
        try db.execute(sql: "DELETE FROM txn_line WHERE txn = ?", arguments: [txn.number])
        try saveLines(&txn, now)
        return txn
    }

    /// Takes a transaction with its lines, and what it settles, out of the file.
    func delete(_ txn: TxnRecord) throws {
        try unsettle(by: txn)
        // A payment may name a bill of which it pays nothing.
        try db.execute(sql: "DELETE FROM applied WHERE bill = ?", arguments: [txn.number])
        try db.execute(sql: "DELETE FROM txn_line WHERE txn = ?", arguments: [txn.number])
        try db.execute(sql: "DELETE FROM txn WHERE number = ?", arguments: [txn.number])
    }

    /// Gives a transaction a new edit sequence, because another one has changed what it says of itself.
    func touch(txnID: String) throws {
        let now = try tick()
        try db.execute(
            sql: "UPDATE txn SET edit_sequence = ?, modified = ? WHERE txn_id = ?", arguments: [now, now, txnID])
    }

    /// The next number that QuickBooks gives by itself to a transaction of a kind.
    func nextRefNumber(_ kind: String) throws -> String {
        let sql = "SELECT last FROM counter WHERE list = ?"
        return String((try Int.fetchOne(db, sql: sql, arguments: [kind + "/RefNumber"]) ?? 0) + 1)
    }

    /// Remembers a number that was given: the next one follows it. Words are not counted.
    func count(refNumber: String, of kind: String) throws {
        guard !refNumber.isEmpty, refNumber.isDigits, let number = Int(refNumber) else { return }
        try db.execute(
            sql: "INSERT INTO counter VALUES (?, ?) ON CONFLICT (list) DO UPDATE SET last = excluded.last",
            arguments: [kind + "/RefNumber", number])
    }

    private func txns(_ condition: String, _ arguments: StatementArguments) throws -> [TxnRecord] {
        let sql = "SELECT * FROM txn WHERE \(condition) ORDER BY number"
        return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
            let lines = "SELECT * FROM txn_line WHERE txn = ? ORDER BY place"
            let number: Int64 = row["number"]
            return try TxnRecord(row: row, lines: Row.fetchAll(db, sql: lines, arguments: [number]).map(TxnLine.init))
        }
    }

    private func saveLines(_ txn: inout TxnRecord, _ now: Int) throws {
        for place in txn.lines.indices {
            if txn.lines[place].lineID.isEmpty { txn.lines[place].lineID = try nextTxnID(now) }
            let line = txn.lines[place]
            try db.execute(
                sql: """
                    INSERT INTO txn_line (txn, place, kind, line_id, order_id, order_line_id, fields)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    txn.number, place, line.kind, line.lineID, line.order?.txnID, line.order?.lineID,
                    Data(line.fields.stored),
                ])
        }
    }

    /// Transactions and their lines draw their ids from one counter.
    private func nextTxnID(_ now: Int) throws -> String {
        String(try next("Txn"), radix: 16, uppercase: true) + "-\(now)"
    }
}
