import Foundation
import SyncLedger
import Testing
import WebConnector

@testable import Pipeline

/// The table of what is done at each call, and each of its rows as a session, with the server started anew ahead of every
/// call and without.
@Suite struct SessionTableTests {
    private static let both = [false, true]

    @Test func everyEventHasOneRow() {
        #expect(SessionTable.events.count == SessionEvent.allCases.count)
        #expect(Set(SessionTable.events) == Set(SessionEvent.allCases))
    }

    @Test func nothingNewGoesOutWhileAnAnswerIsOutstanding() {
        for event in SessionEvent.allCases {
            for outstanding in Outstanding.allCases {
                let action = SessionTable.action(event, with: outstanding)
                if outstanding != .nothing { #expect(action != .handOutNext, "\(event) with \(outstanding)") }
                if action == .lookUp { #expect(outstanding == .list, "\(event)") }
                if action == .take { #expect(event == .answer && outstanding != .nothing, "\(event)") }
                if action == .takeRefusal { #expect(event == .refusal && outstanding != .nothing, "\(event)") }
            }
        }
    }

    @Test(arguments: both) func documentsGoOutInNumberOrderAndEndWithOneHundred(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000012-bills.xml", Sample.bill("b2"))
        try root.put("00000003-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket) == "00000003-bills.xml")
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 50)
        #expect(root.outbox == ["00000012-bills.xml"])
        #expect(try await root.next(ticket) == "00000012-bills.xml")
        #expect(try await root.receive(ticket, Sample.answer("b2")) == 100)
        #expect(root.outbox == [])
        #expect(root.inbox == ["00000003-bills.response.xml", "00000012-bills.response.xml"])
        #expect(try root.text("inbox/quickbooks/00000003-bills.response.xml") == Sample.answer("b1"))
        #expect(root.names("inbox/quickbooks", hidden: true) == [])
        #expect(try await root.close(ticket) == "2 documents were answered; nothing waits.")
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "there is nothing to do") }
    }

    @Test(arguments: both) func anAskWhereAnAnswerWasDueGetsTheSameDocument(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-vendors.xml", Sample.query("q1"))
        try root.put("00000002-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket) == "00000001-vendors.xml")
        #expect(try await root.next(ticket) == "00000001-vendors.xml", "its answer did not arrive there")
        #expect(try await root.receive(ticket, Sample.answer("q1", to: "VendorQuery")) == 50)
        #expect(try await root.next(ticket) == "00000002-bills.xml")
        #expect(try await root.next(ticket) == "00000002-bills.xml")
    }

    @Test(arguments: both, [Sample.query("b1"), Sample.bill("b1")])
    func aNewSessionBeginsWithTheSameBytes(restarts: Bool, document: String) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", document)
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        #expect(try await root.next(root.ticket()) == "00000001-bills.xml")
        let second = try await root.ticket()
        #expect(try await root.next(second) == "00000001-bills.xml")
        #expect(try root.text("outbox/quickbooks/00000001-bills.xml") == document)
        let message = document == Sample.bill("b1") ? "BillAdd" : "VendorQuery"
        #expect(try await root.receive(second, Sample.answer("b1", to: message)) == 50)
    }

    @Test(arguments: both) func aListWhoseAnswerIsLostIsAskedAfterByName(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try Self.drop(root)
        let list = try #require(root.outbox.last)
        #expect(list.hasSuffix("-vendors.xml"))
        try FileManager.default.removeItem(atPath: "\(root.path)/outbox/quickbooks/\(root.outbox[0])")
        let first = try await root.ticket()
        #expect(try await root.next(first) == list)
        #expect(try await root.next(first) == list, "in its own session the same bytes")
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "nothing else waits") }
        #expect(root.outbox == [], "it is never simply sent again")
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        let queued = try #require(try open.ledger.read { try $0.queuedCommands() }.first)
        let command = try JSONDecoder().decode(QueuedCommand.self, from: Data(queued.command))
        let outcome = try FileProcessor(open, clock: root.clock.wall).run(command)
        #expect(outcome.problems == [])
        #expect(outcome.done.count == 1 && outcome.done[0].contains("is asked how it stands"))
        #expect(root.outbox.count == 1)
        #expect(try root.text("outbox/quickbooks/\(root.outbox[0])").contains("<VendorQueryRq"))
    }

    @Test func aListThatWasPutOffWhileAnotherCompanyWasOpenIsAskedAfterLater() async throws {
        let root = try ConnectorRoot()
        try Self.drop(root)
        let list = try #require(root.outbox.last)
        let question = root.outbox[0]
        try FileManager.default.removeItem(atPath: "\(root.path)/outbox/quickbooks/\(question)")
        _ = try await root.next(root.ticket())
        try root.put(question, Sample.query("company"))
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        try open.ledger.write { try $0.setFact("company stop", "Another company is open.") }
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket) == question)
        #expect(root.outbox == [question, list])
        #expect(try await root.receive(ticket, Sample.answer("company", to: "VendorQuery")) == 100)
        try open.ledger.write { try $0.setFact("company stop", nil) }
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "nothing else waits") }
        #expect(root.outbox == [])
        let commands = try open.ledger.read { try $0.queuedCommands().count }
        #expect(commands == 1)
    }

    /// A vendor, read as the daemon does.
    private static func drop(_ root: ConnectorRoot) throws {
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        try Data(#"[{"id": 401104, "name": "Riverton Masonry", "is_active": true}]"#.utf8)
            .write(to: URL(fileURLWithPath: root.path + "/inbox/procore/vendors.json"))
        let processor = FileProcessor(open, clock: root.clock.wall)
        let file = try #require(try open.inbox.claim(.init("procore/vendors.json"), intake: 1))
        _ = try processor.process([file])
    }

    @Test(arguments: both) func theSameAnswerAgainGetsTheSameReplyAndIsWrittenOnce(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        for number in 1...3 { try root.put("0000000\(number)-bills.xml", Sample.bill("b\(number)")) }
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        let reply = try await root.receive(ticket, Sample.answer("b1"))
        // As the daemon does, between the two.
        try FileManager.default.removeItem(atPath: root.path + "/inbox/quickbooks/00000001-bills.response.xml")
        #expect(try await root.receive(ticket, Sample.answer("b1")) == reply)
        #expect(root.inbox == [])
        #expect(root.names("inbox/quickbooks", hidden: true) == [])
        #expect(root.outbox.count == 2)
        // With other bytes, whoever converts it has to see it.
        #expect(try await root.receive(ticket, Sample.answer("b1", note: "again")) == reply)
        #expect(root.inbox.count == 1)
        #expect(root.outbox.count == 2)
    }

    @Test(arguments: both) func aDocumentOfTheSameIdsIsAnsweredByTheSameBytes(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        for name in ["00000001-vendors.xml", "00000002-vendors.xml"] {
            try root.put(name, Sample.query("daily"))
            let ticket = try await root.ticket()
            #expect(try await root.next(ticket) == name)
            #expect(try await root.receive(ticket, Sample.answer("daily", to: "VendorQuery")) == 100)
        }
        #expect(root.inbox.count == 2)
    }

    @Test(arguments: both) func aCrossedAnswerIsNotTakenForTheOutstandingOne(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        #expect(try await root.receive(ticket, Sample.answer("b9")) == -1)
        #expect(try await root.lastError(ticket).contains("answers b9, and not the document that was handed out"))
        #expect(root.outbox == ["00000001-bills.xml"])
        #expect(root.inbox.count == 1 && root.inbox[0].hasPrefix("webconnector-"), "kept, since nothing may be lost")
        #expect(try root.lease()?.document == "00000001-bills.xml")
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 100)
    }

    @Test(arguments: both) func anAnswerUnderAnOldTicketCounts(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        let old = try await root.ticket()
        _ = try await root.next(old)
        let new = try await root.ticket()
        #expect(try await root.next(new) == "00000001-bills.xml")
        #expect(try await root.receive(old, Sample.answer("b1")) == 100, "nothing follows in a session that ended")
        #expect(try await root.ask(old) == .error)
        #expect(try await root.lastError(old).contains("has ended"))
        // QuickBooks answers the new session from its memory: the same bytes.
        #expect(try await root.receive(new, Sample.answer("b1")) == 100)
        #expect(root.inbox == ["00000001-bills.response.xml"])
        #expect(try await root.next(new) == "00000002-bills.xml")
        // What fits nothing is kept and not taken.
        #expect(try await root.receive(old, Sample.answer("b7")) == -1)
        #expect(root.inbox.count == 2)
    }

    @Test(arguments: both) func nothingIsTakenUnderATicketThatNobodyGaveOut(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        _ = try await root.next(root.ticket())
        for ticket in ["{invented}", ""] {
            #expect(try await root.receive(ticket, Sample.answer("b1")) == -1)
            #expect(try await root.ask(ticket) == .error)
            #expect(try await !root.lastError(ticket).isEmpty)
            #expect(try await !root.close(ticket).isEmpty)
        }
        #expect(root.inbox == [])
        #expect(try root.lease() != nil)
    }

    @Test(arguments: both) func aCutAnswerLeavesTheDocumentOutstanding(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        let cut = String(Sample.answer("b1").dropLast(12))
        #expect(try await root.receive(ticket, cut) == -1)
        #expect(try await root.lastError(ticket).contains("00000001-bills.xml did not arrive whole"))
        #expect(root.inbox == [])
        #expect(root.names("inbox/quickbooks", hidden: true) == [])
        #expect(root.outbox == ["00000001-bills.xml"])
        let second = try await root.ticket()
        #expect(try await root.next(second) == "00000001-bills.xml")
        #expect(try await root.receive(second, nil) == -1, "neither a response nor an error")
        #expect(try await root.next(second) == "00000001-bills.xml")
        #expect(try await root.receive(second, cut) == -1)
        // The third time: it rests for an hour, and others do not wait for it.
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "it failed") }
        let failed = try root.ledger.read {
            try WebConnectorStatus($0, now: root.clock.wall.now(), interval: .seconds(900), waiting: 1).lines.last
        }
        #expect(failed?.contains("00000001-bills.xml could not be taken") == true)
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        let third = try await root.ticket()
        #expect(try await root.next(third) == "00000002-bills.xml")
        #expect(try await root.receive(third, Sample.answer("b2")) == 100)
        root.clock.pass(ServedRoot.rest)
        #expect(try await root.next(root.ticket()) == "00000001-bills.xml")
    }

    @Test(arguments: both) func aRefusalBecomesTheErrorFile(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        let words = "QuickBooks found an error\nwhen parsing the provided XML text stream."
        #expect(try await root.receive(ticket, nil, hresult: "0x80040400", message: words) == 50, "the others go on")
        #expect(root.outbox == ["00000002-bills.xml"])
        #expect(
            try root.text("inbox/quickbooks/00000001-bills.error.txt")
                == "hresult=0x80040400\nmessage=QuickBooks found an error when parsing the provided XML text stream.\n")
        #expect(try await root.receive(ticket, nil, hresult: "0x80040400", message: words) == 50, "again: the same")
        // What every document would meet ends the update.
        _ = try await root.next(ticket)
        #expect(try await root.receive(ticket, "", hresult: "0x80040414", message: "A dialog is open.") == -1)
        #expect(try await root.lastError(ticket).contains("Close the dialog"))
        #expect(root.inbox == ["00000001-bills.error.txt", "00000002-bills.error.txt"])
    }

    @Test(arguments: both) func withAWholeResponseTheResponseCountsAndNotTheHRESULT(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        #expect(try await root.receive(ticket, Sample.answer("b1"), hresult: "0x80040400", message: "x") == 50)
        _ = try await root.next(ticket)
        let cut = String(Sample.answer("b2").dropLast(12))
        #expect(try await root.receive(ticket, cut, hresult: "0x80040400", message: "x") == 100)
        #expect(root.inbox == ["00000001-bills.response.xml", "00000002-bills.error.txt"])
        #expect(root.names("inbox/quickbooks", hidden: true) == [])
    }

    @Test(arguments: both) func aConnectionErrorEndsTheSessionAndIsTold(restarts: Bool) async throws {
        let root = try ConnectorRoot(restarts: restarts)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        let sessions = try root.sessions()
        #expect(
            await sessions.connectionError(
                ticket: ticket, hresult: "0x80040408", message: "Could not start QuickBooks.")
                == "done")
        #expect(try await root.lastError(ticket).contains("Could not start QuickBooks."))
        #expect(try await root.ask(ticket) == .error)
        let json = String(decoding: try Status(root: root.path).json.bytes(pretty: true), as: UTF8.self)
        #expect(json.contains("Could not start QuickBooks."))
        #expect(try await root.next(root.ticket()) == "00000001-bills.xml")
    }
}
