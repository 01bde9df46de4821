import QBXML

/// Requests about costs, as texts.
enum Cost {
    static let checking = Txn.named("AccountRef", "Checking")
    static let card = Txn.named("AccountRef", "Company Credit Card")
    static let dana = Txn.named("PayeeEntityRef", "Dana Whitfield")

    /// A line of an account.
    static func expense(
        _ amount: String, _ more: String = "", account: String = "Office Expenses", _ element: String = "ExpenseLineAdd"
    ) -> String {
        "<\(element)>\(Txn.named("AccountRef", account))\(Txn.amount(amount))\(more)</\(element)>"
    }

    /// A line of an item.
    static func item(_ amount: String, _ more: String = "") -> String {
        Txn.line("ItemLineAdd", Txn.amount(amount) + more)
    }

    /// A line of a journal entry; `side` is `Debit` or `Credit`.
    static func journal(_ side: String, _ account: String, _ amount: String, _ more: String = "") -> String {
        expense(amount, more, account: account, "Journal\(side)Line")
    }

    static func entity(_ name: String) -> String { Txn.named("EntityRef", name) }

    static func time(_ duration: String, _ more: String = "", who: String = "Dana Whitfield") -> String {
        Txn.date + entity(who) + Txn.gym + Txn.named("ItemServiceRef", "Labor") + "<Duration>\(duration)</Duration>"
            + more
    }

    static func delete(_ kind: String, _ ret: Element) -> String {
        "<TxnDelRq requestID=\"1\"><TxnDelType>\(kind)</TxnDelType><TxnID>\(ret["TxnID"] ?? "")</TxnID></TxnDelRq>"
    }

    static func void(_ kind: String, _ ret: Element) -> String {
        "<TxnVoidRq requestID=\"1\"><TxnVoidType>\(kind)</TxnVoidType><TxnID>\(ret["TxnID"] ?? "")</TxnID></TxnVoidRq>"
    }

    static func deleteRecord(_ kind: String, _ ret: Element) -> String {
        "<ListDelRq requestID=\"1\"><ListDelType>\(kind)</ListDelType><ListID>\(ret["ListID"] ?? "")</ListID></ListDelRq>"
    }

    /// What was deleted of these kinds; `what` is `Txn` or `List`.
    static func deleted(_ what: String, _ kinds: [String], _ more: String = "") -> String {
        let types = kinds.map { "<\(what)DelType>\($0)</\(what)DelType>" }.joined()
        return "<\(what)DeletedQueryRq requestID=\"1\">\(types)\(more)</\(what)DeletedQueryRq>"
    }

    /// A credit of a vendor that is used in a payment.
    static func credit(_ credit: Element, _ amount: String) -> String {
        let fields = "<CreditTxnID>\(credit["TxnID"] ?? "")</CreditTxnID><AppliedAmount>\(amount)</AppliedAmount>"
        return "<SetCredit>\(fields)</SetCredit>"
    }
}
