import Domain
import Procore
import QBXML

/// A QuickBooks transaction that names a job on its lines becomes a Procore direct cost of that job's project.
///
/// A transaction becomes one direct cost for each project that it names, with a line below it for each of its lines. The
/// item of a line tells its cost code; a line of an account, which has no item, is told its cost code by the
/// configuration. What gives money back is below zero.
/// - Amounts: dollars, two decimals, as JSON numbers. Tax: `PurchaseTax.swift`. Bills on orders of ours: `OrderShare.swift`.
/// - Sources: Procore REST "Direct Costs" and their line items, sync; Procore support, "ERP Job Costs"; Intuit qbXML
///   reference "BillRet", "CheckRet", "CreditCardChargeRet", "CreditCardCreditRet", "VendorCreditRet", "JournalEntryRet".
public enum JobCostToDirectCost: Converter {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "job-cost-to-direct-cost"
    /// The sentence a bookkeeper would say.
    public static let summary =
        "A QuickBooks Bill, Check, CreditCardCharge, CreditCardCredit, VendorCredit or JournalEntry that names a job "
        + "becomes a Procore direct cost of its project."
    /// The names of both sides.
    public static let sides = (from: "QuickBooks transaction", to: "Procore direct cost")
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0, idOf: "Procore") } + lines.map { TableLine($0, in: "line_items", idOf: "Procore") }
            + codeLines
    }

    /// Direct costs.
    public static let entity = Entity.directCosts
    /// The transactions that can be costs.
    public static let reads: [QuickBooksKind] = [
        .bill, .check, .creditCardCharge, .creditCardCredit, .vendorCredit, .journalEntry,
    ]
    /// The payee, the project, and the cost codes of the items.
    public static let needs = [Entity.vendors, .projects, .costCodes]
    /// Procore's own direct costs do not go to QuickBooks.
    public static let exports = [
        Export(
            refused: Problem(
                what: "The file holds direct costs of Procore's, and costs come from QuickBooks.",
                remedy: "Enter the costs in QuickBooks."),
            by: .rest, when: { cost, _ in cost.has("direct_cost_type") }),
        Export(
            refused: Problem(
                what: "The file is Procore's direct cost import template, and costs come from QuickBooks.",
                remedy: "Enter the costs in QuickBooks."),
            columns: ["Invoice #", "Employee Email"]),
    ]

    /// The transactions that can be costs, by the element that shows them.
    public static func kind(ofRet name: String) -> QuickBooksKind? {
        reads.first { $0.rawValue + "Ret" == name }
    }

    // swift-format-ignore
    static let header: [Row<JobCost>] = [
        //  Procore direct cost   QuickBooks transaction
        Row("direct_cost_type",   "(invoice for a Bill and a VendorCredit, else expense)", { $0.type.rawValue }, .asIs, update: .never),
        Row("direct_cost_date",   "TxnDate",                                   { day($0) },                       .date),
        Row("invoice_number",     "RefNumber (TxnNumber), of an invoice",      { $0.type == .invoice ? $0.number : nil }, .asIs),
        Row("vendor_id",          "VendorRef (PayeeEntityRef, where it is a vendor)", idOf: { cost, _ in vendor(cost) }, update: .always),
        Row("description",        "Memo",                                      { $0.ret["Memo"] },                .asIs),
        Row("status",             "(always approved)",                         { _ in "approved" },               .asIs),
    ]

    // swift-format-ignore
    static let lines: [Row<JobCost.Line>] = [
        Row("cost_code_id",       "ItemRef, with the job of the line (AccountRef, by account_codes)", idOf: { line, _ in code(line) },   update: .always),
        Row("description",        "Desc (Memo)",                               { $0.text },                       .asIs),
        Row("quantity",           "Quantity, where it comes to the amount",    { $0.count?.quantity.description }, .quantity),
        Row("unit_cost",          "Cost, where it comes to the amount",        { $0.count?.price.description },   .quantity),
        Row("uom",                "UnitOfMeasure",                             { $0.count?.unit },               .asIs),
        Row("amount",             "Amount (VendorCredit, CreditCardCredit, JournalCreditLine: below zero)", { $0.amount.money }, .dollars),
        Row("extended_type",      "(calculated with a quantity, else manual)", { $0.count == nil ? "manual" : "calculated" }, .asIs),
    ]

    // swift-format-ignore
    private static let codeLines: [TableLine] = [
        TableLine("line_items/amount",            "tax inside it (IsTaxIncluded, TaxAmount; SalesTaxCodeRef at its rate in tax_rates)", "`purchase_tax: recoverable` (the default, since recovered tax costs no job): taken out, and said; `cost`: left in, and said; what cannot be told is refused"),
        TableLine("line_items/amount",            "tax on top of it (TaxAmount; what the total is more than the lines; SalesTaxCodeRef at its rate in tax_rates)", "`purchase_tax: recoverable`: left out, and said; `cost`: added, and said; what cannot be told is refused"),
        TableLine("line_items/amount",            "LinkedTxn of a Bill that did not come from Procore", "lines on a purchase order of ours are no direct cost, and that is said; where it is not certain which lines those are, the bill is refused"),
        TableLine("line_items/wbs_code_id",       "(where the cost code is told)", "instead of the cost code, where the project has one WBS code for it"),
        TableLine("line_items/line_item_type_id", "(line_item_types of the cost code)", "beside the cost code, where it has one cost type"),
    ]

    /// The direct cost that a transaction is for one job. Fields that begin with `@` are for sentences, and never sent.
    ///
    /// A line of an account that has no cost code in the configuration is left out, and a note says so.
    public static func convert(
        _ cost: JobCost, job: JobCost.Reference, settings: Settings
    ) throws(Problems) -> Mapped {
        let shown = shown(cost, job: job)
        var mapped = try map(cost, header, shown: shown, settings: settings)
        if mapped.content["direct_cost_date"] == nil {
            throw Problems([
                Problem(
                    record: shown, field: "TxnDate", what: "The transaction has no date.",
                    remedy: "Query it again without IncludeRetElement, and drop the new response.")
            ])
        }
        if cost.type == .invoice, mapped.content["invoice_number"] == nil {
            throw Problems([
                Problem(
                    record: shown, field: "RefNumber",
                    what:
                        "The transaction has neither a RefNumber nor a TxnNumber, and Procore's invoices need a number.",
                    remedy: "Give it a Ref. No. in QuickBooks, query it again, and drop the new response.")
            ])
        }
        mapped.content.fields.append(.init(CostField.job, job.fullName))
        if let payee = cost.payee { mapped.content.fields.append(.init(CostField.vendor, payee.fullName)) }
        var unmapped: [String] = []
        for line in cost.lines where line.job.listID == job.listID {
            var fields = try map(line, lines, shown: "\(shown), line \(line.txnLineID)", settings: settings)
            if let item = line.item {
                fields.content.fields.append(.init(CostField.item, item.fullName))
            } else if let account = line.account, let code = settings.costCode(ofAccount: account) {
                fields.content.fields.append(.init(CostField.code, code))
            } else {
                if !line.amount.isZero { unmapped.append(line.account ?? "no account") }
                continue
            }
            mapped.add(fields, key: line.txnLineID)
            if let words = line.countLeftOut {
                mapped.notes.append(
                    Note(
                        record: "\(shown), line \(line.txnLineID)", field: "Quantity",
                        what: UnitsOfLine.leftOut(words, line.amount)))
            }
        }
        mapped.notes += unmapped.uniqued().map { leftOut($0, of: shown) }
        return mapped
    }

    private static func leftOut(_ account: String, of shown: String) -> Note {
        Note(
            record: shown, field: "AccountRef",
            what:
                "What it has on account \"\(account)\" is left out: that account has no cost code. Name one below "
                + "account_codes: in plumbline.yaml, and drop the response again.")
    }

    /// `QuickBooks Check 10398 for job "Northgate:Gym"`
    public static func shown(_ cost: JobCost, job: JobCost.Reference) -> String {
        "\(cost.shown) for job \"\(job.fullName)\""
    }

    private static func day(_ cost: JobCost) -> String? {
        cost.ret["TxnDate"].flatMap { CalendarDate($0)?.description }
    }

    private static func vendor(_ cost: JobCost) -> RecordKey? {
        cost.payee.map { RecordKey(.vendors, quickBooksID: $0.listID) }
    }

    private static func code(_ line: JobCost.Line) -> RecordKey? {
        line.item.map { RecordKey(.costCodes, quickBooksID: "\(line.job.listID)|\($0.listID)") }
    }
}

/// Fields of a cost that are for finding and naming things, and never sent to Procore.
public enum CostField {
    /// Full name of the QuickBooks job.
    public static let job = "@job"
    /// Full name of the QuickBooks vendor, or of whoever was paid.
    public static let vendor = "@vendor"
    /// Full name of a line's QuickBooks item.
    public static let item = "@item"
    /// The cost code that the configuration gives a line's account.
    public static let code = "@code"

    /// Whether a field is one of these.
    public static func isInternal(_ path: String) -> Bool { path.first == "@" }
}
