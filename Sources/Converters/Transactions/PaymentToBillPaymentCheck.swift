import Domain
import Procore
import QBXML

/// A payment that Procore Pay settled becomes a QuickBooks BillPaymentCheck for the bill of its invoice.
///
/// Ordinary payments, which people enter by hand, come from QuickBooks and never go there; nor does one that has an
/// `origin_id`, since that came from QuickBooks.
/// - Amounts: dollars, two decimals, more than nothing.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping", payments (Procore Pay only); Procore REST
///   "Contract Payments"; Intuit qbXML reference "BillPaymentCheckAdd".
public enum PaymentToBillPaymentCheck: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "payment-to-bill-payment-check"
    /// The sentence a bookkeeper would say.
    public static let summary = "A payment settled by Procore Pay becomes a QuickBooks BillPaymentCheck."
    /// The names of both sides.
    public static let sides = (from: "Procore contract payment", to: "QuickBooks BillPaymentCheckAdd")
    /// Payments issued.
    public static let entity = Entity.contractPayments
    /// What it becomes.
    public static let object = TransactionObject.billPaymentCheck
    /// The bill, and its vendor.
    public static let needs = [Entity.requisitions, .vendors]
    /// Payments issued as JSON.
    public static let exports = [
        Export(
            documents: entity, by: .field, when: { payment, _ in payment.has(all: "contract_id", "check_number") },
            read: ContractPayment.read),
        Export(
            refused: Problem(
                what: "The file is a list of payments that does not name the invoices by their ids.",
                remedy: "Drop the payments as JSON."),
            columns: ["Date Paid", "Payment Number"]),
    ]
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0, isFixed: true) } + lines.map { TableLine($0, in: object.lineAdd, isFixed: true) }
    }

    struct Payment {
        let header: Content
        let vendor: RecordKey?
        let bill: RecordKey?
        let amount: Amount
    }

    // swift-format-ignore
    static let header: [Row<Payment>] = [
        //  QuickBooks BillPaymentCheckAdd   Procore contract payment
        Row("PayeeEntityRef/ListID",   "(vendor of the bill)",          idOf: { payment, _ in payment.vendor }),
        Row("APAccountRef/FullName",   "(quickbooks.payable_account)",  from: { $1.accounts.payable }, .atMost(159), update: .never),
        Row("TxnDate",                 "date (date_payment_settled)",   { day($0.header, "date", "date_payment_settled") }, .date),
        Row("BankAccountRef/FullName", "(quickbooks.bank_account)",     from: { $1.accounts.bank }, .account, update: .never),
        Row("RefNumber",               "check_number (quickbooks.electronic_ref)", from: { $0.header["check_number"] ?? $1.documents.electronicRef }, .number(11)),
        Row("Memo",                    "notes",                         { $0.header["notes"] }, .text(4095)),
    ]

    // swift-format-ignore
    static let lines: [Row<Payment>] = [
        Row("TxnID",         "requisition_id", idOf: { payment, _ in payment.bill }),
        Row("PaymentAmount", "amount",         { $0.amount.money }, .dollars),
    ]

    /// What a payment should be.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion {
        guard let header = source.header else { return .waits("Its own export has not been dropped yet.", []) }
        if let skipped = skipped(header) { return .skipped(skipped) }
        var findings = Findings(source.key.shown)
        let amount = findings.attempt { () throws(Problem) in
            guard let amount = try header.money("amount"), !amount.isZero, !amount.isNegative else {
                throw Problem(
                    field: "amount",
                    what: "The amount is \(header["amount"] ?? "empty"); a payment is more than nothing.",
                    remedy: "Correct it in Procore, export again, and drop the new file.")
            }
            _ = try header.date("date")
            return amount
        }
        if settings.accounts.bank == nil {
            findings.add(
                Problem(
                    field: "quickbooks.bank_account",
                    what: "A payment needs the account it is made from, and plumbline.yaml names none.",
                    remedy:
                        "Add bank_account: with the account's full name below quickbooks: in plumbline.yaml, then drop "
                        + "the file again."))
        }
        let bill = header["requisition_id"].map { RecordKey(.requisitions, $0) }
        if bill == nil {
            findings.add(
                Problem(
                    field: "requisition_id", what: "It does not say which invoice it pays, so there is no bill to pay.",
                    remedy: "Choose the invoice in Procore, export again, and drop the new file."))
        }
        guard findings.problems.isEmpty, let amount, let bill else { return findings.conversion(nil) }
        guard let vendor = try references.wanted(bill)?.reference("VendorRef/ListID") else {
            return .waits(try references.absence(of: bill), [bill])
        }
        let payment = Payment(header: header, vendor: vendor, bill: bill, amount: amount)
        var mapped = findings.map(payment, self.header, settings: settings)
        if let line = findings.map(payment, lines, settings: settings) { mapped?.add(line, key: source.key.procoreID) }
        return findings.conversion(mapped)
    }

    private static func skipped(_ header: Content) -> Skipped? {
        if let origin = header["origin_id"] {
            return Skipped("The payment came from QuickBooks (origin_id \(origin)), so it is not sent back there.")
        }
        guard header["external_payment_id"] != nil else {
            return Skipped("An ordinary payment, not one of Procore Pay: QuickBooks is where those are made.")
        }
        let status = header["status"]?.lowercased()
        let isSettled = status.map { ["paid", "settled"].contains($0) } ?? (header["date_payment_settled"] != nil)
        if isSettled { return nil }
        return Skipped(
            "Procore Pay has not settled the payment (\(status ?? "no status")); drop a later export once it has.")
    }
}
