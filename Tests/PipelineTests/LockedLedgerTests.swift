import DropFolder
import Foundation
import GRDB
import Logging
import Synchronization
import Testing

@testable import Pipeline
@testable import SyncLedger

/// A lock of the sync ledger that is not to be had: whoever meets it opens the ledger anew, since the lock may be one of our
/// own that the kernel refused to release.
@Suite struct LockedLedgerTests {
    /// What SQLite says ahead of each statement.
    private final class Refusal: Sendable {
        private let code = Mutex<ResultCode?>(nil)

        func set(_ code: ResultCode?) { self.code.withLock { $0 = code } }

        func next() throws {
            if let code = code.withLock({ $0 }) { throw DatabaseError(resultCode: code) }
        }
    }

    /// A table that goes with its connection.
    private func mark(_ ledger: Ledger) throws {
        try ledger.write { try $0.db.execute(sql: "CREATE TEMP TABLE of_this_connection (id INTEGER)") }
    }

    private func isMarked(_ ledger: Ledger) throws -> Bool {
        try ledger.read {
            try Bool.fetchOne(
                $0.db, sql: "SELECT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = 'of_this_connection')")
        } ?? false
    }

    @Test(arguments: [
        (ResultCode.SQLITE_BUSY, true), (.SQLITE_PROTOCOL, true), (.SQLITE_IOERR, false), (.SQLITE_FULL, false),
    ])
    func aDaemonOpensItAnewOnlyForItsLocks(code: ResultCode, isOpenedAnew: Bool) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("locked-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("company_id: 8089\n".utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        let refusal = Refusal()
        let root = try OpenRoot(path: path, isRight: false) { try refusal.next() }
        defer { root.close() }
        let worker = RootWorker(root)
        worker.begin()
        try worker.runRound()
        try mark(root.ledger)
        try Data(#"[{"id": 401301, "name": "Alder", "is_active": true}]"#.utf8)
            .write(to: URL(fileURLWithPath: path + "/inbox/procore/vendors.json"))
        worker.receive(.arrived(inbox: 0, RelativePath("procore/vendors.json")), inbox: 0)
        refusal.set(code)
        try worker.runRound()
        refusal.set(nil)
        #expect(root.lock.heartbeat.fault != nil, "the machine's")
        #expect(try isMarked(root.ledger) != isOpenedAnew)
    }

    @Test(arguments: [(ResultCode.SQLITE_BUSY, false), (.SQLITE_IOERR, true)])
    func aSessionLetsGoOfItOnlyForItsLocks(code: ResultCode, staysOpen: Bool) async throws {
        let root = try ConnectorRoot()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let door = RootDoor(
            try RootPlace(path: root.path, clock: root.clock.wall, logger: logger), among: OpenLedgers())
        await #expect(throws: LedgerFault.self) {
            try await door.use { root in
                try root.ledger.read { _ in throw DatabaseError(resultCode: code) }
            }
        }
        #expect(await door.isOpen == staysOpen)
        #expect(try await door.use { try $0.ledger.read { try $0.connectorUsers().count } } == 1)
    }
}
