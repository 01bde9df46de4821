import Domain
import Foundation
import GRDB
import Seeds
import Testing

@testable import SyncLedger

/// New rows of a long first import are written some at a time, and most are known to be new without a question: what comes of
/// it is what one row after the other makes.
@Suite struct PendingInsertsTests {
    private func withLedger<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        return try body(try Ledger(path: path))
    }

    private func vendor(_ number: Int) throws -> RecordInsert {
        var record = LedgerRecord(entity: .vendors, procoreID: "\(number)", shown: "vendor \(number)", file: 1)
        record.identity.businessKey = "vendor \(number)"
        record.contents.wanted = Content()
        record.contents.nameKey = "Vendor||vendor \(number)"
        return try #require(RecordInsert(record, requestID: "8089-vendors-\(number)-add-1"))
    }

    /// A record of which others may have the id, the name or the business key.
    private func record(_ seeded: inout Seeded, _ number: Int) throws -> RecordInsert {
        let entity: Entity = seeded.oneIn(5) ? .projects : .vendors
        let id = seeded.oneIn(9) ? seeded.int(0...number) : number
        let word = seeded.oneIn(9) ? seeded.int(0...number) : number
        var record = LedgerRecord(
            entity: entity, procoreID: seeded.oneIn(7) ? nil : "\(id)", shown: "\(number)", file: 1)
        record.identity.businessKey = seeded.oneIn(11) ? nil : "word \(word)"
        record.contents.wanted = Content()
        let named = seeded.oneIn(13) ? seeded.int(0...number) : word
        record.contents.nameKey = "\(entity)|\(seeded.oneIn(6) ? "parent" : "")|word \(named)"
        return try #require(RecordInsert(record, requestID: "request-\(number)"))
    }

    /// An element of which another one may have the id, the name or the business key.
    private func element(_ seeded: inout Seeded, _ number: Int) throws -> ElementInsert {
        let id = seeded.oneIn(9) ? seeded.int(0...number) : number
        let word = seeded.oneIn(9) ? seeded.int(0...number) : number
        var record = LedgerRecord(entity: .vendors, procoreID: nil, shown: "\(number)", file: 1)
        record.tie.kind = seeded.oneIn(5) ? .customer : .vendor
        record.tie.quickBooksID = "8000-\(id)"
        record.identity.businessKey = seeded.oneIn(11) ? nil : "word \(word)"
        record.contents.imported = Content()
        record.contents.nameKey = seeded.oneIn(11) ? nil : "Vendor|\(seeded.oneIn(6) ? "parent" : "")|word \(word)"
        return try #require(ElementInsert(record))
    }

    /// What a ledger holds of its records, in their order.
    private func rows(_ ledger: Ledger) throws -> [[String?]] {
        try ledger.read { books in
            try books.all(
                .other,
                "SELECT record.id, shown, procore_id, list_id, name_key, request.request_id, event.detail FROM record",
                """
                 LEFT JOIN request ON request.record = record.id LEFT JOIN event ON event.record = record.id
                ORDER BY record.id
                """
            ) { _ in
            } _: { row in
                (0..<7).map { row.text($0) }
            }
        }
    }

    /// Puts so many into a ledger, each that is new.
    /// - Parameter one: whether each is written by itself, and asked for in the ledger.
    private func fill(_ count: Int, seed: UInt64, oneByOne one: Bool) throws -> (
        new: [Bool], rows: [[String?]], isFiltered: Bool
    ) {
        try withLedger { ledger in
            var seeded = Seeded(seed: seed)
            var new: [Bool] = []
            var isFiltered = false
            try ledger.write { books in
                if one { books.known.turnOff() }
                for number in 1...count {
                    // Long runs of each kind, and in the last third one after the other.
                    if number % 3 == 0 ? number > count * 2 / 3 : number / 700 % 2 == 1 {
                        let element = try element(&seeded, number)
                        new.append(try books.isNew(element))
                        if new.last == true { try books.insert(element, from: 1, at: "2026-11-30") }
                    } else {
                        let record = try record(&seeded, number)
                        new.append(try books.isNew(record))
                        if new.last == true { try books.insert(record, from: 1, document: number) }
                    }
                    // What is changed behind the filter's back would be taken for new.
                    if number % 500 == 0, var known = try books.record(id: Int64(number / 2)) {
                        known.identity.procoreID = "\(number + 3)"
                        try books.update(known)
                    }
                    if one { try books.writePending() }
                }
                isFiltered = books.known.isWorking
            }
            return (new, try rows(ledger), isFiltered)
        }
    }

    @Test(arguments: Seeded.seeds) func asOneAfterTheOther(seed: UInt64) throws {
        let together = try fill(6_000, seed: seed, oneByOne: false)
        let one = try fill(6_000, seed: seed, oneByOne: true)
        #expect(together.isFiltered && !one.isFiltered)
        #expect(together.new == one.new)
        #expect(together.rows == one.rows)
        #expect(together.rows.count > 4_000 && together.new.contains(false))
    }

    @Test func whatIsAskedOfTheLedgerSeesThem() throws {
        try withLedger { ledger in
            try ledger.write { books in
                for number in 1...3 { try books.insert(vendor(number), from: 1, document: 1) }
                #expect(!books.pending.isEmpty)
                #expect(try books.record(RecordKey(.vendors, "3"))?.id == 3)
                #expect(books.pending.isEmpty)
                try books.insert(vendor(4), from: 1, document: 1)
                #expect(try !books.isNew(vendor(4)))
                #expect(try books.isNew(vendor(5)))
                #expect(!books.pending.isEmpty)
            }
            #expect(try rows(ledger).map { $0[5] } == (1...4).map { "8089-vendors-\($0)-add-1" })
        }
    }

    private struct Refused: Error {}

    /// Puts one in, and has it taken back.
    private func refuse(_ number: Int, _ books: Books) throws {
        try books.insert(vendor(number), from: number, document: number)
        throw Refused()
    }

    @Test func whatIsTakenBackTakesOnlyItsOwnAlong() throws {
        try withLedger { ledger in
            try ledger.write { books in
                try books.insert(vendor(1), from: 1, document: 1)
                let refusal = Result { try books.savepoint { try refuse(2, books) } }
                #expect(throws: Refused.self, performing: refusal.get)
                let isNew = try books.isNew(vendor(2))
                #expect(isNew)
                let third = try vendor(3)
                try books.savepoint { try books.insert(third, from: 3, document: 3) }
            }
            #expect(try rows(ledger).map { $0[2] } == ["1", "3"])
            #expect(throws: Refused.self) { try ledger.write { try refuse(4, $0) } }
            #expect(try rows(ledger).count == 2)
        }
    }

    /// At the end of a long file SQLite writes down what it changed, to let go of it, while the file may still be refused.
    @Test func whatWasLetGoOfIsTakenBackAsWell() throws {
        try withLedger { ledger in
            let fill = { (books: Books, numbers: ClosedRange<Int>) in
                for number in numbers { try books.insert(vendor(number), from: 1, document: number) }
                #expect(!books.pending.isEmpty)
                try books.releaseMemory()
                #expect(books.pending.isEmpty)
            }
            try ledger.write { books in
                try fill(books, 1...2_010)
                let refusal = Result {
                    try books.savepoint {
                        try fill(books, 2_011...5_020)
                        try refuse(5_021, books)
                    }
                }
                #expect(throws: Refused.self, performing: refusal.get)
                let last = try books.record(RecordKey(.vendors, "2010"))
                #expect(last?.id == 2_010)
                try books.insert(vendor(2_011), from: 2, document: 2_011)
            }
            let kept = try rows(ledger)
            #expect(kept.map { $0[2] } == (1...2_011).map { "\($0)" })
            #expect(kept.map { $0[5] } == (1...2_011).map { "8089-vendors-\($0)-add-1" })
            let damage = try ledger.read { try String.fetchAll($0.db, sql: "PRAGMA integrity_check") }
            #expect(damage == ["ok"])
        }
    }

    @Test func aLedgerThatIsTooLargeIsNotLookedThrough() throws {
        try withLedger { ledger in
            try ledger.write { books in
                for number in 1...5_000 { try books.insert(vendor(number), from: 1, document: 1) }
            }
            try ledger.write { books in
                // 2,048 questions do not make up for 5,000 records; 4,096 do.
                let areNew = try (5_001...9_095).map { try books.isNew(vendor($0)) }
                #expect(!areNew.contains(false) && !books.known.isWorking)
                let isNew = try books.isNew(vendor(9_096))
                #expect(isNew && books.known.isWorking)
                let isOldNew = try books.isNew(vendor(17))
                #expect(!isOldNew)
            }
        }
    }
}
