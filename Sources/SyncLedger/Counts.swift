import Domain
import GRDB

extension Books {
    /// How many records stand where, by entity.
    public func recordCounts() throws -> [Entity: [LedgerRecord.State.Name: Int]] {
        var counts: [Entity: [LedgerRecord.State.Name: Int]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT entity, state, count(*) AS n FROM record GROUP BY entity, state") {
            guard let entity = Entity(rawValue: row["entity"]),
                let state = LedgerRecord.State.Name(rawValue: row["state"])
            else { continue }
            counts[entity, default: [:]][state] = row["n"]
        }
        return counts
    }

    /// How many files had which outcome.
    public func fileCounts() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT outcome, count(*) AS n FROM file GROUP BY outcome") {
            counts[row["outcome"]] = row["n"]
        }
        return counts
    }

    /// The published documents that still have unanswered requests: how many, the first one's id, and when the document
    /// was written, in seconds since 1970. Bulk queries are among them; what waits for a person's decision is not.
    public func unansweredDocuments() throws -> [(name: String, requests: Int, requestID: String, at: Int64?)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT document.name, document.at, count(*) AS n, min(open.request_id) AS first FROM (
                    SELECT request_id, document FROM request WHERE status IS NULL
                    UNION ALL SELECT request_id, document FROM pull WHERE status IS NULL
                ) AS open JOIN document ON document.sequence = open.document
                WHERE document.outbox <> 'review'
                GROUP BY document.sequence ORDER BY document.sequence
                """
        ).map { (name: $0["name"], requests: $0["n"], requestID: $0["first"], at: $0["at"]) }
    }
}
