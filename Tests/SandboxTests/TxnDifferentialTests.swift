import QBXML
import Sandbox
import Testing

/// Transactions of the sandbox beside those of the other simulated company.
@Suite struct TxnDifferentialTests {
    /// One document: what it asks, and the names under which later ones find its answers.
    typealias Step = @Sendable ([String: Element]) -> [(String, String)]

    // Needs ../shared, python3 and lxml.
    @Test(.enabled(if: Shared.hasSimulator), arguments: ["orders and bills", "costs"])
    func bothCompaniesAnswerAlike(_ scenario: String) throws {
        let test = try TestCompany()
        let other = try Simulator()
        let steps = scenario == "costs" ? CostScenario.steps : TxnScenario.steps
        let mine = try Self.transcript(steps) { try test.response($0) }
        let theirs = try Self.transcript(steps) { try other.response($0) }
        #expect(mine.count == theirs.count)
        for (mine, theirs) in zip(mine, theirs) { #expect(mine == theirs) }
    }

    // Needs ../shared, python3 and lxml.
    @Test(.enabled(if: Shared.hasSimulator))
    func bothCompaniesCompleteNumbersAlike() throws {
        let test = try TestCompany()
        let other = try Simulator()
        let requests = TxnScenario.numbers.map { fields in
            added("Estimate", Txn.gym + Txn.date + Txn.line("EstimateLineAdd", fields, item: "05 Anchors"))
        }
        func answers(_ ask: DifferentialTests.Ask) throws -> [Element] {
            _ = try ask(document(Txn.lists))
            return try ask(document(requests.joined())).children
        }
        let mine = try answers { try test.response($0) }
        let theirs = try answers { try other.response($0) }
        #expect(mine.count == requests.count)
        func numbers(_ answer: Element) -> [String?] {
            let fields = ["TotalAmount"] + ["Quantity", "Rate", "Amount"].map { "EstimateLineRet/" + $0 }
            // The other company gives a zero the sign of what was rounded away.
            let numbers = fields.map { answer["EstimateRet/" + $0] }.map { $0 == "-0.00" ? "0.00" : $0 }
            return [answer.attributes["statusCode"]] + numbers
        }
        for (place, (mine, theirs)) in zip(mine, theirs).enumerated() {
            #expect(numbers(mine) == numbers(theirs), "\(TxnScenario.numbers[place])")
        }
    }

    /// Of each answer the status and every field of the records; ids, edit sequences and times by what they stand for.
    static func transcript(_ steps: [Step], _ ask: DifferentialTests.Ask) throws -> [[String]] {
        var rets: [String: Element] = [:]
        var seen: [String: String] = [:]
        var answers: [[String]] = [["lists"] + (try ask(document(Txn.lists)).children.map(\.name))]
        for (index, step) in steps.enumerated() {
            let requests = step(rets)
            let response = try ask(document(requests.map(\.1).joined()))
            for ((name, _), answer) in zip(requests, response.children) {
                let status = answer.attributes["statusCode"] ?? ""
                var lines = ["\(index) \(name): \(answer.name) \(status)"]
                if status != "3200" {
                    // The answer to a deletion is no record but the parts of one.
                    if answer.children.allSatisfy(\.children.isEmpty) {
                        flatten(answer, answer.name, &seen, &lines)
                    }
                    for ret in answer.children { flatten(ret, ret.name, &seen, &lines) }
                    if let ret = answer.children.first, !ret.children.isEmpty { rets[name] = ret }
                }
                answers.append(lines)
            }
        }
        return answers
    }

    private static func flatten(
        _ element: Element, _ path: String, _ seen: inout [String: String], _ lines: inout [String]
    ) {
        for child in element.children {
            let path = path + "/" + child.name
            switch child.name {
            case "ListID", "TimeCreated", "TimeModified", "TimeDeleted": continue
            case "TxnID", "TxnLineID", "EditSequence":
                let token = seen[child.text] ?? "#\(seen.count)"
                seen[child.text] = token
                lines.append("\(path) \(token)")
            default:
                if child.children.isEmpty { lines.append("\(path) \(child.text)") }
                flatten(child, path, &seen, &lines)
            }
        }
    }
}

/// An estimate, an order and its change, bills in part, payments, and what is refused on the way.
enum TxnScenario {
    static let steps: [TxnDifferentialTests.Step] = [
        { _ in estimates + orders }, { _ in refusals }, changes, moreChanges, bills, billRefusals, afterBills,
        payments, paymentRefusals, afterPayments, closing, afterClosing,
    ]

    /// Every pairing of some quantities, rates and amounts that round one way or the other.
    static let numbers: [String] = {
        let quantities = ["", "0", "1", "3.00000", "-2", "0.33333", "7.5", "0.00001"]
        let rates = ["", "0.00", "12.125", "-0.005", "84500", "33.33333", "1.00500"]
        let amounts = ["", "0.00", "100.00", "-36.38", "28166.39", "0.01"]
        return quantities.flatMap { quantity in
            rates.flatMap { rate in
                amounts.map { amount in
                    [("Quantity", quantity), ("Rate", rate), ("Amount", amount)].filter { !$0.1.isEmpty }
                        .map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
                }
            }
        }
    }()

    private static func ret(_ rets: [String: Element], _ name: String) -> Element { rets[name] ?? Element("None") }

    private static let estimates: [(String, String)] = [
        (
            "estimate",
            added(
                "Estimate",
                Txn.gym + Txn.date + "<BillAddress><Addr1>Northgate</Addr1><City>Casper</City></BillAddress>"
                    + "<Memo>Budget</Memo><ExternalGUID>{0b7f3c1e-1111-4222-8333-444455556666}</ExternalGUID>"
                    + Txn.line("EstimateLineAdd", Txn.quantity("3", "12.125"))
                    + Txn.line("EstimateLineAdd", Txn.amount("1000.00"))
                    + Txn.line("EstimateLineAdd", Txn.quantity("3.00000") + Txn.amount("100.00"))
                    + "<EstimateLineAdd><Desc>Words only</Desc></EstimateLineAdd>"
                    + Txn.line("EstimateLineAdd", Txn.quantity("2"), item: "05 Anchors")
                    + Txn.line("EstimateLineAdd", Txn.quantity("1", "-5"))
                    + Txn.line(
                        "EstimateLineAdd", Txn.quantity("1", "10") + "<MarkupRatePercent>5.0</MarkupRatePercent>"))
        ),
        (
            "named",
            added(
                "Estimate",
                Txn.gym + Txn.date + "<RefNumber>E-7</RefNumber>" + Txn.line("EstimateLineAdd", Txn.amount("1")))
        ),
        (
            "numbered",
            added(
                "Estimate",
                Txn.gym + Txn.date + "<RefNumber>41</RefNumber>" + Txn.line("EstimateLineAdd", Txn.amount("1")))
        ),
        ("next", added("Estimate", Txn.gym + Txn.date + Txn.line("EstimateLineAdd", Txn.amount("1")))),
    ]

    private static let orders: [(String, String)] = [
        (
            "order",
            added(
                "PurchaseOrder",
                Txn.rocky + Txn.date
                    + "<RefNumber>PO-17</RefNumber><VendorAddress><Addr1>Rocky Rebar</Addr1></VendorAddress>"
                    + Txn.line("PurchaseOrderLineAdd", Txn.quantity("84500", "1") + Txn.gym)
                    + Txn.line("PurchaseOrderLineAdd", Txn.quantity("4", nil) + Txn.gym, item: "05 Anchors")
                    + "<PurchaseOrderLineAdd><Desc>Words only</Desc></PurchaseOrderLineAdd>"
                    + Txn.line("PurchaseOrderLineAdd", Txn.amount("500.00")))
        ),
        (
            "small",
            added("PurchaseOrder", Txn.riverton + Txn.date + Txn.line("PurchaseOrderLineAdd", Txn.amount("50.00")))
        ),
    ]

    private static let refusals: [(String, String)] = [
        added("Estimate", Txn.named("CustomerRef", "Nobody") + Txn.line("EstimateLineAdd", Txn.amount("1"))),
        added("Estimate", Txn.named("CustomerRef", "Rocky Rebar") + Txn.line("EstimateLineAdd", Txn.amount("1"))),
        added("Estimate", "<CustomerRef/>" + Txn.line("EstimateLineAdd", Txn.amount("1"))),
        added("Estimate", Txn.gym + Txn.line("EstimateLineAdd", Txn.amount("1"), item: "99 None")),
        added("Estimate", Txn.gym + Txn.line("EstimateLineAdd", Txn.quantity("2", "5") + Txn.amount("11.00"))),
        added("Estimate", Txn.gym + "<EstimateLineAdd><Amount>5.00</Amount></EstimateLineAdd>"),
        added("Estimate", Txn.gym + Txn.line("EstimateLineAdd", Txn.quantity("1.123456", "5"))),
        added(
            "Estimate", Txn.gym + "<RefNumber>E-1234567890</RefNumber>" + Txn.line("EstimateLineAdd", Txn.amount("1"))),
        added(
            "Estimate",
            Txn.gym + Txn.line("EstimateLineAdd", Txn.amount("1"))
                + "<EstimateLineGroupAdd>\(Txn.named("ItemGroupRef", "Set"))</EstimateLineGroupAdd>"
                + Txn.line("EstimateLineAdd", Txn.amount("1"))),
        added("PurchaseOrder", Txn.date + Txn.line("PurchaseOrderLineAdd", Txn.amount("1"))),
        added("PurchaseOrder", Txn.named("VendorRef", "Northgate") + Txn.line("PurchaseOrderLineAdd", Txn.amount("1"))),
        Txn.change("PurchaseOrder", Element("None"), ""),
        "<PurchaseOrderModRq><PurchaseOrderMod><TxnID>77-1700000000</TxnID><EditSequence>1</EditSequence></PurchaseOrderMod></PurchaseOrderModRq>",
        Txn.query("Estimate", "<TxnID>77-1700000000</TxnID>"),
        Txn.query("Estimate", "<RefNumber>none</RefNumber>"),
        Txn.query("Estimate", "<EntityFilter><FullName>Nobody</FullName></EntityFilter>"),
        Txn.query("Estimate", "<RefNumber>e-7</RefNumber><RefNumber>42</RefNumber>"),
        Txn.query("Estimate", "<RefNumberCaseSensitive>e-7</RefNumberCaseSensitive>"),
        Txn.query(
            "Estimate",
            "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>4</RefNumber></RefNumberFilter>",
            lines: false),
        Txn.query(
            "Estimate",
            "<RefNumberRangeFilter><FromRefNumber>4</FromRefNumber><ToRefNumber>42</ToRefNumber></RefNumberRangeFilter>",
            lines: false),
        Txn.query(
            "Estimate",
            "<EntityFilter><FullNameWithChildren>Northgate</FullNameWithChildren></EntityFilter>", lines: false),
        Txn.query(
            "Estimate",
            "<TxnDateRangeFilter><FromTxnDate>2024-06-04</FromTxnDate></TxnDateRangeFilter>", lines: false),
        Txn.query("PurchaseOrder", "<MaxReturned>1</MaxReturned>" + Txn.named("EntityFilter", "riverton lumber")),
        "<BillPaymentCheckModRq><BillPaymentCheckMod><TxnID>1-1</TxnID><EditSequence>1</EditSequence></BillPaymentCheckMod></BillPaymentCheckModRq>",
    ].enumerated().map { ("refusal \($0)", $1) }

    private static let changes: TxnDifferentialTests.Step = { rets in
        let (estimate, order) = (ret(rets, "estimate"), ret(rets, "order"))
        return [
            ("estimate", Txn.change("Estimate", estimate, "<BillAddress><City/></BillAddress><Memo>Revised</Memo>")),
            ("stale", Txn.change("Estimate", estimate, "<Memo>Again</Memo>")),
            ("out of order", Txn.change("PurchaseOrder", order, kept(order, [1, 0]))),
            ("twice", Txn.change("PurchaseOrder", order, kept(order, [0, 0]))),
            ("cleared", Txn.change("PurchaseOrder", order, kept(order, [0], "<Quantity/>"))),
            ("no vendor", Txn.change("PurchaseOrder", order, "<VendorRef/>")),
            ("foreign line", Txn.change("PurchaseOrder", order, kept(ret(rets, "small"), [0]))),
            ("wrong kind", Txn.change("Bill", order, "")),
            (
                "order",
                Txn.change(
                    "PurchaseOrder", order,
                    kept(order, [0]) + Txn.new("PurchaseOrderLineMod", Txn.quantity("1", "250.00"))
                        + kept(order, [1], Txn.quantity("6")) + kept(order, [3]))
            ),
        ]
    }

    private static func kept(_ order: Element, _ places: [Int], _ fields: String = "") -> String {
        places.map { Txn.kept("PurchaseOrderLineMod", order, $0, fields) }.joined()
    }

    private static let moreChanges: TxnDifferentialTests.Step = { rets in
        let (estimate, order) = (ret(rets, "estimate"), ret(rets, "order"))
        return [
            (
                "estimate",
                Txn.change(
                    "Estimate", estimate,
                    Txn.kept("EstimateLineMod", estimate, 0, Txn.amount("40.00"))
                        + Txn.kept("EstimateLineMod", estimate, 1, "<RatePercent>5</RatePercent>")
                        + Txn.kept("EstimateLineMod", estimate, 3, "<Desc>Other words</Desc>")
                        + Txn.kept("EstimateLineMod", estimate, 4, Txn.named("ItemRef", "03 Concrete")))
            ),
            (
                "disagreeing",
                Txn.change(
                    "Estimate", ret(rets, "next"),
                    Txn.kept("EstimateLineMod", ret(rets, "next"), 0, Txn.quantity("2", "9") + Txn.amount("1.00")))
            ),
            ("order", Txn.asked("PurchaseOrder", order)),
        ]
    }

    private static let bills: TxnDifferentialTests.Step = { rets in
        let order = ret(rets, "order")
        let head = Txn.rocky + Txn.date + "<RefNumber>INV-1</RefNumber>"
        return [
            (
                "bill",
                added(
                    "Bill",
                    head
                        + Txn.received(order, 0, Txn.quantity("30000", "1", of: "Cost"))
                        + Txn.received(order, 2, Txn.quantity("1") + Txn.amount("8.13"))
                        + Txn.line("ItemLineAdd", Txn.quantity("1", "-1500", of: "Cost"), item: "05 Anchors"))
            ),
            (
                "expense",
                added(
                    "Bill",
                    Txn.riverton + Txn.date
                        + "<ExpenseLineAdd>\(Txn.named("AccountRef", "Office Expenses"))\(Txn.amount("70.00"))<Memo>Pens</Memo>\(Txn.gym)<BillableStatus>NotBillable</BillableStatus></ExpenseLineAdd>"
                        + Txn.line("ItemLineAdd", Txn.amount("30.00")))
            ),
            ("order", Txn.asked("PurchaseOrder", order)),
            ("linked", Txn.query("Bill", "<RefNumber>INV-1</RefNumber>", links: true)),
            ("second", added("Bill", Txn.rocky + Txn.date + Txn.received(order, 3, ""))),
        ]
    }

    private static let billRefusals: TxnDifferentialTests.Step = { rets in
        let (order, bill) = (ret(rets, "order"), ret(rets, "bill"))
        let missing =
            "<ItemLineAdd><LinkToTxn><TxnID>\(order["TxnID"] ?? "")</TxnID><TxnLineID>77-1</TxnLineID></LinkToTxn></ItemLineAdd>"
        return [
            (
                "other vendor's order",
                added("Bill", Txn.riverton + Txn.date + Txn.received(order, 0, Txn.quantity("1")))
            ),
            (
                "item and link",
                added("Bill", Txn.rocky + Txn.date + Txn.received(order, 0, Txn.named("ItemRef", "03 Concrete")))
            ),
            ("no such line", added("Bill", Txn.rocky + Txn.date + missing)),
            ("no such order", added("Bill", Txn.rocky + Txn.date + Txn.received(bill, 0, ""))),
            ("below zero", added("Bill", Txn.rocky + Txn.date + Txn.line("ItemLineAdd", Txn.amount("-1.00")))),
            (
                "no account",
                added("Bill", Txn.rocky + Txn.date + Txn.line("ItemLineAdd", Txn.amount("1.00"), item: "Labor"))
            ),
            (
                "no expense account",
                added("Bill", Txn.rocky + Txn.date + "<ExpenseLineAdd>\(Txn.amount("1.00"))</ExpenseLineAdd>")
            ),
            ("wrong account", added("Bill", Txn.rocky + Txn.named("APAccountRef", "Checking") + Txn.date)),
            (
                "stale order",
                Txn.change(
                    "PurchaseOrder",
                    Element(
                        "PurchaseOrderRet",
                        children: [Element("TxnID", text: order["TxnID"] ?? ""), Element("EditSequence", text: "1")]),
                    "")
            ),
        ]
    }

    private static let afterBills: TxnDifferentialTests.Step = { rets in
        let (bill, expense) = (ret(rets, "bill"), ret(rets, "expense"))
        return [
            ("order", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            (
                "bill",
                Txn.change(
                    "Bill", bill,
                    "<Memo>Checked</Memo>" + Txn.kept("ItemLineMod", bill, 0)
                        + Txn.kept("ItemLineMod", bill, 1, Txn.quantity("2", "8", of: "Cost")))
            ),
            ("expense", Txn.change("Bill", expense, "<ClearItemLines>true</ClearItemLines>")),
            ("unpaid", Txn.query("Bill", "<PaidStatus>NotPaidOnly</PaidStatus>", links: true)),
            ("order", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            (
                "whole",
                added("Bill", Txn.rocky + Txn.date + "<LinkToTxnID>\(ret(rets, "order")["TxnID"] ?? "")</LinkToTxnID>")
            ),
            ("received", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            (
                "again",
                added(
                    "Bill",
                    Txn.rocky + Txn.date + "<LinkToTxnID>\(ret(rets, "order")["TxnID"] ?? "")</LinkToTxnID>"
                        + Txn.line("ItemLineAdd", Txn.amount("5.00")))
            ),
        ]
    }

    private static let payments: TxnDifferentialTests.Step = { rets in
        let (bill, second, expense) = (ret(rets, "bill"), ret(rets, "second"), ret(rets, "expense"))
        return [
            ("check", Txn.check("<Memo>June</Memo>" + Txn.applied(bill, "10000.00") + Txn.applied(second, "250.00"))),
            ("bill", Txn.asked("Bill", bill)),
            ("too much", Txn.check(Txn.applied(bill, "99999.00"))),
            ("rest", Txn.check(Txn.applied(bill, "20016.00"), how: "<IsToBePrinted>true</IsToBePrinted>")),
            (
                "discount",
                added(
                    "BillPaymentCreditCard",
                    Txn.named("PayeeEntityRef", "Riverton Lumber") + Txn.date
                        + Txn.named("CreditCardAccountRef", "Company Credit Card")
                        + Txn.applied(
                            expense, "60.00",
                            "<DiscountAmount>10.00</DiscountAmount>"
                                + Txn.named("DiscountAccountRef", "Office Expenses")))
            ),
        ]
    }

    private static let paymentRefusals: TxnDifferentialTests.Step = { rets in
        let (bill, whole) = (ret(rets, "bill"), ret(rets, "whole"))
        return [
            ("paid", Txn.check(Txn.applied(bill, "1.00"))),
            ("other vendor's", Txn.check(Txn.applied(whole, "1.00"), payee: "Riverton Lumber")),
            ("an order", Txn.check(Txn.applied(ret(rets, "order"), "1.00"))),
            ("below zero", Txn.check(Txn.applied(whole, "-1.00"))),
            ("nothing", Txn.check(Txn.applied(whole, "0.00"))),
            ("twice", Txn.check(Txn.applied(whole, "1.00") + Txn.applied(whole, "1.00"))),
            (
                "discount without account",
                Txn.check(Txn.applied(whole, "1.00", "<DiscountAmount>1.00</DiscountAmount>"))
            ),
            (
                "no such credit",
                Txn.check(
                    Txn.applied(
                        whole, "1.00",
                        "<SetCredit><CreditTxnID>77-1</CreditTxnID><AppliedAmount>1.00</AppliedAmount></SetCredit>"))
            ),
            (
                "no bank",
                added(
                    "BillPaymentCheck",
                    Txn.named("PayeeEntityRef", "Rocky Rebar") + Txn.named("BankAccountRef", "Office Expenses")
                        + "<RefNumber>1</RefNumber>" + Txn.applied(whole, "1.00"))
            ),
            ("paid vendor", Txn.change("Bill", ret(rets, "bill"), Txn.riverton)),
        ]
    }

    private static let afterPayments: TxnDifferentialTests.Step = { rets in
        [
            ("bill", Txn.asked("Bill", ret(rets, "bill"))),
            ("second", Txn.asked("Bill", ret(rets, "second"))),
            ("paid", Txn.query("Bill", "<PaidStatus>PaidOnly</PaidStatus>", lines: false)),
            ("checks", Txn.query("BillPaymentCheck", "")),
            (
                "cards",
                Txn.query("BillPaymentCreditCard", "<EntityFilter><FullName>Riverton Lumber</FullName></EntityFilter>")
            ),
            ("check", Txn.query("BillPaymentCheck", "<RefNumber>1001</RefNumber>")),
        ]
    }

    private static let closing: TxnDifferentialTests.Step = { rets in
        let bill = ret(rets, "bill")
        return [
            ("other vendor", Txn.change("Bill", bill, Txn.riverton)),
            (
                "received line removed",
                Txn.change("PurchaseOrder", ret(rets, "received"), kept(ret(rets, "received"), [1]))
            ),
            ("received vendor", "<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>"),
            ("less than paid", Txn.change("Bill", bill, Txn.kept("ItemLineMod", bill, 0, Txn.quantity("1")))),
            ("small", Txn.change("PurchaseOrder", ret(rets, "small"), "<IsManuallyClosed>true</IsManuallyClosed>")),
            ("closed", added("Bill", Txn.riverton + Txn.date + Txn.received(ret(rets, "small"), 0, ""))),
            (
                "closed whole",
                added(
                    "Bill",
                    Txn.riverton + Txn.date + "<LinkToTxnID>\(ret(rets, "small")["TxnID"] ?? "")</LinkToTxnID>"
                        + Txn.line("ItemLineAdd", Txn.amount("5.00")))
            ),
        ]
    }

    private static let afterClosing: TxnDifferentialTests.Step = { rets in
        [
            ("opened", Txn.change("PurchaseOrder", ret(rets, "small"), "<IsManuallyClosed>false</IsManuallyClosed>")),
            ("order", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            ("all", Txn.query("PurchaseOrder", "", links: true)),
        ]
    }
}
