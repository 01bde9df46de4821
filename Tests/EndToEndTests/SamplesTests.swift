import Foundation
import Testing

/// Every documented shape of export, dropped alone: read as its documentation says, or refused for the documented reason.
///
/// Needs ../shared; skipped, visibly, without it.
@Suite(.enabled(if: Tool.shared != nil, "needs ../shared"))
struct SamplesTests {
    // swift-format-ignore
    /// The sample, the name it is dropped under in the folder of its project, and what becomes of it: alone, documents
    /// wait for what they need; numbers of more than 11 characters, names of more than 41, and negative invoices do not
    /// go; requests to Procore, templates, and lists without lines or ids are no exports to convert.
    static let samples: [(sample: String, name: String, result: String)] = [
        ("budget_change_show.json", "budget_change_show.json", "accepted; budget_changes: 1 held"),
        ("budget_changes_list.json", "budget_changes_list.json", "accepted; budget_changes: 1 held"),
        ("budget_export.csv", "budget_export.csv", "accepted; budgets: 1 held"),
        ("budget_import_template.csv", "budget_import_template.csv", "rejected; problem: The file is Procore's budget import template"),
        ("budget_line_items_list.json", "budget_line_items_list.json", "accepted; budgets: 1 held"),
        ("budget_modifications_list.json", "budget_modifications_list.json", "accepted; budget_modifications: 3 held"),
        ("budget_view_detail_rows.json", "budget_view_detail_rows.json", "accepted; budgets: 1 held"),
        ("change_order_package_show.json", "change_order_package_show.json", "accepted; commitment_change_orders: 1 held"),
        ("commitment_change_order_v2_line_items.json", "commitment_change_order-1708957.json", "accepted; commitment_change_orders: 1 held"),
        ("commitment_change_orders_export.csv", "commitment_change_orders_export.csv", "rejected; problem: The file is a list of change orders without their lines"),
        ("commitment_change_orders_list.json", "commitment_change_orders_list.json", "accepted; commitment_change_orders: 1 held, 1 skipped"),
        ("commitment_contract_v2_line_items.json", "commitment-786001.json", "accepted; commitments: 1 held"),
        ("commitment_contracts_v2_list.json", "commitment_contracts_v2_list.json", "accepted-with-problems; commitments: 1 held, 1 skipped, 1 rejected; problem: commitment 786002: number"),
        ("commitment_sov_import_amount.csv", "commitment-786001.csv", "accepted; commitments: 1 held"),
        ("commitment_sov_import_unit.csv", "commitment-786002.csv", "accepted; commitments: 1 held"),
        ("commitments_export.csv", "commitments_export.csv", "rejected; problem: The file is a list of commitments without their lines"),
        ("commitments_export_currency_style.csv", "commitments_export_currency_style.csv", "rejected; problem: The file is a list of commitments without their lines"),
        ("commitments_list.json", "commitments_list.json", "accepted-with-problems; commitments: 1 held, 1 skipped, 1 rejected; problem: commitment 786002: number"),
        ("company_import_template.csv", "company_import_template.csv", "accepted-with-problems; vendors: 4 new, 1 rejected; problem: vendor 401105: name"),
        ("contract_payment_create_request.json", "contract_payment_create_request.json", "rejected; problem: The file is a request to Procore"),
        ("contract_payments_list.json", "contract_payments_list.json", "accepted; contract_payments: 1 held, 2 skipped"),
        ("cost_codes_import.csv", "cost_codes_import.csv", "accepted; standard_cost_codes: 11 new"),
        ("cost_codes_list.json", "cost_codes_list.json", "accepted; cost_codes: 11 held"),
        ("direct_cost_line_items_sync_request.json", "direct_cost_line_items_sync_request.json", "rejected; problem: The file is a request to Procore"),
        ("direct_cost_show.json", "direct_cost_show.json", "rejected; problem: The file holds direct costs"),
        ("direct_costs_import.csv", "direct_costs_import.csv", "rejected; problem: The file is Procore's direct cost import template"),
        ("direct_costs_sync_request.json", "direct_costs_sync_request.json", "rejected; problem: The file is a request to Procore"),
        ("erp_request_create_requisitions.json", "erp_request_create_requisitions.json", "rejected; problem: The event create_requisitions"),
        ("payments_issued_export.csv", "payments_issued_export.csv", "rejected; problem: The file is a list of payments"),
        ("project_create_request.json", "project_create_request.json", "rejected; problem: The file is a request to Procore"),
        ("projects_list.json", "projects_list.json", "accepted-with-problems; projects: 2 new, 1 skipped, 1 rejected; problem: project 225908: name"),
        ("purchase_order_contract_show.json", "purchase_order_contract_show.json", "accepted-with-problems; commitments: 1 rejected; problem: commitment 786002: number"),
        ("purchase_order_contracts_list.json", "purchase_order_contracts_list.json", "accepted-with-problems; commitments: 1 rejected; problem: commitment 786002: number"),
        ("requisition_change_order_items.json", "requisition-1280646-changes.json", "accepted; requisitions: 1 held"),
        ("requisition_contract_items.json", "requisition-1280646-items.json", "accepted; requisitions: 1 held"),
        ("requisition_show_extended.json", "requisition_show_extended.json", "accepted; requisitions: 1 held"),
        ("requisition_show_negative.json", "requisition_show_negative.json", "accepted-with-problems; requisitions: 1 rejected; problem: subcontractor invoice 1280650: summary.current_payment_due: The invoice is negative"),
        ("requisition_show_retainage_release.json", "requisition_show_retainage_release.json", "accepted; requisitions: 1 held"),
        ("requisitions_list.json", "requisitions_list.json", "accepted-with-problems; requisitions: 2 held, 1 skipped, 1 rejected; problem: subcontractor invoice 1280650"),
        ("standard_cost_codes_list.json", "standard_cost_codes_list.json", "accepted; standard_cost_codes: 11 new"),
        ("subcontractor_invoices_export.csv", "subcontractor_invoices_export.csv", "rejected; problem: The file is a list of invoices without their items"),
        ("sync_response_mixed.json", "sync_response_mixed.json", "rejected; problem: This is an answer of Procore's"),
        ("vendor_show_minimal.json", "vendor_show_minimal.json", "accepted; vendors: 1 new"),
        ("vendors_list.json", "vendors_list.json", "accepted-with-problems; vendors: 4 new, 1 rejected; problem: vendor 401105: name"),
        ("vendors_sync_request.json", "vendors_sync_request.json", "rejected; problem: The file is a request to Procore"),
        ("vendors_sync_response.json", "vendors_sync_response.json", "rejected; problem: This is an answer of Procore's"),
        ("wbs_codes_list.json", "wbs_codes_list.json", "accepted; wbs_codes: 6 held"),
        ("work_order_contract_show.json", "work_order_contract_show.json", "accepted; commitments: 1 held"),
        ("work_order_contract_show_not_ready.json", "work_order_contract_show_not_ready.json", "accepted; commitments: 1 skipped"),
        ("work_order_contracts_list.json", "work_order_contracts_list.json", "accepted; commitments: 1 held, 1 skipped"),
    ]

    @Test(arguments: samples)
    func aSampleIsReadAsDocumented(_ sample: String, _ name: String, _ result: String) throws {
        let root = try TestRoot(
            TestRoot.yaml.replacing(
                "quickbooks:", with: "quickbooks:\n  retainage_item: Retainage\n  bank_account: Checking"))
        defer { root.remove() }
        let folder = "procore/project-225906"
        try FileManager.default.createDirectory(
            atPath: "\(root.path)/inbox/\(folder)", withIntermediateDirectories: true)
        let bytes = try String(
            contentsOfFile: (Tool.shared ?? "") + "/domain/samples/procore/\(sample)", encoding: .utf8)
        try root.drop(bytes, as: "\(folder)/\(name)")
        try root.run("once")
        #expect(root.text("logs/results.log").contains("\(name): \(result)"), "\(root.text("logs/results.log"))")
    }

    @Test func noSampleIsForgotten() throws {
        let folder = (Tool.shared ?? "") + "/domain/samples/procore"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        #expect(Set(names) == Set(Self.samples.map(\.sample)))
    }
}
