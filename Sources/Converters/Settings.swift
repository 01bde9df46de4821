import Domain
import Foundation
import QBXML

/// What the configuration says to the converters; every name is that of its key in `plumbline.yaml`.
public struct Settings: Sendable {
    /// Whether cost codes become one flat list of items or sub-items of sub-items.
    public enum ItemLayout: String, Sendable, CaseIterable {
        /// The full code as the item's name: `03-300`.
        case flat
        /// Each code below its parent's item: `03:300`.
        case hierarchical
    }

    /// The accounts of an exception by cost code prefix; nil: the default one.
    public struct Accounts: Sendable, Equatable {
        /// Full name of the income account.
        public var income: String?
        /// Full name of the expense account.
        public var expense: String?

        /// An exception.
        public init(income: String? = nil, expense: String? = nil) {
            self.income = income
            self.expense = expense
        }
    }

    /// How a line without quantity and price is ordered.
    public enum LumpSum: String, Sendable, CaseIterable {
        /// As many pieces as dollars, at a price of 1: billed exactly, however it is divided.
        case dollars
        /// One piece at the whole price.
        case one
    }

    /// How many lines of retainage a bill has.
    public enum RetainageLines: String, Sendable, CaseIterable {
        /// One line withheld and one released for the whole bill.
        case bill
        /// The same below each line that has any.
        case line
    }

    /// Whether tax that a QuickBooks transaction shows is a cost of its jobs.
    public enum PurchaseTax: String, Sendable, CaseIterable {
        /// It is recovered from the tax authority, as GST and HST are by whoever is registered, so it costs no job.
        case recoverable
        /// It is not recovered, and is part of what the line costs.
        case cost
    }

    /// The statuses in which documents go to QuickBooks; upper and lower case do not matter.
    public struct Statuses: Sendable, Equatable {
        /// Of commitments.
        public var commitments = ["Approved"]
        /// Of change orders.
        public var changeOrders = ["approved"]
        /// Of subcontractor invoices.
        public var invoices = ["approved"]
    }

    /// Procore's id of the company.
    public var companyID: String
    /// Tells two roots of one Procore company apart; part of every requestID.
    public var companyKey: String?
    /// The QuickBooks edition.
    public var edition: Edition
    /// The name that the company file has in QuickBooks, where it is to be checked against that; nil: the one that
    /// answered first.
    public var company: String?
    /// The zone of the QuickBooks machine's clock; nil: not known.
    public var timeZone: TimeZone?
    /// The lists of which nothing is added on either side before a person has decided about the same and similar names.
    public var matchFirst: Set<Entity>
    /// The qbXML version that documents are written in.
    public var version: QBXMLVersion
    /// Full name of the income account of new items.
    public var incomeAccount: String?
    /// Full name of the expense account of new items.
    public var expenseAccount: String?
    /// Exceptions by cost code prefix; the longest prefix wins.
    public var accounts: [String: Accounts]
    /// Full name of the customer that new jobs go under; nil: a job is a customer.
    public var customer: String?
    /// The same, by Procore project id.
    public var customers: [String: String]
    /// How cost codes become items.
    public var items: ItemLayout
    /// Whether a name that is too long gets a deterministic short form instead of a problem.
    public var shortForms: Bool
    /// Whether a name already in the same QuickBooks list links to it.
    public var linkSameName: Bool
    /// Whether addresses are still updated once two records are linked.
    public var updateAddresses: Bool
    /// The QuickBooks vendor types that are imported; nil: all. `none` stands for vendors without a type.
    public var vendorTypes: Set<String>?
    /// Full name of the accounts payable account; nil: QuickBooks' default one.
    public var payableAccount: String?
    /// Full name of the account that bills are paid from.
    public var bankAccount: String?
    /// Full name of the item that retainage stands on.
    public var retainageItem: String?
    /// The `RefNumber` of a payment without a check number.
    public var electronicRef: String
    /// How a line without quantity and price is ordered.
    public var lumpSum: LumpSum
    /// How many lines of retainage a bill has.
    public var retainageLines: RetainageLines
    /// The statuses in which documents go to QuickBooks.
    public var statuses: Statuses
    /// Cost codes by the full name of the account, or of the payroll item, for costs that name no item.
    public var accountCodes: [String: String]
    /// Whether tax on imported costs is part of them. Recoverable by default: Canadian editions, the only ones here that
    /// show such tax, post what is recovered to the tax agency's account and only the rest to the job's.
    public var purchaseTax: PurchaseTax
    /// Rates in percent by the name of the QuickBooks sales tax code, since transactions name the code alone.
    public var taxRates: [String: Amount]
    /// Whether every field says how it came about, for `convert --explain`.
    public var explains = false

    /// Settings of a company, everything else as the contract's defaults.
    public init(companyID: String) {
        self.companyID = companyID
        companyKey = nil
        edition = .us
        company = nil
        timeZone = nil
        matchFirst = []
        version = .v13
        incomeAccount = nil
        expenseAccount = nil
        accounts = [:]
        customer = nil
        customers = [:]
        items = .flat
        shortForms = false
        linkSameName = true
        updateAddresses = false
        vendorTypes = nil
        payableAccount = nil
        bankAccount = nil
        retainageItem = nil
        electronicRef = "ACH"
        lumpSum = .dollars
        retainageLines = .bill
        statuses = Statuses()
        accountCodes = [:]
        purchaseTax = .recoverable
        taxRates = [:]
    }

    /// The cost code that the configuration gives an account; upper and lower case do not matter.
    public func costCode(ofAccount fullName: String) -> String? {
        if let code = accountCodes[fullName] { return code }
        let key = QuickBooksText.comparisonKey(fullName)
        return accountCodes.keys.sorted().first { QuickBooksText.comparisonKey($0) == key }
            .flatMap { accountCodes[$0] }
    }

    /// The rate in percent that the configuration gives a sales tax code; upper and lower case do not matter.
    public func taxRate(ofCode name: String) -> Amount? {
        if let rate = taxRates[name] { return rate }
        let key = QuickBooksText.comparisonKey(name)
        return taxRates.first { QuickBooksText.comparisonKey($0.key) == key }?.value
    }

    /// The currency of the books, by edition. Source: QuickBooks Desktop's editions; other currencies need
    /// multi-currency, which is not supported.
    public var homeCurrency: String { edition == .us ? "USD" : "CAD" }

    /// What stands before every id that QuickBooks sees: company, and the root's own key where one is set.
    public var namespace: String {
        companyKey.map { "\(companyID).\($0)" } ?? companyID
    }

    /// The account of a side of the item made from a cost code.
    public func account(_ side: WritableKeyPath<Accounts, String?>, for fullCode: String) -> String? {
        let prefixes = accounts.keys.filter { fullCode.hasPrefix($0) && accounts[$0]?[keyPath: side] != nil }
        if let longest = prefixes.max(by: { $0.count < $1.count }) { return accounts[longest]?[keyPath: side] }
        return side == \.income ? incomeAccount : expenseAccount
    }

    /// The customer that the job of a project goes under.
    public func customer(ofProject id: String?) -> String? {
        id.flatMap { customers[$0] } ?? customer
    }
}
