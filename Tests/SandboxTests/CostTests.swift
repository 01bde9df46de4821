import QBXML
import Sandbox
import Testing

/// Checks, credit cards, journal entries and times worked.
@Suite struct CostTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    @Test func aCheckHasLinesOfAccountsAndOfItems() throws {
        let check = try test.add(
            "Check",
            Cost.checking + Cost.dana + "<RefNumber>2001</RefNumber>" + Txn.date + "<Memo>Hand tools</Memo>"
                + "<Address><Addr1>Dana Whitfield</Addr1><City>Casper</City></Address>"
                + Cost.expense("70.00", "<Memo>Pens</Memo>" + Txn.gym)
                + Txn.line("ItemLineAdd", Txn.quantity("3", "12.125", of: "Cost") + Txn.gym))
        #expect(
            check.children.map(\.name) == [
                "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "AccountRef", "PayeeEntityRef",
                "RefNumber", "TxnDate", "Amount", "Memo", "Address", "AddressBlock", "IsToBePrinted", "ExpenseLineRet",
                "ItemLineRet",
            ])
        // 3 x 12.125 = 36.375, half-up 36.38; with 70.00 it is 106.38.
        #expect(check["Amount"] == "106.38")
        #expect(check["AccountRef/FullName"] == "Checking")
        #expect(check["PayeeEntityRef/FullName"] == "Dana Whitfield")
        #expect(check["AddressBlock/Addr2"] == "Casper")
        #expect(check["IsToBePrinted"] == "false")
        #expect(
            check.first("ExpenseLineRet")?.children.map(\.name) == [
                "TxnLineID", "AccountRef", "Amount", "Memo", "CustomerRef",
            ])
        #expect(check["ExpenseLineRet/CustomerRef/FullName"] == "Northgate:Gym")
        #expect(
            check.first("ItemLineRet")?.children.map(\.name) == [
                "TxnLineID", "ItemRef", "Desc", "Quantity", "Cost", "Amount", "CustomerRef",
            ])
        #expect(check["ItemLineRet/Amount"] == "36.38")
    }

    @Test(arguments: ["CreditCardCharge", "CreditCardCredit"])
    func aCardHasItsCharges(_ kind: String) throws {
        let ret = try test.add(
            kind,
            Cost.card + Txn.named("PayeeEntityRef", "Riverton Lumber") + Txn.date + "<RefNumber>C-1</RefNumber>"
                + Cost.expense("12.50", Txn.gym) + Cost.item("30.00"))
        #expect(
            ret.children.map(\.name) == [
                "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "AccountRef", "PayeeEntityRef",
                "TxnDate", "Amount", "RefNumber", "ExpenseLineRet", "ItemLineRet",
            ])
        #expect(ret["Amount"] == "42.50")
        let changed = try test.ret(
            Txn.change(kind, ret, Txn.kept("ItemLineMod", ret, 0, Txn.amount("31.00")) + ""))
        #expect(changed["Amount"] == "43.50")
        #expect(changed["ItemLineRet/TxnLineID"] == ret["ItemLineRet/TxnLineID"])
    }

    @Test func theAccountIsOfItsKind() throws {
        _ = try test.ask(added("Check", Cost.card + Cost.expense("1.00")), status: 3140)
        _ = try test.ask(added("CreditCardCharge", Cost.checking + Cost.expense("1.00")), status: 3140)
        _ = try test.ask(added("CreditCardCredit", Cost.checking + Cost.expense("1.00")), status: 3140)
        _ = try test.ask(added("Check", "<AccountRef/>" + Cost.expense("1.00")), status: 3150)
        // Any account may stand on a line.
        _ = try test.add("Check", Cost.checking + Cost.expense("1.00", account: "Company Credit Card"))
    }

    @Test(arguments: ["Check", "CreditCardCharge", "CreditCardCredit", "VendorCredit"])
    func noTotalIsBelowZero(_ kind: String) throws {
        let head = kind == "VendorCredit" ? Txn.rocky : kind == "Check" ? Cost.checking : Cost.card
        let lines = Cost.expense("10.00") + Cost.item("-10.01")
        _ = try test.ask(added(kind, head + lines), status: 3180)
        #expect(try test.ret(added(kind, head + Cost.expense("10.00") + Cost.item("-10.00"))).name == kind + "Ret")
    }

    @Test func whatTheSandboxCannotDoIsSaid() throws {
        let applied = "<ApplyCheckToTxnAdd><TxnID>1-1</TxnID><Amount>1.00</Amount></ApplyCheckToTxnAdd>"
        _ = try test.ask(added("Check", Cost.checking + applied + Cost.expense("1.00")), status: 1030)
        let line = "<JournalLineMod><TxnLineID>-1</TxnLineID></JournalLineMod>"
        let fields = "<TxnID>1-1</TxnID><EditSequence>1</EditSequence>\(line)"
        let change = "<JournalEntryModRq><JournalEntryMod>\(fields)</JournalEntryMod></JournalEntryModRq>"
        _ = try test.ask(change, status: 1030)
    }

    @Test func onlyBillsReceiveOrders() throws {
        let order = try test.add(
            "PurchaseOrder", Txn.rocky + Txn.line("PurchaseOrderLineAdd", Txn.amount("50.00")))
        let check = added("Check", Cost.checking + Txn.received(order, 0, ""))
        guard case .refused = try test.company.answer(Array(document(check).utf8)) else {
            Issue.record("answered")
            return
        }
    }
}

/// Journal entries.
@Suite struct JournalTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    @Test func linesKeepTheirOrder() throws {
        let entry = try test.add(
            "JournalEntry",
            Txn.date + Cost.journal("Credit", "Checking", "30.00", "<Memo>Out</Memo>")
                + Cost.journal("Debit", "Job Expenses:Labor", "100.00", Cost.entity("Northgate:Gym"))
                + Cost.journal("Credit", "Accounts Payable", "70.00", Cost.entity("Rocky Rebar")))
        #expect(
            entry.children.map(\.name) == [
                "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "TxnDate", "RefNumber",
                "IsAdjustment", "JournalCreditLine", "JournalDebitLine", "JournalCreditLine",
            ])
        #expect(entry["RefNumber"] == "1")
        #expect(entry["IsAdjustment"] == "false")
        #expect(entry["JournalDebitLine/EntityRef/FullName"] == "Northgate:Gym")
        #expect(entry["JournalDebitLine/Amount"] == "100.00")
        #expect(entry["JournalCreditLine/Memo"] == "Out")
        #expect(Set(entry.children.compactMap { $0["TxnLineID"] }).count == 3)
        // 70.00 is owed to the vendor now.
        let vendor = try test.ret("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>")
        #expect(vendor["Balance"] == "70.00")
        #expect(try test.add("JournalEntry", "")["RefNumber"] == "2")
    }

    static let refused: [(String, Int)] = [
        (Cost.journal("Debit", "Checking", "100.00") + Cost.journal("Credit", "Office Expenses", "99.99"), 3180),
        (Cost.journal("Debit", "Checking", "1.00"), 3180),
        (Cost.journal("Debit", "Checking", "-1.00") + Cost.journal("Credit", "Office Expenses", "-1.00"), 3210),
        (Cost.journal("Debit", "Checking", "1.00") + Cost.journal("Credit", "Accounts Payable", "1.00"), 3180),
        (
            Cost.journal("Debit", "Checking", "1.00")
                + Cost.journal("Credit", "Accounts Payable", "1.00", Cost.entity("Northgate")), 3180
        ),
        (
            Cost.journal("Credit", "Checking", "1.00")
                + Cost.journal("Debit", "Accounts Receivable", "1.00", Cost.entity("Rocky Rebar")), 3180
        ),
        ("<JournalDebitLine><Amount>0.00</Amount></JournalDebitLine>", 3150),
        (Cost.journal("Debit", "No such account", "0.00"), 3140),
    ]

    @Test(arguments: refused)
    func isRefused(_ lines: String, _ status: Int) throws {
        let before = try test.company.contents()
        _ = try test.ask(added("JournalEntry", Txn.date + lines), status: status)
        #expect(try test.company.contents() == before)
    }

    @Test func whatACustomerOwesNamesTheCustomer() throws {
        let lines =
            Cost.journal("Debit", "Accounts Receivable", "1.00", Cost.entity("Northgate:Gym"))
            + Cost.journal("Credit", "Checking", "1.00")
        _ = try test.add("JournalEntry", Txn.date + lines)
    }
}

/// Times worked.
@Suite struct TimeTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    @Test(arguments: [
        ("PT8H30M0S", "PT8H30M0S"), ("PT8H90M59S", "PT9H30M0S"), ("PT30H", "PT30H0M0S"), ("PT45M", "PT0H45M0S"),
    ])
    func aTimeIsInHoursAndMinutes(_ given: String, _ shown: String) throws {
        let time = try test.add("TimeTracking", Cost.time(given, "<Notes>Forms</Notes>"))
        #expect(
            time.children.map(\.name) == [
                "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "TxnDate", "EntityRef",
                "CustomerRef", "ItemServiceRef", "Duration", "Notes", "BillableStatus",
            ])
        #expect(time["Duration"] == shown)
        #expect(time["EntityRef/FullName"] == "Dana Whitfield")
        #expect(time["BillableStatus"] == "NotBillable")
    }

    @Test(arguments: ["8:30", "PT", "PT8", "PT8S30M", "P1D", "PTH"])
    func aTimeIsWrittenAsOne(_ text: String) throws {
        _ = try test.ask(added("TimeTracking", Cost.time(text)), status: 3035)
    }

    @Test func somebodyOfTheCompanyWorks() throws {
        _ = try test.ask(added("TimeTracking", Cost.time("PT1H", who: "Northgate")), status: 3140)
        _ = try test.add("TimeTracking", Cost.time("PT1H", who: "Rocky Rebar"))
        let head = Txn.date + Cost.entity("Dana Whitfield")
        let billable = "<Duration>PT1H</Duration><BillableStatus>Billable</BillableStatus>"
        _ = try test.ask(added("TimeTracking", head + billable), status: 3150)
        _ = try test.ask(added("TimeTracking", head + Txn.gym + billable), status: 3150)
        let item = Txn.named("ItemServiceRef", "Fasteners")
        _ = try test.ask(added("TimeTracking", head + Txn.gym + item + billable), status: 3140)
    }

    @Test func aTimeIsChanged() throws {
        let time = try test.add("TimeTracking", Cost.time("PT1H"))
        let change = Cost.entity("Rocky Rebar") + "<Duration>PT2H</Duration>"
        let changed = try test.ret(Txn.change("TimeTracking", time, change))
        #expect(changed["Duration"] == "PT2H0M0S")
        #expect(changed["EntityRef/FullName"] == "Rocky Rebar")
        #expect(changed["CustomerRef/FullName"] == "Northgate:Gym")
        let customer = Cost.entity("Northgate") + "<Duration>PT2H</Duration>"
        _ = try test.ask(Txn.change("TimeTracking", changed, customer), status: 3140)
    }

    @Test func timesAreFilteredByWhoWorked() throws {
        _ = try test.add("TimeTracking", Cost.time("PT1H"))
        _ = try test.add("TimeTracking", Cost.time("PT2H", who: "Rocky Rebar"))
        func found(_ who: String, status: Int = 0) throws -> [String?] {
            let filter = "<TimeTrackingEntityFilter><FullName>\(who)</FullName></TimeTrackingEntityFilter>"
            return try test.ask("<TimeTrackingQueryRq>\(filter)</TimeTrackingQueryRq>", status: status).children
                .map { $0["Duration"] }
        }
        #expect(try found("Rocky Rebar") == ["PT2H0M0S"])
        #expect(try found("Northgate:Gym", status: 1).isEmpty)
        #expect(try test.ask("<TimeTrackingQueryRq/>", status: 0).children.count == 2)
    }
}
