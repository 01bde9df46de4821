import Domain
import Procore
import QBXML

/// A QuickBooks Job becomes a Procore project, at its Ship To address, else its Bill To, else its parent's.
///
/// A customer without a parent is not a job: customers are not imported.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping"; Procore REST "Sync Projects".
public enum JobToProject: ToProcore {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "job-to-project"
    /// The sentence a bookkeeper would say.
    public static let summary = "A QuickBooks Job becomes a Procore project."
    /// The names of both sides.
    public static let sides = (from: "QuickBooks CustomerRet", to: "Procore project")
    /// What it becomes.
    public static let entity = Entity.projects
    /// Where it comes from.
    public static let list = QuickBooksKind.customer

    // swift-format-ignore
    public static let rows: [Row<Element>] = [
        //  Procore project  QuickBooks CustomerRet
        Row("name",          "Name",                                        { $0["Name"] },                                        .asIs),
        Row("address",       "ShipAddress/Addr1-5 (BillAddress, parent's)", { AddressPart.street($0, block($0)) },                 .asIs, update: .address),
        Row("city",          "ShipAddress/City (BillAddress, parent's)",    { $0["\(block($0))/City"] },                           .asIs, update: .address),
        Row("state_code",    "ShipAddress/State (BillAddress, parent's)",   { AddressPart.stateCode($0, block($0)) },              .asIs, update: .address),
        Row("zip",           "ShipAddress/PostalCode (BillAddress, parent's)", { $0["\(block($0))/PostalCode"] },                  .asIs, update: .address),
    ]

    /// Whether it is active, and what it belongs to.
    public static let deciding = ["IsActive", "ParentRef/ListID", "ParentRef/FullName"]

    /// Inactive elements stay where they are, and so does what the configuration leaves out.
    public static func skipped(_ text: (String) -> String?, settings: Settings) -> Skipped? {
        if text("IsActive") == "false" {
            return Skipped("The job is not active in QuickBooks.")
        }
        if text("ParentRef/ListID") == nil, text("ParentRef/FullName") == nil {
            return Skipped("A customer, not a job: customers are not imported.")
        }
        return nil
    }

    /// The address fields of a customer, for jobs below it that have none; empty where it has none either.
    public static func address(of ret: Element) -> Content {
        Content(
            rows.filter { $0.update == .address }.compactMap { row in
                row.value(ret, Settings(companyID: "")).flatMap { $0.isEmpty ? nil : Content.Field(row.target, $0) }
            })
    }

    private static func block(_ ret: Element) -> String {
        AddressPart.exists(ret, "ShipAddress") ? "ShipAddress" : "BillAddress"
    }
}
