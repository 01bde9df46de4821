import Foundation
import Testing

@testable import Pipeline

/// What the status page says of what people take back, and of what waits for their word.
@Suite struct StatusPageUndoTests {
    private func sections(_ office: UndoRoot) throws -> [String: [String: Any]] {
        var pages = StatusPages(office.root, clock: WallClock { [now = office.now] in now })
        try pages.write(.running, telling: [])
        let page = try #require(
            JSONSerialization.jsonObject(with: Data(office.text("outbox/results/status.json").utf8)) as? [String: Any])
        let sections = try #require(page["sections"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: sections.map { ($0["id"] as? String ?? "", $0) })
    }

    private func items(_ id: String, _ office: UndoRoot) throws -> [[String: Any]] {
        try sections(office)[id]?["items"] as? [[String: Any]] ?? []
    }

    @Test func itSaysWhatIsTakenBackFromTheQuestionToTheEndAndHowItIsEnteredAgain() throws {
        let office = try UndoRoot()
        try office.enterAll()
        #expect(try sections(office)["undone"] == nil, "there is no such part where nothing was taken back")

        _ = try office.undo(UndoRoot.payment)
        let asked = try #require(try items("undone", office).first)
        #expect(asked["state"] as? String == "being taken back")
        #expect(
            asked["what"] as? String
                == "QuickBooks is asked whether it is still what was entered. Asked for by anna.")
        #expect(asked["amount"] as? String == "46350.00" && asked["remedy"] is NSNull)

        try office.settle()
        let shown = try #require(try items("undone", office).first)
        #expect(shown["who"] as? String == "whoever approves")
        let review = try #require(try items("review", office).first)
        #expect(review["state"] as? String == "to approve")
        #expect(
            (review["what"] as? String)?.hasSuffix("It takes the transaction out of QuickBooks, as asked for by anna.")
                == true)

        try office.decide()
        let approved = try #require(try items("undone", office).first)
        #expect((approved["what"] as? String)?.hasSuffix("Asked for by anna. Approved by ben.") == true)
        #expect(try sections(office)["review"] == nil)

        try office.settle()
        let done = try items("undone", office)
        #expect(done.count == 1)
        let payment = try #require(done.first)
        #expect(payment["state"] as? String == "undone")
        #expect((payment["record"] as? String)?.hasPrefix("payment 580001") == true)
        let what = try #require(payment["what"] as? String)
        #expect(what.hasPrefix("Taken back on 2026-") && what.contains("as asked for by anna and approved by ben"))
        #expect(what.contains("was deleted in QuickBooks (TxnID "))
        #expect((payment["since"] as? String)?.hasPrefix("2026-") == true)
        #expect((payment["remedy"] as? String)?.contains("contract_payments/580001 adds it anew") == true)
        #expect(payment["who"] as? String == "you")
        let html = office.text("outbox/results/status.html")
        #expect(StrictHTML(html).findings.isEmpty && html.contains(">Taken back<"))
        #expect(office.text("outbox/results/status.csv").contains("undone"))

        _ = try office.run(.retryUndone)
        #expect(try items("undone", office).isEmpty, "it is on its way anew")
    }

    @Test func whatIsLeftToBeDoneInProcoreStandsThere() throws {
        let office = try UndoRoot()
        try office.enter(UndoRoot.exports.prefix(6))
        _ = try office.undo(UndoRoot.order)
        try office.settle()
        try office.decide()
        try office.settle()
        let order = try #require(try items("undone", office).first)
        #expect((order["remedy"] as? String)?.contains("unlink it there, in its ERP integrations") == true)
        #expect(order["who"] as? String == "you, and whoever may change it in Procore")
    }

    /// However much is on its way, what waits for a person's word is listed, and counted in full.
    @Test func whatWaitsForAWordIsListedBehindManyDocuments() throws {
        let office = try UndoRoot()
        let many = (0..<210).map { #"{"id": \#(700500 + $0), "name": "Vendor \#($0)", "is_active": true}"# }
        try office.enter(["companies.csv"])
        try office.reopen("review: [jobs]")
        for (place, vendor) in many.enumerated() { try office.drop("[\(vendor)]", as: "procore/vendors-\(place).json") }
        try office.drop("projects.json")
        let sections = try sections(office)
        #expect(sections["underway"]?["count"] as? Int == 210)
        #expect(sections["review"]?["count"] as? Int == 1)
        #expect((sections["review"]?["items"] as? [[String: Any]])?.count == 1)
    }
}
