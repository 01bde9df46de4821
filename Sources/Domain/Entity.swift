/// The kinds of Procore record that are kept in line, named as Procore's REST paths name them, in the order in which
/// things must exist in QuickBooks.
public enum Entity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Companies; in Procore's API, vendors.
    case vendors
    /// Projects.
    case projects
    /// Cost codes of the company's standard list.
    case standardCostCodes = "standard_cost_codes"
    /// Cost codes of a project.
    case costCodes = "cost_codes"
    /// WBS codes of a project: a cost code with its cost type.
    case wbsCodes = "wbs_codes"
    /// Budgets, one a project; the id is the project's.
    case budgets
    /// Budget modifications, the older form of moving money between budget lines.
    case budgetModifications = "budget_modifications"
    /// Budget changes, the newer form.
    case budgetChanges = "budget_changes"
    /// Commitments: purchase order contracts and work order contracts (subcontracts).
    case commitments
    /// Change orders to commitments.
    case commitmentChangeOrders = "commitment_change_orders"
    /// Subcontractor invoices; in Procore's API, requisitions.
    case requisitions
    /// Direct costs; in QuickBooks, transactions that cost a job.
    case directCosts = "direct_costs"
    /// Payments issued; in Procore's API, contract payments.
    case contractPayments = "contract_payments"

    /// One of them, as a bookkeeper says it: Procore's word in the singular, unless bookkeepers have another.
    public var singular: String {
        switch self {
        case .vendors: "vendor"
        case .projects: "project"
        case .standardCostCodes: "cost code"
        case .costCodes: "project cost code"
        case .wbsCodes: "WBS code"
        case .budgets: "budget of project"
        case .commitmentChangeOrders: "change order"
        case .requisitions: "subcontractor invoice"
        case .contractPayments: "payment"
        case .budgetModifications: "budget modification"
        case .budgetChanges: "budget change"
        case .commitments: "commitment"
        case .directCosts: "direct cost"
        }
    }

    /// Several of them, as a bookkeeper says it: `subcontractor invoices`.
    public var plural: String { self == .budgets ? "budgets" : singular + "s" }

    /// The order in which things must exist in QuickBooks.
    public static func < (left: Entity, right: Entity) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// What ties a record to its place in Procore: the entity and Procore's id.
public struct RecordKey: Sendable, Hashable, CustomStringConvertible {
    /// The kind of record.
    public let entity: Entity
    /// Procore's id, a whole number as text; a code with `=` before it where only its code is known; a QuickBooks id with
    /// `@` before it where only that is known.
    public let procoreID: String

    /// The key of one record.
    public init(_ entity: Entity, _ procoreID: String) {
        self.entity = entity
        self.procoreID = procoreID
    }

    /// The key of a record that is known by its code only, folded for comparison.
    public init(_ entity: Entity, code: String) {
        self.init(entity, "=" + code)
    }

    /// The key of a record that is known by its QuickBooks id only: of a vendor or project a `ListID`, of a project cost
    /// code `<job ListID>|<item ListID>`.
    public init(_ entity: Entity, quickBooksID: String) {
        self.init(entity, "@" + quickBooksID)
    }

    /// The QuickBooks id, where the record is known by that only.
    public var quickBooksID: String? { procoreID.first == "@" ? String(procoreID.dropFirst()) : nil }

    /// The code, where the record is known by its code only.
    public var code: String? { procoreID.first == "=" ? String(procoreID.dropFirst()) : nil }

    /// The record in words: `vendor 401104`, `cost code 03-300`.
    public var shown: String {
        if let quickBooksID { return "the \(entity.singular) that QuickBooks knows as \(quickBooksID)" }
        return "\(entity.singular) \(code ?? procoreID)"
    }

    /// `standard_cost_codes/71002`
    public var description: String { "\(entity.rawValue)/\(procoreID)" }

    /// Reads `standard_cost_codes/71002`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard let slash = text.firstIndex(of: "/"), let entity = Entity(rawValue: String(text[..<slash])) else {
            return nil
        }
        self.init(entity, String(text[text.index(after: slash)...]))
    }
}

/// The kinds of QuickBooks object that records are tied to. Ids are unique within a kind only.
public enum QuickBooksKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Vendors.
    case vendor = "Vendor"
    /// Customers and jobs: a job is a customer with a parent.
    case customer = "Customer"
    /// Items of type Service.
    case itemService = "ItemService"
    /// Estimates.
    case estimate = "Estimate"
    /// Purchase orders.
    case purchaseOrder = "PurchaseOrder"
    /// Bills.
    case bill = "Bill"
    /// Checks that pay bills.
    case billPaymentCheck = "BillPaymentCheck"
    /// Payments of bills by credit card.
    case billPaymentCreditCard = "BillPaymentCreditCard"
    /// Checks that pay for something directly.
    case check = "Check"
    /// Purchases by credit card.
    case creditCardCharge = "CreditCardCharge"
    /// Refunds to a credit card.
    case creditCardCredit = "CreditCardCredit"
    /// Credits given by vendors.
    case vendorCredit = "VendorCredit"
    /// Entries in the general journal.
    case journalEntry = "JournalEntry"
    /// Paychecks, of which only reports tell.
    case paycheck = "Paycheck"

    /// In words: `purchase order`.
    public var words: String {
        switch self {
        case .vendor: "vendor"
        case .customer: "job"
        case .itemService: "item"
        case .estimate: "estimate"
        case .purchaseOrder: "purchase order"
        case .bill: "bill"
        case .billPaymentCheck, .billPaymentCreditCard: "bill payment"
        case .check: "check"
        case .creditCardCharge: "credit card charge"
        case .creditCardCredit: "credit card credit"
        case .vendorCredit: "vendor credit"
        case .journalEntry: "journal entry"
        case .paycheck: "paycheck"
        }
    }
}

/// A QuickBooks `ListID` or `TxnID` as Procore stores it in `origin_id`: hexadecimal, a dash, digits.
///
/// Anything else in `origin_id` belongs to another accounting system.
public func isQuickBooksID(_ text: String) -> Bool {
    let components = text.split(separator: "-", omittingEmptySubsequences: false)
    guard components.count == 2, !components[0].isEmpty, !components[1].isEmpty else { return false }
    return components[0].utf8.allSatisfy { (48...57).contains($0) || (65...70).contains($0) }
        && components[1].utf8.allSatisfy { (48...57).contains($0) }
}
