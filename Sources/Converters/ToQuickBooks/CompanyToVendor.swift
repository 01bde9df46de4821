import Domain
import Procore
import QBXML

/// A Procore company becomes a QuickBooks Vendor.
///
/// The name repeats as the first line of the address, as bookkeepers have it, so that it shows in the window of
/// an envelope. After linking, addresses are not overwritten unless the configuration says so.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping" (name, address, main phone, fax);
///   Intuit qbXML reference "VendorAdd", lengths from its schema.
public enum CompanyToVendor: ToQuickBooks {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "company-to-vendor"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore company becomes a QuickBooks Vendor."
    /// The names of both sides.
    public static let sides = (from: "Procore company", to: "QuickBooks VendorAdd")
    /// What it becomes.
    public static let object = QuickBooksObject.vendor
    /// Most companies need no more than their fields as they stand.
    public static let plan = MappingPlan(Self.self)
    /// The directory's companies as JSON, and rows of the company import template.
    public static let exports = [
        Export(list: entity, by: .field) { company, _ in
            company.has("synced_to_erp") || company.has(all: "business_phone", "authorized_bidder")
        },
        Export(list: entity, by: .name) { company, path in
            company.has("name") && (path.contains("vendor") || path.contains("compan"))
        },
        Export(list: entity, columns: Company.headers),
    ]

    // swift-format-ignore
    public static let rows: [Row<Company>] = [
        //  QuickBooks VendorAdd        Procore company
        Row("Name",                     "name",           \.name,           .name(41)),
        Row("VendorAddress/Addr1",      "name",           \.nameAboveAddress, .nameAgain(41),           update: .address),
        Row("VendorAddress/Addr2",      "address",        \.address,        .addressLine(1, of: 2),   update: .address),
        Row("VendorAddress/Addr3",      "address",        \.address,        .addressLine(2, of: 2),   update: .address),
        Row("VendorAddress/City",       "city",           \.city,           .atMost(31),              update: .address),
        Row("VendorAddress/State",      "state_code",     \.stateCode,      .atMost(21),              update: .address),
        Row("VendorAddress/PostalCode", "zip",            \.zip,            .atMost(13),              update: .address),
        Row("Phone",                    "business_phone", \.businessPhone,  .atMost(21)),
        Row("Fax",                      "fax_number",     \.faxNumber,      .atMost(21)),
    ]
}
