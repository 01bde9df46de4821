import ArgumentParser
import Domain
import DropFolder
import Foundation
import Logging
import Pipeline
import ProcoreCarrier
import ServiceLifecycle
import SyncLedger

/// Carries files between the folders and Procore's API, where `procore:` in `plumbline.yaml` says so.
struct ProcoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "procore",
        abstract: "Post outbox/procore to Procore, and fetch exports into inbox/procore, until SIGTERM or SIGINT.",
        discussion: """
            Runs beside plumbline run, where procore: in plumbline.yaml says what to fetch. The client id and the client \
            secret stand in a file with mode 0600, procore.credentials in the root unless procore.credentials names \
            another one, or in systemd's credential named procore.

            Exit status: 0 done; 1 with --once: something could not be posted or fetched; 2 it could not run.
            """)

    @OptionGroup var root: RootOption

    @Flag(help: "Post and fetch once, and end.")
    var once = false

    func run() async throws {
        let logger = makeLogger(quiet: once)
        let outcome: Carrier.Outcome?
        do {
            if once {
                outcome = try await CarrierSetup(root: root.root, logger: logger, clock: .system).carry {
                    try await $0.once()
                }
            } else {
                outcome = nil
                try await ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(
                                service: CarrierService(root: root.root, logger: logger),
                                successTerminationBehavior: .gracefullyShutdownGroup)
                        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                ).run()
            }
        } catch {
            throw couldNotRun(error)
        }
        guard let outcome else { return }
        print(
            "\(Self.count(outcome.answered, "document")) posted, \(outcome.left) left; "
                + "\(Self.count(outcome.files, "file")) fetched."
                + (outcome.isWell ? "" : " Not all could be done: plumbline status says why."))
        if let trouble = outcome.trouble { print(trouble) }
        if !outcome.isWell { throw ExitCode(1) }
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
}

/// The carrier as a service: told to end, it finishes the document in hand, and a wait ends at once.
private struct CarrierService: Service {
    let root: String
    let logger: Logger

    func run() async throws {
        var clock = CarrierClock.system
        clock.sleep = { wait in try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) } }
        do {
            try await CarrierSetup(root: root, logger: logger, clock: clock).carry {
                try await $0.run(isEnding: { Task.isShuttingDownGracefully })
            }
        } catch is CancellationError {
            return
        }
    }
}

/// What a carrier of a root is made of.
private struct CarrierSetup {
    private let root: CarrierRoot
    private let lock: CarrierLock
    private let settings: CarrierSettings
    private let secret: ProcoreSecret
    private let clock: CarrierClock
    private let log: CarrierLog

    /// - Throws: a `Problem`, or what keeps the root from being opened.
    init(root path: String, logger: Logger, clock: CarrierClock) throws {
        let configuration = try Pipeline.Configuration.load(root: path)
        guard let procore = configuration.procore else {
            throw Problem(
                what: "Nothing says what to carry: plumbline.yaml has no section procore.",
                remedy: "Write one, such as procore: {projects: [225906]}; without it, Plumbline asks for no internet.")
        }
        let api = try ProcoreAddress(procore.baseURL)
        let login = try ProcoreAddress(procore.loginURL)
        let file = procore.credentials
        secret = try ProcoreSecret(
            file: file.hasPrefix("/") ? file : "\(path)/\(file)",
            credentialsFolder: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
        root = try CarrierRoot(path: path)
        lock = try CarrierLock(path: root.ledgerPath + ".procore.lock")
        var settings = CarrierSettings(
            companyID: configuration.settings.companyID, api: api, login: login, projects: procore.projects,
            exports: procore.exports, interval: procore.interval)
        settings.timeout = procore.timeout
        self.settings = settings
        self.clock = clock
        log = CarrierLog(path: root.folders.logs + "/plumbline.jsonl", logger: logger, clock: clock)
        if procore.projects.isEmpty {
            logger.warning("procore.projects names no project: only vendors and standard cost codes are fetched")
        }
    }

    /// Has a carrier do something, and closes its connections.
    func carry<Result>(_ body: (Carrier) async throws -> Result) async throws -> Result {
        let client = ProcoreClient(settings, secret, clock: clock, log: log)
        let drop = CarrierDrop(folder: root.folders.inbox + "/procore", markers: root.markers)
        let outbox = Outbox(folder: root.folders.outboxProcore, markers: root.markers)
        let carrier = Carrier(
            client, Poster(client, root.ledger, outbox: outbox, drop: drop, log: log),
            Fetcher(client, root.ledger, drop: drop, log: log), root.ledger, log: log,
            isReady: { try root.requireReady() })
        do {
            let result = try await body(carrier)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}
