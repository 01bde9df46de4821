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
    /// The vendor's credits that are used, and what of each.
    var credits: [(credit: TxnRecord, amount: Decimal)] = []
    /// The account and class of the discount.
    let fields: Element

    var settled: Decimal { credits.reduce(amount + discount) { $0 + $1.amount } }
}

/// Payments and credits against bills, as the company's file has them.
extension CompanyFile {
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
        let credits = applied.flatMap { applied in applied.credits.map { (applied.bill, $0.credit, $0.amount) } }
        for (place, (bill, credit, amount)) in credits.enumerated() {
            try db.execute(
                sql: "INSERT INTO credit (payment, place, bill, credit, amount) VALUES (?, ?, ?, ?, ?)",
                arguments: [payment.number, place, bill.number, credit.number, Numbers.amount(amount)])
        }
    }

    /// Takes back what a payment settles, and gives what it paid or used new edit sequences.
    func unsettle(by payment: TxnRecord) throws {
        let sql = """
            SELECT txn_id FROM txn WHERE number IN (SELECT bill FROM applied WHERE payment = ?1
                UNION SELECT credit FROM credit WHERE payment = ?1) ORDER BY number
            """
        let touched = try String.fetchAll(db, sql: sql, arguments: [payment.number])
        for table in ["applied", "credit"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE payment = ?", arguments: [payment.number])
        }
        for txnID in touched { try touch(txnID: txnID) }
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

    /// What lessens a bill by vendors' credits, or a credit by bills, in the order of the payments.
    func credits(of txn: TxnRecord) throws -> [(other: TxnRecord, amount: Decimal)] {
        let (own, other) = txn.kind == "Bill" ? ("bill", "credit") : ("credit", "bill")
        let sql = "SELECT \(other) AS other, amount FROM credit WHERE \(own) = ? ORDER BY payment, place"
        return try Row.fetchAll(db, sql: sql, arguments: [txn.number]).compactMap { row in
            try self.txn(number: row["other"]).map { ($0, Numbers.value(row["amount"])) }
        }
    }

    /// What is settled of a bill, or used of a credit.
    func settled(of txn: TxnRecord) throws -> Decimal {
        let sql = "SELECT amount, discount FROM applied WHERE bill = ?"
        return try credits(of: txn).reduce(sum(sql, [txn.number])) { $0 + $1.amount }
    }

    /// What is left to pay of a bill, or to use of a credit.
    func open(_ txn: TxnRecord) throws -> Decimal {
        try txn.total - settled(of: txn)
    }

    /// What is left to pay of all bills of a vendor.
    func open(vendor: String) throws -> Decimal {
        let credits = """
            SELECT credit.amount, '0.00' FROM credit JOIN txn ON txn.number = credit.bill WHERE txn.entity = ?
            """
        return try owed(vendor) - sum(credits, [vendor])
    }

    /// What is owed to a vendor: bills less payments, credits and journal entries.
    func balance(vendor: String) throws -> Decimal {
        let credits = "SELECT total, '0.00' FROM txn WHERE kind = 'VendorCredit' AND entity = ?"
        let entries = try txns(kind: "JournalEntry").flatMap(\.lines).filter { $0.fields["EntityRef/ListID"] == vendor }
        return try entries.reduce(owed(vendor) - sum(credits, [vendor])) { sum, line in
            let account = try record(list: "Account", listID: line.fields["AccountRef/ListID"] ?? "")
            guard account?.fields["AccountType"] == "AccountsPayable" else { return sum }
            let amount = Numbers.value(line.fields["Amount"])
            return line.kind == "JournalCreditLine" ? sum + amount : sum - amount
        }
    }

    /// The bills of a vendor less what was paid of them.
    private func owed(_ vendor: String) throws -> Decimal {
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
}
