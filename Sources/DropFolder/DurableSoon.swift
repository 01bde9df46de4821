import Dispatch
import Glibc
import Synchronization

/// A staged document that another thread makes durable, while whoever staged it goes on.
public final class DurableSoon: Sendable {
    private let end = DispatchGroup()
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameters:
    ///   - descriptor: of the document, which is written; it is closed when it is durable.
    ///   - place: where it is staged.
    init(_ descriptor: Int32, at place: Place) {
        DispatchQueue.global().async(group: end) { [self] in
            defer { close(descriptor) }
            do {
                try System.sync(descriptor, path: place.path)
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }

    /// Waits until it is on the disk; its name may not be.
    /// - Throws: a `SystemError`; the document must then be staged anew, since a failed sync is never trusted.
    public func wait() throws {
        end.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
