import Domain
import Foundation
import SyncLedger
import Testing
import WebConnector

@testable import Pipeline

/// What stands behind the Web Connector's calls beside the table: who may log in, what is durable when, companies.
@Suite struct WebConnectorSessionsTests {
    // MARK: - Durability

    @Test func nothingIsHandedOutThatIsNotDurablyLeased() async throws {
        let root = try ConnectorRoot(patience: 0.05)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        let lock = try root.lockLedger()
        #expect(try await root.ask(ticket) == .error)
        #expect(try await root.lastError(ticket).contains("busy with a large file"))
        #expect(try await root.login() == .busy)
        try lock.close()
        #expect(try root.lease() == nil)
        #expect(try await root.next(ticket) == "00000001-bills.xml")
        let lease = try #require(try root.lease())
        #expect(lease.digest == Digest(of: Sample.bill("b1").utf8).bytes)
        #expect(lease.kind == .set)
    }

    @Test func theAnswerIsInTheInboxBeforeAnythingElseIsSaid() async throws {
        let root = try ConnectorRoot(patience: 0.05)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        let lock = try root.lockLedger()
        #expect(
            try await root.receive(ticket, Sample.answer("b1")) == -1, "the ledger does not say that it is answered")
        #expect(root.inbox == ["00000001-bills.response.xml"])
        #expect(root.outbox == [])
        try lock.close()
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 100)
        #expect(root.inbox == ["00000001-bills.response.xml"])
        #expect(root.names("inbox/quickbooks", hidden: true) == [])
    }

    @Test func whatACrashLeftBetweenAnswerAndOutboxIsFinished() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        _ = try await root.next(root.ticket())
        try Data(Sample.answer("b1").utf8)
            .write(to: URL(fileURLWithPath: root.path + "/inbox/quickbooks/00000001-bills.response.xml"))
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "it is answered") }
        #expect(root.outbox == [])
        #expect(try root.lease() == nil)
    }

    /// A session for it alone would end in an error on the user's screen: "Nothing waits to be sent to QuickBooks."
    @Test func aDocumentThatALossOfPowerBroughtBackBeginsNoSession() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let first = try await root.ticket()
        _ = try await root.next(first)
        #expect(try await root.receive(first, Sample.answer("b1")) == 100)
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "it is answered") }
        #expect(root.outbox == [])
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        try root.put("00000002-bills.xml", Sample.bill("b2"))
        #expect(try await root.next(root.ticket()) == "00000002-bills.xml")
        #expect(root.outbox == ["00000002-bills.xml"])
    }

    @Test func aResponseThatIsGivenUpLeavesNothing() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        for given in [ticket, nil] {
            let sink = try await root.sessions().beginResponse(ticket: given)
            try await sink.write(Array("<QBXML>".utf8))
            #expect(root.names("inbox/quickbooks", hidden: true) == [], "A small one waits in memory.")
            try await sink.write([UInt8](repeating: 0x20, count: 65_536))
            #expect(root.names("inbox/quickbooks", hidden: true).count == 1)
            await sink.abandon()
            #expect(root.names("inbox/quickbooks", hidden: true) == [])
        }
    }

    @Test func aHalfAnswerOfAServerThatWasKilledIsRemovedByALaterSession() async throws {
        let root = try ConnectorRoot()
        _ = try root.sessions()
        let half = root.path + "/inbox/quickbooks/.answer-1.part"
        try Data("<QBXML>".utf8).write(to: URL(fileURLWithPath: half))
        let now = Date(timeIntervalSince1970: Double(root.clock.wall.now()))
        try FileManager.default.setAttributes([.modificationDate: now], ofItemAtPath: half)
        _ = try await root.login()
        #expect(FileManager.default.fileExists(atPath: half), "Another server may be at it.")
        root.clock.pass(7_200)
        _ = try await root.login()
        #expect(!FileManager.default.fileExists(atPath: half))
    }

    @Test func aDocumentThatWasChangedAfterItLeftDoesNotGoOutAgain() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        try root.put("00000001-bills.xml", Sample.bill("b2"))
        #expect(try await root.ask(ticket) == .error)
        #expect(try await root.lastError(ticket).contains("must not be changed"))
    }

    @Test func aFolderWithoutItsMarkIsNotWrittenTo() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        try FileManager.default.removeItem(atPath: root.path + "/inbox/quickbooks/.plumbline")
        #expect(try await root.receive(ticket, Sample.answer("b1")) == -1)
        #expect(try await root.lastError(ticket).contains("inbox/quickbooks has no mark"))
        #expect(root.inbox + root.names("inbox/quickbooks", hidden: true) == [])
        #expect(try root.lease() != nil)
        let large = try await root.sessions().beginResponse(ticket: ticket)
        await #expect(throws: (any Error).self) { try await large.write([UInt8](repeating: 0x20, count: 65_537)) }
    }

    // MARK: - Time

    @Test func aSessionEndsAfterHalfAnHourWithoutACallAndItsAnswerStillCounts() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        _ = try await root.next(ticket)
        root.clock.pass(ServedRoot.lifetime + 60)
        #expect(try await root.ask(ticket) == .error)
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 100)
        #expect(root.inbox == ["00000001-bills.response.xml"])
    }

    // MARK: - Who

    @Test func anotherUserOfTheRootWaitsUntilTheSessionEnds() async throws {
        let root = try ConnectorRoot(users: ["office", "site"])
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket("office")
        #expect(try await root.login("site") == .busy)
        _ = try await root.close(ticket)
        #expect(try await root.next(root.ticket("site")) == "00000001-bills.xml")
        root.clock.pass(ServedRoot.lifetime + 60)
        _ = try await root.ticket("office")
    }

    @Test func twoRootsAreToldApartByTheUser() async throws {
        let (first, second) = (
            try ConnectorRoot(users: ["north"]), try ConnectorRoot(users: ["south"], company: "8090")
        )
        try first.put("00000001-bills.xml", Sample.bill("n1"))
        try second.put("00000001-bills.xml", Sample.bill("s1"))
        first.serve(also: second)
        let (north, south) = (try await first.ticket("north"), try await first.ticket("south"))
        _ = try await first.next(north)
        #expect(try await first.path(south) == second.path + "/outbox/quickbooks/00000001-bills.xml")
        // The response may stand in front of the ticket: it begins in one inbox and ends in the other.
        let sessions = try first.sessions()
        let sink = try await sessions.beginResponse(ticket: nil)
        try await sink.write(Array(Sample.answer("s1").utf8))
        let reply = await sessions.receive(ReceivedResponse(ticket: south, response: sink, hresult: "", message: ""))
        #expect(reply == 100)
        #expect(second.inbox == ["00000001-bills.response.xml"])
        #expect(first.inbox == [])
        #expect(first.names("inbox/quickbooks", hidden: true) == [])
        #expect(try first.lease() != nil)
    }

    @Test func twoRootsCannotHaveOneUser() throws {
        let (first, second) = (try ConnectorRoot(), try ConnectorRoot(company: "8090"))
        first.serve(also: second)
        #expect(throws: Problem.self) { try first.sessions() }
    }

    @Test func wrongPasswordsAreRefusedAndSlowDown() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let sessions = try root.sessions()
        for _ in 0..<5 {
            #expect(await sessions.authenticate(user: "office", password: "wrong", from: "192.0.2.7") == .refused)
        }
        #expect(try await root.login() == .refused, "the right one is not looked at either")
        let elsewhere = await sessions.authenticate(user: "office", password: ConnectorRoot.password, from: "192.0.2.8")
        guard case .session = elsewhere else { return #expect(Bool(false), "nobody is locked out from elsewhere") }
        root.clock.pass(61)
        _ = try await root.ticket()
    }

    @Test func waitsForGuessesDoubleToAQuarterOfAnHour() {
        var logins = LoginGuard()
        for _ in 0..<4 { logins.failed("office", from: "a", at: 0) }
        #expect(logins.allows("office", from: "a", at: 0))
        for (wait, time) in [(60, 0), (120, 60), (240, 180), (480, 420), (900, 900), (900, 1_800)] as [(Int64, Int64)] {
            logins.failed("office", from: "a", at: time)
            #expect(!logins.allows("office", from: "a", at: time + wait - 1))
            #expect(!logins.allows("other", from: "a", at: time + wait - 1), "one address, other names")
            #expect(logins.allows("office", from: "a", at: time + wait))
            #expect(logins.allows("office", from: "b", at: time))
        }
        logins.succeeded("office", from: "a")
        #expect(logins.allows("office", from: "a", at: 1_801))
    }

    @Test func usersAreAddedListedAndRemovedAndTheirPasswordsAreNotKept() throws {
        let root = try ConnectorRoot(users: [])
        let users = try WebConnectorUsers(root: root.path, clock: root.clock.wall)
        #expect(throws: Problem.self) { try users.add("of fice", password: ConnectorRoot.password) }
        #expect(throws: Problem.self) { try users.add("office", password: "short") }
        try users.add("office", password: ConnectorRoot.password)
        #expect(try users.list().map(\.name) == ["office"])
        let kept = try #require(try root.ledger.read { try $0.connectorUser("office") })
        let hash = PasswordHash(salt: kept.salt, hash: kept.hash, rounds: kept.rounds, lanes: kept.lanes)
        #expect(hash.matches(ConnectorRoot.password))
        #expect(!hash.matches(ConnectorRoot.password + "x"))
        #expect(kept.rounds == 16_384 && kept.lanes == 5 && kept.salt.count == 16)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: root.path + "/plumbline.sqlite"))
        #expect(bytes.range(of: Data(ConnectorRoot.password.utf8)) == nil)
        #expect(try users.remove("office"))
        #expect(try !users.remove("office"))
    }

    @Test func aTicketIsKeptAsADigestOnly() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let (one, two) = (try await root.ticket(), try await root.ticket())
        #expect(one != two && one.count == 34)
        try root.ledger.read { books in
            let plain = try books.session(ticket: one)
            #expect(plain == nil)
            let kept = try books.session(ticket: ServedRoot.kept(one))
            #expect(kept?.user == "office")
        }
    }

    // MARK: - Which company, which QuickBooks

    private static let question = """
        <?xml version="1.0"?>
        <?qbxml version="13.0"?>
        <QBXML><QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="8089-pull-1-HostQuery"/>\
        <CompanyQueryRq requestID="8089-pull-1-CompanyQuery"/></QBXMLMsgsRq></QBXML>
        """

    @Test func theFirstCallAnswersTheQuestionAboutTheCompany() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-company.xml", Self.question)
        try root.put("00000002-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket, hcp: Sample.hostAndCompany("Northgate Builders")) == "00000002-bills.xml")
        #expect(root.inbox == ["00000001-company.response.xml"])
        let answer = try root.text("inbox/quickbooks/00000001-company.response.xml")
        #expect(answer.contains("requestID=\"8089-pull-1-CompanyQuery\""))
        #expect(answer.contains("<CompanyName>Northgate Builders</CompanyName>"))
        #expect(answer.contains("<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion>"))
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 100)
    }

    @Test func aQuestionThatWaitsAloneGoesOut() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-company.xml", Self.question)
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket, hcp: Sample.hostAndCompany("Northgate")) == "00000001-company.xml")
    }

    @Test func theWrongCompanyGetsNothing() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let open = try OpenRoot(path: root.path)
        try open.ledger.write { try $0.setFact("company file", "Northgate Builders") }
        open.close()
        let ticket = try await root.ticket()
        #expect(try await root.ask(ticket, hcp: Sample.hostAndCompany("Southgate")) == .error)
        #expect(try await root.lastError(ticket).contains("\"Southgate\" open, and this root belongs to \"Northgate"))
        #expect(try root.lease() == nil)
        #expect(try await root.next(ticket, hcp: Sample.hostAndCompany("NORTHGATE BUILDERS")) == "00000001-bills.xml")
    }

    @Test func whileTheRootIsStoppedOnlyItsQuestionGoesOut() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        _ = try await root.next(root.ticket())
        let open = try OpenRoot(path: root.path)
        try open.ledger.write { try $0.setFact("company stop", "Another company is open.") }
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "all of it waits") }
        try root.put("00000002-company.xml", Self.question)
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket) == "00000002-company.xml")
        #expect(try await root.receive(ticket, String(Self.answers)) == 100)
        try open.ledger.write { try $0.setFact("company stop", nil) }
        open.close()
        #expect(try await root.next(root.ticket()) == "00000001-bills.xml", "what was outstanding comes again")
    }

    private static let answers = Sample.hostAndCompany("Northgate")
        .replacing("requestID=\"0\"", with: "requestID=\"8089-pull-1-HostQuery\"")
        .replacing("requestID=\"1\"", with: "requestID=\"8089-pull-1-CompanyQuery\"")

    @Test func fromARestoredLedgerNothingGoesOut() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        let open = try OpenRoot(path: root.path)
        try open.ledger.write { try $0.setFact("restored", "The sync ledger is a backup.") }
        open.close()
        #expect(try await root.ask(ticket) == .error)
        #expect(try await root.lastError(ticket) == "The sync ledger is a backup. Run plumbline recover.")
        guard case .nothingToDo = try await root.login() else { return #expect(Bool(false), "a person decides first") }
    }

    @Test func aQuickBooksThatDoesNotSpeakTheVersionGetsNothing() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        #expect(try await root.ask(ticket, version: 12) == .error)
        #expect(try await root.lastError(ticket).contains("speaks qbXML 12.0 at the most"))
    }

    // MARK: - Seen by people

    @Test func statusSaysWhoCalledAndWhatIsOutstanding() async throws {
        let root = try ConnectorRoot()
        #expect(try Status(root: root.path).text.contains("Web Connector: it has not called yet."))
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        _ = try await root.next(root.ticket())
        let text = try Status(root: root.path).text
        #expect(text.contains("Web Connector: office called last at 2026-03-08T20:00:00Z"))
        #expect(text.contains("00000001-bills.xml was handed out at 2026-03-08T20:00:00Z and is not answered."))
    }
}
