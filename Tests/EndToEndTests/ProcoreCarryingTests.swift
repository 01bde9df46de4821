import Foundation
import Testing

/// `plumbline procore` as a person starts it, against the small Procore of its own tests.
@Suite(.enabled(if: Tool.hasPython)) struct ProcoreCarryingTests {
    /// The small Procore as a process; it ends with this object.
    private final class Fake {
        private let process = Process()
        private let input = Pipe()
        let address: String

        init() throws {
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", Checkout.path + "/Tests/ProcoreCarrierTests/fake_procore.py"]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            let line = output.fileHandleForReading.availableData
            address = "http://127.0.0.1:" + String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        }

        deinit {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
    }

    private func root(_ fake: Fake, mode: Int = 0o600) throws -> TestRoot {
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

    private func give(_ fake: Fake, _ vendors: String) throws {
        let result = try Tool.run(
            "/usr/bin/curl",
            ["-s", "-X", "POST", "-d", "{\"/rest/v1.0/vendors\": \(vendors)}", fake.address + "/_lists"])
        try #require(result.status == 0)
    }

    @Test func vendorsGoToQuickBooksAndTheirTiesComeBackWithoutAHand() throws {
        let fake = try Fake()
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
        let receipts = root.names("outbox/results").filter { $0.contains("response.json.result.json") }
        #expect(receipts.count == 1)
        #expect(root.text("outbox/results/\(receipts.first ?? "")").contains(#""outcome": "duplicate""#))
        #expect(root.text("logs/plumbline.jsonl").contains(#""event":"procore posted""#))
    }

    /// What a carrier brings is what a person would have dropped.
    @Test func theBooksAreThoseOfFilesThatWereDroppedByHand() throws {
        let fake = try Fake()
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

    @Test func withoutItsSectionItDoesNotRun() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let result = try root.run("procore", "--once")
        #expect(result.status == 2)
        #expect(result.output.contains("no section procore"))
    }

    @Test func aSecretThatOthersMayReadStopsIt() throws {
        let fake = try Fake()
        let root = try root(fake, mode: 0o644)
        defer { root.remove() }
        let result = try root.run("procore", "--once")
        #expect(result.status == 2)
        #expect(result.output.contains("chmod 600"))
        #expect(!result.output.contains("pass word"))
    }

    @Test func toldToEndItEndsWell() throws {
        let fake = try Fake()
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
