import Dispatch

/// Runs what an actor does that blocks, one thing after the other, away from Swift's few threads: a long transaction of a
/// root's owner can hold up the ledger for many seconds, and other roots are served meanwhile.
final class RootQueue: SerialExecutor {
    private let queue: DispatchQueue

    init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
