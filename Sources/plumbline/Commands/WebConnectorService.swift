import Domain
import Logging
import Pipeline
import ServiceLifecycle
import WebConnector

/// The Web Connector's server beside the roots that are watched in the same process.
///
/// What keeps it from beginning ends the process, as everything does that is wrong at a start. Once it has listened, a
/// fault of its is told and it begins anew: the roots go on without it.
struct WebConnectorService: Service {
    private let server: WebConnectorServer
    private let sessions: WebConnectorSessions
    private let listening: Listening
    private let logger: Logger

    /// The server of these roots.
    /// - Throws: what keeps a root from being served; a `Problem` where a certificate cannot be read.
    init(roots: [String], _ configuration: WebConnectorConfiguration, logger: Logger) throws {
        let listening = Listening()
        sessions = try WebConnectorSessions(roots: roots, logger: logger)
        server = try WebConnectorServer(
            settings: WebConnectorSettings(configuration, roots: roots), version: Plumbline.version, sessions: sessions,
            logger: logger
        ) { _ in await listening.begin() }
        self.listening = listening
        self.logger = logger
    }

    /// Has each root's configuration read again; what is wrong with one is told by who watches the root.
    func readConfigurationsAgain() async { await sessions.readConfigurationsAgain() }

    /// Waits until it listens, or the process is told to end.
    /// - Returns: whether it listens.
    func isListening() async -> Bool { await listening.wait() }

    func run() async throws {
        var pause = Duration.seconds(1)
        while true {
            do {
                try await server.run()
            } catch {
                guard await listening.hasBegun else { throw error }
                logger.error(
                    "The Web Connector is not served for \(pause.components.seconds) s: \(explanation(of: error))")
            }
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
            try? await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
            pause = min(pause * 2, .seconds(60))
        }
    }

    /// Whether the server has listened.
    private actor Listening {
        private(set) var hasBegun = false
        private let begun = AsyncStream.makeStream(of: Void.self)

        func begin() {
            hasBegun = true
            begun.continuation.finish()
        }

        nonisolated func wait() async -> Bool {
            for await _ in begun.stream.cancelOnGracefulShutdown() {}
            return await hasBegun
        }
    }
}
