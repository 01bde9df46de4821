import Foundation
import QBXML

/// Reads what a payment settles.
struct BillPayments {
    private static let amount = "AppliedToTxnAdd payment amount"

    let file: CompanyFile
    let messages: Messages
    let kind: TxnKind

    /// The bills that a request pays, and how much of each.
    /// - Throws: a `Status`: 3120 for a bill that is not there to be paid, 3210 for too much, 3150, 3180.
    func applied(by body: Element, as payment: TxnRecord) throws -> [Applied] {
        var all: [Applied] = []
        for request in body.all("AppliedToTxnAdd") {
            let txnID = (request["TxnID"] ?? "").trimmed
            let bill = try self.bill(txnID, of: payment)
            if let earlier = all.first(where: { $0.bill.number == bill.number }) {
                // A bill that is paid in full further up is no longer there to be paid.
                if earlier.settled == (try file.open(bill)) { throw Status.noSuchObject(txnID) }
                let reason = "A transaction can be listed only once."
                throw Status.invalid("AppliedToTxnAdd TxnID", txnID, reason)
            }
            all.append(try self.applied(request, to: bill, after: all))
        }
        if all.allSatisfy({ $0.settled == 0 }) {
            throw Status.notSaved(kind.name, "Transaction amount must be positive.")
        }
        return all
    }

    private func applied(_ request: Element, to bill: TxnRecord, after earlier: [Applied]) throws -> Applied {
        let amount = Numbers.value(request["PaymentAmount"])
        let discount = Numbers.value(request["DiscountAmount"])
        let shown = request["PaymentAmount"] ?? ""
        if amount < 0 || discount < 0 { throw Status.invalid(Self.amount, shown, "The amount cannot be negative.") }
        let fields = try discountFields(request)
        if discount != 0, fields.first("DiscountAccountRef") == nil { throw Status.missing("DiscountAccountRef") }
        var applied = Applied(bill: bill, amount: amount, discount: discount, fields: fields)
        for set in request.all("SetCredit") { try use(set, in: &applied, after: earlier) }
        if applied.settled > (try file.open(bill)) {
            throw Status.invalid(Self.amount, shown, "You cannot pay more than the amount due.")
        }
        return applied
    }

    /// Sets a credit of the vendor against the bill, as much of it as is left.
    private func use(_ request: Element, in applied: inout Applied, after earlier: [Applied]) throws {
        let txnID = (request["CreditTxnID"] ?? "").trimmed
        guard let credit = try file.txn(id: txnID), credit.kind == "VendorCredit", credit.entity == applied.bill.entity
        else { throw Status.noSuchObject(txnID) }
        let amount = Numbers.value(request["AppliedAmount"])
        let shown = request["AppliedAmount"] ?? ""
        if amount <= 0 { throw Status.invalid("AppliedAmount", shown, "The amount must be positive.") }
        let used = (earlier + [applied]).flatMap(\.credits).filter { $0.credit.number == credit.number }
        if amount + used.reduce(0, { $0 + $1.amount }) > (try file.open(credit)) {
            throw Status.invalid("AppliedAmount", shown, "You cannot apply more than the credit that is left.")
        }
        applied.credits.append((credit, amount))
    }

    /// A bill that is paid, or another vendor's, is not among those to pay: it cannot be found.
    private func bill(_ txnID: String, of payment: TxnRecord) throws -> TxnRecord {
        guard let bill = try file.txn(id: txnID), bill.kind == "Bill", bill.entity == payment.entity,
            try file.open(bill) != 0
        else { throw Status.noSuchObject(txnID) }
        if bill.fields["APAccountRef/ListID"] != payment.fields["APAccountRef/ListID"] {
            let reason = "The bill was entered to another accounts payable account."
            throw Status.invalid("APAccountRef", txnID, reason)
        }
        return bill
    }

    private func discountFields(_ request: Element) throws -> Element {
        var fields = Element("AppliedToTxn")
        let layout = messages.ret(kind.name).slot("AppliedToTxnRet")?.children ?? Layout(slots: [])
        let apart: Set = ["TxnID", "PaymentAmount", "SetCredit"]
        try RecordFields(file: file, kind: kind.name, ret: layout, apart: apart).merge(request, into: &fields)
        return fields
    }
}
