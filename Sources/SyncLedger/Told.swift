import Domain
import GRDB

/// What one way of telling people has told: durable, so that a new start neither repeats nor forgets.
public struct Told: Sendable, Equatable {
    /// Since when it tells anything, seconds since 1970.
    public var begun: Int64
    /// When a message was last tried, whatever came of it; nil: never.
    public var tried: Int64?
    /// The intake number up to which files, and the records refused in them, were told.
    public var files = 0
    /// The number up to which documents without an answer were told.
    public var documents = 0
    /// What was told and lasts, by whatever it is known by, with when it was told.
    public var lasting: [String: Int64] = [:]

    /// Nothing yet.
    /// - Parameters:
    ///   - begun: since when anything is told, seconds since 1970.
    ///   - files: the intake number up to which nothing has to be told.
    public init(begun: Int64, files: Int) {
        self.begun = begun
        self.files = files
    }
}

// What is told of failed records stands in a table by itself: there may be very many, and they fail in no order by which
// one number would say how far it was told.
extension Books {
    static let toldTables = """
        -- What was told to people by messages, by each way of telling (notify: command, mail).
        CREATE TABLE told (
            channel TEXT NOT NULL,
            subject TEXT NOT NULL,       -- begun, tried, files, documents; or = and what lasts
            value INTEGER NOT NULL,      -- seconds since 1970; of files and documents a number
            PRIMARY KEY (channel, subject)
        ) WITHOUT ROWID;
        CREATE TABLE told_record (
            channel TEXT NOT NULL,
            record INTEGER NOT NULL,     -- one that has failed
            is_told INTEGER NOT NULL,    -- 0: in a message of which it is not known yet whether it was sent
            PRIMARY KEY (channel, record)
        ) WITHOUT ROWID;
        """

    /// What a way of telling has told; nil: it has not begun.
    public func told(_ channel: String) throws -> Told? {
        let rows = SQLRequest<Row>(
            literal: "SELECT subject, value FROM told WHERE channel = \(channel)", cached: true)
        var values: [String: Int64] = [:]
        for row in try rows.fetchAll(db) { values[row[0]] = row[1] }
        guard let begun = values["begun"] else { return nil }
        var told = Told(begun: begun, files: Int(values["files"] ?? 0))
        told.tried = values["tried"]
        told.documents = Int(values["documents"] ?? 0)
        for (subject, value) in values where subject.hasPrefix("=") {
            told.lasting[String(subject.dropFirst())] = value
        }
        return told
    }

    /// Remembers what a way of telling has told, in the place of what was remembered.
    public func set(_ told: Told, _ channel: String) throws {
        try db.execute(literal: "DELETE FROM told WHERE channel = \(channel)")
        var values = [("begun", told.begun), ("files", Int64(told.files)), ("documents", Int64(told.documents))]
        if let tried = told.tried { values.append(("tried", tried)) }
        values += told.lasting.map { ("=" + $0.key, $0.value) }
        for (subject, value) in values {
            try db.execute(
                literal: "INSERT INTO told (channel, subject, value) VALUES (\(channel), \(subject), \(value))")
        }
    }

    // MARK: - Failed records

    /// Takes all records that have failed and were not told for part of a message that is about to be sent.
    public func putFailuresInMessage(_ channel: String) throws {
        try db.execute(literal: "DELETE FROM told_record WHERE channel = \(channel) AND is_told = 0")
        try db.execute(
            literal: """
                INSERT OR IGNORE INTO told_record (channel, record, is_told)
                SELECT \(channel), id, 0 FROM record INDEXED BY record_stuck
                WHERE reason IS NOT NULL AND state = 'failed'
                """)
    }

    /// Remembers that the records of the message are told.
    public func failuresAreTold(_ channel: String) throws {
        try db.execute(literal: "UPDATE told_record SET is_told = 1 WHERE channel = \(channel) AND is_told = 0")
    }

    /// Forgets the records that were told and have not failed any more, so that they are told when they fail anew.
    /// - Returns: whether there were any.
    public func forgetMendedFailures(_ channel: String) throws -> Bool {
        try db.execute(
            literal: """
                DELETE FROM told_record WHERE channel = \(channel) AND NOT EXISTS (
                    SELECT 1 FROM record WHERE record.id = told_record.record AND state = 'failed')
                """)
        return changesCount > 0
    }

    /// Whether records were told that have not failed any more.
    public func knowsMendedFailures(_ channel: String) throws -> Bool {
        let mended = SQLRequest<Int>(
            literal: """
                SELECT 1 FROM told_record WHERE channel = \(channel) AND NOT EXISTS (
                    SELECT 1 FROM record WHERE record.id = told_record.record AND state = 'failed') LIMIT 1
                """, cached: true)
        return try mended.fetchOne(db) != nil
    }

    /// Whether a record has failed and was not told.
    public func hasUntoldFailures(_ channel: String) throws -> Bool {
        let untold = SQLRequest<Int>(
            literal: """
                SELECT 1 FROM record INDEXED BY record_stuck WHERE reason IS NOT NULL AND state = 'failed'
                AND NOT EXISTS (SELECT 1 FROM told_record
                    WHERE channel = \(channel) AND told_record.record = record.id AND is_told = 1) LIMIT 1
                """, cached: true)
        return try untold.fetchOne(db) != nil
    }

    /// How many failed records are in the message that is about to be sent, by kind.
    public func failuresInMessage(_ channel: String) throws -> [Entity: Int] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT entity, count(*) FROM told_record JOIN record ON record.id = told_record.record
                WHERE channel = \(channel) AND is_told = 0 GROUP BY entity
                """)
        var counts: [Entity: Int] = [:]
        for row in try rows.fetchAll(db) {
            if let entity = Entity(rawValue: row[0]) { counts[entity] = row[1] }
        }
        return counts
    }

    /// The failed records of a kind in that message, oldest first.
    public func failuresInMessage(_ channel: String, _ entity: Entity, limit: Int) throws -> [LedgerRecord] {
        try many(
            """
            id IN (SELECT told_record.record FROM told_record JOIN record ON record.id = told_record.record
                WHERE channel = ? AND is_told = 0 AND entity = ? ORDER BY told_record.record LIMIT ?) ORDER BY id
            """
        ) { bind in
            bind(channel)
            bind(entity.rawValue)
            bind(limit)
        }
    }

    // MARK: - Files and documents

    /// When the first of some files was taken, UTC; nil where there is none.
    /// - Parameter intake: the number of the file before the first one.
    public func earliestFile(after intake: Int) throws -> String? {
        let earliest = SQLRequest<String?>(
            literal: "SELECT min(received) FROM file WHERE intake > \(intake)", cached: true)
        return try earliest.fetchOne(db) ?? nil
    }

    /// How many records were refused for the first time in some files, by kind.
    /// - Parameters:
    ///   - intake: the number of the file before the first one.
    ///   - time: when the first of them was taken, UTC.
    public func newRefusalCounts(after intake: Int, since time: String) throws -> [Entity: Int] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT entity, count(*) FROM turned_away INDEXED BY turned_away_refused
                WHERE is_refusal = 1 AND since >= \(time) AND file > \(intake) GROUP BY entity
                """, cached: true)
        var counts: [Entity: Int] = [:]
        for row in try rows.fetchAll(db) {
            if let entity = Entity(rawValue: row[0]) { counts[entity] = row[1] }
        }
        return counts
    }

    /// Records that were refused for the first time in some files, those that have waited longest first.
    /// - Parameters:
    ///   - intake: the number of the file before the first one.
    ///   - time: when the first of them was taken, UTC.
    ///   - limit: at most so many.
    public func newRefusals(after intake: Int, since time: String, limit: Int) throws -> [TurnedAway] {
        try turnedAway(
            where: """
                turned_away.id IN (SELECT id FROM turned_away INDEXED BY turned_away_refused
                    WHERE is_refusal = 1 AND since >= \(time) AND file > \(intake) ORDER BY since LIMIT \(limit))
                """, limit: limit)
    }

    /// Files that were rejected, oldest first.
    /// - Parameters:
    ///   - intake: the number of the file before the first one.
    ///   - limit: at most so many.
    public func rejectedFiles(after intake: Int, limit: Int) throws -> [LedgerFile] {
        try files(
            """
            intake IN (SELECT intake FROM file INDEXED BY file_rejected WHERE outcome = 'rejected' AND intake > ?
                ORDER BY intake LIMIT ?) ORDER BY intake
            """
        ) { bind in
            bind(intake)
            bind(limit)
        }
    }

    /// How many documents for QuickBooks have no answer, and the number of the last of them.
    /// - Parameters:
    ///   - document: the number before the first one.
    ///   - time: they were written at this time or before, seconds since 1970.
    public func unansweredCount(after document: Int, writtenBy time: Int64) throws -> (count: Int, last: Int) {
        let counted = SQLRequest<Row>(
            literal: """
                SELECT count(*), coalesce(max(document.sequence), 0) FROM (\(Self.open(after: document))) AS open
                JOIN document ON document.sequence = open.number
                WHERE document.outbox = 'quickbooks' AND document.at <= \(time)
                """, cached: true)
        guard let row = try counted.fetchOne(db) else { return (0, 0) }
        return (row[0], row[1])
    }

    /// Documents for QuickBooks that have no answer, oldest first.
    /// - Parameters:
    ///   - document: the number before the first one.
    ///   - time: they were written at this time or before, seconds since 1970.
    ///   - limit: at most so many.
    public func unanswered(after document: Int, writtenBy time: Int64, limit: Int) throws -> [OpenDocument] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT document.outbox, document.name, document.entity, document.at, open.n, open.first, open.record
                FROM (\(Self.open(after: document))) AS open JOIN document ON document.sequence = open.number
                WHERE document.outbox = 'quickbooks' AND document.at <= \(time)
                ORDER BY document.sequence LIMIT \(limit)
                """)
        return try rows.fetchAll(db).map { row in
            var open = OpenDocument(
                outbox: row[0], name: row[1], subject: row[2], requests: row[4], requestID: row[5], at: row[3])
            if open.requests == 1, let id = row[6] as Int64? { open.record = try record(id: id) }
            return open
        }
    }

    /// Documents with requests or bulk queries that are not answered.
    private static func open(after document: Int) -> SQL {
        """
        SELECT document AS number, count(*) AS n, min(request_id) AS first, min(record) AS record
        FROM request INDEXED BY request_open WHERE status IS NULL AND document > \(document) GROUP BY document
        UNION ALL
        SELECT document, count(*), min(request_id), NULL FROM pull WHERE status IS NULL AND document > \(document)
        GROUP BY document
        """
    }
}
