import Logging
import Pipeline
import ServiceLifecycle
import UnixSignals

/// Has something done at each SIGHUP: the logs were rotated, or the configuration is another one.
struct ReloadSignals: Service {
    private let reload: @Sendable () async -> Void

    init(_ reload: @escaping @Sendable () async -> Void) { self.reload = reload }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }
}

extension ConfigurationReading {
    /// Says it in the process's own log.
    func log(_ root: String, to logger: Logger) {
        switch self {
        case .taken: logger.info("\(root): plumbline.yaml was read again, and counts from now on.")
        case .refused(let problem): logger.error("\(root): \(problem.what) \(problem.remedy)")
        }
    }
}
