import Domain

/// One line of a project's budget, in any of the four forms in which Procore exports it.
///
/// Fields: `cost_code`, `cost_type`, `cost_code_name`, `amount` (dollars; absent: null), `budget_line_item_id` where the
/// form has it. The key is Procore's id or, in the CSV, `=<code>.<type>`.
/// - Sources: Procore REST "Budget Line Items" v1.0 and v1.1, "Budget View Detail Rows"; the budget's CSV export.
public enum BudgetLine {
    /// Headers by which the CSV export is known.
    public static let headers = ["Budget Code", "Original Budget Amount"]

    /// Reads a budget line item of v1.0 or v1.1.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let project = try context.project(json.firstID("project_id", "project.id"), of: "budget lines")
        let id = try json.required("id", of: "budget line")
        var fields = try CodeFields.of(json)
        fields += try amount(try json.fields(["original_budget_amount"]), id)
        fields += try json.fields(["currency_configuration.currency_iso_code", "quantity", "unit_cost"])
        fields.append(.init("budget_line_item_id", id))
        return .line(of: RecordKey(.budgets, project), fragment: DocumentFragment.lines, .init(id, fields))
    }

    /// Reads a detail row of a budget view, which shows its cost code as text.
    public static func readDetailRow(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let project = try context.project(json.id("project_id"), of: "budget lines")
        let id = try json.required("id", of: "budget line")
        var fields: [Content.Field] = []
        if let text = try json.filled("cost_code") {
            let (code, name) = CodeFields.displayed(text)
            fields.append(.init("cost_code", code))
            if let name { fields.append(.init("cost_code_name", withoutControls(name))) }
        }
        if let type = try json.filled("category") { fields.append(.init("cost_type", CodeFields.typeCode(type))) }
        if try json.filled("biller_type") == "SubJob" {
            fields.append(.init("sub_job", try json.filled("biller") ?? id))
        }
        fields += try amount(try json.fields(["original_budget_amount"]), id)
        fields += try json.fields(["currency_configuration.currency_iso_code"])
        fields.append(.init("budget_line_item_id", id))
        return .line(of: RecordKey(.budgets, project), fragment: DocumentFragment.lines, .init(id, fields))
    }

    /// Reads a row of the budget's CSV export; nil for a row that holds nothing.
    public static func read(_ row: CSVRow, _ context: ExportContext) throws(Problem) -> DocumentReading? {
        let flat = row["Budget Code"]
        let tier = (1...6).reversed().lazy.compactMap { row["Cost Code Tier \($0)"] }.first
        guard flat != nil || tier != nil else { return nil }
        let project = try context.project(nil, of: "budget lines")
        let shown = flat ?? tier ?? ""
        var fields: [Content.Field] = []
        if let flat {
            let (code, type) = CodeFields.split(flat)
            if let code { fields.append(.init("cost_code", code)) } else { fields.append(.init("sub_job", flat)) }
            let name = row["Budget Code Description"].map { type == nil ? $0 : CodeFields.withoutLastSegment($0) }
            if let name { fields.append(.init("cost_code_name", withoutControls(name))) }
            if let type { fields.append(.init("cost_type", type)) }
        } else if let tier {
            let (code, name) = CodeFields.displayed(tier)
            fields.append(.init("cost_code", code))
            if let name { fields.append(.init("cost_code_name", withoutControls(name))) }
            if let type = row["Cost Type"] { fields.append(.init("cost_type", CodeFields.typeCode(type))) }
        }
        if let subJob = row["Sub Job"] { fields.append(.init("sub_job", subJob)) }
        for (header, field) in [
            ("Original Budget Amount", "original_budget_amount"), ("Budget Modifications", "budget_modifications"),
        ] {
            guard let text = row[header] else { continue }
            guard let amount = Amount(csv: text) else {
                throw Problem(
                    record: "budget line \(shown)", field: header,
                    what: "The column \(header) is \"\(text)\", which is not an amount.",
                    remedy: "Export the budget again from Procore, and drop the new file.")
            }
            if field == "budget_modifications", amount.isZero { continue }
            fields.append(.init(field, amount.money))
        }
        let line = Content.Line("", fields)
        return .line(
            of: RecordKey(.budgets, project), fragment: DocumentFragment.lines,
            .init("=\(line["cost_code"] ?? shown).\(line["cost_type"] ?? "")", fields))
    }

    /// The amount as every form writes it, so that the forms compare.
    private static func amount(_ fields: [Content.Field], _ id: String) throws(Problem) -> [Content.Field] {
        do throws(Problem) {
            return try Content(fields).money("original_budget_amount").map {
                [.init("original_budget_amount", $0.money)]
            } ?? []
        } catch {
            throw error.of("budget line \(id)")
        }
    }

    /// Puts lines of one more file or page to those that are there: a line that is known is replaced, a new one comes
    /// below. One without an id, from the CSV, is the line of its cost code and cost type.
    public static func merged(_ known: [Content.Line], with news: [Content.Line]) -> [Content.Line] {
        var lines = known
        var places: [String: Int] = [:]
        var codes: [String: Int] = [:]
        for (index, line) in lines.enumerated() {
            if let id = line["budget_line_item_id"] { places[id] = index }
            codes[code(line)] = index
        }
        for var line in news {
            let id = line["budget_line_item_id"]
            let place =
                id.flatMap { places[$0] }
                ?? codes[code(line)].flatMap { index in
                    // A line with another id is another line, even of the same code.
                    id == nil || lines[index]["budget_line_item_id"] == nil ? index : nil
                }
            if let place {
                let old = lines[place]
                line.key = old.key
                if id == nil {
                    if let oldID = old["budget_line_item_id"] {
                        line.fields.append(.init("budget_line_item_id", oldID))
                    }
                    // What only JSON says is kept.
                    if let currency = old["currency_configuration.currency_iso_code"] {
                        line.fields.append(.init("currency_configuration.currency_iso_code", currency))
                    }
                }
                line.fields.sort { $0.path < $1.path }
                lines[place] = line
                if let id { places[id] = place }
            } else {
                line.fields.sort { $0.path < $1.path }
                lines.append(line)
                if let id { places[id] = lines.count - 1 }
                codes[code(line)] = lines.count - 1
            }
        }
        return lines
    }

    private static func code(_ line: Content.Line) -> String {
        "\(line["cost_code"] ?? line.key).\(line["cost_type"] ?? "")".lowercased()
    }
}

/// A budget modification: dollars moved from one budget line to another.
///
/// Source: Procore REST "Budget Modifications".
public enum BudgetModification {
    /// Reads an object of the list.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "budget modification")
        let project = try context.project(json.id("project_id"), of: "budget modifications")
        var fields = try json.fields([
            "from_budget_line_item_id", "to_budget_line_item_id", "transfer_amount", "notes", "updated_at", "origin_id",
        ])
        fields.append(.init("project_id", project))
        return .document(.init(RecordKey(.budgetModifications, id), header: fields))
    }
}

/// A budget change, with its adjustment lines where the export has them; the list has none.
///
/// Source: Procore REST "Budget Changes".
public enum BudgetChange {
    /// Reads a budget change, shown or listed.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "budget change")
        let project = try context.project(json.id("project_id"), of: "budget changes")
        var header = try json.fields([
            "number", "status", "title", "amount", "updated_at", "currency_configuration.currency_iso_code",
        ])
        header.append(.init("project_id", project))
        var fragments = [DocumentFragment.header: Content(header)]
        var codes: [SeenCode] = []
        if let lines = try json.records("adjustment_line_items") {
            var all: [Content.Line] = []
            for line in lines {
                let id = try line.required("id", of: "adjustment line")
                codes.add(SeenCode.all(in: line))
                all.append(
                    .init(
                        id,
                        try CodeFields.of(line)
                            + line.fields([
                                "description", "amount", "type", "adjustment_number", "quantity", "unit_cost",
                            ])))
            }
            fragments[DocumentFragment.lines] = Content(lines: all)
        }
        return .document(.init(RecordKey(.budgetChanges, id), fragments: fragments, codes: codes))
    }
}
