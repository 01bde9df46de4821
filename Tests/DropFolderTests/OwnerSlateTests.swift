import Foundation
import Testing

@testable import DropFolder

@Suite struct OwnerSlateTests {
    private func ledger(_ root: Scratch) -> String { root.folders.root + "/plumbline.sqlite" }

    @Test func othersReadWhatTheOwnerSaysWhileItLives() throws {
        let root = try Scratch()
        #expect(OwnerLock.slate(ofOwnerOf: ledger(root)) == nil)
        var lock: OwnerLock? = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        lock?.slate.trouble = .init(what: "The disk is full.", remedy: "Make room.", since: "2026-11-23T13:30:00Z")
        #expect(OwnerLock.slate(ofOwnerOf: ledger(root))?.trouble?.what == "The disk is full.")
        let size = try System.status(Array((ledger(root) + ".lock").utf8))?.size
        #expect(size == 4_096)
        lock?.slate.trouble = .init(what: String(repeating: "long ", count: 2_000), remedy: "", since: nil)
        #expect(OwnerLock.slate(ofOwnerOf: ledger(root))?.trouble?.what.count == 500)
        #expect(try System.status(Array((ledger(root) + ".lock").utf8))?.size == size)
        lock = nil
        #expect(OwnerLock.slate(ofOwnerOf: ledger(root)) == nil)
    }

    @Test func theNextOwnerLearnsWhichFileWasReadAtTheEnd() throws {
        let root = try Scratch()
        do {
            let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
            lock.slate.reading = 7
            lock.slate.trouble = .init(what: "x", remedy: "y", since: nil)
        }
        let next = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        #expect(next.slate.reading == 7)
        #expect(next.slate.trouble == nil)
        next.release()
        #expect(try OwnerLock(root: root.folders.root, ledger: ledger(root)).slate.reading == nil)
    }

    @Test func onlyItsUserReadsTheLockFile() throws {
        let root = try Scratch()
        let lock = try OwnerLock(root: root.folders.root, ledger: ledger(root))
        defer { lock.release() }
        let attributes = try FileManager.default.attributesOfItem(atPath: ledger(root) + ".lock")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
