import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// How a root stands: counts, what waits, what failed. Read beside the process that owns the root.
public struct Status: Sendable {
    /// A record that does not go on by itself, and why.
    public struct Stuck: Sendable {
        /// The record in words.
        public var record: String
        /// Why.
        public var reason: String
        /// What to do; nil where only waiting helps.
        public var remedy: String?
        /// Why the wait cannot end by itself; nil: it can.
        public var obstacle: String?
        /// The file that brought it; nil: it comes from QuickBooks.
        public var file: String?
    }

    /// Listed at most, of each kind; the counts count all.
    private static let listed = 50

    let files: [String: Int]
    let records: [Entity: [LedgerRecord.State.Name: Int]]
    private let sent: Int
    /// A document that QuickBooks has not answered.
    struct Unanswered: Sendable {
        var name: String
        var requests: Int
        var requestID: String
        /// When it was written, UTC, and how long ago in seconds.
        var since: String?
        var age: Int64?
        /// Whether it left the outbox.
        var isCollected: Bool
    }

    let unanswered: [Unanswered]
    /// Why nothing goes to QuickBooks, since another company is open there, or to either side, since somebody asked for a
    /// pause; nil: it does.
    let stops: (company: String?, pause: String?)
    /// What keeps files from being taken or documents from being written; nil: nothing.
    let fault: OwnerHeartbeat.Fault?
    /// Whether a process serves the root at this moment.
    let isServed: Bool
    private let held: [Stuck]
    private let failed: [Stuck]
    /// Files and folders that stand in their own way, each with how many files are known to wait for it.
    let faults: [(fault: WaitingFault, waiting: Int)]
    private let notTaken: NotTaken
    /// Who carries documents, and what waits for a person's word before anybody does.
    let carriers: (webConnector: WebConnectorStatus, procore: ProcoreStatus, reviews: ReviewStatus)

    /// Reads how a root stands.
    /// - Throws: a `ConfigurationError`, or what SQLite says.
    public init(root path: String) throws {
        let path = URL(fileURLWithPath: path).path
        let configuration = try Configuration.load(root: path)
        let ledgerPath = OpenRoot.ledgerPath(configuration, root: path)
        guard FileManager.default.fileExists(atPath: ledgerPath) else {
            (fault, isServed) = (nil, OwnerLock.heartbeat(ofOwnerOf: ledgerPath) != nil)
            (files, records, sent, unanswered, held, failed, faults) = ([:], [:], 0, [], [], [], [])
            (notTaken, stops) = (NotTaken(), (nil, nil))
            carriers = (WebConnectorStatus(), ProcoreStatus(configuration), ReviewStatus())
            return
        }
        let ledger = try RootBeginning.ledgerToRead(ledgerPath)
        let heartbeat = OwnerLock.heartbeat(ofOwnerOf: ledgerPath)
        isServed = heartbeat != nil
        fault = try heartbeat?.fault ?? Self.fault(of: RootMarks(RootFolders(root: path), ledger))
        stops = try ledger.read { (try CompanyCheck(books: $0).halt(), try Pause($0).reason()) }
        let outbox = Outbox(folder: RootFolders(root: path).outboxQuickBooks)
        let listed = Self.listed
        let now = WallClock.system.now()
        (files, records, unanswered, held, failed, faults, notTaken) = try ledger.read { books in
            (
                try books.fileCounts(), try books.recordCounts(),
                try books.unansweredDocuments().map { document in
                    Unanswered(
                        name: document.name, requests: document.requests, requestID: document.requestID,
                        since: document.at.map(WallClock.text), age: document.at.map { max(0, now - $0) },
                        isCollected: !outbox.holds(document.name))
                },
                try books.records(in: .held, limit: listed).map { try Self.held($0, books) },
                try books.records(in: .failed, limit: listed).map { try Self.failed($0, books) },
                try books.faultyObjects(limit: listed),
                try NotTaken(books, listed: listed)
            )
        }
        let remaining = unanswered.count { !$0.isCollected }
        let toProcore = Outbox(folder: RootFolders(root: path).outboxProcore)
        carriers = try ledger.read {
            (
                try WebConnectorStatus(
                    $0, now: now, interval: configuration.webConnector.interval, waiting: remaining),
                try ProcoreStatus($0, configuration, outbox: toProcore, now: now),
                try ReviewStatus($0, configuration.settings, now: now, listed: listed)
            )
        }
        sent = unanswered.filter(\.isCollected).reduce(0) { $0 + $1.requests }
    }

    /// What shows without anybody serving the root.
    private static func fault(of marks: RootMarks) throws -> OwnerHeartbeat.Fault? {
        guard let fault = try marks.fault() else { return nil }
        return OwnerHeartbeat.Fault(what: fault.what, remedy: fault.remedy, since: nil)
    }

    private static func held(_ record: LedgerRecord, _ books: Books) throws -> Stuck {
        let waits = Waits(books: books)
        return Stuck(
            record: record.shown, reason: try waits.reason(of: record), remedy: record.remedy,
            obstacle: try waits.obstacle(of: record), file: try books.bringer(of: record.id)?.name)
    }

    private static func failed(_ record: LedgerRecord, _ books: Books) throws -> Stuck {
        Stuck(
            record: record.shown, reason: record.reason ?? "", remedy: record.remedy,
            file: try books.bringer(of: record.id)?.name)
    }

    /// For scripts.
    public var json: JSONValue {
        let fields: [(key: String, value: JSONValue)] = [
            ("files", .object(files.sorted { $0.key < $1.key }.map { ($0.key, Self.number($0.value)) })),
            ("records", recordStates), ("requests_sent_and_unanswered", Self.number(sent)),
            ("unanswered", .array(unanswered.map { Self.json($0) })), ("reviews", carriers.reviews.json),
            ("stopped", stops.company.map(JSONValue.string) ?? .null),
            ("paused", stops.pause.map(JSONValue.string) ?? .null),
            ("trouble", fault.map { Self.json($0) } ?? .null),
            ("served", .bool(isServed)), ("held", .array(held.map { Self.json($0) })),
            ("failed", .array(failed.map { Self.json($0) })), ("waiting_files", waitingFiles),
            ("web_connector", carriers.webConnector.json), ("procore", carriers.procore.json),
        ]
        return .object(fields + notTaken.fields)
    }

    private static func number(_ value: Int) -> JSONValue { .number(String(value)) }

    private var recordStates: JSONValue {
        let shown = LedgerRecord.State.Name.allCases.filter { !$0.isUndecided }
        return .object(
            records.sorted { $0.key < $1.key }.map { entity, states in
                (entity.rawValue, .object(shown.map { ($0.rawValue, Self.number(states[$0, default: 0])) }))
            })
    }

    private static func json(_ stuck: Stuck) -> JSONValue {
        .object([
            ("record", .string(stuck.record)), ("reason", .string(stuck.reason)),
            ("remedy", stuck.remedy.map(JSONValue.string) ?? .null),
            ("never_ends", stuck.obstacle.map(JSONValue.string) ?? .null),
            ("file", stuck.file.map(JSONValue.string) ?? .null),
        ])
    }

    private static func json(_ document: Unanswered) -> JSONValue {
        .object([
            ("document", .string(document.name)), ("requests", number(document.requests)),
            ("request_id", .string(document.requestID)),
            ("since", document.since.map(JSONValue.string) ?? .null),
            ("age_seconds", document.age.map { .number(String($0)) } ?? .null),
            ("collected", .bool(document.isCollected)),
        ])
    }

    private static func json(_ fault: OwnerHeartbeat.Fault) -> JSONValue {
        .object([
            ("what", .string(fault.what)), ("remedy", .string(fault.remedy)),
            ("since", fault.since.map(JSONValue.string) ?? .null),
        ])
    }

    private var waitingFiles: JSONValue {
        .array(
            faults.map { fault, waiting in
                .object([
                    ("object", .string(fault.object.shown)), ("what", .string(fault.what)),
                    ("remedy", .string(fault.remedy)), ("since", .string(fault.since)),
                    ("files", .number(String(waiting))),
                ])
            })
    }

    /// How long something took, in the unit that suits it.
    static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) seconds"
        case ..<7_200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3_600) hours"
        default: "\(seconds / 86_400) days"
        }
    }

    /// For people.
    public var text: String {
        var lines = [stops.company.map { "Stopped: \($0)" }, stops.pause.map { "Paused: \($0)" }].compactMap { $0 }
        if let fault {
            lines.append(
                "Trouble\(fault.since.map { " since \($0)" } ?? ""): \(fault.what)\n         \(fault.remedy)")
        }
        for (fault, waiting) in faults {
            lines.append(
                "Waits since \(fault.since): \(fault.object.shown)\(waiting > 1 ? " (\(waiting) files)" : ""): \(fault.what)\n"
                    + "       \(fault.remedy)")
        }
        lines.append(
            "Files: "
                + (files.isEmpty
                    ? "none yet"
                    : files.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")))
        for (entity, states) in records.sorted(by: { $0.key < $1.key }) {
            let words = LedgerRecord.State.Name.allCases.compactMap { state in
                states[state].map { "\($0) \(state.rawValue)" }
            }
            lines.append("\(entity.rawValue): \(words.joined(separator: ", "))")
        }
        for document in unanswered {
            lines.append(
                "Unanswered: \(document.name), \(document.requests) requests, "
                    + (document.isCollected ? "collected" : "waits in the outbox")
                    + (document.age.map { ", for \(Self.duration($0))" } ?? "")
                    + (document.isCollected ? "; plumbline resend \(document.requestID) asks after it" : ""))
        }
        lines += carriers.reviews.lines
        lines += carriers.webConnector.lines + carriers.procore.lines
        for stuck in held {
            lines.append("Held: \(stuck.record): \(stuck.reason)")
            if let obstacle = stuck.obstacle { lines.append("        This wait cannot end by itself: \(obstacle)") }
        }
        for stuck in failed {
            let file = stuck.file.map { " (from \($0))" } ?? ""
            lines.append("Failed: \(stuck.record): \(stuck.reason)\n        \(stuck.remedy ?? "")\(file)")
        }
        return (lines + notTaken.lines).joined(separator: "\n")
    }
}
