import Foundation
import Testing

/// `plumbline procore` as a person starts it, against the small Procore of its own tests.
@Suite(.enabled(if: Tool.hasPython)) struct ProcoreCarryingTests {
    private func root(_ fake: ProcoreStandIn, mode: Int = 0o600) throws -> TestRoot {
        let root = try TestRoot(
            TestRoot.yaml + """

                procore:
                  base_url: \(fake.address)
                  login_url: \(fake.address)
                  projects: [225906]
                  fetch: [vendors]
                """)
        let secret = root.path + "/procore.credentials"
        try "client_id=app\nclient_secret=pass word&1\n".write(toFile: secret, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: secret)
        return root
    }

    @Test func itGoesByAConfigurationThatIsReadAgainAndKeepsTheOneBeforeWhereThatIsWrong() async throws {
        let fake = try ProcoreStandIn()
        let root = try root(fake)
        defer { root.remove() }
        try fake.order(
            "_lists",
            #"{"/rest/v1.0/vendors": [{"id": 401101, "name": "Alder"}], "/rest/v1.0/projects/225906": {"id": 225906}}"#)
        let first = root.text("plumbline.yaml")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["procore", "--root", root.path]
        (process.standardError, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        func events(_ name: String) -> Int {
            root.text("logs/plumbline.jsonl").components(separatedBy: "\"event\":\"\(name)\"").count - 1
        }
        func reload(_ yaml: String) throws {
            try yaml.write(toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
            kill(process.processIdentifier, SIGHUP)
        }
        #expect(try await root.wait { root.names("inbox/procore").count == 1 })

        try reload(first.replacing("fetch: [vendors]", with: "fetch: [vendros]"))
        #expect(try await root.wait { events("procore configuration refused") == 1 })
        #expect(root.text("logs/plumbline.jsonl").contains("the one before goes on to count"))
        try reload(first.replacing("company_id: 8089", with: "company_id: 8090"))
        #expect(try await root.wait { events("procore configuration refused") == 2 })
        try reload(TestRoot.yaml)
        #expect(try await root.wait { events("procore configuration refused") == 3 })
        #expect(root.text("logs/plumbline.jsonl").contains("has no section procore"))
        #expect(events("procore configuration read") == 0 && process.isRunning)

        // The wait of an hour ends for what is fetched from now on.
        try reload(first.replacing("fetch: [vendors]", with: "fetch: [vendors, projects]"))
        #expect(try await root.wait { events("procore configuration read") == 1 })
        #expect(try await root.wait { root.names("inbox/procore").count == 2 })
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private func give(_ fake: ProcoreStandIn, _ vendors: String) throws {
        try fake.order("_lists", "{\"/rest/v1.0/vendors\": \(vendors)}")
    }

    @Test func vendorsGoToQuickBooksAndTheirTiesComeBackWithoutAHand() throws {
        let fake = try ProcoreStandIn()
        let root = try root(fake)
        defer { root.remove() }
        try give(fake, #"[{"id": 401101, "name": "Alder Concrete LLC", "synced_to_erp": false}]"#)
        #expect(try root.run("procore", "--once").output.contains("1 file fetched"))
        try root.run("once")
        try root.run("sandbox", "--once")
        try root.run("once")
        #expect(root.names("outbox/procore").count == 1)
        let carried = try root.run("procore", "--once")
        #expect(carried.status == 0)
        #expect(carried.output.contains("1 document posted, 0 left"))
        #expect(root.names("inbox/procore").map { $0.hasSuffix(".response.json") } == [true])
        #expect(try root.run("once").status == 0)
        let receipts = root.receipts.filter { $0.contains("response.json.result.json") }
        #expect(receipts.count == 1)
        #expect(root.text("outbox/results/\(receipts.first ?? "")").contains(#""outcome": "duplicate""#))
        #expect(root.text("logs/plumbline.jsonl").contains(#""event":"procore posted""#))
    }

    /// What a carrier brings is what a person would have dropped.
    @Test func theBooksAreThoseOfFilesThatWereDroppedByHand() throws {
        let fake = try ProcoreStandIn()
        let vendors = try String(contentsOfFile: Checkout.path + "/Samples/inbox/vendors.json", encoding: .utf8)
        try give(fake, vendors)
        let carried = try root(fake)
        let dropped = try TestRoot()
        defer {
            carried.remove()
            dropped.remove()
        }
        #expect(try carried.run("procore", "--once").status == 0)
        try dropped.drop(vendors, as: "procore/vendors.json")
        for root in [carried, dropped] {
            for command in [["once"], ["sandbox", "--once"], ["once"]] {
                _ = try Tool.run(Tool.plumbline, command + ["--root", root.path])
            }
        }
        let books = try [carried, dropped].map { try $0.run("sandbox", "--list").output }
        #expect(books[0] == books[1] && books[0].contains("Vendor"))
        let updates = try [carried, dropped].map { root in
            try root.names("outbox/procore").map { name in
                let json = try JSONSerialization.jsonObject(with: Data(root.text("outbox/procore/\(name)").utf8))
                return (json as? [String: Any])?["request"] as? NSDictionary
            }
        }
        #expect(updates[0] == updates[1] && updates[0].count == 1)
        #expect(try carried.run("procore", "--once").output.contains("0 left"))
        #expect(try carried.run("once").status == 0)
    }

    /// What was done, what waits and what failed is told, with what to do.
    @Test func statusSaysHowProcoreIsCarried() throws {
        let fake = try ProcoreStandIn()
        let root = try root(fake)
        defer { root.remove() }
        let first = try root.run("status").output
        #expect(first.contains("Procore: never asked; 0 documents wait in outbox/procore."))
        // Nobody knows for how long: the carrier may have been set up just now.
        #expect(first.contains("It has not been asked yet: see that plumbline procore runs."))
        #expect(!first.contains("longer than twice"))
        try root.run("once")
        #expect(try root.run("procore", "--once").status == 1)
        let before = try root.run("status").output
        #expect(before.contains("vendors could not be fetched since") && before.contains("procore.fetch"))
        try give(fake, #"[{"id": 401101, "name": "Alder Concrete LLC", "synced_to_erp": false}]"#)
        try root.run("procore", "--once")
        for command in [["once"], ["sandbox", "--once"], ["once"]] {
            _ = try Tool.run(Tool.plumbline, command + ["--root", root.path])
        }
        #expect(try root.run("status").output.contains("1 document waits in outbox/procore"))
        try fake.order("_set", #"{"refusal": "invalid_client"}"#)
        let refused = try root.run("procore", "--once")
        #expect(refused.status == 1 && refused.output.contains("client_id"))
        #expect(try root.run("status").output.contains("Trouble since"))
        try fake.order("_set", #"{"refusal": ""}"#)
        #expect(try root.run("procore", "--once").status == 0)
        let after = try root.run("status").output
        #expect(after.contains("asked last at") && after.contains("posted last at") && after.contains("-vendors.json"))
        #expect(!after.contains("Trouble") && !after.contains("could not be fetched"))
        let json = try JSONSerialization.jsonObject(with: Data(root.run("status", "--json").output.utf8))
        let procore = (json as? [String: Any])?["procore"] as? [String: Any]
        #expect(procore?["configured"] as? Bool == true && procore?["waiting"] as? Int == 0)
        #expect(
            procore?["last_posted"] is String && procore?["trouble"] is NSNull && procore?["late"] as? Bool == false)
    }

    /// The unit as it is delivered, with the paths of this machine.
    @Test func theUnitIsSound() throws {
        let path = Checkout.path + "/packaging/debian/plumbline-procore@.service"
        let unit = try String(contentsOfFile: path, encoding: .utf8)
        #expect(unit.contains("LoadCredential=procore:"))
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else { return }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let copy = folder + "/plumbline-procore@.service"
        try unit.replacing("/usr/bin/plumbline", with: Tool.plumbline).write(
            toFile: copy, atomically: true, encoding: .utf8)
        let said = try Tool.run("/usr/bin/systemd-analyze", ["verify", "--man=no", copy])
        #expect(!said.output.contains("plumbline-procore"), "\(said.output)")
    }

    @Test func withoutItsSectionItDoesNotRun() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let result = try root.run("procore", "--once")
        #expect(result.status == 2)
        #expect(result.output.contains("no section procore"))
    }

    @Test func aSecretThatOthersMayReadStopsIt() throws {
        let fake = try ProcoreStandIn()
        let root = try root(fake, mode: 0o644)
        defer { root.remove() }
        let result = try root.run("procore", "--once")
        #expect(result.status == 2)
        #expect(result.output.contains("chmod 600"))
        #expect(!result.output.contains("pass word"))
    }

    @Test func toldToEndItEndsWell() throws {
        let fake = try ProcoreStandIn()
        let root = try root(fake)
        defer { root.remove() }
        try give(fake, #"[{"id": 401101, "name": "Alder Concrete LLC"}]"#)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.plumbline)
        process.arguments = ["procore", "--root", root.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let end = Date().addingTimeInterval(60)
        while root.names("inbox/procore").isEmpty, Date() < end { usleep(50_000) }
        #expect(!root.names("inbox/procore").isEmpty)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
