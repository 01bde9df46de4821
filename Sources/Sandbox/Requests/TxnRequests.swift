import Foundation
import QBXML

/// Answers requests that enter and change transactions of one kind.
struct TxnRequests {
    let file: CompanyFile
    let messages: Messages
    let kind: TxnKind

    /// What a change cannot leave empty.
    private static let kept = ["TxnDate", "CustomerRef", "VendorRef", "AccountRef", "APAccountRef", "TemplateRef"]

    /// Enters a transaction; the warning is that of an order that could not be linked.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func add(_ body: Element) throws -> (txn: TxnRecord, warning: Status?) {
        var txn = TxnRecord(kind: kind.name)
        try head.merge(body, into: &txn.fields)
        try TxnDefaults(file: file, kind: kind).fill(&txn.fields)
        try refuseUnknown(body)
        let entered = try OrderLinks(file: file, lines: lines, vendor: txn.entity).lines(of: body)
        txn.lines = entered.lines
        var applied: [Applied] = []
        if kind.isPayment {
            applied = try BillPayments(file: file, messages: messages, kind: kind).applied(by: body, as: txn)
            txn.fields.put("Amount", Numbers.amount(applied.reduce(0) { $0 + $1.amount }))
        } else {
            try TxnTotals(file: file, kind: kind).put(&txn)
        }
        txn = try file.insert(txn)
        try file.settle(applied, by: txn)
        for applied in applied {
            for txn in [applied.bill] + applied.credits.map(\.credit) { try file.touch(txnID: txn.txnID) }
        }
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
        if txn.isVoid { throw Status.notChanged(kind.name, "The transaction is void.") }
        for name in Self.kept where body.first(name)?.isBlank == true { throw Status.cannotClear(name) }
        let (entity, orders) = (txn.entity, Self.orders(txn))
        try head.merge(body, into: &txn.fields)
        if txn.entity != entity, try file.settled(of: txn) != 0 {
            throw Status.notChanged(kind.name, "The vendor of a transaction with payments applied cannot be changed.")
        }
        try refuseUnknown(body)
        if kind.name == "TimeTracking" { try checkTime(&txn.fields) }
        try LineChanges(lines: lines, kind: kind).apply(body, to: &txn)
        try TxnTotals(file: file, kind: kind).put(&txn)
        if kind.name == "PurchaseOrder" { try closeAndCheck(&txn, body) }
        txn = try file.update(txn)
        for order in orders { try file.touch(txnID: order) }
        return txn
    }

    private var head: RecordFields {
        let apart = Set(["TxnID", "EditSequence"] + kind.lines)
        return RecordFields(file: file, kind: kind.name, ret: messages.ret(kind.name), apart: apart)
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

    /// Groups of items are none of the sandbox's lists, and it applies no checks.
    private func refuseUnknown(_ body: Element) throws {
        let unknown = ["LineGroup", "GroupLine", "ApplyCheckToTxn"]
        if body.children.contains(where: { child in unknown.contains { child.name.contains($0) } }) {
            throw Status.unsupported
        }
    }

    private func checkTime(_ time: inout Element) throws {
        for name in kind.required where time.first(name) == nil { throw Status.missing(name) }
        try TxnDefaults(file: file, kind: kind).fillTime(&time)
    }

    /// The orders that the lines of a bill receive.
    static func orders(_ txn: TxnRecord) -> [String] {
        var orders: [String] = []
        for case let order? in txn.lines.map({ $0.order?.txnID }) where !orders.contains(order) { orders.append(order) }
        return orders
    }
}
