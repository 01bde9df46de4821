import Domain
import Foundation
import GRDBSQLite
import Testing

@testable import SyncLedger

@Suite struct PreparedTests {
    private func withLedger(_ body: (Ledger) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try body(try Ledger(path: path))
    }

    @Test func aReadLetsSQLiteKeepWhatItHasCompiledAndLeavesNothingBehind() throws {
        try withLedger { ledger in
            /// How often SQLite compiled the statement for a fact anew.
            func recompiled() throws -> Int32 {
                try ledger.readWithoutTransaction { books in
                    _ = try books.fact("company")
                    let statement = try books.prepared.statement(
                        "SELECT value FROM fact WHERE name = ?", .other, after: "")
                    return sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0)
                }
            }
            let before = try recompiled()
            for _ in 0..<3 { _ = try ledger.read { try $0.fact("company") } }
            #expect(try recompiled() == before)
            try ledger.read { try $0.setFact("company", "8089") }
            #expect(try ledger.read { try $0.fact("company") } == nil)
        }
    }

    @Test func aValueThatSQLiteDoesNotTakeIsNeverReplacedByTheOneBefore() throws {
        try withLedger { ledger in
            try ledger.write { books in
                var first = LedgerRecord(entity: .vendors, procoreID: "1", shown: "vendor 1", file: 1)
                first.identity.scope = "the first one's"
                try books.insert(&first)
            }
            #expect(throws: LedgerFault.self) {
                try ledger.write { books in
                    _ = try sqlite3_limit(books.db.sqliteConnection, SQLITE_LIMIT_LENGTH, 5_000)
                    var second = LedgerRecord(entity: .vendors, procoreID: "2", shown: "vendor 2", file: 1)
                    second.identity.scope = String(repeating: "x", count: 6_000)
                    try books.insert(&second)
                }
            }
            let written = try ledger.read { try $0.record(RecordKey(.vendors, "2")) }
            #expect(written == nil)
        }
    }
}
