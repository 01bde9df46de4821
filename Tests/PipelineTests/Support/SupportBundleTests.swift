import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// A support bundle of a company that has a mark in every name, text and amount: none of them is in it.
@Suite struct SupportBundleTests {
    /// Words and amounts that stand nowhere but where a company writes them.
    private static let markers = [
        "Zqvendor", "zqcontact", "Zqproject", "zqfile", "Zqaccount", "Zqcustomer", "Zqcompany", "Zqtitle", "zqfolder",
        "zquser", "zqsecret", "zqhost", "zqkey", "ZQ-NUMBER", "zqtypo", "Zqretainage", "zqpath", "8087654", "225977",
        "401977", "786977", "71977", "98765.43", "9876543", "98,765.43",
    ]

    private static let yaml = """
        company_id: 8087654
        quickbooks:
          edition: us
          time_zone: America/Denver
          company: Zqcompany Builders
          income_account: Zqaccount Income
          expense_account: Zqaccount Expenses
          accounts: {"zqkey03": {expense: "Zqaccount:Concrete"}}
          customer: Zqcustomer LLC
          customers: {225977: "Zqcustomer Northgate"}
          retainage_item: Zqretainage
          bank_account: Zqaccount Checking
        review: {payments: {above: 98765.43}}
        tax_rates: {zqkey: 13}
        settle: 2s
        pull: {vendors: 2h}
        webconnector: {serve: false, url: "https://zqhost.example/qb", company_file: 'C:\\zqpath\\Zqcompany.qbw'}
        procore: {credentials: zqsecret.credentials, projects: [225977], interval: 1h}
        """

    private func withBundle(
        yaml: String = Self.yaml, _ body: (_ path: String, _ texts: [String: String]) throws -> Void
    ) async throws {
        let manager = FileManager.default
        let path = ReviewRoot.scratch.appendingPathComponent("bundle-zqpath-\(UUID().uuidString)").path
        defer { try? manager.removeItem(atPath: path) }
        try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        try Data("client_id=zqsecret\nclient_secret=zqsecret\n".utf8).write(
            to: URL(fileURLWithPath: path + "/zqsecret.credentials"))
        if (try? Configuration(yaml: yaml)) != nil { try await Self.fill(path) }
        let bundle = try SupportBundle(root: path, version: "9.9.9", clock: WallClock { 1_796_000_000 }).write()
        let unpacked = path + "/unpacked"
        try manager.createDirectory(atPath: unpacked, withIntermediateDirectories: true)
        try Self.run("tar", "--extract", "--gzip", "--file", bundle, "--directory", unpacked)
        var texts: [String: String] = [:]
        let folder = unpacked + "/plumbline-support"
        for name in try manager.contentsOfDirectory(atPath: folder) {
            texts[name] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        }
        // What tar writes beside the files themselves: names, owners.
        try Self.run("gzip", "--decompress", "--keep", "--force", bundle)
        let whole = try #require(manager.contents(atPath: String(bundle.dropLast(3))))
        texts["(archive)"] = String(decoding: whole, as: UTF8.self)
        try body(bundle, texts)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments)")
    }

    /// Files, answers and trouble with marks in them.
    private static func fill(_ path: String) async throws {
        let folders = RootFolders(root: path)
        try folders.create()
        let clock = WallClock { 1_795_999_000 }
        func drop(_ name: String, _ text: String) throws {
            let place = URL(fileURLWithPath: folders.inbox + "/" + name)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
        try drop(
            "procore/zqfolder/zqfile-vendors.json",
            #"[{"id": 401977, "name": "Zqvendor Concrete", "email_address": "zqcontact@zqhost.example"}, {"id": 401978, "#
                + #""name": "Zqvendor 家"}]"#)
        try drop("procore/projects-zqfile.json", #"[{"id": 225977, "name": "Zqproject Harbor", "active": true}]"#)
        try drop("procore/zqfile-broken.json", #"[{"id": 401979, "name": "Zqvendor Half"#)
        try drop(
            "procore/commitments-zqfile.json",
            """
            {"id": 786977, "accounting_method": "amount", "grand_total": "98765.43", "inclusions": "", "executed": true,
             "number": "ZQ-NUMBER", "title": "Zqtitle", "status": "Approved", "vendor": {"id": 401999},
             "project": {"id": 225977}, "line_items": [{"id": 71977, "amount": "98765.43", "description": "Zqtitle",
               "cost_code": {"id": 2, "full_code": "zqkey03"}}]}
            """)
        try drop("quickbooks/zqfile.error.txt", "hresult=0x80040400\nmessage=Zqcompany said no\n")
        let root = try OpenRoot(path: path)
        try FixtureRun.answerCompany(root)
        root.close()
        let opened = try OpenRoot(path: path)
        defer { opened.close() }
        _ = try await RootWorker(opened, clock: clock).once()
        let journal = try Journal(folders)
        try journal.event(
            "connector session", at: "2026-11-29T21:05:09Z",
            [
                ("user", .string("zquser")), ("answered", .number("3")), ("waiting", .number("1")),
                ("what", .string("zquser took 3 documents of Zqcompany.")), ("zqtypo", .string("zqtypo")),
            ])
        try journal.event("zqtypo Event!", at: "zqtypo", [("outcome", .string("zqtypo"))])
    }

    @Test func nothingOfTheCompanysOwnIsInIt() async throws {
        try await withBundle { path, texts in
            #expect(throws: Never.self) { try Configuration(yaml: Self.yaml) }
            #expect(texts.count == 9)
            for (name, text) in texts {
                // Names of this machine, unless they are words that stand everywhere.
                let own = [NSUserName(), ProcessInfo.processInfo.hostName].filter {
                    $0.count > 4 && !["localhost", "plumbline"].contains($0)
                }
                let markers = Self.markers + own
                let found = markers.filter { text.lowercased().contains($0.lowercased()) }
                #expect(found == [], "in \(name)")
            }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            #expect(path.hasSuffix("/plumbline-support-20261130T005320Z.tar.gz"))
            let left = try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
            #expect(!left.contains { $0.hasPrefix(".plumbline-support") })
        }
    }

    @Test func whatHelpsIsInIt() async throws {
        try await withBundle { _, texts in
            let configuration = try #require(texts["configuration.json"])
            for part in [
                #""edition": "us""#, #""time_zone": "America/Denver""#, #""settle": "2s""#, #""vendors": "2h""#,
                #""company": "(text)""#, #""company_id": "(number)""#, #""(key 1)": "#, #""interval": "1h""#,
            ] {
                #expect(configuration.contains(part), "\(part)")
            }
            let ledger = try #require(texts["ledger.json"])
            for part in [
                #""16 dollars of both sides""#, #""record: vendors: queued": 1"#, #""record: commitments: held": 1"#,
                #""turned away: vendors: refused": 1"#, #""file: rejected: 2": "#, #""wait: vendors": 1"#,
                #""page_size": 8192"#,
            ] {
                #expect(ledger.contains(part), "\(part)")
            }
            let events = try #require(texts["events.jsonl"])
            #expect(events.contains(#""event":"file""#) && events.contains(#""outcome":"rejected""#))
            #expect(
                events.contains(
                    #"{"answered":3,"event":"connector session","level":"info","time":"2026-11-29T21:05:09Z""#))
            #expect(texts["folders.json"]?.contains(#""inbox/rejected""#) == true)
            #expect(texts["versions.json"]?.contains(#""plumbline": "9.9.9""#) == true)
            #expect(texts["doctor.json"]?.contains(#""about": "inotify""#) == true)
            #expect(texts["health.json"]?.contains(#""health": "failing""#) == true, "nobody serves it")
        }
    }

    @Test func aConfigurationThatCannotBeReadGivesABundleToo() async throws {
        try await withBundle(yaml: "company_id: 8087654\nzqtypo: Zqcompany\nquickbooks: {zqtypo: {zqkey: 1}}\n") {
            _, texts in
            let configuration = try #require(texts["configuration.json"])
            #expect(configuration.contains(#""(key 1)": "(text)""#))
            #expect(texts["health.json"]?.contains(#""configuration_is_read": false"#) == true)
            for (name, text) in texts {
                let found = Self.markers.filter { text.contains($0) }
                #expect(found == [], "in \(name)")
            }
        }
        try await withBundle(yaml: "{zqtypo: [") { _, texts in
            #expect(texts["configuration.json"]?.contains("is not valid YAML") == true)
        }
    }

    @Test func aWordIsOursOrAMark() {
        let mask = BundleMask()
        for word in ["held", "commitments", "3100", "-1", "matching vendors", "tied by hand"] {
            #expect(mask.word(word) == word)
        }
        for word in ["Alder", "matching Alder", "held Alder", "12345678", "", "vendors/401104"] {
            #expect(mask.word(word).wholeMatch(of: /#[0-9a-f]{16}/) != nil, "\(word)")
        }
        #expect(mask.mark("Alder") == mask.mark("Alder") && mask.mark("Alder") != mask.mark("Birch"))
        #expect(BundleMask().mark("Alder") != mask.mark("Alder"), "of another bundle")
    }

    /// Every kind of event that the ledger keeps is a word of ours: one that is new is added to the mask.
    @Test func noEventOfOursBecomesAMark() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
        var kinds: Set<String> = []
        for case let name as String in FileManager.default.enumerator(atPath: sources.path) ?? .init() {
            guard name.hasSuffix(".swift") else { continue }
            let code = try String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
            kinds.formUnion(code.matches(of: /addEvent\(\s*"([A-Za-z ]+)"/).map { String($0.1) })
        }
        #expect(kinds.count > 10)
        #expect(kinds.subtracting(BundleMask.words) == [])
    }
}
