import Domain
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Control totals, worked out by hand.
@Suite struct TotalsTests {
    private typealias Exports = TotalsExports

    /// What both projects have before anything goes wrong: all of it accepted.
    private func scene() throws -> TotalsRoot {
        let root = try TotalsRoot()
        try root.drop(Exports.vendors, as: "vendors.json")
        try root.drop(Exports.projects, as: "projects.json")
        try root.drop(Exports.codes, as: "standard_cost_codes.json")
        try root.answer()
        try root.drop(
            Exports.budget([(348_301, "01-500", "40000.0"), (348_302, "03-300", "185000.25")]),
            as: "project-225906-budget_line_items.json")
        try root.drop(
            Exports.budget([(348_401, "03-300", "10000.0")]), as: "project-225907-budget_line_items.json")
        try root.drop(
            Exports.list([
                Exports.modification(75_414, from: 348_301, to: 348_302, "2500.5"),
                Exports.modification(75_415, from: nil, to: 348_302, "1000.1"),
            ]), as: "project-225906-budget_modifications.json")
        try root.drop(
            Exports.commitment(
                786_001, "SC-001", project: 225_906, lines: [(5_001, "120000.00"), (5_002, "52000.00")],
                total: "172000.00"), as: "work_order_contracts-1.json")
        try root.drop(
            Exports.commitment(786_101, "SC-101", project: 225_907, lines: [(5_101, "5000.00")], total: "5000.00"),
            as: "work_order_contracts-2.json")
        try root.answer()
        try root.drop(
            Exports.changeOrder(1_708_957, of: 786_001, lines: [(6_001, "6500.50")], total: "6500.50"),
            as: "change_order-1.json")
        try root.drop(
            Exports.changeOrder(1_708_958, of: 786_001, lines: [(6_002, "-1500.25")], total: "-1500.25"),
            as: "change_order-2.json")
        try root.drop(
            Exports.invoice(1_280_646, of: 786_001, line: 5_001, "INV-1", "35000.00"), as: "requisition-1.json")
        try root.answer()
        try root.drop(
            Exports.list([Exports.payment(66_001, of: 1_280_646, "1001", "10000.00")]), as: "contract_payments-1.json")
        try root.answer()
        return root
    }

    @Test func everythingAcceptedIsEqualOnBothSides() throws {
        let root = try scene()
        let totals = try root.totals()
        #expect(totals.agree && totals.records.isEmpty)
        #expect(totals.line("225906", "budgets") == "1: 225000.25 / 1: 225000.25 = 0.00")
        #expect(
            totals.line("225906", "budget_modifications") == "2: 1000.10 / 2: 1000.10 = 0.00", "one moves money only")
        #expect(totals.line("225906", "commitments") == "1: 172000.00 / 1: 172000.00 = 0.00")
        #expect(totals.line("225906", "commitment_change_orders") == "2: 5000.25 / 2: 5000.25 = 0.00")
        #expect(totals.line("225906", "requisitions") == "1: 35000.00 / 1: 35000.00 = 0.00")
        #expect(totals.line("225906", "contract_payments") == "1: 10000.00 / 1: 10000.00 = 0.00")
        #expect(totals.line("225907", "budgets") == "1: 10000.00 / 1: 10000.00 = 0.00")
        #expect(totals.line("225907", "commitments") == "1: 5000.00 / 1: 5000.00 = 0.00")
        #expect(totals.totals.count == 8)
        #expect(totals.totals.first?.project_name == "Harbor Pointe Medical Office")
        let text = try root.reconcile()
        #expect(text.agrees && text.text.hasSuffix("\nBoth sides agree to the cent.\n"))
        #expect(
            text.text.contains(
                "  change orders: Procore 5,000.25 (2), QuickBooks 5,000.25 (2), difference 0.00\n"))
    }

    @Test func eachDifferenceIsMadeUpOfItsRecords() throws {
        let root = try scene()
        try goWrong(root)
        let totals = try root.totals()
        #expect(!totals.agree)
        // 173,300.75 + 900.10 + 4,321.00; the one that was voided after it went counts on QuickBooks' side alone.
        #expect(
            totals.line("225906", "commitments")
                == "3: 177721.85 / 2: 172700.00 = 5021.85; sent 1: 500.75; held 1: 900.10; refused 1: 4321.00; "
                + "differs 1: -700.00; left out 2: 950.00")
        #expect(
            totals.line("225906", "commitment_change_orders")
                == "3: 5100.25 / 2: 5000.25 = 100.00; held 1: 100.00")
        #expect(totals.line(nil, "commitment_change_orders") == "1: 77.70 / 0: 0.00 = 77.70; held 1: 77.70")
        #expect(totals.line("225906", "requisitions") == "2: 35300.00 / 1: 35000.00 = 300.00; held 1: 300.00")
        #expect(
            totals.line("225906", "contract_payments") == "2: 36000.00 / 1: 10000.00 = 26000.00; failed 1: 26000.00")
        #expect(totals.line("225907", "commitments") == "1: 5000.00 / 1: 5000.00 = 0.00")
        let records = totals.records.map { "\($0.term) \($0.fate) \($0.difference)" }
        #expect(
            records.sorted() == [
                "commitment_change_orders/1708960 held 100.00", "commitment_change_orders/1708961 held 77.70",
                "commitments/786001 sent 500.75", "commitments/786002 held 900.10",
                "commitments/786003 refused 4321.00",
                "commitments/786005 differs -700.00", "contract_payments/66002 failed 26000.00",
                "requisitions/1280647 held 300.00",
            ])
        try expectSums(totals)
        let changed = try #require(totals.records.first { $0.term == "commitments/786001" })
        #expect(changed.accepted == "172000.00" && changed.brought == "172500.75")
        let text = try root.reconcile("harbor pointe medical office").text
        #expect(text.contains("from 172,000.00 to 172,500.75"))
        #expect(text.contains("Waits for vendor 499999, which has not been dropped yet."))
        #expect(!text.contains("225907") && !text.contains("77.70"))
    }

    /// What each of them does is said beside it.
    private func goWrong(_ root: TotalsRoot) throws {
        let commitments = [
            // Its vendor has not come.
            Exports.commitment(
                786_002, "SC-002", project: 225_906, vendor: 499_999, lines: [(5_021, "900.10")], total: "900.10"),
            // A number of twelve characters.
            Exports.commitment(
                786_003, "SC-000000003", project: 225_906, lines: [(5_031, "4321.00")], total: "4321.00"),
            // A draft.
            Exports.commitment(
                786_004, "SC-004", project: 225_906, status: "Draft", lines: [(5_041, "250.00")], total: "250.00"),
            // Accepted, and voided in Procore later on.
            Exports.commitment(786_005, "SC-005", project: 225_906, lines: [(5_051, "700.00")], total: "700.00"),
        ]
        for (place, commitment) in commitments.enumerated() {
            try root.drop(commitment, as: "work_order_contracts-1\(place).json")
        }
        try root.answer()
        try root.drop(
            Exports.commitment(
                786_005, "SC-005", project: 225_906, status: "Void", lines: [(5_051, "700.00")], total: "700.00", at: 17
            ),
            as: "work_order_contracts-20.json")
        // Waits for the commitment that waits, and for one of which nothing is known.
        try root.drop(
            Exports.changeOrder(1_708_960, of: 786_002, lines: [(6_003, "100.00")], total: "100.00"),
            as: "change_order-3.json")
        try root.drop(
            Exports.changeOrder(1_708_961, of: 799_999, lines: [(6_004, "77.70")], total: "77.70"),
            as: "change_order-4.json")
        try root.drop(
            Exports.invoice(1_280_647, of: 786_002, line: 5_021, "INV-2", "300.00", vendor: 499_999),
            as: "requisition-2.json")
        // More than is due: QuickBooks refuses it.
        try root.drop(
            Exports.list([Exports.payment(66_002, of: 1_280_646, "1002", "26000.00")]), as: "contract_payments-2.json")
        try root.answer()
        // Changed, and not answered.
        try root.drop(
            Exports.commitment(
                786_001, "SC-001", project: 225_906, lines: [(5_001, "120000.00"), (5_002, "52500.75")],
                total: "172500.75", at: 18), as: "work_order_contracts-21.json")
    }

    /// Every difference is the sum of its parts, and each part that of its records, with their number.
    private func expectSums(_ totals: TotalsJSON) throws {
        for total in totals.totals {
            let parts = [
                ("sent", total.sent), ("held", total.held), ("failed", total.failed), ("refused", total.refused),
                ("differs", total.differs),
            ]
            var sum = Amount.zero
            for (fate, part) in parts {
                let records = totals.records.filter {
                    $0.project == total.project && $0.entity == total.entity && $0.direction == total.direction
                        && $0.fate == fate
                }
                let amounts = records.compactMap { Amount($0.difference) }
                #expect(records.count == part.count && amounts.sum.money == part.amount, "\(total.entity) \(fate)")
                sum += amounts.sum
            }
            #expect(sum.money == total.difference, "\(total.entity) of \(total.project ?? "none")")
            let sides = try #require(Amount(total.brought.amount)) - #require(Amount(total.accepted.amount))
            #expect(sides == sum)
        }
    }

    @Test func theOtherWayCostsAndPaymentsAreTotalledToo() throws {
        let root = try scene()
        let bill = try #require(try root.record("requisitions/1280646").quickBooksID)
        let job = try #require(try root.record("projects/225906").quickBooksID)
        let vendor = try #require(try root.record("vendors/401201").quickBooksID)
        let item = try #require(try root.record("standard_cost_codes/71102").quickBooksID)
        try root.drop(
            Exports.response(
                "BillPaymentCheckQueryRs",
                """
                <BillPaymentCheckRet><TxnID>2F1C-1773100000</TxnID><EditSequence>1773100007</EditSequence>
                <PayeeEntityRef><ListID>\(vendor)</ListID></PayeeEntityRef><TxnDate>2026-04-20</TxnDate>
                <Amount>5000.00</Amount><RefNumber>10432</RefNumber><AppliedToTxnRet><TxnID>\(bill)</TxnID>
                <TxnType>Bill</TxnType><RefNumber>INV-1</RefNumber><Amount>5000.00</Amount></AppliedToTxnRet>
                </BillPaymentCheckRet>
                """), as: "payments.xml")
        try root.drop(
            Exports.response(
                "CheckQueryRs",
                """
                <CheckRet><TxnID>3A22-1772000000</TxnID><EditSequence>1772000004</EditSequence>
                <PayeeEntityRef><ListID>\(vendor)</ListID><FullName>Alder Concrete LLC</FullName></PayeeEntityRef>
                <RefNumber>88</RefNumber><TxnDate>2026-03-06</TxnDate><Amount>1875.25</Amount>
                <ItemLineRet><TxnLineID>3A23-1772000000</TxnLineID><ItemRef><ListID>\(item)</ListID>
                <FullName>03-300</FullName></ItemRef><Desc>Board</Desc><Amount>1875.25</Amount>
                <CustomerRef><ListID>\(job)</ListID><FullName>Harbor Pointe Medical Office</FullName></CustomerRef>
                </ItemLineRet></CheckRet>
                """), as: "checks.xml")
        var totals = try root.totals("225906")
        #expect(
            totals.line("225906", "contract_payments", "to-procore")
                == "1: 5000.00 / 0: 0.00 = 5000.00; sent 1: 5000.00")
        #expect(totals.line("225906", "contract_payments") == "1: 10000.00 / 1: 10000.00 = 0.00")
        #expect(
            totals.line("225906", "direct_costs", "to-procore")
                == "1: 1875.25 / 0: 0.00 = 1875.25; sent 1: 1875.25")
        try root.drop(
            """
            [{"id": 66100, "amount": "5000.0", "check_number": "10432", "contract_id": 786001, "date": "2026-04-20",
              "external_payment_id": null, "project_id": 225906, "requisition_id": 1280646,
              "origin_id": "2F1C-1773100000|\(bill)", "status": null}]
            """, as: "contract_payments-9.json")
        totals = try root.totals()
        #expect(
            totals.line("225906", "contract_payments", "to-procore") == "1: 5000.00 / 1: 5000.00 = 0.00")
        try expectSums(totals)
    }

    @Test func whatSomebodyChangedInQuickBooksIsADifference() throws {
        let root = try scene()
        let order = try root.record("commitments/786101")
        let line = try #require(order.tie.txnLineIDs.first)
        func shown(_ amount: String, _ sequence: String) throws {
            try root.drop(
                Exports.response(
                    "PurchaseOrderQueryRs",
                    """
                    <PurchaseOrderRet><TxnID>\(order.quickBooksID ?? "")</TxnID><EditSequence>\(sequence)</EditSequence>
                    <RefNumber>SC-101</RefNumber><TotalAmount>\(amount)</TotalAmount><PurchaseOrderLineRet>
                    <TxnLineID>\(line)</TxnLineID><Amount>\(amount)</Amount></PurchaseOrderLineRet></PurchaseOrderRet>
                    """), as: "orders-\(sequence).xml")
        }
        try shown("5100.40", "1900000001")
        var totals = try root.totals("225907")
        #expect(totals.line("225907", "commitments") == "1: 5000.00 / 1: 5100.40 = -100.40; differs 1: -100.40")
        #expect(totals.records.first?.why.hasPrefix("QuickBooks showed 100.40 more than it had confirmed") == true)
        try expectSums(totals)
        try shown("5000.00", "1900000002")
        totals = try root.totals("225907")
        #expect(totals.agree && totals.line("225907", "commitments") == "1: 5000.00 / 1: 5000.00 = 0.00")
    }

    @Test func aDayIsThatOnWhichARecordWasFirstBrought() throws {
        let root = try scene()
        // 1,796,000,000 is 29 November 2026, 17:53 in Denver; twelve hours later it is the next day there.
        root.now += 43_200
        try root.drop(
            Exports.commitment(786_102, "SC-102", project: 225_907, lines: [(5_111, "64.25")], total: "64.25"),
            as: "work_order_contracts-3.json")
        let first = try root.totals(day: "2026-11-29")
        #expect(first.agree && first.line("225907", "commitments") == "1: 5000.00 / 1: 5000.00 = 0.00")
        let second = try root.totals(day: "2026-11-30")
        #expect(second.line("225907", "commitments") == "1: 64.25 / 0: 0.00 = 64.25; sent 1: 64.25")
        #expect(second.totals.count == 1)
        #expect(try root.totals(day: "2026-12-01").totals.isEmpty)
    }

    @Test func whatCannotBeAddedUpIsSaid() throws {
        let root = try TotalsRoot()
        #expect(try root.reconcile().text.contains("Nothing with an amount has come yet."))
        #expect(throws: Problem.self) { try root.reconcile("no such project") }
    }

    @Test func theTableHasARowForEachTotalAndForEachRecordBehindIt() throws {
        let root = try scene()
        try root.drop(
            Exports.commitment(
                786_003, "SC-000000003", project: 225_906, lines: [(5_031, "4321.00")], total: "4321.00"),
            as: "work_order_contracts-5.json")
        let rows = try root.reconcile(as: .csv).text.split(separator: "\r\n")
        #expect(rows.count == 1 + 8 + 1)
        #expect(rows[0].hasPrefix("\u{feff}day,project,project name,kind,from,to,"))
        #expect(
            rows.contains {
                $0.hasPrefix(
                    "all,225906,Harbor Pointe Medical Office,commitments,Procore,QuickBooks,2,176321.00,1,172000.00,4321.00,"
                        + "0.00,0.00,0.00,4321.00,0.00,0,0,0.00")
            })
        #expect(rows.contains { $0.contains(",4321.00,,,4321.00,,,,4321.00,") && $0.contains("commitment 786003") })
    }
}
