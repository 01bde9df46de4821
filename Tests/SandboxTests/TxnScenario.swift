import QBXML

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

    static func ret(_ rets: [String: Element], _ name: String) -> Element { rets[name] ?? Element("None") }

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

    static func kept(_ order: Element, _ places: [Int], _ fields: String = "") -> String {
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
}
