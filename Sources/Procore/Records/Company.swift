import Domain

/// A company of the Procore directory; in Procore's API, a vendor.
///
/// Source: Procore REST "Vendors", views normal, extended and erp; the company import template (CSV).
public struct Company: CSVRecord {
    /// Companies; in Procore's API, vendors.
    public static let entity = Entity.vendors
    /// Two columns of the company import template.
    public static let headers = ["Company Name", "Business Phone"]

    /// Its fields, as they are read below from an object of a vendor list.
    public static let plainLayout = PlainLayout(
        texts: ["name", "address", "city", "state_code", "zip", "business_phone", "fax_number"], title: "name",
        instead: ["name": "company"], flags: ["is_active"])

    /// Procore's id; the template has a column for it, which can be empty.
    public let id: String?
    /// The company's name.
    public let name: String?
    /// Street address; line breaks stand where the user typed them.
    public let address: String?
    /// City.
    public let city: String?
    /// Two letters, as in ISO 3166-2.
    public let stateCode: String?
    /// ZIP or postal code.
    public let zip: String?
    /// Business phone, in whatever style the user typed.
    public let businessPhone: String?
    /// Fax number, in whatever style the user typed.
    public let faxNumber: String?
    /// Whether the company is active.
    public let isActive: Bool
    /// `updated_at`; nil in a CSV row.
    public let updatedAt: String?
    /// `origin_id`; nil in a CSV row.
    public let originID: String?
    /// `origin_data`; nil in a CSV row.
    public let originData: String?

    /// Reads an object of a vendor list.
    public init(_ json: JSONRecord) throws(Problem) {
        id = try json.id("id")
        if let text = try json.filled("name") { name = text } else { name = try json.filled("company") }
        address = try json.filled("address")
        city = try json.filled("city")
        stateCode = try json.filled("state_code")
        zip = try json.filled("zip")
        businessPhone = try json.filled("business_phone")
        faxNumber = try json.filled("fax_number")
        isActive = try json.isTrue("is_active")
        updatedAt = try json.filled("updated_at")
        originID = try json.filled("origin_id")
        originData = try json.filled("origin_data")
    }

    /// Reads a row of the company import template.
    public init(_ row: CSVRow) throws(Problem) {
        id = try row.id("Id")
        name = row["Company Name"]
        address = row["Address"]
        city = row["City"]
        stateCode = row["State"]
        zip = row["Zip"]
        businessPhone = row["Business Phone"]
        faxNumber = row["Fax Number"]
        isActive = true
        updatedAt = nil
        originID = nil
        originData = nil
    }

    /// The name.
    public var businessKey: String? { name }

    /// The name, where there is an address for it to stand above.
    public var nameAboveAddress: String? {
        address == nil && city == nil && stateCode == nil && zip == nil ? nil : name
    }

    /// A company that is not active is left out.
    public var skipped: Skipped? {
        isActive ? nil : Skipped("The company is not active in Procore; only active companies go to QuickBooks.")
    }
}
