import QBXML
import Sandbox
import Testing

/// Purchase orders, and the bills that receive them.
@Suite struct OrderTests {
    let test: TestCompany
    let order: Element

    init() throws {
        test = try TestCompany()
        try test.makeLists()
        order = try test.add(
            "PurchaseOrder",
            Txn.rocky + Txn.date + "<RefNumber>PO-17</RefNumber>"
                + Txn.line("PurchaseOrderLineAdd", Txn.quantity("1000", "1") + Txn.gym)
                + Txn.line("PurchaseOrderLineAdd", Txn.quantity("4"), item: "05 Anchors"))
    }

    func bill(_ lines: String, vendor: String = Txn.rocky) throws -> Element {
        try test.add("Bill", vendor + Txn.date + lines)
    }

    func orderNow(links: Bool = false) throws -> Element {
        try test.ret(Txn.asked("PurchaseOrder", order, links: links))
    }

    @Test func aNewOrderWaitsForEverything() {
        #expect(order["TotalAmount"] == "1032.50")
        #expect(order["IsFullyReceived"] == "false")
        #expect(order["IsManuallyClosed"] == "false")
        #expect(order["ExpectedDate"] == "2024-06-03")
        let line = order.first("PurchaseOrderLineRet")
        #expect(line?["ReceivedQuantity"] == "0")
        #expect(line?["UnbilledQuantity"] == "0")
        #expect(line?["IsBilled"] == "false")
        #expect(line?["CustomerRef/FullName"] == "Northgate:Gym")
        #expect(order.all("PurchaseOrderLineRet")[1]["Rate"] == "8.125")
    }

    @Test func aBillReceivesALineInPart() throws {
        let bill = try bill(Txn.received(order, 0, Txn.quantity("300")))
        #expect(bill["AmountDue"] == "300.00")
        #expect(bill["ItemLineRet/ItemRef/FullName"] == "03 Concrete")
        #expect(bill["ItemLineRet/CustomerRef/FullName"] == "Northgate:Gym")
        #expect(bill["ItemLineRet/Cost"] == "1.00")
        let now = try orderNow()
        #expect(now["EditSequence"] != order["EditSequence"])
        #expect(now["PurchaseOrderLineRet/ReceivedQuantity"] == "300")
        #expect(now["PurchaseOrderLineRet/IsBilled"] == "false")
        #expect(now["IsFullyReceived"] == "false")
        _ = try self.bill(Txn.received(order, 0, Txn.quantity("0.5") + Txn.amount("0.50")))
        #expect(try orderNow()["PurchaseOrderLineRet/ReceivedQuantity"] == "300.5")
    }

    @Test func withoutAQuantityABillReceivesWhatIsLeft() throws {
        _ = try bill(Txn.received(order, 0, Txn.quantity("300")))
        let rest = try bill(Txn.received(order, 0, ""))
        #expect(rest["ItemLineRet/Quantity"] == "700")
        #expect(try orderNow()["PurchaseOrderLineRet/IsBilled"] == "true")
        #expect(try orderNow()["IsFullyReceived"] == "false")
        _ = try bill(Txn.received(order, 1, ""))
        #expect(try orderNow()["IsFullyReceived"] == "true")
    }

    @Test func aBillCanReceiveAWholeOrder() throws {
        let whole = "<LinkToTxnID>\(order["TxnID"] ?? "")</LinkToTxnID>"
        let bill = try bill(whole)
        #expect(bill["AmountDue"] == "1032.50")
        #expect(bill.all("ItemLineRet").count == 2)
        let other = Txn.line("ItemLineAdd", Txn.amount("5.00"))
        let again = try test.ret(added("Bill", Txn.rocky + Txn.date + whole + other), status: 570)
        #expect(again["AmountDue"] == "5.00")
    }

    @Test func linksAreShownToWhoAsksForThem() throws {
        let bill = try bill(Txn.received(order, 0, Txn.quantity("300")))
        #expect(bill.first("LinkedTxn") == nil)
        let linked = try test.ret(Txn.asked("Bill", bill)).first("LinkedTxn")
        #expect(linked?["TxnID"] == order["TxnID"])
        #expect(linked?["TxnType"] == "PurchaseOrder")
        #expect(linked?["LinkType"] == "QUANTYPE")
        #expect(linked?["Amount"] == "300.00")
        let back = try orderNow(links: true).first("LinkedTxn")
        #expect(back?["TxnID"] == bill["TxnID"])
        #expect(back?["Amount"] == "-300.00")
        #expect(try orderNow().first("LinkedTxn") == nil)
    }

    @Test func whatCannotBeLinkedIsRefused() throws {
        let concrete = Txn.named("ItemRef", "03 Concrete")
        let refusals = [
            (3210, Txn.riverton + Txn.date + Txn.received(order, 0, "")),
            (3210, Txn.rocky + Txn.date + Txn.received(order, 0, concrete)),
            (3120, Txn.rocky + Txn.date + Txn.received(order, 9, "")),
        ]
        let before = try test.company.contents()
        for (status, fields) in refusals { _ = try test.ask(added("Bill", fields), status: status) }
        #expect(try test.company.contents() == before)
    }

    @Test func aClosedOrderTakesNoBill() throws {
        let closed = try test.ret(Txn.change("PurchaseOrder", order, "<IsManuallyClosed>1</IsManuallyClosed>"))
        #expect(closed["IsManuallyClosed"] == "true")
        #expect(closed.all("PurchaseOrderLineRet").map { $0["IsManuallyClosed"] } == ["true", "true"])
        _ = try test.ask(added("Bill", Txn.rocky + Txn.date + Txn.received(order, 0, "")), status: 3210)
        let open = try test.ret(Txn.change("PurchaseOrder", closed, "<IsManuallyClosed>0</IsManuallyClosed>"))
        #expect(open.all("PurchaseOrderLineRet").map { $0["IsManuallyClosed"] } == ["false", "false"])
        _ = try bill(Txn.received(order, 0, ""))
    }

    @Test func closingAllLinesClosesTheOrder() throws {
        func closed(_ place: Int) -> String {
            Txn.kept("PurchaseOrderLineMod", order, place, "<IsManuallyClosed>true</IsManuallyClosed>")
        }
        let one = try test.ret(
            Txn.change("PurchaseOrder", order, closed(0) + Txn.kept("PurchaseOrderLineMod", order, 1)))
        #expect(one["IsManuallyClosed"] == "false")
        #expect(one["PurchaseOrderLineRet/IsManuallyClosed"] == "true")
        let both = try test.ret(Txn.change("PurchaseOrder", one, closed(0) + closed(1)))
        #expect(both["IsManuallyClosed"] == "true")
    }

    @Test func aChangeOrderAddsALine() throws {
        _ = try bill(Txn.received(order, 0, Txn.quantity("300")))
        let lines =
            Txn.kept("PurchaseOrderLineMod", order, 0) + Txn.kept("PurchaseOrderLineMod", order, 1)
            + Txn.new("PurchaseOrderLineMod", Txn.quantity("1", "250.00"))
        _ = try test.ask(Txn.change("PurchaseOrder", order, lines), status: 3200)
        let changed = try test.ret(Txn.change("PurchaseOrder", try orderNow(), lines))
        #expect(changed["TotalAmount"] == "1282.50")
        #expect(changed["PurchaseOrderLineRet/ReceivedQuantity"] == "300")
    }

    @Test func aReceivedLineCannotGo() throws {
        _ = try bill(Txn.received(order, 0, Txn.quantity("300")))
        let second = Txn.kept("PurchaseOrderLineMod", order, 1)
        _ = try test.ask(Txn.change("PurchaseOrder", try orderNow(), second), status: 3170)
    }

    @Test func aSmallerBillReceivesLess() throws {
        let bill = try bill(Txn.received(order, 0, Txn.quantity("300")) + Txn.received(order, 1, ""))
        let less = Txn.kept("ItemLineMod", bill, 0, Txn.quantity("100"))
        #expect(try test.ret(Txn.change("Bill", bill, less))["AmountDue"] == "100.00")
        let now = try orderNow()
        #expect(now.all("PurchaseOrderLineRet").map { $0["ReceivedQuantity"] } == ["100", "0"])
    }
}
