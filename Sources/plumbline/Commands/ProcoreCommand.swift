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

            SIGHUP has configuration and secret read again. One that is wrong is refused, and the one before counts.

            Exit status: 0 done; 1 with --once: something could not be posted or fetched; 2 it could not run; 3 without \
            --once: it could not just now, for what may be over in a moment.
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
                let bell = CarrierBell()
                try await ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(
                                service: CarrierService(root: root.root, logger: logger, bell: bell),
                                successTerminationBehavior: .gracefullyShutdownGroup),
                            .init(service: ReloadSignals { bell.ring() }, successTerminationBehavior: .ignore),
                        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                ).run()
            }
        } catch {
            throw once ? couldNotRun(error) : couldNotServe(error)
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

/// The carrier as a service: told to end, it finishes the document in hand, and a wait ends at once. So it does when the
/// configuration is to be read again, and then it begins anew.
private struct CarrierService: Service {
    let root: String
    let logger: Logger
    let bell: CarrierBell

    func run() async throws {
        var clock = CarrierClock.system
        clock.sleep = { [bell] wait in try await cancelWhenGracefulShutdown { try await bell.sleep(for: wait) } }
        do {
            try await cancelWhenGracefulShutdown { [root, logger] in
                try await RootBeginning.waitForOwners(of: [root], logger: logger)
            }
        } catch is CancellationError {
            return
        }
        var setup = try CarrierSetup(root: root, logger: logger, clock: clock)
        while true {
            do {
                try await setup.carry { [bell] in
                    try await $0.run(isEnding: { Task.isShuttingDownGracefully || bell.isRung })
                }
            } catch is CancellationError {
                // A wait that ended early.
            }
            guard !Task.isShuttingDownGracefully, bell.answer() else { return }
            setup.readConfigurationAgain()
        }
    }
}

/// What a carrier of a root is made of.
private struct CarrierSetup {
    /// What the configuration and the secret say of Procore.
    private struct Terms {
        let settings: CarrierSettings
        let secret: ProcoreSecret

        /// - Throws: a `Problem`.
        init(_ configuration: Pipeline.Configuration, root path: String) throws {
            guard let procore = configuration.procore else {
                throw Problem(
                    what: "Nothing says what to carry: plumbline.yaml has no section procore.",
                    remedy:
                        "Write one, such as procore: {projects: [225906]}; without it, Plumbline asks for no internet.")
            }
            let api = try ProcoreAddress(procore.baseURL)
            let login = try ProcoreAddress(procore.loginURL)
            let file = procore.credentials
            secret = try ProcoreSecret(
                file: file.hasPrefix("/") ? file : "\(path)/\(file)",
                credentialsFolder: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
            var settings = CarrierSettings(
                companyID: configuration.settings.companyID, api: api, login: login, projects: procore.projects,
                exports: procore.exports, interval: procore.interval)
            settings.timeout = procore.timeout
            self.settings = settings
        }
    }

    private let path: String
    private var root: CarrierRoot
    private let lock: CarrierLock
    private var terms: Terms
    private let clock: CarrierClock
    private let log: CarrierLog

    /// - Throws: a `Problem`, or what keeps the root from being opened.
    init(root path: String, logger: Logger, clock: CarrierClock) throws {
        self.path = path
        terms = try Terms(Pipeline.Configuration.load(root: path), root: path)
        root = try CarrierRoot(path: path)
        lock = try CarrierLock(path: root.ledgerPath + ".procore.lock")
        self.clock = clock
        log = CarrierLog(path: root.folders.logs + "/plumbline.jsonl", logger: logger, clock: clock)
        if terms.settings.projects.isEmpty {
            logger.warning("procore.projects names no project: only vendors and standard cost codes are fetched")
        }
    }

    /// Reads configuration and secret again, and says what came of it; where one is wrong, those before count.
    mutating func readConfigurationAgain() {
        do {
            var new = terms
            try root.readConfigurationAgain { new = try Terms($0, root: path) }
            terms = new
            log.configurationIsRead()
        } catch {
            guard case .refused(let problem) = ConfigurationReading.refused(because: error) else { return }
            log.configurationIsRefused(problem)
        }
    }

    /// Has a carrier do something, and closes its connections.
    func carry<Result>(_ body: (Carrier) async throws -> Result) async throws -> Result {
        let client = ProcoreClient(terms.settings, terms.secret, clock: clock, log: log)
        let drop = CarrierDrop(folder: root.folders.inbox + "/procore", markers: root.markers)
        let outbox = Outbox(folder: root.folders.outboxProcore, markers: root.markers)
        let carrier = Carrier(
            client, Poster(client, root.ledger, outbox: outbox, drop: drop, log: log),
            Fetcher(client, root.ledger, drop: drop, log: log), root.ledger, log: log,
            isReady: { [root] in try root.requireReady() })
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
