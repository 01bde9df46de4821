import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// What an ended process leaves, put there by hand, and what the next one makes of it.
@Suite struct RecoveryTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("recovery-\(UUID().uuidString)")
    private let clock = WallClock { 1_773_000_000 }

    private func withRoot(_ body: (OpenRoot, FileProcessor) throws -> Void) throws {
        if !FileManager.default.fileExists(atPath: folder.path) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        }
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try body(root, FileProcessor(root, clock: clock))
    }

    private func claim(_ root: OpenRoot, _ intake: Int = 1) throws -> ClaimedFile {
        let path = "procore/vendors-\(intake).json"
        try Data(#"[{"id": \#(401_000 + intake), "name": "Vendor \#(intake)", "is_active": true}]"#.utf8)
            .write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        return try #require(try root.inbox.claim(RelativePath(path), intake: intake))
    }

    private func names(_ path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    private func outcome(_ root: OpenRoot, _ intake: Int) throws -> String? {
        try root.ledger.read { try $0.file(intake)?.outcome }
    }

    private func failures(_ root: OpenRoot, _ intake: Int) throws -> Int {
        try root.ledger.read { try $0.failures(of: intake) }
    }

    private func removeAll() { try? FileManager.default.removeItem(at: folder) }

    // MARK: - Poison

    @Test func aFileThatEndedTheProcessThreeTimesIsSetAsideWithItsStory() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            _ = try claim(root, 1)
            _ = try claim(root, 2)
            for _ in 0..<3 { try root.ledger.write { try $0.countFailure(of: 1) } }
            #expect(try processor.recover()?.files == 2)
            #expect(names("inbox/rejected/procore") == ["vendors-1.json", "vendors-1.json.problem.txt"])
            let problem = try String(
                contentsOfFile: folder.path + "/inbox/rejected/procore/vendors-1.json.problem.txt", encoding: .utf8)
            #expect(problem.contains("ended abnormally 3 times while it read this file alone"))
            #expect(try outcome(root, 2) == "accepted", "the innocent one went on")
            #expect(try failures(root, 1) == 0, "taken again, it begins anew")
        }
    }

    @Test func whatTheProcessBeforeReadAloneIsHeldAgainstThatFile() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            _ = try claim(root, 1)
            try root.ledger.write { try $0.countFailure(of: 1) }
            root.lock.heartbeat.reading = 1
            #expect(try processor.recover(isYoung: true) == nil, "it has failed twice now, and waits unread")
            #expect(try failures(root, 1) == 2)
            #expect(root.lock.heartbeat.reading == nil)
        }
    }

    @Test func aYoungProcessLeavesASuspectAndThoseBehindItAlone() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            _ = try claim(root, 1)
            _ = try claim(root, 2)
            for _ in 0..<2 { try root.ledger.write { try $0.countFailure(of: 1) } }
            #expect(try processor.recover(isYoung: true) == nil)
            #expect(try [outcome(root, 1), outcome(root, 2)] == [nil, nil])
            #expect(try processor.recover()?.files == 2)
            #expect(try outcome(root, 1) == "accepted")
        }
    }

    // MARK: - Loss of power, and of the ledger's disk

    @Test func receiptsAreWrittenAgainWhenTheMachineStartedAnew() throws {
        defer { removeAll() }
        var receipt = ""
        try withRoot { root, processor in
            _ = try processor.recover()
            _ = try processor.process([try claim(root, 1)])
            receipt = "outbox/results/" + (try #require(Receipts.paths(below: folder.path).first))
            // As a loss of power can leave it.
            try Data().write(to: URL(fileURLWithPath: folder.path + "/" + receipt))
            _ = try processor.recover()
            #expect(FileManager.default.contents(atPath: folder.path + "/" + receipt) == Data(), "the same start")
            try root.ledger.write { try $0.setFact("boot", "an earlier one") }
            _ = try processor.recover()
            let text = String(
                decoding: FileManager.default.contents(atPath: folder.path + "/" + receipt) ?? Data(), as: UTF8.self)
            #expect(text.contains("\"outcome\": \"accepted\""))
            try processor.syncReceipts()
            try FileManager.default.removeItem(atPath: folder.path + "/" + receipt)
            try root.ledger.write { try $0.setFact("boot", "an earlier one") }
            _ = try processor.recover()
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + receipt), "known to be on the disk")
        }
    }

    @Test func aRenameThatWasTakenBackIsDoneAgain() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            _ = try processor.process([try claim(root, 1)])
            let published = names("outbox/quickbooks")
            let name = try #require(published.last)
            let (shown, hidden) = (
                folder.path + "/outbox/quickbooks/" + name, folder.path + "/outbox/quickbooks/.staging/" + name
            )
            let bytes = FileManager.default.contents(atPath: shown)
            try FileManager.default.moveItem(atPath: shown, toPath: hidden)
            _ = try processor.recover()
            #expect(names("outbox/quickbooks") == published)
            #expect(FileManager.default.contents(atPath: shown) == bytes)
        }
    }

    @Test func whatWasStagedForAFailedCommitStaysUntilTheNextCommitHasDecided() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            let stage = OutboxStage(root)
            let document = LedgerDocument(sequence: 9, outbox: .quickbooks, entity: .vendors)
            try stage.stage(document, bytes: Array("<x/>".utf8), rules: nil)
            stage.isForTheLedger = true
            stage.discardAll()
            #expect(try root.outbox(.quickbooks).stagedNames() == ["00000009-vendors.xml"])
            _ = try processor.recover()
            #expect(try root.outbox(.quickbooks).stagedNames() == [])
        }
    }

    // MARK: - Folders that are not the right ones

    @Test func aFolderWithoutItsMarkIsLeftAloneAndTheOthersGoOn() throws {
        defer { removeAll() }
        try withRoot { root, _ in
            let worker = RootWorker(root, clock: clock)
            try worker.runRound()
            try FileManager.default.moveItem(
                atPath: root.folders.inbox + "/procore/.plumbline", toPath: folder.path + "/mark")
            for name in ["procore/a.json", "b.json"] {
                try Data(#"[{"id": 401001, "name": "V", "is_active": true}]"#.utf8)
                    .write(to: URL(fileURLWithPath: root.folders.inbox + "/" + name))
            }
            worker.receive(.rescan(inbox: 0), inbox: 0)
            try worker.runRound()
            #expect(names("inbox/procore") == ["a.json"])
            #expect(!names("inbox").contains("b.json"))
            let fault = try #require(OwnerLock.heartbeat(ofOwnerOf: folder.path + "/plumbline.sqlite")?.fault)
            #expect(fault.what.contains("inbox/procore has no mark"))
            #expect(try Status(root: folder.path).text.contains("Trouble since"))

            try FileManager.default.moveItem(
                atPath: folder.path + "/mark", toPath: root.folders.inbox + "/procore/.plumbline")
            try worker.runRound()
            #expect(names("inbox/procore") == [])
            #expect(OwnerLock.heartbeat(ofOwnerOf: folder.path + "/plumbline.sqlite")?.fault == nil)
        }
    }

    @Test func withoutTheMarkOfAnOutboxNothingIsTaken() async throws {
        defer { removeAll() }
        try withRoot { _, _ in }
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try FileManager.default.removeItem(atPath: root.folders.outboxQuickBooks)
        try Data("[]".utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/procore/a.json"))
        await #expect(throws: FoldersMissing.self) { try await RootWorker(root, clock: clock).once() }
        #expect(names("inbox/procore") == ["a.json"])
        #expect(!FileManager.default.fileExists(atPath: root.folders.outboxQuickBooks), "nothing is made in its place")
        root.close()
        let recovery = try RootRecovery(root: folder.path)
        #expect(try recovery.markFolders() == ["\(root.folders.outboxQuickBooks) is marked."])
        recovery.close()
        try FileManager.default.removeItem(atPath: folder.path + "/.plumbline")
        #expect(throws: FoldersMissing.self) { try OpenRoot(path: folder.path) }
        let right = try RootRecovery(root: folder.path, isRight: true)
        defer { right.close() }
        #expect(try right.markFolders() == ["\(folder.path) is marked."])
    }
}
