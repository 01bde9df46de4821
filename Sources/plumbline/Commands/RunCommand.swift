import ArgumentParser
import Pipeline
import ServiceLifecycle
import UnixSignals

/// Watches until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Watch the inbox until SIGTERM or SIGINT; SIGHUP reopens the logs.")

    @Option(
        name: .customLong("root"),
        help: "A company's folder; may be repeated. Without one: the roots of ./plumbline.yaml, else this folder.")
    var roots: [String] = []

    func run() async throws {
        let logger = makeLogger()
        let mailbox = Mailbox()
        let chosen: [String]
        do {
            chosen = roots.isEmpty ? try Pipeline.Configuration.roots(listedIn: ".") ?? ["."] : roots
        } catch {
            throw couldNotRun(error)
        }
        let manager = ServiceManager(logger: logger)
        let daemon = Daemon(roots: chosen, mailbox: mailbox, logger: logger) { manager.told.yield($0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: DaemonService(daemon: daemon, mailbox: mailbox),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: LogRotation(mailbox: mailbox)),
                    .init(service: manager),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            throw couldNotRun(error)
        }
    }
}

/// The daemon as a service: a graceful shutdown is a letter to it, so that the file in hand is finished.
private struct DaemonService: Service {
    let daemon: Daemon
    let mailbox: Mailbox

    func run() async throws {
        let mailbox = mailbox
        try await withGracefulShutdownHandler {
            try await daemon.run()
        } onGracefulShutdown: {
            Task { await mailbox.put(.end) }
        }
    }
}

/// SIGHUP says that the logs were rotated.
private struct LogRotation: Service {
    let mailbox: Mailbox

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await mailbox.put(.reopenLogs) }
    }
}
