/// How the daemon is, for whoever watches over it: told when all inboxes are watched, and from then on after every pass in
/// which each root made its round.
public struct DaemonState: Sendable, Hashable {
    /// How many roots it serves.
    public var roots: Int
    /// Whether the watches of every inbox are set.
    public var isWatching: Bool
    /// Whether it reads its configuration again at this moment.
    public var isReloading = false
    /// What keeps roots from being worked on, each in a sentence that names the root.
    public var troubles: [String]

    /// How the daemon is.
    public init(roots: Int, isWatching: Bool, isReloading: Bool = false, troubles: [String] = []) {
        self.roots = roots
        self.isWatching = isWatching
        self.isReloading = isReloading
        self.troubles = troubles
    }
}

/// What a service manager is told of the daemon, as sd_notify(3) describes it. It has no clock: the time is handed in.
public struct ServiceNotice {
    private let interval: Duration?
    private var isReady = false
    private var isReloading = false
    private var status = ""
    private var alive: Duration?

    /// A notice to a manager that was told nothing yet.
    /// - Parameter watchdog: after how long without a sign of life the service manager ends the process; nil: never.
    public init(watchdog: Duration?) {
        // Often enough that one which is late does no harm; no oftener than somebody could want to know.
        interval = watchdog.map { min($0 / 4, .seconds(10)) }
    }

    /// What there is to tell once all is watched, and after each pass of the daemon. Nothing is ever told during a pass, so
    /// a root that does not come back from its round stops the signs of life of all.
    /// - Returns: the lines of a message; nil: nothing.
    public mutating func message(after state: DaemonState, at now: Duration) -> String? {
        guard state.isWatching || isReady else { return nil }
        if state.isReloading {
            guard isReady, !isReloading else { return nil }
            isReloading = true
            return "RELOADING=1"
        }
        var lines: [String] = []
        if !isReady || isReloading {
            (isReady, isReloading) = (true, false)
            lines.append("READY=1")
        }
        if let interval, alive.map({ now - $0 >= interval }) ?? true {
            alive = now
            lines.append("WATCHDOG=1")
        }
        let status = Self.status(of: state)
        if status != self.status {
            self.status = status
            lines.append("STATUS=\(status)")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// What is told when the daemon is asked to end.
    public static let end = "STOPPING=1\nSTATUS=Finishing the file in hand."

    /// One line, as `systemctl status` shows it.
    private static func status(of state: DaemonState) -> String {
        let watching = "Watching \(state.roots) root\(state.roots == 1 ? "" : "s")."
        let words = ([watching] + state.troubles).joined(separator: " ")
        return String(words.map { $0.isNewline ? " " : $0 })
    }
}
