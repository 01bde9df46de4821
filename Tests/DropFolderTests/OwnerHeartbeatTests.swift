import Foundation
import Testing

@testable import DropFolder

@Suite struct OwnerHeartbeatTests {
    private func ledger(_ root: Scratch) -> String { root.folders.root + "/plumbline.sqlite" }

    @Test func othersReadWhatTheOwnerSaysWhileItLives() throws {
        let root = try Scratch()
        #expect(OwnerLock.heartbeat(ofOwnerOf: ledger(root)) == nil)
        var lock: OwnerLock? = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        lock?.heartbeat.fault = .init(what: "The disk is full.", remedy: "Make room.", since: "2026-11-23T13:30:00Z")
        #expect(OwnerLock.heartbeat(ofOwnerOf: ledger(root))?.fault?.what == "The disk is full.")
        let size = try System.status(Array((ledger(root) + ".lock").utf8))?.size
        #expect(size == 4_096)
        lock?.heartbeat.fault = .init(what: String(repeating: "long ", count: 2_000), remedy: "", since: nil)
        #expect(OwnerLock.heartbeat(ofOwnerOf: ledger(root))?.fault?.what.count == 500)
        #expect(try System.status(Array((ledger(root) + ".lock").utf8))?.size == size)
        lock = nil
        #expect(OwnerLock.heartbeat(ofOwnerOf: ledger(root)) == nil)
    }

    @Test func theNextOwnerLearnsWhichFileWasReadAtTheEnd() throws {
        let root = try Scratch()
        do {
            let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
            lock.heartbeat.reading = 7
            lock.heartbeat.fault = .init(what: "x", remedy: "y", since: nil)
        }
        let next = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        #expect(next.heartbeat.reading == 7)
        #expect(next.heartbeat.fault == nil)
        next.release()
        #expect(try OwnerLock(root: root.folders.root, ledger: ledger(root)).heartbeat.reading == nil)
    }

    @Test func whoTakesARootIsOnlyBeginningUntilItSaysOtherwise() throws {
        let root = try Scratch()
        do {
            let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
            lock.heartbeat.isBeginning = nil
            lock.heartbeat.reading = 7
        }
        let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        let said = OwnerLock.heartbeat(ofOwnerOf: ledger(root))
        #expect(said?.isBeginning == true)
        #expect(said?.reading == 7, "what an earlier owner read stays known to those after it")
        lock.heartbeat.isBeginning = nil
        #expect(OwnerLock.heartbeat(ofOwnerOf: ledger(root))?.isBeginning == nil)
    }

    @Test func onlyItsUserReadsTheLockFile() throws {
        let root = try Scratch()
        let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        defer { lock.release() }
        let attributes = try FileManager.default.attributesOfItem(atPath: ledger(root) + ".lock")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
