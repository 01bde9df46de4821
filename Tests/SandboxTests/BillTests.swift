import QBXML
import Sandbox
import Testing

/// Bills and their payments.
@Suite struct BillTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    func bill(_ amount: String, vendor: String = Txn.rocky) throws -> Element {
        try test.add("Bill", vendor + Txn.date + Txn.line("ItemLineAdd", Txn.amount(amount)))
    }

    func isPaid(_ bill: Element) throws -> String? { try test.ret(Txn.asked("Bill", bill))["IsPaid"] }

    @Test func aBillIsDueOnItsVendorsTerms() throws {
        let bill = try bill("120.00")
        #expect(bill["TermsRef/FullName"] == "Net 30")
        #expect(bill["DueDate"] == "2024-07-03")
        #expect(bill["APAccountRef/FullName"] == "Accounts Payable")
        #expect(bill["AmountDue"] == "120.00")
        #expect(bill["IsPaid"] == "false")
        #expect(bill["RefNumber"] == nil)
        #expect(try self.bill("1.00", vendor: Txn.riverton)["DueDate"] == "2024-06-13")
    }

    @Test func expensesAndItemsAreTwoLists() throws {
        let expense = Txn.named("AccountRef", "Office Expenses") + Txn.amount("70.00") + Txn.gym
        let bill = try test.add(
            "Bill",
            Txn.riverton + Txn.date + "<ExpenseLineAdd>\(expense)</ExpenseLineAdd>"
                + Txn.line("ItemLineAdd", Txn.quantity("2", "15", of: "Cost")))
        #expect(bill["AmountDue"] == "100.00")
        #expect(bill["ExpenseLineRet/AccountRef/FullName"] == "Office Expenses")
        let changed = try test.ret(Txn.change("Bill", bill, "<ClearItemLines>true</ClearItemLines>"))
        #expect(changed["AmountDue"] == "70.00")
        #expect(changed.all("ExpenseLineRet") == bill.all("ExpenseLineRet"))
    }

    @Test func retainageIsANegativeLine() throws {
        let lines = Txn.line("ItemLineAdd", Txn.amount("1000.00")) + Txn.line("ItemLineAdd", Txn.amount("-100.00"))
        #expect(try test.add("Bill", Txn.rocky + Txn.date + lines)["AmountDue"] == "900.00")
        let below = Txn.rocky + Txn.date + Txn.line("ItemLineAdd", Txn.amount("-0.01"))
        _ = try test.ask(added("Bill", below), status: 3180)
    }

    @Test func aLineNeedsAnAccount() throws {
        let labor = Txn.line("ItemLineAdd", Txn.amount("1.00"), item: "Labor")
        _ = try test.ask(added("Bill", Txn.rocky + labor), status: 3270)
        let expense = "<ExpenseLineAdd><Amount>1.00</Amount></ExpenseLineAdd>"
        _ = try test.ask(added("Bill", Txn.rocky + expense), status: 3150)
    }

    @Test func theOpenAmountIsTheVendors() throws {
        _ = try bill("70.00")
        let second = try bill("50.00")
        #expect(second["OpenAmount"] == "120.00")
        #expect(second["AmountDue"] == "50.00")
        #expect(try bill("5.00", vendor: Txn.riverton)["OpenAmount"] == "5.00")
        let vendor = try test.ret("<VendorQueryRq><FullName>Rocky Rebar</FullName></VendorQueryRq>")
        #expect(vendor["Balance"] == "120.00")
    }

    @Test func oneCheckPaysTwoBills() throws {
        let (one, other) = (try bill("70.00"), try bill("50.00"))
        let check = try test.ret(Txn.check(Txn.applied(one, "70.00") + Txn.applied(other, "20.00")))
        #expect(check.name == "BillPaymentCheckRet")
        #expect(check["Amount"] == "90.00")
        #expect(check["RefNumber"] == "1001")
        let applied = check.all("AppliedToTxnRet")
        #expect(applied.map { $0["TxnID"] } == [one["TxnID"], other["TxnID"]])
        #expect(applied.map { $0["Amount"] } == ["70.00", "20.00"])
        #expect(applied.map { $0["BalanceRemaining"] } == ["0.00", "30.00"])
        #expect(try isPaid(one) == "true")
        #expect(try isPaid(other) == "false")
        let now = try test.ret(Txn.asked("Bill", other))
        #expect(now["EditSequence"] != other["EditSequence"])
        #expect(now["LinkedTxn/TxnID"] == check["TxnID"])
        #expect(now["LinkedTxn/Amount"] == "-20.00")
        #expect(now["OpenAmount"] == "30.00")
    }

    @Test func whatIsNotThereToBePaidCannotBeFound() throws {
        let (one, other) = (try bill("70.00"), try bill("50.00", vendor: Txn.riverton))
        _ = try test.ret(Txn.check(Txn.applied(one, "70.00")))
        for bill in [one, other] { _ = try test.ask(Txn.check(Txn.applied(bill, "1.00")), status: 3120) }
        #expect(try isPaid(other) == "false")
    }

    @Test func payingTooMuchIsRefused() throws {
        let bill = try bill("70.00")
        let answer = try test.ask(Txn.check(Txn.applied(bill, "70.01")), status: 3210)
        #expect(answer.attributes["statusMessage"]?.hasSuffix("You cannot pay more than the amount due.") == true)
        for (status, amount) in [(3210, "-1.00"), (3180, "0.00")] {
            _ = try test.ask(Txn.check(Txn.applied(bill, amount)), status: status)
        }
        let twice = Txn.applied(bill, "1.00") + Txn.applied(bill, "1.00")
        _ = try test.ask(Txn.check(twice), status: 3210)
        _ = try test.ask(Txn.check(Txn.applied(bill, "70.00") + Txn.applied(bill, "1.00")), status: 3120)
        #expect(try isPaid(bill) == "false")
    }

    @Test(arguments: ["", "<IsToBePrinted>true</IsToBePrinted><RefNumber>1</RefNumber>"])
    func aCheckIsEitherPrintedOrNumbered(_ how: String) throws {
        let check = Txn.check(Txn.applied(try bill("70.00"), "1.00"), how: how)
        guard case .refused = try test.company.answer(Array(document(check).utf8)) else {
            Issue.record("answered")
            return
        }
    }

    @Test func aCreditCardPaysWithADiscount() throws {
        let bill = try bill("70.00")
        let head =
            Txn.named("PayeeEntityRef", "Rocky Rebar") + Txn.date
            + Txn.named("CreditCardAccountRef", "Company Credit Card")
        let discount = "<DiscountAmount>10.00</DiscountAmount>"
        let applied = Txn.applied(bill, "60.00", discount)
        _ = try test.ask(added("BillPaymentCreditCard", head + applied), status: 3150)
        let account = Txn.named("DiscountAccountRef", "Office Expenses")
        let paid = try test.add("BillPaymentCreditCard", head + Txn.applied(bill, "60.00", discount + account))
        #expect(paid["Amount"] == "60.00")
        #expect(paid["AppliedToTxnRet/DiscountAmount"] == "10.00")
        #expect(paid["AppliedToTxnRet/BalanceRemaining"] == "0.00")
        #expect(try isPaid(bill) == "true")
    }

    @Test func anAccountIsOfTheRightType() throws {
        let bill = try bill("70.00")
        let head = Txn.named("PayeeEntityRef", "Rocky Rebar") + Txn.named("BankAccountRef", "Office Expenses")
        let check = added("BillPaymentCheck", head + "<RefNumber>1</RefNumber>" + Txn.applied(bill, "1.00"))
        _ = try test.ask(check, status: 3140)
    }

    @Test func aPaidBillKeepsItsVendorAndItsAmount() throws {
        let bill = try bill("70.00")
        _ = try test.ret(Txn.check(Txn.applied(bill, "60.00")))
        let now = try test.ret(Txn.asked("Bill", bill))
        _ = try test.ask(Txn.change("Bill", now, Txn.riverton), status: 3170)
        let less = Txn.kept("ItemLineMod", now, 0, Txn.amount("59.99"))
        _ = try test.ask(Txn.change("Bill", now, less), status: 3180)
        let exact = Txn.kept("ItemLineMod", now, 0, Txn.amount("60.00"))
        #expect(try test.ret(Txn.change("Bill", now, exact))["IsPaid"] == "true")
    }

    @Test func aRepeatedSetPaysOnce() throws {
        let bill = try bill("70.00")
        let request = document(
            Txn.check(Txn.applied(bill, "70.00")), attributes: "onError=\"stopOnError\" newMessageSetID=\"pay-1\"")
        let first = try test.response(request)
        let contents = try test.company.contents()
        let second = try test.response(request)
        let recovery = second["BillPaymentCheckAddRs/ErrorRecovery/TxnID"]
        #expect(recovery != nil)
        #expect(recovery == first["BillPaymentCheckAddRs/BillPaymentCheckRet/TxnID"])
        #expect(second["BillPaymentCheckAddRs/ErrorRecovery/TxnNumber"] == "2")
        #expect(second.children.first?.attributes["statusCode"] == "0")
        #expect(try test.company.contents() == contents)
    }
}
