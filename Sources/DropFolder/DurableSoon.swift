import Dispatch
import Glibc
import Synchronization

/// A staged document that another thread makes durable, while whoever staged it goes on.
public final class DurableSoon: Sendable {
    private let descriptor: Int32
    private let place: Place
    private let isBegun = Atomic<Bool>(false)
    private let end = DispatchSemaphore(value: 0)
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameters:
    ///   - descriptor: of the document, which is written; it is closed when it is durable.
    ///   - place: where it is staged.
    init(_ descriptor: Int32, at place: Place) {
        self.descriptor = descriptor
        self.place = place
        DispatchQueue.global().async { [self] in sync() }
    }

    private func sync() {
        guard !isBegun.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { end.signal() }
        defer { close(descriptor) }
        do {
            try System.sync(descriptor, path: place.path)
        } catch {
            failure.withLock { $0 = error }
        }
    }

    /// Waits until it is on the disk; its name may not be.
    /// - Throws: a `SystemError`; the document must then be staged anew, since a failed sync is never trusted.
    public func wait() throws {
        // Where no other thread was free for it, this one is.
        sync()
        end.wait()
        // Whoever asks again finds that it has ended.
        end.signal()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
