import Domain
import Procore
import QBXML

/// A QuickBooks Vendor becomes a Procore company.
///
/// Which vendors come across is chosen by vendor type; inactive ones stay where they are.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping" and vendor type import settings; Procore
///   REST "Sync Vendors".
public enum VendorToCompany: ToProcore {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "vendor-to-company"
    /// The sentence a bookkeeper would say.
    public static let summary = "A QuickBooks Vendor becomes a Procore company."
    /// The names of both sides.
    public static let sides = (from: "QuickBooks VendorRet", to: "Procore company")
    /// What it becomes.
    public static let entity = Entity.vendors
    /// Where it comes from.
    public static let list = QuickBooksKind.vendor

    // swift-format-ignore
    public static let rows: [Row<Element>] = [
        //  Procore company      QuickBooks VendorRet
        Row("name",              "Name",                     .text("Name"),                     .asIs),
        Row("address",           "VendorAddress/Addr1-5",    .street("VendorAddress"),          .asIs, update: .address),
        Row("city",              "VendorAddress/City",       .text("VendorAddress/City"),       .asIs, update: .address),
        Row("state_code",        "VendorAddress/State",      .stateCode("VendorAddress"),       .asIs, update: .address),
        Row("zip",               "VendorAddress/PostalCode", .text("VendorAddress/PostalCode"), .asIs, update: .address),
        Row("business_phone",    "Phone",                    .text("Phone"),                    .asIs),
        Row("fax_number",        "Fax",                      .text("Fax"),                      .asIs),
    ]

    /// Whether it is active, and its type.
    public static let deciding = ["IsActive", "VendorTypeRef/FullName"]

    /// Inactive elements stay where they are, and so does what the configuration leaves out.
    public static func skipped(_ text: (String) -> String?, settings: Settings) -> Skipped? {
        if text("IsActive") == "false" {
            return Skipped("The vendor is not active in QuickBooks.")
        }
        if let types = settings.lists.vendorTypes {
            let type = text("VendorTypeRef/FullName") ?? "none"
            guard types.contains(type) else {
                return Skipped("Its vendor type, \(type), is not among vendor_types in plumbline.yaml.")
            }
        }
        return nil
    }
}
