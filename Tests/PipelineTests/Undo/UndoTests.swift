import Domain
import Foundation
import Sandbox
import SyncLedger
import Testing

@testable import Pipeline

/// What a person takes back goes out of QuickBooks once, after approval, if nobody changed it; all else stays.
@Suite struct UndoTests {
    private let transactions = ["BillPaymentCheck", "Bill", "Estimate", "PurchaseOrder"].sorted()

    // MARK: - All of it, there and back

    @Test func allThatWasEnteredIsTakenBackAndCanBeEnteredAgain() throws {
        let office = try UndoRoot()
        try office.enterAll()
        let before = try office.books()
        #expect(try office.kinds() == transactions)

        let outcome = try office.undo("payments.json", "invoice.json", "commitments.json", "budget.csv")
        #expect(
            outcome.done == [
                "QuickBooks is asked whether it still has just what was entered: payment 580001, subcontractor invoice "
                    + "560001, commitment 520001, budget of project 310001. What can be taken back is then put into outbox/review, and "
                    + "nothing is sent before it is approved there."
            ])
        try office.settle()
        #expect(office.documents("review").count == 4)
        #expect(office.count(of: "TxnDelRq") == 0 && office.problems == [], "\(office.problems)")

        try office.decide()
        try office.settle()
        #expect(try office.kinds() == [], "\(office.problems)")
        #expect(office.count(of: "TxnDelRq") == 4)
        #expect(
            try office.states(UndoRoot.order, UndoRoot.invoice, UndoRoot.payment) == ["undone", "undone", "undone"])
        #expect(try office.root.ledger.read { try $0.openUndos() }.isEmpty)

        // The same exports again enter nothing, and say why.
        for export in UndoRoot.exports {
            let receipt = try office.drop(export)
            if export == "project-310001/invoice.json" {
                let note = try #require(receipt.notes?.first)
                #expect(
                    note.hasPrefix("Taken back on 2026-") && note.contains("as asked for by anna and approved by ben"))
                #expect(note.contains("its bill CC-2026-09 was deleted in QuickBooks (TxnID "))
                #expect(note.contains("retry.txt in the inbox with the line requisitions/560001 adds it anew"))
            }
        }
        try office.settle()
        #expect(try office.kinds() == [])

        #expect(try office.run(.retryUndone).done.count == 4)
        try office.settle()
        let after = try office.books()
        #expect(after == before)
        #expect(
            try office.states(UndoRoot.order, UndoRoot.invoice, UndoRoot.payment) == ["linked", "linked", "linked"])
        #expect(try office.record("commitment_change_orders/540001").state == .linked)
    }

    @Test func nothingIsSentUntilItIsApprovedAndWhatIsRejectedStays() throws {
        let office = try UndoRoot()
        try office.enterAll()
        let before = try office.books()
        _ = try office.undo(UndoRoot.payment)
        #expect(try office.states(UndoRoot.payment) == ["queued"])
        try office.settle()
        try office.tend()
        let document = try #require(office.documents("review").first)
        #expect(office.documents("review").count == 1 && document.hasSuffix("-contract_payments.xml"))
        let request = office.text("outbox/review/\(document)")
        #expect(request.contains("<TxnDelType>BillPaymentCheck</TxnDelType>") && request.contains("newMessageSetID"))
        let page = office.text("outbox/review/\(document.dropLast(3))html")
        #expect(page.contains("Payment 580001: takes back the bill payment ACH, which is deleted"))
        #expect(
            page.contains("The change comes to <strong>-$46,350.00</strong>") || page.contains("-46,350.00"), "\(page)")
        #expect(page.contains("by anna"))

        let rejected = try office.decide(false)
        #expect(
            rejected.done.first?.hasSuffix("nothing of it is sent, and payment 580001 stays in QuickBooks.") == true)
        try office.settle()
        #expect(try office.books() == before && office.states(UndoRoot.payment) == ["linked"])
        #expect(office.count(of: "TxnDelRq") == 0)
    }

    @Test func aVoidedBillStaysWithoutAmountsAndIsNotImportedAsACost() throws {
        let office = try UndoRoot()
        try office.enterAll()
        _ = try office.undo(UndoRoot.payment, UndoRoot.invoice, isVoid: true)
        try office.settle()
        try office.decide()
        try office.settle()
        #expect(office.problems == [] && office.count(of: "TxnVoidRq") == 2)
        #expect(try office.shown(UndoRoot.invoice).fields["AmountDue"] == "0.00")
        #expect(try office.record(UndoRoot.invoice).reason?.contains("was voided in QuickBooks") == true)
        _ = try office.run(.pull(.costs, since: "2026-01-01"))
        try office.settle()
        #expect(try office.root.ledger.read { try $0.recordCounts()[.directCosts] } == nil)

        _ = try office.run(.retryUndone)
        try office.settle()
        #expect(try office.states(UndoRoot.invoice, UndoRoot.payment) == ["linked", "linked"], "\(office.problems)")
        #expect(try office.kinds().filter { $0 == "Bill" }.count == 2)
    }

    // MARK: - What stands on it

    @Test func whatStandsOnSomethingGoesFirst() throws {
        let office = try UndoRoot()
        try office.enterAll()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        #expect(office.documents("review").isEmpty)
        #expect(
            office.problems == [
                "subcontractor invoice 560001: It is not taken back. Its bill has other transactions that stand on it: bill "
                    + "payment ACH (payment 580001). Those have to go first: contract_payments/580001. If it is still to "
                    + "go, ask for that again: a line requisitions/560001 in undo.txt in the inbox, or plumbline undo "
                    + "requisitions/560001."
            ])
        #expect(try office.states(UndoRoot.invoice) == ["linked"])
    }

    @Test func anApprovedBillWaitsForItsPaymentWhateverTheOrderOfDecisions() throws {
        let office = try UndoRoot()
        try office.enterAll()
        _ = try office.undo(UndoRoot.invoice, UndoRoot.payment)
        try office.settle()
        let bill = try #require(office.documents("review").first { $0.hasSuffix("-requisitions.xml") })
        try office.decide(true, [try #require(Int(bill.prefix(8)))])
        try office.settle()
        #expect(try office.states(UndoRoot.invoice) == ["held"])
        let reason = try office.record(UndoRoot.invoice).reason
        #expect(
            reason
                == "It is approved to be taken back, and waits for what goes first: bill payment ACH (payment 580001).")
        #expect(office.count(of: "TxnDelRq") == 0)
        try office.decide()
        try office.settle()
        #expect(try office.states(UndoRoot.invoice, UndoRoot.payment) == ["undone", "undone"], "\(office.problems)")
        #expect(try office.kinds() == ["Estimate", "PurchaseOrder"])
    }

    @Test func whatIsBeingTakenBackTakesNothingNew() throws {
        let office = try UndoRoot()
        try office.enter(UndoRoot.exports.dropLast())
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        try office.drop("project-310001/payments.json")
        #expect(try office.states(UndoRoot.payment) == ["held"])
        #expect(
            try office.record(UndoRoot.payment).reason
                == "Waits: subcontractor invoice 560001 is being taken back (plumbline undo).")
        try office.decide(false)
        try office.settle()
        #expect(try office.states(UndoRoot.payment, UndoRoot.invoice) == ["linked", "linked"], "it went on")
    }

    @Test func anOrderTakesItsChangeOrdersWithIt() throws {
        let office = try UndoRoot()
        try office.enter(UndoRoot.exports.dropLast(2))
        _ = try office.undo(UndoRoot.order)
        try office.settle()
        try office.tend()
        let page = try #require(office.documents("review").first).dropLast(3) + "html"
        #expect(office.text("outbox/review/\(page)").contains("the lines of change order 540001"))
        try office.decide()
        try office.settle()
        #expect(try office.kinds() == ["Estimate"])
        #expect(try office.states(UndoRoot.order, "commitment_change_orders/540001") == ["undone", "held"])
        let reason = try #require(try office.record("commitment_change_orders/540001").reason)
        #expect(reason.hasPrefix("Waits for commitment 520001, which was taken back: Taken back on "))
        _ = try office.run(.retry([UndoRoot.order]))
        try office.settle()
        #expect(try office.states(UndoRoot.order, "commitment_change_orders/540001") == ["linked", "linked"])
    }

    // MARK: - What somebody else did

    private func memo(_ office: UndoRoot, of term: String) throws -> String {
        let bill = try office.shown(term)
        return """
            <BillModRq><BillMod><TxnID>\(bill.listID)</TxnID><EditSequence>\(bill.editSequence)</EditSequence>\
            <TermsRef><FullName>Net 30</FullName></TermsRef></BillMod></BillModRq>
            """
    }

    private func office() throws -> UndoRoot {
        let office = try UndoRoot()
        try office.enter(UndoRoot.exports.dropLast())
        return office
    }

    @Test func whatSomebodyChangedIsNotTakenBackUntilItIsAskedForAgain() throws {
        let office = try office()
        try office.byHand(memo(office, of: UndoRoot.invoice))
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        #expect(office.documents("review").isEmpty)
        #expect(office.problems.count == 1 && office.problems[0].contains("(its EditSequence is another one)"))
        #expect(try office.states(UndoRoot.invoice) == ["linked"])
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        #expect(office.documents("review").count == 1, "a person has looked at it")
    }

    @Test func whatSomebodyPaysAfterTheApprovalIsNotTakenBack() throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        let bill = try office.shown(UndoRoot.invoice)
        try office.decide()
        try office.byHand(
            """
            <BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef><ListID>\(bill.fields["VendorRef/ListID"] ?? "")</ListID>\
            </PayeeEntityRef><BankAccountRef><FullName>Checking</FullName></BankAccountRef><RefNumber>77</RefNumber>\
            <AppliedToTxnAdd><TxnID>\(bill.listID)</TxnID><PaymentAmount>10.00</PaymentAmount></AppliedToTxnAdd>\
            </BillPaymentCheckAdd></BillPaymentCheckAddRq>
            """)
        try office.settle()
        #expect(office.count(of: "TxnDelRq") == 0 && office.problems.count == 1, "\(office.problems)")
        #expect(try office.states(UndoRoot.invoice) == ["linked"])
        #expect(try office.kinds().contains("Bill"))
    }

    @Test func whatSomebodyDeletedIsNoUndo() throws {
        let office = try office()
        let id = try office.shown(UndoRoot.invoice).listID
        try office.byHand("<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>\(id)</TxnID></TxnDelRq>")
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        let record = try office.record(UndoRoot.invoice)
        #expect(record.isFailed && record.tie.isBroken)
        #expect(record.reason?.contains("somebody deleted it there") == true)
    }

    @Test func aNewerExportEndsAnUndoThatWaits() throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        let receipt = try office.drop(
            "project-310001/invoice.json",
            replacing: ("2026-09-30\", \"requisition_start", "2026-09-29\", \"requisition_start"))
        #expect(receipt.notes?.contains { $0.contains("a newer export of it came before that was done") } == true)
        try office.tend()
        #expect(office.documents("review").isEmpty)
        try office.settle()
        #expect(office.count(of: "TxnDelRq") == 0)
        #expect(try office.root.ledger.read { try $0.openUndos() }.isEmpty)
    }

    @Test func aNewerExportOfWhatWasTakenBackIsKeptUntilItIsRetried() throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        try office.decide()
        try office.settle()
        let change = ("2026-09-30\", \"requisition_start", "2026-09-29\", \"requisition_start")
        try office.drop("project-310001/invoice.json", replacing: change)
        try office.settle()
        #expect(try !office.kinds().contains("Bill"))
        _ = try office.run(.retry([UndoRoot.invoice]))
        try office.settle()
        #expect(try office.shown(UndoRoot.invoice).fields["TxnDate"] == "2026-09-29")
    }

    // MARK: - What QuickBooks says

    @Test func aRefusalLeavesTheRecordAsItWas() throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        try office.company.provoke(SandboxFault("match=TxnDel,status=3161,message=The books are closed."))
        try office.decide()
        try office.settle()
        #expect(office.problems.count == 1, "\(office.problems)")
        #expect(office.problems.first?.contains("It is not taken back.") == true)
        #expect(try office.states(UndoRoot.invoice) == ["linked"] && office.kinds().contains("Bill"))
    }

    @Test func anAnswerThatIsLostIsAskedForAndNothingIsDeletedTwice() throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        try office.decide()
        try office.settle { _, answer in answer.contains("<TxnDelRs ") ? nil : answer }
        #expect(try office.states(UndoRoot.invoice) == ["queued"] && !office.kinds().contains("Bill"))
        let outcome = try office.run(.resendUnanswered)
        #expect(outcome.done.first?.contains("byte for byte") == true)
        try office.settle()
        #expect(try office.states(UndoRoot.invoice) == ["undone"])
        #expect(office.problems == [])
    }

    @Test(arguments: [true, false])
    func whereQuickBooksCannotTellItIsAsked(_ wasDone: Bool) throws {
        let office = try office()
        _ = try office.undo(UndoRoot.invoice)
        try office.settle()
        try office.decide()
        try office.settle { name, answer in
            guard answer.contains("<TxnDelRs ") else { return answer }
            if !wasDone { return nil }
            let start = answer.range(of: "newMessageSetID=\"").map { answer[$0.upperBound...] } ?? ""
            let id = start.prefix { $0 != "\"" }
            return "<?xml version=\"1.0\" ?>\n<QBXML>\n<QBXMLMsgsRs newMessageSetID=\"\(id)\" "
                + "messageSetStatusCode=\"9002\">\n</QBXMLMsgsRs>\n</QBXML>\n"
        }
        if !wasDone {
            // The document was refused whole: it may have been done, and was.
            let name = try #require(office.sent.last { $0.text.contains("<TxnDelRq ") }?.name)
            try office.drop("hresult=0x80040400\nmessage=No.\n", as: "quickbooks/\(name.dropLast(4)).error.txt")
            try office.settle()
        }
        #expect(try office.states(UndoRoot.invoice) == ["undone"], "\(office.problems)")
        #expect(office.count(of: "TxnDelRq") == 1, "it is not sent again")
    }

    // MARK: - What is not taken back

    @Test func whatCannotBeTakenBackSaysWhatToDo() throws {
        let office = try UndoRoot()
        try office.enterAll()
        try office.reopen("closed_before: 2026-10-01")
        func problem(_ term: String, isVoid: Bool = false) throws -> String {
            let outcome = try office.undo(term, isVoid: isVoid)
            #expect(outcome.done == [] && outcome.problems.count == 1, "\(outcome)")
            return outcome.problems.first ?? ""
        }
        var said = ""
        said = try problem("vendors/700101")
        #expect(
            said
                == "vendor 700101: QuickBooks deletes an element of a list only while nothing uses it, so none is deleted from here. "
                + "Make the vendor inactive in QuickBooks by hand; plumbline unlink ends its tie.")
        said = try problem("commitment_change_orders/540001")
        #expect(
            said == "change order 540001: its lines stand in the purchase order of commitments/520001: take that "
                + "back as a whole (plumbline undo commitments/520001), or take the lines out in QuickBooks by hand.")
        said = try problem(UndoRoot.order, isVoid: true)
        #expect(
            said == "commitment 520001: QuickBooks voids no purchase order: without --void it is deleted.")
        said = try problem(UndoRoot.invoice)
        #expect(
            said
                == "subcontractor invoice 560001: its bill is dated 2026-09-30, and the books are closed before 2026-10-01 "
                + "(closed_before in plumbline.yaml).")
        said = try problem("nothing.json")
        #expect(
            said
                == "nothing.json is neither a record, such as requisitions/1280646, nor a file that was read: see plumbline "
                + "trace.")
        _ = try office.undo(UndoRoot.payment)
        said = try problem(UndoRoot.payment)
        #expect(said.contains("payment 580001: it is being taken back, as asked for on 2026-"))
        #expect(office.count(of: "TxnDelRq") == 0)
    }

    @Test func aFileInTheInboxAsksToo() throws {
        let office = try office()
        let receipt = try office.drop("requisitions/560001\nvendors/700101\n", as: "undo.txt")
        #expect(
            receipt.notes?.first?.hasPrefix("QuickBooks is asked whether it still has just what was entered") == true)
        #expect(
            office.problems.last?.contains("QuickBooks deletes an element of a list only while nothing uses it")
                == true,
            "\(office.problems)")
        try office.settle()
        #expect(office.documents("review").count == 1)
    }
}
