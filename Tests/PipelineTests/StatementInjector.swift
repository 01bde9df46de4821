import Synchronization

/// Counts statements of the sync ledger, and throws ahead of some of them what a mistake of ours looks like: an error that
/// nothing expects.
final class StatementInjector: Sendable {
    private struct Injected: Error {}

    private let state = Mutex((count: 0, hit: Int.max..<Int.max))

    /// Throws at so many statements, beginning with this one, counted from now. Without a number of times at all that follow,
    /// as a process that is gone runs none any more.
    func arm(at statement: Int, times: Int = .max) {
        let (end, isBeyond) = statement.addingReportingOverflow(times)
        state.withLock { $0 = (0, statement..<(isBeyond ? .max : end)) }
    }

    /// Throws at none any more.
    func disarm() { arm(at: .max) }

    /// How many statements came since it was armed.
    var count: Int { state.withLock { $0.count } }

    /// To be called ahead of a statement.
    func next() throws {
        let isHit = state.withLock { state in
            state.count += 1
            return state.hit.contains(state.count)
        }
        if isHit { throw Injected() }
    }
}
