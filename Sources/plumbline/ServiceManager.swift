import DropFolder
import Foundation
import Logging
import Pipeline
import ServiceLifecycle

/// Tells systemd how the daemon is, where it asked to be told (`Type=notify`, `WatchdogSec=`); otherwise it does nothing.
struct ServiceManager: Service {
    /// Takes what the daemon tells after each pass; of many that nobody has told yet only the newest count.
    let told: AsyncStream<DaemonState>.Continuation
    private let states: AsyncStream<DaemonState>
    private let socket: NotifySocket?
    private let watchdog: Duration?
    private let logger: Logger

    /// - Parameter environment: `NOTIFY_SOCKET`, and `WATCHDOG_USEC` in microseconds, which counts only for the process
    ///   that `WATCHDOG_PID` names.
    init(_ environment: [String: String] = ProcessInfo.processInfo.environment, logger: Logger) {
        (states, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
        socket = NotifySocket(environment["NOTIFY_SOCKET"])
        let isMeant =
            environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) } ?? true
        watchdog = isMeant ? environment["WATCHDOG_USEC"].flatMap(Int.init).map { .microseconds($0) } : nil
        self.logger = logger
    }

    func run() async throws {
        let start = ContinuousClock.now
        var notice = ServiceNotice(watchdog: watchdog)
        for await state in states.cancelOnGracefulShutdown() {
            if let message = notice.message(after: state, at: ContinuousClock.now - start) { send(message) }
        }
        send(ServiceNotice.end)
    }

    /// A manager that cannot be told keeps nothing from being done.
    private func send(_ message: String) {
        do {
            try socket?.send(message)
        } catch {
            logger.warning("The service manager cannot be told: \(error)")
        }
    }
}
