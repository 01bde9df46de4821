import Domain
import Foundation
import GRDB

/// A record that came home: an answer tied it, or QuickBooks showed it.
public struct Arrival: Sendable {
    /// The ledger's number of the record.
    public var record: Int64
    /// The kind of record.
    public var entity: Entity
    /// `linked` or `imported`.
    public var kind: String
    /// The words of the event: `Bill 4A-1`, `Procore 7001`.
    public var detail: String
    /// When, UTC.
    public var at: String
    /// What it is in QuickBooks, or should be; empty where it is none of `withContents`.
    public var content: Content
}

extension Books {
    /// The number of the last event; 0 where there is none.
    public func lastEvent() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM event") ?? 0
    }

    /// When the last answer came, UTC; nil where none is among the last 5,000 things that happened.
    public func lastAnswer() throws -> String? {
        try String.fetchOne(
            db,
            sql: """
                SELECT at FROM (SELECT kind, at FROM event ORDER BY id DESC LIMIT 5000)
                WHERE kind IN ('answered', 'linked', 'imported') LIMIT 1
                """)
    }

    /// The number of the last event before a time: found in some twenty looks, since events are in the order of time.
    /// - Parameter time: UTC, as events have it.
    public func lastEvent(before time: String) throws -> Int64 {
        try lastNumber(upTo: lastEvent(), before: time) { number in
            let event = SQLRequest<Row>(
                literal: "SELECT id, at FROM event WHERE id <= \(number) ORDER BY id DESC LIMIT 1", cached: true)
            return try event.fetchOne(db).map { ($0[0], $0[1]) }
        }
    }

    /// The number of the last file that was taken before a time.
    public func lastFile(before time: String) throws -> Int64 {
        try lastNumber(upTo: Int64(lastIntake()), before: time) { number in
            let file = SQLRequest<Row>(
                literal: "SELECT intake, received FROM file WHERE intake <= \(number) ORDER BY intake DESC LIMIT 1",
                cached: true)
            return try file.fetchOne(db).map { ($0[0], $0[1]) }
        }
    }

    /// Halves what is left until the last row before a time is found.
    private func lastNumber(
        upTo last: Int64, before time: String, _ look: (Int64) throws -> (number: Int64, at: String)?
    ) throws -> Int64 {
        var (before, behind) = (Int64(0), last + 1)
        while behind - before > 1 {
            let middle = before + (behind - before) / 2
            guard let row = try look(middle), row.number > before else {
                before = middle
                continue
            }
            if row.at < time { before = middle } else { behind = row.number }
        }
        return before
    }

    /// Looks at what came home in some events, one after the other.
    /// - Parameters:
    ///   - first: the event before the first one.
    ///   - last: the last one.
    ///   - withContents: the kinds of which the content is read as well.
    ///   - look: what is done with each.
    public func arrivals(
        after first: Int64, upTo last: Int64, withContents: [Entity], _ look: (Arrival) throws -> Void
    ) throws {
        let kinds = withContents.map(\.rawValue)
        let events = SQLRequest<Row>(
            literal: """
                SELECT event.record, record.entity, event.kind, coalesce(event.detail, ''), event.at,
                    CASE WHEN record.entity IN \(kinds)
                    THEN coalesce(record.confirmed, record.imported, record.wanted, record.exported, x'') ELSE x'' END
                FROM event JOIN record ON record.id = event.record
                WHERE event.id > \(first) AND event.id <= \(last) AND event.kind IN ('linked', 'imported')
                ORDER BY event.id
                """, cached: true)
        let rows = try events.fetchCursor(db)
        while let row = try rows.next() {
            guard let entity = Entity(rawValue: row[1]) else { continue }
            let content = try row.withUnsafeData(atIndex: 5) { data in
                data?.withUnsafeBytes { Content(decoding: $0) }
            }
            try look(
                Arrival(
                    record: row[0], entity: entity, kind: row[2], detail: row[3], at: row[4],
                    content: content ?? Content()))
        }
    }

    /// How many files were taken after a number, by outcome.
    /// - Parameters:
    ///   - intake: the number.
    ///   - limit: at most so many are counted, the newest.
    public func outcomes(after intake: Int64, limit: Int) throws -> [String: Int] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT outcome, count(*) FROM (
                    SELECT outcome FROM file WHERE intake > \(intake) ORDER BY intake DESC LIMIT \(limit))
                GROUP BY outcome
                """, cached: true)
        var counts: [String: Int] = [:]
        for row in try rows.fetchAll(db) { counts[row[0]] = row[1] }
        return counts
    }

    /// The files that were taken after a number, newest first.
    public func files(after intake: Int64, limit: Int) throws -> [LedgerFile] {
        try files("intake > ? ORDER BY intake DESC LIMIT ?") { bind in
            bind(Int(intake))
            bind(limit)
        }
    }
}
