import Foundation

/// The invented contractor as the files that Procore saves: master data, and the budget.
struct ContractorExports {
    /// A file below `inbox/procore/`.
    struct File {
        var name: String
        var text: String
    }

    let contractor: Contractor
    let stamp = "2026-06-10T16:05:11Z"

    /// Every file, in an order in which nothing has to wait for a later one.
    var files: [File] {
        var files = [
            File(name: "standard_cost_codes.json", text: Self.list(contractor.costCodes.map(costCode))),
            File(name: "projects.json", text: Self.list(contractor.projects.map(project))),
            File(name: "vendors.json", text: Self.list(contractor.vendors.map(vendor))),
        ]
        for project in contractor.projects {
            files +=
                budgetFiles(project) + commitmentFiles(project) + changeOrderFiles(project)
                + requisitionFiles(project)
            files.append(
                File(
                    name: "contract_payments-\(project.number).json",
                    text: Self.list(
                        project.commitments.flatMap { commitment in
                            commitment.payments.map { payment($0, of: commitment, project) }
                        })))
        }
        return files
    }

    var currency: String { "{\"currency_iso_code\": \"\(contractor.currency)\"}" }

    // MARK: Text

    static func list(_ records: [String]) -> String {
        "[" + records.joined(separator: ",\n") + "]"
    }

    /// An amount as contracts and payments write it: `1250.5`, `250.0`.
    static func loose(_ cents: Int) -> String {
        let exact = exact(cents)
        return exact.hasSuffix("0") ? String(exact.dropLast()) : exact
    }

    /// An amount with two decimals, as requisitions write it.
    static func exact(_ cents: Int) -> String {
        let (whole, part) = (abs(cents) / 100, abs(cents) % 100)
        return "\(cents < 0 ? "-" : "")\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    /// A text as JSON has it.
    static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// A text, or null.
    static func optional(_ text: String?) -> String {
        text.map(quoted) ?? "null"
    }

    // MARK: Codes

    func wbsID(_ code: Int, _ project: Contractor.Project) -> Int { 930_101 + project.index * 100 + code }

    func wbsCode(_ code: Int, _ project: Contractor.Project, isText: Bool = false) -> String {
        let (item, id) = (contractor.costCodes[code], wbsID(code, project))
        return """
            {"id": \(isText ? "\"\(id)\"" : "\(id)"), "flat_code": "\(item.fullCode).O", "description": "\(item.name).Other"}
            """
    }

    static let otherType = """
        {"id": 47, "name": "Other", "code": "O", "base_type": "other", "origin_data": null, "origin_id": "std_cat_other"}
        """

    func projectCostCodeID(_ code: Int, _ project: Contractor.Project) -> Int { 900_101 + project.index * 100 + code }

    func projectCostCode(_ code: Int, _ project: Contractor.Project) -> String {
        let item = contractor.costCodes[code]
        let parent = item.parent.map { "{\"id\": \(projectCostCodeID($0, project))}" } ?? "null"
        return """
            {"id": \(projectCostCodeID(code, project)), "name": \(Self.quoted(item.name)), "full_code": "\(item.fullCode)",
             "code": "\(item.code)", "origin_id": null, "origin_data": null, "standard_cost_code_id": \(item.id),
             "biller": \(Self.quoted(project.name)), "biller_id": \(project.id), "biller_type": "Project", "budgeted": true,
             "parent": \(parent), "sortable_code": "\(item.fullCode)", "created_at": "\(stamp)", "deleted_at": null,
             "position": null, "line_item_types": [\(Self.otherType)], "updated_at": "\(stamp)"}
            """
    }

    private func costCode(_ code: Contractor.CostCode) -> String {
        let parent = code.parent.map { "\(contractor.costCodes[$0].id)" } ?? "null"
        return """
            {"id": \(code.id), "standard_cost_code_list_id": 5512, "parent_id": \(parent), "code": "\(code.code)",
             "full_code": "\(code.fullCode)", "name": \(Self.quoted(code.name)), "origin_data": null, "origin_id": null}
            """
    }

    // MARK: Projects and companies

    private func project(_ project: Contractor.Project) -> String {
        """
        {"id": \(project.id), "name": \(Self.quoted(project.name)), "display_name": "\(project.number) - \(project.name)",
         "project_number": "\(project.number)", "address": "18 Fixture Way", "city": "Tacoma", "state_code": "WA",
         "country_code": "US", "zip": "98402", "county": null, "time_zone": "US/Pacific", "latitude": null,
         "longitude": null, "stage": "Course of Construction", "project_stage": {"id": 3, "name": "Course of Construction"},
         "phone": "(253) 555-0141", "created_at": "\(stamp)", "updated_at": "\(stamp)", "active": true, "is_demo": false,
         "origin_id": null, "origin_data": null, "origin_code": null, "owners_project_id": null, "total_value": null,
         "store_number": null, "accounting_project_number": null, "start_date": "2026-05-01", "completion_date": null,
         "projected_finish_date": null, "estimated_value": null,
         "company": {"id": \(contractor.companyID), "name": "\(contractor.name)"}}
        """
    }

    private func vendor(_ vendor: Contractor.Vendor) -> String {
        """
        {"id": \(vendor.id), "name": \(Self.quoted(vendor.name)), "abbreviated_name": null,
         "address": "\(vendor.id % 100) Foundry Ln", "authorized_bidder": true, "business_phone": "253-555-0117",
         "city": "Kent", "contact_count": 0, "company": \(Self.quoted(vendor.name)), "country_code": "US",
         "created_at": "\(stamp)", "email_address": null, "fax_number": null, "is_active": true, "labor_union": null,
         "license_number": null, "logo": null, "mobile_phone": null, "non_union_prevailing_wage": false, "notes": null,
         "origin_data": null, "origin_id": null, "origin_code": null, "prequalified": false, "state_code": "WA",
         "synced_to_erp": false, "trade_name": null, "union_member": false, "updated_at": "\(stamp)", "website": null,
         "zip": "98032", "business_register": null, "vendor_group": null, "primary_contact": null, "attachments": []}
        """
    }

    // MARK: Budget

    private func budgetFiles(_ project: Contractor.Project) -> [File] {
        let (folder, budget) = ("project-\(project.id)", project.budget)
        var files: [File] = []
        switch budget.form {
        case .lineItems:
            files.append(
                File(name: "\(folder)/budget_line_items.json", text: Self.list(budget.lines.map { line($0, project) })))
        case .detailRows:
            files.append(
                File(name: "budget_detail_rows.json", text: Self.list(budget.lines.map { detailRow($0, project) })))
        case .twoPages:
            for (page, lines) in [budget.lines.prefix(4), budget.lines.dropFirst(4)].enumerated() {
                files.append(
                    File(
                        name: "\(folder)/budget_line_items-page\(page + 1).json",
                        text: Self.list(lines.map { line($0, project) })))
            }
        }
        if !budget.modifications.isEmpty {
            files.append(
                File(
                    name: "\(folder)/budget_modifications.json", text: Self.list(budget.modifications.map(modification))
                ))
        }
        return files
            + budget.changes.map {
                File(name: "\(folder)/budget_change-\($0.id).json", text: change($0, project))
            }
    }

    private func line(_ line: Contractor.Budget.Line, _ project: Contractor.Project) -> String {
        """
        {"id": \(line.id), "original_budget_amount": \(Self.loose(line.cents)), "uom": "ls", "quantity": 1.0,
         "unit_cost": \(Self.loose(line.cents)), "calculation_strategy": "manual",
         "wbs_code": \(wbsCode(line.code, project)), "currency_configuration": \(currency)}
        """
    }

    private func detailRow(_ line: Contractor.Budget.Line, _ project: Contractor.Project) -> String {
        let code = contractor.costCodes[line.code]
        let rootIndex = code.parent ?? line.code
        let root = contractor.costCodes[rootIndex]
        let changed = project.budget.changes.filter { $0.status == "approved" }.flatMap(\.lines)
            .filter { $0.code == line.code }.reduce(0) { $0 + $1.cents }
        return """
            {"id": \(line.id), "deletable": false, "company_id": \(contractor.companyID), "company": "\(contractor.name)",
             "project_id": \(project.id), "project": \(Self.quoted(project.name)), "wbs_code_id": \(wbsID(line.code, project)),
             "biller_id": \(project.id), "biller": \(Self.quoted(project.name)), "biller_type": "Project",
             "root_cost_code_id": \(projectCostCodeID(rootIndex, project)), "root_cost_code": "\(root.fullCode) - \(root.name)",
             "cost_code_id": \(projectCostCodeID(line.code, project)), "cost_code": "\(code.fullCode) - \(code.name)",
             "cost_code_origin_id": null, "category_id": 47, "category": "Other",
             "original_budget_amount": "\(Self.loose(line.cents))", "budget_modifications": "\(Self.loose(changed))",
             "Committed Costs": "0.0",
             "budget_forecast": {"id": null, "manual_amount": null, "automatic_amount": "0.0", "amount": "0.0",
             "automatically_calculated": true, "calculation_strategy": "automatic", "notes": null},
             "currency_configuration": \(currency), "unbudgeted_reason": null}
            """
    }

    private func modification(_ modification: Contractor.Budget.Modification) -> String {
        """
        {"id": \(modification.id), "created_at": "\(stamp)",
         "from_budget_line_item_id": \(modification.from.map(String.init) ?? "null"),
         "to_budget_line_item_id": \(modification.to), "notes": "Transfer – per PM", "origin_data": null,
         "origin_id": null, "transfer_amount": "\(Self.loose(modification.cents))", "updated_at": "\(stamp)"}
        """
    }

    private func change(_ change: Contractor.Budget.Change, _ project: Contractor.Project) -> String {
        let lines = change.lines.map { line in
            """
            {"id": \(line.id), "ref": "item\(line.id)", "adjustment_number": 1, "wbs_code": \(wbsCode(line.code, project)),
             "description": "\(line.cents < 0 ? "Savings" : "Added scope")", "comment": null,
             "calculation_strategy": "manual", "quantity": 1.0, "type": "\(line.cents < 0 ? "budget_change" : "change_event")",
             "uom": "ls", "unit_cost": \(Self.loose(line.cents)), "amount": \(Self.loose(line.cents)),
             "change_event_line_item_id": null}
            """
        }
        return """
            {"data": {"id": \(change.id), "number": \(change.number), "status": "\(change.status)",
             "title": "Fixture reallocation \(change.number)", "description": "<p>Move &amp; settle</p>", "erp_status": null,
             "amount": \(Self.loose(change.lines.reduce(0) { $0 + $1.cents })), "prime_contract": null, "attachments": [],
             "adjustment_line_items": \(Self.list(lines)), "production_quantities": [],
             "currency_configuration": \(currency)}}
            """
    }
}
