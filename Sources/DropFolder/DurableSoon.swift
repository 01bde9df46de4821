import Dispatch
import Glibc
import Synchronization

/// What another thread makes durable, while whoever staged it goes on.
public final class DurableSoon: Sendable {
    private let work: @Sendable () throws -> Void
    private let isBegun = Atomic<Bool>(false)
    private let end = DispatchSemaphore(value: 0)
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameter work: what is done, once, on whichever thread is free for it first.
    init(_ work: @escaping @Sendable () throws -> Void) {
        self.work = work
        DispatchQueue.global().async { [self] in sync() }
    }

    /// One staged document.
    /// - Parameters:
    ///   - descriptor: of the document, which is written; it is closed when it is durable.
    ///   - place: where it is staged.
    convenience init(_ descriptor: Int32, at place: Place) {
        self.init {
            defer { close(descriptor) }
            try System.sync(descriptor, path: place.path)
        }
    }

    private func sync() {
        guard !isBegun.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { end.signal() }
        do {
            try work()
        } catch {
            failure.withLock { $0 = error }
        }
    }

    /// Waits until it is on the disk; of a lone document its name may not be.
    /// - Throws: a `SystemError`; what was staged must then be staged anew, since a failed sync is never trusted.
    public func wait() throws {
        // Where no other thread was free for it, this one is.
        sync()
        end.wait()
        // Whoever asks again finds that it has ended.
        end.signal()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
