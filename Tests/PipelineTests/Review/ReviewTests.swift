import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// What waits for a person's word goes when it is given, and not before; it is given once, and for what was shown.
@Suite struct ReviewTests {
    private let document = "00000001-vendors.xml"
    private let page = "00000001-vendors.html"

    // MARK: - Deciding

    @Test(arguments: ["00000001-vendors.html", "00000001-vendors.xml"])
    func whatIsApprovedLeavesByteForByteUnderANewNumber(_ moved: String) throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        #expect(office.names("quickbooks") == [])
        #expect(office.names("review") == [page, document])
        let shown = office.text("outbox/review/\(document)")
        #expect(shown.contains("<VendorAddRq requestID=\"8089-vendors-401001-add-1\">"))
        let status = try Status(root: office.path).text
        #expect(
            status.contains(
                "Waits for approval: outbox/review/\(page): Vendor 401001: a new vendor Alder Concrete, for "))
        #expect(
            try Trace("vendors/401001", root: office.path).text.contains("Waits for approval: outbox/review/\(page)."))

        try office.move(moved, to: "approved")
        for _ in 0..<2 { try office.tend() }
        #expect(office.names("quickbooks") == ["00000002-vendors.xml"])
        #expect(office.text("outbox/quickbooks/00000002-vendors.xml") == shown)
        #expect(office.names("review") == [] && office.names("review/approved") == [])
        #expect(office.filed("approved") == [page, document])
        #expect(try office.record(401_001).state == .queued)
        let open = try office.root.ledger.read { try $0.openRequests() }
        #expect(open.map(\.document) == [2], "it is a document like any other now")
        #expect(try Status(root: office.path).text.contains("Unanswered: 00000002-vendors.xml, 1 requests"))
    }

    @Test func whatIsRejectedSaysSoAndCanBeDroppedAgainUnchanged() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        try office.move(page, to: "rejected")
        try office.tend()
        #expect(office.names("quickbooks") == [] && office.names("review") == [])
        #expect(office.filed("rejected") == [page, document])
        let record = try office.record(401_001)
        #expect(record.isFailed && record.reason?.hasPrefix("Rejected in review on 2") == true, "\(record.state)")
        #expect(try office.run(.retryFailed).done.contains { $0.hasPrefix("1 records stay as they are") })
        #expect(office.names("review") == [])

        try office.drop(401_001, "Alder Concrete")
        #expect(office.names("review") == ["00000002-vendors.html", "00000002-vendors.xml"])
        #expect(office.text("outbox/review/00000002-vendors.xml").contains("8089-vendors-401001-add-2"))
    }

    @Test func theShellDecidesToo() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        try office.drop(401_002, "Birch Roofing")
        let none = try office.run(.review(.init(isApproval: true, documents: [9], who: "the user anna")))
        #expect(none.problems == ["There is no document 9 that waits for approval: see plumbline status."])
        let first = try office.run(.review(.init(isApproval: false, documents: [1], who: "the user anna")))
        #expect(first.done == ["\(document) is rejected by the user anna; nothing of it is sent."])
        let reason = try #require(try office.record(401_001).reason)
        #expect(reason.hasPrefix("Rejected in review by the user anna on "))
        let rest = try office.run(.review(.init(isApproval: true, documents: nil, who: "the user anna")))
        #expect(
            rest.done == ["00000002-vendors.xml is approved by the user anna, and goes out as 00000003-vendors.xml."])
        let again = try office.run(.review(.init(isApproval: true, documents: [1], who: "the user ben")))
        #expect(
            again.done == [] && again.problems.first?.hasPrefix("\(document) was rejected by the user anna on ") == true
        )
        try office.tend()
        #expect(office.names("review") == [])
        #expect(office.filed("approved").count == 2 && office.filed("rejected").count == 2)
    }

    @Test func aCopyDecidesAsWellAndItsOwnerIsNamed() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        let copy = "\(office.path)/outbox/review/rejected/\(page)"
        try FileManager.default.copyItem(atPath: "\(office.path)/outbox/review/\(page)", toPath: copy)
        let mayGiveAway = geteuid() == 0
        if mayGiveAway { try FileManager.default.setAttributes([.ownerAccountID: 54_321], ofItemAtPath: copy) }
        try office.tend()
        #expect(office.names("review") == [] && office.names("review/rejected") == [])
        #expect(office.filed("rejected") == [page, document, "00000001-vendors~2.html"])
        let reason = try #require(try office.record(401_001).reason)
        #expect(reason.hasPrefix("Rejected in review \(mayGiveAway ? "by the user 54321 on" : "on") 2"), "\(reason)")
        #expect(
            office.text("logs/plumbline.jsonl").contains(
                #""event":"review","decision":"rejected","documents":[1],"who":"#))
    }

    @Test func aFolderThatCannotBeUsedIsToldAndStopsNothingElse() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        let worker = RootWorker(office.root, clock: office.clock)
        let approved = "\(office.path)/outbox/review/approved"
        try FileManager.default.removeItem(atPath: approved)
        try Data().write(to: URL(fileURLWithPath: approved))
        try Data(#"[{"id": 401002, "name": "Birch", "is_active": true}]"#.utf8)
            .write(to: URL(fileURLWithPath: office.root.folders.inbox + "/procore/vendors.json"))
        worker.receive(.arrived(inbox: 0, RelativePath("procore/vendors.json")), inbox: 0)
        for _ in 0..<3 { try worker.runRound() }
        #expect(office.names("../inbox/procore") == [], "files are taken all the same")
        #expect(office.names("review").contains("00000002-vendors.xml"))
        func told(_ event: String) -> Int {
            office.text("logs/plumbline.jsonl").components(separatedBy: event).count - 1
        }
        #expect(told(#""event":"review trouble""#) == 1)
        #expect(!office.names("review").contains("00000002-vendors.html"))
        try FileManager.default.removeItem(atPath: approved)
        try FileManager.default.createDirectory(atPath: approved, withIntermediateDirectories: false)
        try worker.runRound()
        #expect(told(#""event":"review recovered""#) == 1)
        #expect(office.names("review").contains("00000002-vendors.html"))
    }

    @Test func whatIsRejectedAndDroppedAgainAtOnceWaitsAgain() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        let worker = RootWorker(office.root, clock: office.clock)
        try office.move("00000001-vendors.html", to: "rejected")
        try Data(#"[{"id": 401001, "name": "Alder Concrete", "is_active": true}]"#.utf8)
            .write(to: URL(fileURLWithPath: office.root.folders.inbox + "/procore/vendors.json"))
        worker.receive(.arrived(inbox: 0, RelativePath("procore/vendors.json")), inbox: 0)
        try worker.runRound()
        #expect(office.filed("rejected").contains("00000001-vendors.html"))
        #expect(office.names("review") == ["00000002-vendors.html", "00000002-vendors.xml"])
    }

    // MARK: - Changes while it waits

    @Test func aRecordThatChangesWhileItWaitsReplacesItsPage() throws {
        let office = try ReviewRoot()
        try office.drop(
            #"[{"id": 401001, "name": "Alder", "is_active": true}, {"id": 401002, "name": "Birch", "is_active": true}]"#,
            as: "vendors-two.json")
        let old = office.text("outbox/review/\(page)")
        try office.drop(401_001, "Alder Concrete")
        #expect(office.names("review") == ["00000002-vendors.html", "00000002-vendors.xml"])
        let shown = office.text("outbox/review/00000002-vendors.xml")
        #expect(shown.contains("Alder Concrete") && shown.contains("Birch"), "the other one waits with it")
        #expect(office.filed("replaced") == [page, document])
        // Somebody had the old page open, and saves it where it decides.
        try Data(old.utf8).write(to: URL(fileURLWithPath: "\(office.path)/outbox/review/approved/\(page)"))
        try office.tend()
        #expect(office.names("quickbooks") == [])
        #expect(office.names("review/approved") == [page, page + ".problem.txt"])
        #expect(office.text("outbox/review/approved/\(page).problem.txt").contains("counts no more"))
        try FileManager.default.removeItem(atPath: "\(office.path)/outbox/review/approved/\(page)")
        try office.tend()
        #expect(office.names("review/approved") == [], "what was said of it goes with it")
        // The same content again replaces nothing.
        try office.drop(401_001, "Alder Concrete")
        #expect(office.names("review") == ["00000002-vendors.html", "00000002-vendors.xml"])
    }

    // MARK: - What decides nothing

    @Test func whatIsInBothFoldersIsNotDecided() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        try office.move(page, to: "approved")
        try office.move(document, to: "rejected")
        try office.tend()
        #expect(office.names("quickbooks") == [])
        #expect(office.names("review/approved") == [page, page + ".problem.txt"])
        #expect(office.text("outbox/review/rejected/\(document).problem.txt").contains("nothing is decided"))
        try FileManager.default.removeItem(atPath: "\(office.path)/outbox/review/rejected/\(document)")
        for _ in 0..<2 { try office.tend() }
        #expect(office.names("quickbooks") == ["00000002-vendors.xml"])
        #expect(office.names("review/approved") == [] && office.names("review/rejected") == [])
    }

    @Test func whatSomebodyChangedOrAnotherRootWroteDecidesNothing() throws {
        let office = try ReviewRoot()
        let other = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        try other.drop(401_001, "Alder Paving")
        let approved = "\(office.path)/outbox/review/approved"
        try Data(office.text("outbox/review/\(document)").replacing("Alder", with: "Elder").utf8)
            .write(to: URL(fileURLWithPath: "\(approved)/\(document)"))
        try FileManager.default.copyItem(atPath: "\(other.path)/outbox/review/\(page)", toPath: "\(approved)/\(page)")
        try Data("?".utf8).write(to: URL(fileURLWithPath: "\(approved)/notes.txt"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(approved)/00000001-link.xml", withDestinationPath: "\(office.path)/outbox/review/\(document)")
        try office.tend()
        #expect(office.names("quickbooks") == [])
        for name in [document, page] {
            #expect(
                office.text("outbox/review/approved/\(name).problem.txt").contains("does not say what Plumbline wrote"))
        }
        #expect(office.text("outbox/review/approved/notes.txt.problem.txt").contains("no document that waits"))
        #expect(office.names("review") == [page, document])
    }

    @Test func aPageOrDocumentThatSomebodyRemovedComesBack() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        let (shown, bytes) = (office.text("outbox/review/\(page)"), office.text("outbox/review/\(document)"))
        for name in [page, document] {
            try FileManager.default.removeItem(atPath: "\(office.path)/outbox/review/\(name)")
        }
        try office.tend()
        #expect(office.text("outbox/review/\(page)") == shown)
        #expect(office.text("outbox/review/\(document)") == bytes)
    }

    // MARK: - The other commands know that it was not sent

    @Test func whatWaitsIsNeitherResentNorForgottenByARecovery() throws {
        let office = try ReviewRoot()
        try office.drop(401_001, "Alder Concrete")
        let id = "8089-vendors-401001-add-1"
        #expect(try office.run(.resend([id])).problems.first?.contains("was never sent: it waits for approval") == true)
        let unanswered = try office.run(.resendUnanswered)
        #expect(unanswered.done == ["1 documents wait for approval in outbox/review, and were never sent."])
        let tie = QueuedCommand.Tie(record: "vendors/401001", quickBooksID: "80000012-1700000026")
        #expect(try office.run(.link([tie])).problems.first?.contains("waits for approval") == true)
        // A backup may not know that it was approved: QuickBooks is asked first, which waits for nobody.
        _ = try office.run(.recover)
        try office.tend()
        #expect(office.names("review") == [])
        #expect(office.names("quickbooks").count == 1)
        let asked = office.text("outbox/quickbooks/\(office.names("quickbooks").first ?? "")")
        #expect(asked.contains("<VendorQueryRq requestID=\"8089-vendors-401001-look-2\">"))
    }

    @Test func withoutReviewNothingIsThere() throws {
        let office = try ReviewRoot(review: "none")
        try office.drop(401_001, "Alder Concrete")
        #expect(office.names("quickbooks") == [document])
        #expect(!FileManager.default.fileExists(atPath: "\(office.path)/outbox/review"))
    }
}
