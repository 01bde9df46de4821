import Foundation
import GRDB
import QBXML

/// A transaction, as it is kept.
struct TxnRecord {
    /// Its number in the file, in the order of creation; QuickBooks' TxnNumber.
    var number: Int64 = 0
    let kind: String
    var txnID = ""
    var editSequence = 0
    var created = 0
    var modified = 0
    /// The fields of its head, in an element named after the kind. References hold a `ListID` only.
    var fields: Element
    /// Its lines, in the order in which they are given.
    var lines: [TxnLine] = []
    /// Whether somebody voided it: it stays, with nothing left in it.
    var isVoid = false

    init(kind: String) {
        self.kind = kind
        fields = Element(kind)
    }

    init(row: Row, lines: [TxnLine]) throws {
        number = row["number"]
        kind = row["kind"]
        txnID = row["txn_id"]
        editSequence = row["edit_sequence"]
        created = row["created"]
        modified = row["modified"]
        isVoid = row["is_void"]
        let stored: Data = row["fields"]
        fields = try Element.parse(Array(stored))
        self.lines = lines
    }

    /// What sets its kind apart.
    var rules: TxnKind? { TxnKind.all[kind] }

    /// The id of whom it is with.
    var entity: String? { rules?.entity.flatMap { fields[$0 + "/ListID"] } }

    /// Its total.
    var total: Decimal { Numbers.value(rules?.total.flatMap { fields[$0] }) }
}

/// A line of a transaction.
struct TxnLine {
    /// Its kind: `EstimateLine`, `PurchaseOrderLine`, `ExpenseLine`, `ItemLine`.
    let kind: String
    /// Empty until it is saved.
    var lineID = ""
    var fields: Element
    /// The purchase order line that it receives.
    var order: OrderLine?

    init(kind: String, fields: Element, order: OrderLine? = nil) {
        self.kind = kind
        self.fields = fields
        self.order = order
    }

    init(row: Row) throws {
        kind = row["kind"]
        lineID = row["line_id"]
        let stored: Data = row["fields"]
        fields = try Element.parse(Array(stored))
        if let txnID: String = row["order_id"], let lineID: String = row["order_line_id"] {
            order = OrderLine(txnID: txnID, lineID: lineID)
        }
    }

    /// Whether it names an item. A line of words only does not.
    var hasItem: Bool { fields.first("ItemRef") != nil }
}

/// A line of a purchase order.
struct OrderLine: Hashable {
    let txnID: String
    let lineID: String
}
