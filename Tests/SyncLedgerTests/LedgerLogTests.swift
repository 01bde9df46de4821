import Domain
import Foundation
import Seeds
import Testing

@testable import SyncLedger

/// After a long file SQLite's log is copied beside what follows, through a connection of its own.
@Suite struct LedgerLogTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path

    private func withLedger(_ body: (Ledger) throws -> Void) throws {
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try body(try Ledger(path: path))
    }

    /// Bytes of the ledger's file, without its log.
    private func size() throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }

    /// Puts so many documents into the ledger that the log becomes long: some 16 MB.
    private func fill(_ books: Books, from first: Int) throws {
        var seeded = Seeded(seed: 1)
        // What cannot be packed.
        let bytes = PackedDocument((0..<8_000).map { _ in UInt8(truncatingIfNeeded: seeded.next()) })
        for number in first..<first + 2_000 {
            let document = LedgerDocument(sequence: number, outbox: .quickbooks, entity: .commitments)
            try books.insert(document, bytes: bytes, source: nil, at: 1)
        }
    }

    @Test func whatIsLeftInTheLogIsCopiedWhenItIsSaid() throws {
        try withLedger { ledger in
            try ledger.write(leavesLog: true) { try fill($0, from: 1) }
            #expect(try size() < 4 << 20)
            // It is there, durable, and can be read and written meanwhile.
            #expect(try ledger.read { try $0.nextSequence() } == 2_001)
            try ledger.copyLog()
            #expect(try size() > 15 << 20)
            try ledger.write { try $0.setFact("a", "b") }
            #expect(try ledger.read { try $0.fact("a") } == "b")
            #expect(try ledger.integrityCheck() == "ok")
            let (journal, synchronous) = try ledger.durability()
            #expect(journal == "wal" && synchronous == 2)
        }
    }

    @Test func otherwiseTheCommitCopiesIt() throws {
        try withLedger { ledger in
            try ledger.write { try fill($0, from: 1) }
            #expect(try size() > 15 << 20)
        }
    }

    private struct Refused: Error {}

    /// Whatever becomes of the one that was to leave the log, the next commit copies it again.
    @Test(arguments: [true, false]) func theNextCommitCopiesWhatNobodyCopied(isRefused: Bool) throws {
        try withLedger { ledger in
            let left = Result {
                try ledger.write(leavesLog: true) { books in
                    try fill(books, from: 1)
                    if isRefused { throw Refused() }
                }
            }
            #expect(isRefused == ((try? left.get()) == nil))
            try ledger.write { try fill($0, from: 5_000) }
            #expect(try size() > (isRefused ? 15 : 30) << 20)
        }
    }

    /// One that reads what was there before holds the copying up, and nothing is lost.
    @Test func aReaderHoldsItUpAndNothingElse() throws {
        try withLedger { ledger in
            let other = try Ledger(readingFrom: path)
            try other.read { books in
                let before = try books.nextSequence()
                #expect(before == 1)
                try ledger.write(leavesLog: true) { try fill($0, from: 1) }
                try ledger.copyLog()
                #expect(try size() < 4 << 20)
                let still = try books.nextSequence()
                #expect(still == 1)
            }
            try ledger.copyLog()
            #expect(try size() > 15 << 20)
            #expect(try ledger.read { try $0.nextSequence() } == 2_001)
        }
    }
}
