import Domain
import Foundation
import GRDB
import Testing

@testable import SyncLedger

/// The index of full names is left out while a long first import is written, and nobody sees it.
@Suite struct LateIndexTests {
    private struct Enough: Error {}

    private func withLedger<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        return try body(try Ledger(path: path))
    }

    private func element(_ number: Int) throws -> ElementInsert {
        var record = LedgerRecord(entity: .projects, procoreID: nil, shown: "\(number)", file: 1)
        record.tie.kind = .customer
        record.tie.quickBooksID = "8000-\(number)"
        record.tie.fullName = "Job \(number * 7_919 % 10_007)"
        record.identity.businessKey = "job \(number)"
        record.contents.imported = Content()
        record.contents.nameKey = "Customer||job \(number)"
        return try #require(ElementInsert(record))
    }

    private func insert(_ numbers: Range<Int>, _ books: Books) throws {
        for number in numbers {
            let element = try element(number)
            #expect(try books.isNew(element))
            try books.insert(element, from: 1, at: "2026-11-30T08:00:00Z")
        }
    }

    private func index(_ books: Books) throws -> String? {
        try String.fetchOne(books.db, sql: "SELECT sql FROM sqlite_master WHERE name = 'record_full_name'")
    }

    private func cache(_ books: Books) throws -> Int? { try Int.fetchOne(books.db, sql: "PRAGMA cache_size") }

    @Test func itIsThereAgainAtTheEnd() throws {
        try withLedger { ledger in
            let (before, kept) = try ledger.read { (try index($0), try cache($0)) }
            #expect(before != nil)
            try ledger.write { books in
                try books.savepoint {
                    try insert(0..<3_000, books)
                    #expect(try index(books) == nil)
                }
                #expect(try index(books) == before)
                #expect(try cache(books) == kept)
            }
            #expect(try ledger.read { try index($0) } == before)
            #expect(try ledger.integrityCheck() == "ok")
            let jobs = try ledger.read { try $0.jobs(fullName: "Job \(7 * 7_919 % 10_007)") }
            #expect(jobs.map(\.quickBooksID) == ["8000-7"])
        }
    }

    @Test func itIsThereAgainWithoutASavepoint() throws {
        try withLedger { ledger in
            try ledger.write { try insert(0..<3_000, $0) }
            #expect(try ledger.read { try index($0) } != nil)
        }
    }

    @Test func whoLooksForANameHasItMade() throws {
        try withLedger { ledger in
            try ledger.write { books in
                try insert(0..<3_000, books)
                #expect(try index(books) == nil)
                #expect(try books.jobs(fullName: "Job \(9 * 7_919 % 10_007)").count == 1)
                #expect(try index(books) != nil)
                // It is not left out twice.
                try insert(3_000..<3_100, books)
                #expect(try books.jobs(fullName: "Job \(3_050 * 7_919 % 10_007)").count == 1)
                #expect(try index(books) != nil)
            }
        }
    }

    @Test func itComesBackWithWhatIsTakenBack() throws {
        try withLedger { ledger in
            let kept = try ledger.read { try cache($0) }
            try ledger.write { books in
                #expect(throws: Enough.self) {
                    try books.savepoint {
                        try insert(0..<3_000, books)
                        throw Enough()
                    }
                }
                #expect(try index(books) != nil)
                #expect(try cache(books) == kept)
                try insert(0..<50, books)
            }
            #expect(try ledger.integrityCheck() == "ok")
            #expect(try ledger.read { try $0.jobs(fullName: "Job 0").count } == 1)
        }
    }

    /// What is taken back within does not bring it back, and what is kept within makes it.
    @Test func savepointsWithinOneAnother() throws {
        try withLedger { ledger in
            try ledger.write { books in
                try books.savepoint {
                    try insert(0..<3_000, books)
                    #expect(throws: Enough.self) {
                        try books.savepoint {
                            try insert(3_000..<3_010, books)
                            throw Enough()
                        }
                    }
                    #expect(try index(books) == nil)
                    try insert(3_000..<3_010, books)
                }
                #expect(try index(books) != nil)
            }
            #expect(try ledger.integrityCheck() == "ok")
        }
    }

    /// In a ledger that holds more already it stays.
    @Test func aLargerLedgerKeepsIt() throws {
        try withLedger { ledger in
            try ledger.write { try insert(0..<8_193, $0) }
            try ledger.write { books in
                try insert(8_193..<16_400, books)
                #expect(books.known.isWorking)
                #expect(try index(books) != nil)
            }
        }
    }
}
