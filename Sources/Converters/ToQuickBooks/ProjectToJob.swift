import Domain
import Procore
import QBXML

/// A Procore project becomes a QuickBooks Job: a Customer below the customer that the configuration names for it,
/// or a Customer of its own where it names none.
///
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping" and "Glossary" (name of 41 characters,
///   no commas in the address, Ship To); Intuit qbXML reference "CustomerAdd", lengths from its schema.
public enum ProjectToJob: ToQuickBooks {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "project-to-job"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore project becomes a QuickBooks Job."
    /// The names of both sides.
    public static let sides = (from: "Procore project", to: "QuickBooks CustomerAdd")
    /// What it becomes.
    public static let object = QuickBooksObject.job
    /// The company's projects as JSON.
    public static let exports = [
        Export(list: entity, by: .field) { project, _ in
            project.has("time_zone") && (project.has("accounting_project_number") || project.has("project_number"))
        },
        Export(list: entity, by: .name) { project, path in project.has("name") && path.contains("project") },
    ]

    // swift-format-ignore
    public static let rows: [Row<Project>] = [
        //  QuickBooks CustomerAdd    Procore project
        Row("Name",                   "name",       \.name, .name(41)),
        Row("ParentRef/FullName",     "id (quickbooks.customers, quickbooks.customer)",
            from: { $1.customer(ofProject: $0.id) }, .atMost(209), update: .never),
        Row("ShipAddress/Addr1",      "address",    \.address,   .addressLineWithoutCommas(1, of: 3), update: .address),
        Row("ShipAddress/Addr2",      "address",    \.address,   .addressLineWithoutCommas(2, of: 3), update: .address),
        Row("ShipAddress/Addr3",      "address",    \.address,   .addressLineWithoutCommas(3, of: 3), update: .address),
        Row("ShipAddress/City",       "city",       \.city,      .atMost(31), update: .address),
        Row("ShipAddress/State",      "state_code", \.stateCode, .atMost(21), update: .address),
        Row("ShipAddress/PostalCode", "zip",        \.zip,       .atMost(13), update: .address),
    ]

    /// A project of another company has nothing to do in these books.
    public static func check(_ project: Project, settings: Settings) throws(Problem) {
        guard let companyID = project.companyID, companyID != settings.companyID else { return }
        throw Problem(
            field: "company.id",
            what:
                "The project belongs to Procore company \(companyID), and this folder to company \(settings.companyID).",
            remedy: "Drop the file in the folder of that company.")
    }
}
