import Domain
import SyncLedger

/// Control totals as rows of a spreadsheet.
enum TotalsTable {
    /// What stands above the totals' columns.
    static let columns = [
        "day", "project", "project name", "kind", "from", "to", "brought count", "brought", "accepted count",
        "accepted",
        "difference", "on its way", "held", "failed", "refused", "different there", "amounts not known",
        "left out count",
        "left out",
    ]
    /// What stands above those that only records have.
    static let recordColumns = ["record", "state", "why", "what to do", "file"]

    /// A row, with the end of its line; no cell of it is taken for a formula.
    static func row(_ cells: [String]) -> String {
        cells.map { StatusPage.cell($0) }.joined(separator: ",") + "\r\n"
    }

    /// The cells of a total.
    static func cells(
        _ day: String, _ name: String?, _ key: ControlTotals.Key, _ cell: ControlTotals.Cell
    ) -> [String] {
        place(day, name, key) + [
            String(cell.brought.count), cell.brought.amount.money, String(cell.accepted.count),
            cell.accepted.amount.money, cell.difference.money,
        ]
            + ControlTotals.Fate.allCases.map { (cell.parts[$0]?.amount ?? .zero).money } + [
                String(cell.unknown), String(cell.leftOut.count), cell.leftOut.amount.money,
            ]
    }

    /// The cells of a record that makes up a part of a total's difference.
    static func cells(
        _ day: String, _ name: String?, _ key: ControlTotals.Key, _ record: UnsettledRecord
    ) -> [String] {
        place(day, name, key) + [
            "", record.brought?.money ?? "", "", record.accepted?.money ?? "", record.difference.money,
        ]
            + ControlTotals.Fate.allCases.map { $0 == record.fate ? record.difference.money : "" } + ["", "", ""] + [
                record.record, record.fate.words, record.why, record.remedy ?? "", record.file ?? "",
            ]
    }

    private static func place(_ day: String, _ name: String?, _ key: ControlTotals.Key) -> [String] {
        [
            day, key.project ?? "not known yet", name ?? "", StatusPageWords.name(of: key.entity), key.sides.from,
            key.sides.to,
        ]
    }
}

extension StatusPageWords {
    /// Several of a kind: `subcontractor invoices`.
    static func name(of entity: Entity) -> String { plural(word(entity)) }

    /// What makes up a difference, in words: `held 2,200.00 (1)`.
    static func parts(of cell: ControlTotals.Cell) -> [String] {
        var parts = ControlTotals.Fate.allCases.compactMap { fate in
            cell.parts[fate].flatMap { part in
                part.count == 0 ? nil : "\(fate.words) \(part.amount.grouped) (\(number(part.count)))"
            }
        }
        if cell.unknown > 0 { parts.append("the amounts of \(number(cell.unknown)) are not known") }
        if cell.leftOut.count > 0 {
            parts.append("besides, rules leave out \(cell.leftOut.amount.grouped) (\(number(cell.leftOut.count)))")
        }
        return parts
    }
}

extension Books {
    /// The name of a project; nil where it has not been dropped.
    func nameOfProject(_ id: String?) throws -> String? {
        guard let id, let project = try record(RecordKey(.projects, id)) else { return nil }
        return project.wanted?["Name"] ?? project.tie.fullName ?? project.imported?["name"]
    }

    /// The project in words: `Project 225906 (Harbor Phase 1)`.
    func titleOfProject(_ id: String?) throws -> String {
        guard let id else { return "Project not known yet" }
        return "Project \(id)" + (try nameOfProject(id).map { " (\($0))" } ?? "")
    }
}
