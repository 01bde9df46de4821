import Domain
import GRDB

/// A record of an export that was not taken: refused, or left out by a rule. It is remembered until it is taken.
public struct TurnedAway: Sendable, Equatable {
    /// The kind of record.
    public var entity: Entity
    /// Procore's id; nil where the export has none, or it cannot be read.
    public var procoreID: String?
    /// Name or code, folded for comparison, where it has one.
    public var code: String?
    /// The record in words: `vendor 401104`.
    public var shown: String
    /// The number or name that says most to people; nil where it has none, or its file has only lines of it.
    public var title: String?
    /// What else it is called: its number, its name, the ids of its lines.
    public var names: [String]
    /// Whether it was refused; else a rule left it out.
    public var isRefusal: Bool
    /// Why, in words.
    public var reason: String
    /// What to do about it; nil: nothing has to be done.
    public var remedy: String?
    /// Intake number of the file that last brought it.
    public var file: Int
    /// Name of that file; nil while it is read.
    public var fileName: String?
    /// Since when it has not been taken, UTC: `2026-11-22T21:30:05Z`.
    public var since: String

    /// A record that is not taken.
    public init(
        entity: Entity, procoreID: String?, code: String?, shown: String, title: String?, names: [String],
        isRefusal: Bool, reason: String, remedy: String?, file: Int, since: String
    ) {
        self.entity = entity
        self.procoreID = procoreID
        self.code = code
        self.shown = shown
        self.title = title
        self.names = names
        self.isRefusal = isRefusal
        self.reason = reason
        self.remedy = remedy
        self.file = file
        self.since = since
    }

    /// How it is named to commands: `vendors/401104`; without Procore's id by its code, or not at all.
    public var term: String {
        (procoreID.map { RecordKey(entity, $0) } ?? code.map { RecordKey(entity, code: $0) })?.description ?? ""
    }
}

// MARK: - Remembered and forgotten

extension Books {
    /// Remembers a record that was not taken. One that was not taken before keeps the time since when.
    /// - Parameter record: what was not taken, and why.
    /// - Parameter place: the path of its file, by which a record without id and name is forgotten.
    /// - Parameter project: Procore's id of its project; nil where the export does not say, and of elements of lists.
    /// - Parameter amount: its dollars; nil where those are not known.
    public func turnAway(
        _ record: TurnedAway, place: String, project: String? = nil, amount: Amount? = nil
    ) throws {
        let since = try forgetTurnedAway(record.entity, id: record.procoreID, code: record.code) ?? record.since
        try run(
            """
            INSERT INTO turned_away (entity, procore_id, code, place, shown, title, names, is_refusal, reason, remedy,
                file, since, project, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { bind in
            bind(record.entity.rawValue)
            bind(record.procoreID)
            bind(record.code)
            bind(place)
            bind(record.shown)
            bind(record.title.map(Self.oneLine))
            bind(record.names.map(Self.oneLine).joined(separator: "\n"))
            bind(record.isRefusal)
            bind(record.reason)
            bind(record.remedy)
            bind(record.file)
            bind(record.since < since ? record.since : since)
            bind(project)
            bind(amount?.cents)
        }
    }

    /// Forgets that a record was not taken: the one of its id, or of its code where one of the two has no id.
    /// - Returns: since when it had not been taken; nil where nothing was remembered of it.
    @discardableResult
    public func forgetTurnedAway(_ entity: Entity, id: String?, code: String?) throws -> String? {
        var since: String?
        if let id {
            let found = try first(
                "DELETE FROM turned_away WHERE entity = ? AND procore_id = ? RETURNING since, file"
            ) { bind in
                bind(entity.rawValue)
                bind(id)
            } _: {
                (since: $0.text(0), file: $0.int(1))
            }
            since = found?.since
            if let file = found?.file { try retell(file) }
        }
        guard let code else { return since }
        // Of one name there may be several with ids of their own; a record without an id is any of them.
        let found = try all(
            .other, "DELETE FROM turned_away WHERE ",
            "entity = ? AND code = ? AND (procore_id IS NULL OR ?) RETURNING since, file"
        ) { bind in
            bind(entity.rawValue)
            bind(code)
            bind(id == nil)
        } _: {
            (since: $0.text(0), file: $0.int(1))
        }
        for file in found.compactMap(\.file) { try retell(file) }
        return (found.map(\.since) + [since]).compactMap { $0 }.min()
    }

    /// Forgets what was not taken from a file of this path and has neither id nor name, now that the file comes anew.
    public func forgetTurnedAway(place: String) throws {
        try run("DELETE FROM turned_away WHERE place = ? AND procore_id IS NULL AND code IS NULL") { $0(place) }
    }

    /// Whether any record is remembered that was not taken.
    public func knowsTurnedAway() throws -> Bool {
        try first("SELECT 1 FROM turned_away LIMIT 1") { _ in
        } _: { _ in
            true
        } ?? false
    }

    /// Ids and codes of an entity's records that were not taken; nil where there are more than so many.
    public func turnedAwayKeys(_ entity: Entity, atMost most: Int) throws -> (ids: Set<String>, codes: Set<String>)? {
        let keys = SQLRequest<Row>(
            literal: "SELECT procore_id, code FROM turned_away WHERE entity = \(entity.rawValue) LIMIT \(most + 1)",
            cached: true)
        let rows = try keys.fetchAll(db)
        guard rows.count <= most else { return nil }
        return (
            Set(rows.compactMap { $0["procore_id"] as String? }), Set(rows.compactMap { $0["code"] as String? })
        )
    }

    private static func oneLine(_ name: String) -> String {
        name.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

// MARK: - Told

extension Books {
    /// The record of a key that was not taken; nil where it was, or is not known.
    public func turnedAway(_ key: RecordKey) throws -> TurnedAway? {
        let code = key.code
        return try turnedAway(
            where: "turned_away.entity = \(key.entity.rawValue) AND (procore_id = \(key.procoreID) OR code = \(code))",
            limit: 1
        ).first
    }

    /// Records that were not taken, those that have waited longest first.
    public func turnedAway(isRefusal: Bool, limit: Int) throws -> [TurnedAway] {
        try turnedAway(where: "is_refusal = \(isRefusal)", limit: limit)
    }

    /// Records that a file brought last, and that were not taken.
    public func turnedAway(from intake: Int, limit: Int) throws -> [TurnedAway] {
        try turnedAway(where: "turned_away.file = \(intake)", limit: limit)
    }

    /// Records that were not taken and have this name, or a name that it is part of, whatever the case of its letters.
    public func turnedAway(named term: String, limit: Int) throws -> (exact: [TurnedAway], partial: [TurnedAway]) {
        let line = "\n" + term + "\n"
        let exact = try turnedAway(
            where: """
                procore_id = \(term) OR code = \(term.lowercased())
                OR mentions(char(10) || names || char(10), \(line))
                """, limit: limit)
        let partial = try turnedAway(where: "mentions(names, \(term))", limit: limit + exact.count)
            .filter { !exact.contains($0) }
        return (exact, Array(partial.prefix(limit)))
    }

    /// How many records were refused and not taken since.
    public func refusals() throws -> Int {
        guard try db.tableExists("turned_away") else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM turned_away WHERE is_refusal = 1") ?? 0
    }

    /// How many records rules left out, by the reason: the most frequent first, and how many reasons there are more.
    public func skipReasons(limit: Int) throws -> (total: Int, reasons: [(reason: String, count: Int)]) {
        guard try db.tableExists("turned_away") else { return (0, []) }
        let total = try Int.fetchOne(db, sql: "SELECT count(*) FROM turned_away WHERE is_refusal = 0") ?? 0
        let reasons = SQLRequest<Row>(
            literal: """
                SELECT reason, count(*) AS n FROM turned_away WHERE is_refusal = 0
                GROUP BY reason ORDER BY n DESC, reason LIMIT \(limit)
                """)
        return (total, try reasons.fetchAll(db).map { (reason: $0["reason"], count: $0["n"]) })
    }

    func turnedAway(where condition: SQL, limit: Int) throws -> [TurnedAway] {
        // A ledger that its owner has not migrated yet remembers none.
        guard try db.tableExists("turned_away") else { return [] }
        let records = SQLRequest<Row>(
            literal: """
                SELECT turned_away.*, file.name AS file_name FROM turned_away
                LEFT JOIN file ON file.intake = turned_away.file
                WHERE \(condition) ORDER BY since, turned_away.id LIMIT \(limit)
                """)
        return try records.fetchAll(db).map(Self.turnedAway)
    }

    private static func turnedAway(_ row: Row) throws -> TurnedAway {
        guard let entity = Entity(rawValue: row["entity"]) else {
            throw LedgerDamage("A record that was not taken has an unknown entity.")
        }
        let names: String = row["names"]
        var record = TurnedAway(
            entity: entity, procoreID: row["procore_id"], code: row["code"], shown: row["shown"],
            title: row["title"], names: names.split(separator: "\n").map(String.init), isRefusal: row["is_refusal"],
            reason: row["reason"],
            remedy: row["remedy"], file: row["file"], since: row["since"])
        record.fileName = row["file_name"]
        return record
    }
}
