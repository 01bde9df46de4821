import GRDB
import GRDBSQLite

/// Receipts that name very many documents: they are read a piece at a time, so that none is in memory as a whole.
extension Books {
    /// A receipt of more bytes is not read with its file.
    static let longReceipt = 262_144
    private static let piece: Int32 = 65_536

    /// Reads the receipt of a file, one piece after the other, as it stands in its file.
    /// - Parameters:
    ///   - intake: the number of the file.
    ///   - body: takes a piece, which is gone once it returns.
    /// - Throws: what `body` throws; a `LedgerDamage` where the ledger has no receipt of that number.
    public func eachPiece(ofReceipt intake: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try writePending()
        var opened: OpaquePointer?
        let code = try sqlite3_blob_open(db.sqliteConnection, "main", "file", "receipt", Int64(intake), 0, &opened)
        defer { sqlite3_blob_close(opened) }
        guard code != SQLITE_ERROR else { throw LedgerDamage("File \(intake) has no receipt.") }
        try check(code)
        let count = sqlite3_blob_bytes(opened)
        var last: UInt8?
        try withUnsafeTemporaryAllocation(byteCount: Int(Self.piece), alignment: 1) { memory in
            var start: Int32 = 0
            while start < count {
                let some = min(Self.piece, count - start)
                try check(sqlite3_blob_read(opened, memory.baseAddress, some, start))
                last = memory[Int(some) - 1]
                try body(UnsafeRawBufferPointer(rebasing: memory[..<Int(some)]))
                start += some
            }
        }
        // Earlier ledgers have receipts without the end of their last line.
        if last != 0x0a { try [0x0a as UInt8].withUnsafeBytes(body) }
    }

    /// What a receipt says beside the documents that it names, where it is too long to be read with its file.
    /// - Parameter intake: the number of the file.
    public func receiptWithoutOutputs(_ intake: Int) throws -> [UInt8] {
        var rest = WithoutOutputs()
        try eachPiece(ofReceipt: intake) { rest.take($0) }
        return rest.bytes
    }

    /// Lets go of what can be read again, after what was changed has been written to the ledger's file, where it is not
    /// committed yet: ahead of something that takes much memory for a moment.
    public func releaseMemory() throws {
        try writePending()
        let connection = try db.sqliteConnection
        try check(sqlite3_db_cacheflush(connection))
        sqlite3_db_release_memory(connection)
    }
}

/// Takes the lines out that name documents, each of which has one of its own.
private struct WithoutOutputs {
    private(set) var bytes: [UInt8] = []
    private var line: [UInt8] = []
    private var isInside = false

    mutating func take(_ piece: UnsafeRawBufferPointer) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: 0x0a) {
            line.append(contentsOf: rest[...end])
            endLine()
            rest = rest[(end + 1)...]
        }
        line.append(contentsOf: rest)
    }

    private mutating func endLine() {
        // No text in JSON has the end of a line in it, so that these are lines of the receipt itself.
        if isInside, line.starts(with: "  ]".utf8) { isInside = false }
        if !isInside { bytes.append(contentsOf: line) }
        if line.elementsEqual("  \"outputs\": [\n".utf8) { isInside = true }
        line.removeAll(keepingCapacity: true)
    }
}
