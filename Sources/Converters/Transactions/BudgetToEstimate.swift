import Domain
import Procore
import QBXML

/// A Procore budget becomes a QuickBooks Estimate of the project's job: one line for each budget line, with the
/// original amount. Later drops and pages put only what is new below.
///
/// - Amounts: dollars, two decimals. Rate and Amount are the same, and there is no quantity. No amount is a line of
///   nothing. A budget with a line of a sub job is stopped as a whole, since its total would be wrong.
/// - Sources: Procore support, QuickBooks Desktop "Detailed Data Mapping", budget; Intuit qbXML reference "EstimateAdd".
public enum BudgetToEstimate: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "budget-to-estimate"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore budget becomes a QuickBooks Estimate."
    /// The names of both sides.
    public static let sides = (from: "Procore budget", to: "QuickBooks EstimateAdd")
    /// Budgets.
    public static let entity = Entity.budgets
    /// What it becomes.
    public static let object = TransactionObject.estimate
    /// The job, and the items of the lines.
    public static let needs = [Entity.projects, .standardCostCodes, .wbsCodes]
    /// Budget lines and rows of a budget view as JSON, and the budget's export as CSV.
    public static let exports = [
        Export(
            documents: entity, areLines: true, by: .field,
            when: { line, _ in line.has("original_budget_amount") && !isDetailRow(line) }, read: BudgetLine.read),
        Export(
            documents: entity, areLines: true, by: .field,
            when: { line, _ in line.has("original_budget_amount") && isDetailRow(line) },
            read: BudgetLine.readDetailRow),
        Export(lines: entity, columns: BudgetLine.headers, read: BudgetLine.read),
        Export(
            refused: Problem(
                what: "The file is Procore's budget import template, which is no export of a budget.",
                remedy: "Export the budget itself, as CSV or JSON, and drop that."),
            columns: ["Cost Code", "Manual Calculation"]),
    ]
    /// The table's lines.
    public static var table: [TableLine] { header.map { TableLine($0) } + EstimateLine.table }

    // swift-format-ignore
    static let header: [Row<RecordKey>] = [
        //  QuickBooks EstimateAdd  Procore budget
        Row("CustomerRef/ListID",   "project",     idOf: { budget, _ in RecordKey(.projects, budget.procoreID) }),
    ]

    /// Whether a budget line is a row of a budget view, which shows its cost code as text.
    private static func isDetailRow(_ line: JSONRecord) -> Bool {
        line.has("budget_modifications") || line.has(all: "category", "biller_type")
    }

    /// What a budget should be.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) -> Conversion {
        var findings = Findings(source.key.shown)
        var mapped = findings.map(source.key, header, settings: settings)
        var units: [(place: String, stated: PricedQuantity)] = []
        for line in source.lines(DocumentFragment.lines) ?? [] {
            let place = "line \(line["cost_code"] ?? (line.key.hasPrefix("=") ? line["sub_job"] : nil) ?? line.key)"
            let estimateLine = findings.attempt(in: place) { () throws(Problem) in
                try CodeReference.refuseCurrency(line, settings)
                return EstimateLine(
                    item: try CodeReference.item(of: line), description: line["cost_code_name"],
                    amount: try line.money("original_budget_amount") ?? .zero)
            }
            guard let estimateLine,
                let fields = findings.map(estimateLine, EstimateLine.rows, in: place, settings: settings)
            else { continue }
            mapped?.add(fields, key: line.key)
            if let stated = line.unitsBeside(estimateLine.amount) { units.append((place, stated)) }
        }
        if let note = UnitsOfLine.leftOut(ofEstimate: units) {
            mapped?.notes.append(Note(record: source.key.shown, field: "quantity", what: note))
        }
        if source.lines(DocumentFragment.lines)?.contains(where: { $0["budget_modifications"] != nil }) ?? false {
            mapped?.notes.append(
                Note(
                    record: source.key.shown, field: "Budget Modifications",
                    what:
                        "The column Budget Modifications is left out, since a total says nothing of the single moves: "
                        + "drop the export of the budget modifications or budget changes."))
        }
        return findings.conversion(mapped)
    }
}

/// A line of an estimate: of the budget, or of a change to it.
struct EstimateLine {
    let item: RecordKey
    let description: String?
    let amount: Amount

    // swift-format-ignore
    static let rows: [Row<EstimateLine>] = [
        //  QuickBooks EstimateLine  Procore
        Row("ItemRef/ListID", "cost_code.full_code (wbs_code.flat_code)", idOf: { line, _ in line.item }),
        Row("Desc",           "cost_code.name (wbs_code.description)", { $0.description },        .text(4095)),
        Row("Rate",           "original_budget_amount",                { $0.amount.description }, .quantity),
        Row("Amount",         "original_budget_amount",                { $0.amount.money },       .dollars),
    ]

    static var table: [TableLine] { rows.map { TableLine($0, in: TransactionObject.estimate.lineAdd) } }
}
