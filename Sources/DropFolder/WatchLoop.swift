import CInotifyTools
import Domain
import Glibc

/// What the watcher's thread knows, seen by nobody else; the only place that calls libinotifytools.
struct WatchLoop {
    private struct Folder {
        let inbox: Int
        let path: RelativePath
    }

    // CLOSE_WRITE and MOVED_TO announce files; the others tell of folders, without which new ones stay unseen.
    private static let mask = Int32(
        bitPattern: UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF))
    // What makes the remembered paths stale.
    private static let gone = UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)

    private let inboxes: [String]
    private let yield: (WatchEvent) -> Void
    private var folders: [Int32: Folder] = [:]
    private var polled: Set<String> = []
    /// Inboxes that are not there, to be watched when they come back.
    private var missing: Set<Int> = []
    private var isReady = false

    init(inboxes: [String], yield: @escaping (WatchEvent) -> Void) {
        self.inboxes = inboxes
        self.yield = yield
    }

    /// - Parameter isStale: whether the folders behind the watched paths are others by now.
    mutating func run(until stopped: () -> Bool, isStale: () -> Bool) {
        defer { if isReady { inotifytools_cleanup() } }
        watchEverything()
        while !stopped() {
            guard isReady else {
                sleep(1)
                yield(.tick)
                continue
            }
            if isStale() { watchEverything() }
            // One event at a time: with more, the library waits for all of them. The time-out is in whole seconds.
            if let event = inotifytools_next_event(1) {
                handle(wd: event.pointee.wd, mask: event.pointee.mask, name: Self.name(of: event))
                continue
            }
            // An error comes back at once; waiting keeps it from spinning.
            if inotifytools_error() != 0 { sleep(1) }
            yield(.tick)
            if missing.contains(where: { Self.isFolder(absolute($0, RelativePath([]))) }) { watchEverything() }
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
        if mask & Self.gone != 0 { return watchEverything() }
        let path = folder.path.appending(name)
        guard !Inbox.isIgnored(name), !Inbox.isOurs(path) else { return }
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
        if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0, !Inbox.isNobodysDrop(path) {
            yield(.arrived(inbox: folder.inbox, path))
        }
    }

    /// Sets every watch anew, then has every inbox scanned: watches come before the scan.
    ///
    /// The library starts afresh, because it keeps the path of a deleted folder and would answer with its watch when
    /// a folder of that name comes again. Events not yet read are dropped with it; the scan finds their files.
    private mutating func watchEverything() {
        if isReady { inotifytools_cleanup() }
        folders = [:]
        missing = []
        isReady = inotifytools_initialize() != 0
        // Events that the library had read before stay in its buffer, with numbers that now mean other folders.
        if isReady { while inotifytools_next_events(0, 1) != nil {} }
        for inbox in inboxes.indices {
            if !isReady {
                let reason = String(cString: strerror(inotifytools_error()))
                poll(inbox, inboxes[inbox], "\(inboxes[inbox]) is polled, since inotify cannot be used: \(reason).")
            } else if Self.isFolder(absolute(inbox, RelativePath([]))) {
                watch(inbox, RelativePath([]))
            } else {
                missing.insert(inbox)
            }
            yield(.rescan(inbox: inbox))
        }
    }

    private mutating func watch(_ inbox: Int, _ path: RelativePath) {
        let absolute = absolute(inbox, path)
        guard Self.isFolder(absolute) else { return }
        let shown = RelativePath(path.bytes.isEmpty ? Array(inboxes[inbox].utf8) : absolute).shown
        let fileSystem = FileSystem.kind(of: absolute)
        if fileSystem.isPolled {
            let why = "where changes by other machines are not told"
            poll(inbox, shown, "\(shown) is polled, since it is on \(fileSystem.name), \(why).")
        } else {
            // With a slash at the end, as the library remembers folders.
            let folder = absolute + [0x2f]
            if System.path(folder, { inotifytools_watch_file($0, Self.mask) }) != 0 {
                folders[System.path(folder) { inotifytools_wd_from_filename($0) }] = Folder(inbox: inbox, path: path)
            } else if Self.isFolder(absolute) {
                poll(inbox, shown, Self.reason(shown, inotifytools_error()))
            }
        }
        for name in (try? System.names(in: absolute)) ?? [] where !Inbox.isIgnored(name) {
            let child = path.appending(name)
            if !Inbox.isOurs(child) { watch(inbox, child) }
        }
    }

    /// An inbox itself ends in `/.`: it may be a link to a share, what is in it may not.
    private func absolute(_ inbox: Int, _ path: RelativePath) -> [UInt8] {
        Array(inboxes[inbox].utf8) + [0x2f] + (path.bytes.isEmpty ? [0x2e] : path.bytes)
    }

    private static func isFolder(_ path: [UInt8]) -> Bool {
        (try? System.status(path))?.isFolder ?? false
    }

    private mutating func poll(_ inbox: Int, _ shown: String, _ reason: String) {
        if polled.insert(shown).inserted { yield(.polling(inbox: inbox, reason)) }
    }

    private static func reason(_ shown: String, _ error: Int32) -> String {
        error == ENOSPC
            ? "\(shown) is polled, since the kernel has no inotify watch left: "
                + "raise fs.inotify.max_user_watches with sysctl."
            : "\(shown) is polled, since it cannot be watched: \(String(cString: strerror(error)))."
    }
}
