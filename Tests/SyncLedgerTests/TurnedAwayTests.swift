import Domain
import Foundation
import GRDB
import Testing

@testable import SyncLedger

/// Records that were not taken, in a ledger on the disk.
@Suite struct TurnedAwayTests {
    private final class Scratch {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path

        deinit { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
    }

    private func away(
        _ id: String?, of entity: Entity = .vendors, code: String? = nil, names: [String] = [],
        isRefusal: Bool = true, reason: String = "why", file: Int = 1, since: String = "2026-11-22T21:30:05Z"
    ) -> TurnedAway {
        TurnedAway(
            entity: entity, procoreID: id, code: code, shown: "\(entity.singular) \(id ?? code ?? "without id")",
            title: names.first, names: names, isRefusal: isRefusal, reason: reason,
            remedy: isRefusal ? "what to do" : nil, file: file,
            since: since)
    }

    @Test func isRememberedUntilItIsTaken() throws {
        let scratch = Scratch()
        let record = away("401104", code: "riverton", names: ["Riverton", "88"])
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            #expect(try !books.knowsTurnedAway())
            try books.turnAway(record, place: "procore/vendors.json")
            #expect(try books.knowsTurnedAway())
        }
        // It survives the process, and another one reads it beside.
        let found = try Ledger(readingFrom: scratch.path).read { try $0.turnedAway(RecordKey(.vendors, "401104")) }
        #expect(found == record)
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            #expect(try books.forgetTurnedAway(.vendors, id: "401105", code: "riverton") == nil, "it has another id")
            #expect(try books.refusals() == 1)
            #expect(try books.forgetTurnedAway(.vendors, id: "401104", code: nil) == record.since)
            #expect(try !books.knowsTurnedAway())
        }
    }

    @Test func oneThatComesAgainReplacesItselfAndKeepsItsTime() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            try books.turnAway(away("1", reason: "first"), place: "a.json")
            try books.turnAway(
                away("1", isRefusal: false, reason: "second", file: 2, since: "2026-11-23T00:00:00Z"), place: "b.json")
            let all = try books.turnedAway(isRefusal: false, limit: 10)
            #expect(all.map(\.reason) == ["second"] && all.map(\.since) == ["2026-11-22T21:30:05Z"])
            #expect(all.map(\.file) == [2] && all.first?.remedy == nil)
            #expect(try books.refusals() == 0)
        }
    }

    @Test func aRecordWithoutIdIsTheOneOfItsName() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            try books.turnAway(away(nil, code: "riverton"), place: "vendors.csv")
            // The JSON export brings it with an id, and it is refused as well: one record.
            try books.turnAway(away("401104", code: "riverton"), place: "vendors.json")
            #expect(try books.refusals() == 1)
            // A CSV row without an id is taken: it is that record.
            #expect(try books.forgetTurnedAway(.vendors, id: nil, code: "riverton") != nil)
            #expect(try books.refusals() == 0)
        }
    }

    @Test func whatHasNoNameIsForgottenWithItsFile() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            for _ in 0..<3 { try books.turnAway(away(nil), place: "procore/project-1/a.csv") }
            try books.turnAway(away(nil), place: "procore/project-2/a.csv")
            try books.turnAway(away("5"), place: "procore/project-1/a.csv")
            #expect(try books.refusals() == 5)
            try books.forgetTurnedAway(place: "procore/project-1/a.csv")
            #expect(try books.refusals() == 2)
        }
    }

    @Test func itIsFoundByAnyNameExactOnesFirst() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            try books.turnAway(
                away("520001", of: .commitments, names: ["2601-SC-01", "Électricité\nLot 7", "9001", "9002"]),
                place: "c")
            try books.turnAway(away("520002", of: .commitments, names: ["2601-SC-011"]), place: "c")
            func found(_ term: String) throws -> [[String?]] {
                let found = try books.turnedAway(named: term, limit: 10)
                return [found.exact.map(\.procoreID), found.partial.map(\.procoreID)]
            }
            #expect(try found("520001") == [["520001"], []])
            #expect(try found("9002") == [["520001"], []], "a line")
            #expect(try found("2601-sc-01") == [["520001"], ["520002"]])
            #expect(try found("SC-0") == [[], ["520001", "520002"]])
            #expect(try found("électricité lot") == [[], ["520001"]])
            #expect(try found("100%") == [[], []])
            #expect(try books.turnedAway(named: "2601", limit: 1).partial.count == 1)
        }
    }

    @Test func skipsAreCountedByReason() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            for id in 1...3 { try books.turnAway(away("\(id)", isRefusal: false, reason: "draft"), place: "c") }
            try books.turnAway(away("4", isRefusal: false, reason: "deleted"), place: "c")
            try books.turnAway(away("5"), place: "c")
            let skips = try books.skipReasons(limit: 1)
            #expect(skips.total == 4 && skips.reasons.map(\.reason) == ["draft"] && skips.reasons.map(\.count) == [3])
        }
    }

    @Test func theKeysOfManyAreNotKept() throws {
        let scratch = Scratch()
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            for id in 1...3 { try books.turnAway(away("\(id)", code: "code \(id)"), place: "c") }
            let keys = try books.turnedAwayKeys(.vendors, atMost: 3)
            #expect(keys?.ids == ["1", "2", "3"] && keys?.codes.count == 3)
            #expect(try books.turnedAwayKeys(.vendors, atMost: 2) == nil)
            #expect(try books.turnedAwayKeys(.projects, atMost: 2)?.ids == [])
        }
    }

    @Test func aLedgerOfTheSixthStepIsReadAndMigrated() throws {
        let scratch = Scratch()
        let old = try DatabaseQueue(path: scratch.path)
        try old.write { db in db.add(function: Books.mentions) }
        try Migrations.all.migrate(old, upTo: "6 smaller indexes")
        try old.close()
        // Read beside an owner of the version before: nothing is remembered yet.
        try Ledger(readingFrom: scratch.path).read { (books: Books) throws -> Void in
            #expect(try books.refusals() == 0)
            #expect(try books.skipReasons(limit: 5).total == 0)
            #expect(try books.turnedAway(named: "x", limit: 5).exact.isEmpty)
            #expect(try books.turnedAway(RecordKey(.vendors, "1")) == nil)
        }
        try Ledger(path: scratch.path).write { (books: Books) throws -> Void in
            try books.turnAway(away("1"), place: "c")
            #expect(try books.refusals() == 1)
        }
    }
}

/// How records of the ledger are found by what people call them.
@Suite struct NamingTests {
    @Test func byLineNumberTitleAndPartsOfThem() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
        try Ledger(path: path).write { (books: Books) throws -> Void in
            var vendor = LedgerRecord(entity: .vendors, procoreID: "401104", shown: "vendor 401104", file: 1)
            vendor.identity.businessKey = "riverton masonry"
            vendor.contents.wanted = Content([
                .init("Name", "Riverton Masonry"), .init("VendorAddress/City", "Durango"),
            ])
            try books.insert(&vendor)
            var order = LedgerRecord(entity: .commitments, procoreID: "520001", shown: "commitment 520001", file: 1)
            try books.insert(&order)
            try books.setPart(
                "header", of: order.id,
                Content([
                    .init("number", "SC-7"), .init("title", "Mauerwerk Süd"),
                    .init("description", "durango"),
                ]))
            try books.setPart("lines", of: order.id, Content(lines: [.init("9001", [.init("amount", "1.00")])]))
            var budget = LedgerRecord(entity: .budgets, procoreID: "225906", shown: "budget", file: 1)
            try books.insert(&budget)
            try books.setPart(
                "lines", of: budget.id, Content(lines: [.init("=03-300.L", [.init("budget_line_item_id", "7001")])]))
            try books.setLine("9001", of: order.id, object: order.id, txnLineID: "1F-99")
            #expect(try books.recordIDs(withLine: "9001", limit: 5) == [order.id])
            #expect(try books.recordIDs(withLine: "7001", limit: 5) == [budget.id])
            #expect(try books.recordIDs(withLine: "1F-99", limit: 5) == [order.id])
            #expect(try books.recordIDs(withLine: "900", limit: 5) == [])
            func found(_ term: String) throws -> [[Int64]] {
                let found = try books.recordIDs(partlyNamed: term, limit: 5)
                return [found.exact, found.partial]
            }
            #expect(try found("riverton") == [[], [vendor.id]])
            #expect(try found("RIVERTON MASONRY") == [[vendor.id], []])
            #expect(try found("sc-7") == [[order.id], []])
            #expect(try found("SÜD") == [[], [order.id]])
            #expect(try found("durango") == [[], []], "neither an address nor a description is a name")
        }
    }
}
