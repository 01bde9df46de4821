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
    /// - Parameters:
    ///   - content: what is wanted of the object.
    ///   - folded: the name, folded for comparison, where that is known.
    public func nameKey(of content: Content, folded: String? = nil) -> String? {
        guard let name = content["Name"] else { return nil }
        var parent = content["ParentRef/FullName"].map(QuickBooksText.comparisonKey) ?? ""
        if let key = content.firstReference { parent = key.description }
        return (parent.isEmpty ? nameSpace : list.rawValue) + "|" + parent + "|"
            + (folded ?? QuickBooksText.comparisonKey(name))
    }

    /// The body of an Add request, in the order of the table.
    /// - Parameter content: what the element should be.
    /// - Parameter externalGUID: by which an Add that was repeated is known.
    /// - Parameter id: the QuickBooks id of another record; every reference has one by now.
    public func addBody(_ content: Content, externalGUID: String, id: (RecordKey) -> String?) -> [UInt8] {
        var writer = XMLWriter(capacity: 768)
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
    write(fields, renamed: renamed, to: &writer) { writer, value in writer.text(text(value)) }
}

/// Writes fields by their paths: neighbours under the same parent share its element.
/// - Parameters:
///   - renamed: aggregates that have another name here.
///   - value: writes a value.
func write(
    _ fields: [Content.Field], renamed: [String: String] = [:], to writer: inout XMLWriter,
    value: (inout XMLWriter, Content.Value) -> Void
) {
    // The path of the field before, and how much of it names the elements that are open.
    var before = ""
    var open = 0
    for field in fields {
        var path = field.path
        path.withUTF8 { path in
            let slash = path.lastIndex(of: slash) ?? 0
            before.withUTF8 { before in
                let group = UnsafeBufferPointer(rebasing: path[..<slash])
                let around = UnsafeBufferPointer(rebasing: before[..<open])
                if !group.elementsEqual(around) { writer.move(from: around, to: group, renamed) }
            }
            open = slash
            let leaf = UnsafeBufferPointer(rebasing: path[(slash == 0 ? 0 : slash + 1)...])
            writer.named(leaf, renamed) { writer, name in
                writer.open(name)
                value(&writer, field.value)
                writer.close(name)
            }
        }
        before = path
    }
    before.withUTF8 { writer.move(from: .init(rebasing: $0[..<open]), to: .init(start: nil, count: 0), renamed) }
}

private let slash = UInt8(ascii: "/")

extension XMLWriter {
    /// Closes the elements of one path, innermost first, and opens those of another, down from where both part.
    fileprivate mutating func move(
        from open: UnsafeBufferPointer<UInt8>, to path: UnsafeBufferPointer<UInt8>, _ renamed: [String: String]
    ) {
        let (old, new) = (open.split(separator: slash), path.split(separator: slash))
        var shared = 0
        while shared < min(old.count, new.count), old[shared].elementsEqual(new[shared]) { shared += 1 }
        for name in old[shared...].reversed() {
            named(UnsafeBufferPointer(rebasing: name), renamed) { $0.close($1) }
        }
        for name in new[shared...] { named(UnsafeBufferPointer(rebasing: name), renamed) { $0.open($1) } }
    }

    /// Writes something with the name that an element has here.
    fileprivate mutating func named(
        _ name: UnsafeBufferPointer<UInt8>, _ renamed: [String: String],
        _ write: (inout XMLWriter, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard !renamed.isEmpty, var other = renamed[String(decoding: name, as: UTF8.self)] else {
            return write(&self, name)
        }
        other.withUTF8 { write(&self, $0) }
    }
}
