import Domain

/// A subcontractor invoice; in Procore's API, a requisition.
///
/// Sources: Procore REST "Requisitions (Subcontractor Invoices)" v1.0 and v1.1, their contract items and change order
/// items.
public enum Requisition {
    private static let fields = [
        "number", "invoice_number", "status", "billing_date", "requisition_start", "requisition_end", "contract_name",
        "created_at", "updated_at", "deleted_at", "origin_id", "origin_data",
        "currency_configuration.currency_iso_code",
        "move_materials_to_previous_work_completed",
    ]
    private static let itemFields = [
        "item_type", "description_of_work", "gross_amount", "net_amount", "work_completed_this_period",
        "work_completed_this_period_quantity", "materials_presently_stored",
        "materials_presently_stored_from_previous_progress", "materials_moved", "materials_retainage_retained_moved",
        "work_completed_retainage_retained_this_period", "work_completed_retainage_released_this_period",
        "materials_stored_retainage_released_this_period", "materials_stored_retainage_new_materials",
        "materials_stored_retainage_currently_retained", "position",
    ]

    /// Reads an invoice, with its items where the export has them.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "subcontractor invoice")
        let key = RecordKey(.requisitions, id)
        do throws(Problem) {
            var header = try json.fields(fields)
            for path in ["previous_requisition_id", "project_id", "commitment_id", "vendor_id"] {
                if let id = try json.id(path) { header.append(.init(path, id)) }
            }
            for summary in ["summary", "g702"] {
                for path in ["current_payment_due", "tax_applicable_to_this_payment"] {
                    guard let text = try json.filled("\(summary).\(path)") else { continue }
                    header.append(.init("summary.\(path)", withoutControls(text)))
                }
            }
            var fragments = [DocumentFragment.header: Content(header)]
            var codes: [SeenCode] = []
            if let items = try json.records("items") {
                var contract: [Content.Line] = []
                var changes: [Content.Line] = []
                for record in items {
                    let line = try item(record)
                    if isChange(line) { changes.append(line) } else { contract.append(line) }
                    codes.add(SeenCode.all(in: record))
                }
                fragments[DocumentFragment.header]?.fields.append(.init("has_lines", "true"))
                fragments[DocumentFragment.contractItems] = Content(lines: contract)
                fragments[DocumentFragment.changeOrderItems] = Content(lines: changes)
            }
            return .document(.init(key, fragments: fragments, codes: codes))
        } catch {
            throw error.of(key.shown)
        }
    }

    /// Reads an item of a file of items; the file's name says which invoice it belongs to.
    public static func readItem(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let holder = try json.id("requisition_id")
        let parent = try context.parent(holder ?? context.requisitionID, "requisition", of: "invoice items")
        let line = try item(json)
        return .line(
            of: RecordKey(.requisitions, parent),
            fragment: isChange(line) ? DocumentFragment.changeOrderItems : DocumentFragment.contractItems, line)
    }

    private static func isChange(_ line: Content.Line) -> Bool {
        line["item_type"]?.contains("change_order") ?? (line["change_order_package_id"] != nil)
    }

    private static func item(_ json: JSONRecord) throws(Problem) -> Content.Line {
        let id = try json.required("id", of: "invoice item")
        var fields = try json.fields(itemFields)
        for path in ["line_item_id", "change_order_package_id"] {
            if let id = try json.id(path) { fields.append(.init(path, id)) }
        }
        var tax = Amount.zero
        for entry in try json.records("taxes") ?? [] {
            let amount = Content(try entry.fields(["amount", "tax_amount"]))
            tax += try amount.number(amount["amount"] == nil ? "tax_amount" : "amount") ?? .zero
        }
        if !tax.isZero { fields.append(.init("taxes", tax.description)) }
        return .init(id, fields)
    }
}

/// A payment issued on a commitment; in Procore's API, a contract payment.
///
/// Source: Procore REST "Contract Payments".
public enum ContractPayment {
    /// Reads an object of the list.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "payment")
        var header = try json.fields([
            "amount", "check_number", "date", "date_payment_settled", "external_payment_id", "invoice_number", "notes",
            "origin_id", "status", "updated_at", "payment_method",
        ])
        for path in ["contract_id", "requisition_id", "project_id"] {
            if let id = try json.id(path) { header.append(.init(path, id)) }
        }
        return .document(.init(RecordKey(.contractPayments, id), header: header))
    }
}
