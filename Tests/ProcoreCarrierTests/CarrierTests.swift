import DropFolder
import Foundation
import GRDB
import Procore
import Synchronization
import Testing

@testable import ProcoreCarrier
@testable import SyncLedger

/// The carrier goes on through whatever keeps it from working, and says so once.
@Suite struct CarrierTests {
    private struct NotReady: Error {}

    /// What a carrier of so many rounds did; `before` is called ahead of each.
    private func run(
        _ world: CarrierWorld, rounds: Int, before: @escaping (Int) throws -> Void = { _ in }
    ) async throws {
        var settings = try world.settings()
        settings.exports = [.vendors]
        settings.interval = .seconds(600)
        try await world.withClient(settings) { client, log in
            let drop = CarrierDrop(folder: world.root + "/inbox/procore")
            var round = 0
            let carrier = Carrier(
                client,
                Poster(
                    client, world.ledger, outbox: Outbox(folder: world.root + "/outbox/procore"), drop: drop, log: log),
                Fetcher(client, world.ledger, drop: drop, log: log), world.ledger, log: log,
                isReady: {
                    round += 1
                    try before(round)
                })
            try await carrier.run(isEnding: { round > rounds })
        }
    }

    private func events(_ world: CarrierWorld, _ name: String) -> Int {
        world.text("logs/plumbline.jsonl").split(separator: "\n").filter { $0.contains("\"event\":\"\(name)\"") }.count
    }

    @Test func troubleIsSaidOnceAndSoIsItsEnd() async throws {
        let world = try CarrierWorld()
        try world.payment(5)
        let start = world.clock.now
        try await run(world, rounds: 8) { round in if round < 6 { throw NotReady() } }
        #expect(events(world, "procore trouble") == 1)
        #expect(events(world, "procore goes on") == 1)
        #expect(try await world.fake.contents().payments.count == 1)
        // Longer each time.
        #expect(world.clock.now - start >= 100)
    }

    @Test func aLedgerWhoseLocksAreNotToBeHadIsOpenedAnew() async throws {
        let world = try CarrierWorld()
        try world.payment(5)
        try world.ledger.write { try $0.db.execute(sql: "CREATE TEMP TABLE of_this_connection (id INTEGER)") }
        try await run(world, rounds: 2) { round in
            if round == 1 { throw LedgerFault(DatabaseError(resultCode: .SQLITE_PROTOCOL)) }
        }
        #expect(throws: LedgerFault.self) {
            try world.ledger.read { try $0.db.execute(sql: "SELECT * FROM of_this_connection") }
        }
        #expect(events(world, "procore trouble") == 1)
        #expect(try await world.fake.contents().payments.count == 1)
    }

    @Test func exportsAreFetchedAtTheirIntervalAndDocumentsPostedInBetween() async throws {
        let world = try CarrierWorld()
        try await world.fake.lists(json: #"{"/rest/v1.0/vendors": [{"id": 1}]}"#)
        try await run(world, rounds: 5) { round in
            if round == 3 { try world.payment(5) }
            if round == 4 { world.clock.advance(600) }
        }
        let calls = try await world.fake.contents().calls
        #expect(calls.filter { $0.contains("/vendors") }.count == 2)
        #expect(calls.filter { $0.hasPrefix("POST /rest") }.count == 1)
    }

    /// One document that Procore cannot digest does not keep the others, and is not hammered on.
    @Test func aDocumentThatAlwaysFailsIsTriedAgainLaterAndLater() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "PATCH", "do": "status", "status": 403, "times": 99]])
        try world.vendor(3)
        try world.payment(5)
        try await run(world, rounds: 20)
        let contents = try await world.fake.contents()
        #expect(contents.payments.count == 1)
        #expect((2...8).contains(contents.calls("PATCH").count))
        #expect(events(world, "procore waits") == 1)
        let notes = try world.ledger.read { try $0.carrierNotes(.waits) }
        #expect(notes.map(\.object) == ["00000003-vendors.json"])
        #expect(notes.first?.what.contains("permission") == true)
    }

    /// What status shows: nothing stays that is not so any more.
    @Test func whatIsNotedIsStruckOutOnceItIsMended() async throws {
        let world = try CarrierWorld()
        try await world.fake.lists(json: #"{"/rest/v1.0/vendors": [{"id": 1}]}"#)
        try await world.fake.faults([
            ["match": "PATCH", "do": "status", "status": 403], ["match": "GET", "do": "status", "status": 403],
        ])
        try world.vendor(3)
        try await run(world, rounds: 4) { round in
            if round == 1 { throw NotReady() }
            if round == 3 {
                for kind in [CarrierNote.Kind.waits, .unfetched, .asked, .fetched] {
                    let count = try world.ledger.read { try $0.carrierNotes(kind).count }
                    #expect(count == 1, "\(kind)")
                }
                let trouble = try world.ledger.read { try $0.carrierNotes(.trouble).count }
                #expect(trouble == 0)
                world.clock.advance(3_600)
            }
        }
        for (kind, count) in [(CarrierNote.Kind.waits, 0), (.unfetched, 0), (.posted, 1), (.trouble, 0)] {
            let seen = try world.ledger.read { try $0.carrierNotes(kind).count }
            #expect(seen == count, "\(kind)")
        }
    }

    /// Nobody answers: after three documents the rest is left for later, and it is told as trouble.
    @Test func whereNobodyAnswersTheOthersAreNotTried() async throws {
        let world = try CarrierWorld()
        try await world.fake.faults([["match": "POST /rest", "do": "close", "times": 99]])
        for number in 1...8 { try world.payment(number, origin: "\(number)-1|1-1") }
        try await run(world, rounds: 1)
        #expect(try await world.fake.contents().calls("POST /rest").count == 3)
        #expect(events(world, "procore trouble") == 1)
        let notes = try world.ledger.read { try $0.carrierNotes(.trouble) }
        #expect(notes.first?.what.contains("answered none of 3 documents") == true)
    }

    /// A clock that goes back a year stops neither fetching nor posting.
    @Test func aClockThatGoesBackStopsNothing() async throws {
        let world = try CarrierWorld()
        try await world.fake.lists(json: #"{"/rest/v1.0/vendors": [{"id": 1}]}"#)
        try await world.fake.faults([
            ["match": "PATCH", "do": "status", "status": 403],
            [
                "match": "GET", "do": "headers",
                "headers": ["X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "99999999999"],
            ],
        ])
        try world.vendor(3)
        var before: Int64 = 0
        try await run(world, rounds: 4) { round in
            if round == 2 {
                world.clock.advance(-31_536_000)
                before = world.clock.now
            }
        }
        let contents = try await world.fake.contents()
        #expect(contents.calls("GET").count == 2)
        #expect(contents.vendors.count == 1)
        #expect(world.clock.now - before < 3_600)
    }
}
