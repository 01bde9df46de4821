/// What sets a kind of transaction apart from the others.
struct TxnKind: Sendable {
    /// Its name: `PurchaseOrder`.
    let name: String
    /// The reference to whom it is with; nil where each line has its own.
    var entity: String?
    /// What has to name something.
    let required: [String]
    /// Its kinds of line, without `Add`, `Mod` or `Ret`, in the order in which they are given.
    var lines: [String] = []
    /// The field that holds its total; nil where it has none.
    var total: String?
    /// The only type of account that its `AccountRef` may name; nil: any.
    var account: String?
    /// Whether it can be changed.
    var isChangeable = true
    /// Whether QuickBooks numbers it where the request does not.
    var isNumbered = false
    /// Whether its total may be below zero.
    var mayBeNegative = false

    /// Whether it pays bills.
    var isPayment: Bool { name.hasPrefix("BillPayment") }

    /// The name of a line's element: `ExpenseLine` is added as `ExpenseLineAdd`, while lines of journal entries are
    /// called the same in requests and answers.
    static func element(of line: String, _ suffix: String) -> String {
        line.hasPrefix("Journal") ? line : line + suffix
    }

    private static let costLines = ["ExpenseLine", "ItemLine"]

    /// The kinds that the sandbox answers.
    static let all: [String: TxnKind] = {
        let kinds = [
            TxnKind(
                name: "Estimate", entity: "CustomerRef", required: ["CustomerRef"], lines: ["EstimateLine"],
                total: "TotalAmount", isNumbered: true, mayBeNegative: true),
            TxnKind(
                name: "PurchaseOrder", entity: "VendorRef", required: ["VendorRef"], lines: ["PurchaseOrderLine"],
                total: "TotalAmount", isNumbered: true, mayBeNegative: true),
            TxnKind(
                name: "Bill", entity: "VendorRef", required: ["VendorRef", "APAccountRef"], lines: costLines,
                total: "AmountDue"),
            TxnKind(
                name: "VendorCredit", entity: "VendorRef", required: ["VendorRef", "APAccountRef"], lines: costLines,
                total: "CreditAmount"),
            TxnKind(
                name: "Check", entity: "PayeeEntityRef", required: ["AccountRef"], lines: costLines, total: "Amount",
                account: "Bank"),
            TxnKind(
                name: "CreditCardCharge", entity: "PayeeEntityRef", required: ["AccountRef"], lines: costLines,
                total: "Amount", account: "CreditCard"),
            TxnKind(
                name: "CreditCardCredit", entity: "PayeeEntityRef", required: ["AccountRef"], lines: costLines,
                total: "Amount", account: "CreditCard"),
            TxnKind(
                name: "JournalEntry", required: [], lines: ["JournalDebitLine", "JournalCreditLine"],
                isChangeable: false, isNumbered: true),
            TxnKind(name: "TimeTracking", entity: "EntityRef", required: ["EntityRef", "Duration"]),
            TxnKind(
                name: "BillPaymentCheck", entity: "PayeeEntityRef",
                required: ["PayeeEntityRef", "APAccountRef", "BankAccountRef"], total: "Amount", isChangeable: false),
            TxnKind(
                name: "BillPaymentCreditCard", entity: "PayeeEntityRef",
                required: ["PayeeEntityRef", "APAccountRef", "CreditCardAccountRef"], total: "Amount",
                isChangeable: false),
        ]
        return Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }()
}
