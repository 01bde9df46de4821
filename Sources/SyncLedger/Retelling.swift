import Domain
import GRDB

/// The highest numbers of records and events at some moment.
public struct LedgerMark: Sendable {
    /// Of records.
    public var record: Int64
    /// Of events.
    public var event: Int64
}

/// Which receipts are to be told to people, or anew.
///
/// A file is noted once its receipt for scripts is written, and again when an event tells that a record which it brought met
/// another fate. That is found out in batches behind a mark in the events, so that those who write them need not know whose
/// receipt speaks of them. What was told stays noted until it is known to be on the disk.
extension Books {
    static let retellingTable = """
        -- Where a file's receipt is, below outbox/results; NULL: there itself.
        ALTER TABLE file ADD COLUMN folder TEXT;
        -- What it brought has higher numbers than these, up to those. NULL: not known of files of before.
        ALTER TABLE file ADD COLUMN records_after INTEGER;
        ALTER TABLE file ADD COLUMN records_upto INTEGER;
        ALTER TABLE file ADD COLUMN events_after INTEGER;
        ALTER TABLE file ADD COLUMN events_upto INTEGER;

        -- Files whose receipts are to be told to people.
        CREATE TABLE retelling (
            intake INTEGER PRIMARY KEY,
            is_changed INTEGER NOT NULL, -- 1: a record that it brought met another fate
            is_written INTEGER NOT NULL  -- 1: told, and not known to be on the disk; 2: cannot be written just now
        );
        CREATE INDEX retelling_open ON retelling(intake) WHERE is_written = 0;
        CREATE INDEX turned_away_file ON turned_away(file);
        INSERT INTO fact (name, value) SELECT 'fates told', coalesce(max(id), 0) FROM event;
        """

    private static let fatesTold = "fates told"

    /// The highest numbers so far.
    public func mark() throws -> LedgerMark {
        try first("SELECT (SELECT max(id) FROM record), (SELECT max(id) FROM event)") { _ in
        } _: {
            LedgerMark(record: $0.number(0) ?? 0, event: $0.number(1) ?? 0)
        } ?? LedgerMark(record: 0, event: 0)
    }

    // MARK: - Noted

    /// Notes a file that is done with, unless it is noted already.
    func tell(_ intake: Int) throws {
        try run("INSERT OR IGNORE INTO retelling (intake, is_changed, is_written) VALUES (?, 0, 0)") { $0(intake) }
    }

    /// Notes a file of which a record met another fate. Receipts that a prune took out are not written again.
    func retell(_ intake: Int) throws {
        try run(
            """
            INSERT INTO retelling (intake, is_changed, is_written)
            SELECT ?1, 1, 0 WHERE NOT EXISTS (SELECT 1 FROM file WHERE intake = ?1 AND finished = 3)
            ON CONFLICT (intake) DO UPDATE SET is_changed = 1, is_written = 0
            """
        ) { $0(intake) }
    }

    /// Takes what was told and may not have reached the disk for untold.
    func tellUnsyncedAgain() throws {
        try db.execute(literal: "UPDATE retelling SET is_written = 0 WHERE is_written = 1")
    }

    /// Whether there are events from which no fates have been noted yet.
    public func hasUntoldFates() throws -> Bool { try mark().event > lastToldEvent() }

    func lastToldEvent() throws -> Int64 { try fact(Self.fatesTold).flatMap { Int64($0) } ?? 0 }

    /// Notes the files that brought the records which the next events are about.
    /// - Parameter most: so many events are looked at.
    public func noteFates(most: Int64) throws {
        let start = try lastToldEvent()
        let end = try min(mark().event, start + most)
        guard end > start else { return }
        var files: Set<Int> = []
        for (record, teller) in try fates(from: start, to: end) {
            for bringer in try bringers(of: record) where bringer != teller { files.insert(bringer) }
        }
        for intake in files { try retell(intake) }
        try setFact(Self.fatesTold, String(end))
    }

    /// The records that events are about, each with the one file that led to all of them; nil where there were several. That
    /// a file brought a record for the first time is no news about it.
    private func fates(from start: Int64, to end: Int64) throws -> [Int64: Int?] {
        let events = try all(
            .other, "", "SELECT record, file, kind IN ('read', 'imported') FROM event WHERE id > ? AND id <= ?"
        ) { bind in
            bind(start)
            bind(end)
        } _: { row in
            (record: row.number(0), file: row.int(1), isBrought: row.number(2) == 1)
        }
        var fates: [Int64: Int?] = [:]
        var before: [Int: Int64] = [:]
        for event in events {
            guard let record = event.record else { continue }
            if event.isBrought, let file = event.file {
                let last = try before[file] ?? brought(by: file)?.records.lowerBound ?? 0
                before[file] = last
                if record > last { continue }
            }
            if let known = fates[record], known != event.file {
                fates[record] = .some(nil)
            } else {
                fates[record] = .some(event.file)
            }
        }
        return fates
    }

    private func bringers(of record: Int64) throws -> [Int] {
        try all(
            .other, "",
            """
            SELECT born FROM record WHERE id = ?1 AND born IS NOT NULL
            UNION SELECT file FROM event WHERE record = ?1 AND kind IN ('read', 'imported') AND file IS NOT NULL
            """
        ) {
            $0(record)
        } _: {
            $0.int(0) ?? 0
        }
    }

    // MARK: - Told

    /// A file whose receipt is to be told.
    public struct Untold: Sendable {
        /// Its number.
        public var intake: Int
        /// Whether a record that it brought met another fate since it was read.
        public var isChanged: Bool
    }

    /// The files whose receipts are to be told next. One whose receipt for scripts is yet to be written has to wait.
    /// - Parameter limit: at most so many.
    public func untold(limit: Int) throws -> [Untold] {
        try all(
            .other, "",
            """
            SELECT intake, is_changed FROM retelling WHERE is_written = 0
                AND NOT EXISTS (SELECT 1 FROM file WHERE file.intake = retelling.intake AND file.finished = 0)
            ORDER BY intake LIMIT ?
            """
        ) {
            $0(limit)
        } _: {
            Untold(intake: $0.int(0) ?? 0, isChanged: $0.number(1) == 1)
        }
    }

    /// Remembers that receipts were told, or that they cannot be written: those are tried again by the next start.
    public func markTold(_ intakes: [Int], except unwritten: Set<Int> = []) throws {
        for intake in intakes {
            try run("UPDATE retelling SET is_written = ? WHERE intake = ?") { bind in
                bind(unwritten.contains(intake) ? 2 : 1)
                bind(intake)
            }
        }
    }

    /// Takes what could not be written for untold.
    public func tellUnwrittenAgain() throws {
        try db.execute(literal: "UPDATE retelling SET is_written = 0 WHERE is_written = 2")
    }

    /// Whether anything was told that may not have reached the disk.
    public func hasTold() throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM retelling WHERE is_written = 1)") ?? false
    }
}
