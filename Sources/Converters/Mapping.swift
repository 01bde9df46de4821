import Domain
import QBXML

/// One row of a mapping table: where a value goes, where it comes from, and the rule it has to keep.
///
/// The table is the behaviour: the same rows write the documents, decide what a Mod may change, and print
/// `plumbline mappings`. Rows stand in the order in which the other side wants its elements.
public struct Row<Source>: Sendable {
    /// When a record that is already linked may be changed through this row.
    public enum Update: String, Sendable {
        /// Whenever the value changed.
        case always
        /// Only when the configuration says `update_addresses: true`.
        case address
        /// Never: it is set once, when the record is made.
        case never
    }

    /// The element's path: `VendorAddress/City`; in Procore JSON, the key.
    public let target: String
    /// The field as its own side spells it.
    public let source: String
    /// The rule.
    public let rule: Rule
    /// When a linked record may be changed through it.
    public let update: Update
    let value: @Sendable (Source, Settings) -> String?
    let reference: (@Sendable (Source, Settings) -> RecordKey?)?

    /// A value taken from a field as it is.
    public init(
        _ target: String, _ source: String, _ value: @escaping @Sendable (Source) -> String?, _ rule: Rule,
        update: Update = .always
    ) {
        self.init(target, source, from: { record, _ in value(record) }, rule, update: update)
    }

    /// A value that also depends on the configuration.
    public init(
        _ target: String, _ source: String, from value: @escaping @Sendable (Source, Settings) -> String?, _ rule: Rule,
        update: Update = .always
    ) {
        self.target = target
        self.source = source
        self.value = value
        self.rule = rule
        self.update = update
        reference = nil
    }

    /// The QuickBooks id of another record, known once that one is linked.
    public init(
        _ target: String, _ source: String, idOf reference: @escaping @Sendable (Source, Settings) -> RecordKey?,
        update: Update = .never
    ) {
        self.target = target
        self.source = source
        self.reference = reference
        self.update = update
        value = { _, _ in nil }
        rule = .atMost(36)
    }
}

/// What a mapping table makes of one record.
public struct Mapped: Sendable {
    /// The content, in writing order.
    public var content: Content
    /// What was changed on the way.
    public var notes: [Note]
}

/// Takes a record through its table.
/// - Throws: every problem of the record at once.
func map<Source>(_ record: Source, _ rows: [Row<Source>], shown: String, settings: Settings) throws(Problems) -> Mapped
{
    var mapped = Mapped(content: Content(), notes: [])
    var problems: [Problem] = []
    mapped.content.fields.reserveCapacity(rows.count)
    for row in rows {
        if let reference = row.reference {
            if let key = reference(record, settings) { mapped.content.fields.append(.init(row.target, idOf: key)) }
            continue
        }
        do throws(Problem) {
            guard let raw = row.value(record, settings) else {
                if row.rule.isRequired { throw row.rule.missing(field: row.source, target: row.target) }
                continue
            }
            let (text, changes) = try row.rule.apply(raw, field: row.source, target: row.target, settings: settings)
            if let text { mapped.content.fields.append(.init(row.target, text)) }
            mapped.notes += changes.map { Note(record: shown, field: row.source, what: $0) }
        } catch {
            problems.append(error.of(shown))
        }
    }
    guard problems.isEmpty else { throw Problems(problems.uniqued()) }
    mapped.notes = mapped.notes.uniqued()
    return mapped
}

/// All that is wrong with one record.
public struct Problems: Error, Sendable {
    /// At least one.
    public let all: [Problem]

    /// These problems.
    public init(_ all: [Problem]) {
        self.all = all
    }
}

extension Array where Element: Hashable {
    /// The elements in their order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
