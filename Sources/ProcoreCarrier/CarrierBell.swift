import Synchronization

/// Has a carrier end what it does as soon as it well can, because it is to begin anew: it asks between documents, and a wait
/// ends at once.
public final class CarrierBell: Sendable {
    private struct State {
        var isRung = false
        var wait: Task<Void, any Error>?
    }

    private let state = Mutex(State())

    /// A bell that has not been rung.
    public init() {}

    /// Whether it was rung and nobody has answered.
    public var isRung: Bool { state.withLock { $0.isRung } }

    /// Rings, and ends a wait.
    public func ring() {
        let wait = state.withLock { state in
            state.isRung = true
            return state.wait
        }
        wait?.cancel()
    }

    /// Answers it.
    /// - Returns: whether it was rung.
    public func answer() -> Bool {
        state.withLock { state in
            defer { state.isRung = false }
            return state.isRung
        }
    }

    /// Waits; one at a time.
    /// - Throws: a `CancellationError` once it is rung, or was rung already, or the task is cancelled.
    public func sleep(for time: Duration) async throws {
        let wait: Task<Void, any Error>? = state.withLock { state in
            guard !state.isRung else { return nil }
            let wait = Task { try await Task.sleep(for: time) }
            state.wait = wait
            return wait
        }
        guard let wait else { throw CancellationError() }
        defer { state.withLock { $0.wait = nil } }
        try await withTaskCancellationHandler {
            try await wait.value
        } onCancel: {
            wait.cancel()
        }
    }
}
