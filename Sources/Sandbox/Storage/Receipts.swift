import Foundation
import GRDB
import QBXML

/// Bills against orders, as the company's file has them.
extension CompanyFile {
    /// How much of each line of an order the bills have received, by `TxnLineID`; a line that no bill names is not there.
    /// Void bills have received nothing.
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
        let sql = """
            SELECT DISTINCT txn FROM txn_line JOIN txn ON txn.number = txn WHERE order_id = ? AND NOT is_void ORDER BY txn
            """
        return try Int64.fetchAll(db, sql: sql, arguments: [order.txnID]).compactMap { number in
            guard let bill = try txn(number: number) else { return nil }
            let lines = bill.lines.filter { $0.order?.txnID == order.txnID }
            return (bill, lines.reduce(0) { $0 + Numbers.value($1.fields["Amount"]) })
        }
    }

    private func receiving(_ orderID: String) throws -> [TxnLine] {
        let sql = """
            SELECT txn_line.* FROM txn_line JOIN txn ON txn.number = txn WHERE order_id = ? AND NOT is_void
                ORDER BY txn, place
            """
        return try Row.fetchAll(db, sql: sql, arguments: [orderID]).map(TxnLine.init)
    }
}
