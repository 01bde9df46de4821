import Procore
import SyncLedger

/// How the Web Connector carries a root's documents: when it called last, as whom, what it has not answered.
struct WebConnectorStatus: Sendable {
    private(set) var users = 0
    private(set) var last: ConnectorSession?
    private(set) var isInSession = false
    private(set) var outstanding: Lease?
    /// Documents whose answers could not be taken, so that they rest for an hour.
    private(set) var failed: [String] = []
    /// How many documents stand in the outbox.
    private(set) var waiting = 0
    private(set) var interval: Int64 = 0
    private(set) var absence: ConnectorAbsence?

    /// Of a root that nobody has opened yet.
    init() {}

    /// Reads it.
    /// - Parameter waiting: how many documents stand in the outbox.
    init(_ books: Books, now: Int64, interval: Duration, waiting: Int) throws {
        self.waiting = waiting
        self.interval = interval.components.seconds
        absence = try ConnectorAbsence(books, interval: interval, now: now)
        guard try books.knowsWebConnector() else { return }
        users = try books.connectorUsers().count
        last = try books.lastSession()
        isInSession = last.map { $0.ended == nil && now - $0.lastCall < ServedRoot.lifetime } ?? false
        outstanding = try books.openLease()
        failed = try books.failedLeases(since: now - ServedRoot.rest).map(\.document)
    }

    /// For scripts.
    var json: JSONValue {
        .object([
            ("users", .number(String(users))),
            ("last_call", last.map { .string(WallClock.text($0.lastCall)) } ?? .null),
            ("last_user", last.map { .string($0.user) } ?? .null),
            ("in_session", .bool(isInSession)),
            ("answered", .number(String(last?.answered ?? 0))),
            ("last_error", (last?.error).map(JSONValue.string) ?? .null),
            ("outstanding", outstanding.map { .string($0.document) } ?? .null),
            ("outstanding_since", outstanding.map { .string(WallClock.text($0.asked)) } ?? .null),
            ("failed", .array(failed.map(JSONValue.string))),
            ("waiting", .number(String(waiting))),
            ("company", (last?.company).map(JSONValue.string) ?? .null),
            ("interval_seconds", .number(String(interval))),
            ("overdue_since", absence.map { .string(WallClock.text($0.since)) } ?? .null),
        ])
    }

    private var absenceLines: [String] {
        guard let absence else { return [] }
        return ["               Warning: \(absence.what)", "               \(absence.remedy)"]
    }

    /// For `doctor`; nil where nobody may log in and nobody did.
    var finding: Doctor.Finding? {
        guard users > 0 || last != nil else { return nil }
        let called = last.map { "\($0.user) called last at \(WallClock.text($0.lastCall))" } ?? "it has not called yet"
        return Doctor.Finding(
            about: "Web Connector", what: absence.map { "\(called). \($0.what)" } ?? called, remedy: absence?.remedy)
    }

    /// For people; nothing where nobody may log in and nobody did.
    var lines: [String] {
        guard users > 0 || last != nil else { return [] }
        guard let last else { return ["Web Connector: it has not called yet."] + absenceLines }
        let ending = isInSession ? ", and is at work" : ""
        var lines = [
            "Web Connector: \(last.user) called last at \(WallClock.text(last.lastCall))\(ending); \(last.answered) documents "
                + "were answered in that session, \(waiting) remain."
        ]
        lines += absenceLines
        if let error = last.error { lines.append("               \(error)") }
        if let outstanding {
            lines.append(
                "               \(outstanding.document) was handed out at \(WallClock.text(outstanding.asked)) and is not "
                    + "answered.")
        }
        for document in failed {
            lines.append(
                "               The answers to \(document) could not be taken; it is handed out again within an hour.")
        }
        return lines
    }
}
