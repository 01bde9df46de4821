import Domain

/// A cost code of the company's standard list.
///
/// Source: Procore REST "Standard Cost Codes"; the two-column cost code import (CSV).
public struct StandardCostCode: CSVRecord {
    /// Cost codes of the standard list.
    public static let entity = Entity.standardCostCodes
    /// The two columns of the import; other templates have more.
    public static let headers = ["Code", "Description"]

    /// Procore's id; nil in a CSV row.
    public let id: String?
    /// The list it stands in; a write-back names it.
    public let standardCostCodeListID: String?
    /// Procore's id of the code above it; nil at the top.
    public let parentID: String?
    /// The code without its parent's: `300`.
    public let code: String?
    /// The code with its parents': `03-300`.
    public let fullCode: String?
    /// What the code is for: `Cast-in-Place Concrete`.
    public let name: String?
    /// Whether the file says which code stands above it; a CSV does not.
    public let knowsItsParent: Bool
    /// `updated_at`; nil in a CSV row.
    public let updatedAt: String?
    /// `origin_id`; nil in a CSV row.
    public let originID: String?
    /// `origin_data`; nil in a CSV row.
    public let originData: String?
    /// Whether it was deleted in Procore.
    public let isDeleted: Bool

    /// Reads an object of the standard cost code list.
    public init(_ json: JSONRecord) throws(Problem) {
        id = try json.id("id")
        standardCostCodeListID = try json.id("standard_cost_code_list_id")
        parentID = try json.id("parent_id")
        code = try json.filled("code")
        if let text = try json.filled("full_code") { fullCode = text } else { fullCode = code }
        name = try json.filled("name")
        knowsItsParent = true
        updatedAt = try json.filled("updated_at")
        originID = try json.filled("origin_id")
        originData = try json.filled("origin_data")
        isDeleted = try json.filled("deleted_at") != nil
    }

    /// Reads a row of the cost code import.
    public init(_ row: CSVRow) throws(Problem) {
        id = nil
        standardCostCodeListID = nil
        parentID = nil
        code = row["Code"]
        fullCode = row["Code"]
        name = row["Description"]
        knowsItsParent = false
        updatedAt = nil
        originID = nil
        originData = nil
        isDeleted = false
    }

    /// The full code: `03-300`.
    public var businessKey: String? { fullCode }
    /// The list it stands in.
    public var scope: String? { standardCostCodeListID }

    /// A deleted code is left out.
    public var skipped: Skipped? {
        isDeleted ? Skipped("The cost code was deleted in Procore; its item in QuickBooks stays as it is.") : nil
    }
}
