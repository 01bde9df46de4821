import Foundation
import QBXML

extension Ret {
    /// A transaction as its `BillRet`, in QuickBooks' order.
    /// - Parameters:
    ///   - lines: whether its lines, or what a payment settles, are given.
    ///   - links: whether the transactions that it is linked to are given.
    func element(_ txn: TxnRecord, lines: Bool = true, links: Bool = false) throws -> Element {
        var children = [
            Element("TxnID", text: txn.txnID),
            Element("TimeCreated", text: CalendarText.shown(txn.created)),
            Element("TimeModified", text: CalendarText.shown(txn.modified)),
            Element("EditSequence", text: String(txn.editSequence)),
            Element("TxnNumber", text: String(txn.number)),
        ]
        for field in txn.fields.children {
            children.append(try shown(field))
            if Addresses.names.contains(field.name) { children.append(Addresses.block(field)) }
        }
        children += try standing(txn)
        if links { children += try linked(txn) }
        if lines { children += try self.lines(txn) + applied(txn) }
        return Self.ordered(Element(txn.kind + "Ret", children: children), messages.ret(txn.kind))
    }

    /// What follows from other transactions.
    private func standing(_ txn: TxnRecord) throws -> [Element] {
        switch txn.kind {
        case "PurchaseOrder":
            let state = OrderState(order: txn, received: try file.received(of: txn))
            return [Self.flag("IsFullyReceived", state.isFullyReceived)]
        case "Bill":
            // QuickBooks gives the open total of the vendor, not of the bill.
            let open = try file.open(vendor: txn.entity ?? "")
            return [
                Self.flag("IsPaid", try file.open(txn) == 0), Element("OpenAmount", text: Numbers.amount(open)),
            ]
        case "VendorCredit": return [Element("OpenAmount", text: Numbers.amount(try file.open(txn)))]
        default: return []
        }
    }

    private func lines(_ txn: TxnRecord) throws -> [Element] {
        let state = txn.kind == "PurchaseOrder" ? OrderState(order: txn, received: try file.received(of: txn)) : nil
        return try txn.lines.map { line in
            var ret = Element(
                TxnKind.element(of: line.kind, "Ret"), children: [Element("TxnLineID", text: line.lineID)])
            ret.children += try line.fields.children.map(shown)
            if let state, line.hasItem {
                ret.put("ReceivedQuantity", Numbers.quantity(state.received[line.lineID] ?? 0))
                // Only receipts without a bill leave something unbilled, and the sandbox knows none.
                ret.put("UnbilledQuantity", "0")
                ret.put(Self.flag("IsBilled", state.isReceived(line)))
                ret.put(Self.flag("IsManuallyClosed", state.isClosed(line)))
            }
            return ret
        }
    }

    private func applied(_ payment: TxnRecord) throws -> [Element] {
        guard payment.rules?.isPayment == true else { return [] }
        return try file.applied(by: payment).map { applied in
            var ret = Element("AppliedToTxnRet", children: Self.naming(applied.bill))
            ret.put("BalanceRemaining", Numbers.amount(try file.open(applied.bill)))
            ret.put("Amount", Numbers.amount(applied.amount))
            ret.children += try applied.fields.children.map(shown)
            return ret
        }
    }

    /// What a transaction is linked to. What lessens a bill or an order is negative.
    private func linked(_ txn: TxnRecord) throws -> [Element] {
        switch txn.kind {
        case "PurchaseOrder":
            return try file.bills(of: txn).map { Self.link(to: $0.bill, "QUANTYPE", -$0.amount) }
        case "Bill":
            var amounts: [(order: String, amount: Decimal)] = []
            for line in txn.lines {
                guard let order = line.order?.txnID else { continue }
                let amount = Numbers.value(line.fields["Amount"])
                if let place = amounts.firstIndex(where: { $0.order == order }) {
                    amounts[place].amount += amount
                } else {
                    amounts.append((order, amount))
                }
            }
            let orders = try amounts.compactMap { entry in
                try file.txn(id: entry.order).map { Self.link(to: $0, "QUANTYPE", entry.amount) }
            }
            let payments = try file.payments(of: txn).filter { $0.settled != 0 }
            return try orders + payments.map { Self.link(to: $0.payment, "AMTTYPE", -$0.settled) } + credits(txn)
        case "VendorCredit": return try credits(txn)
        default: return []
        }
    }

    private func credits(_ txn: TxnRecord) throws -> [Element] {
        try file.credits(of: txn).map { Self.link(to: $0.other, "AMTTYPE", -$0.amount) }
    }

    private static func link(to txn: TxnRecord, _ type: String, _ amount: Decimal) -> Element {
        let how = [Element("LinkType", text: type), Element("Amount", text: Numbers.amount(amount))]
        return Element("LinkedTxn", children: naming(txn) + how)
    }

    /// Id, type, date and number of a transaction.
    private static func naming(_ txn: TxnRecord) -> [Element] {
        let head = [Element("TxnID", text: txn.txnID), Element("TxnType", text: txn.kind)]
        return head + ["TxnDate", "RefNumber"].compactMap { txn.fields.first($0) }
    }

    private static func flag(_ name: String, _ isTrue: Bool) -> Element {
        Element(name, text: isTrue ? "true" : "false")
    }
}
