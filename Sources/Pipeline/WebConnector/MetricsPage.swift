import Foundation

/// The metrics of the roots that are served, read on a thread that may be held up, and not oftener than is of use.
public actor MetricsPage {
    private let roots: [String]
    private nonisolated let queue = RootQueue("plumbline.metrics")
    private var last: (text: String, until: ContinuousClock.Instant)?

    /// What was read counts for so long, and so that reading takes at most a twentieth of the time.
    private let fresh: Duration
    private static let share = 20

    /// The metrics of some roots.
    /// - Parameters:
    ///   - roots: their paths.
    ///   - fresh: how long what was read counts at least.
    public init(roots: [String], fresh: Duration = .seconds(5)) {
        self.fresh = fresh
        self.roots = roots.map { URL(fileURLWithPath: $0).path }
    }

    /// Reading counts the records of a ledger, which takes a while for a large one.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

    /// The metrics, in Prometheus' text format.
    public func text() -> String {
        let begin = ContinuousClock.now
        if let last, begin < last.until { return last.text }
        let text = Health.metrics(of: roots.map { ($0, Health(root: $0)) })
        let end = ContinuousClock.now
        last = (text, end + max(fresh, (end - begin) * Self.share))
        return text
    }
}
