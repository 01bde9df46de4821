import Domain
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// What is told of the Web Connector: that it stays away, how far a session is, what QuickBooks said of itself.
@Suite struct SeenByPeopleTests {
    private func log(_ root: ConnectorRoot, _ event: String) throws -> [String] {
        try root.text("logs/plumbline.jsonl").split(separator: "\n").map(String.init)
            .filter { $0.contains("\"event\":\"\(event)\"") }
    }

    // MARK: - Absence

    private func absence(_ root: ConnectorRoot) throws -> ConnectorAbsence? {
        try root.ledger.read {
            try ConnectorAbsence($0, interval: .seconds(900), now: root.clock.wall.now())
        }
    }

    @Test func whoStaysAwayForLongerThanTwiceTheIntervalIsMissed() async throws {
        let root = try ConnectorRoot(users: [])
        let users = try WebConnectorUsers(root: root.path, clock: root.clock.wall)
        root.clock.pass(100_000)
        #expect(try absence(root) == nil, "nobody may log in")
        try users.add("office", password: ConnectorRoot.password)
        root.clock.pass(1_800)
        #expect(try absence(root) == nil)
        root.clock.pass(1)
        #expect(try absence(root)?.what == "It has not called yet, for 30 minutes.")
        guard case .nothingToDo(let ticket) = try await root.login() else { return #expect(Bool(false)) }
        _ = try await root.close(ticket)
        #expect(try absence(root) == nil, "a call that finds nothing to do is one")
        root.clock.pass(1_801)
        #expect(try absence(root)?.what == "It has not called for 30 minutes, and is to call every 15 minutes.")
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        _ = try await root.next(root.ticket())
        root.clock.pass(1_700)
        #expect(try absence(root) == nil, "QuickBooks may be at work for as long as a session lives")
        root.clock.pass(1_000)
        #expect(try absence(root) != nil)
    }

    @Test func statusAndDoctorWarnAndTheLogDoesOnce() async throws {
        let root = try ConnectorRoot()
        // Users are added by the machine's clock, which is long after the tests' own.
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        var user = try #require(try open.ledger.read { try $0.connectorUser("office") })
        user = LedgerUser(
            name: user.name, salt: user.salt, hash: user.hash, rounds: user.rounds, lanes: user.lanes,
            since: root.clock.wall.now())
        try open.ledger.write { try $0.set(user) }
        root.clock.pass(7_200)
        let text = try Status(root: root.path).text
        #expect(text.contains("Warning: It has not called yet, for"))
        let doctor = Doctor(root: root.path)
        let finding = try #require(doctor.findings.first { $0.about == "Web Connector" })
        #expect(finding.remedy?.contains("Auto-Run") == true && !doctor.isWell)

        var reports = RootReports(open, clock: root.clock.wall, logger: nil)
        for _ in 0..<3 {
            reports.connector(try absence(root))
            root.clock.pass(60)
        }
        #expect(try log(root, "connector absent").count == 1)
        reports.connector(nil)
        reports.connector(nil)
        #expect(try log(root, "connector returned").count == 1)
        reports.connector(try absence(root))
        #expect(try log(root, "connector absent").count == 2)
    }

    @Test func theDaemonLooksForIt() async throws {
        let root = try ConnectorRoot()
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        let later = WallClock { WallClock.system.now() + 86_400 }
        let worker = RootWorker(open, clock: later)
        try worker.runRound()
        try worker.runRound()
        #expect(try log(root, "connector absent").count == 1)
    }

    // MARK: - Progress

    @Test func aLongSessionSaysNowAndThenHowFarItIs() async throws {
        let root = try ConnectorRoot()
        for number in 1...4 { try root.put("0000000\(number)-bills.xml", Sample.bill("b\(number)")) }
        let ticket = try await root.ticket()
        for number in 1...4 {
            _ = try await root.next(ticket)
            root.clock.pass(number == 2 ? 61 : 1)
            _ = try await root.receive(ticket, Sample.answer("b\(number)"))
        }
        let lines = try log(root, "connector progress")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("2 answered, 2 remain.") == true)
        _ = try await root.close(ticket)
        let ends = try log(root, "connector session")
        #expect(ends.count == 1)
        #expect(ends.first?.contains("\"user\":\"office\",\"answered\":4,\"waiting\":0") == true)
    }

    @Test func everyHundredDocumentsAreALineToo() async throws {
        let root = try ConnectorRoot()
        for number in 1...101 { try root.put("\(1_000 + number)-bills.xml", Sample.bill("b\(number)")) }
        let ticket = try await root.ticket()
        for number in 1...101 {
            _ = try await root.next(ticket)
            _ = try await root.receive(ticket, Sample.answer("b\(number)"))
        }
        #expect(try log(root, "connector progress").count == 1)
        #expect(try log(root, "connector progress").first?.contains("100 answered, 1 remain.") == true)
    }

    // MARK: - Preferences

    private static let preferences = """
        <PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><PreferencesRet>\
        <AccountingPreferences><IsUsingAccountNumbers>true</IsUsingAccountNumbers>\
        <IsUsingClassTracking>false</IsUsingClassTracking><ClosingDate>2025-12-31</ClosingDate></AccountingPreferences>\
        <JobsAndEstimatesPreferences><IsUsingEstimates>false</IsUsingEstimates></JobsAndEstimatesPreferences>\
        <MultiCurrencyPreferences><IsMultiCurrencyOn>false</IsMultiCurrencyOn></MultiCurrencyPreferences>\
        <PurchasesAndVendorsPreferences><IsUsingInventory>true</IsUsingInventory></PurchasesAndVendorsPreferences>\
        </PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs>
        """

    private static func told(_ company: String) -> String {
        Sample.hostAndCompany(company).replacing("</QBXMLMsgsRs>", with: preferences)
    }

    @Test func thePreferencesThatComeAreKeptAndShown() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        #expect(!Doctor(root: root.path).findings.contains { $0.about == "QuickBooks preferences" })
        _ = try await root.next(root.ticket(), hcp: Self.told("Northgate"))
        let finding = try #require(Doctor(root: root.path).findings.first { $0.about == "QuickBooks preferences" })
        #expect(
            finding.what == "estimates off, inventory and purchase orders on, class tracking off, account numbers on, "
                + "multiple currencies off, sales tax off, books closed up to 2025-12-31")
        #expect(finding.remedy == nil, "no budget is there yet")
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        let preferences = try #require(try open.ledger.read { try CompanyPreferences($0) })
        #expect(preferences.hasEstimates == false && preferences.hasPurchaseOrders == true)
    }

    @Test func thoseOfAnotherCompanyAreNotKept() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let open = try OpenRoot(path: root.path)
        try open.ledger.write { try $0.setFact("company file", "Northgate") }
        open.close()
        #expect(try await root.ask(root.ticket(), hcp: Self.told("Southgate")) == .error)
        #expect(try root.ledger.read { try CompanyPreferences($0) } == nil)
    }

    @Test func whatWasToldIsNotAskedForADay() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let now = root.clock.wall.now()
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        try open.ledger.write { books in
            try books.setFact("company file", "Northgate")
            try books.setFact("qbXML versions", "13.0")
            #expect(try CompanyCheck(books: books).isDue(now: now), "it was never asked")
            var pull = LedgerPull(
                requestID: "8089-pull-1-CompanyQuery", subject: "company", document: 1, since: nil, until: now - 90_000,
                askedAt: now - 90_000)
            try books.insert(pull)
            pull = try #require(try books.pull(pull.requestID))
            try books.answer(pull, status: 0, file: 1)
            #expect(try CompanyCheck(books: books).isDue(now: now), "that was more than a day ago")
        }
        _ = try await root.next(root.ticket(), hcp: Self.told("northgate"))
        try open.ledger.write { books in
            #expect(try !CompanyCheck(books: books).isDue(now: now))
            #expect(try CompanyCheck(books: books).isDue(now: now + 86_400))
            try books.setFact("company stop", "Another company is open.")
            #expect(try CompanyCheck(books: books).isDue(now: now), "while another one is open it is asked")
        }
    }
}
