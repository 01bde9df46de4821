import Foundation
import GRDB

/// What a prune takes out of the ledger, in pieces: each is a short transaction, and can be done again.
///
/// What stays for ever: records with their contents and ties, requests with their answers, rows of documents and files, and
/// of each record's history what says how it was entered. Those are what an answer that comes late is known by.
extension Books {
    /// The kinds of event that say how things went on their way; once a record is settled, its requests and what stays of its
    /// history tell the same. Which file brought what stays: by that it is known whose receipt speaks of a record, and what
    /// is taken back with a file.
    private static let passing = """
        ('held', 'released', 'answered', 'failed', 'tried again', 'sent again', 'asked after', 'taken back',
            'refused by Procore')
        """

    /// The events of a piece that go.
    static let eventsGoing = """
        event.id > :from AND event.id <= :to AND event.kind IN \(passing) AND event.at < :before
            AND event.record IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM prune_kept WHERE prune_kept.kind = 0 AND prune_kept.id = event.record)
            AND EXISTS (SELECT 1 FROM record WHERE record.id = event.record AND record.state = 'linked')
        """

    /// The documents of a piece whose bytes go.
    static let documentsGoing = """
        document.sequence > :from AND document.sequence <= :to AND length(document.bytes) > 0
            AND NOT EXISTS (SELECT 1 FROM prune_kept WHERE prune_kept.kind = 1 AND prune_kept.id = document.sequence)
            AND NOT EXISTS (SELECT 1 FROM request WHERE request.document = document.sequence AND request.status IS NULL)
            AND coalesce(document.at, 0) < :moment AND document.published = 1
            AND (document.repeats IS NULL OR NOT EXISTS (
                SELECT 1 FROM request WHERE request.document = document.repeats AND request.status IS NULL))
        """

    /// The files of a piece that go.
    private static let filesGo = """
        intake > :from AND intake <= :to AND received < :before AND finished = 2
            AND NOT EXISTS (SELECT 1 FROM prune_kept WHERE prune_kept.kind = 2 AND prune_kept.id = file.intake)
        """

    /// The queries that go: answered in full, before the time up to which all is known, and not the last of their kind, by
    /// which it is told when to ask again.
    private static let pullsGo = """
        status BETWEEN 0 AND 999 AND asked_at < :moment
            AND (subject = 'company'
                OR until <= (SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'pulled ' || pull.subject))
            AND id < (SELECT max(id) FROM pull AS other WHERE other.subject = pull.subject)
        """

    /// The commands that go: done, and not the last one, since numbers of commands are never given twice.
    private static let commandsGo = """
        outcome IS NOT NULL AND at < :before AND id < (SELECT max(id) FROM command)
        """

    // MARK: - History

    /// Looks at a piece of the events.
    /// - Parameters:
    ///   - last: the number of the event before the piece.
    ///   - most: so many events are looked at.
    ///   - prune: what goes.
    ///   - isTaken: whether they are taken out, rather than counted.
    /// - Returns: the number of the last event of the piece, and how many go; nil: there is no piece.
    public func pruneEvents(after last: Int64, most: Int, _ prune: LedgerPrune, isTaken: Bool) throws -> Piece? {
        guard let end = try end(of: "event", "id", after: last, upTo: prune.bounds.event, most: most) else {
            return nil
        }
        let values: StatementArguments = ["from": last, "to": end, "before": prune.before]
        guard isTaken else {
            let count = try Int.fetchOne(
                try db.cachedStatement(sql: "SELECT count(*) FROM event WHERE \(Self.eventsGoing)"), arguments: values)
            return Piece(end: end, count: count ?? 0)
        }
        try execute("DELETE FROM event WHERE \(Self.eventsGoing)", values)
        return Piece(end: end, count: changesCount)
    }

    /// What a piece comes to.
    public struct Piece: Sendable {
        /// The number of its last row.
        public var end: Int64
        /// How many rows go.
        public var count = 0
        /// How many bytes go, where they are counted.
        public var bytes = 0
    }

    // MARK: - Documents

    /// Looks at a piece of the documents, whose bytes go while their rows stay.
    /// - Parameters:
    ///   - last: the number of the document before the piece.
    ///   - most: so many documents are looked at.
    ///   - prune: what goes.
    ///   - isTaken: whether they are taken out, rather than counted.
    /// - Returns: the number of the last document of the piece, and how many go; nil: there is no piece.
    public func pruneDocuments(after last: Int64, most: Int, _ prune: LedgerPrune, isTaken: Bool) throws -> Piece? {
        guard let end = try end(of: "document", "sequence", after: last, upTo: prune.bounds.document, most: most)
        else { return nil }
        let values: StatementArguments = ["from": last, "to": end, "moment": prune.moment]
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT count(*), coalesce(sum(length(document.bytes)), 0) FROM document WHERE \(Self.documentsGoing)
                    """), arguments: values)
        let piece = Piece(end: end, count: row?[0] ?? 0, bytes: row?[1] ?? 0)
        if isTaken, piece.count > 0 {
            try rewrite("document", "sequence", ["bytes": "x''"], where: Self.documentsGoing, values)
        }
        return piece
    }

    // MARK: - Files

    /// The files of a piece that go.
    /// - Parameters:
    ///   - last: the number of the file before the piece.
    ///   - most: so many files are looked at.
    ///   - prune: what goes.
    /// - Returns: the number of the last file of the piece, and those that go; nil: there is no piece.
    public func filesToPrune(
        after last: Int64, most: Int, _ prune: LedgerPrune
    ) throws -> (end: Int64, files: [LedgerFile])? {
        guard let end = try end(of: "file", "intake", after: last, most: most) else { return nil }
        let intakes = try Int.fetchAll(
            try db.cachedStatement(sql: "SELECT intake FROM file WHERE \(Self.filesGo) ORDER BY intake"),
            arguments: ["from": last, "to": end, "before": prune.before])
        return (end, try intakes.compactMap { try file($0) })
    }

    /// What is known of the files that came on a day.
    /// - Parameter day: `2026-11-22`, UTC.
    /// - Returns: by where each was filed below the inbox, its number, and whether it was taken out.
    public func filed(on day: String) throws -> [String: (intake: Int, isPruned: Bool)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT filed_as, intake, finished FROM file
                WHERE intake > ? AND intake <= ? AND filed_as IS NOT NULL
                """, arguments: [try lastFile(before: day), try lastFile(before: day + "U")])
        return Dictionary(
            rows.map { ($0[0], (intake: $0[1], isPruned: $0[2] == Self.prunedFile)) },
            // A name that became free may have been given again.
            uniquingKeysWith: { first, second in first.isPruned ? second : first })
    }

    /// Whether a file is known here, and its receipt was not taken out.
    public func hasReceipt(_ intake: Int) throws -> (isKnown: Bool, isPruned: Bool) {
        let finished = try Int.fetchOne(db, sql: "SELECT finished FROM file WHERE intake = ?", arguments: [intake])
        return (finished != nil, finished == Self.prunedFile)
    }

    /// What `file.finished` says of one whose receipt was taken out, and is never written again.
    static let prunedFile = 3

    /// Takes what a receipt says out of the ledger. The rows stay: how each file was called, when it came, what it led to.
    public func pruneFiles(_ intakes: [Int]) throws {
        let numbers = String(decoding: try JSONEncoder().encode(intakes), as: UTF8.self)
        let condition = "intake IN (SELECT value FROM json_each(:numbers))"
        try rewrite(
            "file", "intake",
            ["finished": "\(Self.prunedFile)", "receipt": "x''", "summary": "''", "problem_text": "NULL"],
            where: condition, ["numbers": numbers])
        try execute("DELETE FROM retelling WHERE \(condition)", ["numbers": numbers])
    }

    /// Writes rows anew, with other values in some columns. An UPDATE would leave each page as empty as it makes it; rows that
    /// are taken out and put in again share pages.
    private func rewrite(
        _ table: String, _ key: String, _ changes: [String: String], where condition: String,
        _ values: StatementArguments
    ) throws {
        let columns = try db.columns(in: table).map(\.name)
        let new = columns.map { changes[$0] ?? $0 }.joined(separator: ", ")
        let scratch = "prune_rows_of_\(table)"
        try execute("CREATE TEMP TABLE IF NOT EXISTS \(scratch) AS SELECT * FROM \(table) WHERE false", [])
        try execute(
            "INSERT INTO \(scratch) (\(columns.joined(separator: ", "))) SELECT \(new) FROM \(table) WHERE \(condition)",
            values)
        try execute("DELETE FROM \(table) WHERE \(key) IN (SELECT \(key) FROM \(scratch))", [])
        try execute("INSERT INTO \(table) SELECT * FROM \(scratch)", [])
        try execute("DELETE FROM \(scratch)", [])
    }

    // MARK: - What else goes

    /// Looks at queries that were answered, and commands that were done.
    /// - Parameters:
    ///   - prune: what goes.
    ///   - most: so many of each are taken out at once.
    ///   - isTaken: whether they are taken out, rather than counted, all of them.
    /// - Returns: how many go.
    public func pruneRest(_ prune: LedgerPrune, most: Int, isTaken: Bool) throws -> (pulls: Int, commands: Int) {
        var counts: [Int] = []
        for (table, condition, values) in [
            ("pull", Self.pullsGo, ["moment": prune.moment] as StatementArguments),
            ("command", Self.commandsGo, ["before": prune.before]),
        ] {
            if isTaken {
                try execute(
                    "DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) WHERE \(condition) LIMIT \(most))",
                    values)
                counts.append(changesCount)
            } else {
                counts.append(
                    try Int.fetchOne(
                        try db.cachedStatement(sql: "SELECT count(*) FROM \(table) WHERE \(condition)"),
                        arguments: values) ?? 0)
            }
        }
        return (counts[0], counts[1])
    }

    /// The reviews of a piece whose document went: what was filed of them can go from the share.
    public func reviewsToPrune(after last: Int64, most: Int, _ prune: LedgerPrune) throws -> [LedgerReview] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT review.document, review.verdict, review.who, review.at, review.sent_as
                FROM review JOIN document ON document.sequence = review.document
                WHERE review.document > ? AND review.verdict IS NOT NULL AND review.at < ?
                    AND length(document.bytes) = 0 ORDER BY review.document LIMIT ?
                """, arguments: [last, prune.moment, most]
        ).map {
            LedgerReview(
                document: $0[0], verdict: LedgerReview.Verdict(rawValue: $0[1]), who: $0[2], at: $0[3], sentAs: $0[4])
        }
    }

    /// Which of some documents went, or would: their names.
    /// - Parameters:
    ///   - sequences: the numbers of the documents.
    ///   - prune: what goes.
    ///   - isTaken: whether they are out of the ledger by now; else what would go is told.
    public func pruned(_ sequences: [Int], _ prune: LedgerPrune, isTaken: Bool) throws -> [Int: String] {
        let numbers = String(decoding: try JSONEncoder().encode(sequences), as: UTF8.self)
        let among = "document.sequence IN (SELECT value FROM json_each(:numbers))"
        let rows =
            isTaken
            ? try Row.fetchAll(
                db, sql: "SELECT sequence, name FROM document WHERE \(among) AND length(bytes) = 0",
                arguments: ["numbers": numbers])
            : try Row.fetchAll(
                db, sql: "SELECT sequence, name FROM document WHERE \(among) AND \(Self.documentsGoing)",
                arguments: ["numbers": numbers, "from": 0, "to": prune.bounds.document, "moment": prune.moment])
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the bytes of a document were taken out.
    public func isPruned(document sequence: Int) throws -> Bool {
        try first("SELECT length(bytes) FROM document WHERE sequence = ?") {
            $0(sequence)
        } _: {
            $0.int(0)
        } == 0
    }
}
