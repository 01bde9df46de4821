import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Documents that are checked and written on a thread of their own: what becomes of those that must not leave, and of
/// those that cannot be written.
@Suite struct OutboxStageTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stage-\(UUID().uuidString)")
    private let malformed = Array("<QBXML/>".utf8)

    private func withStage(flushedTogether: Int = 8_192, _ body: (OpenRoot, OutboxStage) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try body(root, OutboxStage(root, flushedTogether: flushedTogether))
    }

    private func document(_ sequence: Int) -> LedgerDocument {
        LedgerDocument(sequence: sequence, outbox: .quickbooks, entity: .vendors)
    }

    private func stage(_ numbers: ClosedRange<Int>, in stage: OutboxStage) throws {
        for number in numbers { try stage.stage(document(number), bytes: Array("\(number)".utf8), rules: nil) }
    }

    private func staged(_ root: OpenRoot) throws -> [String] { try root.outbox(.quickbooks).stagedNames().sorted() }

    @Test func allStandWithTheirBytesOnceTheyAreDurable() throws {
        try withStage { root, stage in
            try self.stage(1...100, in: stage)
            try stage.makeDurable()
            #expect(try staged(root) == (1...100).map { document($0).name })
            let last = folder.path + "/outbox/quickbooks/.staging/" + document(100).name
            #expect(FileManager.default.contents(atPath: last) == Data("100".utf8))
        }
    }

    @Test(arguments: [1, 2, 40]) func oneThatBreaksTheRulesIsNeverWrittenAndStopsItsFile(place: Int) throws {
        try withStage { root, stage in
            #expect(throws: MalformedDocument.self) {
                if place > 1 { try self.stage(1...place - 1, in: stage) }
                try stage.stage(document(place), bytes: malformed, rules: .us)
                try stage.settle()
            }
            #expect(try !staged(root).contains(document(place).name))
            stage.discard(from: 1)
            #expect(try staged(root) == [])
            // What ended one file is no concern of the next one.
            try self.stage(200...240, in: stage)
            try stage.makeDurable()
            #expect(try staged(root) == (200...240).map { document($0).name })
        }
    }

    @Test func whatAFileLeadToIsTakenBackAndTheOthersStay() throws {
        try withStage { root, stage in
            try self.stage(1...50, in: stage)
            try stage.discard(document(7))
            stage.discard(from: 40)
            try stage.makeDurable()
            #expect(try staged(root) == ((1...6).map { $0 } + (8...39)).map { document($0).name })
        }
    }

    @Test func takingOneDocumentBackDoesNotHideThatAnotherBreaksTheRules() throws {
        try withStage { root, stage in
            try self.stage(1...3, in: stage)
            try stage.stage(document(4), bytes: malformed, rules: .us)
            #expect(throws: MalformedDocument.self) { try stage.discard(document(2)) }
            #expect(throws: MalformedDocument.self) { try stage.settle() }
            #expect(throws: MalformedDocument.self) { try stage.makeDurable() }
        }
    }

    @Test(arguments: [1, 2]) func oneThatIsAloneIsDurableOnlyWhereItIsPublished(count: Int) throws {
        try withStage { root, stage in
            try self.stage(1...count, in: stage)
            let outbox = folder.path + "/outbox/quickbooks"
            try FileManager.default.moveItem(atPath: outbox, toPath: outbox + "-gone")
            try FileManager.default.createDirectory(atPath: outbox + "/.staging", withIntermediateDirectories: true)
            #expect(throws: SystemError.self) { try stage.makeDurable() }
        }
    }

    @Test func whatIsBegunForAllIsWaitedForAndHoldsOnlyWhereItIsPublished() throws {
        try withStage { root, stage in
            try self.stage(1...20, in: stage)
            try stage.beginDurable()
            try stage.makeDurable()
            #expect(try staged(root) == (1...20).map { document($0).name })
        }
        try withStage { root, stage in
            try self.stage(1...20, in: stage)
            try stage.beginDurable()
            let outbox = folder.path + "/outbox/quickbooks"
            try FileManager.default.moveItem(atPath: outbox, toPath: outbox + "-gone")
            try FileManager.default.createDirectory(atPath: outbox + "/.staging", withIntermediateDirectories: true)
            #expect(throws: SystemError.self) { try stage.makeDurable() }
        }
    }

    /// What is sent on its way before the end counts for nothing: all is made durable at the end, and may be taken back.
    @Test func someAreSentOnTheirWayBeforeAllAreStaged() throws {
        try withStage(flushedTogether: 100) { root, stage in
            for number in 1...400 {
                try stage.stage(document(number), bytes: [UInt8](repeating: 0x20, count: 100), rules: nil)
            }
            #expect(stage.flushing.count > 2)
            stage.discard(from: 300)
            try stage.makeDurable()
            #expect(try staged(root) == (1...299).map { document($0).name })
        }
    }

    @Test func whatIsStagedAfterAllWasBegunIsMadeDurableToo() throws {
        try withStage { root, stage in
            try self.stage(1...20, in: stage)
            try stage.beginDurable()
            stage.discard(from: 20)
            // The number of one that was begun, and it is another.
            try stage.stage(document(20), bytes: Array("anew".utf8), rules: nil)
            #expect(!stage.isDurableSoon)
            try stage.makeDurable()
            let last = folder.path + "/outbox/quickbooks/.staging/" + document(20).name
            #expect(FileManager.default.contents(atPath: last) == Data("anew".utf8))
        }
    }

    @Test func oneThatTakesTheNumberOfAnotherIsDurableInItsPlace() throws {
        try withStage { root, stage in
            try self.stage(1...1, in: stage)
            try stage.discard(document(1))
            try stage.stage(document(1), bytes: Array("anew".utf8), rules: nil)
            try stage.makeDurable()
            #expect(try root.outbox(.quickbooks).publish([document(1).name], in: stage.opened[.quickbooks]) == 1)
            let published = folder.path + "/outbox/quickbooks/" + document(1).name
            #expect(FileManager.default.contents(atPath: published) == Data("anew".utf8))
        }
    }

    @Test func aDiskThatRefusesStopsEverythingAlsoAfterAFileWasTakenBack() throws {
        try withStage { root, stage in
            try self.stage(1...1, in: stage)
            // Something stands where the document should go.
            let taken = folder.path + "/outbox/quickbooks/.staging/" + document(2).name
            try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: false)
            try self.stage(2...3, in: stage)
            stage.discard(from: 3)
            #expect(throws: SystemError.self) { try self.stage(4...4, in: stage) }
            #expect(throws: SystemError.self) { try stage.makeDurable() }
        }
    }
}
