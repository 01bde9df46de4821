import Foundation
import Testing

/// The invented contractor is consistent in itself, and its files have the shapes that Procore's have.
struct CompanyGeneratorTests {
    private typealias Record = [String: Any]

    private let contractor = CompanyGenerator.contractor(seed: 20_261_122)
    private var files: [ContractorExports.File] { ContractorExports(contractor: contractor).files }

    /// The records of a file: of a list, of `data`, or the one.
    private static func records(_ text: String) throws -> [Record] {
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let inner = (json as? Record)?["data"] ?? json
        return inner as? [Record] ?? (inner as? Record).map { [$0] } ?? []
    }

    private static func cents(_ record: Record, _ key: String) -> Int {
        Books.cents(record[key] as? String) ?? Int.min / 4
    }

    private var requisitions: [Record] {
        get throws {
            try files.filter { $0.name.hasPrefix("requisition") }.flatMap { try Self.records($0.text) }
        }
    }

    @Test func theSameSeedGivesTheSameFiles() {
        let again = ContractorExports(contractor: CompanyGenerator.contractor(seed: 20_261_122)).files
        #expect(again.map(\.name) == files.map(\.name))
        #expect(again.map(\.text) == files.map(\.text))
        let other = ContractorExports(contractor: CompanyGenerator.contractor(seed: 20_261_123)).files
        #expect(other.map(\.text) != files.map(\.text))
        #expect(Set(files.map(\.name)).count == files.count)
    }

    @Test func everyPartIsThere() throws {
        #expect(contractor.projects.count == 3)
        #expect(contractor.vendors.count == 12)
        #expect(contractor.costCodes.count == 14)
        let commitments = contractor.projects.flatMap(\.commitments)
        #expect(commitments.filter(\.isApproved).count == 18)
        #expect(commitments.filter { !$0.isApproved }.count == 3)
        #expect(Set(commitments.map(\.number)).count == 21)
        #expect(commitments.allSatisfy { $0.number.count <= 11 })
        // Per project four change orders are approved and two are not: 001 of 0, 1, 3 and 5, and 002 of 1.
        let changes = commitments.flatMap(\.changeOrders)
        #expect(changes.filter(\.isApproved).count == 15)
        #expect(changes.filter { !$0.isApproved }.count == 6)
        #expect(contractor.projects.map { $0.budget.modifications.count } == [3, 0, 0])
        #expect(contractor.projects.map { $0.budget.changes.count } == [0, 2, 0])
        let all = commitments.flatMap(\.requisitions)
        #expect(all.filter(\.isApproved).count == 27)
        #expect(all.filter { !$0.isApproved }.count == 3)
        #expect(try requisitions.count == 30)
        let approved = all.filter(\.isApproved)
        #expect(approved.contains { $0.withheld > 0 && $0.released > 0 })
        #expect(approved.contains { $0.gross == 0 && $0.released > 0 })
        #expect(approved.contains { $0.withheld == 0 && $0.released == 0 })
        #expect(approved.contains { $0.items.contains { $0.stored > $0.storedBefore && $0.storedBefore > 0 } })
        #expect(approved.contains { $0.items.contains { $0.changeOrderID != nil && $0.gross < 0 } })
        let payments = commitments.flatMap(\.payments)
        #expect(payments.filter { $0.externalID != nil }.count == 8)
        #expect(payments.filter { $0.externalID == nil }.count == 6)
    }

    /// The fields of each file are those of Procore's sample, no more and no fewer.
    @Test(
        .enabled(if: Tool.shared != nil, "needs ../shared/domain/samples"),
        arguments: [
            ("standard_cost_codes.json", "standard_cost_codes_list"), ("projects.json", "projects_list"),
            ("vendors.json", "vendors_list"), ("budget_line_items", "budget_line_items_list"),
            ("budget_detail_rows.json", "budget_view_detail_rows"),
            ("budget_modifications.json", "budget_modifications_list"), ("budget_change-", "budget_change_show"),
            ("contract-", "work_order_contract_show"), ("contract-", "purchase_order_contract_show"),
            ("work_order_contracts-", "work_order_contracts_list"),
            ("purchase_order_contracts-", "purchase_order_contracts_list"),
            ("commitment_contracts.json", "commitment_contracts_v2_list"),
            ("commitment-", "commitment_contract_v2_line_items"),
            ("change_order_package-", "change_order_package_show"),
            ("commitment_change_orders.json", "commitment_change_orders_list"),
            ("commitment_change_order-", "commitment_change_order_v2_line_items"),
            ("requisition-", "requisition_show_extended"), ("contract_payments-", "contract_payments_list"),
        ])
    func theShapesAreProcores(_ name: String, _ sample: String) throws {
        let path = "\(Tool.shared ?? "")/domain/samples/procore/\(sample).json"
        let model = try #require(try Self.records(String(contentsOfFile: path, encoding: .utf8)).first)
        let isOrder = model["ship_to_address"] != nil
        let mine = try files.filter { $0.name.split(separator: "/").last?.hasPrefix(name) == true }
            .flatMap { try Self.records($0.text) }
            .filter { name != "contract-" || ($0["ship_to_address"] != nil) == isOrder }
        #expect(!mine.isEmpty)
        for record in mine {
            #expect(Set(record.keys) == Set(model.keys))
            for key in [
                "line_items", "items", "adjustment_line_items", "summary", "summary_text", "item_packages", "wbs_code",
                "vendor",
            ] {
                // Items of change orders have one field more.
                let inner = Self.first(record[key]), expected = Self.first(model[key])
                #expect(inner.subtracting(["change_order_package_id"]) == expected, "\(key)")
            }
        }
    }

    private static func first(_ value: Any?) -> Set<String> {
        Set(((value as? [Record])?.first ?? value as? Record)?.keys.map { $0 } ?? [])
    }

    /// Section 9 of the domain page, worked out again from the files' own text.
    @Test func theTotalsOfRequisitionsAgree() throws {
        for requisition in try requisitions {
            let summary = try #require(requisition["summary"] as? Record)
            var (due, toDate, retained) = (0, 0, 0)
            for item in try #require(requisition["items"] as? [Record]) {
                func part(_ key: String) -> Int { Self.cents(item, key) }
                let gross =
                    part("work_completed_this_period") + part("materials_presently_stored")
                    - part("materials_presently_stored_from_previous_progress")
                let withheld =
                    part("work_completed_retainage_retained_this_period")
                    + part("materials_stored_retainage_new_materials")
                let released =
                    part("work_completed_retainage_released_this_period")
                    + part("materials_stored_retainage_released_this_period")
                #expect(part("gross_amount") == gross)
                #expect(part("net_amount") == gross - withheld + released)
                #expect(
                    part("total_completed_and_stored_to_date_from_previous") + gross
                        == part("total_completed_and_stored_to_date"))
                due += gross - withheld + released
                toDate += part("total_completed_and_stored_to_date")
                retained +=
                    part("work_completed_retainage_from_previous_application")
                    + part("work_completed_retainage_retained_this_period")
                    - part("work_completed_retainage_released_this_period")
                    + part("materials_stored_retainage_currently_retained")
            }
            #expect(due > 0)
            #expect(Self.cents(summary, "current_payment_due") == due)
            #expect(Self.cents(summary, "total_completed_and_stored_to_date") == toDate)
            #expect(Self.cents(summary, "total_retainage") == retained)
            #expect(Self.cents(summary, "total_earned_less_retainage") == toDate - retained)
            #expect(Self.cents(summary, "less_previous_certificates_for_payment") == toDate - retained - due)
        }
    }

    @Test func noOrderIsBilledInFullAndNoLineTooFar() {
        for commitment in contractor.projects.flatMap(\.commitments) {
            let items = commitment.requisitions.filter(\.isApproved).flatMap(\.items)
            let billed = Dictionary(items.map { ($0.lineID, $0.gross) }, uniquingKeysWith: +)
            #expect(commitment.lines.contains { $0.cents > billed[$0.id, default: 0] })
            for line in commitment.lines { #expect(abs(line.cents) >= abs(billed[line.id, default: 0])) }
            for line in commitment.changeOrders.flatMap(\.lines) {
                #expect(abs(line.cents) >= abs(billed[line.id, default: 0]))
            }
        }
    }

    @Test func theLinesOfAnOrderCanBeToldApart() {
        for order in ExpectedBooks(contractor: contractor).books.orders {
            #expect(Set(order.lines.map { "\($0.item) \($0.cents)" }).count == order.lines.count, "\(order.number)")
        }
    }

    /// A stand-in's entry that differs by one cent, or is there twice, is a difference.
    @Test func aCentMoreIsADifference() {
        let expected = ExpectedBooks(contractor: contractor).books
        #expect(expected.differences(from: expected).isEmpty)
        var other = expected
        other.bills[0].due += 1
        #expect(other.differences(from: expected).count == 2)
        other = expected
        other.payments.append(other.payments[0])
        #expect(other.differences(from: expected).count == 1)
    }
}
