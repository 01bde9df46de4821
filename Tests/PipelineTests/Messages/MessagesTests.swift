import Domain
import Foundation
import GRDB
import SyncLedger
import Synchronization
import Testing

@testable import Pipeline

/// Whom `notify` names is told what came up: each thing once, together, and never more than one message in ten minutes.
@Suite struct MessagesTests {
    private static let diskIsFull = StatusPage.Notice(what: "The disk is full.", remedy: "Make room.", since: nil)

    @Test func whatComesUpTogetherIsToldTogetherAndOnce() throws {
        let office = try MessagesRoot()
        try office.fail(vendor: 1, named: "Alder Concrete LLC")
        #expect(office.look(after: 0) == [], "it waits a minute for more")
        try office.reject("broken.json")
        try office.drop(vendor: 2, named: String(repeating: "x", count: 60))
        #expect(office.look(after: 59) == [])
        #expect(
            office.look(after: 1) == [.sent(.command, "1 record failed, 1 file was rejected, 1 record was refused")])
        #expect(try office.counts(0) == ["failed": 1, "rejected": 1, "refused": 1])
        let items = try office.items(0)
        #expect(items.map { $0["kind"] as? String } == ["failed", "rejected", "refused"])
        #expect(items[0]["record"] as? String == "vendor 1 (Alder Concrete LLC)")
        #expect(items[0]["file"] as? String == "vendors-1.json")
        #expect((items[0]["remedy"] as? String)?.isEmpty == false)
        #expect(items[1]["record"] as? String == "file broken.json")
        for _ in 0..<3 { #expect(office.look(after: 3_600) == []) }
        #expect(office.taken.count == 1)
    }

    @Test func thereAreTenMinutesBetweenMessages() throws {
        let office = try MessagesRoot()
        try office.reject("a.json")
        office.look(after: 0)
        office.look(after: 60)
        try office.reject("b.json")
        office.look(after: 300)
        try office.reject("c.json")
        office.look(after: 299)
        #expect(office.taken.count == 1)
        office.look(after: 1)
        #expect(office.taken.count == 2)
        #expect(try office.counts(1) == ["rejected": 2])
        #expect(try office.items(1).map { $0["record"] as? String } == ["file b.json", "file c.json"])
    }

    @Test func aNewStartNeitherRepeatsNorForgets() throws {
        let office = try MessagesRoot()
        try office.fail(vendor: 1, named: "Alder Concrete LLC")
        try office.reject("a.json")
        office.look(after: 0, telling: [Self.diskIsFull])
        office.look(after: 60, telling: [Self.diskIsFull])
        #expect(try office.counts(0) == ["failed": 1, "rejected": 1, "trouble": 1])
        // Refused while nobody looks.
        try office.fail(vendor: 2, named: "Birch Roofing Inc")
        try office.restart()
        office.look(after: 0, telling: [Self.diskIsFull])
        office.look(after: 599, telling: [Self.diskIsFull])
        #expect(office.taken.count == 1, "ten minutes are those of the message before the start")
        office.look(after: 1, telling: [Self.diskIsFull])
        #expect(try office.counts(1) == ["failed": 1])
        #expect(try office.items(1).first?["record"] as? String == "vendor 2 (Birch Roofing Inc)")
    }

    @Test func whatAnEndInBetweenLeftOpenIsToldOnceMore() throws {
        let office = try MessagesRoot()
        try office.fail(vendor: 1, named: "Alder Concrete LLC")
        office.lookAndLeave(after: 0)
        office.lookAndLeave(after: 60)
        try office.restart()
        office.look(after: 0)
        #expect(office.look(after: 599) == [], "also after a message of which it is not known what became of it")
        #expect(office.look(after: 1) == [.sent(.command, "1 record failed")])
        #expect(office.look(after: 3_600) == [])
    }

    @Test func whatWasThereBeforeAnybodyWasToBeToldIsNot() throws {
        let office = try MessagesRoot(notify: "  mail: [anna@example.com]\n  sendmail: HOOK")
        try office.fail(vendor: 1, named: "Alder Concrete LLC")
        try office.reject("a.json")
        let yaml = "company_id: 8089\nnotify: {command: [\(office.folder)/hook]}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: office.path + "/plumbline.yaml"))
        try office.restart()
        office.look(after: 0)
        #expect(office.look(after: 60) == [])
        try office.fail(vendor: 2, named: "Birch Roofing Inc")
        office.look(after: 0)
        #expect(office.look(after: 60) == [.sent(.command, "1 record failed")])
    }

    @Test func aRecordThatFailsAnewIsToldAnew() throws {
        let office = try MessagesRoot()
        try office.fail(vendor: 1, named: "Alder Concrete LLC")
        office.look(after: 0)
        office.look(after: 60)
        let outcome = try FileProcessor(office.root, clock: office.clock.wall).run(.retry(["vendors/1"]))
        #expect(outcome.problems == [])
        office.look(after: 600)
        try office.fail(vendor: 1, named: "Alder Concrete LLC", attempt: 2)
        office.look(after: 0)
        #expect(office.look(after: 60) == [.sent(.command, "1 record failed")])
    }

    @Test func whatIsRefusedAgainUnchangedIsNotToldAgain() throws {
        let office = try MessagesRoot()
        for _ in 0..<2 {
            try office.drop(vendor: 2, named: String(repeating: "x", count: 60))
            office.look(after: 0)
            office.look(after: 700)
        }
        #expect(office.taken.count == 1)
    }

    // MARK: - What lasts

    @Test func whatComesAndGoesIsToldOnceAndWhatComesBackIsToldAgain() throws {
        let office = try MessagesRoot()
        office.look(after: 0, telling: [Self.diskIsFull])
        office.look(after: 60, telling: [Self.diskIsFull])
        #expect(try office.items(0).first?["remedy"] as? String == "Make room.")
        for _ in 0..<3 {
            office.look(after: 300)
            office.look(after: 300, telling: [Self.diskIsFull])
        }
        #expect(office.taken.count == 1, "it was never gone for ten minutes")
        office.look(after: 0)
        office.look(after: 600)
        office.look(after: 0, telling: [Self.diskIsFull])
        office.look(after: 60, telling: [Self.diskIsFull])
        #expect(office.taken.count == 2)
    }

    @Test func troubleOfTheLedgerItselfIsTold() throws {
        final class Flag: Sendable { let isOn = Mutex(false) }
        let flag = Flag()
        let office = try MessagesRoot {
            if flag.isOn.withLock({ $0 }) { throw DatabaseError(resultCode: .SQLITE_FULL, message: "full") }
        }
        flag.isOn.withLock { $0 = true }
        for seconds: Int64 in [0, 60, 700, 700] { office.look(after: seconds, telling: [Self.diskIsFull]) }
        #expect(try office.counts(0) == ["trouble": 1])
        #expect(office.taken.count == 1, "once, although nothing can be written down")
        flag.isOn.withLock { $0 = false }
        office.look(after: 700, telling: [Self.diskIsFull])
        try office.restart()
        office.look(after: 0, telling: [Self.diskIsFull])
        office.look(after: 700, telling: [Self.diskIsFull])
        #expect(office.taken.count == 1, "and was written down since")
    }

    @Test func aDocumentWithoutAnAnswerIsToldAfterItsTime() throws {
        let office = try MessagesRoot(notify: "  command: [HOOK]\n  unanswered: 3h")
        try office.drop(vendor: 1, named: "Alder Concrete LLC")
        office.look(after: 0)
        office.look(after: 3 * 3_600 - 1)
        #expect(office.taken.isEmpty)
        office.look(after: 1)
        office.look(after: 60)
        #expect(try office.counts(0) == ["unanswered": 1])
        let item = try #require(try office.items(0).first)
        #expect(item["record"] as? String == "vendor 1 (Alder Concrete LLC)")
        #expect(item["state"] as? String == "to be collected")
        try office.drop(vendor: 2, named: "Birch Roofing Inc")
        office.look(after: 3 * 3_600)
        office.look(after: 60)
        #expect(try office.counts(1) == ["unanswered": 1], "only the new one")
        #expect(office.look(after: 9_000) == [])
    }

    @Test func whereItIsNeverToBeToldItIsNot() throws {
        let office = try MessagesRoot(notify: "  command: [HOOK]\n  unanswered: never")
        try office.drop(vendor: 1, named: "Alder Concrete LLC")
        office.look(after: 900_000)
        office.look(after: 60)
        #expect(office.taken.isEmpty)
    }

    @Test func aWebConnectorThatStaysAwayIsTold() throws {
        let office = try MessagesRoot()
        let now = office.clock.wall.now()
        try office.root.ledger.write { books in
            try books.set(LedgerUser(name: "office", salt: [], hash: [], rounds: 16, lanes: 1, since: now))
        }
        office.look(after: 0)
        office.look(after: 1_800)
        #expect(office.taken.isEmpty, "15 minutes is the interval, and twice that is not over")
        office.look(after: 1)
        office.look(after: 60)
        #expect(try office.counts(0) == ["silent": 1])
        #expect(try office.items(0).first?["what"] as? String == "It has not called yet, for 31 minutes.")
        for _ in 0..<3 { #expect(office.look(after: 3_600) == []) }
    }

    // MARK: - A program that does not do its part

    @Test func oneThatFailsIsTriedWithTheNextMessageAndHoldsUpNothing() throws {
        let office = try MessagesRoot(hook: "test -e ../well || { echo no way >&2; exit 7; }; cat >$(ls | wc -l)")
        try office.reject("a.json")
        office.look(after: 0)
        let why = "\(office.folder)/hook ended with status 7, and said: no way"
        #expect(office.look(after: 60) == [.failed(.command, why)])
        #expect(office.look(after: 599) == [])
        try office.reject("b.json")
        try Data().write(to: URL(fileURLWithPath: office.folder + "/well"))
        #expect(office.look(after: 1) == [.sent(.command, "2 files were rejected")])
    }

    @Test func oneThatHangsIsKilledAndTheRestGoesOnMeanwhile() throws {
        let office = try MessagesRoot(hook: "sleep 600")
        try office.restart(patience: .seconds(1))
        try office.reject("a.json")
        office.look(after: 0)
        let begin = ContinuousClock.now
        office.lookAndLeave(after: 60)
        #expect(ContinuousClock.now - begin < .seconds(1), "nobody waits for it")
        #expect(
            office.desk.end().events
                == [.failed(.command, "\(office.folder)/hook had not ended after 1 second, and was killed.")])
    }
}
