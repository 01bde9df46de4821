import Domain
import GRDB

/// What a sync ledger is made of, in numbers: no name, no text and no amount of any record.
public struct LedgerSurvey: Sendable {
    /// A count by the words that tell what is counted: `record commitments held`.
    public typealias Count = (words: [String], count: Int)

    /// The migrations that were made, in their order.
    public private(set) var migrations: [String] = []
    /// What SQLite says of its file: page size, pages, free pages.
    public private(set) var pragmas: [Count] = []
    /// The rows of each table.
    public private(set) var tables: [Count] = []
    /// How many elements QuickBooks takes to a page, by the message.
    public private(set) var pages: [Count] = []
    /// What rows come to, by what tells them apart.
    public private(set) var counts: [Count] = []

    /// Each counts the rows of a table by columns that hold words of ours, or numbers.
    private static let groups: [(title: String, sql: String)] = [
        ("record", "SELECT entity, state, count(*) FROM record GROUP BY 1, 2"),
        ("record broken", "SELECT entity, count(*) FROM record WHERE is_broken = 1 GROUP BY 1"),
        ("record retries", "SELECT entity, retries, count(*) FROM record WHERE retries > 0 GROUP BY 1, 2"),
        (
            "failed behind status",
            """
            SELECT entity, coalesce((SELECT status FROM request WHERE request.record = record.id ORDER BY id DESC LIMIT 1),
                'none'), count(*) FROM record WHERE state = 'failed' GROUP BY 1, 2
            """
        ),
        (
            "turned away",
            "SELECT entity, iif(is_refusal, 'refused', 'left out'), count(*) FROM turned_away GROUP BY 1, 2"
        ),
        ("request", "SELECT operation, coalesce(status, 'unanswered'), count(*) FROM request GROUP BY 1, 2"),
        ("document", "SELECT outbox, iif(published, 'published', 'staged'), count(*) FROM document GROUP BY 1, 2"),
        ("file", "SELECT outcome, finished, count(*) FROM file GROUP BY 1, 2"),
        ("pull", "SELECT subject, coalesce(status, 'unanswered'), count(*) FROM pull GROUP BY 1, 2"),
        ("event", "SELECT kind, count(*) FROM event GROUP BY 1"),
        ("wait", "SELECT substr(needs, 1, instr(needs || '/', '/') - 1), count(*) FROM wait GROUP BY 1"),
    ]

    /// Counts everything.
    /// - Parameter ledger: read beside the process that owns it.
    /// - Throws: what SQLite says.
    public init(_ ledger: Ledger) throws {
        try translatingErrors {
            try ledger.queue.unsafeRead { db in
                migrations = try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
                for pragma in ["page_size", "page_count", "freelist_count", "user_version"] {
                    pragmas.append(([pragma], try Int.fetchOne(db, sql: "PRAGMA \(pragma)") ?? 0))
                }
                let names = try String.fetchAll(
                    db,
                    sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1")
                for name in names {
                    tables.append(([name], try Int.fetchOne(db, sql: "SELECT count(*) FROM main.\(name)") ?? 0))
                }
                for row in try Row.fetchAll(db, sql: "SELECT name, value FROM fact WHERE name LIKE 'page size %'") {
                    let (name, value): (String, String) = (row[0], row[1])
                    if let size = Int(value) { pages.append(([String(name.dropFirst("page size ".count))], size)) }
                }
                // A table that an earlier version does not have has no counts.
                for (title, sql) in Self.groups {
                    for row in (try? Row.fetchAll(db, sql: sql)) ?? [] {
                        let words = (0..<row.count - 1).map { column in
                            let value: DatabaseValue = row[column]
                            return String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(String.init)
                                ?? "none"
                        }
                        counts.append(([title] + words, row[row.count - 1]))
                    }
                }
            }
        }
    }
}
