import QBXML
import Sandbox
import Testing

/// What is deleted and what is voided.
@Suite struct DeletionTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    func bill(_ lines: String, _ number: String = "INV-1") throws -> Element {
        try test.add("Bill", Txn.rocky + Txn.date + "<RefNumber>\(number)</RefNumber>" + lines)
    }

    func isOpen(_ order: Element) throws -> [String?] {
        let ret = try test.ret(Txn.asked("PurchaseOrder", order))
        return [ret["PurchaseOrderLineRet/ReceivedQuantity"], ret["IsFullyReceived"], ret["LinkedTxn/TxnID"]]
    }

    static let kinds: [(String, String)] = [
        ("Check", Cost.checking + Txn.date + Cost.expense("5.00", Txn.gym)),
        ("CreditCardCharge", Cost.card + Txn.date + Cost.item("5.00")),
        ("CreditCardCredit", Cost.card + Txn.date + Cost.item("5.00")),
        ("VendorCredit", Txn.rocky + Txn.date + Cost.item("5.00")),
        ("Bill", Txn.rocky + Txn.date + Cost.expense("5.00")),
        (
            "JournalEntry",
            Txn.date + Cost.journal("Debit", "Office Expenses", "5.00") + Cost.journal("Credit", "Checking", "5.00")
        ),
        ("TimeTracking", Cost.time("PT1H")),
        ("Estimate", Txn.gym + Txn.date + Txn.line("EstimateLineAdd", Txn.amount("5.00"))),
        ("PurchaseOrder", Txn.rocky + Txn.date + Txn.line("PurchaseOrderLineAdd", Txn.amount("5.00"))),
    ]

    @Test(arguments: kinds)
    func whatIsDeletedIsGone(_ kind: String, _ fields: String) throws {
        let before = try test.company.contents()
        let ret = try test.add(kind, fields)
        let answer = try test.ask(Cost.delete(kind, ret), status: 0)
        let number = ret["RefNumber"] == nil ? [] : ["RefNumber"]
        #expect(answer.children.map(\.name) == ["TxnDelType", "TxnID", "TimeDeleted"] + number)
        #expect(answer["TxnID"] == ret["TxnID"])
        #expect(try test.company.contents() == before)
        _ = try test.ask(Txn.query(kind, "<TxnID>\(ret["TxnID"] ?? "")</TxnID>", lines: false), status: 500)
        _ = try test.ask(Cost.delete(kind, ret), status: 3120)
        let gone = try test.ret(Cost.deleted("Txn", [kind]))
        #expect(gone["TxnID"] == ret["TxnID"])
        #expect(gone["TimeCreated"] == ret["TimeCreated"])
        #expect(gone["TimeDeleted"] == answer["TimeDeleted"])
        guard kind != "JournalEntry" else { return }
        let worked = kind == "TimeTracking" ? Cost.entity("Dana Whitfield") + "<Duration>PT1H</Duration>" : ""
        _ = try test.ask(Txn.change(kind, ret, worked), status: 3120)
    }

    @Test func aNumberIsNotGivenAgain() throws {
        let first = try test.add("Check", Cost.checking + Cost.expense("1.00"))
        _ = try test.ask(Cost.delete("Check", first), status: 0)
        let second = try test.add("Check", Cost.checking + Cost.expense("1.00"))
        #expect(first["TxnNumber"] == "1")
        #expect(second["TxnNumber"] == "2")
        #expect(second["TxnID"] != first["TxnID"])
    }

    @Test func theKindHasToAgree() throws {
        let check = try test.add("Check", Cost.checking + Cost.expense("1.00"))
        _ = try test.ask(Cost.delete("Bill", check), status: 3120)
        _ = try test.ask(Cost.void("Bill", check), status: 3120)
        _ = try test.ask(Cost.delete("Invoice", check), status: 3120)
        #expect(try test.ret(Txn.asked("Check", check))["Amount"] == "1.00")
    }

    @Test(arguments: kinds.filter { !["JournalEntry", "TimeTracking", "Estimate", "PurchaseOrder"].contains($0.0) })
    func whatIsVoidStaysWithNothingInIt(_ kind: String, _ fields: String) throws {
        let ret = try test.add(kind, fields)
        let answer = try test.ask(Cost.void(kind, ret), status: 0)
        #expect(answer.children.map(\.name) == ["TxnVoidType", "TxnID", "TimeCreated", "TimeModified"])
        let void = try test.ret(Txn.query(kind, "<TxnID>\(ret["TxnID"] ?? "")</TxnID>"))
        let total = ["Bill": "AmountDue", "VendorCredit": "CreditAmount"][kind] ?? "Amount"
        #expect(void[total] == "0.00")
        #expect(void["Memo"] == "VOID:")
        #expect(void.children.filter { $0.name.hasSuffix("LineRet") }.map { $0["Amount"] } == ["0.00"])
        #expect(void["EditSequence"] != ret["EditSequence"])
        _ = try test.ask(Txn.change(kind, void, "<Memo>Back</Memo>"), status: 3170)
        _ = try test.ask(Cost.delete(kind, ret), status: 0)
    }

    @Test func theMemoIsKept() throws {
        let check = try test.add(
            "Check", Cost.checking + "<RefNumber>9</RefNumber><Memo>June</Memo>" + Cost.expense("1.00"))
        #expect(try test.ask(Cost.void("Check", check), status: 0)["RefNumber"] == "9")
        _ = try test.ask(Cost.void("Check", check), status: 0)
        #expect(try test.ret(Txn.asked("Check", check))["Memo"] == "VOID: June")
    }

    @Test func aVoidJournalEntryIsStillInBalance() throws {
        let entry = try test.add(
            "JournalEntry",
            Cost.journal("Debit", "Office Expenses", "5.00")
                + Cost.journal("Credit", "Accounts Payable", "5.00", Cost.entity("Rocky Rebar")))
        _ = try test.ask(Cost.void("JournalEntry", entry), status: 0)
        let void = try test.ret(Txn.query("JournalEntry", "<TxnID>\(entry["TxnID"] ?? "")</TxnID>"))
        #expect(void.children.compactMap { $0["Amount"] } == ["0.00", "0.00"])
        #expect(void.first("Memo") == nil)
        let vendor = try test.ret("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>")
        #expect(vendor["Balance"] == "0.00")
    }

    @Test(arguments: ["TxnDel", "TxnVoid"])
    func theOrderOfABillThatGoesIsOpenAgain(_ request: String) throws {
        let order = try test.add(
            "PurchaseOrder", Txn.rocky + Txn.line("PurchaseOrderLineAdd", Txn.quantity("8", "10")))
        let bill = try bill(Txn.received(order, 0, ""))
        #expect(try isOpen(order) == ["8", "true", bill["TxnID"]])
        _ = try test.ask(Cost.delete("PurchaseOrder", order), status: 3160)
        let sequence = try test.ret(Txn.asked("PurchaseOrder", order))["EditSequence"]
        _ = try test.ask(request == "TxnDel" ? Cost.delete("Bill", bill) : Cost.void("Bill", bill), status: 0)
        #expect(try isOpen(order) == ["0", "false", nil])
        #expect(try test.ret(Txn.asked("PurchaseOrder", order))["EditSequence"] != sequence)
        // All of it can be received again.
        #expect(try self.bill(Txn.received(order, 0, ""), "INV-2")["AmountDue"] == "80.00")
    }

    @Test(arguments: ["TxnDel", "TxnVoid"])
    func theBillOfAPaymentThatGoesIsOpenAgain(_ request: String) throws {
        let bill = try bill(Cost.item("100.00"))
        let check = try test.ret(Txn.check(Txn.applied(bill, "100.00")))
        _ = try test.ask(Cost.delete("Bill", bill), status: 3160)
        _ = try test.ask(Cost.void("Bill", bill), status: 3185)
        let paid = try test.ret(Txn.asked("Bill", bill))
        #expect(paid["IsPaid"] == "true")
        let goes =
            request == "TxnDel" ? Cost.delete("BillPaymentCheck", check) : Cost.void("BillPaymentCheck", check)
        _ = try test.ask(goes, status: 0)
        let open = try test.ret(Txn.asked("Bill", bill))
        #expect(open["IsPaid"] == "false")
        #expect(open["OpenAmount"] == "100.00")
        #expect(open.first("LinkedTxn") == nil)
        #expect(open["EditSequence"] != paid["EditSequence"])
        if request == "TxnVoid" {
            let void = try test.ret(Txn.asked("BillPaymentCheck", check))
            #expect(void["Amount"] == "0.00")
            #expect(void["Memo"] == "VOID:")
            #expect(void.first("AppliedToTxnRet") == nil)
        }
        _ = try test.ask(Cost.delete("Bill", bill), status: 0)
    }

    /// A line without a quantity is received once a bill names it.
    @Test func aLineWithoutAQuantityIsOpenAgain() throws {
        let order = try test.add("PurchaseOrder", Txn.rocky + Txn.line("PurchaseOrderLineAdd", Txn.amount("80.00")))
        let bill = try bill(Txn.received(order, 0, ""))
        #expect(try test.ret(Txn.asked("PurchaseOrder", order))["IsFullyReceived"] == "true")
        _ = try test.ask(Cost.void("Bill", bill), status: 0)
        #expect(try test.ret(Txn.asked("PurchaseOrder", order))["IsFullyReceived"] == "false")
    }

    @Test func aBillOfWhichNothingIsPaidIsDeleted() throws {
        let (bill, other) = (try bill(Cost.item("1.00")), try self.bill(Cost.item("2.00"), "INV-2"))
        let check = try test.ret(Txn.check(Txn.applied(bill, "0.00") + Txn.applied(other, "2.00")))
        _ = try test.ask(Cost.delete("Bill", bill), status: 0)
        let left = try test.ret(Txn.asked("BillPaymentCheck", check))
        #expect(left.all("AppliedToTxnRet").map { $0["TxnID"] } == [other["TxnID"]])
    }

    @Test func aVoidBillIsNotPaid() throws {
        let bill = try bill(Cost.item("100.00"))
        _ = try test.ask(Cost.void("Bill", bill), status: 0)
        _ = try test.ask(Txn.check(Txn.applied(bill, "1.00")), status: 3120)
    }

    @Test func whatIsNeitherPostedNorKeptIsNotVoided() throws {
        for kind in ["Estimate", "PurchaseOrder", "TimeTracking", "Nonsense"] {
            let request = document(Cost.void(kind, Element("None")))
            guard case .refused = try test.company.answer(Array(request.utf8)) else {
                Issue.record("\(kind) was answered")
                continue
            }
        }
    }
}

/// Records of lists that are deleted, and queries of all that was.
@Suite struct DeletedTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    func record(_ kind: String, _ name: String) throws -> Element {
        try test.ret("<\(kind)QueryRq><FullName>\(name)</FullName></\(kind)QueryRq>")
    }

    @Test func aRecordIsDeletedAndItsNameIsFree() throws {
        let vendor = try record("Vendor", "Rocky Rebar")
        let answer = try test.ask(Cost.deleteRecord("Vendor", vendor), status: 0)
        #expect(answer.children.map(\.name) == ["ListDelType", "ListID", "TimeDeleted", "FullName"])
        #expect(answer["FullName"] == "Rocky Rebar")
        _ = try test.ask("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>", status: 500)
        _ = try test.modify("Vendor", vendor, "<Phone>1</Phone>", status: 3120)
        _ = try test.ask(Cost.deleteRecord("Vendor", vendor), status: 3120)
        #expect(try test.add("Customer", "<Name>Rocky Rebar</Name>")["ListID"] != vendor["ListID"])
        let gone = try test.ret(Cost.deleted("List", ["Vendor"]))
        #expect(
            gone.children.map(\.name) == ["ListDelType", "ListID", "TimeCreated", "TimeDeleted", "FullName"])
        #expect(gone["ListID"] == vendor["ListID"])
    }

    /// A record, and what uses it.
    static let used: [(String, String, String, String)] = [
        ("Customer", "Northgate", "", ""),
        ("Customer", "Northgate:Gym", "Check", Cost.checking + Cost.expense("1.00", Txn.gym)),
        ("Account", "Job Expenses", "", ""),
        ("Account", "Job Expenses:Concrete", "", ""),
        ("Account", "Checking", "Check", Cost.checking + Cost.expense("1.00")),
        ("Employee", "Dana Whitfield", "TimeTracking", Cost.time("PT1H")),
        ("ItemService", "05 Anchors", "Bill", Txn.rocky + Txn.line("ItemLineAdd", "", item: "05 Anchors")),
        (
            "Vendor", "Riverton Lumber", "JournalEntry",
            Cost.journal("Debit", "Office Expenses", "0.00", Cost.entity("Riverton Lumber"))
        ),
    ]

    @Test(arguments: used)
    func whatIsUsedStays(_ kind: String, _ name: String, _ user: String, _ fields: String) throws {
        let record = try record(kind, name)
        guard !user.isEmpty else {
            _ = try test.ask(Cost.deleteRecord(kind, record), status: 3160)
            return
        }
        let ret = try test.add(user, fields)
        _ = try test.ask(Cost.deleteRecord(kind, record), status: 3160)
        #expect(try self.record(kind, name)["ListID"] == record["ListID"])
        // Without what used it, it can go.
        _ = try test.ask(Cost.delete(user, ret), status: 0)
        _ = try test.ask(Cost.deleteRecord(kind, record), status: 0)
    }

    @Test func theAccountOfADiscountIsUsed() throws {
        let bill = try test.add("Bill", Txn.rocky + Txn.date + Cost.item("10.00"))
        let office = Txn.named("DiscountAccountRef", "Office Expenses")
        let discount = "<DiscountAmount>1.00</DiscountAmount>" + office
        _ = try test.ret(Txn.check(Txn.applied(bill, "9.00", discount)))
        _ = try test.ask(Cost.deleteRecord("Account", record("Account", "Office Expenses")), status: 3160)
    }

    @Test func theListHasToAgree() throws {
        _ = try test.ask(Cost.deleteRecord("Customer", record("Vendor", "Rocky Rebar")), status: 3120)
        _ = try test.ask(Cost.deleteRecord("ItemGroup", record("ItemService", "Labor")), status: 3120)
        _ = try record("Vendor", "Rocky Rebar")
    }

    @Test func deletionsAreFilteredByKindAndTime() throws {
        let kinds = ["Check", "CreditCardCharge", "Check"]
        let answers = try kinds.map { kind in
            let ret = try test.add(kind, (kind == "Check" ? Cost.checking : Cost.card) + Cost.expense("1.00"))
            return try test.ask(Cost.delete(kind, ret), status: 0)
        }
        let ids = answers.map { $0["TxnID"] }
        func found(_ kinds: [String], _ more: String = "") throws -> [String?] {
            try test.ask(Cost.deleted("Txn", kinds, more), status: 0).children.map { $0["TxnID"] }
        }
        #expect(try found(["Check"]) == [ids[0], ids[2]])
        #expect(try found(["CreditCardCharge", "Check"]) == ids)
        // The time of the machine, without an offset.
        let second = try #require(answers[1]["TimeDeleted"]).prefix(19)
        func range(_ bound: String) -> String {
            "<DeletedDateRangeFilter><\(bound)>\(second)</\(bound)></DeletedDateRangeFilter>"
        }
        #expect(try found(kinds, range("FromDeletedDate")) == [ids[1], ids[2]])
        #expect(try found(kinds, range("ToDeletedDate")) == [ids[0], ids[1]])
        _ = try test.ask(Cost.deleted("Txn", ["Bill"]), status: 1)
        _ = try test.ask(Cost.deleted("List", ["Vendor"]), status: 1)
        let only = "<IncludeRetElement>TxnID</IncludeRetElement>"
        #expect(try test.ret(Cost.deleted("Txn", ["Check"], only)).children.map(\.name) == ["TxnID"])
    }

    @Test func aRepetitionDeletesNothing() throws {
        let check = try test.add("Check", Cost.checking + Cost.expense("1.00"))
        let set = document(
            Cost.delete("Check", check), attributes: "onError=\"stopOnError\" newMessageSetID=\"del-1\"")
        let first = try test.response(set)
        let second = try test.response(set)
        #expect(second.first("TxnDelRs")?.attributes == first.first("TxnDelRs")?.attributes)
        #expect(second["TxnDelRs/ErrorRecovery/TxnID"] == check["TxnID"])
        #expect(try test.ask(Cost.deleted("Txn", ["Check"]), status: 0).children.count == 1)
    }
}
