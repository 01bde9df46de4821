import Domain
import Procore
import QBXML

/// The rows of a QuickBooks detail report that belong to a Paycheck become a Procore direct cost of type payroll.
///
/// QuickBooks answers no query for paychecks, so a report that somebody saves has to tell of them. One direct cost for each
/// paycheck and job, with a line below it for each row that names an item, or an account or payroll item that the
/// configuration gives a cost code.
/// - Amounts: dollars, two decimals, as JSON numbers, with the sign of the report.
/// - Sources: Procore REST "Direct Costs"; Intuit qbXML reference "CustomDetailReportQuery", "ReportRet".
public enum PaycheckToDirectCost: Converter {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "paycheck-to-direct-cost"
    /// The sentence a bookkeeper would say.
    public static let summary =
        "Paycheck rows of a QuickBooks detail report become a Procore direct cost of type payroll."
    /// The names of both sides.
    public static let sides = (from: "column of the report", to: "Procore direct cost")
    /// Direct costs.
    public static let entity = Entity.directCosts
    /// Paychecks, in reports.
    public static let reads = [QuickBooksKind.paycheck]
    /// The project, and the cost codes of the items.
    public static let needs = [Entity.projects, .costCodes]
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0, idOf: "Procore") } + lines.map { TableLine($0, in: "line_items", idOf: "Procore") }
    }

    /// The column that says what kind of transaction a row is of, and what it says of a paycheck.
    public static let paycheck = "Paycheck"

    // swift-format-ignore
    static let header: [Row<ReportRow>] = [
        //  Procore direct cost   column of the report
        Row("direct_cost_type",   "(always payroll)",  { _ in DirectCostType.payroll.rawValue },     .asIs, update: .never),
        Row("direct_cost_date",   "Date",              { $0["Date"].flatMap { CalendarDate($0)?.description } }, .date),
        Row("description",        "RefNumber",         { "Paycheck \($0["RefNumber"] ?? $0["TxnNumber"] ?? "")".trimmed }, .asIs),
        Row("status",             "(always approved)", { _ in "approved" },                          .asIs),
    ]

    // swift-format-ignore
    static let lines: [Row<ReportRow>] = [
        Row("cost_code_id",       "Item, with the job of the row (else Account or PayrollItem, by account_codes)", idOf: { row, _ in row.item }, update: .always),
        Row("description",        "PayrollItem (Memo)", { $0["PayrollItem"] ?? $0["Memo"] },          .asIs),
        Row("quantity",           "Quantity, where it comes to the amount", { $0.units?.quantity.description }, .quantity),
        Row("unit_cost",          "UnitPrice, where it comes to the amount", { $0.units?.price.description },  .quantity),
        Row("amount",             "Amount (Debit, Credit)", { $0.amount?.money },                     .dollars),
        Row("extended_type",      "(calculated with a quantity, else manual)", { $0.units == nil ? "manual" : "calculated" }, .asIs),
    ]

    /// The header of a paycheck's direct cost, from any of its rows.
    public static func header(
        _ row: ReportRow, job: String, settings: Settings
    ) throws(Problems) -> Mapped {
        var mapped = try map(row, header, shown: shown(row, job: job), settings: settings)
        if mapped.content["direct_cost_date"] == nil {
            throw Problems([
                Problem(
                    record: shown(row, job: job), field: "Date",
                    what: "The report gives no date for it, or not as 2024-07-31.",
                    remedy: "Put the column Date into the report, run it again, and drop the new response.")
            ])
        }
        mapped.content.fields.append(.init(CostField.job, job))
        return mapped
    }

    /// The fields of a row's line.
    public static func line(_ row: ReportRow, settings: Settings) throws(Problems) -> [Content.Field] {
        guard row.amount != nil else {
            throw Problems([
                Problem(
                    record: shown(row, job: row["Name"] ?? ""), field: "Amount",
                    what: "The report gives no amount in one of its rows.",
                    remedy: "Put the column Amount into the report, run it again, and drop the new response.")
            ])
        }
        var fields = try map(row, lines, shown: shown(row, job: row["Name"] ?? ""), settings: settings).content.fields
        if let item = row["Item"], row.item != nil { fields.append(.init(CostField.item, item)) }
        if row.item == nil, let code = code(row, settings: settings) { fields.append(.init(CostField.code, code)) }
        return fields
    }

    /// The cost code that the configuration gives a row without an item.
    public static func code(_ row: ReportRow, settings: Settings) -> String? {
        ["Account", "PayrollItem"].lazy.compactMap { row[$0] }.compactMap { settings.costCode(ofAccount: $0) }.first
    }

    /// `QuickBooks Paycheck 2041 for job "Northgate:Gym"`
    public static func shown(_ row: ReportRow, job: String) -> String {
        let number = row["RefNumber"] ?? row["TxnNumber"] ?? row["TxnID"] ?? ""
        return "QuickBooks Paycheck \(number) for job \"\(job)\""
    }
}

/// A row of a QuickBooks report, by what its columns are.
public struct ReportRow: Sendable, Hashable {
    private let cells: [String: String]
    /// The project cost code of its item; nil where it has none.
    public var item: RecordKey?

    /// A row of these cells; an empty cell is none.
    public init(_ cells: [String: String]) {
        self.cells = cells.filter { !$0.value.isEmpty }
    }

    /// What stands in a column: `TxnID`, `Name`, `Amount`.
    public subscript(column: String) -> String? { cells[column] }

    /// Quantity and price, with the sign of the amount; nil where they do not come to it.
    var units: PricedQuantity? {
        guard let amount, let quantity = cells["Quantity"].flatMap({ Amount($0) }),
            let price = cells["UnitPrice"].flatMap({ Amount($0) })
        else { return nil }
        return UnitsOfLine.units(PricedQuantity(quantity, at: price), amount)
    }

    /// The words for a quantity and a price that are not passed on: `8 at 31.2, 250.00`; nil where there are none.
    public var unitsLeftOut: String? {
        guard units == nil, let amount else { return nil }
        return UnitsOfLine.words(cells["Quantity"], cells["UnitPrice"], amount).map { "\($0), amount \(amount.money)" }
    }

    /// What it costs.
    public var amount: Amount? {
        if let amount = cells["Amount"] { return Amount(amount) }
        if let debit = cells["Debit"] { return Amount(debit) }
        return cells["Credit"].flatMap { Amount($0) }.map { -$0 }
    }
}

extension String {
    fileprivate var trimmed: String { last == " " ? String(dropLast()) : self }
}
