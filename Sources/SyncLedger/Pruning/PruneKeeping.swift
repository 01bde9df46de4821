import Domain
import Foundation
import GRDB

/// What of an amount of money a record tells.
public enum PruneMoney: Sendable {
    /// A bill of so many cents.
    case bill(cents: Int64)
    /// It pays so many cents of each bill.
    case pays([(bill: RecordKey, cents: Int64)])
    /// That cannot be told.
    case unknown
}

/// What a prune keeps, found out in pieces: each is a short transaction, and can be done again.
extension Books {
    /// What keeps a record whole: it waits, failed, is on its way, or is in doubt.
    private static let isUnsettled = """
        (state <> 'linked' OR due IS NOT NULL OR question IS NOT NULL OR claimed_id IS NOT NULL OR is_broken <> 0)
        """

    /// Open money that the record itself shows. QuickBooks says of an order that it is closed or received in full.
    private static let hasOpenMoney = """
        (entity IN ('budgets', 'budget_modifications', 'budget_changes')
            OR entity = 'commitments' AND list_id IS NOT NULL AND coalesce(closed, '') NOT IN ('closed', 'received')
            OR entity = 'commitment_change_orders' AND list_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM record AS owning WHERE owning.entity = 'commitments'
                    AND owning.procore_id = substr(record.owner, 13) AND owning.closed IN ('closed', 'received')))
        """

    /// Keeps the records of a piece that are not settled, or are about open money.
    /// - Parameters:
    ///   - last: the number of the record before the piece.
    ///   - most: so many records are looked at.
    ///   - money: what a bill or a payment comes to.
    /// - Returns: the number of the last record of the piece; nil: there is none.
    public func keepRecords(after last: Int64, most: Int, money: (LedgerRecord) -> PruneMoney) throws -> Int64? {
        guard let end = try end(of: "record", "id", after: last, most: most) else { return nil }
        try execute(
            """
            INSERT OR IGNORE INTO prune_kept (kind, id, why)
            SELECT 0, id, CASE WHEN \(Self.isUnsettled) THEN \(KeptReason.unsettled.rawValue)
                WHEN entity LIKE 'budget%' THEN \(KeptReason.estimate.rawValue) ELSE \(KeptReason.order.rawValue) END
            FROM record WHERE id > :from AND id <= :to AND (\(Self.isUnsettled) OR \(Self.hasOpenMoney))
            """, ["from": last, "to": end])
        let records = try many(
            """
            id > ? AND id <= ? AND state = 'linked' AND entity IN ('requisitions', 'contract_payments') ORDER BY id
            """
        ) { bind in
            bind(last)
            bind(end)
        }
        for record in records {
            switch money(record) {
            case .bill(let cents): try addDue(record.id, cents)
            case .pays(let shares):
                for share in shares {
                    if let bill = try named(share.bill) { try addDue(bill.id, -share.cents) }
                }
            case .unknown: try keep(.record, record.id, .bill)
            }
        }
        return end
    }

    private func addDue(_ bill: Int64, _ cents: Int64) throws {
        try run(
            """
            INSERT INTO prune_due (record, cents) VALUES (?, ?)
            ON CONFLICT (record) DO UPDATE SET cents = cents + excluded.cents
            """
        ) { bind in
            bind(bill)
            bind(cents)
        }
    }

    /// Keeps the bills of a piece of which what was paid is not what they come to.
    /// - Returns: the number of the last one; nil: there is none.
    public func keepBills(after last: Int64, most: Int) throws -> Int64? {
        guard let end = try end(of: "prune_due", "record", after: last, most: most) else { return nil }
        try execute(
            """
            INSERT OR IGNORE INTO prune_kept (kind, id, why) SELECT 0, record, \(KeptReason.bill.rawValue)
            FROM prune_due WHERE record > :from AND record <= :to AND cents <> 0
            """, ["from": last, "to": end])
        return end
    }

    /// Keeps what is not answered, decided or told, and files of which something was refused.
    /// - Parameter standing: the numbers of the documents that stand in an outbox.
    public func keepOpen(standing: [Int]) throws {
        let unanswered = KeptReason.unanswered.rawValue
        for (what, source) in [
            ("0, record, \(unanswered)", "request WHERE status IS NULL"),
            ("0, object, \(unanswered)", "request WHERE status IS NULL"),
            ("1, document, \(unanswered)", "request WHERE status IS NULL"),
            ("1, document, \(unanswered)", "pull WHERE status IS NULL"),
            ("1, sequence, \(KeptReason.standing.rawValue)", "document WHERE published = 0"),
            ("1, document, \(KeptReason.review.rawValue)", "review WHERE verdict IS NULL"),
            ("1, document, \(KeptReason.standing.rawValue)", "posting"),
            ("2, intake, \(KeptReason.unfinished.rawValue)", "file WHERE finished = 0"),
            ("2, intake, \(KeptReason.unfinished.rawValue)", "file WHERE finished = 1"),
            ("2, intake, \(KeptReason.unfinished.rawValue)", "retelling"),
            ("2, file, \(KeptReason.refused.rawValue)", "turned_away"),
        ] {
            try execute("INSERT OR IGNORE INTO prune_kept (kind, id, why) SELECT \(what) FROM \(source)", [:])
        }
        for sequence in standing { try keep(.document, Int64(sequence), .standing) }
    }

    /// Keeps the documents of `outbox/procore` of a piece that were never answered.
    /// - Returns: the number of the last document of the piece; nil: there is none.
    public func keepUnansweredDocuments(after last: Int64, upTo bound: Int64, most: Int) throws -> Int64? {
        guard let end = try end(of: "document", "sequence", after: last, upTo: bound, most: most) else { return nil }
        // What stands behind the bytes in a row is dear to read, so it is asked for last.
        try execute(
            """
            INSERT OR IGNORE INTO prune_kept (kind, id, why) SELECT 1, sequence, \(KeptReason.unanswered.rawValue)
            FROM document WHERE sequence > :from AND sequence <= :to AND outbox = 'procore' AND answered_by IS NULL
            """, ["from": last, "to": end])
        return end
    }

    /// Keeps the documents and files of a piece of the records that are kept.
    /// - Returns: the number of the last one; nil: there is none.
    public func keepRelated(after last: Int64, most: Int) throws -> Int64? {
        let ids = "SELECT id FROM prune_kept WHERE kind = 0 AND id > :from AND id <= :to"
        let end = try Int64.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT max(id) FROM (
                        SELECT id FROM prune_kept WHERE kind = 0 AND id > ? ORDER BY id LIMIT ?)
                    """), arguments: [last, most])
        guard let end else { return nil }
        let why = KeptReason.ofKept.rawValue
        for sql in [
            "SELECT 1, document, \(why) FROM request WHERE record IN (\(ids))",
            "SELECT 2, born, \(why) FROM record WHERE id IN (\(ids)) AND born IS NOT NULL",
            """
            SELECT 2, file, \(why) FROM event WHERE record IN (\(ids)) AND kind IN ('read', 'imported')
                AND file IS NOT NULL
            """,
        ] {
            try execute("INSERT OR IGNORE INTO prune_kept (kind, id, why) \(sql)", ["from": last, "to": end])
        }
        return end
    }

    /// Keeps something.
    public func keep(_ kind: KeptKind, _ id: Int64, _ why: KeptReason) throws {
        try run("INSERT OR IGNORE INTO prune_kept (kind, id, why) VALUES (?, ?, ?)") { bind in
            bind(kind.rawValue)
            bind(id)
            bind(why.rawValue)
        }
    }

    /// The rejected files of a piece that are old enough, each with where its original is, below the inbox.
    public func rejectedFiles(after last: Int64, before: String, most: Int) throws -> [(intake: Int64, place: String)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT intake, coalesce(filed_as, '') FROM file INDEXED BY file_rejected
                WHERE outcome = 'rejected' AND intake > ? AND received < ? AND finished < 3 ORDER BY intake LIMIT ?
                """, arguments: [last, before, most]
        ).map { ($0[0], $0[1]) }
    }

    /// The files that are kept and of which something may stand in `inbox/rejected`.
    public struct KeptRejects: Sendable {
        /// Where originals were filed there, below the inbox.
        public var originals: Set<String> = []
        /// The paths, below the inbox, of files whose refused records were copied.
        public var copied: Set<[UInt8]> = []
    }

    /// What of `inbox/rejected` belongs to files that are kept.
    public func keptRejects() throws -> KeptRejects {
        var kept = KeptRejects()
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT filed_as, CASE WHEN rejected_copy IS NULL THEN NULL ELSE path END
                FROM prune_kept JOIN file ON file.intake = prune_kept.id
                WHERE prune_kept.kind = 2 AND (rejected_copy IS NOT NULL OR filed_as LIKE 'rejected/%')
                """)
        for row in rows {
            if let place = row[0] as String?, place.hasPrefix("rejected/") { kept.originals.insert(place) }
            if let path = row[1] as Data? { kept.copied.insert(Array(path)) }
        }
        return kept
    }

    /// How much is kept, and why.
    public func keptCounts() throws -> [(kind: KeptKind, why: KeptReason, count: Int)] {
        try Row.fetchAll(
            db, sql: "SELECT kind, why, count(*) FROM prune_kept GROUP BY kind, why ORDER BY kind, why"
        ).compactMap { row in
            guard let kind = KeptKind(rawValue: row[0]), let why = KeptReason(rawValue: row[1]) else { return nil }
            return (kind, why, row[2])
        }
    }

    // MARK: - Pieces

    /// The key of the last row of the next piece of a table; nil: there is none.
    func end(of table: String, _ key: String, after last: Int64, upTo bound: Int64 = .max, most: Int) throws -> Int64? {
        try Int64.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT max(\(key)) FROM (
                        SELECT \(key) FROM \(table) WHERE \(key) > ? AND \(key) <= ? ORDER BY \(key) LIMIT ?)
                    """), arguments: [last, bound, most])
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        let statement = try db.cachedStatement(sql: sql)
        try statement.execute(arguments: arguments)
    }
}
