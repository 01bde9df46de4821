import GRDBSQLite

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
