/// The kinds of Procore record that are kept in line, named as Procore's REST paths name them.
public enum Entity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Companies; in Procore's API, vendors.
    case vendors
    /// Projects.
    case projects
    /// Cost codes of the company's standard list.
    case standardCostCodes = "standard_cost_codes"

    /// One of them, as a bookkeeper says it.
    public var singular: String {
        switch self {
        case .vendors: "vendor"
        case .projects: "project"
        case .standardCostCodes: "cost code"
        }
    }

    /// The order in which things must exist in QuickBooks.
    public static func < (left: Entity, right: Entity) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}

/// What ties a record to its place in Procore: the entity and Procore's id.
public struct RecordKey: Sendable, Hashable, CustomStringConvertible {
    /// The kind of record.
    public let entity: Entity
    /// Procore's id, a whole number as text.
    public let procoreID: String

    /// The key of one record.
    public init(_ entity: Entity, _ procoreID: String) {
        self.entity = entity
        self.procoreID = procoreID
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

/// The QuickBooks lists that records are tied to. Ids are unique within a list only.
public enum QuickBooksList: String, Sendable, Hashable, Codable, CaseIterable {
    /// Vendors.
    case vendor = "Vendor"
    /// Customers and jobs: a job is a customer with a parent.
    case customer = "Customer"
    /// Items of type Service.
    case itemService = "ItemService"
}

/// A QuickBooks `ListID` or `TxnID` as Procore stores it in `origin_id`: hexadecimal, a dash, digits.
///
/// Anything else in `origin_id` belongs to another accounting system.
public func isQuickBooksID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
    return parts[0].utf8.allSatisfy { (48...57).contains($0) || (65...70).contains($0) }
        && parts[1].utf8.allSatisfy { (48...57).contains($0) }
}
