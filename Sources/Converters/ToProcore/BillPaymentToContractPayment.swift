import Domain
import Procore
import QBXML

/// A QuickBooks BillPaymentCheck or BillPaymentCreditCard becomes a Procore payment issued, one for each bill of ours that
/// it pays.
///
/// A payment that was voided keeps its place with nothing in it, since Procore has no other word for a reversal.
/// - Amounts: dollars, two decimals, as decimal strings.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping", payments (US editions only); Procore REST
///   "Contract Payments"; Intuit qbXML reference "BillPaymentCheckRet", "BillPaymentCreditCardRet".
public enum BillPaymentToContractPayment: Converter {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "bill-payment-to-contract-payment"
    /// The sentence a bookkeeper would say.
    public static let summary =
        "A QuickBooks BillPaymentCheck or BillPaymentCreditCard becomes a Procore payment for each bill that it pays."
    /// The names of both sides.
    public static let sides = (from: "QuickBooks bill payment", to: "Procore contract payment")
    /// Payments issued.
    public static let entity = Entity.contractPayments
    /// The payments that there are.
    public static let reads: [QuickBooksKind] = [.billPaymentCheck, .billPaymentCreditCard]
    /// The invoice that became the bill.
    public static let needs = [Entity.requisitions]
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0, idOf: "Procore") } }

    /// The payments that there are, by the element that shows them.
    public static func kind(ofRet name: String) -> QuickBooksKind? {
        reads.first { $0.rawValue + "Ret" == name }
    }

    /// What a payment pays of one bill.
    public struct Application: Sendable {
        /// The payment, as QuickBooks shows it.
        public let payment: Element
        /// The bill, and how it was settled.
        public let bill: BillSettlement
        /// How the payment was made.
        public let kind: QuickBooksKind

        /// A payment's part for one bill.
        public init(_ payment: Element, bill: BillSettlement, kind: QuickBooksKind) {
            self.payment = payment
            self.bill = bill
            self.kind = kind
        }

        /// `QuickBooks BillPaymentCheck 10432 of bill CCM-2024-118`
        public var shown: String {
            "QuickBooks \(kind.rawValue) \(payment["RefNumber"] ?? payment["TxnID"] ?? "") of bill "
                + (bill.number ?? bill.billID)
        }
    }

    // swift-format-ignore
    static let rows: [Row<Application>] = [
        //  Procore payment     QuickBooks bill payment
        Row("date",             "TxnDate",                       { $0.payment["TxnDate"].flatMap { CalendarDate($0)?.description } }, .date),
        Row("invoice_number",   "AppliedToTxnRet/RefNumber",     { $0.bill.number },                                        .asIs),
        Row("check_number",     "RefNumber, of a check",         { $0.kind == .billPaymentCheck ? $0.payment["RefNumber"] : nil }, .asIs),
        Row("payment_method",   "(check or credit_card)",        { $0.kind == .billPaymentCheck ? "check" : "credit_card" }, .asIs),
        Row("amount",           "AppliedToTxnRet/Amount, added up by bill, without discounts and credits", { $0.bill.paid?.money },   .dollars),
        Row("notes",            "Memo",                          { $0.payment["Memo"] },                                    .asIs),
        Row("requisition_id",   "AppliedToTxnRet/TxnID",         idOf: { application, _ in invoice(application) }),
    ]

    /// The payment that Procore should have.
    public static func convert(_ application: Application, settings: Settings) throws(Problems) -> Mapped {
        let mapped = try map(application, rows, shown: application.shown, settings: settings)
        for (path, element) in [("date", "TxnDate"), ("amount", "AppliedToTxnRet/Amount")]
        where mapped.content[path] == nil {
            throw Problems([
                Problem(
                    record: application.shown, field: element, what: "The payment has no \(element) that can be read.",
                    remedy: "Query it again with IncludeLineItems, and drop the new response.")
            ])
        }
        return mapped
    }

    private static func invoice(_ application: Application) -> RecordKey? {
        RecordKey(.requisitions, quickBooksID: application.bill.billID)
    }

    /// Refuses a payment in another currency: it does not say what it pays of a bill in that of the books.
    /// - Throws: what is wrong and what to do.
    public static func checkCurrency(_ payment: Element, shown: String, settings: Settings) throws(Problem) {
        guard let foreign = ForeignMoney.currency(of: payment, settings: settings) else { return }
        throw Problem(
            record: shown, field: foreign.field,
            what:
                "The payment is in another currency (\(foreign.name)), and does not say what it pays of each bill in the "
                + "currency of the books.",
            remedy: "Enter the payment in Procore by hand.")
    }
}
