import Foundation
import Testing

@testable import SyncLedger

/// What stands in its own way is remembered by what waits, and told by what is to be mended.
@Suite struct FaultsTests {
    private func fault(_ subject: String, _ object: String, since: String = "2026-03-08T20:00:00Z") -> WaitingFault {
        WaitingFault(
            subject: Array(subject.utf8), object: Array(object.utf8), what: "No right.", remedy: "Give it.",
            since: since)
    }

    @Test func filesOfOneFolderAreToldOnceWithTheirNumber() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("faults-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let ledger = try Ledger(path: path)
        try ledger.write { books in
            try books.set(fault("procore/x/a.json", "procore/x", since: "2026-03-08T21:00:00Z"))
            try books.set(fault("procore/x/b.json", "procore/x"))
            try books.set(fault("#7", "procore/c.json"))
        }
        let objects = try ledger.read { try $0.faultyObjects(limit: 9) }
        #expect(objects.map { String(decoding: $0.fault.object, as: UTF8.self) } == ["procore/c.json", "procore/x"])
        #expect(objects.map(\.waiting) == [1, 2])
        #expect(objects.last?.fault.since == "2026-03-08T20:00:00Z", "since the first of them")
        try ledger.write { books in
            try books.endFault(of: Array("#7".utf8))
            try books.set(fault("procore/x/a.json", "procore/x"))
        }
        #expect(
            try ledger.read { try $0.faults() }.map { String(decoding: $0.subject, as: UTF8.self) } == [
                "procore/x/a.json", "procore/x/b.json",
            ])
    }
}
