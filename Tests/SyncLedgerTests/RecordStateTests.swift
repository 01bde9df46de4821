import Domain
import Foundation
import GRDB
import Testing

@testable import SyncLedger

/// How a record goes from state to state, and how each is written to its row and read from it.
@Suite struct RecordStateTests {
    private func withLedger(_ body: (Ledger) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }
        try body(try Ledger(path: path))
    }

    private func record() -> LedgerRecord {
        LedgerRecord(entity: .vendors, procoreID: "401104", shown: "vendor 401104", file: 1)
    }

    /// A record in each state, with everything that may belong to it.
    private var everyState: [LedgerRecord] {
        let changes: [(inout LedgerRecord) -> Void] = [
            { _ in },
            {
                $0.tie.quickBooksID = "80-1"; $0.change()
            },
            { $0.release() },
            { $0.hold(for: "Waits for job 1.") },
            { $0.hold(for: "It is sent again after 1 minute.", until: 1_795_000_000) },
            {
                $0.fail("It is twice there.", remedy: "Remove one."); $0.holdBack(for: "It is a draft.")
            },
            { $0.queue() },
            { $0.link() },
            { $0.fail("It is twice there.", remedy: "Remove one.") },
            { $0.fail("It is twice there.", remedy: nil) },
            { $0.undo("Taken back.", remedy: "Retry it.") },
        ]
        return changes.map { change in
            var record = record()
            change(&record)
            return record
        }
    }

    /// The columns of the only record that say where it stands.
    private func columns(_ books: Books) throws -> [String?] {
        let row = try #require(try Row.fetchOne(books.db, sql: "SELECT state, reason, remedy, due FROM record"))
        return [row[0], row[1], row[2], (row[3] as Int64?).map(String.init)]
    }

    @Test func everyStateIsReadAsItWasWritten() throws {
        #expect(Set(everyState.map(\.state.name)) == Set(LedgerRecord.State.Name.allCases))
        for var record in everyState {
            try withLedger { ledger in
                try ledger.write { try $0.insert(&record) }
                let inserted = try #require(try ledger.read { try $0.record(id: record.id) })
                #expect("\(inserted)" == "\(record)")
                var other = record
                other.fail("other", remedy: "other")
                try ledger.write { try $0.update(other) }
                try ledger.write { try $0.update(record) }
                let updated = try #require(try ledger.read { try $0.record(id: record.id) })
                #expect("\(updated)" == "\(record)")
            }
        }
    }

    @Test func eachStateHasItsColumnsAndNoOthers() throws {
        let expected: [[String?]] = [
            ["new", nil, nil, nil], ["changed", nil, nil, nil], ["released", nil, nil, nil],
            ["held", "Waits for job 1.", nil, nil],
            ["held", "It is sent again after 1 minute.", nil, "1795000000"],
            ["held", "It is a draft.", "Remove one.", nil], ["queued", nil, nil, nil], ["linked", nil, nil, nil],
            ["failed", "It is twice there.", "Remove one.", nil], ["failed", "It is twice there.", nil, nil],
            ["undone", "Taken back.", "Retry it.", nil],
        ]
        for (var record, columns) in zip(everyState, expected) {
            try withLedger { ledger in
                try ledger.write { try $0.insert(&record) }
                #expect(try ledger.read { try self.columns($0) } == columns)
            }
        }
    }

    @Test func aFailureLeavesTheTimeAtWhichItIsTriedAgainAndAHoldSetsIt() {
        var record = record()
        record.hold(for: "It is sent again after 1 minute.", until: 60)
        record.fail("Another one has its name.", remedy: "Rename it.")
        #expect(record.attempts.due == 60)
        record.release()
        #expect(record.attempts.due == 60 && record.reason == nil && record.remedy == nil)
        record.hold(for: "Waits for job 1.")
        #expect(record.attempts.due == nil && record.isHeld && record.reason == "Waits for job 1.")
    }

    @Test func whatIsReadAgainIsNewWhileQuickBooksWasNotGivenIt() {
        var record = record()
        record.hold(for: "Waits for job 1.")
        record.change()
        #expect(record.state == .new)
        record.queue()
        record.change()
        #expect(record.state == .changed, "a request for it is on its way")
        record.link()
        record.tie.confirm(.vendor, "80-1")
        record.change()
        #expect(record.state == .changed)
        record.attempts.count = 1
        record.unqueue()
        #expect(record.state == .new && record.attempts.count == 0)
    }

    @Test func aDoubtfulTieStaysAsAClaimUntilItIsConfirmed() {
        var record = record()
        record.tie.confirm(.vendor, "80-1")
        record.tie.editSequence = "7"
        record.contents.confirmed = Content([.init("Name", "Riverton")])
        record.attempts.question = .refresh
        record.untie()
        record.tie.isBroken = true
        #expect(record.quickBooksID == nil && record.kind == nil && record.tie.editSequence == nil)
        #expect(record.tie.claimedID == "80-1" && record.confirmed == nil && record.attempts.question == nil)
        record.untie()
        #expect(record.tie.claimedID == "80-1", "a claim outlives a second doubt")
        record.tie.confirm(.vendor, "80-2")
        #expect(record.tie.claimedID == nil && !record.tie.isBroken && record.quickBooksID == "80-2")
    }

    /// SQL that sets records free leaves the reason where it was, and ledgers of before may lack one.
    @Test(arguments: [
        ("UPDATE record SET state = 'released'", LedgerRecord.State.released),
        ("UPDATE record SET state = 'linked'", .linked),
        ("UPDATE record SET reason = NULL, remedy = NULL", .held(.init(reason: "", remedy: nil))),
        (
            "UPDATE record SET state = 'failed', reason = NULL",
            .failed(.init(reason: "", remedy: "Remove one."))
        ),
    ])
    func rowsThatNoStateIsWrittenAsAreRead(sql: String, state: LedgerRecord.State) throws {
        try withLedger { ledger in
            var record = record()
            record.fail("It is twice there.", remedy: "Remove one.")
            record.holdBack(for: "It is a draft.")
            try ledger.write { books in
                try books.insert(&record)
                try books.db.execute(sql: sql)
            }
            #expect(try ledger.read { try $0.record(id: record.id) }?.state == state)
        }
    }

    @Test(arguments: ["state = 'asleep'", "state = ''", "entity = 'dragons'"])
    func aDamagedRowIsTold(change: String) throws {
        try withLedger { ledger in
            var record = record()
            try ledger.write { books in
                try books.insert(&record)
                try books.db.execute(sql: "UPDATE record SET \(change)")
            }
            let damage = #expect(throws: LedgerDamage.self) { _ = try ledger.read { try $0.record(id: record.id) } }
            #expect(damage?.description == "Record \(record.id) has an unknown entity or state.")
        }
    }
}
