import Converters
import Domain
import Foundation
import Procore
import SyncLedger

/// The whole life of a record, from any of its names: Procore's id, its number or code, a `ListID` or `TxnID`, a
/// `requestID`, or a file that brought it.
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
    }

    let lives: [Life]
    let files: [File]

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
            (lives, files) = ([], [])
            return
        }
        (lives, files) = try Ledger(readingFrom: ledger).read { books in
            var ids = try books.recordIDs(named: term)
            if let key = RecordKey(term), let record = try books.named(key) { ids.insert(record.id, at: 0) }
            if let request = try books.request(term) { ids.insert(request.record, at: 0) }
            var seen: Set<Int64> = []
            let records = try ids.filter { seen.insert($0).inserted }.prefix(Self.most)
                .compactMap { try books.record(id: $0) }
            return (
                try records.map { try Self.life($0, books) },
                try books.files(named: term, limit: Self.most).map { try Self.file($0, books) }
            )
        }
    }

    private static func life(_ record: LedgerRecord, _ books: Books) throws -> Life {
        Life(
            record: record.shown, term: record.term, state: record.state.rawValue, reason: record.reason,
            remedy: record.remedy,
            quickBooks: record.quickBooksID.map { "\(record.kind?.rawValue ?? "") \($0)" }, number: record.fullName,
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
            records: try books.records(touchedBy: file.intake, limit: most).map(\.shown))
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
        }
        for life in lives {
            let tie = life.quickBooks.map { ", QuickBooks \($0)\(life.number.map { " \"\($0)\"" } ?? "")" } ?? ""
            lines.append("\(life.record) (\(life.term)): \(life.state)\(tie)")
            if let reason = life.reason { lines.append("  \(reason)") }
            if let remedy = life.remedy { lines.append("  \(remedy)") }
            for event in life.events {
                let places = [event.document, event.file.map { "from \($0)" }].compactMap { $0 }.joined(separator: ", ")
                lines.append("  \(event.at)  \(event.kind): \(event.detail)\(places.isEmpty ? "" : "  [\(places)]")")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// For scripts.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return .object([
            (
                "files",
                .array(
                    files.map { file in
                        .object([
                            ("file", .string(file.name)), ("intake", .number(String(file.intake))),
                            ("received", .string(file.received)), ("outcome", .string(file.outcome)),
                            ("filed_as", text(file.filedAs)), ("outputs", .array(file.outputs.map(JSONValue.string))),
                            ("records", .array(file.records.map(JSONValue.string))),
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
                            ("number", text(life.number)),
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
        ])
    }
}
