import Domain
import Procore
import QBXML

/// Anything that maps one side's records to the other's by a table.
public protocol Converter: Sendable {
    /// `company-to-vendor`: its name in `plumbline mappings`, and of the folder of its cases.
    static var name: String { get }
    /// The sentence a bookkeeper would say.
    static var summary: String { get }
    /// The kind of Procore record that it converts, or converts to.
    static var entity: Entity { get }
    /// The exports of Procore's that it reads, or refuses in words.
    static var exports: [Export] { get }
    /// The QuickBooks objects that it reads.
    static var reads: [QuickBooksKind] { get }
    /// The kinds of record whose ids on the other side, or whose content, it refers to and waits for; each has a converter
    /// above it in `allConverters`, or is its own.
    static var needs: [Entity] { get }
    /// The table, for people: target, source, rule, and when a linked record may be changed through it.
    static var table: [TableLine] { get }
    /// The names of both sides, for the table's head.
    static var sides: (from: String, to: String) { get }
    /// What it converts. Lists, documents and QuickBooks' lists have it from their own protocols.
    static var role: ConverterRole { get }
}

extension Converter {
    /// Procore exports nothing for it.
    public static var exports: [Export] { [] }
    /// Nothing of QuickBooks'.
    public static var reads: [QuickBooksKind] { [] }
    /// Nothing but the record itself.
    public static var needs: [Entity] { [] }
}

/// One line of a mapping table as `plumbline mappings` prints it.
public struct TableLine: Sendable, Hashable {
    /// The element or key it goes to.
    public let target: String
    /// The field it comes from.
    public let source: String
    /// The rule in words.
    public let rule: String
    /// `always`, `address` or `never`.
    public let update: String

    /// - Parameters:
    ///   - line: the element of the line that the row writes into.
    ///   - isFixed: whether nothing of it changes once it is there.
    ///   - side: whose id a reference is.
    init<Source>(_ row: Row<Source>, in line: String? = nil, isFixed: Bool = false, idOf side: String = "QuickBooks") {
        target = line.map { "\($0)/\(row.target)" } ?? row.target
        source = row.source
        let words =
            row.isOptional && row.rule.isRequired
            ? row.rule.description.replacing("required; ", with: "") : row.rule.description
        rule = row.reference == nil ? words : "the \(side) id of that record; waits until it is linked"
        update = isFixed ? "never" : row.update.rawValue
    }

    /// A line about what no row says.
    init(_ target: String, _ source: String, _ rule: String) {
        self.target = target
        self.source = source
        self.rule = rule
        update = Row<Void>.Update.always.rawValue
    }
}

/// A converter of Procore records to elements of a QuickBooks list.
public protocol ToQuickBooks: Converter {
    /// The Procore record.
    associatedtype Source: ProcoreRecord
    /// What it becomes.
    static var object: QuickBooksObject { get }
    /// The mapping table, in qbXML order.
    static var rows: [Row<Source>] { get }
    /// The table made ready for the bytes of a record; nil: each is read and converted by `convert`.
    static var plan: MappingPlan? { get }
    /// What the configuration has to say before any of these can be converted; nil: nothing.
    static func missing(in settings: Settings) -> Problem?
    /// What a table cannot say about one record.
    static func check(_ record: Source, settings: Settings) throws(Problem)
    /// The lists in an event of Procore's own connector that hold such records.
    static var eventLists: [String] { get }
    /// Reads a row of a CSV template; nil where the record has none.
    static func read(_ row: CSVRow) throws(Problem) -> Source?
}

extension ToQuickBooks {
    /// The entity it converts.
    public static var entity: Entity { Source.entity }
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0) } }
    /// The paths of every element that it may write.
    public static var targets: [String] { rows.map(\.target) }
    /// There is none.
    public static var plan: MappingPlan? { nil }
    /// Nothing has to be configured.
    public static func missing(in settings: Settings) -> Problem? { nil }
    /// Nothing beyond the table.
    public static func check(_ record: Source, settings: Settings) throws(Problem) {}
    /// The list that is named as the entity is.
    public static var eventLists: [String] { [entity.rawValue] }
    /// There is no template.
    public static func read(_ row: CSVRow) throws(Problem) -> Source? { nil }

    /// What a record should be in QuickBooks.
    /// - Throws: all its problems.
    public static func convert(_ record: Source, settings: Settings) throws(Problems) -> Mapped {
        do throws(Problem) {
            try check(record, settings: settings)
        } catch {
            throw Problems([error.of(record.shown)])
        }
        return try map(record, rows, shown: record.shown, settings: settings)
    }

    /// The fields in which a linked record has to be changed; empty: a Mod would change nothing.
    ///
    /// A field that QuickBooks confirmed and that is no longer wanted is cleared; one that QuickBooks was never
    /// given by us is left alone.
    public static func changes(from confirmed: Content, to wanted: Content, settings: Settings) -> Content {
        let allowed = Set(
            rows.filter { $0.update == .always || $0.update == .address && settings.lists.updateAddresses }.map(
                \.target))
        var changed: Set<String> = []
        for field in wanted.fields where allowed.contains(field.path) && confirmed[field.path] != wanted[field.path] {
            changed.insert(field.path)
        }
        for field in confirmed.fields where allowed.contains(field.path) && wanted[field.path] == nil {
            changed.insert(field.path)
        }
        guard !changed.isEmpty else { return Content() }
        return Content(
            rows.compactMap { row in
                // An address is sent whole, so that none of its lines outlives the others.
                let touched =
                    changed.contains(row.target)
                    || row.update == .address && allowed.contains(row.target)
                        && changed.contains { $0.group == row.target.group }
                guard touched, wanted[row.target] != nil || confirmed[row.target] != nil else { return nil }
                return Content.Field(row.target, wanted[row.target] ?? "")
            })
    }

    /// The address fields that differ and are left as they are, since addresses are not updated after linking.
    public static func heldBack(from confirmed: Content, to wanted: Content, settings: Settings) -> [String] {
        guard !settings.lists.updateAddresses else { return [] }
        return rows.filter { $0.update == .address && confirmed[$0.target] != wanted[$0.target] }.map(\.target)
    }

    /// What QuickBooks says it holds in the fields that we would write. Of an address that we would write these are
    /// all its fields, so that no line of an old one outlives the others.
    public static func held(in ret: Element, of wanted: Content) -> Content {
        let groups = Set(wanted.fields.map(\.path.group).filter { !$0.isEmpty })
        return Content(
            rows.compactMap { row in
                let isOurs =
                    wanted.fields.contains { $0.path == row.target }
                    || row.update == .address && groups.contains(row.target.group)
                guard isOurs, let text = ret[row.target] else { return nil }
                return Content.Field(row.target, text)
            })
    }
}

extension ToQuickBooks where Source: CSVRecord {
    /// A row of the record's template.
    public static func read(_ row: CSVRow) throws(Problem) -> Source? { try Source(row) }
}

extension String {
    /// `VendorAddress` of `VendorAddress/City`; empty where there is no group.
    var group: Substring {
        lastIndex(of: "/").map { self[..<$0] } ?? ""
    }
}
