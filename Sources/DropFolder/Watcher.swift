import Foundation
import Synchronization

/// What the watcher saw.
public enum WatchEvent: Sendable, Equatable {
    /// A file was closed after writing, or renamed into place.
    case arrived(inbox: Int, RelativePath)
    /// Something happened that only a scan of the whole inbox can tell: the start, a new or moved folder.
    case rescan(inbox: Int)
    /// The kernel's queue was full and events are lost: every inbox has to be scanned.
    case overflow
    /// Part of an inbox cannot be watched, in words; it has to be polled.
    case polling(inbox: Int, String)
    /// A second without events passed.
    case tick
}

/// Watches inboxes by inotify, through libinotifytools, on a thread of its own.
///
/// The library keeps its state in globals, so there is one watcher in a process; it serves any number of inboxes.
public final class Watcher: Sendable {
    /// A second watcher was started in the same process.
    public struct AlreadyRunning: Error {}

    private static let running = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private let renewing = Atomic<Bool>(false)

    /// Starts watching. Every inbox begins with a `rescan`, which comes after its watches are set.
    /// - Parameters:
    ///   - inboxes: the paths of the folders.
    ///   - tell: told what it sees, on its thread, which sees nothing meanwhile.
    /// - Throws: `AlreadyRunning` until an earlier watcher's thread has ended.
    public convenience init(inboxes: [String], tell: @escaping @Sendable (WatchEvent) -> Void) throws {
        try self.init(inboxes: inboxes, beforeEach: {}, atEnd: {}, tell: tell)
    }

    /// - Parameters:
    ///   - beforeEach: runs on the watcher's thread before it asks for an event, so that tests can hold it.
    ///   - atEnd: runs when another watcher can be started.
    init(
        inboxes: [String], beforeEach: @escaping @Sendable () -> Void, atEnd: @escaping @Sendable () -> Void,
        tell: @escaping @Sendable (WatchEvent) -> Void
    ) throws {
        guard Self.running.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
        else { throw AlreadyRunning() }
        Thread { [self] in
            var loop = WatchLoop(inboxes: inboxes, yield: tell)
            loop.run(
                until: {
                    beforeEach()
                    return stopping.load(ordering: .relaxed)
                },
                isStale: { renewing.exchange(false, ordering: .relaxed) })
            Self.running.store(false, ordering: .sequentiallyConsistent)
            atEnd()
        }.start()
    }

    /// Has every watch set anew within about a second: a mount over a folder is not told by inotify.
    public func renew() {
        renewing.store(true, ordering: .relaxed)
    }

    /// Ends the thread within about a second.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
    }
}
