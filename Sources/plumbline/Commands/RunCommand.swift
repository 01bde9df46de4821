import ArgumentParser
import Logging
import Pipeline
import ServiceLifecycle

/// Watches until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Watch the inbox until SIGTERM or SIGINT; SIGHUP reads the configuration again.",
        discussion: """
            With serve: true below webconnector: in plumbline.yaml it serves outbox/quickbooks to the QuickBooks Web \
            Connector as well, in the same process.

            SIGHUP reopens the logs too. A configuration that is wrong is refused, and the one before counts.

            Exit status: 0 ended by a signal; 2 it could not run; 3 it could not just now, for \
            what may be over in a moment, such as a full disk.
            """)

    @Option(
        name: .customLong("root"),
        help: "A company's folder; may be repeated. Without one: the roots of ./plumbline.yaml, else this folder.")
    var roots: [String] = []

    func run() async throws {
        let logger = makeLogger()
        do {
            let listed = roots.isEmpty ? try ListedRoots(in: ".") : nil
            let chosen = listed?.roots ?? (roots.isEmpty ? ["."] : roots)
            let configuration = try WebConnectorConfiguration.deciding(
                roots: chosen, listedIn: listed == nil ? nil : ".")
            if configuration.serve { try await RootBeginning.waitForOwners(of: chosen, logger: logger) }
            let server =
                configuration.serve
                ? try WebConnectorService(roots: chosen, configuration, logger: logger) : nil
            try await group(chosen, listed, server, logger).run()
        } catch {
            throw couldNotServe(error)
        }
    }

    /// What runs together. It is ended from the last to the first.
    private func group(
        _ roots: [String], _ listed: ListedRoots?, _ server: WebConnectorService?, _ logger: Logger
    ) -> ServiceGroup {
        let mailbox = Mailbox()
        let manager = ServiceManager(logger: logger)
        let watching = Daemon(roots: roots, listed: listed, mailbox: mailbox, logger: logger) {
            manager.told.yield($0)
        }
        let daemon = DaemonService(daemon: watching, mailbox: mailbox, server: server)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup),
            .init(
                service: ReloadSignals {
                    mailbox.put(.reload)
                    await server?.readConfigurationsAgain()
                }), .init(service: manager),
        ]
        if let server { services.append(.init(service: server, successTerminationBehavior: .ignore)) }
        return ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    }
}

/// The daemon as a service: a graceful shutdown is a letter to it, so that the file in hand is finished.
private struct DaemonService: Service {
    let daemon: Daemon
    let mailbox: Mailbox
    /// Begins first: what keeps it from that is told before anything is taken.
    let server: WebConnectorService?

    func run() async throws {
        if let server, await !server.isListening() { return }
        let mailbox = mailbox
        try await withGracefulShutdownHandler {
            try await daemon.run()
        } onGracefulShutdown: {
            mailbox.put(.end)
        }
    }
}
