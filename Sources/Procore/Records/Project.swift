import Domain

/// A Procore project.
///
/// Source: Procore REST "Projects", list and show.
public struct Project: ProcoreRecord {
    /// Projects.
    public static let entity = Entity.projects

    /// Procore's id.
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
    /// Procore's id of the company that the project belongs to; nil where the view leaves it out.
    public let companyID: String?
    /// `updated_at`, as Procore wrote it.
    public let updatedAt: String?
    /// `origin_id`: the job it is linked to.
    public let originID: String?
    /// `origin_data`, with the job's edit sequence.
    public let originData: String?

    /// Reads an object of a project list.
    public init(_ json: JSONRecord) throws(Problem) {
        id = try json.id("id")
        name = try json.filled("name")
        address = try json.filled("address")
        city = try json.filled("city")
        stateCode = try json.filled("state_code")
        zip = try json.filled("zip")
        isActive = try json.isTrue("active")
        companyID = try json.id("company.id")
        updatedAt = try json.filled("updated_at")
        originID = try json.filled("origin_id")
        originData = try json.filled("origin_data")
    }

    /// The name.
    public var businessKey: String? { name }

    /// A project that is not active is left out.
    public var skipped: Skipped? {
        isActive ? nil : Skipped("The project is not active in Procore; only active projects go to QuickBooks.")
    }
}
