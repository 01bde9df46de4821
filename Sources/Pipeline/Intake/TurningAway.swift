import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Remembers the records of a file that are not taken, refused or left out by a rule, and forgets those that are taken
/// after all.
///
/// A record that is taken costs nothing while nothing is remembered, and of a long file no question to the sync ledger:
/// the ids of what is remembered are kept, unless there are very many.
final class TurningAway {
    private let books: Books
    private let at: String
    private let intake: Int
    /// The path of the file, and what it is remembered by, which few files need.
    private var path = ""
    private lazy var place = Self.original(path)
    /// Whether anything is remembered; nil: not asked yet.
    private var isAnything: Bool?
    private var forgotten = 0
    private var keys: [Entity: (ids: Set<String>, codes: Set<String>)] = [:]
    /// Entities of which too many are remembered.
    private var crowded: Set<Entity> = []

    /// Of so many records the sync ledger is asked before it is worth knowing all ids.
    private static let asked = 64
    /// So many ids are kept at the most.
    private static let mostKeys = 8_192
    /// So many sentences are told of one record.
    private static let mostReasons = 10

    init(_ books: Books, at: String, intake: Int) {
        self.books = books
        self.at = at
        self.intake = intake
    }

    /// Begins with a file: what a file of this path brought before, and has neither id nor name, is forgotten.
    func begin(_ path: String) throws {
        self.path = path
        if try knowsAny() { try books.forgetTurnedAway(place: place) }
    }

    /// Remembers a refused record, unless the record in the ledger says so itself.
    func refuse(_ record: Identity, _ problems: [Problem]) throws {
        var reasons = problems.prefix(Self.mostReasons).map(\.what)
        if problems.count > reasons.count { reasons.append("(and \(problems.count - reasons.count) more)") }
        var remedies: [String] = []
        for problem in problems.prefix(Self.mostReasons) where !remedies.contains(problem.remedy) {
            remedies.append(problem.remedy)
        }
        let shown = record.shown ?? problems.first?.record ?? "\(record.entity.singular) without id and name"
        try remember(
            record, shown, reasons.joined(separator: " "), remedies.joined(separator: " "), isRefusal: true,
            said: problems.first?.what ?? "")
    }

    /// Remembers a record that a rule left out, unless the record in the ledger says so itself.
    func skip(_ record: Identity, _ reason: String) throws {
        let shown = record.shown ?? "\(record.entity.singular) without id and name"
        let remedy = record.isQuickBooks ? nil : Self.skippedRemedy
        try remember(record, shown, reason, remedy, isRefusal: false, said: reason)
    }

    private static let skippedRemedy =
        "Nothing has to be done. If it should go, change that in Procore, export again, and drop the new file."

    private func remember(
        _ record: Identity, _ shown: String, _ reason: String, _ remedy: String?, isRefusal: Bool, said: String
    ) throws {
        if let id = record.id, let known = try books.record(RecordKey(record.entity, id)), known.reason == said,
            known.isFailed || known.isHeld
        {
            return try forget(record.entity, id: record.id, code: record.code)
        }
        isAnything = true
        try books.turnAway(
            TurnedAway(
                entity: record.entity, procoreID: record.id, code: record.code, shown: shown, title: record.title,
                names: record.names,
                isRefusal: isRefusal, reason: reason, remedy: remedy, file: intake, since: at),
            place: place, project: record.project ?? parent(of: record), amount: record.amount)
        guard keys[record.entity] != nil else { return }
        if let id = record.id { keys[record.entity]?.ids.insert(id) }
        if let code = record.code { keys[record.entity]?.codes.insert(code) }
        if let known = keys[record.entity], known.ids.count + known.codes.count > 2 * Self.mostKeys {
            keys[record.entity] = nil
            crowded.insert(record.entity)
        }
    }

    /// The project of what a document belongs to, where it does not name its own.
    private func parent(of record: Identity) throws -> String? {
        guard let id = record.id, record.entity.hasAmount else { return nil }
        return try ProjectOfDocument(books: books).id(RecordKey(record.entity, id), record.header)
    }

    /// Forgets that a record was not taken, now that it is.
    func forget(_ entity: Entity, id: @autoclosure () -> String?, code: @autoclosure () -> String?) throws {
        guard try knowsAny() else { return }
        let (id, code) = (id(), code())
        forgotten += 1
        if forgotten > Self.asked, let keys = try keys(of: entity) {
            let isKnown = id.map(keys.ids.contains) ?? false || code.map(keys.codes.contains) ?? false
            guard isKnown else { return }
        }
        try books.forgetTurnedAway(entity, id: id, code: code)
    }

    /// Forgets that a document was not taken, once every line that was refused is among those that are there.
    func forget(_ key: RecordKey, ifAmong fragments: [String: Content]) throws {
        guard try knowsAny(), let away = try books.turnedAway(key) else { return }
        var there: Set<String> = []
        for line in fragments.values.flatMap(\.lines) {
            there.insert(line.key)
            // A line of a budget has its id in one form, and only its code in another.
            if let id = line["budget_line_item_id"] { there.insert(id) }
            if let code = line["cost_code"] { there.insert("=\(code).\(line["cost_type"] ?? "")") }
        }
        if there.isSuperset(of: away.names) { try books.forgetTurnedAway(key.entity, id: key.procoreID, code: nil) }
    }

    private func knowsAny() throws -> Bool {
        if let isAnything { return isAnything }
        let isAny = try books.knowsTurnedAway()
        isAnything = isAny
        return isAny
    }

    private func keys(of entity: Entity) throws -> (ids: Set<String>, codes: Set<String>)? {
        if let known = keys[entity] { return known }
        guard !crowded.contains(entity) else { return nil }
        keys[entity] = try books.turnedAwayKeys(entity, atMost: Self.mostKeys)
        if keys[entity] == nil { crowded.insert(entity) }
        return keys[entity]
    }

    /// The path of a file before it got a number or became the copy of refused records: `a/vendors.json` of
    /// `a/vendors.rejected~2.json`.
    static func original(_ path: String) -> String {
        guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return path }
        var stem = path[..<dot]
        if let mark = stem.lastIndex(of: "~"), !stem[mark...].dropFirst().isEmpty,
            stem[mark...].dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
        {
            stem = stem[..<mark]
        }
        if stem.hasSuffix(".rejected") { stem = stem.dropLast(".rejected".count) }
        return String(stem) + path[dot...]
    }
}

extension TurningAway {
    /// What a record that is not taken is called.
    struct Identity {
        let entity: Entity
        var id: String?
        /// Its name or code, folded for comparison.
        var code: String?
        /// In words; nil: as its problem says.
        var shown: String?
        /// The number or name that says most.
        var title: String?
        /// Its numbers and names, and the ids of its lines.
        var names: [String]
        /// Procore's id of its project, where it says so.
        var project: String?
        /// Its dollars, where those are known.
        var amount: Amount?
        /// Its header, where it could be read.
        var header: Content?

        /// Whether it comes from QuickBooks.
        var isQuickBooks: Bool { id?.first == "@" }

        /// A record of a list.
        init(_ record: ListRecord, _ entity: Entity) {
            self.entity = entity
            id = record.id.flatMap { $0.isEmpty ? nil : $0 }
            code = record.key
            shown = record.shown.isEmpty ? nil : record.shown
            names = Self.names(ofJSON: record.raw)
            if let name = record.businessKey, !names.contains(name) { names.insert(name, at: 0) }
            title = record.businessKey ?? Self.title(ofJSON: record.raw)
        }

        /// A document, by the fragments that the file has of it.
        init(_ key: RecordKey, _ fragments: [String: Content]) {
            entity = key.entity
            id = key.procoreID
            shown = key.shown
            header = fragments[DocumentFragment.header]
            amount = DocumentMoney.stated(key.entity, fragments)
            let header = header
            names = Self.fields.compactMap { header?[$0] }
            title = names.first
            for fragment in fragments.sorted(by: { $0.key < $1.key }).map(\.value) {
                names += fragment.lines.map(\.key)
            }
        }

        /// An element of a QuickBooks list that does not go to Procore.
        init(_ element: ListElement) {
            entity = element.entity
            id = Self.id(element.ret)
            shown = element.shown
            names = ["Name", "ListID"].compactMap { element.ret[$0] }
            title = element.ret["Name"]
        }

        /// What stands for Procore's id of an element of this id in QuickBooks.
        static func id(ofElement listID: String) -> String { RecordKey(.vendors, quickBooksID: listID).procoreID }

        /// What stands for Procore's id of an element that Procore need not have.
        static func id(_ ret: Element) -> String? {
            ret["ListID"].map { id(ofElement: $0) }
        }

        /// An object or row of documents that cannot be read.
        init(_ record: DocumentRecord, _ entity: Entity) {
            self.entity = entity
            names = Self.names(ofJSON: record.raw)
            guard let json = try? JSONRecord(parsing: record.raw), let own = (try? json.id("id")) ?? nil else { return }
            if Registry.havingLines.contains(entity), !json.has("status") {
                // A line of a document that nothing names: documents have a status where their lines come by themselves.
                names.append(own)
                return
            }
            let package = entity == .commitmentChangeOrders ? (try? json.id("legacy_package_id")) ?? nil : nil
            id = package ?? own
            title = Self.title(ofJSON: record.raw)
            (project, amount) = DocumentMoney.stated(entity, raw: json)
        }

        /// Lines of which no document can be told.
        init(lines: [[UInt8]], of entity: Entity) {
            self.entity = entity
            names = lines.compactMap { (try? JSONRecord(parsing: $0)).flatMap { (try? $0.id("id")) ?? nil } }
        }

        /// What Procore calls a record by, beside its id.
        private static let fields = [
            "number", "project_number", "title", "name", "code", "full_code", "flat_code", "invoice_number",
            "check_number", "own_id",
        ]
        /// The lists of lines in Procore's objects.
        private static let lists = ["line_items", "items", "adjustment_line_items"]

        /// The first name in an object as it stood in its file.
        private static func title(ofJSON raw: [UInt8]) -> String? {
            guard let json = try? JSONRecord(parsing: raw) else { return nil }
            return fields.lazy.compactMap { (try? json.filled($0)) ?? nil }.first
        }

        /// The names in an object as it stood in its file; none of a row of CSV.
        private static func names(ofJSON raw: [UInt8]) -> [String] {
            guard raw.first == UInt8(ascii: "{"), let json = try? JSONRecord(parsing: raw) else { return [] }
            var names = fields.compactMap { (try? json.filled($0)) ?? nil }
            for list in lists {
                for line in (try? json.records(list)) ?? nil ?? [] {
                    if let id = (try? line.filled("id")) ?? nil { names.append(id) }
                }
            }
            return names
        }
    }
}
