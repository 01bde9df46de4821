import GRDB
import GRDBSQLite

/// The prepared statements of one transaction that are run for every record.
///
/// They are bound and read by position, without a detour over GRDB's values: on rows this small the detour takes
/// several times as long as SQLite's own work. Everything that is not run for every record goes through GRDB.
final class Prepared {
    /// Which rows a statement is about; tells apart what is put together from the same condition.
    enum Subject: Hashable {
        case record, request, document, pull, file, command, seenCode, other
    }

    private struct Key: Hashable {
        let subject: Subject
        let start: UnsafePointer<UInt8>
    }

    private let db: Database
    private let probe: Books.Probe?
    /// Held here as well as by GRDB, which may let go of them at any time.
    private var statements: [Key: Statement] = [:]

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
        let statement = try db.cachedStatement(sql: start() + "\(sql)")
        statements[key] = statement
        return statement.sqliteStatement
    }
}

extension Books {
    /// Runs a statement that gives no rows.
    func run(_ sql: StaticString, _ bind: (inout Binding) -> Void) throws {
        let statement = try prepared.statement(sql, .other, after: "")
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
        let statement = try prepared.statement(condition, subject, after: selection)
        var binding = Binding(statement)
        defer { binding.end() }
        bind(&binding)
        try check(binding.code)
        var results: [Result] = []
        while try step(statement) { results.append(try read(Columns(statement: statement))) }
        return results
    }

    @discardableResult
    private func step(_ statement: OpaquePointer) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw failure(code) }
    }
}

/// Fills in the question marks of a statement, from the first on.
struct Binding {
    private let statement: OpaquePointer
    private var index: Int32 = 0
    private var isLent = false
    /// The first thing that SQLite did not take, such as a text beyond its limits; else `SQLITE_OK`. A statement with a
    /// value missing must not run: it would still have the one of the run before.
    private(set) var code = SQLITE_OK
    /// SQLite copies what it is given.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    /// Ends the run of the statement, which forgets what it was only lent.
    func end() {
        sqlite3_reset(statement)
        if isLent { sqlite3_clear_bindings(statement) }
    }

    private mutating func keep(_ code: Int32) {
        if self.code == SQLITE_OK { self.code = code }
    }

    mutating func callAsFunction(_ text: String?) {
        index += 1
        guard var text else { return keep(sqlite3_bind_null(statement, index)) }
        let (statement, index) = (statement, index)
        keep(
            text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { chars in
                    // An empty text is no NULL.
                    chars.isEmpty
                        ? sqlite3_bind_text(statement, index, "", 0, Self.copied)
                        : sqlite3_bind_text(
                            statement, index, chars.baseAddress, Int32(clamping: chars.count), Self.copied)
                }
            })
    }

    /// A text that stays where it is until the statement has run.
    mutating func callAsFunction(lent text: UnsafeRawBufferPointer?) {
        index += 1
        isLent = true
        guard let text else { return keep(sqlite3_bind_null(statement, index)) }
        guard let start = text.baseAddress, !text.isEmpty else {
            return keep(sqlite3_bind_text(statement, index, "", 0, nil))
        }
        let chars = start.assumingMemoryBound(to: CChar.self)
        keep(sqlite3_bind_text(statement, index, chars, Int32(clamping: text.count), nil))
    }

    /// Bytes that stay where they are until the statement has run.
    mutating func callAsFunction(lentBytes bytes: UnsafeRawBufferPointer?) {
        index += 1
        isLent = true
        guard let bytes else { return keep(sqlite3_bind_null(statement, index)) }
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            return keep(sqlite3_bind_zeroblob(statement, index, 0))
        }
        keep(sqlite3_bind_blob(statement, index, start, Int32(clamping: bytes.count), nil))
    }

    mutating func callAsFunction(_ number: Int64?) {
        index += 1
        keep(number.map { sqlite3_bind_int64(statement, index, $0) } ?? sqlite3_bind_null(statement, index))
    }

    mutating func callAsFunction(_ number: Int?) { self(number.map(Int64.init)) }

    mutating func callAsFunction(_ flag: Bool) { self(flag ? 1 as Int64 : 0) }

    mutating func callAsFunction(_ bytes: [UInt8]?) {
        index += 1
        guard let bytes else { return keep(sqlite3_bind_null(statement, index)) }
        keep(
            bytes.withUnsafeBytes { bytes in
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(clamping: bytes.count), Self.copied)
            })
    }
}

/// The row at which a statement stands. Columns count from 0.
struct Columns {
    let statement: OpaquePointer

    func text(_ index: Int32) -> String? {
        guard let start = sqlite3_column_text(statement, index) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, index))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func number(_ index: Int32) -> Int64? {
        sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, index)
    }

    func int(_ index: Int32) -> Int? { number(index).map(Int.init) }

    func bytes<Result>(_ index: Int32, _ read: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard sqlite3_column_type(statement, index) != SQLITE_NULL else { return nil }
        let start = sqlite3_column_blob(statement, index)
        return read(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
    }
}
