import GRDB
import QBXML

/// The company's file inside one transaction: its records, its counter, its clock.
struct CompanyFile {
    let db: Database

    /// The moment before the first change: 2023-11-14, as in the ids of QuickBooks' own examples.
    static let beginning = 1_700_000_000

    /// Lets a second pass, and returns the time. There is no other clock, so that the same requests give the same file.
    func tick() throws -> Int {
        try db.execute(sql: "UPDATE company SET clock = clock + 1")
        return try Int.fetchOne(db, sql: "SELECT clock FROM company") ?? Self.beginning
    }

    /// The company's name.
    func companyName() throws -> String {
        try String.fetchOne(db, sql: "SELECT name FROM company") ?? ""
    }

    /// The day on which the company's clock stands.
    func today() throws -> String {
        let now = try Int.fetchOne(db, sql: "SELECT clock FROM company") ?? Self.beginning
        return String(CalendarText.shown(now).prefix(10))
    }

    /// The record with an id; nil where there is none in the list.
    func record(list: String, listID: String) throws -> ListRecord? {
        try one("list = ? AND list_id = ?", [list, listID])
    }

    /// The record with a number.
    func record(number: Int64) throws -> ListRecord? {
        try one("number = ?", [number])
    }

    /// The record with a name under a parent.
    func record(list: String, parent: Int64?, name: String) throws -> ListRecord? {
        let key = QuickBooksText.comparisonKey(name)
        return try one("list = ? AND ifnull(parent, 0) = ? AND name_key = ?", [list, parent ?? 0, key])
    }

    /// The record with a full name such as `Job Expenses:Concrete`.
    func record(list: String, fullName: String) throws -> ListRecord? {
        var found: ListRecord?
        for name in fullName.split(separator: ":", omittingEmptySubsequences: false) {
            found = try record(list: list, parent: found?.number, name: String(name))
            if found == nil { return nil }
        }
        return found
    }

    /// All records of some kinds, in the order of creation.
    func records(kinds: [String]) throws -> [ListRecord] {
        let marks = databaseQuestionMarks(count: kinds.count)
        let sql = "SELECT * FROM record WHERE kind IN (\(marks)) ORDER BY number"
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(kinds)).map(ListRecord.init)
    }

    /// All records, in the order of creation.
    func records() throws -> [ListRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM record ORDER BY number").map(ListRecord.init)
    }

    /// The records above one, from its parent to the top.
    func parents(of record: ListRecord) throws -> [ListRecord] {
        var parents: [ListRecord] = []
        var next = record.parent
        while let number = next, let parent = try self.record(number: number) {
            parents.append(parent)
            next = parent.parent
        }
        return parents
    }

    /// A record's name behind those of its parents.
    func fullName(_ record: ListRecord) throws -> String {
        try (parents(of: record).reversed().map(\.name) + [record.name]).joined(separator: ":")
    }

    /// How many levels stand below a record.
    func depth(below record: ListRecord) throws -> Int {
        let sql = """
            WITH RECURSIVE below(number, level) AS (
                SELECT number, 1 FROM record WHERE parent = ?
                UNION ALL SELECT record.number, level + 1 FROM record JOIN below ON record.parent = below.number)
            SELECT ifnull(max(level), 0) FROM below
            """
        return try Int.fetchOne(db, sql: sql, arguments: [record.number]) ?? 0
    }

    /// Adds a record; returns it with its ids.
    func insert(_ new: ListRecord) throws -> ListRecord {
        var record = new
        let now = try tick()
        record.created = now
        record.modified = now
        record.editSequence = now
        record.listID = try nextListID(record.list, now)
        try db.execute(
            sql: """
                INSERT INTO record (kind, list, list_id, parent, name, name_key, edit_sequence, created, modified,
                    is_active, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.kind, record.list, record.listID, record.parent, record.name,
                QuickBooksText.comparisonKey(record.name), record.editSequence, record.created, record.modified,
                record.isActive, record.storedFields,
            ])
        record.number = db.lastInsertedRowID
        return record
    }

    /// Saves a changed record; returns it with its new edit sequence.
    func update(_ changed: ListRecord) throws -> ListRecord {
        var record = changed
        let now = try tick()
        record.modified = now
        record.editSequence = now
        try db.execute(
            sql: """
                UPDATE record SET parent = ?, name = ?, name_key = ?, edit_sequence = ?, modified = ?, is_active = ?,
                    fields = ? WHERE number = ?
                """,
            arguments: [
                record.parent, record.name, QuickBooksText.comparisonKey(record.name), record.editSequence,
                record.modified, record.isActive, record.storedFields, record.number,
            ])
        return record
    }

    /// The next number of a counter, from 1.
    func next(_ counter: String) throws -> Int {
        try db.execute(
            sql: "INSERT INTO counter VALUES (?, 1) ON CONFLICT (list) DO UPDATE SET last = last + 1",
            arguments: [counter])
        return try Int.fetchOne(db, sql: "SELECT last FROM counter WHERE list = ?", arguments: [counter]) ?? 1
    }

    private func nextListID(_ list: String, _ now: Int) throws -> String {
        String(0x8000_0000 + (try next(list)), radix: 16, uppercase: true) + "-\(now)"
    }

    private func one(_ condition: String, _ arguments: StatementArguments) throws -> ListRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM record WHERE \(condition)", arguments: arguments).map(ListRecord.init)
    }
}
