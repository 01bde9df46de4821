import Domain

/// A commitment: a work order contract (subcontract) or a purchase order contract, of v1.0 or v2.0.
///
/// Sources: Procore REST "Work Order Contracts", "Purchase Order Contracts", "Commitments", "Commitment Contracts" v2.0,
/// their line items, and the schedule of values import (CSV).
public enum Commitment {
    /// Headers by which a schedule of values is known.
    public static let scheduleHeaders = ["Cost Code", "Cost Type", "Description", "Amount"]

    static let fields = [
        "number", "title", "description", "status", "accounting_method", "contract_date", "issued_on_date",
        "delivery_date", "ship_to_address", "grand_total", "created_at", "updated_at", "deleted_at", "origin_id",
        "origin_data", "type", "currency_configuration.currency_iso_code",
    ]
    static let lineFields = [
        "description", "quantity", "unit_cost", "uom", "extended_type", "position", "tax_code_id", "tax_amount",
        "origin_id", "commitment_line_item_id",
    ]

    /// Reads a commitment, with its lines where the export has them.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "commitment")
        let key = RecordKey(.commitments, id)
        let project = try context.project(json.firstID("project.id", "project_id"), of: "commitments")
        do throws(Problem) {
            var header = try json.fields(fields)
            if let vendor = try json.firstID("vendor.id", "vendor_id") {
                header.append(.init("vendor.id", vendor))
            }
            header.append(.init("project.id", project))
            if json.has("inclusions") || json.has("contract_start_date") {
                header.append(.init("contract_type", "work_order_contracts"))
            } else if json.has("ship_to_address") {
                header.append(.init("contract_type", "purchase_order_contracts"))
            } else if let type = try json.filled("type") {
                header.append(
                    .init(
                        "contract_type",
                        type == "WorkOrderContract" ? "work_order_contracts" : "purchase_order_contracts"))
            }
            return try document(key, header, linesOf: json)
        } catch {
            throw error.of(key.shown)
        }
    }

    /// Reads a line of a file of lines; its `holder` or the file's name says what it belongs to.
    public static func readLine(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let holder = try json.id("holder.id")
        let parent = try context.parent(holder ?? context.commitmentID, "commitment", of: "lines")
        return .line(of: RecordKey(.commitments, parent), fragment: DocumentFragment.lines, try line(json))
    }

    /// Reads a row of a schedule of values; nil for a row that holds nothing.
    public static func read(
        _ row: CSVRow, _ context: ExportContext, number: Int
    ) throws(Problem) -> DocumentReading? {
        guard ["Cost Code", "Description", "Amount"].contains(where: { row[$0] != nil }) else { return nil }
        let parent = try context.parent(context.commitmentID, "commitment", of: "lines of this schedule of values")
        var fields: [Content.Field] = []
        for (header, field) in [
            ("Cost Code", "cost_code"), ("Sub Job", "sub_job"), ("Description", "description"),
            ("UOM", "uom"), ("Tax Code", "tax_code_id"),
        ] {
            if let text = row[header] { fields.append(.init(field, withoutControls(text))) }
        }
        for (header, field) in [("Amount", "amount"), ("Quantity", "quantity"), ("Unit Price", "unit_cost")] {
            guard let text = row[header] else { continue }
            guard let amount = Amount(csv: text) else {
                throw Problem(
                    record: "\(RecordKey(.commitments, parent).shown), row \(number)", field: header,
                    what: "The column \(header) is \"\(text)\", which is not a number.",
                    remedy: "Correct it in the file, and drop it again.")
            }
            fields.append(.init(field, amount.description))
        }
        // With a unit price the amount is their product unless the row overrides it.
        let isUnit = row["Unit Price"] != nil
        fields.append(.init("extended_type", isUnit && row["Override"] == nil ? "calculated" : "manual"))
        return .line(
            of: RecordKey(.commitments, parent), fragment: DocumentFragment.scheduleOfValues,
            .init("row\(number)", fields))
    }

    /// A contract or change order: its header, and its lines where the export has them.
    static func document(
        _ key: RecordKey, _ header: [Content.Field], linesOf json: JSONRecord
    ) throws(Problem) -> DocumentReading {
        var fragments = [DocumentFragment.header: Content(header)]
        var codes: [SeenCode] = []
        if let lines = try lines(json, showing: &codes) {
            fragments[DocumentFragment.lines] = Content(lines: lines)
            fragments[DocumentFragment.header]?.fields.append(.init("has_lines", "true"))
        }
        return .document(.init(key, fragments: fragments, codes: codes))
    }

    /// The lines of a contract or change order; nil where the export leaves them out.
    static func lines(
        _ json: JSONRecord, showing codes: inout [SeenCode]
    ) throws(Problem) -> [Content.Line]? {
        guard let records = try json.records("line_items") else { return nil }
        var lines: [Content.Line] = []
        for record in records {
            let line = try line(record)
            lines.append(line)
            codes.add(SeenCode.all(in: record, as: line))
        }
        return lines
    }

    static func line(_ json: JSONRecord) throws(Problem) -> Content.Line {
        let id = try json.required("id", of: "line")
        var fields = try CodeFields.of(json)
        if let amount = try json.firstFilled("amount", "total_amount", "extended_amount") {
            fields.append(.init("amount", amount))
        }
        fields += try json.fields(lineFields)
        // Told apart: a line that changes none of the commitment's, and an export that does not say.
        if json.has("commitment_line_item_id") { fields.append(.init("has_commitment_line_item_id", "true")) }
        return .init(id, fields)
    }
}

/// A change order to a commitment.
///
/// Sources: Procore REST "Change Order Packages" (v1.0, with lines), "Commitment Change Orders" (header only) and their
/// line items of v2.0.
public enum CommitmentChangeOrder {
    private static let fields = [
        "number", "title", "status", "type", "grand_total", "created_at", "updated_at", "deleted_at", "origin_id",
        "currency_configuration.currency_iso_code",
    ]

    /// Reads a change order, with its lines where the export has them.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id =
            try json.id("legacy_package_id") == nil
            ? json.required("id", of: "change order") : json.required("legacy_package_id", of: "change order")
        let key = RecordKey(.commitmentChangeOrders, id)
        do throws(Problem) {
            var header = try json.fields(fields)
            if let own = try json.id("id"), own != id { header.append(.init("own_id", own)) }
            if let contract = try json.id("contract_id") ?? context.commitmentID {
                header.append(.init("contract_id", contract))
            }
            return try Commitment.document(key, header, linesOf: json)
        } catch {
            throw error.of(key.shown)
        }
    }

    /// Reads a line of a file of lines; the file's name says what it belongs to.
    public static func readLine(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let holder = try json.id("holder.id")
        let parent = try context.parent(holder ?? context.changeOrderID, "commitment_change_order", of: "lines")
        return .line(
            of: RecordKey(.commitmentChangeOrders, parent), fragment: DocumentFragment.lines, try Commitment.line(json))
    }
}
