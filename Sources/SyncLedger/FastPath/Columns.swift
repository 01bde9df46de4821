import GRDBSQLite

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
