import Foundation
import QBXML

/// Answers requests that enter and change transactions of one kind.
struct TxnRequests {
    let file: CompanyFile
    let messages: Messages
    let kind: TxnKind

    /// What a change cannot leave empty.
    private static let kept = ["TxnDate", "CustomerRef", "VendorRef", "APAccountRef", "TemplateRef"]

    /// Enters a transaction; the warning is that of an order that could not be linked.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func add(_ body: Element) throws -> (txn: TxnRecord, warning: Status?) {
        var txn = TxnRecord(kind: kind.name)
        try head.merge(body, into: &txn.fields)
        try TxnDefaults(file: file, kind: kind).fill(&txn.fields)
        try refuseGroups(body)
        let entered = try OrderLinks(file: file, lines: lines, vendor: txn.entity).lines(of: body)
        txn.lines = entered.lines
        var applied: [Applied] = []
        if kind.isPayment {
            applied = try BillPayments(file: file, messages: messages, kind: kind).applied(by: body, as: txn)
            txn.fields.put(kind.total, Numbers.amount(applied.reduce(0) { $0 + $1.amount }))
        } else {
            try TxnTotals(file: file, kind: kind).put(&txn)
        }
        txn = try file.insert(txn)
        try file.settle(applied, by: txn)
        for applied in applied { try file.touch(txnID: applied.bill.txnID) }
        for order in Self.orders(txn) { try file.touch(txnID: order) }
        return (txn, entered.warning)
    }

    /// Changes a transaction.
    /// - Throws: a `Status` for what QuickBooks refuses; `OutOfDate` for an old edit sequence.
    func modify(_ body: Element) throws -> TxnRecord {
        let txnID = (body["TxnID"] ?? "").trimmed
        guard var txn = try file.txn(id: txnID), txn.kind == kind.name else { throw Status.noSuchObject(txnID) }
        let editSequence = (body["EditSequence"] ?? "").trimmed
        if editSequence != String(txn.editSequence) {
            throw OutOfDate(editSequence: editSequence, ret: try Ret(file: file, messages: messages).element(txn))
        }
        for name in Self.kept where body.first(name)?.isBlank == true { throw Status.cannotClear(name) }
        let (entity, orders) = (txn.entity, Self.orders(txn))
        try head.merge(body, into: &txn.fields)
        if txn.entity != entity, try file.settled(of: txn) != 0 {
            throw Status.notChanged(kind.name, "The vendor of a bill with payments cannot be changed.")
        }
        try refuseGroups(body)
        try LineChanges(lines: lines, kind: kind).apply(body, to: &txn)
        try TxnTotals(file: file, kind: kind).put(&txn)
        if kind.name == "PurchaseOrder" { try closeAndCheck(&txn, body) }
        txn = try file.update(txn)
        for order in orders { try file.touch(txnID: order) }
        return txn
    }

    private var head: RecordFields {
        RecordFields(file: file, kind: kind.name, ret: messages.ret(kind.name), apart: ["TxnID", "EditSequence"])
    }

    private var lines: LineEntry { LineEntry(file: file, messages: messages, kind: kind) }

    private func closeAndCheck(_ order: inout TxnRecord, _ body: Element) throws {
        let state = OrderState(order: order, received: try file.received(of: order))
        state.close(&order, as: body.first("IsManuallyClosed").flatMap { $0.isBlank ? nil : body.isTrue($0.name) })
        let left = Set(order.lines.map(\.lineID))
        if state.received.keys.contains(where: { !left.contains($0) }) {
            throw Status.notChanged(kind.name, "A line with received items cannot be deleted.")
        }
    }

    /// Groups of items are none of the sandbox's lists.
    private func refuseGroups(_ body: Element) throws {
        if body.children.contains(where: { $0.name.contains("LineGroup") || $0.name.contains("GroupLine") }) {
            throw Status.unsupported
        }
    }

    /// The orders that the lines of a bill receive.
    private static func orders(_ txn: TxnRecord) -> [String] {
        var orders: [String] = []
        for case let order? in txn.lines.map({ $0.order?.txnID }) where !orders.contains(order) { orders.append(order) }
        return orders
    }
}
