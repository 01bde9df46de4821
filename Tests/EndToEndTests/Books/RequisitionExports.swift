/// Subcontractor invoices and payments issued, as Procore saves them.
extension ContractorExports {
    /// A project's requisitions, extended view: alone, or the last project's in one list.
    func requisitionFiles(_ project: Contractor.Project) -> [File] {
        let all = project.commitments.flatMap { commitment in
            commitment.requisitions.map { ($0.id, requisition($0, of: commitment, project)) }
        }
        guard project.index == 2 else {
            return all.map { File(name: "requisition-\($0.0).json", text: $0.1) }
        }
        return [File(name: "requisitions-\(project.number).json", text: Self.list(all.map(\.1)))]
    }

    private func requisition(
        _ requisition: Contractor.Requisition, of commitment: Contractor.Commitment, _ project: Contractor.Project
    ) -> String {
        let vendor = contractor.vendors[commitment.vendor]
        let month = String(requisition.billingDate.prefix(8))
        let complete = requisition.sum(\.billed) * 10_000 / requisition.sum(\.scheduled)
        let items = requisition.items.enumerated().map { item($1, $0, of: requisition, commitment, project) }
        return """
            {"id": \(requisition.id), "previous_requisition_id": \(requisition.previousID.map(String.init) ?? "null"),
             "project_id": \(project.id), "billing_date": "\(requisition.billingDate)", "created_at": "\(stamp)",
             "updated_at": "\(stamp)", "commitment_id": \(commitment.id), "commitment_type": "\(commitment.kind.rawValue)",
             "contract_name": \(Self.quoted(commitment.title)), "deletable": true, "final": false,
             "vendor_name": \(Self.quoted(vendor.name)), "vendor_id": \(vendor.id),
             "invoice_number": "\(requisition.invoiceNumber)", "invoice_type": "progress", "origin_data": null,
             "origin_id": null, "payment_date": null, "percent_complete": "\(Self.exact(complete))%", "period_id": 117330,
             "requisition_start": "\(month)01", "requisition_end": "\(requisition.billingDate)",
             "status": "\(requisition.status)", "erp_status": null, "number": \(requisition.number),
             "submitted_at": "\(requisition.billingDate)", "total_claimed_amount": "\(Self.exact(requisition.gross))",
             "electronic_signature_id": null, "move_materials_to_previous_work_completed": false,
             "summary": \(summary(requisition, of: commitment)),
             "created_by": {"id": 160590, "name": "Lee Fixture", "login": "lee@fixture.example", "company_name": null},
             "custom_fields": {},
             "currency_configuration": {"currency_iso_code": "\(contractor.currency)", "currency_exchange_rate": 1.0,
             "base_currency_iso_code": "\(contractor.currency)"}, "attachments": [],
             "items": \(Self.list(items)),
             "item_packages": \(Self.list(packages(requisition, of: commitment))),
             "summary_text": {"project_name": \(Self.quoted(project.name)), "project_number": "\(project.number)",
             "to_general_contractor": "\(contractor.name)", "requisition_period_start": "\(month)01",
             "requisition_period_end": "\(requisition.billingDate)", "subcontractor_name": \(Self.quoted(vendor.name)),
             "subcontractor_street": "\(vendor.id % 100) Foundry Ln", "subcontractor_city": "Kent",
             "subcontractor_state_code": "WA", "subcontractor_zip": "98032", "subcontractor_country_code": "US",
             "application_number": "\(requisition.invoiceNumber)", "contract_for": \(Self.quoted(commitment.title)),
             "contract_date": "2026-06-03"}}
            """
    }

    /// The contract, and each change order that is billed, as headings of an invoice.
    private func packages(_ requisition: Contractor.Requisition, of commitment: Contractor.Commitment) -> [String] {
        let billed = Set(requisition.items.compactMap(\.changeOrderID))
        let changes = commitment.changeOrders.filter { billed.contains($0.id) }.enumerated().map { index, order in
            """
            {"id": \(index + 2), "contract_id": null, "change_order_id": \(order.id), "number": "\(order.number)",
             "title": "Fixture change \(order.number)", "status": "\(order.status)", "position": \(index + 1),
             "change_order_acronym_number": "CCO #\(order.number)"}
            """
        }
        return [
            """
            {"id": 1, "contract_id": \(commitment.id), "change_order_id": null, "number": "\(commitment.number)",
             "title": \(Self.quoted(commitment.title)), "status": "\(commitment.status)", "position": 0,
             "change_order_acronym_number": null}
            """
        ] + changes
    }

    private func summary(_ requisition: Contractor.Requisition, of commitment: Contractor.Commitment) -> String {
        let changes = requisition.items.filter { $0.changeOrderID != nil }
        func changed(_ isCounted: (Contractor.Item) -> Bool) -> String {
            Self.exact(changes.filter(isCounted).reduce(0) { $0 + $1.scheduled })
        }
        func isNew(_ item: Contractor.Item) -> Bool { item.billedBefore == 0 }
        let sum = commitment.total + changes.reduce(0) { $0 + $1.scheduled }
        let (workRetained, storedRetained) = (
            requisition.sum(\.workRetainedAfter), requisition.sum(\.storedRetainedAfter)
        )
        let earned = requisition.sum(\.billed) - workRetained - storedRetained
        let before = requisition.sum(\.billedBefore) - requisition.sum(\.retainedBefore)
        func percent(_ part: Int, _ whole: Int) -> String { Self.exact(whole == 0 ? 0 : part * 10_000 / whole) }
        let work = requisition.sum { $0.workBefore + $0.work }
        return """
            {"balance_to_finish_including_retainage": "\(Self.exact(sum - earned))",
             "completed_work_retainage_percent": "\(percent(workRetained, work))",
             "completed_work_retainage_amount": "\(Self.exact(workRetained))", "contract_sum_to_date": "\(Self.exact(sum))",
             "current_payment_due": "\(Self.exact(earned - before))",
             "formatted_period": "\(Self.period(requisition.billingDate))",
             "less_previous_certificates_for_payment": "\(Self.exact(before))",
             "negative_change_order_item_total": "\(changed { $0.scheduled < 0 })",
             "negative_new_change_order_item_total": "\(changed { $0.scheduled < 0 && isNew($0) })",
             "negative_previous_change_order_item_total": "\(changed { $0.scheduled < 0 && !isNew($0) })",
             "net_change_by_change_orders": "\(Self.exact(sum - commitment.total))",
             "original_contract_sum": "\(Self.exact(commitment.total))",
             "positive_change_order_item_total": "\(changed { $0.scheduled > 0 })",
             "positive_new_change_order_item_total": "\(changed { $0.scheduled > 0 && isNew($0) })",
             "positive_previous_change_order_item_total": "\(changed { $0.scheduled > 0 && !isNew($0) })",
             "stored_materials_retainage_amount": "\(Self.exact(storedRetained))",
             "stored_materials_retainage_percent": "\(percent(storedRetained, requisition.sum(\.stored)))",
             "tax_applicable_to_this_payment": "0.00",
             "total_completed_and_stored_to_date": "\(Self.exact(requisition.sum(\.billed)))",
             "total_earned_less_retainage": "\(Self.exact(earned))",
             "total_retainage": "\(Self.exact(workRetained + storedRetained))",
             "new_materials": "\(Self.exact(requisition.sum { $0.stored - $0.storedBefore }))",
             "stored_materials": "\(Self.exact(requisition.sum(\.storedBefore)))"}
            """
    }

    /// The month of a date, as the invoice's header shows it: `07/01/26 - 07/30/26`.
    private static func period(_ date: String) -> String {
        let parts = date.split(separator: "-").map(String.init)
        return "\(parts[1])/01/26 - \(parts[1])/\(parts[2])/26"
    }

    private func item(
        _ item: Contractor.Item, _ index: Int, of requisition: Contractor.Requisition,
        _ commitment: Contractor.Commitment, _ project: Contractor.Project
    ) -> String {
        func percent(_ part: Int, _ whole: Int) -> String { Self.exact(whole == 0 ? 0 : part * 10_000 / whole) }
        let storedNow = item.stored - item.storedBefore
        let package = item.changeOrderID.map { ",\n \"change_order_package_id\": \($0)" } ?? ""
        return """
            {"id": \(item.id), "item_type": "\(item.changeOrderID == nil ? "contract_item" : "change_order_item")",
             "accounting_method": "\(item.unitQuantity == nil ? "amount" : "unit")",
             "cost_code_id": \(projectCostCodeID(item.code, project)), "line_item_id": \(item.lineID),
             "description_of_work": \(Self.quoted(item.description)), "net_amount": "\(Self.exact(item.net))",
             "gross_amount": "\(Self.exact(item.gross))", "wbs_code": \(wbsCode(item.code, project)),
             "scheduled_value": "\(Self.exact(item.scheduled))",
             "work_completed_from_previous_application": "\(Self.exact(item.workBefore))",
             "work_completed_this_period": "\(Self.exact(item.work))",
             "materials_presently_stored": "\(Self.exact(item.stored))",
             "materials_presently_stored_from_previous_progress": "\(Self.exact(item.storedBefore))",
             "materials_moved": "0.00", "materials_retainage_retained_moved": "0.00",
             "total_completed_and_stored_to_date": "\(Self.exact(item.billed))",
             "total_completed_and_stored_to_date_percent": "\(percent(item.billed, item.scheduled))",
             "total_completed_and_stored_to_date_from_previous": "\(Self.exact(item.billedBefore))",
             "work_completed_retainage_from_previous_application": "\(Self.exact(item.workRetainedBefore))",
             "work_completed_retainage_retained_this_period": "\(Self.exact(item.workRetained))",
             "work_completed_retainage_percent_this_period": "\(percent(item.workRetained, item.work))",
             "materials_stored_retainage_currently_retained": "\(Self.exact(item.storedRetainedAfter))",
             "materials_stored_retainage_percent_this_period": "\(percent(item.storedRetained, storedNow))",
             "materials_stored_retainage_new_materials": "\(Self.exact(item.storedRetained))",
             "work_completed_retainage_released_this_period": "\(Self.exact(item.workReleased))",
             "materials_stored_retainage_released_this_period": "\(Self.exact(item.storedReleased))",
             "scheduled_quantity": "\(item.unitQuantity ?? 0).0",
             "scheduled_unit_price": "\(Self.exact(item.unitCents ?? 0))00",
             "work_completed_this_period_quantity": "\(item.quantity).0",
             "work_completed_from_previous_application_quantity": "\(item.quantityBefore).0", "comment": null,
             "status": "\(requisition.status)", "position": \(index + 1), "line_number": "\(index + 1)",
             "ssr_manual_override": false, "subcontractor_claimed_amount": "\(Self.exact(item.gross))",
             "previous_progress_id": null, "taxes": [], "uom": \(item.unitQuantity == nil ? "null" : "\"ea\"")\(package)}
            """
    }

    /// A payment issued; Procore Pay's are settled and have an external id.
    func payment(
        _ payment: Contractor.Payment, of commitment: Contractor.Commitment, _ project: Contractor.Project
    ) -> String {
        let invoice = payment.requisition.map { commitment.requisitions[$0] }
        let isElectronic = payment.externalID != nil
        return """
            {"id": \(payment.id), "amount": "\(Self.loose(payment.cents))",
             "check_number": \(Self.optional(payment.checkNumber)), "contract_id": \(commitment.id),
             "created_at": "\(stamp)", "updated_at": "\(stamp)", "date": "\(payment.date)",
             "date_payment_settled": \(isElectronic ? "\"\(payment.date)T17:00:00Z\"" : "null"),
             "date_payment_initiated": \(isElectronic ? "\"\(payment.date)T15:00:00Z\"" : "null"),
             "draw_request_number": \(invoice.map { "\($0.number)" } ?? "null"),
             "external_payment_id": \(Self.optional(payment.externalID)),
             "invoice_number": \(Self.optional(invoice?.invoiceNumber)), "notes": null, "payment_number": null,
             "attachments": [], "project_id": \(project.id),
             "requisition_id": \(invoice.map { "\($0.id)" } ?? "null"), "origin_id": null, "origin_code": null,
             "origin_data": null, "status": \(isElectronic ? "\"paid\"" : "null")}
            """
    }
}
