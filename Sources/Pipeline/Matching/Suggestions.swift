import Converters
import Domain
import DropFolder
import Foundation
import Procore
import QBXML
import SyncLedger

/// Which of Procore's records and QuickBooks' list elements are probably the same: for a person to decide, as CSV.
public struct Suggestions: Sendable {
    /// How two names meet.
    public enum Match: String, Sendable {
        /// The same name, but for upper and lower case.
        case exact
        /// Names that probably mean the same.
        case likely
        /// In Procore only.
        case missingInQuickBooks = "missing in QuickBooks"
        /// In QuickBooks only.
        case missingInProcore = "missing in Procore"
    }

    /// One row of the table.
    public struct Row: Sendable, Equatable {
        /// `vendors`, `jobs`, `items`.
        public var list: String
        /// How they meet.
        public var match: Match
        /// Procore's id; nil where Procore has none.
        public var procoreID: String?
        /// The name in Procore.
        public var procoreName = ""
        /// QuickBooks' `ListID`; nil where QuickBooks has none.
        public var quickBooksID: String?
        /// The full name in QuickBooks.
        public var quickBooksName = ""
    }

    /// The rows, list by list, in the order of names.
    public let rows: [Row]

    /// The lists that can be matched.
    static let lists: [(name: String, entity: Entity, kind: QuickBooksKind)] = [
        ("vendors", .vendors, .vendor), ("jobs", .projects, .customer), ("items", .standardCostCodes, .itemService),
    ]

    /// Reads what is not tied from a root's ledger.
    /// - Throws: a `ConfigurationError`, or what SQLite says.
    public init(root path: String) throws {
        let path = URL(fileURLWithPath: path).path
        let ledger = OpenRoot.ledgerPath(try Configuration.load(root: path), root: path)
        guard FileManager.default.fileExists(atPath: ledger) else {
            rows = []
            return
        }
        rows = try RootBeginning.ledgerToRead(ledger).read { books in
            try Self.lists.flatMap { list in
                Self.rows(
                    list.name, procore: try Self.procore(list.entity, books),
                    quickBooks: try Self.quickBooks(list.entity, list.kind, books))
            }
        }
    }

    private static func procore(_ entity: Entity, _ books: Books) throws -> [(id: String, name: String)] {
        try books.onlyInProcore(entity).compactMap { record in
            guard let name = record.wanted?["Name"] else { return nil }
            return (record.uniqueName, name)
        }
    }

    private static func quickBooks(
        _ entity: Entity, _ kind: QuickBooksKind, _ books: Books
    ) throws -> [(id: String, name: String)] {
        try books.elements(of: kind).map { ($0.listID, $0.fullName) }
            + books.onlyInQuickBooks(entity).compactMap { record in
                record.quickBooksID.map { ($0, record.tie.fullName ?? record.shown) }
            }
    }

    /// Pairs the names of both sides: first the same, then the most alike; each element once.
    static func rows(
        _ list: String, procore: [(id: String, name: String)], quickBooks: [(id: String, name: String)]
    ) -> [Row] {
        let theirs = quickBooks.map { (id: $0.id, name: $0.name, likeness: Likeness(last($0.name))) }
        var byHandle: [String: [Int]] = [:]
        for (index, element) in theirs.enumerated() {
            for handle in element.likeness.handles { byHandle[handle, default: []].append(index) }
        }
        var pairs: [(score: Int, ours: Int, theirs: Int)] = []
        for (index, record) in procore.enumerated() {
            let likeness = Likeness(record.name)
            for other in Set(likeness.handles.flatMap { byHandle[$0] ?? [] }) {
                let same = theirs[other].likeness.key == likeness.key
                let score = same ? 101 : likeness.score(theirs[other].likeness)
                if score >= 60 { pairs.append((score, index, other)) }
            }
        }
        pairs.sort { ($1.score, $0.ours, $0.theirs) < ($0.score, $1.ours, $1.theirs) }
        var ours: [Int: Row] = [:]
        var taken: Set<Int> = []
        for pair in pairs where ours[pair.ours] == nil && !taken.contains(pair.theirs) {
            taken.insert(pair.theirs)
            ours[pair.ours] = Row(
                list: list, match: pair.score == 101 ? .exact : .likely, procoreID: procore[pair.ours].id,
                procoreName: procore[pair.ours].name, quickBooksID: theirs[pair.theirs].id,
                quickBooksName: theirs[pair.theirs].name)
        }
        let first = procore.enumerated().map { index, record in
            ours[index]
                ?? Row(list: list, match: .missingInQuickBooks, procoreID: record.id, procoreName: record.name)
        }
        let rest = theirs.enumerated().filter { !taken.contains($0.offset) }.map { _, element in
            Row(list: list, match: .missingInProcore, quickBooksID: element.id, quickBooksName: element.name)
        }
        return first + rest
    }

    /// The name itself, without the parents that a full name begins with.
    private static func last(_ fullName: String) -> String {
        fullName.split(separator: ":").last.map(String.init) ?? fullName
    }

    // MARK: - As CSV

    /// The columns, which `link --from` expects again.
    static let columns = [
        "list", "match", "procore_id", "procore_name", "quickbooks_id", "quickbooks_name", "decision",
    ]

    /// The table; the same names are proposed to be linked, similar ones wait for a decision.
    public var csv: String {
        var lines = [Self.columns.joined(separator: ",")]
        for row in rows {
            let cells = [
                row.list, row.match.rawValue, row.procoreID ?? "", row.procoreName, row.quickBooksID ?? "",
                row.quickBooksName, row.match == .exact ? "link" : "",
            ]
            lines.append(cells.map(Self.cell).joined(separator: ","))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// A cell; what a spreadsheet would take for a formula is only text there.
    private static func cell(_ text: String) -> String {
        let harmless = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard harmless.contains(where: { ",\"\r\n".contains($0) }) else { return harmless }
        return "\"" + harmless.replacing("\"", with: "\"\"") + "\""
    }

    /// Reads a mended table.
    /// - Throws: a `Problem` when it is no such table, or a row says something that is no decision.
    public static func decisions(in file: String) throws -> QueuedCommand {
        try decisions(in: FileSource(path: file), named: file)
    }

    static func decisions(in source: some ByteSource, named file: String) throws -> QueuedCommand {
        var reader = CSVReader(source)
        let header = try reader.readHeader()
        guard Set(columns).isSubset(of: Set(header.map { $0.lowercased() })) else {
            throw Problem(
                what: "\(file) is no table of suggestions: it needs the columns \(columns.joined(separator: ", ")).",
                remedy: "Write one with plumbline link --suggest, and mend that.")
        }
        var ties: [QueuedCommand.Tie] = []
        var undecided: [String] = []
        var seen: Set<String> = []
        while let row = try reader.next() {
            guard let name = row["list"], let list = lists.first(where: { $0.name == name.lowercased() }) else {
                throw Problem(
                    record: "row \(row.ordinal)", field: "list", what: "\"\(row["list"] ?? "")\" is no list.",
                    remedy: "It can be vendors, jobs or items.")
            }
            seen.insert(list.name)
            let decision = (row["decision"] ?? "").lowercased()
            switch decision {
            case "link":
                guard let id = row["procore_id"], let listID = row["quickbooks_id"] else {
                    throw Problem(
                        record: "row \(row.ordinal)", field: "decision",
                        what: "A tie needs procore_id and quickbooks_id.",
                        remedy: "Fill in both, or empty the decision.")
                }
                ties.append(.init(record: "\(list.entity.rawValue)/\(id)", quickBooksID: listID))
            case "no": break
            case "":
                if row["match"] == Match.likely.rawValue {
                    undecided.append("\(row["procore_name"] ?? "") and \(row["quickbooks_name"] ?? "")")
                }
            default:
                throw Problem(
                    record: "row \(row.ordinal)", field: "decision", what: "\"\(decision)\" is no decision.",
                    remedy: "Write link or no, or leave it empty.")
            }
        }
        return .decide(ties, undecided: undecided, lists: lists.map(\.name).filter(seen.contains))
    }
}
