import QBXML

/// Costs of every kind, their changes, what pays and what deletes them, and what is refused on the way.
enum CostScenario {
    static let steps: [TxnDifferentialTests.Step] = [
        { _ in entries }, { _ in refusals }, { _ in queries }, changes, payments, afterPayments, endings, afterEndings,
    ]

    private static func ret(_ rets: [String: Element], _ name: String) -> Element { rets[name] ?? Element("None") }

    private static let entries: [(String, String)] = [
        (
            "check",
            added(
                "Check",
                Cost.checking + Cost.dana + "<RefNumber>2001</RefNumber>" + Txn.date + "<Memo>Tools</Memo>"
                    + "<Address><Addr1>Dana</Addr1><City>Casper</City></Address><IsToBePrinted>1</IsToBePrinted>"
                    + "<ExternalGUID>{0b7f3c1e-1111-4222-8333-444455556666}</ExternalGUID>"
                    + Cost.expense("70.00", "<Memo>Pens</Memo>" + Txn.gym + "<BillableStatus>Billable</BillableStatus>")
                    + Cost.expense("-5.00", account: "Job Expenses:Concrete")
                    + Txn.line("ItemLineAdd", Txn.quantity("3", "12.125", of: "Cost") + Txn.gym)
                    + Txn.line("ItemLineAdd", Txn.quantity("2"), item: "05 Anchors"))
        ),
        ("small check", added("Check", Cost.checking + Txn.date + Cost.expense("1.00"))),
        (
            "charge",
            added(
                "CreditCardCharge",
                Cost.card + Txn.named("PayeeEntityRef", "Riverton Lumber") + Txn.date + "<RefNumber>C-1</RefNumber>"
                    + Cost.expense("12.50", Txn.gym) + Cost.item("30.00"))
        ),
        (
            "card credit",
            added(
                "CreditCardCredit", Cost.card + Txn.date + "<Memo>Returned</Memo>" + Cost.item("30.00", Txn.gym))
        ),
        (
            "credit",
            added(
                "VendorCredit",
                Txn.rocky + "<TxnDate>2024-06-10</TxnDate><RefNumber>CM-1</RefNumber>" + Cost.item("40.00", Txn.gym)
                    + "")
        ),
        (
            "entry",
            added(
                "JournalEntry",
                Txn.date + Cost.journal("Debit", "Job Expenses", "0.00", job)
                    + Cost.journal("Debit", "Job Expenses:Concrete", "100.00", job)
                    + Cost.journal("Credit", "Checking", "100.00", "<Memo>Out</Memo>"))
        ),
        (
            "mixed entry",
            added(
                "JournalEntry",
                Txn.date + "<RefNumber>70</RefNumber><IsAdjustment>true</IsAdjustment>"
                    + Cost.journal("Credit", "Checking", "30.00")
                    + Cost.journal("Debit", "Office Expenses", "50.00")
                    + Cost.journal("Credit", "Accounts Payable", "20.00", Cost.entity("Rocky Rebar")))
        ),
        ("time", added("TimeTracking", Cost.time("PT8H90M59S", "<Notes>Forms</Notes>"))),
        (
            "billable",
            added("TimeTracking", Cost.time("PT45M", "<BillableStatus>Billable</BillableStatus>", who: "Rocky Rebar"))
        ),
        ("bill", added("Bill", Txn.rocky + Txn.date + Cost.item("100.00", Txn.gym) + "")),
        (
            "order",
            added(
                "PurchaseOrder",
                Txn.rocky + Txn.date + Txn.line("PurchaseOrderLineAdd", Txn.quantity("8", "10") + Txn.gym))
        ),
    ]

    private static let job = Cost.entity("Northgate:Gym")

    private static let refusals: [(String, String)] = [
        added("Check", Cost.card + Cost.expense("1.00")),
        added("CreditCardCharge", Cost.checking + Cost.expense("1.00")),
        added("CreditCardCredit", Txn.named("AccountRef", "Nowhere") + Cost.expense("1.00")),
        added("Check", "<AccountRef/>" + Cost.expense("1.00")),
        added("Check", Cost.checking + Txn.named("PayeeEntityRef", "Nobody") + Cost.expense("1.00")),
        added("Check", Cost.checking + Cost.expense("-1.00")),
        added("VendorCredit", Txn.rocky + Cost.item("-0.01")),
        added("VendorCredit", Txn.named("VendorRef", "Northgate") + Cost.item("1.00")),
        added("Check", Cost.checking + "<ExpenseLineAdd><Amount>1.00</Amount></ExpenseLineAdd>"),
        added("CreditCardCharge", Cost.card + Txn.line("ItemLineAdd", Txn.amount("1.00"), item: "Labor")),
        added("Check", Cost.checking + "<RefNumber>123456789012</RefNumber>" + Cost.expense("1.00")),
        added("CreditCardCharge", Cost.card + Cost.expense("1.5")),
        added(
            "JournalEntry",
            Cost.journal("Debit", "Checking", "1.00") + Cost.journal("Credit", "Office Expenses", "0.99")),
        added(
            "JournalEntry",
            Cost.journal("Debit", "Checking", "-1.00") + Cost.journal("Credit", "Office Expenses", "-1.00")),
        added(
            "JournalEntry",
            Cost.journal("Debit", "Checking", "1.00") + Cost.journal("Credit", "Accounts Payable", "1.00")),
        added("JournalEntry", "<JournalDebitLine><Amount>0.00</Amount></JournalDebitLine>"),
        added("TimeTracking", Cost.time("8:30")),
        added("TimeTracking", Cost.time("PT1H", who: "Northgate")),
        added(
            "TimeTracking",
            Cost.entity("Dana Whitfield") + "<Duration>PT1H</Duration><BillableStatus>Billable</BillableStatus>"),
        "<TxnDelRq><TxnDelType>Check</TxnDelType><TxnID>77-1700000000</TxnID></TxnDelRq>",
        "<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>77-1700000000</TxnID></TxnVoidRq>",
        "<ListDelRq><ListDelType>Vendor</ListDelType><ListID>80000077-1700000000</ListID></ListDelRq>",
        Cost.deleted("Txn", ["Check", "Bill"]), Cost.deleted("List", ["Vendor"]),
    ].enumerated().map { ("refusal \($0)", $1) }

    private static let queries: [(String, String)] = [
        Txn.query("Check", "", lines: false), Txn.query("Check", "", links: true),
        Txn.query("Check", "<RefNumber>2001</RefNumber>"),
        Txn.query("Check", "<EntityFilter><FullNameWithChildren>Northgate</FullNameWithChildren></EntityFilter>"),
        Txn.query("CreditCardCharge", Txn.named("EntityFilter", "riverton lumber")),
        Txn.query("CreditCardCharge", Txn.named("EntityFilter", "Rocky Rebar")),
        Txn.query("CreditCardCredit", "<MaxReturned>1</MaxReturned>", lines: false),
        Txn.query(
            "VendorCredit", "<TxnDateRangeFilter><FromTxnDate>2024-06-04</FromTxnDate></TxnDateRangeFilter>"),
        Txn.query("JournalEntry", "<EntityFilter><FullName>Northgate:Gym</FullName></EntityFilter>"),
        Txn.query(
            "JournalEntry",
            "<RefNumberRangeFilter><FromRefNumber>2</FromRefNumber></RefNumberRangeFilter>", lines: false),
        "<TimeTrackingQueryRq><TimeTrackingEntityFilter><FullName>rocky rebar</FullName></TimeTrackingEntityFilter></TimeTrackingQueryRq>",
        "<TimeTrackingQueryRq><IncludeRetElement>Duration</IncludeRetElement></TimeTrackingQueryRq>",
        "<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>",
    ].enumerated().map { ("query \($0)", $1) }

    private static let changes: TxnDifferentialTests.Step = { rets in
        let (check, charge, credit) = (ret(rets, "check"), ret(rets, "charge"), ret(rets, "credit"))
        return [
            (
                "check",
                Txn.change(
                    "Check", check,
                    "<Memo>More tools</Memo>" + Txn.kept("ExpenseLineMod", check, 0, Txn.amount("71.00"))
                        + Txn.kept("ItemLineMod", check, 1) + Txn.new("ItemLineMod", Txn.amount("9.00")))
            ),
            ("stale", Txn.change("Check", check, "<Memo>Again</Memo>")),
            ("no account", Txn.change("Check", ret(rets, "small check"), "<AccountRef/>")),
            ("charge", Txn.change("CreditCardCharge", charge, "<ClearItemLines>true</ClearItemLines>")),
            ("no lines", Txn.change("CreditCardCharge", ret(rets, "card credit"), "")),
            ("credit", Txn.change("VendorCredit", credit, "<RefNumber>CM-2</RefNumber>")),
            (
                "time",
                Txn.change(
                    "TimeTracking", ret(rets, "time"), Cost.entity("Riverton Lumber") + "<Duration>PT2H</Duration>")
            ),
        ]
    }

    private static let payments: TxnDifferentialTests.Step = { rets in
        let (bill, credit) = (ret(rets, "bill"), ret(rets, "credit"))
        return [
            ("too much credit", Txn.check(Txn.applied(bill, "1.00", Cost.credit(credit, "40.01")))),
            ("too much", Txn.check(Txn.applied(bill, "60.01", Cost.credit(credit, "40.00")))),
            ("no credit", Txn.check(Txn.applied(bill, "1.00", Cost.credit(bill, "1.00")))),
            ("payment", Txn.check(Txn.applied(bill, "70.00", Cost.credit(credit, "30.00")))),
            ("received", added("Bill", Txn.rocky + Txn.date + Txn.received(ret(rets, "order"), 0, Txn.quantity("3")))),
            ("rest", added("Bill", Txn.rocky + Txn.date + Txn.received(ret(rets, "order"), 0, ""))),
        ]
    }

    private static let afterPayments: TxnDifferentialTests.Step = { rets in
        let (bill, credit, order) = (ret(rets, "bill"), ret(rets, "credit"), ret(rets, "order"))
        return [
            ("bill", Txn.asked("Bill", bill)), ("credit", Txn.asked("VendorCredit", credit)),
            ("vendor", "<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>"),
            ("paid bill", Cost.delete("Bill", bill)), ("void paid bill", Cost.void("Bill", bill)),
            ("used credit", Cost.delete("VendorCredit", credit)), ("void credit", Cost.void("VendorCredit", credit)),
            ("received order", Cost.delete("PurchaseOrder", order)), ("order", Txn.asked("PurchaseOrder", order)),
            ("used vendor", Cost.deleteRecord("Vendor", ret(rets, "vendor"))),
        ]
    }

    private static let endings: TxnDifferentialTests.Step = { rets in
        [
            ("void payment", Cost.void("BillPaymentCheck", ret(rets, "payment"))),
            ("void payment again", Cost.void("BillPaymentCheck", ret(rets, "payment"))),
            ("delete received", Cost.delete("Bill", ret(rets, "received"))),
            ("void rest", Cost.void("Bill", ret(rets, "rest"))),
            ("void check", Cost.void("Check", ret(rets, "check"))),
            ("changed void", Txn.change("Check", ret(rets, "check"), "<Memo>Back</Memo>")),
            ("delete check", Cost.delete("Check", ret(rets, "small check"))),
            ("delete charge", Cost.delete("CreditCardCharge", ret(rets, "charge"))),
            ("void card credit", Cost.void("CreditCardCredit", ret(rets, "card credit"))),
            ("delete entry", Cost.delete("JournalEntry", ret(rets, "mixed entry"))),
            ("delete time", Cost.delete("TimeTracking", ret(rets, "billable"))),
            ("delete credit", Cost.delete("VendorCredit", ret(rets, "credit"))),
            ("void bill", Cost.void("Bill", ret(rets, "bill"))),
        ]
    }

    private static let afterEndings: TxnDifferentialTests.Step = { rets in
        [
            ("order", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            ("rest", Txn.asked("Bill", ret(rets, "rest"))), ("bill", Txn.asked("Bill", ret(rets, "bill"))),
            ("void payment", Txn.asked("BillPaymentCheck", ret(rets, "payment"))),
            ("pay void", Txn.check(Txn.applied(ret(rets, "bill"), "1.00"))),
            ("checks", Txn.query("Check", "")), ("card credits", Txn.query("CreditCardCredit", "")),
            ("charges", Txn.query("CreditCardCharge", "")), ("entries", Txn.query("JournalEntry", "")),
            ("times", "<TimeTrackingQueryRq/>"),
            ("gone", Txn.query("Check", "<TxnID>\(ret(rets, "small check")["TxnID"] ?? "")</TxnID>")),
            (
                "deleted",
                Cost.deleted(
                    "Txn", ["Check", "Bill", "CreditCardCharge", "JournalEntry", "TimeTracking", "VendorCredit"])
            ),
            ("vendor", "<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>"),
            ("whole", added("Bill", Txn.rocky + Txn.date + Txn.received(ret(rets, "order"), 0, ""))),
        ]
    }
}
