import QBXML
import Sandbox
import Testing

/// Vendors' credits, and what payments use of them.
@Suite struct CreditTests {
    let test: TestCompany
    let bill: Element
    let credit: Element

    init() throws {
        test = try TestCompany()
        try test.makeLists()
        bill = try test.add("Bill", Txn.rocky + Txn.date + Cost.item("100.00", Txn.gym))
        credit = try test.add(
            "VendorCredit", Txn.rocky + Txn.date + "<RefNumber>CM-1</RefNumber>" + Cost.item("40.00", Txn.gym))
    }

    func open(_ credit: Element) throws -> String? { try test.ret(Txn.asked("VendorCredit", credit))["OpenAmount"] }

    @Test func aCreditIsTheVendors() throws {
        #expect(
            credit.children.map(\.name) == [
                "TxnID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "VendorRef", "APAccountRef",
                "TxnDate", "CreditAmount", "RefNumber", "ItemLineRet", "OpenAmount",
            ])
        #expect(credit["CreditAmount"] == "40.00")
        #expect(credit["OpenAmount"] == "40.00")
        #expect(credit["APAccountRef/FullName"] == "Accounts Payable")
        let vendor = try test.ret("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>")
        // 100.00 for the bill less 40.00.
        #expect(vendor["Balance"] == "60.00")
        // The bills alone are still open in full.
        #expect(try test.ret(Txn.asked("Bill", bill))["OpenAmount"] == "100.00")
    }

    @Test func aPaymentUsesACredit() throws {
        let check = try test.ret(Txn.check(Txn.applied(bill, "70.00", Cost.credit(credit, "30.00"))))
        #expect(check["Amount"] == "70.00")
        let paid = try test.ret(Txn.asked("Bill", bill))
        #expect(paid["IsPaid"] == "true")
        #expect(paid["EditSequence"] != bill["EditSequence"])
        #expect(paid["OpenAmount"] == "0.00")
        let links = paid.all("LinkedTxn").map { [$0["TxnType"], $0["Amount"]] }
        #expect(links == [["BillPaymentCheck", "-70.00"], ["VendorCredit", "-30.00"]])
        let used = try test.ret(Txn.asked("VendorCredit", credit))
        #expect(used["OpenAmount"] == "10.00")
        #expect(used["EditSequence"] != credit["EditSequence"])
        #expect(used["LinkedTxn/TxnID"] == bill["TxnID"])
        #expect(used["LinkedTxn/Amount"] == "-30.00")
        // The bill is paid: 10.00 of the credit are left.
        let vendor = try test.ret("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>")
        #expect(vendor["Balance"] == "-10.00")
    }

    @Test func aPaymentThatGoesGivesTheCreditBack() throws {
        let check = try test.ret(Txn.check(Txn.applied(bill, "0.00", Cost.credit(credit, "40.00"))))
        #expect(check["Amount"] == "0.00")
        #expect(try open(credit) == "0.00")
        _ = try test.ask(Cost.delete("VendorCredit", credit), status: 3160)
        _ = try test.ask(Cost.void("VendorCredit", credit), status: 3185)
        _ = try test.ask(Cost.delete("BillPaymentCheck", check), status: 0)
        #expect(try open(credit) == "40.00")
        #expect(try test.ret(Txn.asked("Bill", bill))["OpenAmount"] == "100.00")
        _ = try test.ask(Cost.delete("VendorCredit", credit), status: 0)
    }

    @Test func noMoreThanTheCreditIsUsed() throws {
        func pay(_ amount: String, _ credits: String, status: Int) throws {
            _ = try test.ask(Txn.check(Txn.applied(bill, amount, credits)), status: status)
        }
        try pay("10.00", Cost.credit(credit, "40.01"), status: 3210)
        try pay("10.00", Cost.credit(credit, "30.00") + Cost.credit(credit, "10.01"), status: 3210)
        try pay("60.01", Cost.credit(credit, "40.00"), status: 3210)
        try pay("10.00", Cost.credit(credit, "-1.00"), status: 3210)
        try pay("10.00", Cost.credit(bill, "1.00"), status: 3120)
        let other = try test.add("VendorCredit", Txn.riverton + Txn.date + Cost.expense("5.00"))
        try pay("10.00", Cost.credit(other, "1.00"), status: 3120)
        try pay("10.00", Cost.credit(credit, "30.00") + Cost.credit(credit, "10.00"), status: 0)
        #expect(try open(credit) == "0.00")
        // Two bills in one check share what is left.
        let more = try test.add("VendorCredit", Txn.rocky + Txn.date + Cost.expense("5.00"))
        let second = try test.add("Bill", Txn.rocky + Txn.date + Cost.item("9.00"))
        let both = Txn.applied(bill, "1.00", Cost.credit(more, "3.00"))
        _ = try test.ask(Txn.check(both + Txn.applied(second, "1.00", Cost.credit(more, "2.01"))), status: 3210)
        _ = try test.ask(Txn.check(both + Txn.applied(second, "1.00", Cost.credit(more, "2.00"))), status: 0)
    }

    @Test func aCreditIsNotMadeSmallerThanWhatIsUsed() throws {
        _ = try test.ret(Txn.check(Txn.applied(bill, "1.00", Cost.credit(credit, "30.00"))))
        let used = try test.ret(Txn.asked("VendorCredit", credit))
        let less = Txn.kept("ItemLineMod", used, 0, Txn.amount("29.99"))
        _ = try test.ask(Txn.change("VendorCredit", used, less), status: 3180)
        let enough = Txn.kept("ItemLineMod", used, 0, Txn.amount("30.00"))
        #expect(try test.ret(Txn.change("VendorCredit", used, enough))["OpenAmount"] == "0.00")
    }
}
