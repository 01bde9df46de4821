import Domain
import Foundation
import GRDB

extension Ledger {
    /// Two numbers of which one is another one after anything was committed, by this process or by one beside it.
    public func changeMark() throws -> [Int64] {
        try translatingErrors {
            try queue.unsafeRead { db in
                [Int64(db.totalChangesCount), try Int64.fetchOne(db, sql: "PRAGMA data_version") ?? 0]
            }
        }
    }
}

/// A document that QuickBooks has not answered, or that a person has yet to approve.
public struct OpenDocument: Sendable {
    /// The folder below `outbox/` that it was written to: `quickbooks`, `review`.
    public var outbox: String
    /// Its file name.
    public var name: String
    /// The kind of record that it is about, or the subject of a query.
    public var subject: String
    /// How many of its requests are not answered.
    public var requests: Int
    /// The first of them.
    public var requestID: String
    /// When it was written, seconds since 1970.
    public var at: Int64?
    /// The record, where it is about one alone.
    public var record: LedgerRecord?
}

// What the status page asks. It asks again and again beside the work that goes on, so each question is answered by an
// index of what is stuck or open, or by the newest rows, and has a limit.
extension Books {
    /// How many records are held, failed or undone, by state and kind.
    public func stuckCounts() throws -> [LedgerRecord.State.Name: [Entity: Int]] {
        var counts: [LedgerRecord.State.Name: [Entity: Int]] = [:]
        for state in [LedgerRecord.State.Name.held, .failed, .undone] {
            let rows = SQLRequest<Row>(
                literal: """
                    SELECT entity, count(*) FROM record INDEXED BY record_stuck
                    WHERE reason IS NOT NULL AND state = \(state.rawValue) GROUP BY entity
                    """, cached: true)
            for row in try rows.fetchAll(db) {
                if let entity = Entity(rawValue: row[0]) { counts[state, default: [:]][entity] = row[1] }
            }
        }
        return counts
    }

    /// Records of a kind that are held, failed or undone, oldest first.
    public func stuck(_ state: LedgerRecord.State.Name, _ entity: Entity, limit: Int) throws -> [LedgerRecord] {
        try many(
            """
            id IN (SELECT id FROM record INDEXED BY record_stuck
                WHERE reason IS NOT NULL AND state = ? AND entity = ? ORDER BY id LIMIT ?) ORDER BY id
            """
        ) { bind in
            bind(state.rawValue)
            bind(entity.rawValue)
            bind(limit)
        }
    }

    /// Looks at what records of a kind that are held, failed or undone should be, or are in QuickBooks; empty where nothing says.
    /// - Parameters:
    ///   - state: held, failed or undone.
    ///   - entity: the kind.
    ///   - limit: at most so many.
    ///   - body: called with each content as it stands in the ledger.
    public func contents(
        _ state: LedgerRecord.State.Name, _ entity: Entity, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws {
        let contents = SQLRequest<Row>(
            literal: """
                SELECT coalesce(wanted, imported, exported, x'') FROM record INDEXED BY record_stuck
                WHERE reason IS NOT NULL AND state = \(state.rawValue) AND entity = \(entity.rawValue)
                LIMIT \(limit)
                """, cached: true)
        let rows = try contents.fetchCursor(db)
        while let row = try rows.next() {
            try row.withUnsafeData(atIndex: 0) { data in data?.withUnsafeBytes(body) }
        }
    }

    /// Since when a record has been waiting, failed or undone, UTC; nil where its history does not say. What it waits for may have
    /// changed meanwhile.
    public func stuckSince(_ record: Int64) throws -> String? {
        let events = SQLRequest<Row>(
            literal: "SELECT kind, at FROM event WHERE record = \(record) ORDER BY id DESC LIMIT 20", cached: true)
        var since: String?
        for row in try events.fetchAll(db) {
            let kind: String = row[0]
            switch kind {
            case "held", "failed", "broken", "undone": since = row[1]
            case "released": continue
            default: return since
            }
        }
        return since
    }

    /// How many documents hold requests that QuickBooks has not answered, and how many of these a person has yet to approve.
    public func openDocumentCounts() throws -> (all: Int, inReview: Int) {
        let counts = SQLRequest<Row>(
            literal: """
                SELECT count(DISTINCT document), count(DISTINCT CASE WHEN \(sql: Self.isInReview) THEN document END)
                FROM request INDEXED BY request_open WHERE status IS NULL
                """, cached: true)
        guard let row = try counts.fetchOne(db) else { return (0, 0) }
        return (row[0], row[1])
    }

    private static let isInReview = "document IN (SELECT review.document FROM review WHERE review.verdict IS NULL)"

    /// Documents with requests that are not answered, oldest first, without those that a person has yet to approve; then the
    /// bulk queries.
    public func openDocuments(limit: Int) throws -> [OpenDocument] {
        try openDocuments("NOT \(Self.isInReview)", limit: limit) + openPulls(limit: limit)
    }

    /// Documents that a person has yet to approve, oldest first.
    public func documentsInReview(limit: Int) throws -> [OpenDocument] {
        try openDocuments(Self.isInReview, limit: limit)
    }

    private func openDocuments(_ condition: String, limit: Int) throws -> [OpenDocument] {
        let documents = SQLRequest<Row>(
            literal: """
                SELECT document.sequence, document.outbox, document.name, document.entity, document.at, open.n FROM (
                    SELECT document AS number, count(*) AS n FROM request INDEXED BY request_open
                    WHERE status IS NULL AND \(sql: condition) GROUP BY document ORDER BY document LIMIT \(limit)
                ) AS open JOIN document ON document.sequence = open.number ORDER BY document.sequence
                """, cached: true)
        return try documents.fetchAll(db).map { row in
            let request = SQLRequest<Row>(
                literal: """
                    SELECT request_id, record FROM request INDEXED BY request_open
                    WHERE status IS NULL AND document = \(row[0] as Int64) LIMIT 1
                    """, cached: true)
            let first = try request.fetchOne(db)
            var document = OpenDocument(
                outbox: row[1], name: row[2], subject: row[3], requests: row[5],
                requestID: first?[0] ?? "", at: row[4])
            if document.requests == 1, let id = first?[1] as Int64? { document.record = try record(id: id) }
            return document
        }
    }

    private func openPulls(limit: Int) throws -> [OpenDocument] {
        let pulls = SQLRequest<Row>(
            literal: """
                SELECT document.outbox, document.name, pull.subject, document.at, count(*), min(pull.request_id)
                FROM pull JOIN document ON document.sequence = pull.document WHERE pull.status IS NULL
                GROUP BY document.sequence ORDER BY document.sequence LIMIT \(limit)
                """, cached: true)
        return try pulls.fetchAll(db).map {
            OpenDocument(outbox: $0[0], name: $0[1], subject: $0[2], requests: $0[4], requestID: $0[5], at: $0[3])
        }
    }

    /// How many records were refused and not taken since; counted by their index.
    public func refusalCounts() throws -> [Entity: Int] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT entity, count(*) FROM turned_away INDEXED BY turned_away_refused WHERE is_refusal = 1
                GROUP BY entity
                """, cached: true)
        var counts: [Entity: Int] = [:]
        for row in try rows.fetchAll(db) {
            if let entity = Entity(rawValue: row[0]) { counts[entity] = row[1] }
        }
        return counts
    }

    /// Records that were refused and not taken since, those that have waited longest first.
    public func refusals(limit: Int) throws -> [TurnedAway] {
        try turnedAway(
            where: """
                turned_away.id IN (SELECT id FROM turned_away INDEXED BY turned_away_refused WHERE is_refusal = 1
                    ORDER BY since LIMIT \(limit))
                """, limit: limit)
    }

    /// The files that were rejected last, newest first.
    public func rejectedFiles(limit: Int) throws -> [LedgerFile] {
        try files(
            """
            intake IN (SELECT intake FROM file INDEXED BY file_rejected WHERE outcome = 'rejected'
                ORDER BY intake DESC LIMIT ?) ORDER BY intake DESC
            """
        ) { $0(limit) }
    }
}
