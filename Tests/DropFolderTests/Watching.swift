import Glibc
import Synchronization
import Testing

@testable import DropFolder

/// Holds the watcher's thread, so that the kernel's queue fills up.
final class Holder: Sendable {
    let isHeld = Atomic<Bool>(false)

    @Sendable func wait() {
        while isHeld.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
    }
}

/// What a watcher says, read with a deadline; its tick wakes the reader each second.
struct WatchReader {
    let watcher: Watcher
    var events: AsyncStream<WatchEvent>.Iterator
    var seen: [WatchEvent] = []

    /// Reads until an event comes that is waited for; false when it does not.
    mutating func waits(_ seconds: Int = 20, for isIt: (WatchEvent) -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline, let event = await events.next() {
            if event != .tick { seen.append(event) }
            if isIt(event) { return true }
        }
        return false
    }

    mutating func waits(for event: WatchEvent) async -> Bool { await waits { $0 == event } }

    /// Reads until nothing has come for a whole second.
    mutating func isQuiet() async { _ = await waits(for: .tick) }
}

/// Runs a watcher for as long as the body takes.
func watching(
    _ inboxes: [String], beforeEach: @escaping @Sendable () -> Void = {},
    _ body: (inout WatchReader) async throws -> Void
) async throws {
    let (events, continuation) = AsyncStream.makeStream(of: WatchEvent.self)
    let watcher = try Watcher(inboxes: inboxes, beforeEach: beforeEach, atEnd: { continuation.finish() }) {
        continuation.yield($0)
    }
    var reader = WatchReader(watcher: watcher, events: events.makeAsyncIterator())
    for inbox in inboxes.indices { #expect(await reader.waits(for: .rescan(inbox: inbox))) }
    let result: Result<Void, any Error>
    do { result = .success(try await body(&reader)) } catch { result = .failure(error) }
    watcher.stop()
    while await reader.events.next() != nil {}
    try result.get()
}

func arrived(_ path: String, inbox: Int = 0) -> WatchEvent { .arrived(inbox: inbox, RelativePath(path)) }
