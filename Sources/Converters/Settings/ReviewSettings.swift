import Domain

extension Settings {
    /// Which requests wait for a person's word before they go to QuickBooks: `review` in `plumbline.yaml`.
    public struct Review: Sendable, Equatable {
        /// When the requests of one kind of record wait.
        public enum Rule: Sendable, Equatable {
            /// Each of them.
            case always
            /// Those of more money than this, in dollars.
            case above(Amount)
        }

        /// The rules, by kind of record; what has none goes by itself.
        public private(set) var rules: [Entity: Rule] = [:]

        /// Nothing waits.
        public init() {}

        /// Whether anything waits.
        public var isOn: Bool { !rules.isEmpty }

        /// Has the requests of one kind of document wait.
        /// - Parameters:
        ///   - kind: what they make in QuickBooks.
        ///   - rule: when they wait.
        public mutating func add(_ kind: Kind, _ rule: Rule) {
            for entity in kind.entities { rules[entity] = rule }
        }
    }
}

extension Settings.Review {
    /// What requests make in QuickBooks, in the words of `plumbline.yaml`.
    public enum Kind: String, Sendable, CaseIterable {
        case vendors, jobs, items, estimates
        case purchaseOrders = "purchase_orders"
        case bills, payments

        /// The records that become such, or lines of such.
        public var entities: [Entity] {
            switch self {
            case .vendors: [.vendors]
            case .jobs: [.projects]
            case .items: [.standardCostCodes]
            case .estimates: [.budgets, .budgetModifications, .budgetChanges]
            case .purchaseOrders: [.commitments, .commitmentChangeOrders]
            case .bills: [.requisitions]
            case .payments: [.contractPayments]
            }
        }

        /// Whether there is money in it.
        public var hasAmount: Bool { ![.vendors, .jobs, .items].contains(self) }
    }
}
