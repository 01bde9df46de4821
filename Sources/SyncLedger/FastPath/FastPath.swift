// The fast path: what is run for every record, or for every file, speaks to SQLite itself.
//
// All other SQL in this target is written as users of GRDB know it: `db.execute(literal:)`, `SQLRequest(literal:)`, and
// `db.cachedStatement` with named arguments. Start with that. This folder is for statements of which one file may need
// hundreds of thousands.
//
// What it is
// - `Prepared`: the statements of one transaction, by their text. GRDB compiles them and keeps them over transactions.
// - `Books.run`, `first`, `all`, `each`: run one, from the values for its question marks to what is read of its rows.
// - `Binding` fills in the question marks by position; `Columns` reads a row by position.
// - `PackedValues`: the texts of a new row in one piece of memory, put together on the thread that reads a file.
// - `RecordInsert`, `ElementInsert`: the two kinds of row that most of a first export becomes, in one statement each;
//   `DocumentInsert`: the same of a document, with what Procore says of it. `RecordInserts`: those that were read together,
//   in one piece of memory.
// - `PendingInserts`: of these 25 rows are written in one statement, and of new records 100. They wait for each other until
//   then, or until anything else is asked of the ledger.
// - `KnownRecords`: of a long first import most elements are known to be new without a question, by a filter of 1 MiB.
// - `LateIndex`: of a long first import the index of full names is made at the end, in its order.
// - `RecordRows`: how any other record is written and read.
//
// Why
// GRDB boxes each value of a row, and looks its columns up by name. On rows this small that took several times as long as
// SQLite's own work: 30,000 companies took 5.75 s with it and 4.2 s without. Values packed by the reading thread and
// read by SQLite where they lie, with documents checked on a third thread, brought 300,000 companies from 19.6 s to
// 13.9 s. See docs/PERFORMANCE.md, "Where the time goes".
//
// Rules
// - Who may use it: what is run for each record, line, request or document, or once or more for each file, and what the
//   daemon asks each second. All else goes through GRDB, where it is shorter and names its columns.
// - The SQL is a `StaticString`, since a statement is known by the address of its text; values are bound, never put into
//   the text. Where statements share a beginning, `all` takes it beside the end, and their `Subject` tells them apart.
// - Values are bound in the order of the question marks, and columns are read in the order of the selection, from 0. A
//   statement is given all of its values on each run: SQLite keeps those of the run before.
// - What is bound as `lent` or `lentBytes` is not copied. It must stay where it is until the statement has run, so `run`
//   and `first` are called inside `PackedValues.lend` or `withUnsafeBytes`. At the end of the run SQLite forgets it.
// - What `Columns` lends in `bytes` is gone once its closure returns. Texts are copied.
// - No statement is run while it is being read: `all` reads to the end, and what is read per row asks for nothing.
// - Errors: a value that SQLite does not take, such as a text beyond its limits, throws before the statement runs. What
//   SQLite says is thrown as GRDB's `DatabaseError`, as all of GRDB's own, and leaves the ledger as a `LedgerFault`. A
//   row that makes no sense throws a `LedgerDamage`.
// - The probe of `Books` is called ahead of each statement here as by `Books.db`, so that tests can fail every one.

import GRDB
import GRDBSQLite

/// The prepared statements of one transaction, by their texts.
final class Prepared {
    /// Which rows a statement is about; tells apart what is put together from the same condition.
    enum Subject: Hashable {
        case record, request, document, pull, file, fragment, line, command, seenCode, session, lease, review, undo,
            row, rows, other
    }

    private struct Key: Hashable {
        let subject: Subject
        let start: UnsafePointer<UInt8>
    }

    private let db: Database
    private let probe: Books.Probe?
    /// Held here as well as by GRDB, which may let go of them at any time.
    private var statements = Dictionary<Key, Statement>(minimumCapacity: usual)
    /// A file that is taken alone needs about so many.
    private static let usual = 48

    init(_ db: Database, probe: Books.Probe?) {
        self.db = db
        self.probe = probe
    }

    /// The statement of an SQL text, or of the end of one.
    func statement(_ sql: StaticString, _ subject: Subject, after start: @autoclosure () -> String) throws
        -> OpaquePointer
    {
        try probe?()
        let key = Key(subject: subject, start: sql.utf8Start)
        if let known = statements[key] { return known.sqliteStatement }
        // GRDB keeps it over transactions.
        let start = start()
        let statement = try db.cachedStatement(sql: start.isEmpty ? sql.description : start + sql.description)
        statements[key] = statement
        return statement.sqliteStatement
    }
}

extension Books {
    /// Runs a statement that gives no rows.
    func run(_ sql: StaticString, _ bind: (inout Binding) -> Void) throws {
        try writePending()
        try run(prepared.statement(sql, .other, after: ""), bind)
    }

    /// Runs a statement that writes one row, or as many as are written together.
    func run(_ rows: RowsStatement, count: Int, _ bind: (inout Binding) -> Void) throws {
        let isOne = count == 1
        let beginning = isOne ? rows.beginnings.one : rows.beginnings.together
        try run(prepared.statement(rows.row, isOne ? .row : .rows, after: beginning), bind)
    }

    private func run(_ statement: OpaquePointer, _ bind: (inout Binding) -> Void) throws {
        var binding = Binding(statement)
        defer { binding.end() }
        bind(&binding)
        try check(binding.code)
        try step(statement)
    }

    /// The first row that a statement gives.
    func first<Result>(
        _ sql: StaticString, _ bind: (inout Binding) -> Void, _ read: (Columns) throws -> Result
    ) throws -> Result? {
        try writePending()
        return try firstBesidePending(sql, bind, read)
    }

    /// The same of what is written already, without the rows that are not.
    func firstBesidePending<Result>(
        _ sql: StaticString, _ bind: (inout Binding) -> Void, _ read: (Columns) throws -> Result
    ) throws -> Result? {
        let statement = try prepared.statement(sql, .other, after: "")
        var binding = Binding(statement)
        defer { binding.end() }
        bind(&binding)
        try check(binding.code)
        return try step(statement) ? read(Columns(statement: statement)) : nil
    }

    /// All rows of a subject that a condition is true of.
    func all<Result>(
        _ subject: Prepared.Subject, _ selection: String, _ condition: StaticString, _ bind: (inout Binding) -> Void,
        _ read: (Columns) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try each(subject, selection, condition, bind) { results.append(try read($0)) }
        return results
    }

    /// Reads one row after the other that a condition is true of, and keeps none.
    func each(
        _ subject: Prepared.Subject, _ selection: String, _ condition: StaticString, _ bind: (inout Binding) -> Void,
        _ read: (Columns) throws -> Void
    ) throws {
        try writePending()
        let statement = try prepared.statement(condition, subject, after: selection)
        var binding = Binding(statement)
        defer { binding.end() }
        bind(&binding)
        try check(binding.code)
        while try step(statement) { try read(Columns(statement: statement)) }
    }

    @discardableResult
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw failure(code) }
    }
}
