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
    /// Whether the record may do without it, although the rule says required.
    let isOptional: Bool
    /// Whether it is a field as it stands.
    let isField: Bool
    /// What it takes of an element of a QuickBooks list, where that is said in data.
    let taken: ImportedText?
    let value: @Sendable (Source, Settings) -> String?
    let reference: (@Sendable (Source, Settings) -> Content.Value?)?

    /// A value taken from a field as it is.
    public init(
        _ target: String, _ source: String, _ value: @escaping @Sendable (Source) -> String?, _ rule: Rule,
        update: Update = .always, isOptional: Bool = false
    ) {
        self.init(target, source, { record, _ in value(record) }, rule, update, isOptional, isField: true)
    }

    /// A value that also depends on the configuration.
    public init(
        _ target: String, _ source: String, from value: @escaping @Sendable (Source, Settings) -> String?, _ rule: Rule,
        update: Update = .always, isOptional: Bool = false
    ) {
        self.init(target, source, value, rule, update, isOptional, isField: false)
    }

    private init(
        _ target: String, _ source: String, _ value: @escaping @Sendable (Source, Settings) -> String?, _ rule: Rule,
        _ update: Update, _ isOptional: Bool, isField: Bool, taken: ImportedText? = nil
    ) {
        self.isOptional = isOptional
        self.isField = isField
        self.target = target
        self.source = source
        self.value = value
        self.rule = rule
        self.update = update
        self.taken = taken
        reference = nil
    }

    /// The QuickBooks id of another record, known once that one is linked.
    public init(
        _ target: String, _ source: String, idOf reference: @escaping @Sendable (Source, Settings) -> RecordKey?,
        update: Update = .never
    ) {
        self.init(target, source, reference: { reference($0, $1).map(Content.Value.idOf) }, update: update)
    }

    /// The `TxnLineID` of a line of another record's transaction, known once that one is linked.
    public init(
        _ target: String, _ source: String, lineOf line: @escaping @Sendable (Source) -> (RecordKey, String)?,
        update: Update = .never
    ) {
        self.init(
            target, source, reference: { record, _ in line(record).map { .lineOf($0.0, line: $0.1) } }, update: update)
    }

    private init(
        _ target: String, _ source: String,
        reference: @escaping @Sendable (Source, Settings) -> Content.Value?, update: Update
    ) {
        self.target = target
        self.source = source
        self.reference = reference
        self.update = update
        isOptional = true
        isField = false
        taken = nil
        value = { _, _ in nil }
        rule = .atMost(36)
    }
}

extension Row<Element> {
    /// A value taken of an element of a QuickBooks list.
    init(_ target: String, _ source: String, _ taken: ImportedText, _ rule: Rule, update: Update = .always) {
        self.init(
            target, source, { element, _ in taken.value(of: element) }, rule, update, false, isField: false,
            taken: taken)
    }
}

/// What a mapping table makes of one record.
public struct Mapped: Sendable {
    /// The content, in writing order.
    public var content: Content
    /// What was changed on the way.
    public var notes: [Note]
    /// How each field came about, where the settings ask for it.
    public var steps: [MappingStep] = []

    /// Content and the notes about it.
    public init(content: Content, notes: [Note] = []) {
        self.content = content
        self.notes = notes
    }

    /// The fields of one more line of a transaction.
    mutating func add(_ line: Mapped, key: String) {
        content.lines.append(.init(key, line.content.fields))
        notes += line.notes
        steps += line.steps
    }
}

/// How one field came about, for `convert --explain`.
public struct MappingStep: Sendable, Hashable {
    /// The record, in words.
    public let record: String
    /// The element that it was written to.
    public let target: String
    /// The field it came from.
    public let source: String
    /// What stood there; nil where it was empty.
    public let raw: String?
    /// The rule, in words.
    public let rule: String
    /// What was written; nil where nothing was.
    public let written: String?
    /// What was changed on the way.
    public let changes: [String]
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
            let value = reference(record, settings)
            if let value { mapped.content.fields.append(.init(row.target, value)) }
            if settings.explains { mapped.steps.append(step(of: row, shown, value)) }
            continue
        }
        do throws(Problem) {
            guard let raw = row.value(record, settings) else {
                if settings.explains { mapped.steps.append(step(of: row, shown, raw: nil, nil, [])) }
                if row.rule.isRequired, !row.isOptional {
                    throw row.rule.missing(field: row.source, target: row.target)
                }
                continue
            }
            let (text, changes) = try row.rule.apply(raw, field: row.source, target: row.target, settings: settings)
            if let text { mapped.content.fields.append(.init(row.target, text)) }
            for change in changes { mapped.notes.append(Note(record: shown, field: row.source, what: change)) }
            if settings.explains { mapped.steps.append(step(of: row, shown, raw: raw, text, changes)) }
        } catch {
            problems.append(error.of(shown))
        }
    }
    guard problems.isEmpty else { throw Problems(problems.uniqued()) }
    if mapped.notes.count > 1 { mapped.notes = mapped.notes.uniqued() }
    return mapped
}

private func step<Source>(of row: Row<Source>, _ shown: String, _ value: Content.Value?) -> MappingStep {
    let written =
        switch value {
        case .idOf(let key): "(id of \(key.shown))"
        case .lineOf(let key, let line): "(line \(line) of \(key.shown))"
        case .text(let text): text
        case nil: String?.none
        }
    return MappingStep(
        record: shown, target: row.target, source: row.source, raw: nil, rule: TableLine(row).rule, written: written,
        changes: [])
}

private func step<Source>(
    of row: Row<Source>, _ shown: String, raw: String?, _ written: String?, _ changes: [String]
) -> MappingStep {
    MappingStep(
        record: shown, target: row.target, source: row.source, raw: raw, rule: row.rule.description, written: written,
        changes: changes)
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
