import Foundation
import Testing

/// A pull over SOAP, page by page, served by `plumbline run`; QuickBooks is the stand-in of `../shared/qbsim`.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "../shared/qbsim and lxml")) struct PagedPullTests {
    /// Plays one session.
    private func session(_ root: TestRoot, port: Int, password: String, kill: Int = 0) throws -> (Int32, [String]) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("WebConnector/paging.py").path
        let told = try Tool.run(
            "/usr/bin/env",
            [
                "python3", script, "http://127.0.0.1:\(port)/webconnector", "office", password,
                root.path + "/company.qbs", "\(Tool.shared ?? "")/qbsim", String(kill),
            ])
        return (told.status, told.output.split(separator: "\n").map(String.init))
    }

    /// Has the ledger ask for pages of so many vendors.
    private func pages(of count: Int, _ root: TestRoot) throws {
        let script = """
            import sqlite3, sys
            books = sqlite3.connect(sys.argv[1])
            books.execute("INSERT INTO fact (name, value) VALUES ('page size VendorQuery', ?)", [sys.argv[2]])
            books.commit()
            """
        let told = try Tool.run(
            "/usr/bin/env", ["python3", "-c", script, root.path + "/plumbline.sqlite", String(count)])
        #expect(told.status == 0, "\(told.output)")
    }

    @Test func anIteratorThatIsKilledInItsMiddleIsBegunAnewAndNothingIsMissedOrDoubled() async throws {
        let port = try ServedByRunTests.freePort()
        let root = try TestRoot(ServedByRunTests.yaml(port: port))
        defer { root.remove() }
        let added = try Tool.run(Tool.plumbline, ["webconnector", "add-user", "office", "--root", root.path])
        let password = try #require(added.output.components(separatedBy: "shown this once: ").last)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try root.run("pull", "vendors").status == 0)
        try pages(of: 10, root)

        var server = try root.start()
        defer { if server.isRunning { server.terminate() } }
        #expect(try await root.wait { root.text("logs/plumbline.jsonl").contains("\"event\":\"start\"") })
        let first = try session(root, port: port, password: password, kill: 2)
        #expect(first.0 == 3, "\(first.1)")
        #expect(first.1.contains("VendorQuery Start 10") && first.1.contains("VendorQuery Continue 10"))
        #expect(root.requests.count == 1, "the document waits until all of it is answered")

        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        server = try root.start()
        #expect(
            try await root.wait {
                root.text("logs/plumbline.jsonl").components(separatedBy: "\"event\":\"start\"").count == 3
            })
        let second = try session(root, port: port, password: password)
        #expect(second.0 == 0, "\(second.1)")
        #expect(
            second.1.filter { $0.hasPrefix("VendorQuery") } == [
                "VendorQuery Start 10", "VendorQuery Continue 10", "VendorQuery Continue 5",
            ])
        #expect(root.requests == [])
        #expect(try await root.wait { root.names("inbox/quickbooks").isEmpty && known(root) == 25 })
        let written = root.names("outbox/procore").map { root.text("outbox/procore/\($0)") }.joined()
        for number in 0..<25 {
            #expect(
                written.components(separatedBy: "\"name\": \"Riverton & Sons \(number)\"").count == 2,
                "vendor \(number)")
        }
        let status = try root.run("status", "--json").output
        #expect(status.contains("\"last_user\": \"office\"") || status.contains("\"last_user\":\"office\""))
        #expect(root.text("logs/plumbline.jsonl").contains("\"event\":\"connector session\""))
        server.terminate()
        server.waitUntilExit()
        #expect(server.terminationStatus == 0)
    }

    /// How many vendors the ledger has.
    private func known(_ root: TestRoot) -> Int {
        let script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
        let told = try? Tool.run(
            "/usr/bin/env",
            [
                "python3", "-c", script, root.path + "/plumbline.sqlite",
                "SELECT count(*) FROM record WHERE entity = 'vendors'",
            ])
        return Int(told?.output.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 0
    }
}
