import Domain
import Procore
import QBXML

/// A QuickBooks transaction that may cost jobs, with the lines that name one.
public struct JobCost: Sendable {
    /// An element of one of QuickBooks' lists, as another one refers to it.
    public struct Reference: Sendable, Hashable {
        /// Its `ListID`.
        public let listID: String
        /// Its full name.
        public let fullName: String

        /// Reads a reference such as `CustomerRef`; nil where there is none.
        init?(_ element: Element?) {
            guard let element, let listID = element["ListID"], !listID.isEmpty else { return nil }
            self.listID = listID
            fullName = element["FullName"] ?? listID
        }
    }

    /// A line that costs a job.
    public struct Line: Sendable {
        /// QuickBooks' id of the line.
        public let txnLineID: String
        /// The customer or job that it is for.
        public let job: Reference
        /// Its item; nil on a line of an account.
        public let item: Reference?
        /// Full name of its account; nil on a line of an item.
        public let account: String?
        /// What it is for.
        public let text: String?
        /// Quantity, price and unit, where they come to the amount exactly.
        public var count: Count?
        /// Quantity and price in words, where they do not come to the amount and stay behind.
        public var countLeftOut: String?
        /// What it costs: below zero where the transaction gives money back.
        public var amount: Amount
        /// The tax code that stands on it; nil where there is none.
        let taxCode: String?
        /// The tax on it, where QuickBooks says so, with the sign of the amount.
        let tax: Amount?
    }

    /// How many at which price.
    public struct Count: Sendable {
        let quantity: Amount
        let price: Amount
        let unit: String?
    }

    /// What kind of transaction it is.
    public let kind: QuickBooksKind
    /// Its id.
    public let txnID: String
    /// Changes with every change in QuickBooks.
    public let editSequence: String?
    /// When it was changed last; nil where QuickBooks does not say with its zone.
    public let modifiedAt: Timestamp?
    /// Its lines that name a job, in order.
    public internal(set) var lines: [Line]
    /// Whether it has lines at all: a query leaves them out unless it asks for them.
    public let showsLines: Bool
    /// Whether QuickBooks says that it is about no money.
    public let isEmpty: Bool
    /// The purchase orders that it is linked to, by `TxnID`.
    public let orders: [String]
    /// Who was paid, or is to be.
    public let payee: Reference?
    /// The id that was given to it when it was entered by a program.
    public let externalGUID: String?
    let ret: Element

    /// Reads a `BillRet`, `CheckRet` and the like.
    /// - Throws: what is wrong with it.
    public init(_ ret: Element, kind: QuickBooksKind) throws(Problem) {
        guard let txnID = ret["TxnID"], !txnID.isEmpty else {
            throw Problem(
                record: "QuickBooks \(kind.rawValue)", field: "TxnID", what: "The transaction has no TxnID.",
                remedy: "Query it again without IncludeRetElement, and drop the new response.")
        }
        self.kind = kind
        self.txnID = txnID
        self.ret = ret
        editSequence = ret["EditSequence"]
        modifiedAt = ret["TimeModified"].flatMap { Timestamp($0) }
        payee = Reference(ret.first("VendorRef") ?? ret.first("PayeeEntityRef"))
        externalGUID = ret["ExternalGUID"]
        orders = ret.all("LinkedTxn").filter { $0["TxnType"] == "PurchaseOrder" }.compactMap { $0["TxnID"] }
        isEmpty = ["Amount", "AmountDue", "CreditAmount"].contains { ret[$0].flatMap { Amount($0) }?.isZero == true }
        var lines: [Line] = []
        var showsLines = false
        do throws(Problem) {
            for line in ret.children.flatMap(Self.lines(in:)) {
                showsLines = true
                if let line = try Self.line(line, kind) { lines.append(line) }
            }
        } catch {
            throw error.of(Self.shown(ret, kind))
        }
        self.lines = lines
        self.showsLines = showsLines
    }

    /// The lines in a part of a transaction: of a group, its children are what costs.
    static func lines(in element: Element) -> [Element] {
        switch element.name {
        case "ExpenseLineRet", "ItemLineRet", "JournalDebitLine", "JournalCreditLine": [element]
        case "ItemGroupLineRet": element.all("ItemLineRet")
        default: []
        }
    }

    private static func line(_ line: Element, _ kind: QuickBooksKind) throws(Problem) -> Line? {
        guard let job = Reference(line.first("CustomerRef") ?? line.first("EntityRef")) else { return nil }
        guard let text = line["Amount"] else { return nil }
        guard let id = line["TxnLineID"], let amount = Amount(text), amount.fits(2) else {
            throw Problem(
                field: "Amount", what: "A line has the amount \"\(text)\", which is no amount of money.",
                remedy: "Query the transaction again, and drop the new response.")
        }
        let tax = try line["TaxAmount"].map { (text) throws(Problem) in try Self.tax(text) }
        let givesBack = kind == .vendorCredit || kind == .creditCardCredit || line.name == "JournalCreditLine"
        let signed = givesBack ? -amount : amount
        let count = count(line, amount: signed)
        return Line(
            txnLineID: id, job: job, item: Reference(line.first("ItemRef")), account: line["AccountRef/FullName"],
            text: line["Desc"] ?? line["Memo"], count: count,
            countLeftOut: count == nil ? UnitsOfLine.words(line["Quantity"], line["Cost"], amount) : nil,
            amount: signed,
            taxCode: taxCode(line), tax: tax.map { givesBack ? -$0 : $0 })
    }

    private static func tax(_ text: String) throws(Problem) -> Amount {
        if let tax = Amount(text), tax.fits(2) { return tax }
        throw Problem(
            field: "TaxAmount", what: "A line has the tax \"\(text)\", which is no amount of money.",
            remedy: "Query the transaction again, and drop the new response.")
    }

    /// The name of a line's tax code; lines of the journal have a sales tax item in its place.
    static func taxCode(_ line: Element) -> String? {
        let code = line.first("SalesTaxCodeRef") ?? line.first("ItemSalesTaxRef")
        return [code?["FullName"], code?["ListID"]].lazy.compactMap { $0 }.first { !$0.isEmpty }
    }

    private static func count(_ line: Element, amount: Amount) -> Count? {
        guard let quantity = line["Quantity"].flatMap({ Amount($0) }), let price = line["Cost"].flatMap({ Amount($0) }),
            let units = UnitsOfLine.units(PricedQuantity(quantity, at: price), amount)
        else { return nil }
        return Count(quantity: units.quantity, price: units.price, unit: line["UnitOfMeasure"])
    }

    /// `QuickBooks Check 10398`
    public var shown: String { Self.shown(ret, kind) }

    private static func shown(_ ret: Element, _ kind: QuickBooksKind) -> String {
        "QuickBooks \(kind.rawValue) \(number(ret) ?? ret["TxnID"] ?? "")"
    }

    /// The number that people know it by.
    var number: String? { Self.number(ret) }

    private static func number(_ ret: Element) -> String? {
        ["RefNumber", "TxnNumber"].lazy.compactMap { ret[$0] }.first { !$0.isEmpty }
    }

    /// What Procore calls it.
    var type: DirectCostType { kind == .bill || kind == .vendorCredit ? .invoice : .expense }
}

/// Procore's types of direct cost. Source: Procore REST "Direct Costs", `direct_cost_type`.
enum DirectCostType: String {
    case invoice, expense, payroll
}
