import Domain
import SyncLedger

/// What the status page and `status.totals.csv` beside it say of both sides' money: by project and kind, of all days and of today.
///
/// Nothing here is per record: the sums are taken of an index, and what is listed has limits.
struct StatusPageTotals: Sendable, Equatable {
    /// The rows of the table, those first that differ.
    private(set) var rows: [Row] = []
    /// How many totals are not among the rows.
    private(set) var leftOut = 0
    /// As a part of the page.
    private(set) var section = StatusPage.Section(
        id: "totals", title: "Control totals",
        lead:
            "What one side says, and what the other side has of it, by project and kind. The records behind a difference "
            + "stand in the other parts of this page; plumbline reconcile names them all.",
        none: "Both sides agree to the cent.")

    /// So many totals are listed in the page and in the table.
    private static let (listed, most) = (200, 5_000)

    struct Row: Sendable, Equatable {
        let day: String
        let name: String?
        let key: ControlTotals.Key
        let cell: ControlTotals.Cell
    }

    init() {}

    /// Adds up what the ledger holds.
    /// - Parameters:
    ///   - today: the day, as the table names it.
    ///   - file: the number of the last file that was taken before the day.
    /// - Throws: what SQLite says.
    init(_ books: Books, today: String, after file: Int64) throws {
        let totals = try ControlTotals(books)
        var ofToday = ControlTotals()
        if let record = try books.lastRecord(beforeFileBehind: file) {
            ofToday = try ControlTotals(books, MoneyScope(after: record))
        }
        section.groups = Self.groups(totals, ofToday)
        let open = totals.keys.filter { totals.cells[$0]?.isSettled == false }
        section.count = open.count
        var difference = StatusPage.Money()
        for key in open { difference.add(totals.cells[key]?.difference) }
        section.sum = difference
        for key in open.prefix(Self.listed) {
            if let cell = totals.cells[key] { section.items.append(try Self.item(key, cell, books)) }
        }
        let settled = totals.keys.filter { totals.cells[$0]?.isSettled == true }
        let all =
            (open + settled).map { ("all", $0, totals.cells[$0]) }
            + ofToday.keys.map { (today, $0, ofToday.cells[$0]) }
        for (day, key, cell) in all.prefix(Self.most) {
            guard let cell else { continue }
            rows.append(Row(day: day, name: try books.nameOfProject(key.project), key: key, cell: cell))
        }
        leftOut = all.count - rows.count
    }

    private static func groups(_ totals: ControlTotals, _ today: ControlTotals) -> [StatusPage.Group] {
        func group(_ key: ControlTotals.Key, _ words: String, _ part: ControlTotals.Part) -> StatusPage.Group {
            var money = StatusPage.Money()
            money.add(part.amount)
            return StatusPage.Group(
                word: "\(StatusPageWords.name(of: key.entity)), \(words)", count: part.count, money: money)
        }
        let all = totals.byKind.flatMap { key, cell in
            [
                group(key, "as \(key.sides.from) has them", cell.brought),
                group(key, "as \(key.sides.to) has them", cell.accepted),
            ]
        }
        return all + today.byKind.map { group($0.key, "first brought today", $0.cell.brought) }
    }

    private static func item(
        _ key: ControlTotals.Key, _ cell: ControlTotals.Cell, _ books: Books
    ) throws -> StatusPage.Item {
        let (from, to) = key.sides
        func said(_ part: ControlTotals.Part) -> String {
            "\(StatusPageWords.money(part.amount)) (\(StatusPageWords.number(part.count)))"
        }
        let parts = StatusPageWords.parts(of: cell)
        return StatusPage.Item(
            record: "\(try books.titleOfProject(key.project)): \(StatusPageWords.name(of: key.entity))",
            state: "differs", amount: cell.difference,
            what:
                "\(from) has \(said(cell.brought)), and \(to) \(said(cell.accepted)): \(parts.joined(separator: ", "))."
        )
    }

    /// The table, UTF-8 with a mark at its beginning, by which spreadsheets know it.
    var csv: [UInt8] {
        var text = "\u{feff}" + TotalsTable.row(TotalsTable.columns)
        for row in rows { text += TotalsTable.row(TotalsTable.cells(row.day, row.name, row.key, row.cell)) }
        if leftOut > 0 {
            let words = "\(StatusPageWords.number(leftOut)) more totals are left out here; plumbline reconcile has them"
            text += TotalsTable.row([words] + TotalsTable.columns.dropFirst().map { _ in "" })
        }
        return Array(text.utf8)
    }
}
