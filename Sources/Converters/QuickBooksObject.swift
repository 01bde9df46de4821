import Domain
import QBXML

/// A kind of QuickBooks object and the names of its messages.
public struct QuickBooksObject: Sendable, Hashable {
    /// The list whose ids it has.
    public let list: QuickBooksKind
    /// The message that finds it by id or name; items are asked for across all their types, since one name
    /// serves them all.
    public let query: String
    /// Whose names it shares: customers, vendors, employees and other names have one name space.
    public let nameSpace: String
    /// Aggregates that have another name in a Mod.
    public let renamedInMod: [String: String]

    /// Vendors.
    public static let vendor = QuickBooksObject(
        list: .vendor, query: "VendorQuery", nameSpace: "Entity", renamedInMod: [:])
    /// Jobs, which are customers with a parent, and customers used as jobs.
    public static let job = QuickBooksObject(
        list: .customer, query: "CustomerQuery", nameSpace: "Entity", renamedInMod: [:])
    /// Service items.
    public static let itemService = QuickBooksObject(
        list: .itemService, query: "ItemQuery", nameSpace: "Item",
        renamedInMod: ["SalesAndPurchase": "SalesAndPurchaseMod"])

    /// `VendorAdd`
    public var add: String { list.rawValue + "Add" }
    /// `VendorMod`
    public var mod: String { list.rawValue + "Mod" }
    /// `VendorRet`
    public var ret: String { list.rawValue + "Ret" }

    /// Where the name that some content wants stands in QuickBooks: two records that meet in one must both stop.
    public func nameKey(of content: Content) -> String? {
        guard let name = content["Name"] else { return nil }
        var parent = content["ParentRef/FullName"].map(QuickBooksText.comparisonKey) ?? ""
        if let key = content.references.first { parent = key.description }
        return "\(parent.isEmpty ? nameSpace : list.rawValue)|\(parent)|\(QuickBooksText.comparisonKey(name))"
    }

    /// The body of an Add request, in the order of the table.
    /// - Parameter id: the QuickBooks id of another record; every reference has one by now.
    public func addBody(_ content: Content, externalGUID: String, id: (RecordKey) -> String?) -> [UInt8] {
        var writer = XMLWriter()
        writer.open(add)
        write(content.fields, to: &writer) { value in Self.text(value, id) }
        writer.leaf("ExternalGUID", externalGUID)
        writer.close(add)
        return writer.bytes
    }

    private static func text(_ value: Content.Value, _ id: (RecordKey) -> String?) -> String {
        switch value {
        case .text(let text): text
        case .idOf(let key), .lineOf(let key, _): id(key) ?? ""
        }
    }

    /// The body of a Mod request that changes these fields and no other; an empty one is cleared.
    public func modBody(_ changes: Content, listID: String, editSequence: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.open(mod)
        writer.leaf("ListID", listID)
        writer.leaf("EditSequence", editSequence)
        write(changes.fields, renamed: renamedInMod, to: &writer) { value in Self.text(value, { _ in nil }) }
        writer.close(mod)
        return writer.bytes
    }

    /// The body of a query for one object by id.
    public func queryBody(listID: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf("ListID", listID)
        return writer.bytes
    }

    /// The body of a query for one object by its full name: `parent:child`.
    public func queryBody(fullName: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.leaf("FullName", fullName)
        return writer.bytes
    }
}

/// Writes fields by their paths: neighbours under the same parent share its element.
/// - Parameters:
///   - renamed: aggregates that have another name here.
///   - text: what a value is written as.
func write(
    _ fields: [Content.Field], renamed: [String: String] = [:], to writer: inout XMLWriter,
    _ text: (Content.Value) -> String
) {
    var open: [Substring] = []
    var around: Substring = ""
    for field in fields {
        let slash = field.path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let leaf = slash.map { field.path[field.path.utf8.index(after: $0)...] } ?? field.path[...]
        let group = slash.map { field.path[..<$0] } ?? ""
        if group != around {
            around = group
            let names = group.split(separator: "/").map { renamed[String($0)].map { $0[...] } ?? $0 }
            var shared = 0
            while shared < min(open.count, names.count), open[shared] == names[shared] { shared += 1 }
            while open.count > shared { writer.close(open.removeLast()) }
            for name in names[shared...] {
                writer.open(name)
                open.append(name)
            }
        }
        writer.leaf(renamed.isEmpty ? leaf : renamed[String(leaf)].map { $0[...] } ?? leaf, text(field.value))
    }
    while let name = open.popLast() { writer.close(name) }
}
