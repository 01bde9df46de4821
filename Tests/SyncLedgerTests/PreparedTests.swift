import Domain
import Foundation
import GRDBSQLite
import Testing

@testable import SyncLedger

@Suite struct PreparedTests {
    @Test func aValueThatSQLiteDoesNotTakeIsNeverReplacedByTheOneBefore() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let ledger = try Ledger(path: path)
        try ledger.write { books in
            var first = LedgerRecord(entity: .vendors, procoreID: "1", shown: "vendor 1", file: 1)
            first.scope = "the first one's"
            try books.insert(&first)
        }
        #expect(throws: LedgerTrouble.self) {
            try ledger.write { books in
                _ = sqlite3_limit(books.db.sqliteConnection, SQLITE_LIMIT_LENGTH, 5_000)
                var second = LedgerRecord(entity: .vendors, procoreID: "2", shown: "vendor 2", file: 1)
                second.scope = String(repeating: "x", count: 6_000)
                try books.insert(&second)
            }
        }
        let written = try ledger.read { try $0.record(RecordKey(.vendors, "2")) }
        #expect(written == nil)
    }
}
