import Foundation
import Testing

@testable import SyncLedger

/// The ledger's connection is closed and opened anew under those who hold the ledger.
@Suite struct LedgerConnectionTests {
    @Test func aLedgerThatIsOpenedAnewLetsGoOfItsFilesAndIsAsDurableAsBefore() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let ledger = try Ledger(path: path)
        try ledger.write { try $0.setFact("company", "8089") }
        try ledger.write { try $0.db.execute(sql: "CREATE TEMP TABLE of_this_connection (id INTEGER)") }
        #expect(FileManager.default.fileExists(atPath: path + "-wal"))
        try ledger.openAnew()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "SQLite removes it with the last connection")
        try ledger.openAnew()
        #expect(try ledger.read { try $0.fact("company") } == "8089")
        #expect(throws: LedgerFault.self) {
            try ledger.read { try $0.db.execute(sql: "SELECT * FROM of_this_connection") }
        }
        let (journal, synchronous) = try ledger.durability()
        #expect(journal == "wal" && synchronous == 2)
    }
}
