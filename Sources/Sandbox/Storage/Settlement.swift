import Foundation
import GRDB
import QBXML

/// What a payment settles of a bill.
struct Applied {
    let bill: TxnRecord
    /// What is paid.
    let amount: Decimal
    /// What is let off.
    let discount: Decimal
    /// The account and class of the discount.
    let fields: Element

    var settled: Decimal { amount + discount }
}

/// Bills against orders and payments against bills, as the company's file has them.
extension CompanyFile {
    /// How much of each line of an order the bills have received, by `TxnLineID`; a line that no bill names is not there.
    func received(of order: TxnRecord) throws -> [String: Decimal] {
        var received: [String: Decimal] = [:]
        for line in try receiving(order.txnID) {
            guard let lineID = line.order?.lineID else { continue }
            received[lineID, default: 0] += Numbers.value(line.fields["Quantity"])
        }
        return received
    }

    /// The bills that receive an order, with what they received of it in money, in the order of creation.
    func bills(of order: TxnRecord) throws -> [(bill: TxnRecord, amount: Decimal)] {
        let sql = "SELECT DISTINCT txn FROM txn_line WHERE order_id = ? ORDER BY txn"
        return try Int64.fetchAll(db, sql: sql, arguments: [order.txnID]).compactMap { number in
            guard let bill = try txn(number: number) else { return nil }
            let lines = bill.lines.filter { $0.order?.txnID == order.txnID }
            return (bill, lines.reduce(0) { $0 + Numbers.value($1.fields["Amount"]) })
        }
    }

    /// Remembers what a payment settles.
    func settle(_ applied: [Applied], by payment: TxnRecord) throws {
        for (place, applied) in applied.enumerated() {
            try db.execute(
                sql: "INSERT INTO applied (payment, place, bill, amount, discount, fields) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    payment.number, place, applied.bill.number, Numbers.amount(applied.amount),
                    Numbers.amount(applied.discount), Data(applied.fields.stored),
                ])
        }
    }

    /// What a payment settles, in the order of its request.
    func applied(by payment: TxnRecord) throws -> [Applied] {
        let sql = "SELECT * FROM applied WHERE payment = ? ORDER BY place"
        return try Row.fetchAll(db, sql: sql, arguments: [payment.number]).compactMap { row in
            guard let bill = try txn(number: row["bill"]) else { return nil }
            let stored: Data = row["fields"]
            return Applied(
                bill: bill, amount: Numbers.value(row["amount"]), discount: Numbers.value(row["discount"]),
                fields: try Element.parse(Array(stored)))
        }
    }

    /// The payments of a bill, with what each settled.
    func payments(of bill: TxnRecord) throws -> [(payment: TxnRecord, settled: Decimal)] {
        let sql = "SELECT payment, amount, discount FROM applied WHERE bill = ? ORDER BY payment, place"
        return try Row.fetchAll(db, sql: sql, arguments: [bill.number]).compactMap { row in
            guard let payment = try txn(number: row["payment"]) else { return nil }
            return (payment, Numbers.value(row["amount"]) + Numbers.value(row["discount"]))
        }
    }

    /// What is settled of a bill.
    func settled(of bill: TxnRecord) throws -> Decimal {
        let sql = "SELECT amount, discount FROM applied WHERE bill = ?"
        return try sum(sql, [bill.number])
    }

    /// What is left to pay of a bill.
    func open(_ bill: TxnRecord) throws -> Decimal {
        try bill.total - settled(of: bill)
    }

    /// What is left to pay of all bills of a vendor.
    func open(vendor: String) throws -> Decimal {
        let due = "SELECT total, '0.00' FROM txn WHERE kind = 'Bill' AND entity = ?"
        let settled = """
            SELECT amount, discount FROM applied JOIN txn ON txn.number = applied.bill WHERE txn.entity = ?
            """
        return try sum(due, [vendor]) - sum(settled, [vendor])
    }

    private func sum(_ sql: String, _ arguments: StatementArguments) throws -> Decimal {
        try Row.fetchAll(db, sql: sql, arguments: arguments).reduce(0) { sum, row in
            let (one, other): (String, String) = (row[0], row[1])
            return sum + Numbers.value(one) + Numbers.value(other)
        }
    }

    private func txn(number: Int64) throws -> TxnRecord? {
        let sql = "SELECT txn_id FROM txn WHERE number = ?"
        return try String.fetchOne(db, sql: sql, arguments: [number]).flatMap { try txn(id: $0) }
    }

    private func receiving(_ orderID: String) throws -> [TxnLine] {
        let sql = "SELECT * FROM txn_line WHERE order_id = ? ORDER BY txn, place"
        return try Row.fetchAll(db, sql: sql, arguments: [orderID]).map(TxnLine.init)
    }
}
