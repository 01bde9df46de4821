import Foundation
import Logging
import SyncLedger
import Testing
import WebConnector

@testable import Pipeline

/// Ledgers are open while they are used, and users are known without opening them all.
@Suite struct RootDoorTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func pair() throws -> (ConnectorRoot, ConnectorRoot) {
        let (first, second) = (
            try ConnectorRoot(users: ["north"]), try ConnectorRoot(users: ["south"], company: "8090")
        )
        try first.put("00000001-bills.xml", Sample.bill("n1"))
        try second.put("00000001-bills.xml", Sample.bill("s1"))
        first.serve(also: second)
        return (first, second)
    }

    // MARK: - Ledgers

    @Test func aLeaseOutlastsTheClosingOfTheLedger() async throws {
        let root = try ConnectorRoot()
        try root.put("00000001-bills.xml", Sample.bill("b1"))
        let ticket = try await root.ticket()
        #expect(try await root.next(ticket) == "00000001-bills.xml")
        let sessions = try root.sessions()
        await sessions.closeLedgers(unusedFor: .seconds(3_600))
        #expect(await sessions.openLedgers == 1, "it was used a moment ago")
        await sessions.closeLedgers(unusedFor: .zero)
        #expect(await sessions.openLedgers == 0)
        #expect(try await root.next(ticket) == "00000001-bills.xml", "the same again, in the same session")
        #expect(await sessions.openLedgers == 1)
        await sessions.closeLedgers(unusedFor: .zero)
        #expect(try await root.receive(ticket, Sample.answer("b1")) == 100)
        #expect(root.inbox == ["00000001-bills.response.xml"] && root.outbox == [])
        #expect(try root.lease() == nil)
    }

    @Test func aLedgerIsNotClosedWhileACallUsesIt() async throws {
        let root = try ConnectorRoot()
        let door = RootDoor(
            try RootPlace(path: root.path, clock: root.clock.wall, logger: Self.quiet), among: OpenLedgers())
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let leave = DispatchSemaphore(value: 0)
        async let count = door.use { root in
            enter.finish()
            leave.wait()
            return try root.ledger.read { try $0.connectorUsers().count }
        }
        for await _ in entered {}
        async let closed = door.closeWhenUnused(for: .zero)
        leave.signal()
        #expect(try await count == 1)
        #expect(await closed == nil)
        #expect(await !door.isOpen)
    }

    @Test func aLoginOpensOnlyItsOwnRoot() async throws {
        let (first, second) = try Self.pair()
        let sessions = try first.sessions()
        #expect(await sessions.openLedgers == 0)
        let ticket = try await first.ticket("south")
        #expect(await sessions.openLedgers == 1)
        #expect(try await first.path(ticket) == second.path + "/outbox/quickbooks/00000001-bills.xml")
        #expect(try await first.lastError("no ticket").contains("not known here"))
        #expect(await sessions.openLedgers == 1)
        #expect(second.outbox == ["00000001-bills.xml"])
    }

    @Test func aRootWhoseLedgerIsGoneAnswersInWordsAndTheOthersGoOn() async throws {
        let (first, second) = try Self.pair()
        let (north, south) = (try await first.ticket("north"), try await first.ticket("south"))
        let sessions = try first.sessions()
        await sessions.closeLedgers(unusedFor: .zero)
        let ledger = second.path + "/plumbline.sqlite"
        try FileManager.default.moveItem(atPath: ledger, toPath: ledger + ".aside")
        #expect(try await first.ask(south) == .error)
        let words = try await first.lastError(south)
        #expect(words.contains("The sync ledger of \(second.path) is not there any more"))
        #expect(words.contains("update again"))
        #expect(try await first.login("south") == .busy)
        #expect(!FileManager.default.fileExists(atPath: ledger), "no empty one takes its place")
        #expect(try await first.next(north) == "00000001-bills.xml")
        _ = try await first.ticket("north")
        try FileManager.default.moveItem(atPath: ledger + ".aside", toPath: ledger)
        #expect(try await first.path(south) == second.path + "/outbox/quickbooks/00000001-bills.xml")
    }

    @Test(.timeLimit(.minutes(1)))
    func whereTooManyLedgersAreOpenTheOneOfTheOldestCallIsClosed() async throws {
        let roots = try (0..<3).map { try ConnectorRoot(users: ["user\($0)"], company: "\(8090 + $0)") }
        let openLedgers = OpenLedgers(most: 2)
        let doors = try roots.map { root in
            let place = try RootPlace(path: root.path, clock: root.clock.wall, logger: Self.quiet)
            return RootDoor(place, among: openLedgers)
        }
        for door in doors { _ = try await door.use { try $0.ledger.read { try $0.connectorUsers().count } } }
        while await doors[0].isOpen { await Task.yield() }
        #expect(await doors[1].isOpen)
        #expect(await doors[2].isOpen)
        // It is called again, and the next one that has rested for the longest makes room.
        #expect(try await doors[0].use { try $0.ledger.read { try $0.connectorUsers().count } } == 1)
        while await doors[1].isOpen { await Task.yield() }
        #expect(await doors[0].isOpen)
        #expect(await doors[2].isOpen)
    }

    // MARK: - Users

    @Test func usersThatAreAddedWhileItRunsAreKnown() async throws {
        let (first, second) = try Self.pair()
        #expect(try await first.login("west") == .refused)
        try second.add("west")
        _ = try await first.ticket("west")
        #expect(try WebConnectorUsers(root: second.path).remove("west"))
        #expect(try await first.login("west") == .refused)
    }

    @Test func aNameThatASecondRootHasBeenGivenIsRefused() async throws {
        let (first, second) = try Self.pair()
        _ = try await first.ticket("north")
        try second.add("north")
        #expect(try await first.login("north") == .refused)
    }

    @Test func onlyLedgersThatWereWrittenAreReadAgain() async throws {
        let (first, second) = try Self.pair()
        let places = try [first.path, second.path].map {
            try RootPlace(path: $0, clock: first.clock.wall, logger: Self.quiet)
        }
        let users = try RootUsers(places)
        #expect(await users.refresh().read == 2, "what was written a moment ago is read again")
        let past = Date(timeIntervalSinceNow: -3_600)
        for root in [first, second] {
            for name in ["/plumbline.sqlite", "/plumbline.sqlite-wal"]
            where FileManager.default.fileExists(atPath: root.path + name) {
                try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: root.path + name)
            }
        }
        #expect(await users.refresh().read == 2)
        #expect(await users.refresh().read == 0)
        try second.add("west")
        #expect(await users.refresh().read == 1)
        #expect(try await users.root(of: "west", password: ConnectorRoot.password) == 1)
    }
}
