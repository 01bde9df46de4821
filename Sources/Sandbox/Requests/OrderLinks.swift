import Foundation
import QBXML

/// The lines of a new transaction, with those of a bill that receive a purchase order.
struct OrderLinks {
    let file: CompanyFile
    let lines: LineEntry
    /// The vendor of the bill, whose the orders have to be.
    let vendor: String?

    /// Reads all lines; the warning is about an order that has nothing left to receive.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func lines(of body: Element) throws -> (lines: [TxnLine], warning: Status?) {
        var entered: [TxnLine] = []
        var warning: Status?
        let whole = body.all("LinkToTxnID").map(\.text.trimmed)
        for txnID in whole {
            let state = try order(txnID, "LinkToTxnID")
            let open = state.order.lines.filter { $0.hasItem && !state.isClosed($0) && !state.isReceived($0) }
            if open.isEmpty { warning = .closed(txnID, isSaved: true) }
            entered += try open.map { try received($0, of: state, Element("ItemLine"), .item) }
        }
        for child in body.children {
            guard let kind = lines.kind.lines.first(where: { child.name == TxnKind.element(of: $0, "Add") }) else {
                continue
            }
            if let link = child.first("LinkToTxn") {
                entered.append(try linked(child, link, whole))
            } else {
                entered.append(try lines.new(child, kind))
            }
        }
        return (entered, warning)
    }

    private func linked(_ request: Element, _ link: Element, _ whole: [String]) throws -> TxnLine {
        let (txnID, lineID) = ((link["TxnID"] ?? "").trimmed, (link["TxnLineID"] ?? "").trimmed)
        let fields = try lines.fields(request, "ItemLine")
        if let item = fields["ItemRef/ListID"] {
            let named = try file.record(list: "Item", listID: item).map { try file.fullName($0) } ?? item
            throw Status.invalid("ItemRef", named, "An item cannot be given on a line that has LinkToTxn.")
        }
        if whole.contains(txnID) {
            throw Status.invalid("LinkToTxn", txnID, "The transaction is already linked with LinkToTxnID.")
        }
        let state = try order(txnID, "LinkToTxn", lineID)
        guard let line = state.order.lines.first(where: { $0.lineID == lineID }) else {
            throw Status.noSuchObject(lineID)
        }
        if state.isClosed(line) { throw Status.closed(txnID, isSaved: false) }
        return try received(line, of: state, fields, lines.posting(request))
    }

    /// The order with an id.
    /// - Throws: a `Status`: 3120 where there is none or no such line in it, 3210 where it is another vendor's.
    private func order(_ txnID: String, _ field: String, _ lineID: String? = nil) throws -> OrderState {
        guard let order = try file.txn(id: txnID), order.kind == "PurchaseOrder" else {
            throw Status.noSuchObject(txnID)
        }
        if let lineID, !order.lines.contains(where: { $0.lineID == lineID }) { throw Status.noSuchObject(lineID) }
        if order.entity != vendor {
            throw Status.invalid(field, txnID, "The linked purchase order belongs to another vendor.")
        }
        return OrderState(order: order, received: try file.received(of: order))
    }

    /// A line of a bill from a line of an order: what the request does not say comes from there, what is left of the
    /// quantity among it.
    private func received(
        _ line: TxnLine, of state: OrderState, _ given: Element, _ posting: LineEntry.Posting
    ) throws -> TxnLine {
        var fields = Element("ItemLine")
        let taken: Set = ["ItemRef", "Desc", "UnitOfMeasure", "CustomerRef", "ClassRef", "SalesTaxCodeRef"]
        fields.children = line.fields.children.filter { taken.contains($0.name) }
        let left = state.left(of: line)
        if let left { fields.put("Quantity", Numbers.quantity(left)) }
        if given.first("Cost") == nil {
            if given.first("Amount") == nil {
                if let rate = line.fields["Rate"] { fields.put("Cost", rate) }
                if left == nil { fields.put("Amount", line.fields["Amount"] ?? "0.00") }
            }
        }
        for child in given.children { fields.put(child) }
        var received = TxnLine(
            kind: "ItemLine", fields: fields, order: OrderLine(txnID: state.order.txnID, lineID: line.lineID))
        try lines.complete(&received, posting: posting)
        return received
    }
}
