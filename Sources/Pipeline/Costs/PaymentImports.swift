import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks shows of bill payments becomes news for Procore; `Dispatch` decides what is told.
struct PaymentImports {
    let work: Work
    private let known: OwnTransactions
    private var inCanada = 0

    init(_ work: Work, _ known: OwnTransactions) {
        self.work = work
        self.known = known
    }

    /// Takes one payment; says whether it is one.
    mutating func take(_ ret: Element) throws -> Bool {
        guard let kind = BillPaymentToContractPayment.kind(ofRet: ret.name) else { return false }
        guard work.settings.edition == .us else {
            inCanada += 1
            work.receipt.count(.contractPayments, .skipped)
            return true
        }
        let shown = "QuickBooks \(kind.rawValue) \(ret["RefNumber"] ?? ret["TxnID"] ?? "")"
        guard let txnID = ret["TxnID"], !txnID.isEmpty else {
            work.receipt.count(.contractPayments, .rejected)
            work.receipt.add(
                Problem(
                    record: shown, field: "TxnID", what: "The payment has no TxnID.",
                    remedy: "Query it again without IncludeRetElement, and drop the new response."))
            return true
        }
        if try known.isOurs(.contractPayments, kind, txnID, guid: ret["ExternalGUID"]) {
            work.receipt.count(.contractPayments, .unchanged)
            return true
        }
        try take(ret, kind, txnID, shown)
        return true
    }

    private func take(_ ret: Element, _ kind: QuickBooksKind, _ txnID: String, _ shown: String) throws {
        let before = try work.books.imported(.contractPayments, ofTransaction: txnID).filter { $0.kind == kind }
        let bills = ret.all("AppliedToTxnRet").filter { $0["TxnType"] == "Bill" }
        let isVoid = ret["Amount"].flatMap { Amount($0) }?.isZero == true
        if ret.first("AppliedToTxnRet") == nil, !isVoid {
            work.receipt.count(.contractPayments, .skipped)
            return work.receipt.add(
                Note(
                    record: shown,
                    what: "It came without the bills that it pays; query it again with IncludeLineItems, and drop that "
                        + "response."))
        }
        let modifiedAt = ret["TimeModified"].flatMap { Timestamp($0) }
        for record in before where !bills.contains(where: { record.quickBooksID == "\(txnID)|\($0["TxnID"] ?? "")" }) {
            try Imported.takeBack(record, editSequence: ret["EditSequence"], modifiedAt: modifiedAt, in: work)
        }
        var strangers: [String] = []
        for bill in bills {
            guard let billID = bill["TxnID"] else { continue }
            let id = "\(txnID)|\(billID)"
            let expected =
                try work.books.record(.requisitions, .bill, billID)
                ?? known.untied(.requisitions, number: bill["RefNumber"])
            let record = before.first { $0.quickBooksID == id }
            guard expected != nil || record != nil else {
                strangers.append(bill["RefNumber"] ?? billID)
                continue
            }
            try take(.init(ret, bill: bill, kind: kind), id, expected?.key, modifiedAt, record)
        }
        if !strangers.isEmpty || bills.isEmpty && before.isEmpty {
            // A payment counts once, and those of its bills that are ours count already.
            if strangers.count == bills.count { work.receipt.count(.contractPayments, .skipped) }
            let what =
                strangers.isEmpty
                ? "It pays no bill, so there is nothing to tell Procore."
                : "It pays \(strangers.count == 1 ? "bill" : "bills") \(strangers.prefix(20).joined(separator: ", ")), which did "
                    + "not come from Procore, so Procore has no payment for it."
            work.receipt.add(Note(record: shown, what: what))
        }
    }

    private func take(
        _ application: BillPaymentToContractPayment.Application, _ id: String, _ expected: RecordKey?,
        _ modifiedAt: Timestamp?, _ before: LedgerRecord?
    ) throws {
        let mapped: Mapped
        do {
            mapped = try BillPaymentToContractPayment.convert(application, settings: work.settings)
        } catch {
            work.receipt.count(.contractPayments, .rejected)
            return error.all.forEach { work.receipt.add($0) }
        }
        let news = Imported(
            entity: .contractPayments, kind: application.kind, id: id, shown: application.shown,
            fullName: application.payment["RefNumber"] ?? "", content: mapped.content,
            editSequence: application.payment["EditSequence"], modifiedAt: modifiedAt, owner: expected)
        try news.remember(in: work, before)
    }

    /// Says what there is to say about many payments at once.
    mutating func finish() {
        guard inCanada > 0 else { return }
        work.receipt.add(
            Note(
                what:
                    "\(inCanada == 1 ? "1 payment was" : "\(inCanada) payments were") left out: Procore takes payments from "
                    + "US editions of QuickBooks only, and quickbooks.edition is ca."))
        inCanada = 0
    }
}
