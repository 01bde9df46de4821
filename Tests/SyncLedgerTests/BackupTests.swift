import Domain
import Foundation
import Testing

@testable import SyncLedger

@Suite struct BackupTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("backup-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func fact(_ name: String, _ ledger: Ledger) throws -> String? {
        try ledger.read { try $0.fact(name) }
    }

    @Test func aBackupIsOneFileOfItsMomentWithItsStamp() throws {
        try withFolder { folder in
            let ledger = try Ledger(path: folder + "/plumbline.sqlite")
            try ledger.write { try $0.setFact("then", "yes") }
            try Ledger(readingFrom: folder + "/plumbline.sqlite")
                .backUp(to: folder + "/copy", stamp: "2026-11-23T13:30:00Z")
            try ledger.write { try $0.setFact("later", "yes") }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("copy") }
            #expect(names == ["copy"])
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/copy")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let copy = try Ledger(path: folder + "/copy")
            #expect(try fact("then", copy) == "yes")
            #expect(try fact("later", copy) == nil)
            #expect(try fact(Ledger.backupStamp, copy) == "2026-11-23T13:30:00Z")
            #expect(try fact(Ledger.backupStamp, ledger) == nil)
        }
    }

    @Test func aBackupThatCannotBeWrittenLeavesTheOlderOne() throws {
        try withFolder { folder in
            let ledger = try Ledger(path: folder + "/plumbline.sqlite")
            try ledger.backUp(to: folder + "/copy", stamp: "1")
            // A folder stands where the new copy would be written.
            try FileManager.default.createDirectory(atPath: folder + "/away", withIntermediateDirectories: true)
            #expect(throws: (any Error).self) { try ledger.backUp(to: folder + "/nowhere/copy", stamp: "2") }
            #expect(throws: (any Error).self) { try ledger.backUp(to: folder + "/away", stamp: "2") }
            #expect(try fact(Ledger.backupStamp, Ledger(path: folder + "/copy")) == "1")
            #expect(!FileManager.default.fileExists(atPath: folder + "/away.new"))
        }
    }

    @Test func numbersGoOnAboveThoseThatWereUsed() throws {
        try withFolder { folder in
            let ledger = try Ledger(path: folder + "/plumbline.sqlite")
            func numbers() throws -> [Int] { try ledger.read { [try $0.nextSequence(), try $0.lastIntake()] } }
            #expect(try numbers() == [1, 0])
            try ledger.write { try $0.raiseNumbers(document: 41, file: 17) }
            #expect(try numbers() == [42, 17])
            try ledger.write { try $0.raiseNumbers(document: 3, file: 20) }
            #expect(try numbers() == [42, 20])
        }
    }

    @Test func strikesAreCountedFromTheFirstOn() throws {
        try withFolder { folder in
            let ledger = try Ledger(path: folder + "/plumbline.sqlite")
            try ledger.writeLightly { try $0.countFailure(of: 1) }
            #expect(try ledger.durability().synchronous == 2, "lightly was for that one transaction")
            func counted() throws -> [Int] { try ledger.read { [try $0.failures(of: 1), try $0.failures(of: 2)] } }
            #expect(try counted() == [1, 0])
            try ledger.write { try $0.countFailure(of: 1) }
            #expect(try counted() == [2, 0])
            try ledger.write { try $0.forgetFailures(of: 1) }
            #expect(try counted() == [0, 0])
        }
    }
}
