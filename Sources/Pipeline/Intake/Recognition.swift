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
        /// Nothing that Plumbline reads.
        case unknown(String)
    }

    /// The format that the first bytes of a file show.
    static func format(of head: [UInt8], name: String) -> Format {
        var bytes = head[...]
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = bytes.dropFirst(3) }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return .unknown("It is UTF-16 text; save it as UTF-8.")
        }
        if bytes.starts(with: [0x50, 0x4b, 3, 4]) {
            return .unknown("It is a ZIP or Excel file; in Excel, save the sheet as CSV.")
        }
        if bytes.starts(with: Array("%PDF".utf8)) {
            return .unknown("It is a PDF; export the records as JSON or CSV.")
        }
        if bytes.contains(0) { return .unknown("It is not text.") }
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) else {
            return .unknown("It holds nothing but white space.")
        }
        if name.lowercased().hasSuffix(".error.txt") || bytes.starts(with: Array("hresult=".utf8)) { return .refusal }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
        case UInt8(ascii: "<"): return .xml
        default: break
        }
        let line = bytes.prefix { $0 != 0x0a && $0 != 0x0d }
        if line.contains(where: { [0x2c, 0x3b, 0x09].contains($0) }) { return .csv }
        return .unknown("It is neither JSON nor CSV nor XML.")
    }

    /// The entity of a JSON record, by the fields that only it has.
    static func entity(of record: JSONRecord, hint: String) throws(Problem) -> Entity {
        func has(_ keys: String...) -> Bool { keys.allSatisfy(record.has) }
        if has("standard_cost_code_list_id", "full_code"), !has("biller") { return .standardCostCodes }
        if has("synced_to_erp") || has("business_phone", "authorized_bidder") { return .vendors }
        if has("time_zone"), has("accounting_project_number") || has("project_number") { return .projects }
        if let other = others.first(where: { $0.keys.allSatisfy(record.has) }) {
            throw Problem(
                what: "The file holds \(other.name), which this version does not convert.",
                remedy: other.remedy)
        }
        let hint = hint.lowercased()
        if has("name") {
            if hint.contains("cost_code") || hint.contains("cost-code") || hint.contains("cost code"), has("code") {
                return .standardCostCodes
            }
            if hint.contains("vendor") || hint.contains("compan") { return .vendors }
            if hint.contains("project") { return .projects }
        }
        throw Problem(
            what:
                "Nothing in the file tells what its records are (fields: \(record.keys.prefix(8).joined(separator: ", "))).",
            remedy:
                "Name the file after what it holds, such as vendors.json, projects.json or cost_codes.json, and drop it again."
        )
    }

    /// The entity of a CSV template, by its headers.
    static func entity(ofHeader header: [String]) throws(Problem) -> Entity {
        let names = Set(header.map { $0.lowercased() })
        func all(_ headers: [String]) -> Bool { headers.allSatisfy { names.contains($0.lowercased()) } }
        if all(Company.headers) { return .vendors }
        if all(StandardCostCode.headers), header.filter({ !$0.isEmpty }).count <= 3 { return .standardCostCodes }
        throw Problem(
            what:
                "The columns (\(header.prefix(8).joined(separator: ", "))) are those of no list that this version converts.",
            remedy: "Companies need the company import template's columns, cost codes the columns Code and Description."
        )
    }

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

    /// Documented exports of Procore's that are known when seen. Source: domain facts on discriminating keys.
    private static let others: [(keys: [String], name: String, remedy: String)] = [
        (
            ["biller", "full_code"], "cost codes of a project",
            "Export the company's standard cost code list instead: its codes become the items."
        ),
        (["flat_code", "segment_items"], "WBS codes", "Export the company's standard cost code list instead."),
        (["original_budget_amount"], "budget lines", laterRemedy),
        (["transfer_amount"], "budget modifications", laterRemedy),
        (["adjustment_line_items"], "budget changes", laterRemedy),
        (["accounting_method"], "commitments", laterRemedy),
        (["contract_id", "check_number"], "payments", laterRemedy),
        (["contract_id", "grand_total"], "commitment change orders", laterRemedy),
        (["requisition_start"], "subcontractor invoices", laterRemedy),
        (["direct_cost_type"], "direct costs", laterRemedy),
    ]

    private static let laterRemedy =
        "Keep the file: companies, projects and standard cost codes are what this version converts."
}
