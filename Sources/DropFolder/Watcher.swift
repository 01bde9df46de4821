import CInotifyTools
import Domain
import Foundation
import Synchronization

/// What the watcher saw.
public enum WatchEvent: Sendable, Equatable {
    /// A file was closed after writing, or renamed into place.
    case arrived(inbox: Int, RelativePath)
    /// Something happened that only a look at the whole inbox can tell: the start, a new or moved folder.
    case rescan(inbox: Int)
    /// The kernel's queue was full and events are lost: every inbox has to be looked through.
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
    /// What it sees, until it is stopped.
    public let events: AsyncStream<WatchEvent>

    /// Starts watching. Every inbox begins with a `rescan`, which comes after its watches are set.
    public init(inboxes: [String]) throws {
        guard Self.running.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent).exchanged
        else { throw AlreadyRunning() }
        let (events, continuation) = AsyncStream.makeStream(of: WatchEvent.self)
        self.events = events
        Thread { [self] in
            var loop = WatchLoop(inboxes: inboxes, yield: { continuation.yield($0) })
            loop.run { stopping.load(ordering: .relaxed) }
            Self.running.store(false, ordering: .sequentiallyConsistent)
            continuation.finish()
        }.start()
    }

    /// Ends the thread within about a second; `events` ends then.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
    }
}

/// The thread's own state, seen by nobody else.
private struct WatchLoop {
    private struct Folder {
        let inbox: Int
        let path: RelativePath
    }

    // CLOSE_WRITE and MOVED_TO announce files; the others tell of folders, without which new ones stay unseen.
    private static let mask = Int32(
        bitPattern: UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF))

    let inboxes: [String]
    let yield: (WatchEvent) -> Void
    private var folders: [Int32: Folder] = [:]
    private var polled: Set<String> = []

    init(inboxes: [String], yield: @escaping (WatchEvent) -> Void) {
        self.inboxes = inboxes
        self.yield = yield
    }

    mutating func run(until stopped: () -> Bool) {
        guard inotifytools_initialize() != 0 else {
            for inbox in inboxes.indices {
                yield(.polling(inbox: inbox, "inotify cannot be used: \(String(cString: strerror(inotifytools_error())))"))
                yield(.rescan(inbox: inbox))
            }
            while !stopped() {
                sleep(1)
                yield(.tick)
            }
            return
        }
        defer { inotifytools_cleanup() }
        watchEverything()
        while !stopped() {
            // One event at a time: with more, the library waits for all of them. The time-out is in whole seconds.
            guard let event = inotifytools_next_event(1) else {
                yield(.tick)
                continue
            }
            handle(wd: event.pointee.wd, mask: event.pointee.mask, name: Self.name(of: event))
        }
    }

    /// The name behind the event's fixed part; the pointer is good until the next event is asked for.
    private static func name(of event: UnsafeMutablePointer<inotify_event>) -> [UInt8] {
        let start = UnsafeRawPointer(event) + MemoryLayout<inotify_event>.size
        return Array(UnsafeRawBufferPointer(start: start, count: Int(event.pointee.len)).prefix { $0 != 0 })
    }

    private mutating func handle(wd: Int32, mask: UInt32, name: [UInt8]) {
        if wd < 0 || mask & UInt32(IN_Q_OVERFLOW) != 0 {
            yield(.overflow)
            // Folders may have come or gone unseen.
            return watchEverything()
        }
        if mask & UInt32(IN_IGNORED) != 0 {
            folders[wd] = nil
            return
        }
        guard let folder = folders[wd] else {
            for inbox in inboxes.indices { yield(.rescan(inbox: inbox)) }
            return
        }
        let path = folder.path.appending(name)
        if mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF) != 0 { return watchEverything() }
        if mask & UInt32(IN_ISDIR) != 0 {
            // A folder that moved keeps its watch under a path that is stale: set all anew.
            if mask & UInt32(IN_MOVED_TO) != 0 { return watchEverything() }
            if mask & UInt32(IN_CREATE) != 0 {
                watch(folder.inbox, path)
                // Files already in it raised nothing.
                yield(.rescan(inbox: folder.inbox))
            }
            return
        }
        guard mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0, !Inbox.isIgnored(name) else { return }
        yield(.arrived(inbox: folder.inbox, path))
    }

    /// Sets every watch anew, then has every inbox looked through: watches come before the scan.
    private mutating func watchEverything() {
        for wd in folders.keys { inotifytools_remove_watch_by_wd(wd) }
        folders = [:]
        for inbox in inboxes.indices {
            watch(inbox, RelativePath([]))
            yield(.rescan(inbox: inbox))
        }
    }

    private mutating func watch(_ inbox: Int, _ path: RelativePath) {
        let absolute = Array(inboxes[inbox].utf8) + (path.bytes.isEmpty ? [] : [0x2f] + path.bytes)
        guard let status = try? System.status(absolute), status.isFolder else { return }
        let shown = RelativePath(absolute).shown
        let fileSystem = FileSystem.kind(of: String(decoding: absolute, as: UTF8.self))
        if fileSystem.isPolled {
            poll(inbox, shown, "\(shown) is on \(fileSystem.name), where changes by other machines are not told: it is polled.")
        } else {
            // With a slash at the end, as the library remembers folders.
            let folder = absolute + [0x2f]
            if System.path(folder, { inotifytools_watch_file($0, Self.mask) }) == 0 {
                poll(inbox, shown, Self.reason(shown, inotifytools_error()))
            } else {
                folders[System.path(folder) { inotifytools_wd_from_filename($0) }] = Folder(inbox: inbox, path: path)
            }
        }
        for name in (try? System.names(in: absolute)) ?? [] where !Inbox.isIgnored(name) {
            let child = path.appending(name)
            if Inbox.isOurs(child) { continue }
            if let status = try? System.status(absolute + [0x2f] + name), status.isFolder { watch(inbox, child) }
        }
    }

    private mutating func poll(_ inbox: Int, _ shown: String, _ reason: String) {
        if polled.insert(shown).inserted { yield(.polling(inbox: inbox, reason)) }
    }

    private static func reason(_ shown: String, _ error: Int32) -> String {
        if error == ENOSPC {
            return "\(shown) is polled, since the kernel has no inotify watch left: raise fs.inotify.max_user_watches with sysctl."
        }
        return "\(shown) is polled, since it cannot be watched: \(String(cString: strerror(error)))."
    }
}
