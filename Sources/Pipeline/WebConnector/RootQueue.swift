import Dispatch

/// Runs what blocks, one thing after the other, away from Swift's few threads: a long transaction of a root's owner can
/// hold up the ledger for many seconds, and other roots are served meanwhile.
struct RootQueue: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    /// Runs something and gives its result.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
