import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks shows of bill payments becomes news for Procore; `Dispatch` decides what is told.
struct PaymentImports {
    let context: ProcessingContext
    private let known: OwnTransactions
    private var inCanada = 0

    init(_ context: ProcessingContext, _ known: OwnTransactions) {
        self.context = context
        self.known = known
    }

    /// Takes one payment; says whether it is one.
    mutating func take(_ ret: Element) throws -> Bool {
        guard let kind = BillPaymentToContractPayment.kind(ofRet: ret.name) else { return false }
        guard context.settings.edition == .us else {
            inCanada += 1
            context.receipt.count(.contractPayments, .skipped)
            return true
        }
        let shown = "QuickBooks \(kind.rawValue) \(ret["RefNumber"] ?? ret["TxnID"] ?? "")"
        guard let txnID = ret["TxnID"], !txnID.isEmpty else {
            context.receipt.count(.contractPayments, .rejected)
            context.receipt.add(
                Problem(
                    record: shown, field: "TxnID", what: "The payment has no TxnID.",
                    remedy: "Query it again without IncludeRetElement, and drop the new response."))
            return true
        }
        if try known.isOurs(.contractPayments, kind, txnID, guid: ret["ExternalGUID"]) {
            context.receipt.count(.contractPayments, .unchanged)
            return true
        }
        try take(ret, kind, txnID, shown)
        return true
    }

    private func take(_ ret: Element, _ kind: QuickBooksKind, _ txnID: String, _ shown: String) throws {
        let before = try context.books.imported(.contractPayments, ofTransaction: txnID).filter { $0.kind == kind }
        let isVoid = ret["Amount"].flatMap { Amount($0) }?.isZero == true
        if ret.first("AppliedToTxnRet") == nil, !isVoid {
            context.receipt.count(.contractPayments, .skipped)
            return context.receipt.add(
                Note(
                    record: shown,
                    what: "It came without the bills that it pays; query it again with IncludeLineItems, and drop that "
                        + "response."))
        }
        let bills = BillSettlement.bills(of: ret)
        var ours: [Bill] = []
        var strangers: [String] = []
        for bill in bills {
            let expected =
                try context.books.record(.requisitions, .bill, bill.billID)
                ?? known.untied(.requisitions, number: bill.number)
            let record = before.first { $0.quickBooksID == "\(txnID)|\(bill.billID)" }
            if expected != nil || record != nil {
                ours.append(Bill(txnID: bill.billID, invoice: expected?.key, before: record))
            } else {
                strangers.append(bill.number ?? bill.billID)
            }
        }
        let settlements: [String: BillSettlement]
        do throws(Problem) {
            settlements = ours.isEmpty ? [:] : try settle(ret, ours, shown)
        } catch {
            for _ in ours { context.receipt.count(.contractPayments, .rejected) }
            return context.receipt.add(error)
        }
        let modifiedAt = ret["TimeModified"].flatMap { Timestamp($0) }
        for record in before where !ours.contains(where: { $0.before?.id == record.id }) {
            try Imported.takeBack(record, editSequence: ret["EditSequence"], modifiedAt: modifiedAt, in: context)
        }
        for bill in ours {
            guard let settlement = settlements[bill.txnID] else { continue }
            try take(.init(ret, bill: settlement, kind: kind), bill, modifiedAt)
        }
        if !strangers.isEmpty || bills.isEmpty && before.isEmpty {
            // A payment counts once, and those of its bills that are ours count already.
            if ours.isEmpty { context.receipt.count(.contractPayments, .skipped) }
            context.receipt.add(Note(record: shown, what: Self.leftOut(strangers)))
        }
    }

    /// Why Procore is not told of what a payment pays beside bills of ours.
    private static func leftOut(_ strangers: [String]) -> String {
        guard !strangers.isEmpty else { return "It pays no bill, so there is nothing to tell Procore." }
        let bills = strangers.count == 1 ? "bill" : "bills"
        return
            "It pays \(bills) \(strangers.prefix(20).joined(separator: ", ")), which did not come from Procore, so Procore has "
            + "no payment for it."
    }

    /// A bill that is ours, or may be.
    private struct Bill {
        let txnID: String
        /// The record of its invoice, where one is known.
        let invoice: RecordKey?
        /// What is known of its payment already.
        let before: LedgerRecord?
    }

    /// What was paid of each bill, in the currency of the books.
    private func settle(_ ret: Element, _ ours: [Bill], _ shown: String) throws(Problem) -> [String: BillSettlement] {
        let settlements = try BillSettlement.all(of: ret, shown: shown)
        // Nothing is nothing in every currency, so that a voided payment passes.
        if ours.contains(where: { settlements[$0.txnID]?.paid?.isZero != true }) {
            try BillPaymentToContractPayment.checkCurrency(ret, shown: shown, settings: context.settings)
        }
        return settlements
    }

    private func take(
        _ application: BillPaymentToContractPayment.Application, _ known: Bill, _ modifiedAt: Timestamp?
    ) throws {
        let bill = application.bill
        if known.before == nil, bill.paid?.isZero == true {
            // Procore has no payment of nothing, whatever settled the bill.
            context.receipt.count(.contractPayments, .skipped)
            return context.receipt.add(Note(record: application.shown, what: Self.nothing(application)))
        }
        let mapped: Mapped
        do {
            mapped = try BillPaymentToContractPayment.convert(application, settings: context.settings)
        } catch {
            context.receipt.count(.contractPayments, .rejected)
            return error.all.forEach { context.receipt.add($0) }
        }
        let editSequence = application.payment["EditSequence"]
        // What was said of this state already is not said again.
        if let otherwise = bill.otherwise, known.before == nil || known.before?.tie.editSequence != editSequence {
            context.receipt.add(
                Note(
                    record: application.shown,
                    what:
                        "Beside the \(bill.paid?.money ?? "") that was paid, \(otherwise) settled the bill. That is no "
                        + "payment, so \(Self.openInProcore(bill))"))
        }
        let news = Imported(
            entity: .contractPayments, kind: application.kind,
            id: "\(application.payment["TxnID"] ?? "")|\(bill.billID)",
            shown: application.shown, fullName: application.payment["RefNumber"] ?? "", content: mapped.content,
            editSequence: editSequence, modifiedAt: modifiedAt, owner: known.invoice)
        try news.remember(in: context, known.before)
    }

    /// Why a payment of nothing is left out.
    private static func nothing(_ application: BillPaymentToContractPayment.Application) -> String {
        if let otherwise = application.bill.otherwise {
            return "No money was paid: \(otherwise) settled the bill. That is no payment, so Procore gets none, and "
                + openInProcore(application.bill)
        }
        return application.payment["Memo"]?.uppercased().hasPrefix("VOID") == true
            ? "It was voided before Procore was told of it, so there is nothing to tell Procore."
            : "It pays 0.00 of the bill, so there is nothing to tell Procore."
    }

    private static func openInProcore(_ bill: BillSettlement) -> String {
        "Procore shows \(bill.settledOtherwise.money) of the invoice as unpaid until somebody enters it there by hand."
    }

    /// Says what there is to say about many payments at once.
    mutating func finish() {
        guard inCanada > 0 else { return }
        context.receipt.add(
            Note(
                what:
                    "\(inCanada == 1 ? "1 payment was" : "\(inCanada) payments were") left out: Procore takes payments from "
                    + "US editions of QuickBooks only, and quickbooks.edition is ca."))
        inCanada = 0
    }
}
