import NIOCore

/// Runs what is done for a call on the thread that its bytes arrive at, so that nothing is passed from thread to thread but
/// what has to wait: reading and writing files, the sync ledgers, and passwords, which have queues of their own.
///
/// One thread serves all connections. A call takes some tenths of a millisecond of it.
final class NetworkThread: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Does what may wait for a disk on one of Swift's own threads, rather than on the network's.
func away<Result: Sendable>(_ body: @Sendable () throws -> Result) async throws -> Result {
    try await withTaskExecutorPreference(globalConcurrentExecutor) { try body() }
}
