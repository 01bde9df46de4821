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
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT event.at, event.kind, event.detail, file.name AS file FROM event
                LEFT JOIN file ON file.intake = event.file WHERE event.record = ? ORDER BY event.id
                """, arguments: [record])
        let documents = try documents(ofRequestsOf: record)
        return rows.map { row in
            let detail: String? = row["detail"]
            // A request is named at the end of what was queued, and at the beginning of what was answered.
            let words = detail?.split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init) ?? []
            return LedgerEvent(
                at: row["at"], kind: row["kind"], detail: detail, file: row["file"],
                document: words.lazy.compactMap { documents[$0] }.first)
        }
    }

    private func documents(ofRequestsOf record: Int64) throws -> [String: String] {
        var names: [String: String] = [:]
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT request.request_id, document.outbox, document.name FROM request
                JOIN document ON document.sequence = request.document WHERE request.record = ?
                """, arguments: [record])
        {
            names[row["request_id"]] = "outbox/\(row["outbox"] as String)/\(row["name"] as String)"
        }
        return names
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
        try files(
            "name = ? OR name LIKE ? ESCAPE '\\' ORDER BY intake DESC LIMIT ?",
            [term, "%/" + Self.escaped(term), limit])
    }

    /// The records that a file had something to do with.
    public func records(touchedBy intake: Int, limit: Int) throws -> [LedgerRecord] {
        try Int64.fetchAll(
            db, sql: "SELECT DISTINCT record FROM event WHERE file = ? AND record IS NOT NULL LIMIT ?",
            arguments: [intake, limit]
        ).compactMap { try record(id: $0) }
    }
}
