import DropFolder
import Foundation
import Procore
import SyncLedger
import Testing

@testable import ProcoreCarrier

/// Exports reach the inbox whole, under names that tell what they are, and no change is missed.
@Suite struct FetcherTests {
    private static let vendors: [[String: any Sendable]] = (1...5).map {
        ["id": $0, "name": "Vendor \($0)", "updated_at": "2020-01-0\($0)T00:00:00Z"]
    }

    private func world(_ vendors: [[String: any Sendable]] = Self.vendors) async throws -> CarrierWorld {
        let world = try CarrierWorld()
        try await world.fake.lists(["/rest/v1.0/vendors": vendors])
        return world
    }

    private func ids(_ world: CarrierWorld) throws -> [Int] {
        try world.answers.flatMap { name -> [Int] in
            let json = try JSONSerialization.jsonObject(with: Data(world.text("inbox/procore/\(name)").utf8))
            return (json as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
        }
    }

    @Test(arguments: ["Link", "Total", "neither"])
    func everyPageComes(_ header: String) async throws {
        let world = try await world()
        try await world.fake.set(["link": header == "Link", "total": header == "Total"])
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(try ids(world) == [1, 2, 3, 4, 5])
        let calls = try await world.fake.contents().calls
        // The first time, when no later one would bring what slipped past, all pages are read twice.
        #expect(calls.count == (header == "neither" ? 8 : 6))
        #expect(calls.allSatisfy { $0.contains("company_id=8089") && !$0.contains("updated_at") })
        #expect(world.answers.first == "vendors.\(CarrierClock.stamp(world.clock.now)).json")
    }

    @Test func laterOnlyWhatChangedIsAskedForWithAnOverlap() async throws {
        let world = try await world()
        try await world.fetch(.vendors)
        let mark = try #require(try world.ledger.read { try $0.fetched("vendors") }).watermark
        // By the clock that is behind, which is this one here.
        #expect(mark == world.clock.now)
        let changed: [String: any Sendable] = [
            "id": 9, "name": "New", "updated_at": CarrierClock.text(mark - 600),
        ]
        try await world.fake.lists(["/rest/v1.0/vendors": Self.vendors + [changed]])
        try await world.fake.forgetCalls()
        world.clock.advance(3_600)
        #expect(try await world.fetch(.vendors).files == 1)
        #expect(try ids(world).sorted() == [1, 2, 3, 4, 5, 9])
        let call = try #require(try await world.fake.contents().calls.first)
        #expect(call.contains("filters[updated_at]=\(CarrierClock.text(mark - 900))..."))
        // The same once more is nothing new.
        #expect(try await world.fetch(.vendors).files == 0)
    }

    @Test func aListThatFailsOnItsWayIsNotSeenAndBegunAgain() async throws {
        let world = try await world()
        try await world.fake.faults([["match": "GET /rest/v1.0/vendors", "do": "status", "status": 403, "skip": 2]])
        #expect(try await world.fetch(.vendors).failed == 1)
        #expect(world.answers == [])
        #expect(try world.ledger.read { try $0.fetched("vendors") } == nil)
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(try ids(world) == [1, 2, 3, 4, 5])
    }

    @Test func whoeverEndsBetweenTheFilesAndTheWatermarkFetchesThemAgain() async throws {
        let world = try await world()
        await #expect(throws: CarrierWorld.Ended.self) {
            try await world.fetch(.vendors, endingAfterPublishing: true)
        }
        #expect(world.answers.count == 3)
        #expect(try world.ledger.read { try $0.fetched("vendors") } == nil)
        // Under names of their own, even in the same second.
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(world.answers.count == 6)
    }

    @Test(arguments: ["cut", "close", "status"])
    func aPageThatDidNotComeWholeIsFetchedAgain(_ fault: String) async throws {
        let world = try await world()
        try await world.fake.faults([
            ["match": "GET /rest/v1.0/vendors", "do": fault, "status": 500, "skip": 1, "times": 2]
        ])
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(try ids(world) == [1, 2, 3, 4, 5])
    }

    @Test func aListThatGrowsMeanwhileIsBegunAnew() async throws {
        let world = try await world()
        try await world.fake.set(["total": false])
        try await world.fake.faults([
            ["match": "GET /rest/v1.0/vendors", "do": "headers", "headers": ["Total": "5"]],
            ["match": "GET /rest/v1.0/vendors", "do": "headers", "headers": ["Total": "6"]],
        ])
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(try ids(world) == [1, 2, 3, 4, 5])
        #expect(try await world.fake.contents().calls.count == 2 + 6)
    }

    /// One record goes and another one comes while the pages are read, so that the number of records says nothing.
    @Test func aRecordThatSlippedFromPageToPageIsNotLost() async throws {
        let world = try await world()
        let added = #"{"id": 6, "name": "Vendor 6", "updated_at": "2020-01-06T00:00:00Z"}"#
        try await world.fake.faults([
            ["match": "GET /rest/v1.0/vendors", "do": "swap", "skip": 1, "add": added]
        ])
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(Set(try ids(world)).isSuperset(of: [2, 3, 4, 5, 6]))
    }

    /// What says that there is more than came is not taken for all.
    @Test(arguments: ["empty", "error", "blank"])
    func aPageThatIsNoneIsNotTheEnd(_ what: String) async throws {
        let world = try await world()
        try await world.fake.set(["link": what == "empty"])
        let body: any Sendable =
            switch what {
            case "empty": [Int]()
            case "error": ["errors": "try again"]
            default: "" as any Sendable
            }
        try await world.fake.faults([
            [
                "match": "GET /rest/v1.0/vendors", "do": "status", "status": 200, "body": body, "skip": 1,
                "headers": ["Total": "5"],
            ]
        ])
        let first = try await world.fetch(.vendors)
        // Either it was noticed and begun anew, or the list is left for the next time; never is a part of it dropped.
        if first.failed > 0 {
            #expect(world.answers == [])
            #expect(try await world.fetch(.vendors).files == 3)
        }
        #expect(try ids(world) == [1, 2, 3, 4, 5])
    }

    /// A wrong clock on either side leaves no gap.
    @Test(arguments: ["ahead", "none"])
    func aWrongClockOfProcoresLeavesNoGap(_ clock: String) async throws {
        let world = try await world()
        try await world.fake.set(["date": clock == "none" ? "none" : "Fri, 01 Jan 2049 00:00:00 GMT"])
        try await world.fetch(.vendors)
        try await world.fake.set(["date": "" as any Sendable])
        let changed: [String: any Sendable] = [
            "id": 9, "name": "New", "updated_at": CarrierClock.text(world.clock.now + 60),
        ]
        try await world.fake.lists(["/rest/v1.0/vendors": Self.vendors + [changed]])
        world.clock.advance(3_600)
        try await world.fetch(.vendors)
        #expect(try ids(world).contains(9))
    }

    @Test func anAnswerThatStandsStillIsGivenUp() async throws {
        let world = try await world()
        world.timeout = .seconds(1)
        try await world.fake.faults([["match": "GET /rest/v1.0/vendors", "do": "stall"]])
        #expect(try await world.fetch(.vendors).files == 3)
        #expect(try ids(world) == [1, 2, 3, 4, 5])
    }

    @Test func anAnswerWithoutEndIsNotKept() async throws {
        let world = try await world()
        world.longestExport = 100
        #expect(try await world.fetch(.vendors).failed == 1)
        #expect(world.answers == [])
        #expect(world.text("logs/plumbline.jsonl").contains("longer than 100 bytes"))
    }

    @Test func numbersThatNobodyCanReckonWithEndNothing() async throws {
        let world = try await world()
        let huge = "-9223372036854775808"
        try await world.fake.faults([
            [
                "match": "GET /rest/v1.0/vendors", "do": "headers",
                "headers": [
                    "X-Rate-Limit-Reset": huge, "X-Rate-Limit-Remaining": "0", "Per-Page": "9223372036854775807",
                ],
            ],
            ["match": "GET /rest/v1.0/vendors", "do": "status", "status": 429, "headers": ["Retry-After": huge]],
        ])
        try await world.fake.set(["expires": 9_223_372_036_854_775_807])
        #expect(try await world.fetch(.vendors).files == 3)
    }

    @Test func anErrorPageInPlaceOfAListIsNotDropped() async throws {
        let world = try await world()
        try await world.fake.faults([["match": "GET /rest/v1.0/vendors", "do": "page", "times": 9]])
        #expect(try await world.fetch(.vendors).failed == 1)
        #expect(world.answers == [])
    }

    @Test func whatListsShowInPartIsFetchedOneByOneUnderItsParentsName() async throws {
        let world = try CarrierWorld()
        try await world.fake.lists(
            json: """
                {"/rest/v1.0/work_order_contracts": [{"id": 71}],
                 "/rest/v1.0/work_order_contracts/71": {"id": 71, "line_items": []},
                 "/rest/v1.0/purchase_order_contracts": [{"id": 72}, {"id": 73}],
                 "/rest/v1.0/purchase_order_contracts/72": {"id": 72, "line_items": []},
                 "/rest/v1.0/projects/225906": {"id": 225906},
                 "/rest/v1.0/projects/225906/budget_changes": [{"id": 81}],
                 "/rest/v1.0/projects/225906/budget_changes/81": {"data": {"id": 81}},
                 "/rest/v1.1/requisitions": [{"id": 91}], "/rest/v1.1/requisitions/91": {"id": 91, "items": []},
                 "/rest/v1.0/change_order_packages": [], "/rest/v1.0/cost_codes": [{"id": 1}],
                 "/rest/v1.0/standard_cost_code_lists": [{"id": 5, "is_erp_list": true}, {"id": 6}],
                 "/rest/v1.0/standard_cost_codes": [{"id": 2}]}
                """)
        try world.payment(1, contract: 71)
        try await world.post()
        let answer = "00000001-contract_payments.response.json"
        let outcome = try await world.fetch(
            .projects, .costCodes, .changes, .commitments, .changeOrders, .requisitions, .payments)
        #expect(outcome.failed == 0)
        let stamp = CarrierClock.stamp(world.clock.now)
        let expected = [
            "project-225906/budget_change-81", "project-225906/cost_codes", "project-225906/project",
            "project-225906/purchase_order_contract-72", "project-225906/requisition-91",
            "project-225906/work_order_contract-71", "project-225906/work_order_contract-71.contract_payments",
            "standard_cost_codes-5",
        ]
        #expect(world.answers.filter { $0 != answer } == expected.map { "\($0).\(stamp).json" }.sorted())
        let context = ExportContext(
            path: "procore/project-225906/work_order_contract-71.contract_payments.\(stamp).json")
        #expect(context.projectID == "225906" && context.commitmentID == "71")
        let calls = try await world.fake.contents().calls
        #expect(calls.contains { $0.contains("/requisitions/91?project_id=225906&view=extended") })
        #expect(calls.contains { $0.contains("standard_cost_code_list_id=5&view=extended") })
        #expect(!calls.contains { $0.contains("standard_cost_code_list_id=6") })
    }

    @Test func oneListThatMayNotBeReadDoesNotKeepTheOthers() async throws {
        let world = try await world()
        let outcome = try await world.fetch(.budgets, .vendors)
        #expect(outcome.failed == 1 && outcome.files == 3)
        #expect(world.text("logs/plumbline.jsonl").contains("budgets/225906"))
    }
}

/// What keeps the secret and the connection safe.
@Suite struct SecretTests {
    @Test func aSecretThatOthersMayReadIsRefused() throws {
        let world = try CarrierWorld()
        for mode in [0o640, 0o604, 0o620, 0o666] {
            try world.write("client_id=app\nclient_secret=hunter2\n", "open", mode: mode)
            let error = #expect(throws: (any Error).self) {
                try ProcoreSecret(file: world.root + "/open", credentialsFolder: nil)
            }
            #expect("\(String(describing: error))".contains("chmod 600"))
            #expect(!"\(String(describing: error))".contains("hunter2"))
        }
        try FileManager.default.createSymbolicLink(
            atPath: world.root + "/link", withDestinationPath: world.root + "/secret")
        #expect(throws: (any Error).self) { try ProcoreSecret(file: world.root + "/link", credentialsFolder: nil) }
    }

    @Test func systemdsCredentialComesFirst() throws {
        let world = try CarrierWorld()
        try world.write("client_id=other\nclient_secret=x\n", "procore", mode: 0o440)
        let secret = try ProcoreSecret(file: world.root + "/secret", credentialsFolder: world.root)
        #expect(secret.clientID == "other")
        #expect(try ProcoreSecret(file: world.root + "/secret", credentialsFolder: "/nowhere").clientID == "app")
    }

    /// A credential that cannot be used is said, rather than another secret taken in its place.
    @Test func aCredentialWithoutALineIsRefused() throws {
        let world = try CarrierWorld()
        try world.write("client_id=other\nclient_secret=\n", "procore", mode: 0o440)
        let error = #expect(throws: (any Error).self) {
            try ProcoreSecret(file: world.root + "/secret", credentialsFolder: world.root)
        }
        #expect("\(String(describing: error))".contains("lacks a line"))
        try world.write("\u{FEFF}client_id=app\r\nclient_secret=x y \r\n", "windows", mode: 0o600)
        let secret = try ProcoreSecret(file: world.root + "/windows", credentialsFolder: nil)
        #expect(secret.clientID == "app" && secret.clientSecret == "x y")
    }

    @Test func nothingGoesInTheClearButToThisMachine() throws {
        for good in [
            "https://api.procore.com", "https://api.procore.com/", "http://localhost:80", "http://127.0.0.1:1",
        ] {
            #expect(throws: Never.self) { try ProcoreAddress(good) }
        }
        for bad in [
            "http://api.procore.com", "http://localhost.example.com", "https://", "api.procore.com",
            "https://user@host", "https://host/path", "http://127.0.0.1.example.com", "https://host?x",
        ] {
            #expect(throws: (any Error).self) { try ProcoreAddress(bad) }
        }
    }

    @Test func oneCarrierServesARoot() throws {
        let world = try CarrierWorld()
        let path = world.root + "/lock"
        var lock: CarrierLock? = try CarrierLock(path: path)
        #expect(throws: (any Error).self) { try CarrierLock(path: path) }
        #expect(lock != nil)
        lock = nil
        #expect(throws: Never.self) { try CarrierLock(path: path) }
    }
}
