import Domain
import DropFolder
import Procore
import SyncLedger

/// How `plumbline procore` carries a root's documents: when Procore was asked last, what was posted, what waits and why.
struct ProcoreStatus: Sendable {
    private(set) var isConfigured = false
    private(set) var interval: Int64 = 0
    private(set) var asked: Int64?
    private(set) var posted: CarrierNote?
    private(set) var fetched: Int64?
    private(set) var trouble: CarrierNote?
    private(set) var waits: [CarrierNote] = []
    private(set) var unfetched: [CarrierNote] = []
    /// Documents in the outbox.
    private(set) var waiting = 0
    private(set) var now: Int64 = 0

    /// Of a root that nobody has opened yet.
    init(_ configuration: Configuration) {
        isConfigured = configuration.procore != nil
    }

    /// Reads it.
    /// - Throws: what SQLite says.
    init(_ books: Books, _ configuration: Configuration, outbox: Outbox, now: Int64) throws {
        isConfigured = configuration.procore != nil
        interval = configuration.procore?.interval.components.seconds ?? 0
        self.now = now
        asked = try books.carrierNotes(.asked).first?.at
        posted = try books.carrierNotes(.posted).first
        fetched = try books.carrierNotes(.fetched).first?.at
        trouble = try books.carrierNotes(.trouble).first
        waits = try books.carrierNotes(.waits)
        unfetched = try books.carrierNotes(.unfetched)
        // A share that is away is told by the root's own trouble.
        waiting = ((try? outbox.publishedNames()) ?? []).filter { $0.hasSuffix(".json") }.count
    }

    /// Whether it has asked before, and not for longer than twice its interval.
    var isLate: Bool { asked.map { now - $0 > 2 * interval } ?? false }

    /// For scripts.
    var json: JSONValue {
        func time(_ seconds: Int64?) -> JSONValue { seconds.map { .string(WallClock.text($0)) } ?? .null }
        func notes(_ notes: [CarrierNote], _ key: String) -> JSONValue {
            .array(
                notes.map { note in
                    .object([(key, .string(note.object)), ("what", .string(note.what)), ("since", time(note.at))])
                })
        }
        return .object([
            ("configured", .bool(isConfigured)), ("last_asked", time(asked)), ("last_posted", time(posted?.at)),
            ("posted", posted.map { .string($0.object) } ?? .null), ("last_fetched", time(fetched)),
            ("late", .bool(isConfigured && isLate)),
            ("trouble", trouble.map { .object([("what", .string($0.what)), ("since", time($0.at))]) } ?? .null),
            ("waiting", .number(String(waiting))), ("waits", notes(waits, "document")),
            ("failed", notes(unfetched, "list")),
        ])
    }

    /// For people; nothing where nobody asked for it.
    var lines: [String] {
        guard isConfigured || asked != nil else { return [] }
        let documents = "\(waiting) document\(waiting == 1 ? " waits" : "s wait") in outbox/procore"
        var parts: [String] = []
        if let asked { parts.append("asked last at \(WallClock.text(asked))") }
        if let fetched { parts.append("fetched last at \(WallClock.text(fetched))") }
        if let posted { parts.append("posted last at \(WallClock.text(posted.at)), \(posted.object)") }
        var lines = ["Procore: \(parts.isEmpty ? "never asked" : parts.joined(separator: "; ")); \(documents)."]
        if let trouble { lines.append("         Trouble since \(WallClock.text(trouble.at)): \(trouble.what)") }
        if isConfigured, asked == nil, trouble == nil {
            lines.append("         It has not been asked yet: see that plumbline procore runs.")
        }
        if isConfigured, isLate, trouble == nil {
            lines.append(
                "         It was not asked for longer than twice procore.interval: see that plumbline procore runs.")
        }
        for note in waits {
            lines.append("         \(note.object) waits since \(WallClock.text(note.at)): \(note.what)")
        }
        for note in unfetched {
            lines.append(
                "         \(note.object) could not be fetched since \(WallClock.text(note.at)): \(note.what). If the company "
                    + "does not use it, take it out of procore.fetch.")
        }
        return lines
    }
}
