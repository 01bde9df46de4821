import Domain
import Procore
import QBXML

/// A mapping table made ready to be run over the bytes of records, for an Add request.
///
/// It does what `ToQuickBooks.convert` and `QuickBooksObject.addBody` do, and leaves to them whatever it does not see at
/// once: a record that is linked, left out or refused is not for it. Of the others each field has two ways. A tidy text that
/// fits its rule is taken as it stands, without making a `String` of it; any other goes through its `Rule`. A property test
/// holds the plan and the converters together, byte for byte.
public struct MappingPlan: Sendable {
    /// One row of the table.
    struct Step: Sendable {
        /// The number of the field that it takes, and of the one that is read where that is empty.
        let field: Int
        let instead: Int?
        let row: Words
        let rule: Rule
        let isRequired: Bool
        let shape: PlainShape
        /// Which of the groups of elements it stands in.
        let group: Int
        /// The fields of its group without one of which a name is not repeated there.
        let around: [Int]
        /// What stands in the content ahead of its text.
        let path: [UInt8]
        let open: [UInt8]
        let close: [UInt8]
    }

    /// The names of both sides, for what is said of a row.
    struct Words: Sendable {
        let source: String
        let target: String
    }

    let layout: PlainLayout
    let steps: [Step]
    /// The tags between two groups, by that which is open and that which is to be, counted through.
    let moves: [[UInt8]]
    let groups: Int
    /// The step of the element's name.
    let name: Int
    /// What stands ahead of its name where names are compared, and ahead of its id where it is shown.
    let nameSpace: [UInt8]
    let shown: [UInt8]
    let head: [UInt8]
    let guid: [UInt8]
    let end: [UInt8]

    /// The plan of a table.
    /// - Returns: nil where a row takes more than a field as it stands, or the record says too little of its fields.
    init?<Mapping: ToQuickBooks>(_ mapping: Mapping.Type) {
        guard let layout = Mapping.Source.plainLayout, let steps = Self.steps(of: mapping, layout),
            let name = steps.firstIndex(where: { $0.row.target == "Name" })
        else { return nil }
        let all = Self.groups(of: mapping)
        self.layout = layout
        self.steps = steps
        self.name = name
        groups = all.count
        moves = all.flatMap { open in all.map { Self.move(from: open, to: $0) } }
        let object = mapping.object
        nameSpace = Array("\(object.nameSpace)||".utf8)
        shown = Array("\(mapping.entity.singular) ".utf8)
        head = Array("<\(object.add)>".utf8)
        guid = Array("<ExternalGUID>".utf8)
        end = Array("</ExternalGUID></\(object.add)>".utf8)
    }

    /// The paths of the elements around fields, the empty one first.
    private static func groups<Mapping: ToQuickBooks>(of mapping: Mapping.Type) -> [String] {
        ([""] + mapping.rows.map { String($0.target.group) }).uniqued()
    }

    private static func steps<Mapping: ToQuickBooks>(of mapping: Mapping.Type, _ layout: PlainLayout) -> [Step]? {
        let rows = mapping.rows
        let groups = Self.groups(of: mapping)
        var steps: [Step] = []
        for row in rows {
            guard row.isField, let field = layout.number(row.source), let shape = PlainShape(row.rule) else {
                return nil
            }
            let group = String(row.target.group)
            let leaf = group.isEmpty ? row.target : String(row.target.dropFirst(group.count + 1))
            let around = rows.filter { $0.target.group == group && $0.rule != row.rule }
                .compactMap { layout.number($0.source) }
            steps.append(
                Step(
                    field: field, instead: layout.instead(of: field),
                    row: Words(source: row.source, target: row.target), rule: row.rule,
                    isRequired: row.rule.isRequired && !row.isOptional, shape: shape,
                    group: groups.firstIndex(of: group) ?? 0, around: shape.isRepeated ? around : [],
                    path: Content.start(ofText: row.target), open: Array("<\(leaf)>".utf8),
                    close: Array("</\(leaf)>".utf8)))
        }
        return steps
    }

    /// The tags that close one group, innermost first, and open another, down from where both part.
    private static func move(from open: String, to path: String) -> [UInt8] {
        let (old, new) = (open.split(separator: "/"), path.split(separator: "/"))
        let shared = zip(old, new).prefix { $0 == $1 }.count
        var writer = XMLWriter()
        for name in old[shared...].reversed() { writer.close(name) }
        for name in new[shared...] { writer.open(name) }
        return writer.bytes
    }
}

/// What a tidy text has to be so that its rule changes nothing about it.
struct PlainShape: Sendable {
    /// Bytes, each of which is a character.
    let most: Int
    let refusesColon: Bool
    let refusesComma: Bool
    /// Whether it is one of the further lines of an address, which a text of one line has not.
    let isFurtherLine: Bool
    /// Whether it is the name once more.
    let isRepeated: Bool

    /// The shape of a rule; nil where the rule looks at every text.
    init?(_ rule: Rule) {
        var (colon, comma, further, repeated) = (false, false, false, false)
        switch rule {
        case .name(let most):
            self.most = most
            colon = true
        case .nameAgain(let most):
            self.most = most
            repeated = true
        case .number(let most), .atMost(let most), .text(let most): self.most = most
        case .account: most = 159
        case .addressLine(let line, of: _):
            most = addressWidth
            further = line > 1
        case .addressLineWithoutCommas(let line, of: _):
            most = addressWidth
            comma = true
            further = line > 1
        case .plainText, .date, .dollars, .quantity, .asIs: return nil
        }
        (refusesColon, refusesComma, isFurtherLine, isRepeated) = (colon, comma, further, repeated)
    }

    func fits(_ look: PlainText.Look, _ count: Int) -> Bool {
        look.isTidy && count <= most && !(refusesColon && look.hasColon) && !(refusesComma && look.hasComma)
    }
}
