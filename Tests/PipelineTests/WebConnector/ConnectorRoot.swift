import Domain
import Foundation
import GRDB
import Logging
import SyncLedger
import Synchronization
import Testing
import WebConnector

@testable import Pipeline

/// A clock that tests set.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_773_000_000)

    var wall: WallClock { WallClock { self.seconds.withLock { $0 } } }

    func pass(_ count: Int64) { seconds.withLock { $0 += count } }
}

/// Roots in scratch folders, and the calls of a Web Connector without a network.
final class ConnectorRoot {
    static let password = "a long password"

    let path: String
    let clock = TestClock()
    /// Whether the server is started anew ahead of every call.
    let restarts: Bool
    private let patience: Double
    private var others: [String] = []
    private var kept: WebConnectorSessions?

    init(restarts: Bool = false, users: [String] = ["office"], company: String = "8089", patience: Double = 25) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("connector-\(UUID().uuidString)").path
        self.restarts = restarts
        self.patience = patience
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("company_id: \(company)\n".utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        for user in users { try add(user) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A hash that costs no time.
    func add(_ user: String) throws {
        try WebConnectorUsers(root: path).add(user, PasswordHash(of: Self.password, rounds: 16, lanes: 1))
    }

    /// Serves another root beside this one.
    func serve(also other: ConnectorRoot) { others.append(other.path) }

    func sessions() throws -> WebConnectorSessions {
        if !restarts, let kept { return kept }
        let new = try WebConnectorSessions(
            roots: [path] + others, clock: clock.wall, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            patience: patience)
        kept = new
        return new
    }

    // MARK: - Folders

    func put(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/outbox/quickbooks/\(name)"))
    }

    func names(_ folder: String, hidden: Bool = false) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return names.filter { hidden ? $0.hasPrefix(".answer") : !$0.hasPrefix(".") }.sorted()
    }

    var outbox: [String] { names("outbox/quickbooks") }
    var inbox: [String] { names("inbox/quickbooks") }

    func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(self.path)/\(path)", encoding: .utf8)
    }

    var ledger: Ledger { get throws { try Ledger(readingFrom: path + "/plumbline.sqlite") } }

    func lease() throws -> Lease? { try ledger.read { try $0.openLease() } }

    /// Keeps everybody else from writing to the ledger, until it is released.
    func lockLedger() throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path + "/plumbline.sqlite", configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return queue
    }

    // MARK: - Calls

    func login(_ user: String = "office") async throws -> Authentication {
        try await sessions().authenticate(user: user, password: Self.password, from: "192.0.2.7")
    }

    /// The ticket of a session that begins.
    func ticket(_ user: String = "office") async throws -> String {
        guard case .session(let ticket, _) = try await login(user) else {
            Issue.record("no session begins")
            return ""
        }
        return ticket
    }

    func ask(_ ticket: String, hcp: String = "", version: Int = 16) async throws -> NextRequest {
        try await sessions().nextRequest(
            SendRequest(
                ticket: ticket, hcpResponse: hcp, companyFileName: "", country: "US",
                version: (major: version, minor: 0)))
    }

    /// The name of the document that goes out; nil: none does.
    func next(_ ticket: String, hcp: String = "") async throws -> String? {
        guard let path = try await path(ticket, hcp: hcp) else { return nil }
        return URL(fileURLWithPath: path).lastPathComponent
    }

    /// The path of the document that goes out, whose bytes are those that stand there; nil: none does.
    func path(_ ticket: String, hcp: String = "") async throws -> String? {
        guard case .document(let path, let bytes) = try await ask(ticket, hcp: hcp) else { return nil }
        #expect(try bytes == nil || bytes == Array(Data(contentsOf: URL(fileURLWithPath: path))))
        return path
    }

    /// The document that goes out, whether it stands in the outbox or was made for this moment; nil: none does.
    func document(_ ticket: String) async throws -> [UInt8]? {
        switch try await ask(ticket) {
        case .document(_, let bytes?): bytes
        case .document(let path, nil): Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        case .made(let bytes): bytes
        case .error: nil
        }
    }

    func receive(
        _ ticket: String, _ response: String?, hresult: String = "", message: String = ""
    ) async throws -> Int {
        let sessions = try sessions()
        var sink: (any ResponseSink)?
        if let response {
            let began = try await sessions.beginResponse(ticket: ticket)
            // In two pieces, as a network brings them.
            let bytes = Array(response.utf8)
            try await began.write(Array(bytes.prefix(bytes.count / 2)))
            try await began.write(Array(bytes.dropFirst(bytes.count / 2)))
            sink = began
        }
        return await sessions.receive(
            ReceivedResponse(ticket: ticket, response: sink, hresult: hresult, message: message))
    }

    func lastError(_ ticket: String) async throws -> String { try await sessions().lastError(ticket: ticket) }

    func close(_ ticket: String) async throws -> String { try await sessions().close(ticket: ticket) }
}

/// Documents and their answers.
enum Sample {
    /// A transaction, which QuickBooks remembers by its message-set id.
    static func bill(_ id: String) -> String {
        """
        <?xml version="1.0"?>
        <?qbxml version="13.0"?>
        <QBXML><QBXMLMsgsRq newMessageSetID="set-\(id)" onError="stopOnError"><BillAddRq requestID="\(id)"><BillAdd/>\
        </BillAddRq></QBXMLMsgsRq></QBXML>
        """
    }

    static func query(_ id: String) -> String {
        """
        <?xml version="1.0"?>
        <?qbxml version="13.0"?>
        <QBXML><QBXMLMsgsRq onError="continueOnError"><VendorQueryRq requestID="\(id)"/></QBXMLMsgsRq></QBXML>
        """
    }

    static func answer(_ id: String, to message: String = "BillAdd", note: String = "Status OK") -> String {
        let set = message == "BillAdd" ? " newMessageSetID=\"set-\(id)\" messageSetStatusCode=\"0\"" : ""
        return """
            <?xml version="1.0" ?>
            <QBXML><QBXMLMsgsRs\(set)><\(message)Rs requestID="\(id)" statusCode="0" statusSeverity="Info" \
            statusMessage="\(note)"></\(message)Rs></QBXMLMsgsRs></QBXML>
            """
    }

    static func hostAndCompany(_ company: String) -> String {
        """
        <?xml version="1.0" ?>
        <QBXML><QBXMLMsgsRs><HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK">\
        <HostRet><ProductName>QuickBooks Premier 2023</ProductName><Country>US</Country>\
        <SupportedQBXMLVersion>13.0</SupportedQBXMLVersion></HostRet></HostQueryRs>\
        <CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet>\
        <CompanyName>\(company)</CompanyName></CompanyRet></CompanyQueryRs></QBXMLMsgsRs></QBXML>
        """
    }
}
