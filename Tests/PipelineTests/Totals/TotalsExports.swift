/// Procore's exports of a small contractor with two projects, as short as they are taken.
enum TotalsExports {
    static let vendors =
        #"[{"id": 401201, "name": "Alder Concrete LLC"}, {"id": 401202, "name": "Birch Roofing Inc"}]"#
    static let projects = """
        [{"id": 225906, "name": "Harbor Pointe Medical Office", "project_number": "2401", "active": true},
         {"id": 225907, "name": "Cedar Row Clinic", "project_number": "2402", "active": true}]
        """
    static let codes = """
        [{"id": 71102, "standard_cost_code_list_id": 5512, "full_code": "03-300", "code": "03-300", "name": "Concrete"},
         {"id": 71101, "standard_cost_code_list_id": 5512, "full_code": "01-500", "code": "01-500", "name": "Temporary"}]
        """

    static func budget(_ lines: [(id: Int, code: String, amount: String)]) -> String {
        list(
            lines.map { line in
                """
                {"id": \(line.id), "original_budget_amount": \(line.amount), "uom": "ls", "quantity": 1.0,
                 "unit_cost": null, "calculation_strategy": "manual",
                 "wbs_code": {"id": 9\(line.id), "flat_code": "\(line.code).O", "description": "Other"},
                 "currency_configuration": {"currency_iso_code": "USD"}}
                """
            })
    }

    static func modification(_ id: Int, from: Int?, to: Int?, _ amount: String) -> String {
        """
        {"id": \(id), "from_budget_line_item_id": \(from.map(String.init) ?? "null"),
         "to_budget_line_item_id": \(to.map(String.init) ?? "null"), "notes": null, "origin_id": null,
         "transfer_amount": "\(amount)", "updated_at": "2026-03-05T21:39:40Z"}
        """
    }

    /// Lines are their ids and amounts, all of cost code 03-300.
    static func commitment(
        _ id: Int, _ number: String, project: Int, vendor: Int = 401_201, status: String = "Approved",
        lines: [(Int, String)], total: String, at hour: Int = 16
    ) -> String {
        """
        {"id": \(id), "accounting_method": "amount", "contract_date": "2026-03-02", "grand_total": "\(total)",
         "inclusions": "", "executed": true, "number": "\(number)", "title": "Work", "status": "\(status)",
         "updated_at": "2026-03-02T\(hour):05:11Z", "vendor": {"id": \(vendor)}, "project": {"id": \(project)},
         "line_items": \(list(lines.map { line($0, $1) }))}
        """
    }

    static func changeOrder(_ id: Int, of contract: Int, lines: [(Int, String)], total: String) -> String {
        """
        {"id": \(id), "contract_id": \(contract), "executed": true, "grand_total": "\(total)", "number": "\(id % 1_000)",
         "revision": 0, "status": "approved", "title": "Change", "type": "CommitmentContractChangeOrder",
         "updated_at": "2026-03-23T20:14:00Z", "line_items": \(list(lines.map { line($0, $1) }))}
        """
    }

    private static func line(_ id: Int, _ amount: String) -> String {
        """
        {"id": \(id), "amount": "\(amount)", "description": "Line \(id)", "quantity": "0.0", "unit_cost": "0.0",
         "extended_type": "manual", "tax_code_id": null, "cost_code": {"id": 900102, "full_code": "03-300", "name": "C"}}
        """
    }

    /// An invoice of one line of its commitment, without retainage.
    static func invoice(
        _ id: Int, of contract: Int, line: Int, _ number: String, _ amount: String, vendor: Int = 401_201
    ) -> String {
        """
        {"id": \(id), "previous_requisition_id": null, "project_id": 225906, "billing_date": "2026-03-31",
         "commitment_id": \(contract), "contract_name": "Work", "vendor_id": \(vendor), "invoice_number": "\(number)",
         "number": 1, "status": "approved", "requisition_start": "2026-03-01", "requisition_end": "2026-03-31",
         "created_at": "2026-03-29T15:00:00Z", "updated_at": "2026-04-01T18:30:00Z", "origin_id": null,
         "summary": {"current_payment_due": "\(amount)", "tax_applicable_to_this_payment": "0.00"},
         "items": [{"id": 1\(id), "item_type": "contract_item", "line_item_id": \(line),
           "description_of_work": "Work", "gross_amount": "\(amount)", "net_amount": "\(amount)",
           "work_completed_this_period": "\(amount)", "materials_presently_stored": "0.00", "taxes": []}]}
        """
    }

    static func payment(_ id: Int, of invoice: Int, _ number: String, _ amount: String) -> String {
        """
        {"id": \(id), "amount": "\(amount)", "check_number": "\(number)", "contract_id": 786001, "date": "2026-04-13",
         "date_payment_settled": "2026-04-13T17:00:00Z", "external_payment_id": "pp_\(id)", "notes": null,
         "project_id": 225906, "requisition_id": \(invoice), "origin_id": null, "status": "paid",
         "updated_at": "2026-04-13T19:00:00Z"}
        """
    }

    static func list(_ objects: [String]) -> String { "[" + objects.joined(separator: ",\n") + "]" }

    static func response(_ message: String, _ records: String) -> String {
        """
        <?xml version="1.0" ?>
        <QBXML><QBXMLMsgsRs><\(message) requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        \(records)
        </\(message)></QBXMLMsgsRs></QBXML>
        """
    }
}
