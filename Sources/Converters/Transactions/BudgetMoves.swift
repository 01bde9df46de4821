import Domain
import Procore
import QBXML

/// A Procore budget modification becomes two further lines of the project's Estimate: the amount goes off the item it is
/// taken from and onto the item it is given to. Money from outside the budget has one line.
///
/// A modification names budget lines only, so it waits until the budget was dropped with their ids.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping", budget modifications; Procore REST "Budget
///   Modifications"; Intuit qbXML reference "EstimateMod".
public enum BudgetModificationToEstimateLines: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "budget-modification-to-estimate-lines"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore budget modification becomes further lines of the Estimate."
    /// The names of both sides.
    public static let sides = (from: "Procore budget modification", to: "QuickBooks EstimateMod")
    /// Budget modifications.
    public static let entity = Entity.budgetModifications
    /// The budget with its lines, and the items of those.
    public static let needs = [Entity.budgets, .standardCostCodes, .wbsCodes]
    /// A project's budget modifications.
    public static let exports = [
        Export(
            documents: entity, by: .field, when: { move, _ in move.has("transfer_amount") },
            read: BudgetModification.read)
    ]
    /// What it becomes lines of.
    public static let object = TransactionObject.estimate
    /// It adds to the budget's estimate.
    public static let isAddition = true
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0, in: object.lineMod) } }

    struct Move {
        let item: RecordKey
        let notes: String?
        let amount: Amount
    }

    // swift-format-ignore
    static let rows: [Row<Move>] = [
        //  QuickBooks EstimateLineMod  Procore budget modification
        Row("ItemRef/ListID", "from_budget_line_item_id, to_budget_line_item_id", idOf: { move, _ in move.item }),
        Row("Desc",           "notes",           { $0.notes.map { "Budget modification: \($0)" } ?? "Budget modification" }, .text(4095)),
        Row("Rate",           "transfer_amount (negative: from)", { $0.amount.description }, .quantity),
        Row("Amount",         "transfer_amount (negative: from)", { $0.amount.money },       .dollars),
    ]

    /// The budget of its project.
    public static func owner(of source: DocumentSource) -> RecordKey? {
        source.header?["project_id"].map { RecordKey(.budgets, $0) }
    }

    /// What a modification should add.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion {
        guard let header = source.header, let owner = owner(of: source) else {
            return .waits("Its own export has not been dropped yet.", [])
        }
        if let other = try BudgetMoves.other(than: entity, of: owner, references) {
            return .refused([other.of(source.key.shown)])
        }
        var findings = Findings(source.key.shown)
        let amount = findings.attempt { () throws(Problem) in try header.money("transfer_amount") }
        let sides = [("from", header["from_budget_line_item_id"]), ("to", header["to_budget_line_item_id"])]
        if sides.allSatisfy({ $0.1 == nil }) {
            findings.add(
                Problem(
                    field: "to_budget_line_item_id",
                    what: "It names neither the budget line it takes from nor one it gives to.",
                    remedy: "Correct it in Procore, export again, and drop the new file."))
        }
        if let amount, amount?.isZero ?? true {
            return .skipped(
                Skipped(
                    amount == nil ? "The budget modification has no amount." : "The budget modification moves no money."
                ))
        }
        guard findings.problems.isEmpty, let transfer = amount ?? nil else { return findings.conversion(nil) }
        let budget = try references.source(owner)?.lines(DocumentFragment.lines) ?? []
        var mapped = Mapped(content: Content())
        for (side, id) in sides {
            guard let id else { continue }
            guard let line = budget.first(where: { $0["budget_line_item_id"] == id }) else {
                return .waits(
                    "Waits for budget line \(id) of project \(owner.procoreID), which no export has brought yet.",
                    [owner])
            }
            let move = findings.attempt { () throws(Problem) in
                Move(
                    item: try CodeReference.item(of: line), notes: header["notes"],
                    amount: side == "from" ? -transfer : transfer)
            }
            guard let move, let fields = findings.map(move, rows, settings: settings) else { continue }
            mapped.add(fields, key: "\(source.key.procoreID)-\(side)")
        }
        return findings.conversion(mapped)
    }
}

/// A Procore budget change becomes further lines of the project's Estimate, one for each adjustment line, with the signs
/// that Procore gives: negative where money is taken, positive where it goes. Approved changes only.
///
/// The list of budget changes has no adjustment lines; the export of one change has.
/// - Sources: Procore REST "Budget Changes"; Procore support, QuickBooks Desktop "Detailed Data Mapping"; Intuit qbXML
///   reference "EstimateMod".
public enum BudgetChangeToEstimateLines: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "budget-change-to-estimate-lines"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore budget change becomes further lines of the Estimate."
    /// The names of both sides.
    public static let sides = (from: "Procore budget change", to: "QuickBooks EstimateMod")
    /// Budget changes.
    public static let entity = Entity.budgetChanges
    /// The budget, and the items of the lines.
    public static let needs = [Entity.budgets, .standardCostCodes, .wbsCodes]
    /// A project's budget changes.
    public static let exports = [
        Export(
            documents: entity, by: .field,
            when: { change, _ in
                change.has("adjustment_line_items") || change.has(all: "change_event_line_item_ids", "erp_status")
            }, read: BudgetChange.read),
        Export(
            documents: entity, by: .name,
            when: { change, path in path.contains("budget_change") && change.has("status") }, read: BudgetChange.read),
    ]
    /// What it becomes lines of.
    public static let object = TransactionObject.estimate
    /// It adds to the budget's estimate.
    public static let isAddition = true
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0, in: object.lineMod) } }

    struct Adjustment {
        let item: RecordKey
        let number: String?
        let description: String?
        let amount: Amount
    }

    // swift-format-ignore
    static let rows: [Row<Adjustment>] = [
        //  QuickBooks EstimateLineMod  Procore adjustment line
        Row("ItemRef/ListID", "wbs_code.flat_code",  idOf: { line, _ in line.item }),
        Row("Desc",           "number, description", { line in
            ["Budget change" + (line.number.map { " \($0)" } ?? ""), line.description].compactMap { $0 }.joined(separator: ": ")
        }, .text(4095)),
        Row("Rate",           "amount",              { $0.amount.description }, .quantity),
        Row("Amount",         "amount",              { $0.amount.money },       .dollars),
    ]

    /// The budget of its project.
    public static func owner(of source: DocumentSource) -> RecordKey? {
        source.header?["project_id"].map { RecordKey(.budgets, $0) }
    }

    /// What a change should add.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion {
        guard let header = source.header, let owner = owner(of: source) else {
            return .waits("Its own export has not been dropped yet.", [])
        }
        if let status = header["status"], status.lowercased() != "approved" {
            return .skipped(
                Skipped("The status of the budget change is \(status); only approved ones go to QuickBooks."))
        }
        if let other = try BudgetMoves.other(than: entity, of: owner, references) {
            return .refused([other.of(source.key.shown)])
        }
        guard let lines = source.lines(DocumentFragment.lines) else {
            return .waits(
                "The list of budget changes has no adjustment lines: drop the export of budget change "
                    + "\(header["number"] ?? source.key.procoreID) itself.", [])
        }
        var findings = Findings(source.key.shown)
        findings.attempt { () throws(Problem) in try CodeReference.refuseCurrency(header, settings) }
        var mapped = Mapped(content: Content())
        var total = Amount.zero
        var units: [(place: String, stated: PricedQuantity)] = []
        for (index, line) in lines.enumerated() {
            let place = "line \(index + 1) (\(line.key))"
            let adjustment = findings.attempt(in: place) { () throws(Problem) in
                Adjustment(
                    item: try CodeReference.item(of: line), number: header["number"], description: line["description"],
                    amount: try line.money("amount") ?? .zero)
            }
            guard let adjustment, let fields = findings.map(adjustment, rows, in: place, settings: settings) else {
                continue
            }
            total += adjustment.amount
            mapped.add(fields, key: line.key)
            if let stated = line.unitsBeside(adjustment.amount) { units.append((place, stated)) }
        }
        if let note = UnitsOfLine.leftOut(ofEstimate: units) {
            mapped.notes.append(Note(record: source.key.shown, field: "quantity", what: note))
        }
        if findings.problems.isEmpty,
            let stated = findings.attempt({ () throws(Problem) in try header.money("amount") }),
            let stated, stated != total
        {
            findings.add(Sums.differ("amount", stated, "its adjustment lines", total))
        }
        return findings.conversion(mapped)
    }
}

/// What both forms of moving money between budget lines share.
enum BudgetMoves {
    /// The problem of a project that got the other form already: Procore shows the same money in both.
    static func other(
        than entity: Entity, of budget: RecordKey, _ references: any References
    ) throws -> Problem? {
        let other = try references.additions(to: budget).first { $0.key.entity != entity }
        guard let other else { return nil }
        return Problem(
            what: "The estimate of project \(budget.procoreID) has \(other.key.entity.singular)s already "
                + "(\(other.key.shown)), and Procore shows the same money in both forms.",
            remedy: "Keep to one of the two for a project; enter this \(entity.singular) in QuickBooks by hand if its "
                + "money is not there yet.")
    }
}

/// Amounts that should agree.
enum Sums {
    /// The wait of a document whose lines come in files of their own: further pages may still bring what is missing.
    static func wait(_ field: String, _ stated: Amount, _ what: String, _ total: Amount) -> Conversion {
        .waits(
            "Its \(field) is \(stated.money), and \(what) that were dropped so far come to \(total.money): "
                + "waits for the others, or for its export with all its lines.", [])
    }

    static func differ(_ field: String, _ stated: Amount, _ what: String, _ total: Amount) -> Problem {
        Problem(
            field: field,
            what: "The \(field) is \(stated.money), and \(what) come to \(total.money): "
                + "\((stated - total).magnitude.money) of difference.",
            remedy:
                "Export it again from Procore with all its lines; where markup or tax makes the difference, enter it in "
                + "QuickBooks by hand.")
    }
}
