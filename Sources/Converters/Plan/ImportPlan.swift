import Domain
import Procore
import QBXML

/// A mapping table made ready to be run over the fields of elements of a QuickBooks list that are seen for the first time.
///
/// It does what `ToProcore.convert` does, and what is written of its result for the sync ledger and for Procore, without
/// making a `String` of a text that stays as it is. Elements that it does not see at once are for the converter. A property
/// test holds both together, byte for byte.
///
/// It goes from element to element as one reference.
public final class ImportPlan: Sendable {
    /// Where a row finds its text, by the numbers of fields.
    enum Taken: Sendable {
        case text(Int)
        /// The first of five lines that follow each other.
        case street(Int)
        case stateCode(Int)
    }

    /// One row of the table: what is written ahead of its text, as places in the ink.
    struct Step: Sendable {
        let taken: Taken
        let path: Range<Int>
        let member: Member
    }

    /// A field that the sync ledger keeps of the element in QuickBooks.
    struct Held: Sendable {
        let field: Int
        let path: Range<Int>
    }

    /// What stands in the update of Procore's ahead of a text and behind it, in both of its forms.
    struct Member: Sendable {
        let pretty: Range<Int>
        let compact: Range<Int>
        let end: Range<Int>
    }

    /// What every element has, in writing.
    struct Words: Sendable {
        let entity: Range<Int>
        let list: Range<Int>
        let shown: Range<Int>
        let nameSpace: Range<Int>
        let origin: Member
        let edit: Member
        let code: Member
        let end: Member
    }

    /// The numbers of the fields that tell it from others.
    enum Number {
        static let listID = 0
        static let editSequence = 1
        static let name = 2
        static let fullName = 3
        /// The first line of an address may repeat one of them.
        static let names = [2, 4, 5]
        static let paths = ["ListID", "EditSequence", "Name", "FullName", "CompanyName", "NameOnCheck"]
    }

    /// The fields that it looks at.
    public let layout: ElementLayout
    let steps: [Step]
    let held: [Held]
    let words: Words
    /// The fields that say whether an element is left out, and their numbers.
    private let deciding: [(path: String, field: Int)]
    /// All that is written beside texts.
    let ink: [UInt8]
    private let converter: any ToProcore.Type
    private let settings: Settings

    /// The plan of a table.
    /// - Parameters:
    ///   - converter: whose table it is.
    ///   - settings: what one root's configuration says.
    ///   - depth: how many objects and lists are around what Procore is told of a record, in its document.
    /// - Returns: nil where a row takes more than `ImportedText` says, or every field has to be explained.
    public init?(_ converter: any ToProcore.Type, settings: Settings, depth: Int) {
        let rows = converter.rows
        guard let counterpart = listConverter(of: converter.entity), !settings.explains,
            rows.allSatisfy({ $0.taken != nil && $0.rule == .asIs })
        else { return nil }
        let paths =
            (Number.paths + rows.flatMap { $0.taken?.paths ?? [] } + counterpart.targets + converter.deciding).uniqued()
        var pen = Pen(depth: depth)
        steps = rows.compactMap { row in
            row.taken.map {
                Step(
                    taken: Self.taken($0, paths), path: pen.write(Content.start(ofText: row.target)),
                    member: pen.member(row.target))
            }
        }
        held = counterpart.targets.map { path in
            Held(field: paths.firstIndex(of: path) ?? 0, path: pen.write(Content.start(ofText: path)))
        }
        words = Self.words(converter, nameSpace: counterpart.object.nameSpace, &pen)
        layout = ElementLayout(paths)
        deciding = converter.deciding.map { path in (path, paths.firstIndex(of: path) ?? 0) }
        ink = pen.ink
        self.converter = converter
        self.settings = settings
    }

    private static func taken(_ text: ImportedText, _ paths: [String]) -> Taken {
        let number = text.paths.first.flatMap { paths.firstIndex(of: $0) } ?? 0
        switch text {
        case .text: return .text(number)
        case .street: return .street(number)
        case .stateCode: return .stateCode(number)
        }
    }

    private static func words(_ converter: any ToProcore.Type, nameSpace: String, _ pen: inout Pen) -> Words {
        Words(
            entity: pen.write(converter.entity.rawValue), list: pen.write("\(converter.list.rawValue) "),
            shown: pen.write("QuickBooks \(converter.list.rawValue) \""), nameSpace: pen.write("\(nameSpace)||"),
            origin: pen.member("origin_id", isFirst: true),
            edit: pen.member("origin_data", around: (#"{\"edit_sequence\":\""#, #"\"}"#)),
            code: pen.member("origin_code"), end: pen.end())
    }

    /// Converts an element that nothing is known of.
    /// - Parameters:
    ///   - fields: those of the layout.
    ///   - pile: where what comes of it is put.
    /// - Returns: false where more has to be looked at, or something is wrong with it: then it is for the converter.
    func convert(_ fields: ElementFields, into pile: inout ImportPile) -> Bool {
        guard ImportRun.isPlain(fields.bytes), isNamed(fields), !isSkipped(fields) else { return false }
        return withUnsafeTemporaryAllocation(of: ImportRun.Piece.self, capacity: steps.count) { pieces in
            pieces.initialize(repeating: ImportRun.Piece())
            var run = ImportRun(self, fields, pieces)
            guard run.map() else { return false }
            ink.withUnsafeBufferPointer { pile.add(run, $0) }
            return true
        }
    }

    private func isSkipped(_ fields: ElementFields) -> Bool {
        func text(_ path: String) -> String? {
            guard let number = deciding.first(where: { $0.path == path })?.field, let range = fields[number] else {
                return nil
            }
            return String(decoding: UnsafeBufferPointer(rebasing: fields.bytes[range]), as: UTF8.self)
        }
        return converter.skipped(text, settings: settings) != nil
    }

    /// Whether it has what tells it from others, and no name but `Name`.
    private func isNamed(_ fields: ElementFields) -> Bool {
        guard let listID = fields[Number.listID], !listID.isEmpty, let name = fields[Number.name], !name.isEmpty,
            fields[Number.fullName] == nil
        else { return false }
        return fields[Number.editSequence].map { !$0.isEmpty } ?? true
    }
}

/// Writes what stands beside texts into one piece of memory.
private struct Pen {
    let depth: Int
    var ink: [UInt8] = []

    init(depth: Int) {
        self.depth = depth
    }

    mutating func write(_ bytes: some Sequence<UInt8>) -> Range<Int> {
        let start = ink.count
        ink.append(contentsOf: bytes)
        return start..<ink.count
    }

    mutating func write(_ text: String) -> Range<Int> { write(text.utf8) }

    /// A text of an update: `"city": "`, and a comma ahead of all but the first.
    /// - Parameter around: what the text is written between, as JSON has it.
    mutating func member(
        _ key: String, isFirst: Bool = false, around: (start: String, end: String) = ("", "")
    ) -> ImportPlan.Member {
        let comma = isFirst ? "" : ","
        let indent = String(repeating: "  ", count: depth + 1)
        return ImportPlan.Member(
            pretty: write("\(comma)\n\(indent)\"\(key)\": \"\(around.start)"),
            compact: write("\(comma)\"\(key)\":\"\(around.start)"), end: write("\(around.end)\""))
    }

    /// What ends an update.
    mutating func end() -> ImportPlan.Member {
        ImportPlan.Member(
            pretty: write("\n" + String(repeating: "  ", count: depth) + "}"), compact: write("}"), end: 0..<0)
    }
}
