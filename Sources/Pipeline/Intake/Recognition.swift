import Domain
import Procore

/// What kind of records a file holds: told by its content, with its folder and name as a hint.
enum Recognition {
    /// The shape of a file, from its first bytes.
    enum Format: Equatable {
        case json
        case xml
        case csv
        /// The two lines that say why QuickBooks refused a whole document.
        case refusal
        /// A web page (HTML), which somebody saved in place of an export.
        case webPage
        /// Nothing that Plumbline reads.
        case unknown(String)
    }

    /// The format that the first bytes of a file show, in whatever encoding.
    static func format(of head: [UInt8], name: String) -> Format {
        let bytes = TextSource.beginning(of: head)
        if bytes.starts(with: [0x50, 0x4b, 3, 4]) {
            return .unknown("It is a ZIP or Excel file; in Excel, save the sheet as CSV.")
        }
        if bytes.starts(with: Array("%PDF".utf8)) {
            return .unknown("It is a PDF; export the records as JSON or CSV.")
        }
        if bytes.contains(0) { return .unknown("It is not text.") }
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else {
            return hasLines(name) ? .json : .unknown("It holds nothing but white space.")
        }
        let isError = name.lowercased().hasSuffix(".error.txt") && first != UInt8(ascii: "{")
        if isError || bytes.starts(with: Array("hresult=".utf8)) { return .refusal }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
        case UInt8(ascii: "<"): return isWebPage(bytes) ? .webPage : .xml
        default: break
        }
        let line = bytes.prefix { $0 != 0x0a && $0 != 0x0d }
        if line.contains(where: { [0x2c, 0x3b, 0x09].contains($0) }) { return .csv }
        return .unknown("It is neither JSON nor CSV nor XML.")
    }

    /// Whether a file's name says that it holds an object a line, of which there may be none.
    static func hasLines(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl")
    }

    /// Whether a document that begins with `<` is HTML: by its first element, behind a declaration and comments.
    private static func isWebPage(_ bytes: [UInt8]) -> Bool {
        var rest = String(decoding: bytes.prefix(4_096), as: UTF8.self).lowercased()[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            let closing: String
            if rest.hasPrefix("<!--") { closing = "-->" } else if rest.hasPrefix("<?") { closing = "?>" } else { break }
            guard let end = rest.firstRange(of: closing)?.upperBound else { return false }
            rest = rest[end...]
        }
        return webPageStarts.contains { rest.hasPrefix($0) }
    }

    private static let webPageStarts = [
        "<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<center", "<h1",
    ]

    /// What a JSON record is, by the fields that only it has; folder and file name are a hint.
    ///
    /// Source: Procore's REST schemas; the keys that tell one from another.
    static func form(of record: JSONRecord, hint: String) throws(Problem) -> ExportForm {
        func has(_ keys: String...) -> Bool { keys.allSatisfy(record.has) }
        if let request = requests.first(where: { $0.allSatisfy(record.has) }), !has("id") {
            throw Problem(
                what: "The file is a request to Procore (\(request.joined(separator: ", "))), and no export.",
                remedy: "Drop what Procore exports or answers; requests to Procore are written to outbox/procore.")
        }
        if has("standard_cost_code_list_id", "full_code"), !has("biller") { return .list(.standardCostCodes) }
        if has("synced_to_erp") || has("business_phone", "authorized_bidder") { return .list(.vendors) }
        if has("time_zone"), has("accounting_project_number") || has("project_number") { return .list(.projects) }
        if has("biller", "full_code") { return .projectCostCodes }
        if has("flat_code", "segment_items") { return .wbsCodes }
        if has("original_budget_amount") {
            return has("budget_modifications") || has("category", "biller_type") ? .budgetDetailRows : .budgetLines
        }
        if has("transfer_amount") { return .budgetModifications }
        if has("adjustment_line_items") || has("change_event_line_item_ids", "erp_status") { return .budgetChanges }
        if has("requisition_start") || has("summary", "commitment_id") || has("g702", "commitment_id") {
            return .requisitions
        }
        if has("work_completed_this_period") { return .requisitionItems }
        if has("contract_id", "check_number") { return .payments }
        if let form = changeOrderOrCommitment(record, hint: hint.lowercased()) { return form }
        if has("direct_cost_type") {
            throw Problem(
                what: "The file holds direct costs of Procore's, and costs come from QuickBooks.",
                remedy: "Enter the costs in QuickBooks.")
        }
        return try hinted(record, hint.lowercased())
    }

    private static func changeOrderOrCommitment(_ record: JSONRecord, hint: String) -> ExportForm? {
        func has(_ keys: String...) -> Bool { keys.allSatisfy(record.has) }
        let type = (try? record.text("type")) ?? nil
        if let type, type.hasSuffix("ChangeOrder") || type == "ChangeOrderPackage" { return .changeOrders }
        if has("contract_id", "revision", "status") || has("contract_id", "grand_total") { return .changeOrders }
        if type == "WorkOrderContract" || type == "PurchaseOrderContract" { return .commitments }
        if has("accounting_method", "number") || has("number", "title", "vendor", "executed") { return .commitments }
        if has("holder", "cost_code") || has("holder", "wbs_code") || has("prime_line_item_id", "amount")
            || has("extended_type", "amount") || has("extended_type", "total_amount")
        {
            let holder = (try? record.text("holder.holder_type")) ?? nil
            let isChange =
                holder.map { $0.contains("ChangeOrder") }
                ?? (has("commitment_line_item_id") || hint.contains("change_order"))
            return isChange ? .changeOrderLines : .commitmentLines
        }
        return nil
    }

    private static func hinted(_ record: JSONRecord, _ hint: String) throws(Problem) -> ExportForm {
        func has(_ keys: String...) -> Bool { keys.allSatisfy(record.has) }
        if has("name") {
            if hint.contains("cost_code") || hint.contains("cost-code") || hint.contains("cost code"), has("code") {
                return .list(.standardCostCodes)
            }
            if hint.contains("vendor") || hint.contains("compan") { return .list(.vendors) }
            if hint.contains("project") { return .list(.projects) }
        }
        if hint.contains("budget_change"), has("status") { return .budgetChanges }
        if hint.contains("change_order"), has("number", "status") { return .changeOrders }
        if hint.contains("commitment") || hint.contains("contract"), has("number", "status") { return .commitments }
        throw Problem(
            what:
                "Nothing in the file tells what its records are (fields: \(record.keys.prefix(8).joined(separator: ", "))).",
            remedy:
                "Name the file after what it holds, such as vendors.json, projects.json or cost_codes.json, and drop it again."
        )
    }

    /// Bodies of requests to Procore, by their keys.
    private static let requests: [[String]] = [
        ["company_id", "updates"], ["company_id", "project"], ["company_id", "vendor"],
        ["contract_id", "contract_payment"],
        ["updates"], ["request", "idempotency_key"],
    ]

    /// What a CSV file is, by its headers.
    static func form(ofHeader header: [String]) throws(Problem) -> ExportForm {
        let names = Set(header.map { $0.lowercased() })
        func all(_ headers: [String]) -> Bool { headers.allSatisfy { names.contains($0.lowercased()) } }
        if all(Company.headers) { return .list(.vendors) }
        if all(StandardCostCode.headers), header.filter({ !$0.isEmpty }).count <= 3 { return .list(.standardCostCodes) }
        if all(BudgetLine.headers) { return .budgetExport }
        if let other = otherTables.first(where: { all($0.headers) }) {
            throw Problem(what: "The file is \(other.what).", remedy: other.remedy)
        }
        if all(Commitment.scheduleHeaders) { return .scheduleOfValues }
        throw Problem(
            what:
                "The columns (\(header.prefix(8).joined(separator: ", "))) are those of no list that Plumbline converts.",
            remedy:
                "Companies need the company import template's columns, cost codes the columns Code and Description, "
                + "a budget those of its export; everything else comes as JSON."
        )
    }

    /// Tables of Procore's that cannot be converted, and why.
    private static let otherTables: [(headers: [String], what: String, remedy: String)] = [
        (
            ["Cost Code", "Manual Calculation"], "Procore's budget import template, which is no export of a budget",
            "Export the budget itself, as CSV or JSON, and drop that."
        ),
        (
            ["Invoice #", "Employee Email"], "Procore's direct cost import template, and costs come from QuickBooks",
            "Enter the costs in QuickBooks."
        ),
        (
            ["Contract", "Revision", "Amount"], "a list of change orders without their lines and ids",
            "Drop the change orders as JSON, with their lines."
        ),
        (
            ["Contract Company", "Original Contract Amount"], "a list of commitments without their lines and ids",
            "Drop the commitments as JSON, with their lines."
        ),
        (
            ["Date Paid", "Payment Number"], "a list of payments that does not name the invoices by their ids",
            "Drop the payments as JSON."
        ),
        (
            ["Billing Date", "Payment Due"], "a list of invoices without their items, from which no bill can be made",
            "Drop the invoices as JSON, with their items."
        ),
    ]

    /// The array that an ERP event carries its records in.
    static func eventRecords(_ data: JSONRecord) throws(Problem) -> (Entity, [JSONRecord])? {
        for (key, entity) in [
            ("vendors", Entity.vendors), ("projects", .projects), ("standard_cost_codes", .standardCostCodes),
            ("cost_codes", .standardCostCodes),
        ] {
            if let records = try data.records(key) { return (entity, records) }
        }
        return nil
    }
}
