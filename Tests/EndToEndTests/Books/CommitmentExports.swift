/// Commitments and their change orders, as Procore saves them.
extension ContractorExports {
    /// A project's commitments: contracts alone, contracts in lists, and headers of v2.0 with their lines apart.
    func commitmentFiles(_ project: Contractor.Project) -> [File] {
        func commitments(_ form: Contractor.Commitment.Form) -> [Contractor.Commitment] {
            project.commitments.filter { $0.form == form }
        }
        var files = commitments(.show).map { File(name: "contract-\($0.id).json", text: contract($0, project)) }
        for kind in [Contractor.Commitment.Kind.workOrder, .purchaseOrder] {
            let listed = commitments(.list).filter { $0.kind == kind }
            let name = kind == .workOrder ? "work_order_contracts" : "purchase_order_contracts"
            files.append(
                File(name: "\(name)-\(project.number).json", text: Self.list(listed.map { contract($0, project) })))
        }
        let headers = commitments(.headerAndLines)
        files.append(
            File(
                name: "project-\(project.id)/commitment_contracts.json",
                text: "{\"data\": \(Self.list(headers.map(header)))}"))
        return files
            + headers.map { commitment in
                File(
                    name: "project-\(project.id)/commitment-\(commitment.id).json",
                    text: "{\"data\": \(Self.list(commitment.lines.enumerated().map { plainLine($1, $0, project) }))}")
            }
    }

    /// A project's commitment change orders: packages, and headers with lines of v2.0 apart.
    func changeOrderFiles(_ project: Contractor.Project) -> [File] {
        var files: [File] = []
        var headers: [String] = []
        for commitment in project.commitments {
            for order in commitment.changeOrders {
                switch order.form {
                case .package:
                    files.append(
                        File(
                            name: "project-\(project.id)/change_order_package-\(order.id).json",
                            text: package(order, of: commitment, project)))
                case .headerAndLines:
                    headers.append(changeOrderHeader(order, of: commitment))
                    guard order.isApproved else { continue }
                    let lines = order.lines.enumerated().map { plainLine($1, $0, project) }
                    files.append(
                        File(
                            name: "project-\(project.id)/commitment_change_order-\(order.id).json",
                            text: "{\"data\": \(Self.list(lines))}"))
                }
            }
        }
        return [File(name: "project-\(project.id)/commitment_change_orders.json", text: Self.list(headers))] + files
    }

    // MARK: v1.0

    private func contract(_ commitment: Contractor.Commitment, _ project: Contractor.Project) -> String {
        let vendor = contractor.vendors[commitment.vendor]
        let changes = commitment.approvedChanges.reduce(0) { $0 + $1.total }
        let pending = commitment.changeOrders.filter { !$0.isApproved }.reduce(0) { $0 + $1.total }
        let revised = commitment.total + changes
        let paid = commitment.payments.reduce(0) { $0 + $1.cents }
        let invoiced = commitment.requisitions.filter(\.isApproved).reduce(0) { $0 + $1.net }
        let isOrder = commitment.kind == .purchaseOrder
        let own =
            isOrder
            ? """
            "assignee": null, "bill_to_address": "900 Commerce St\\nTacoma, WA 98402",
             "ship_to_address": "18 Fixture Way\\nTacoma, WA 98402", "ship_via": "Best way", "payment_terms": "Net 30",
             "delivery_date": "2026-07-15"
            """
            : """
            "actual_completion_date": null, "contract_start_date": "2026-06-10", "contract_estimated_completion_date": null,
             "exclusions": "", "inclusions": ""
            """
        return """
            {"id": \(commitment.id), "accounting_method": "\(commitment.isUnitBased ? "unit" : "amount")",
             "approval_letter_date": null, "approved_change_orders": "\(Self.loose(changes))", "attachments": [],
             "change_order_packages": \(Self.list(commitment.changeOrders.map { brief($0, of: commitment) })),
             "contract_date": "2026-06-03", "created_at": "\(stamp)", "created_by_id": 160586, "deleted_at": null,
             "description": "<p>Furnish &amp; install <b>all</b> work</p>", "draft_change_orders_amount": "0.0",
             "executed": true, "execution_date": null, "grand_total": "\(Self.loose(commitment.total))",
             "invoice_contacts": [], "issued_on_date": null, "letter_of_intent_date": null,
             "line_items": \(Self.list(commitment.lines.enumerated().map { line($1, $0, of: commitment, project) })),
             "number": "\(commitment.number)", "origin_code": null, "origin_data": null, "origin_id": null,
             "payments_issued": [], "pending_change_orders": "\(Self.loose(pending))",
             "pending_revised_contract": "\(Self.loose(revised + pending))",
             "percentage_paid": "\(Self.exact(paid * 10_000 / revised))", "private": true,
             "project": {"id": \(project.id), "name": \(Self.quoted(project.name))},
             "remaining_balance_outstanding": "\(Self.loose(revised - paid))", "requisitions_are_enabled": true,
             "retainage_percent": "\(commitment.retainagePercent).0", "returned_date": null,
             "revised_contract": "\(Self.loose(revised))", "signed_contract_received_date": null,
             "show_line_items_to_non_admins": false, "status": "\(commitment.status)",
             "title": \(Self.quoted(commitment.title)), "total_draw_requests_amount": "0.0",
             "total_payments": "\(Self.loose(paid))", "total_requisitions_amount": "\(Self.loose(invoiced))",
             "updated_at": "\(stamp)",
             "vendor": {"id": \(vendor.id), "company": \(Self.quoted(vendor.name)), "origin_data": null, "origin_id": null},
             "currency_configuration": \(currency), \(own)}
            """
    }

    private func brief(_ order: Contractor.ChangeOrder, of commitment: Contractor.Commitment) -> String {
        """
        {"id": \(order.id), "contract_id": \(commitment.id), "created_at": "\(stamp)", "deleted_at": null, "due_date": null,
         "invoiced_date": null, "number": "\(order.number)", "origin_data": null, "origin_id": null, "paid_date": null,
         "reviewed_at": null, "title": "Fixture change \(order.number)", "status": "\(order.status)",
         "updated_at": "\(stamp)", "currency_configuration": \(currency)}
        """
    }

    private func line(
        _ line: Contractor.Commitment.Line, _ index: Int, of commitment: Contractor.Commitment,
        _ project: Contractor.Project
    ) -> String {
        """
        {"id": \(line.id), "amount": "\(Self.loose(line.cents))",
         "company": {"id": \(contractor.companyID), "name": "\(contractor.name)"},
         "wbs_code": \(wbsCode(line.code, project)), "cost_code": \(projectCostCode(line.code, project)),
         "created_at": "\(stamp)", "description": \(Self.quoted(line.description)),
         "extended_type": "\(line.quantity == nil ? "manual" : "calculated")",
         "extended_amount": "\(Self.loose(line.cents))",
         "holder": {"id": \(commitment.id), "holder_type": "\(commitment.kind.rawValue)"},
         "line_item_type": \(Self.otherType), "origin_data": null, "origin_id": null, "position": \(index + 1),
         "project": {"id": \(project.id), "name": \(Self.quoted(project.name))},
         "quantity": "\(line.quantity ?? 0).0", "tax_code_id": null, "total_amount": "\(Self.loose(line.cents))",
         "unit_cost": "\(Self.loose(line.unitCents ?? 0))", "uom": \(line.quantity == nil ? "null" : "\"ea\""),
         "updated_at": "\(stamp)", "currency_configuration": \(currency)}
        """
    }

    private func package(
        _ order: Contractor.ChangeOrder, of commitment: Contractor.Commitment, _ project: Contractor.Project
    ) -> String {
        let lines = order.lines.enumerated().map { index, line in
            """
            {"id": \(line.id), "position": \(index + 1), "description": \(Self.quoted(line.description)), "quantity": "0.0",
             "uom": null, "total_amount": "\(Self.loose(line.cents))", "extended_amount": "\(Self.loose(line.cents))",
             "unit_cost": "0.0", "cost_code": \(projectCostCode(line.code, project)),
             "wbs_code": \(wbsCode(line.code, project)),
             "holder": {"id": \(order.id), "holder_type": "ChangeOrder::Package"}, "line_item_type": \(Self.otherType),
             "currency_configuration": \(currency), "markup_line_items": []}
            """
        }
        return """
            {"id": \(order.id), "contract_id": \(commitment.id), "created_at": "\(stamp)", "deleted_at": null,
             "description": "Fixture revisions", "due_date": null, "executed": \(order.isApproved),
             "grand_total": "\(Self.loose(order.total))", "invoiced_date": null, "number": "\(order.number)",
             "origin_code": null, "origin_data": null, "origin_id": null, "paid_date": null, "position": 1,
             "private": false, "review_notes": null, "reviewed_at": null, "revised_substantial_completion_date": null,
             "revision": 0, "schedule_impact_amount": null, "signed_change_order_received_date": null,
             "status": "\(order.status)", "title": "Fixture change \(order.number)",
             "type": "CommitmentContractChangeOrder", "updated_at": "\(stamp)", "creator": \(Self.manager),
             "designated_reviewer": null, "reviewer": null, "attachments": [], "line_items": \(Self.list(lines)),
             "currency_configuration": \(currency), "custom_fields": {}}
            """
    }

    private func changeOrderHeader(_ order: Contractor.ChangeOrder, of commitment: Contractor.Commitment) -> String {
        """
        {"id": \(order.id), "batch_id": null, "contract_id": \(commitment.id), "legacy_package_id": \(order.id),
         "legacy_request_id": null, "location_id": null, "description": "<p>Fixture revisions</p>",
         "title": "Fixture change \(order.number)", "invoiced_date": null, "due_date": null,
         "revised_substantial_completion_date": null, "signed_change_order_received_date": null, "updated_at": "\(stamp)",
         "created_at": "\(stamp)", "reviewed_at": null, "executed": \(order.isApproved), "paid": false,
         "signature_required": false, "private": false, "field_change": false, "grand_total": "\(Self.loose(order.total))",
         "schedule_impact_amount": null, "number": "\(order.number)", "type": "CommitmentContractChangeOrder",
         "revision": 0, "status": "\(order.status)", "reference": null, "created_by": \(Self.manager),
         "designated_reviewer": null, "received_from": null, "reviewed_by": null, "change_order_change_reason": null,
         "custom_fields": {}, "currency_configuration": \(currency)}
        """
    }

    private static let manager = "{\"id\": 160586, \"login\": \"pm@fixture.example\", \"name\": \"Dana Fixture\"}"

    // MARK: v2.0

    private func header(_ commitment: Contractor.Commitment) -> String {
        """
        {"id": "\(commitment.id)", "type": "\(commitment.kind.rawValue)", "number": "\(commitment.number)",
         "status": "\(commitment.status)", "title": \(Self.quoted(commitment.title)),
         "description": "<p>Furnish &amp; install <b>all</b> work</p>", "executed": true,
         "vendor_id": "\(contractor.vendors[commitment.vendor].id)",
         "accounting_method": "\(commitment.isUnitBased ? "unit" : "amount")",
         "retainage_percent": "\(commitment.retainagePercent).00", "contract_date": "2026-06-03",
         "created_at": "\(stamp)", "updated_at": "\(stamp)"}
        """
    }

    private func plainLine(_ line: Contractor.Commitment.Line, _ index: Int, _ project: Contractor.Project) -> String {
        """
        {"prime_line_item_id": null, "id": "\(line.id)", "description": \(Self.quoted(line.description)),
         "uom": \(line.quantity == nil ? "null" : "\"ea\""), "quantity": \(line.quantity ?? 0).0,
         "unit_cost": "\(Self.loose(line.unitCents ?? 0))", "amount": "\(Self.exact(line.cents))",
         "extended_type": "\(line.quantity == nil ? "manual" : "calculated")",
         "wbs_code_id": "\(wbsID(line.code, project))", "tax_code_id": null, "position": \(index + 1),
         "wbs_code": \(wbsCode(line.code, project, isText: true))}
        """
    }

    private func plainLine(_ line: Contractor.ChangeOrder.Line, _ index: Int, _ project: Contractor.Project) -> String {
        """
        {"prime_line_item_id": null, "id": "\(line.id)", "description": \(Self.quoted(line.description)), "uom": null,
         "quantity": 0.0, "unit_cost": "0.0", "amount": "\(Self.exact(line.cents))", "extended_type": "manual",
         "wbs_code_id": "\(wbsID(line.code, project))", "tax_code_id": null, "position": \(index + 1),
         "wbs_code": \(wbsCode(line.code, project, isText: true)),
         "commitment_line_item_id": \(line.changedLineID.map { "\"\($0)\"" } ?? "null")}
        """
    }
}
