/// What sets a kind of transaction apart from the others.
struct TxnKind: Sendable {
    /// Its name: `PurchaseOrder`.
    let name: String
    /// The reference to whom it is with.
    let entity: String
    /// What has to name something.
    let required: [String]
    /// Its kinds of line, without `Add`, `Mod` or `Ret`, in the order in which they are given.
    let lines: [String]
    /// The field that holds its total.
    let total: String
    /// Whether it can be changed.
    let isChangeable: Bool
    /// Whether QuickBooks numbers it where the request does not.
    let isNumbered: Bool

    /// Whether it pays bills.
    var isPayment: Bool { name.hasPrefix("BillPayment") }

    /// The kinds that the sandbox answers.
    static let all: [String: TxnKind] = {
        let kinds = [
            TxnKind(
                name: "Estimate", entity: "CustomerRef", required: ["CustomerRef"], lines: ["EstimateLine"],
                total: "TotalAmount", isChangeable: true, isNumbered: true),
            TxnKind(
                name: "PurchaseOrder", entity: "VendorRef", required: ["VendorRef"], lines: ["PurchaseOrderLine"],
                total: "TotalAmount", isChangeable: true, isNumbered: true),
            TxnKind(
                name: "Bill", entity: "VendorRef", required: ["VendorRef", "APAccountRef"],
                lines: ["ExpenseLine", "ItemLine"], total: "AmountDue", isChangeable: true, isNumbered: false),
            TxnKind(
                name: "BillPaymentCheck", entity: "PayeeEntityRef",
                required: ["PayeeEntityRef", "APAccountRef", "BankAccountRef"], lines: [], total: "Amount",
                isChangeable: false, isNumbered: false),
            TxnKind(
                name: "BillPaymentCreditCard", entity: "PayeeEntityRef",
                required: ["PayeeEntityRef", "APAccountRef", "CreditCardAccountRef"], lines: [], total: "Amount",
                isChangeable: false, isNumbered: false),
        ]
        return Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }()
}
