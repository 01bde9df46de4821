import Domain
import GRDB

extension Books {
    /// How many records stand where, by entity.
    public func recordCounts() throws -> [Entity: [LedgerRecord.State: Int]] {
        var counts: [Entity: [LedgerRecord.State: Int]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT entity, state, count(*) AS n FROM record GROUP BY entity, state") {
            guard let entity = Entity(rawValue: row["entity"]), let state = LedgerRecord.State(rawValue: row["state"])
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

    /// The published documents that still have unanswered requests, with how many.
    public func unansweredDocuments() throws -> [(name: String, requests: Int)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT document.name, count(*) AS n FROM request JOIN document ON document.sequence = request.document
                WHERE request.status IS NULL GROUP BY document.sequence ORDER BY document.sequence
                """
        ).map { (name: $0["name"], requests: $0["n"]) }
    }
}
