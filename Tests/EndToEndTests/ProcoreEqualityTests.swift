import Foundation
import Testing

/// The whole loop, costs and payments too, once carried by hand and once by `plumbline procore`: the same books in an
/// independent QuickBooks stand-in, the same records with the same `origin_id`s in Procore, every document once.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct ProcoreEqualityTests {
    /// What both sides hold in the end, and what went there.
    private struct Outcome: Equatable {
        var books = Books()
        /// Procore's records with every field, by call and `origin_id`, as one text each.
        var procore: [String] = []
        /// What stood in each document for Procore, by name.
        var documents: [String: String] = [:]
        /// Calls that make or change something, in order.
        var calls: [String] = []
        var states = ""
    }

    private static let samples = Checkout.path + "/Samples/"
    /// The exports as files, and where Procore's API shows each: alone, and in a list of its own.
    private static let shown: [(file: String, path: String, list: String?)] = [
        ("project-310001/work_order_contract-520001", "/rest/v1.0/work_order_contracts/520001", nil),
        ("project-310001/work_order_contract-520002", "/rest/v1.0/work_order_contracts/520002", nil),
        (
            "project-310001/change_order_package-540001", "/rest/v1.0/change_order_packages/540001",
            "/rest/v1.0/change_order_packages"
        ),
        ("project-310001/requisition-560001", "/rest/v1.1/requisitions/560001", "/rest/v1.1/requisitions"),
    ]

    private static func sample(_ name: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: samples + "inbox/" + name)))
    }

    private static func text(_ json: Any) throws -> String {
        String(
            decoding: try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed]),
            as: UTF8.self)
    }

    /// Each export by its path in the inbox, without an ending.
    private static func exports() throws -> [String: Any] {
        let contracts = try #require(try sample("project-310001/commitments.json") as? [Any])
        return [
            "vendors": try sample("vendors.json"), "standard_cost_codes-640": try sample("cost_codes.json"),
            "project-310001/project": try #require((try sample("projects.json") as? [Any])?.first),
            "project-310001/cost_codes": try JSONSerialization.jsonObject(with: Data(HomecomingTests.codes.utf8)),
            shown[0].file: contracts[0], shown[1].file: contracts[1],
            shown[2].file: try sample("project-310001/change_order.json"),
            shown[3].file: try sample("project-310001/invoice.json"),
        ]
    }

    // MARK: - Who carries

    private final class Loop {
        let root: TestRoot
        let fake: ProcoreStandIn
        let referee: SeededReferee
        /// Documents that a person posted, by name.
        private var posted: [String: String] = [:]

        init(isCarried: Bool) throws {
            fake = try ProcoreStandIn()
            try fake.order("_set", #"{"stable": true}"#)
            let yaml = try String(contentsOfFile: ProcoreEqualityTests.samples + "plumbline.yaml", encoding: .utf8)
                .replacing("Job Expenses:Concrete", with: "Job Expenses")
            let carrying = """
                procore:
                  base_url: \(fake.address)
                  login_url: \(fake.address)
                  timeout: 1s
                  projects: [310001]
                  fetch: [vendors, projects, cost_codes, commitments, change_orders, requisitions]
                """
            root = try TestRoot(
                yaml + "\naccount_codes: {\"Job Expenses\": \"03-300\"}\n" + (isCarried ? carrying : ""))
            referee = try SeededReferee(root, edition: .us)
            try FileManager.default.createDirectory(
                atPath: root.path + "/inbox/procore/project-310001", withIntermediateDirectories: true)
            for name in ["companies.csv", "project-310001/budget.csv"] {
                try root.drop(
                    String(contentsOfFile: ProcoreEqualityTests.samples + "inbox/" + name, encoding: .utf8),
                    as: "procore/" + name)
            }
            let secret = root.path + "/procore.credentials"
            try "client_id=app\nclient_secret=pass word&1\n".write(toFile: secret, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        }

        deinit { root.remove() }

        /// Procore has the exports.
        func give(_ exports: [String: Any]) throws {
            var lists: [String: Any] = [
                "/rest/v1.0/vendors": exports["vendors"] ?? [],
                "/rest/v1.0/standard_cost_code_lists": [["id": 640, "is_erp_list": true]],
                "/rest/v1.0/standard_cost_codes": exports["standard_cost_codes-640"] ?? [],
                "/rest/v1.0/projects/310001": exports["project-310001/project"] ?? [],
                "/rest/v1.0/cost_codes": exports["project-310001/cost_codes"] ?? [],
                "/rest/v1.0/purchase_order_contracts": [Any](),
                "/rest/v1.0/work_order_contracts": shown.prefix(2).compactMap { exports[$0.file] },
            ]
            for place in shown {
                lists[place.path] = exports[place.file]
                if let list = place.list { lists[list] = [exports[place.file] ?? []] }
            }
            try fake.order("_lists", ProcoreEqualityTests.text(lists))
        }

        /// Somebody saves the exports.
        func drop(_ exports: [String: Any]) throws {
            for (name, export) in exports {
                try root.drop(ProcoreEqualityTests.text(export), as: "procore/\(name).json")
            }
        }

        /// Has the carrier do everything, however often it takes.
        func carry() throws {
            for _ in 0..<40 {
                let done = try root.run("procore", "--once")
                if done.status == 0 { return }
                #expect(done.status == 1, "\(done.output)")
            }
            Issue.record("It never ended: \(try root.run("status").output)")
        }

        /// Posts each document as a person would, and saves the answer.
        func post() throws {
            for name in root.names("outbox/procore") {
                let text = root.text("outbox/procore/\(name)")
                let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                let request = try #require(document?["request"] as? [String: Any])
                let answer = try fake.call(
                    request["method"] as? String ?? "", request["path"] as? String ?? "",
                    ProcoreEqualityTests.text(request["body"] ?? [:]), token: fake.token())
                try root.drop(answer, as: "procore/\(name.dropLast(5)).response.json")
                try FileManager.default.removeItem(atPath: "\(root.path)/outbox/procore/\(name)")
                posted[name] = text
            }
        }

        /// Takes, has QuickBooks answer and Procore told, until nothing is left.
        func settle(_ deliver: () throws -> Void) throws {
            for _ in 0..<30 {
                try root.run("once")
                if root.names("outbox/quickbooks").isEmpty, root.names("outbox/procore").isEmpty { return }
                if !root.names("outbox/quickbooks").isEmpty { try referee.answer() }
                try deliver()
            }
            Issue.record("It never became quiet.")
        }

        /// Enters costs and a payment directly in QuickBooks.
        func enter() throws {
            let listed = try root.run("trace", "requisitions/560001").output
            let bill = try #require(listed.range(of: "QuickBooks Bill ")).upperBound
            let entries = HomecomingTests.entries(
                vendor: "Ponderosa Survey Co.", bill: String(listed[bill...].prefix { $0 != " " && $0 != "\n" }))
            try enter(entries)
        }

        func enter(_ document: String) throws {
            try document.write(toFile: root.path + "/entries.xml", atomically: true, encoding: .utf8)
            let said = try Tool.run(
                "/usr/bin/env",
                [
                    "python3", (Tool.shared ?? "") + "/qbsim/qbsim.py", "process", root.path + "/entries.xml", "-o",
                    root.path + "/entered.xml", "--company", root.path + "/c.qbs",
                ])
            #expect(said.status == 0, "\(said.output)")
        }

        /// `<TxnID>` that QuickBooks gave the first check that was entered.
        func firstCheck() throws -> String {
            let answer = root.text("entered.xml")
            let open = try #require(answer.range(of: "<TxnID>"))
            return String(answer[open.upperBound...].prefix { $0 != "<" })
        }

        func outcome() throws -> Outcome {
            let has = try fake.order("_contents", "{}")
            var outcome = Outcome()
            for kind in ["payments", "vendors"] {
                outcome.procore += try (has[kind] as? [Any] ?? []).map { try ProcoreEqualityTests.text($0) }
            }
            outcome.procore.sort()
            outcome.calls = (has["calls"] as? [String] ?? []).filter { !$0.hasPrefix("GET") }
            outcome.books = try referee.dump().books
            outcome.documents = posted
            for name in root.names("outbox/procore/.collected") {
                outcome.documents[name] = root.text("outbox/procore/.collected/\(name)")
            }
            let status = try JSONSerialization.jsonObject(with: Data(root.run("status", "--json").output.utf8))
            outcome.states = try ProcoreEqualityTests.text((status as? [String: Any])?["records"] ?? [:])
            #expect(try referee.duplicates() == "")
            return outcome
        }

        private var shown: [(file: String, path: String, list: String?)] { ProcoreEqualityTests.shown }
    }

    /// The whole year: exports, costs and a payment in QuickBooks, then a void.
    private func run(_ loop: Loop, bring: () throws -> Void, deliver: () throws -> Void) throws -> Outcome {
        try bring()
        try loop.settle(deliver)
        try loop.enter()
        let check = try loop.firstCheck()
        #expect(try loop.root.run("pull", "costs", "payments", "--since", "2023-11-01").status == 0)
        try loop.settle(deliver)
        try loop.enter(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <?qbxml version="13.0"?>
            <QBXML><QBXMLMsgsRq onError="stopOnError">
            <TxnVoidRq requestID="1"><TxnVoidType>Check</TxnVoidType><TxnID>\(check)</TxnID></TxnVoidRq>
            </QBXMLMsgsRq></QBXML>
            """)
        #expect(try loop.root.run("pull", "costs", "payments", "--since", "2023-11-01").status == 0)
        try loop.settle(deliver)
        return try loop.outcome()
    }

    private func byHand() throws -> Outcome {
        let loop = try Loop(isCarried: false)
        return try run(loop, bring: { try loop.drop(Self.exports()) }, deliver: { try loop.post() })
    }

    private func carried(_ faults: String? = nil) throws -> Outcome {
        let loop = try Loop(isCarried: true)
        try loop.give(Self.exports())
        if let faults { try loop.fake.order("_faults", faults) }
        return try run(loop, bring: { try loop.carry() }, deliver: { try loop.carry() })
    }

    /// What goes wrong, when, follows from a seed.
    private func faults(_ seed: UInt64) throws -> String {
        var random = SeededRandom(seed: seed)
        let kinds = ["close", "close after", "status", "status after", "page", "cut", "stall"]
        let calls = [
            "POST /rest/v1.0/contract_payments", "PATCH /rest/v1.0/vendors/sync", "PATCH /rest/v1.0/projects",
            "PATCH /rest/v1.0/work_order_contracts", "GET /rest/v1.0/vendors", "GET /rest/v1.1/requisitions",
            "GET /rest/v1.0/contract_payments",
        ]
        return try Self.text(
            calls.map { call in
                [
                    "match": call, "do": kinds[random.below(kinds.count)], "status": 502,
                    "skip": random.below(call.hasPrefix("PATCH") ? 2 : 1), "times": 1,
                ] as [String: Any]
            })
    }

    @Test func booksAndProcoreAreThoseOfTheHandCarriedRun() throws {
        let hand = try byHand()
        let carried = try carried()
        #expect(carried.books == hand.books && !carried.books.bills.isEmpty && !carried.books.payments.isEmpty)
        #expect(carried.procore == hand.procore)
        #expect(carried.documents == hand.documents)
        #expect(carried.states == hand.states)
        // Every document once, in number order: one call each.
        #expect(carried.calls == hand.calls && carried.calls.count == carried.documents.count)
        // Of every kind that Procore is told of.
        for part in [
            "vendors/sync", "projects/sync", "cost_codes/sync", "work_order_contracts/sync",
            "work_order_contracts/520001/line_items/sync", "direct_costs/sync", "direct_costs/line_items/sync",
            "POST /rest/v1.0/contract_payments",
        ] {
            #expect(carried.calls.contains { $0.contains(part) }, "\(part)")
        }
        let disturbed = try (0..<2).map { seed in
            try self.carried(faults(UInt64(seed) + 21))
        }
        for outcome in disturbed {
            #expect(outcome.books == hand.books)
            #expect(outcome.procore == hand.procore)
            #expect(outcome.documents == hand.documents)
            #expect(outcome.states == hand.states)
            #expect(outcome.calls.count > hand.calls.count, "something went wrong on the way")
        }
    }
}
