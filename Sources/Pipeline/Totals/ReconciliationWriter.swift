import Domain
import Procore
import SyncLedger

/// Writes control totals with the records behind them, in one of three forms.
struct ReconciliationWriter {
    private let books: Books
    private let scope: MoneyScope
    private let heading: ReconciliationHeading
    private let print: (String) throws -> Void
    private let totals: ControlTotals

    /// - Throws: what SQLite says.
    init(
        books: Books, scope: MoneyScope, heading: ReconciliationHeading, _ print: @escaping (String) throws -> Void
    ) throws {
        self.books = books
        self.scope = scope
        self.heading = heading
        self.print = print
        totals = try ControlTotals(books, scope)
    }

    /// Whether both sides agree in everything.
    var isSettled: Bool { totals.isSettled }

    /// The keys of each project together.
    private var projects: [(id: String?, keys: [ControlTotals.Key])] {
        var projects: [(id: String?, keys: [ControlTotals.Key])] = []
        for key in totals.keys {
            if projects.last.map({ $0.id == key.project }) != true { projects.append((key.project, [])) }
            projects[projects.count - 1].keys.append(key)
        }
        return projects
    }

    /// Goes through the records behind a project's differences.
    private func records(of project: String?, _ body: (ControlTotals.Key, UnsettledRecord) throws -> Void) throws {
        var scope = scope
        scope.project = project
        try books.unsettled(scope, isWithoutProject: project == nil) { record in
            let key = ControlTotals.Key(
                project: project, entity: record.entity, isFromQuickBooks: record.money?.isFromQuickBooks ?? false)
            try body(key, UnsettledRecord(record, books))
            return true
        }
        try books.turnedAwayMoney(scope, isWithoutProject: project == nil) { away, amount, difference in
            let key = ControlTotals.Key(project: project, entity: away.entity, isFromQuickBooks: false)
            try body(key, UnsettledRecord(away, amount: amount, difference: difference))
            return true
        }
    }

    // MARK: - For people

    func writeText() throws {
        let words = StatusPageWords(zone: heading.zone)
        let day = heading.day.map { ", records first brought on \($0)" } ?? ""
        try print(
            "Control totals of Procore company \(heading.company), \(words.time(heading.at)), \(words.zoneName)\(day)\n"
        )
        for (project, keys) in projects {
            try print("\n\(try books.titleOfProject(project))\n")
            for key in keys { try print(totals.cells[key].map { Self.line(key, $0) } ?? "") }
            guard keys.contains(where: { totals.cells[$0]?.isSettled == false }) else { continue }
            try records(of: project) { _, record in try print(Self.lines(record)) }
        }
        if totals.cells.isEmpty { try print("\nNothing with an amount has come yet.\n") }
        try print("\n" + verdict + "\n")
    }

    private var verdict: String {
        guard !totals.isSettled else { return "Both sides agree to the cent." }
        let open = totals.cells.values.filter { !$0.isSettled }
        let records = open.flatMap(\.parts.values).reduce(0) { $0 + $1.count }
        return "Both sides do not agree yet: \(StatusPageWords.count(records, "record")) in "
            + "\(StatusPageWords.count(open.count, "total")), named above."
    }

    private static func line(_ key: ControlTotals.Key, _ cell: ControlTotals.Cell) -> String {
        let (from, to) = key.sides
        var text =
            "  \(StatusPageWords.name(of: key.entity)): \(from) \(cell.brought.amount.grouped) (\(cell.brought.count)), "
            + "\(to) \(cell.accepted.amount.grouped) (\(cell.accepted.count)), difference \(cell.difference.grouped)"
        let parts = StatusPageWords.parts(of: cell)
        if !parts.isEmpty { text += ": " + parts.joined(separator: ", ") }
        return text + "\n"
    }

    private static func lines(_ record: UnsettledRecord) -> String {
        let amount = record.brought == nil && record.accepted == nil ? "amount not known" : record.difference.grouped
        var text = "    \(record.fate.words): \(record.record): \(amount)"
        if let change = record.change { text += ", \(change)" }
        text += "\n        \(record.why)"
        if let remedy = record.remedy, !remedy.isEmpty { text += " \(remedy)" }
        return text + (record.file.map { " (from \($0))" } ?? "") + "\n"
    }

    // MARK: - For spreadsheets

    func writeCSV() throws {
        try print("\u{feff}" + TotalsTable.row(TotalsTable.columns + TotalsTable.recordColumns))
        for (project, keys) in projects {
            let name = try books.nameOfProject(project)
            for key in keys {
                guard let cell = totals.cells[key] else { continue }
                let cells = TotalsTable.cells(heading.day?.description ?? "all", name, key, cell)
                try print(TotalsTable.row(cells + TotalsTable.recordColumns.map { _ in "" }))
            }
            guard keys.contains(where: { totals.cells[$0]?.isSettled == false }) else { continue }
            try records(of: project) { key, record in
                let cells = TotalsTable.cells(heading.day?.description ?? "all", name, key, record)
                try print(TotalsTable.row(cells))
            }
        }
    }

    // MARK: - For programs

    func writeJSON() throws {
        let head: [(key: String, value: JSONValue)] = [
            ("company_id", .number(heading.company)), ("at", .string(WallClock.text(heading.at))),
            ("day", heading.day.map { .string($0.description) } ?? .null), ("agree", .bool(totals.isSettled)),
        ]
        try print("{\n" + head.map { "\(Self.text(.string($0.key))): \(Self.text($0.value))" }.joined(separator: ",\n"))
        try print(",\n\"totals\": [")
        for (number, key) in totals.keys.enumerated() {
            guard let cell = totals.cells[key] else { continue }
            try print((number == 0 ? "\n" : ",\n") + Self.text(try json(key, cell)))
        }
        try print("],\n\"records\": [")
        var isFirst = true
        for (project, keys) in projects where keys.contains(where: { totals.cells[$0]?.isSettled == false }) {
            try records(of: project) { key, record in
                try print((isFirst ? "\n" : ",\n") + Self.text(Self.json(key, record)))
                isFirst = false
            }
        }
        try print("]\n}\n")
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.bytes(pretty: false), as: UTF8.self)
    }

    private func json(_ key: ControlTotals.Key, _ cell: ControlTotals.Cell) throws -> JSONValue {
        func part(_ part: ControlTotals.Part) -> JSONValue {
            .object([("count", .number(String(part.count))), ("amount", .string(part.amount.money))])
        }
        return .object(
            Self.place(key) + [
                ("project_name", try books.nameOfProject(key.project).map(JSONValue.string) ?? .null),
                ("brought", part(cell.brought)), ("accepted", part(cell.accepted)),
                ("difference", .string(cell.difference.money)), ("amounts_not_known", .number(String(cell.unknown))),
            ]
                + ControlTotals.Fate.allCases.map { ($0.rawValue, part(cell.parts[$0] ?? ControlTotals.Part())) }
                + [("left_out", part(cell.leftOut))])
    }

    private static func place(_ key: ControlTotals.Key) -> [(key: String, value: JSONValue)] {
        [
            ("project", key.project.map(JSONValue.string) ?? .null), ("entity", .string(key.entity.rawValue)),
            ("direction", .string(key.isFromQuickBooks ? "to-procore" : "to-quickbooks")),
        ]
    }

    private static func json(_ key: ControlTotals.Key, _ record: UnsettledRecord) -> JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        return .object(
            place(key) + [
                ("record", .string(record.record)), ("term", .string(record.term)),
                ("fate", .string(record.fate.rawValue)), ("brought", text(record.brought?.money)),
                ("accepted", text(record.accepted?.money)), ("difference", .string(record.difference.money)),
                ("why", .string(record.why)), ("remedy", text(record.remedy)), ("file", text(record.file)),
            ])
    }
}
