import QBXML
import Sandbox
import Testing

/// Entering and changing estimates, and what all transactions have in common.
@Suite struct EstimateTests {
    let test: TestCompany

    init() throws {
        test = try TestCompany()
        try test.makeLists()
    }

    func add(_ lines: String..., head: String = "") throws -> Element {
        try test.add("Estimate", Txn.gym + Txn.date + head + lines.joined())
    }

    func line(_ fields: String, item: String = "03 Concrete") throws -> Element {
        let estimate = try add(Txn.line("EstimateLineAdd", fields, item: item))
        return try #require(estimate.first("EstimateLineRet"))
    }

    @Test func theAmountIsQuantityTimesRateHalfUp() throws {
        #expect(try line(Txn.quantity("3", "12.125"))["Amount"] == "36.38")
        #expect(try line(Txn.quantity("1", "-12.125"))["Amount"] == "-12.13")
        #expect(try line(Txn.quantity("0.33333", "84500"))["Amount"] == "28166.39")
        #expect(try line("<Rate>7</Rate>")["Amount"] == "7.00")
    }

    @Test func theRateComesFromTheAmount() throws {
        let line = try line(Txn.quantity("3.00000") + Txn.amount("100.00"))
        #expect(line["Quantity"] == "3")
        #expect(line["Rate"] == "33.33333")
        #expect(line["Amount"] == "100.00")
        #expect(try self.line(Txn.amount("5"))["Rate"] == nil)
    }

    @Test func aLineWithoutNumbersTakesItsItemsPrice() throws {
        let line = try line("<Quantity>2</Quantity>", item: "05 Anchors")
        #expect(line["Rate"] == "12.50")
        #expect(line["Amount"] == "25.00")
        #expect(line["Desc"] == "Anchors sold")
    }

    @Test func numbersThatDoNotAgreeAreRefused() throws {
        let line = Txn.line("EstimateLineAdd", Txn.quantity("2", "5") + Txn.amount("10.02"))
        _ = try test.ask(added("Estimate", Txn.gym + line), status: 3210)
        // A cent is rounding.
        #expect(try self.line(Txn.quantity("2", "5") + Txn.amount("10.01"))["Amount"] == "10.01")
    }

    @Test func theTotalIsThatOfTheLines() throws {
        let estimate = try add(
            Txn.line("EstimateLineAdd", Txn.quantity("3", "12.125")), Txn.line("EstimateLineAdd", Txn.amount("-6.38")),
            "<EstimateLineAdd><Desc>Words only</Desc></EstimateLineAdd>",
            Txn.line("EstimateLineAdd", Txn.amount("10.00") + "<MarkupRatePercent>5.0</MarkupRatePercent>"))
        #expect(estimate["Subtotal"] == "40.50")
        #expect(estimate["SalesTaxTotal"] == "0.00")
        #expect(estimate["TotalAmount"] == "40.50")
        #expect(estimate.all("EstimateLineRet")[2].children.map(\.name) == ["TxnLineID", "Desc"])
    }

    @Test func referencesAreGivenWithIdAndFullName() throws {
        let guid = "{0b7f3c1e-1111-4222-8333-444455556666}"
        let estimate = try add(
            Txn.line("EstimateLineAdd", Txn.amount("1")), head: "<ExternalGUID>\(guid)</ExternalGUID>")
        #expect(estimate["CustomerRef/FullName"] == "Northgate:Gym")
        #expect(estimate["CustomerRef/ListID"]?.hasPrefix("8000") == true)
        #expect(estimate["EstimateLineRet/ItemRef/FullName"] == "03 Concrete")
        #expect(estimate["TemplateRef/FullName"] == "Custom Estimate")
        #expect(estimate["ExternalGUID"] == guid)
        #expect(estimate["DueDate"] == "2024-06-03")
        #expect(estimate["IsActive"] == "true")
    }

    @Test func numbersAreGivenWhereTheRequestHasNone() throws {
        let line = Txn.line("EstimateLineAdd", Txn.amount("1"))
        let numbers = try ["", "<RefNumber>E-7</RefNumber>", "", "<RefNumber>41</RefNumber>", ""].map {
            try add(line, head: $0)
        }
        #expect(numbers.map { $0["RefNumber"] } == ["1", "E-7", "2", "41", "42"])
        #expect(numbers.map { $0["TxnNumber"] } == ["1", "2", "3", "4", "5"])
        // Orders are counted for themselves.
        let order = try test.add("PurchaseOrder", Txn.rocky + Txn.line("PurchaseOrderLineAdd", Txn.amount("1")))
        #expect(order["RefNumber"] == "1")
    }

    @Test func aChangeOfTheHeadLeavesTheLines() throws {
        let old = try add(
            Txn.line("EstimateLineAdd", Txn.amount("1")), head: "<PONumber>7</PONumber><Memo>Budget</Memo>")
        let new = try test.ret(Txn.change("Estimate", old, "<Memo></Memo>"))
        #expect(new["Memo"] == nil)
        #expect(new["PONumber"] == "7")
        #expect(new.all("EstimateLineRet") == old.all("EstimateLineRet"))
        #expect(new["TxnID"] == old["TxnID"])
        #expect(new["EditSequence"] != old["EditSequence"])
    }

    @Test func linesThatAreNotListedGo() throws {
        let old = try add(
            Txn.line("EstimateLineAdd", Txn.amount("1")), Txn.line("EstimateLineAdd", Txn.amount("2")),
            Txn.line("EstimateLineAdd", Txn.amount("4")))
        let changes =
            Txn.kept("EstimateLineMod", old, 0) + Txn.new("EstimateLineMod", Txn.amount("8.00"))
            + Txn.kept("EstimateLineMod", old, 2, Txn.amount("16.00"))
        let new = try test.ret(Txn.change("Estimate", old, changes))
        #expect(new.all("EstimateLineRet").map { $0["Amount"] } == ["1.00", "8.00", "16.00"])
        let (ids, oldIDs) = (
            new.all("EstimateLineRet").map { $0["TxnLineID"] }, old.all("EstimateLineRet").map { $0["TxnLineID"] }
        )
        #expect(ids[0] == oldIDs[0])
        #expect(ids[2] == oldIDs[2])
        #expect(!oldIDs.contains(ids[1]))
        #expect(new["TotalAmount"] == "25.00")
    }

    @Test func aNewQuantityGivesANewAmount() throws {
        let old = try add(Txn.line("EstimateLineAdd", Txn.quantity("2", "5")))
        let more = Txn.kept("EstimateLineMod", old, 0, Txn.quantity("3"))
        let new = try test.ret(Txn.change("Estimate", old, more))
        #expect(new["EstimateLineRet/Amount"] == "15.00")
        let amount = Txn.kept("EstimateLineMod", new, 0, Txn.amount("10.00"))
        let last = try test.ret(Txn.change("Estimate", new, amount))
        #expect(last["EstimateLineRet/Rate"] == "3.33333")
        #expect(last["TotalAmount"] == "10.00")
    }

    @Test func linesOutOfOrderAreRefused() throws {
        let old = try add(
            Txn.line("EstimateLineAdd", Txn.amount("1")), Txn.line("EstimateLineAdd", Txn.amount("2")))
        let (first, second) = (Txn.kept("EstimateLineMod", old, 0), Txn.kept("EstimateLineMod", old, 1))
        let answer = try test.ask(Txn.change("Estimate", old, second + first), status: 3290)
        let lineID = old["EstimateLineRet/TxnLineID"] ?? ""
        let wanted = "The item \"\(lineID)\" is placed in the request in incorrect order."
        #expect(answer.attributes["statusMessage"] == wanted)
        _ = try test.ask(Txn.change("Estimate", old, first + first), status: 3120)
    }

    @Test func whatIsNotThereCannotBeChanged() throws {
        let estimate = try add(Txn.line("EstimateLineAdd", Txn.amount("1")))
        let foreign = "<EstimateLineMod><TxnLineID>77-1700000000</TxnLineID></EstimateLineMod>"
        _ = try test.ask(Txn.change("Estimate", estimate, foreign), status: 3120)
        _ = try test.ask(Txn.change("PurchaseOrder", estimate, ""), status: 3120)
        _ = try test.ret(Txn.change("Estimate", estimate, "<Memo>1</Memo>"))
        let stale = try test.ret(Txn.change("Estimate", estimate, "<Memo>2</Memo>"), status: 3200)
        #expect(stale["Memo"] == "1")
    }

    @Test func whatHasToBeThereCannotBeCleared() throws {
        let estimate = try add(Txn.line("EstimateLineAdd", Txn.quantity("1", "2")))
        _ = try test.ask(Txn.change("Estimate", estimate, "<CustomerRef/>"), status: 3190)
        let cleared = Txn.kept("EstimateLineMod", estimate, 0, "<Quantity></Quantity>")
        _ = try test.ask(Txn.change("Estimate", estimate, cleared), status: 3190)
    }

    @Test func aRefusedEstimateLeavesNothing() throws {
        let before = try test.company.contents()
        let lines = Txn.line("EstimateLineAdd", Txn.amount("1"))
        let refusals = [
            (3140, Txn.named("CustomerRef", "Nobody") + lines), (3150, "<CustomerRef/>" + lines),
            (3140, Txn.gym + Txn.line("EstimateLineAdd", "", item: "99 None")),
            (3150, Txn.gym + "<EstimateLineAdd><Amount>1.00</Amount></EstimateLineAdd>"),
            (3060, Txn.gym + Txn.line("EstimateLineAdd", Txn.quantity("1.123456"))),
            (3070, Txn.gym + "<RefNumber>123456789012</RefNumber>" + lines),
            (
                1030,
                Txn.gym + "<EstimateLineGroupAdd>\(Txn.named("ItemGroupRef", "Set"))</EstimateLineGroupAdd>" + lines
            ),
        ]
        for (status, fields) in refusals { _ = try test.ask(added("Estimate", fields), status: status) }
        #expect(try test.company.contents() == before)
        #expect(try add(lines)["RefNumber"] == "1")
    }

    @Test func anEstimateHasALine() throws {
        let request = document(added("Estimate", Txn.gym + Txn.date))
        guard case .refused = try test.company.answer(Array(request.utf8)) else {
            Issue.record("answered")
            return
        }
    }
}
