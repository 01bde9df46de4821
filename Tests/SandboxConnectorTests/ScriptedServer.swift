import Foundation
import Sandbox
import Testing
import WebConnector

@testable import SandboxConnector

/// A server that answers each call with what it was told, the last of it again and again, and remembers what came.
actor ScriptedServer {
    /// What a call meets.
    enum Step: Sendable {
        case text(String)
        case strings([String])
        case number(Int)
        /// No answer comes.
        case broken
    }

    struct Gone: Error {}

    private var steps: [Call: [Step]]
    private(set) var messages: [CallMessage] = []

    /// A server whose answers are those of an empty session, but for these.
    init(_ steps: [Call: [Step]]) {
        let usual: [Call: [Step]] = [
            .serverVersion: [.text("9")], .clientVersion: [.text("")], .authenticate: [.strings(["{1}", ""])],
            .sendRequestXML: [.text("")], .receiveResponseXML: [.number(100)], .connectionError: [.text("done")],
            .getLastError: [.text("There is a reason.")], .closeConnection: [.text("OK")],
        ]
        self.steps = usual.merging(steps) { $1 }
    }

    var calls: [String] { messages.map(\.call.rawValue) }

    func messages(_ call: Call) -> [CallMessage] { messages.filter { $0.call == call } }

    func answer(_ message: CallMessage) throws -> Answer {
        messages.append(message)
        let step = steps[message.call]?.first
        if steps[message.call]?.count ?? 0 > 1 { steps[message.call]?.removeFirst() }
        switch step {
        case .text(let text): return .text(text)
        case .strings(let texts): return .strings(texts)
        case .number(let number): return .number(number)
        case .broken, nil: throw WireTrouble(Gone(), at: "localhost:1")
        }
    }
}

/// One update against a scripted server, with a company in a scratch folder.
struct PlayedUpdate {
    let server: ScriptedServer
    /// What was said.
    var lines: [String] = []
    /// Nil: it threw.
    var outcome: ConnectorOutcome?
    var refusal: String?
    var waits: [Duration] = []
    /// The names of the vendors that the company has afterwards.
    var vendors: [String] = []

    /// Plays it.
    init(
        _ steps: [Call: [ScriptedServer.Step]], faults: [String] = [], endsAfter documents: Int = .max
    ) async throws {
        let server = ScriptedServer(steps)
        self.server = server
        let folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "company.sqlite").path
        let company = try SandboxCompany(path: path, edition: .us)
        let (said, saying) = AsyncStream<String>.makeStream()
        let (waited, waiting) = AsyncStream<Duration>.makeStream()
        let update = ConnectorUpdate(
            login: ConnectorLogin(user: "books", password: "a-secret-word"),
            desk: ConnectorDesk(company, path: path, faults: try faults.map { try SandboxFault($0) }),
            ask: { try await server.answer($0) }, say: { saying.yield($0) },
            isEnding: { Ending.reached(path, documents) }, sleep: { waiting.yield($0) })
        do {
            outcome = try await update.run()
        } catch let refused as LoginRefused {
            refusal = refused.problem.what
        }
        saying.finish()
        waiting.finish()
        for await line in said { lines.append(line) }
        for await wait in waited { waits.append(wait) }
        vendors = try company.contents().filter { $0.type == "Vendor" }.map(\.fullName)
    }
}

/// Whether a company has so many vendors: a signal that comes between two documents.
private enum Ending {
    static func reached(_ path: String, _ count: Int) -> Bool {
        guard count < .max, let company = try? SandboxCompany(path: path, edition: .us) else { return false }
        return ((try? company.contents()) ?? []).filter { $0.type == "Vendor" }.count >= count
    }
}

/// A document that adds a vendor.
func adding(_ name: String, requestID: String = "1") -> String {
    """
    <?xml version="1.0" encoding="utf-8"?>
    <?qbxml version="13.0"?>
    <QBXML><QBXMLMsgsRq onError="continueOnError"><VendorAddRq requestID="\(requestID)"><VendorAdd><Name>\(name)</Name>\
    </VendorAdd></VendorAddRq></QBXMLMsgsRq></QBXML>
    """
}
