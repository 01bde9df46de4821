import Dispatch
import Glibc
import Synchronization

/// A staged document that is made durable, and its name as well, by other threads, while whoever staged it goes on.
///
/// Neither waits for the other: what the file says and what the folder says are two places of the disk.
public final class DurableSoon: Sendable {
    private let both = DispatchGroup()
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameters:
    ///   - descriptor: of the document, which is written; it is closed when it is durable.
    ///   - place: where it is staged.
    ///   - folder: the folder that it is staged in.
    init(_ descriptor: Int32, at place: Place, in folder: OpenFolder) {
        begin {
            defer { close(descriptor) }
            try System.sync(descriptor, path: place.path)
        }
        begin { try System.sync(folder) }
    }

    private func begin(_ body: @escaping @Sendable () throws -> Void) {
        DispatchQueue.global().async(group: both) { [self] in
            do {
                try body()
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
    }

    /// Waits until both are on the disk.
    /// - Throws: a `SystemError`; the document must then be staged anew, since a failed sync is never trusted.
    public func wait() throws {
        both.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
