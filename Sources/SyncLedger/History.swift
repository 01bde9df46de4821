import Domain
import GRDB

/// What happened to a record once.
public struct LedgerEvent: Sendable {
    /// When, UTC.
    public var at: String
    /// `read`, `held`, `queued`, `answered`, `linked`, `failed`, …
    public var kind: String
    /// The words that go with it.
    public var detail: String?
    /// The file that led to it.
    public var file: String?
    /// The document of the request that the words name.
    public var document: String?
}

extension Books {
    /// The life of a record, from its beginning.
    public func events(of record: Int64) throws -> [LedgerEvent] {
        let happened = SQLRequest<Row>(
            literal: """
                SELECT event.at, event.kind, event.detail, file.name AS file FROM event
                LEFT JOIN file ON file.intake = event.file WHERE event.record = \(record) ORDER BY event.id
                """)
        let rows = try happened.fetchAll(db)
        let requests = try requests(of: record)
        var events = try beginning(of: record)
        events += rows.map { row in
            let detail: String? = row["detail"]
            return LedgerEvent(
                at: row["at"], kind: row["kind"], detail: detail, file: row["file"],
                document: requests.first { Self.names($0.id, detail) }?.document)
        }
        for request in requests { Self.add(request, to: &events) }
        return events
    }

    /// That a record was read for the first time, where the record itself says so.
    private func beginning(of record: Int64) throws -> [LedgerEvent] {
        let bringers = SQLRequest<Row>(
            literal: """
                SELECT file.received, file.name FROM record JOIN file ON file.intake = record.born
                WHERE record.id = \(record)
                """)
        return try bringers.fetchAll(db).map { LedgerEvent(at: $0[0], kind: "read", detail: $0[1], file: $0[1]) }
    }

    /// A request as the history tells of it.
    private struct Sent {
        let id: String
        let operation: String
        let at: String
        let document: String
        let file: String?
    }

    private func requests(of record: Int64) throws -> [Sent] {
        let requests = SQLRequest<Row>(
            literal: """
                SELECT request.request_id, request.operation,
                    strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(document.at, 0), 'unixepoch'),
                    'outbox/' || document.outbox || '/' || document.name, file.name
                FROM request JOIN document ON document.sequence = request.document
                LEFT JOIN file ON file.intake = document.source WHERE request.record = \(record) ORDER BY request.id
                """)
        return try requests.fetchAll(db).map {
            Sent(id: $0[0], operation: $0[1], at: $0[2], document: $0[3], file: $0[4])
        }
    }

    /// Puts a request where it belongs: before what names it, else behind all that was earlier.
    private static func add(_ request: Sent, to events: inout [LedgerEvent]) {
        let detail = "\(request.operation) \(request.id)"
        // Ledgers of before keep it among the events.
        guard !events.contains(where: { $0.kind == "queued" && $0.detail == detail }) else { return }
        let place =
            events.firstIndex { names(request.id, $0.detail) }
            ?? (events.lastIndex { $0.at <= request.at }.map { $0 + 1 } ?? 0)
        events.insert(
            LedgerEvent(
                at: request.at, kind: "queued", detail: detail, file: request.file, document: request.document),
            at: place)
    }

    /// Whether the words of an event name a request: at the end of what was queued, at the beginning of what was answered.
    private static func names(_ requestID: String, _ detail: String?) -> Bool {
        detail?.split(whereSeparator: { $0 == " " || $0 == ":" }).contains { $0 == requestID } ?? false
    }

    /// The numbers of the records that have a name: Procore's id, a code or name, a number or full name in QuickBooks,
    /// a `ListID` or `TxnID`.
    public func recordIDs(named term: String) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM record WHERE procore_id = :term OR list_id = :term OR claimed_id = :term
                    OR list_id LIKE :start ESCAPE '\\' OR list_id LIKE :end ESCAPE '\\'
                    OR full_name = :term COLLATE NOCASE OR business_key = :term COLLATE NOCASE
                ORDER BY id LIMIT 200
                """,
            arguments: ["term": term, "start": Self.escaped(term) + "|%", "end": "%|" + Self.escaped(term)])
    }

    private static func escaped(_ term: String) -> String {
        term.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }

    /// The latest files of a name, with or without its folders.
    public func files(named term: String, limit: Int) throws -> [LedgerFile] {
        try files("name = ? OR name LIKE ? ESCAPE '\\' ORDER BY intake DESC LIMIT ?") { bind in
            bind(term)
            bind("%/" + Self.escaped(term))
            bind(limit)
        }
    }

    /// The records that a file had something to do with.
    public func records(touchedBy intake: Int, limit: Int) throws -> [LedgerRecord] {
        let touched = SQLRequest<Int64>(
            literal: """
                SELECT id FROM record WHERE born = \(intake)
                UNION SELECT record FROM event WHERE file = \(intake) AND record IS NOT NULL LIMIT \(limit)
                """)
        return try touched.fetchAll(db).compactMap { try record(id: $0) }
    }
}
