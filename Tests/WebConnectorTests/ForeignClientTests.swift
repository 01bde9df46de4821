import DropFolder
import Foundation
import Testing

@testable import WebConnector

/// Clients that nobody here wrote, over TLS and our own WSDL. Each needs python3 (or the one that `PLUMBLINE_PYTHON`
/// names) with its module; skipped, visibly, where that is absent.
@Suite struct ForeignClientTests {
    private static let python = ProcessInfo.processInfo.environment["PLUMBLINE_PYTHON"] ?? "python3"

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Clients/session.py").path

    private static func has(_ module: String) -> Bool {
        (try? Program.result("/usr/bin/env", [python, "-c", "import \(module)"]).status) == 0
    }

    /// What each call was answered with.
    private func answers(of kind: String, _ sessions: FakeSessions) async throws -> [String: String] {
        let folder = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
        try writeAtomically(Array(document.utf8), to: folder + "/document.xml")
        await sessions.set(next: .document(path: folder + "/document.xml"))
        await sessions.set(percent: 100)
        var told: [String: String] = [:]
        let certificate = WebConnectorSettings.Certificate(chainPath: files.chain, keyPath: files.key)
        try await TestServer.run(sessions, certificate: certificate) { port in
            let address = "https://localhost:\(port)/webconnector"
            let run = try await Program.run("/usr/bin/env", [Self.python, Self.script, kind, address, files.authority])
            #expect(run.status == 0, "\(run.output)")
            let last = run.output.split(separator: "\n").last ?? ""
            let values = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
            told = values.mapValues { "\($0)" }
        }
        return told
    }

    private let document =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"13.0\"?>\n<QBXML>&#233;&amp;</QBXML>\n"
    private let response =
        "<?xml version=\"1.0\" ?>\n<QBXML><QBXMLMsgsRs>caf\u{e9} &amp; <![CDATA[<b>]]></QBXMLMsgsRs></QBXML>"

    private func check(_ told: [String: String], _ sessions: FakeSessions) async {
        let expected = [
            "serverVersion": "Plumbline test", "clientVersion": "", "ticket": "{1}", "company": "",
            "sendRequestXML": document, "receiveResponseXML": "100", "refused": "100", "connectionError": "done",
            "getLastError": "There is a reason.", "closeConnection": "Closed {1}.",
        ]
        for (name, value) in told { #expect(value == expected[name], "\(name)") }
        #expect(await sessions.sinks.count == 1)
        for sink in await sessions.sinks { #expect(await sink.text == response) }
        #expect(await sessions.told.contains("authenticate ann a<&>b 127.0.0.1"))
        #expect(await sessions.lastSent?.version.major ?? 0 >= 13)
    }

    @Test(.enabled(if: has("zeep"), "needs python3 with zeep")) func zeep() async throws {
        let sessions = FakeSessions()
        let told = try await answers(of: "zeep", sessions)
        #expect(told.count == 10)
        await check(told, sessions)
        #expect(await sessions.told.contains("receive {1} false [0x80040400] [a < b]"))
    }

    @Test(.enabled(if: has("suds"), "needs python3 with suds-community")) func suds() async throws {
        let sessions = FakeSessions()
        let told = try await answers(of: "suds", sessions)
        #expect(told.count == 10)
        await check(told, sessions)
        #expect(await sessions.told.contains("receive {1} false [0x80040400] [a < b]"))
    }

    @Test(.enabled(if: has("qbwc_kit"), "needs python3 with qbwc-kit")) func qbwcKit() async throws {
        let sessions = FakeSessions()
        let told = try await answers(of: "qbwc", sessions)
        #expect(told.count == 5)
        await check(told, sessions)
    }
}
