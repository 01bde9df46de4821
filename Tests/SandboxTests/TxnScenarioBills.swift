import QBXML

/// Of the scenario: bills in part, payments of them, what is refused on the way, and orders that are closed.
extension TxnScenario {
    static let bills: TxnDifferentialTests.Step = { rets in
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

    static let billRefusals: TxnDifferentialTests.Step = { rets in
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

    static let afterBills: TxnDifferentialTests.Step = { rets in
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

    static let payments: TxnDifferentialTests.Step = { rets in
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

    static let paymentRefusals: TxnDifferentialTests.Step = { rets in
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

    static let afterPayments: TxnDifferentialTests.Step = { rets in
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

    static let closing: TxnDifferentialTests.Step = { rets in
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

    static let afterClosing: TxnDifferentialTests.Step = { rets in
        [
            ("opened", Txn.change("PurchaseOrder", ret(rets, "small"), "<IsManuallyClosed>false</IsManuallyClosed>")),
            ("order", Txn.asked("PurchaseOrder", ret(rets, "order"))),
            ("all", Txn.query("PurchaseOrder", "", links: true)),
        ]
    }
}
