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
        for request in requests {
            Self.addAnswer(to: request, among: &events)
            Self.add(request, to: &events)
        }
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
        /// Its answer in words, when it came and in which file; nil: none did.
        let answer: (words: String, at: String, file: String)?
    }

    private func requests(of record: Int64) throws -> [Sent] {
        let requests = SQLRequest<Row>(
            literal: """
                SELECT request.request_id, request.operation,
                    strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(document.at, 0), 'unixepoch'),
                    'outbox/' || document.outbox || '/' || document.name, file.name,
                    request.status || ' ' || coalesce(request.message, ''), answering.received, answering.name
                FROM request JOIN document ON document.sequence = request.document
                LEFT JOIN file ON file.intake = document.source
                LEFT JOIN file AS answering ON answering.intake = request.answered_by AND request.status >= 0
                WHERE request.record = \(record) ORDER BY request.id
                """)
        return try requests.fetchAll(db).map { row in
            let received: String? = row[6]
            return Sent(
                id: row[0], operation: row[1], at: row[2], document: row[3], file: row[4],
                answer: received.map { (words: row[5], at: $0, file: row[7]) })
        }
    }

    /// Tells of the answer to a request by what the request itself says, where no event does any more.
    private static func addAnswer(to request: Sent, among events: inout [LedgerEvent]) {
        guard let answer = request.answer,
            !events.contains(where: { $0.kind == "answered" && names(request.id, $0.detail) })
        else { return }
        // Ahead of what the same file led to.
        let place =
            events.firstIndex { $0.file == answer.file && $0.at >= answer.at }
            ?? (events.lastIndex { $0.at <= answer.at }.map { $0 + 1 } ?? 0)
        events.insert(
            LedgerEvent(
                at: answer.at, kind: "answered", detail: "\(request.id): \(answer.words)", file: answer.file,
                document: request.document),
            at: place)
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
