import Foundation
import GRDB
import QBXML

/// A record of one of QuickBooks' lists, as it is kept.
struct ListRecord {
    /// Its number in the file, in the order of creation.
    var number: Int64 = 0
    let kind: String
    var listID = ""
    var parent: Int64?
    var name: String
    var editSequence = 0
    var created = 0
    var modified = 0
    var isActive = true
    /// All other fields, in an element named after the kind. References hold a `ListID` only.
    var fields: Element

    var list: String { Lists.list(of: kind) }

    init(kind: String, parent: Int64?, name: String, fields: Element) {
        self.kind = kind
        self.parent = parent
        self.name = name
        self.fields = fields
    }

    init(row: Row) throws {
        number = row["number"]
        kind = row["kind"]
        listID = row["list_id"]
        parent = row["parent"]
        name = row["name"]
        editSequence = row["edit_sequence"]
        created = row["created"]
        modified = row["modified"]
        isActive = row["is_active"]
        let stored: Data = row["fields"]
        fields = try Element.parse(Array(stored))
    }

    /// The fields as they are kept.
    var storedFields: Data { Data(fields.stored) }
}

/// Which kinds of record share ids and names.
enum Lists {
    /// One name space for vendors, top-level customers, employees and other names.
    static let entities = ["Customer", "Employee", "OtherName", "Vendor"]
    /// One name space for the items of every type.
    static let items = ["ItemNonInventory", "ItemService"]
    static let terms = ["StandardTerms"]

    static func list(of kind: String) -> String {
        if entities.contains(kind) { return "Entity" }
        if kind.hasPrefix("Item") { return "Item" }
        return terms.contains(kind) ? "Terms" : kind
    }

    /// The kinds that a query returns: `Item` stands for all types.
    static func kinds(ofQuery query: String) -> [String] {
        switch query {
        case "Entity": entities
        case "Item": items
        case "Terms": terms
        default: [query]
        }
    }

    /// Whether records of the kind can stand under one another.
    static func hasParents(_ kind: String) -> Bool {
        kind == "Customer" || kind == "Account" || kind == "Class" || kind.hasPrefix("Item")
    }
}
