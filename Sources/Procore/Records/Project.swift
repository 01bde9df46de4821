import Domain

/// A Procore project.
///
/// Source: Procore REST "Projects", list and show.
public struct Project: ProcoreRecord {
    public static let entity = Entity.projects

    public let id: String?
    /// The project's name.
    public let name: String?
    /// Street address; line breaks stand where the user typed them.
    public let address: String?
    /// City.
    public let city: String?
    /// Two letters, as in ISO 3166-2.
    public let stateCode: String?
    /// ZIP or postal code.
    public let zip: String?
    /// Whether the project is active.
    public let isActive: Bool
    public let updatedAt: String?
    public let originID: String?
    public let originData: String?

    public init(_ json: JSONRecord) throws(Problem) {
        id = try json.id("id")
        name = try json.filled("name")
        address = try json.filled("address")
        city = try json.filled("city")
        stateCode = try json.filled("state_code")
        zip = try json.filled("zip")
        isActive = try json.isTrue("active")
        updatedAt = try json.filled("updated_at")
        originID = try json.filled("origin_id")
        originData = try json.filled("origin_data")
    }

    public var businessKey: String? { name }

    public var skipped: Skipped? {
        isActive ? nil : Skipped("The project is not active in Procore; only active projects go to QuickBooks.")
    }
}
