import Domain

extension Settings {
    /// Whether cost codes become one flat list of items or sub-items of sub-items.
    public enum ItemLayout: String, Sendable, CaseIterable {
        /// The full code as the item's name: `03-300`.
        case flat
        /// Each code below its parent's item: `03:300`.
        case hierarchical
    }

    /// How vendors, jobs and items are matched, named and updated.
    public struct Lists: Sendable, Equatable {
        /// The lists of which nothing is added on either side before a person has decided about the same and similar names.
        public var matchFirst: Set<Entity> = []
        /// How cost codes become items.
        public var items = ItemLayout.flat
        /// Whether a name that is too long gets a deterministic short form instead of a problem.
        public var shortForms = false
        /// Whether a name already in the same QuickBooks list links to it.
        public var linkSameName = true
        /// Whether addresses are still updated once two records are linked.
        public var updateAddresses = false
        /// The QuickBooks vendor types that are imported; nil: all. `none` stands for vendors without a type.
        public var vendorTypes: Set<String>?
    }

    /// What new jobs go under.
    public struct Jobs: Sendable, Equatable {
        /// Full name of the customer; nil: a job is a customer.
        public var customer: String?
        /// The same, by Procore project id.
        public var customers: [String: String] = [:]
    }

    /// The customer that the job of a project goes under.
    public func customer(ofProject id: String?) -> String? {
        id.flatMap { jobs.customers[$0] } ?? jobs.customer
    }
}
