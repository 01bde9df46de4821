import Converters
import Domain
import Foundation
import Procore
import SyncLedger

/// The whole life of a record, from any of its names: Procore's id, its number, name or code or a part of these, the id
/// of one of its lines, a `ListID` or `TxnID`, a `requestID`, or a file that brought it.
public struct Trace: Sendable {
    /// What happened once.
    struct Event: Sendable {
        var at: String
        var kind: String
        var detail: String
        /// The file that brought it, and the documents it led to or that it answered.
        var file: String?
        var document: String?
    }

    /// A record and its life.
    struct Life: Sendable {
        var record: String
        var term: String
        var state: String
        var reason: String?
        var remedy: String?
        var quickBooks: String?
        var number: String?
        /// Why its wait cannot end by itself; nil: it can, or there is none.
        var obstacle: String?
        /// Of a record that was not taken: the file that last brought it, and since when.
        var file: String?
        var since: String?
        /// Whether only a part of a name was asked for.
        var isPartial = false
        var events: [Event]
    }

    /// A file and what became of it.
    struct File: Sendable {
        var name: String
        var intake: Int
        var received: String
        var outcome: String
        var filedAs: String?
        var outputs: [String]
        var records: [String]
        /// Those that were not taken, and why.
        var turnedAway: [TurnedAway]
    }

    let lives: [Life]
    let files: [File]
    /// Whether more have this name than are shown.
    let isCut: Bool
    /// The day before which histories are not whole any more; nil: they are.
    private let prunedBefore: String?

    /// At most so many records and files are shown.
    private static let most = 50

    /// Whether anything has this name.
    public var isEmpty: Bool { lives.isEmpty && files.isEmpty }

    /// Looks a name up in a root's ledger.
    /// - Throws: a `ConfigurationError`, or what SQLite says.
    public init(_ term: String, root path: String) throws {
        let path = URL(fileURLWithPath: path).path
        let ledger = OpenRoot.ledgerPath(try Configuration.load(root: path), root: path)
        guard FileManager.default.fileExists(atPath: ledger) else {
            (lives, files, isCut, prunedBefore) = ([], [], false, nil)
            return
        }
        (lives, files, isCut, prunedBefore) = try RootBeginning.ledgerToRead(ledger).read { books in
            let lives = try Self.lives(term, books)
            return (
                Array(lives.prefix(Self.most)),
                try books.files(named: term, limit: Self.most).map { try Self.file($0, books) },
                lives.count > Self.most,
                try books.prunedBefore()
            )
        }
    }

    /// Of shorter terms no partial matches are searched: nearly every name has them.
    private static let shortest = 2

    /// The records of a name, one more than are shown; those that are called just so before those of whose name it is a
    /// part.
    private static func lives(_ term: String, _ books: Books) throws -> [Life] {
        let most = most + 1
        var ids = try books.recordIDs(named: term)
        if let key = RecordKey(term), let record = try books.named(key) { ids.insert(record.id, at: 0) }
        if let request = try books.request(term) { ids.insert(request.record, at: 0) }
        ids += try books.recordIDs(withLine: term, limit: most)
        let named =
            term.count < shortest ? (exact: [], partial: []) : try books.recordIDs(partlyNamed: term, limit: most)
        var away = try books.turnedAway(named: term, limit: most)
        if let key = RecordKey(term), let record = try books.turnedAway(key) { away.exact.insert(record, at: 0) }
        if term.count < shortest { away.partial = [] }
        var seen: Set<Int64> = []
        func records(_ ids: [Int64], isPartial: Bool) throws -> [Life] {
            try ids.filter { seen.insert($0).inserted }.prefix(most).compactMap { try books.record(id: $0) }.map {
                var life = try life($0, books)
                life.isPartial = isPartial
                return life
            }
        }
        let exact = try records(ids + named.exact, isPartial: false) + away.exact.map { life($0, isPartial: false) }
        guard exact.count < most else { return exact }
        return try exact + records(named.partial, isPartial: true) + away.partial.map { life($0, isPartial: true) }
    }

    private static func life(_ record: TurnedAway, isPartial: Bool) -> Life {
        Life(
            record: record.titled, term: record.term, state: record.state, reason: record.reason,
            remedy: record.remedy, file: record.fileName, since: record.since, isPartial: isPartial, events: [])
    }

    private static func life(_ record: LedgerRecord, _ books: Books) throws -> Life {
        let waits = record.isHeld ? Waits(books: books) : nil
        return Life(
            record: record.shown, term: record.term, state: record.state.name.rawValue,
            reason: try waits?.reason(of: record) ?? record.reason ?? books.waitForApproval(of: record),
            remedy: record.remedy,
            quickBooks: record.quickBooksID.map { "\(record.kind?.rawValue ?? "") \($0)" }, number: record.tie.fullName,
            obstacle: try waits?.obstacle(of: record),
            events: try books.events(of: record.id).map { event in
                Event(
                    at: event.at, kind: event.kind, detail: event.detail ?? "", file: event.file,
                    document: event.document)
            })
    }

    private static func file(_ file: LedgerFile, _ books: Books) throws -> File {
        File(
            name: file.name, intake: file.intake, received: file.received, outcome: file.outcome,
            filedAs: file.filedAs.map { "inbox/" + $0 }, outputs: Array(file.outputs),
            records: try books.records(touchedBy: file.intake, limit: most).map(\.shown),
            turnedAway: try books.turnedAway(from: file.intake, limit: most))
    }

    // MARK: - Told

    /// For people.
    public var text: String {
        var lines: [String] = []
        for file in files {
            lines.append("File \(file.name), taken as #\(file.intake) at \(file.received): \(file.outcome)")
            if let place = file.filedAs { lines.append("  now in \(place)") }
            for output in file.outputs { lines.append("  led to \(output)") }
            if !file.records.isEmpty { lines.append("  about \(file.records.joined(separator: ", "))") }
            for record in file.turnedAway {
                lines.append("  \(record.isRefusal ? "refused" : "left out"): \(record.titled): \(record.reason)")
            }
        }
        for (index, life) in lives.enumerated() {
            if life.isPartial, index == 0 || !lives[index - 1].isPartial { lines.append("Part of the name:") }
            let tie = life.quickBooks.map { ", QuickBooks \($0)\(life.number.map { " \"\($0)\"" } ?? "")" } ?? ""
            let term = life.term.isEmpty ? "" : " (\(life.term))"
            let since = life.since.map { " since \($0), last in \(life.file ?? "a file")" } ?? ""
            lines.append("\(life.record)\(term): \(life.state)\(tie)\(since)")
            if let reason = life.reason { lines.append("  \(reason)") }
            if let obstacle = life.obstacle { lines.append("  This wait cannot end by itself: \(obstacle)") }
            if let remedy = life.remedy { lines.append("  \(remedy)") }
            for event in life.events {
                let places = [event.document, event.file.map { "from \($0)" }].compactMap { $0 }.joined(separator: ", ")
                lines.append("  \(event.at)  \(event.kind): \(event.detail)\(places.isEmpty ? "" : "  [\(places)]")")
            }
        }
        if let prunedBefore, let first = lives.flatMap(\.events).map(\.at).min(), first < prunedBefore {
            lines.append(
                "Of what happened before \(prunedBefore), only how it was entered is kept; the rest was pruned.")
        }
        if isCut { lines.append("More are called so: name more of it.") }
        return lines.joined(separator: "\n")
    }

    /// For scripts.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        var fields: [(key: String, value: JSONValue)] = [
            (
                "files",
                .array(
                    files.map { file in
                        .object([
                            ("file", .string(file.name)), ("intake", .number(String(file.intake))),
                            ("received", .string(file.received)), ("outcome", .string(file.outcome)),
                            ("filed_as", text(file.filedAs)), ("outputs", .array(file.outputs.map(JSONValue.string))),
                            ("records", .array(file.records.map(JSONValue.string))),
                            (
                                "not_taken",
                                .array(
                                    file.turnedAway.map { .object([("state", .string($0.state))] + $0.fields) })
                            ),
                        ])
                    })
            ),
            (
                "records",
                .array(
                    lives.map { life in
                        .object([
                            ("record", .string(life.record)), ("term", .string(life.term)),
                            ("state", .string(life.state)), ("reason", text(life.reason)),
                            ("remedy", text(life.remedy)), ("quickbooks", text(life.quickBooks)),
                            ("number", text(life.number)), ("never_ends", text(life.obstacle)),
                            ("file", text(life.file)), ("since", text(life.since)),
                            ("match", .string(life.isPartial ? "part" : "whole")),
                            (
                                "events",
                                .array(
                                    life.events.map { event in
                                        .object([
                                            ("at", .string(event.at)), ("event", .string(event.kind)),
                                            ("detail", .string(event.detail)), ("file", text(event.file)),
                                            ("document", text(event.document)),
                                        ])
                                    })
                            ),
                        ])
                    })
            ),
        ]
        // Scripts may expect nothing but lists here.
        if isCut { fields.append(("more", .bool(true))) }
        return .object(fields)
    }
}
