import DropFolder
import Foundation
import Logging
import Procore
import Synchronization
import SyncLedger

@testable import ProcoreCarrier

/// A clock that stands still but where somebody sleeps.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_790_000_000)

    var now: Int64 { seconds.withLock { $0 } }

    func advance(_ by: Int64) { seconds.withLock { $0 += by } }

    var carrier: CarrierClock {
        CarrierClock(
            now: { self.now }, sleep: { self.advance(max(0, $0.components.seconds)) }, random: { 0.5 })
    }
}

/// Folders and a ledger in a scratch folder, and a small Procore.
final class CarrierWorld {
    /// A stand-in for the death of the process.
    struct Ended: Error {}

    let root: String
    let fake: FakeProcore
    let ledger: Ledger
    let clock = TestClock()
    var timeout = Duration.seconds(30)
    var pageSize = 2
    var longestExport = 1 << 20

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("carrier-\(UUID().uuidString)").path
        for folder in ["inbox/procore", "outbox/procore/.staging", "logs"] {
            try FileManager.default.createDirectory(
                atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        fake = try FakeProcore()
        ledger = try Ledger(path: root + "/plumbline.sqlite")
        try write("client_id=app\nclient_secret=pass word&1\n", "secret", mode: 0o600)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, _ name: String, mode: Int = 0o644) throws {
        try text.write(toFile: "\(root)/\(name)", atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(root)/\(name)")
    }

    func names(_ folder: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
        var names: [String] = []
        while let name = all?.nextObject() as? String {
            if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    func text(_ name: String) -> String { (try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)) ?? "" }

    var answers: [String] { names("inbox/procore") }
    var outbox: [String] { names("outbox/procore") }

    // MARK: - Documents

    func document(_ number: Int, _ kind: String, _ method: String, _ path: String, _ body: String) throws {
        let name = String(repeating: "0", count: 8 - String(number).count) + "\(number)-\(kind).json"
        try write(
            """
            {"request": {"method": "\(method)", "path": "\(path)", "body": \(body)}, "entity": "\(kind)",
             "sequence": \(number), "idempotency_key": "k\(number)", "source": []}

            """, "outbox/procore/\(name)")
    }

    /// A payment that Procore is to make.
    func payment(_ number: Int, origin: String = "8000-1|9000-1", contract: Int = 786001) throws {
        try document(
            number, "contract_payments", "POST", "/rest/v1.0/contract_payments",
            """
            {"project_id": 225906, "contract_id": \(contract), "contract_payment": {"amount": "10.00", "origin_id": "\(origin)"}}
            """)
    }

    /// A vendor that Procore is to make or to change.
    func vendor(_ number: Int, origin: String = "80000001-1", name: String = "Alder") throws {
        try document(
            number, "vendors", "PATCH", "/rest/v1.0/vendors/sync",
            #"{"company_id": 8089, "updates": [{"origin_id": "\#(origin)", "name": "\#(name)"}]}"#)
    }

    // MARK: - Carrying

    func settings(_ address: String? = nil) throws -> CarrierSettings {
        let server = try ProcoreAddress(address ?? fake.address)
        var settings = CarrierSettings(
            companyID: "8089", api: server, login: server, projects: ["225906"], exports: [], interval: .seconds(60))
        settings.timeout = timeout
        settings.pageSize = pageSize
        settings.longestExport = longestExport
        return settings
    }

    /// Does something with a client of its own, as a new process would.
    func withClient<Result>(
        _ settings: CarrierSettings, secret: String = "secret",
        _ body: (ProcoreClient, CarrierLog) async throws -> Result
    ) async throws -> Result {
        let log = CarrierLog(
            path: root + "/logs/plumbline.jsonl", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock.carrier)
        let secret = try ProcoreSecret(file: "\(root)/\(secret)", credentialsFolder: nil)
        let client = ProcoreClient(settings, secret, clock: clock.carrier, log: log)
        do {
            let result = try await body(client, log)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Posts what is there, as a new process; it ends behind a step where one is named.
    @discardableResult
    func post(
        endingAfter step: Poster.Step? = nil, at address: String? = nil
    ) async throws -> Poster.Outcome {
        try await withClient(settings(address)) { client, log in
            let poster = Poster(
                client, ledger, outbox: Outbox(folder: root + "/outbox/procore"),
                drop: CarrierDrop(folder: root + "/inbox/procore"), log: log,
                afterStep: { done, _ in if done == step { throw Ended() } })
            return try await poster.pass()
        }
    }

    /// Fetches, as a new process; it ends between the files of a list and its watermark where that is asked.
    @discardableResult
    func fetch(
        _ exports: ProcoreExport..., endingAfterPublishing: Bool = false
    ) async throws -> Fetcher.Outcome {
        var settings = try settings()
        settings.exports = exports
        return try await withClient(settings) { client, log in
            let fetcher = Fetcher(
                client, ledger, drop: CarrierDrop(folder: root + "/inbox/procore"), log: log,
                afterPublishing: { if endingAfterPublishing { throw Ended() } })
            return try await fetcher.pass()
        }
    }
}
