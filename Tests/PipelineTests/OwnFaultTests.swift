import DropFolder
import Foundation
import GRDB
import SyncLedger
import Testing

@testable import Pipeline

/// A mistake of ours in what no file brought: a retry or a command. Real constraints of a real ledger stand for it.
@Suite struct OwnFaultTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("own-fault-\(UUID().uuidString)")

    private func processor(_ root: OpenRoot, at seconds: Int64) -> FileProcessor {
        FileProcessor(root, clock: WallClock { 1_773_000_000 + seconds })
    }

    private func drop(_ text: String, as path: String, intake: Int, _ root: OpenRoot) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        let claim = try #require(try root.inbox.claim(RelativePath(path), intake: intake))
        _ = try processor(root, at: 0).process([claim])
    }

    /// A root in which two vendors were refused because QuickBooks had their list open, and are sent again in a minute;
    /// the second attempt for one of them breaks a constraint.
    private func withRoot(_ body: (OpenRoot) throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try FixtureRun.answerCompany(root)
        try drop(
            #"[{"id": 401301, "name": "Alder", "is_active": true}, {"id": 401302, "name": "Birch", "is_active": true}]"#,
            as: "procore/vendors.json", intake: 1, root)
        let answers = [401301, 401302].map { id in
            """
            <VendorAddRs requestID="8089-vendors-\(id)-add-1" statusCode="3175" statusSeverity="Error" \
            statusMessage="There was an error locking the object."/>
            """
        }
        try drop(
            "<?xml version=\"1.0\" ?><QBXML><QBXMLMsgsRs>\(answers.joined())</QBXMLMsgsRs></QBXML>",
            as: "quickbooks/answer.xml", intake: 2, root)
        try DatabaseQueue(path: folder.path + "/plumbline.sqlite").write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON request WHEN NEW.request_id = '8089-vendors-401302-add-2'
                    BEGIN SELECT RAISE(ABORT, 'a constraint of this test'); END
                    """)
        }
        try body(root)
    }

    private func requests(_ root: OpenRoot) throws -> String {
        let folder = root.folders.outboxQuickBooks
        return try FixtureCase.names(in: URL(fileURLWithPath: folder)).map {
            try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
        }.joined()
    }

    @Test func aRetryThatMeetsAnErrorOfOursFailsAloneAndTheOthersAreSent() throws {
        try withRoot { root in
            #expect(try processor(root, at: 61).retryDue())
            #expect(try requests(root).contains("8089-vendors-401301-add-2"))
            #expect(try !requests(root).contains("8089-vendors-401302-add-2"))
            let failed = try root.ledger.read { try $0.records(in: .failed, limit: 9) }
            #expect(failed.map(\.shown) == ["vendor 401302"])
            #expect(failed.first?.reason?.contains("an error of its own") == true)
            #expect(try !processor(root, at: 3_600).retryDue(), "it is not tried again by itself")
        }
    }

    @Test func aCommandThatMeetsAnErrorOfOursIsAnsweredAndHoldsUpNoOther() throws {
        try withRoot { root in
            let commands = [QueuedCommand.retry(["vendors/401302"]), .retry(["vendors/401301"])]
            let ids = try commands.map { command in
                let bytes = Array(try JSONEncoder().encode(command))
                return try root.ledger.write { try $0.enqueue(bytes, at: "2026-03-08T20:00:00Z") }
            }
            try processor(root, at: 1).runCommands()
            let outcomes = try ids.map { id in
                let bytes = try #require(try root.ledger.read { try $0.outcome(ofCommand: id) })
                return try JSONDecoder().decode(CommandOutcome.self, from: Data(bytes))
            }
            #expect(outcomes[0].problems.first?.contains("an error of its own") == true)
            #expect(outcomes[1].problems == [])
            #expect(try requests(root).contains("8089-vendors-401301-add-2"))
        }
    }

    @Test func aPullThatMeetsAnErrorOfOursIsToldOnceUntilAnotherIsDue() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\npull:\n  vendors: 1h\n".utf8)
            .write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        try FixtureRun.answerCompany(root)
        try DatabaseQueue(path: folder.path + "/plumbline.sqlite").write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON pull
                    BEGIN SELECT RAISE(ABORT, 'a constraint of this test'); END
                    """)
        }
        let worker = RootWorker(root, clock: WallClock { 1_773_000_000 })
        try worker.runRound()
        let told = try #require(worker.reports.ownFaults[.pull])
        #expect(told.contains("a constraint of this test"))
        try worker.runRound()
        #expect(worker.reports.ownFaults[.pull] == told, "no pull was due in between, so nothing is over")
        let log = try String(contentsOfFile: folder.path + "/logs/plumbline.jsonl", encoding: .utf8)
        #expect(log.components(separatedBy: "\"event\":\"fault\"").count == 2, "told once")
    }

    @Test func aMistakeAboutARecordThatWasSetFreeIsThatRecordsAndTheAnswerCounts() throws {
        let scratch = try ScratchRoots()
        defer { scratch.remove() }
        let path = try scratch.copy()
        let root = try OpenRoot(path: path)
        defer { root.close() }
        let first = scratch.firstIntake
        for (number, id) in [(0, "786701"), (1, "786702")] {
            let text = (MixedDrop.files["procore/04-work_order_contracts.json"] ?? "")
                .replacingOccurrences(of: "786555", with: id).replacingOccurrences(of: "SC-055", with: "SC-\(id)")
                .replacingOccurrences(of: "\"vendor\": {\"id\": 401201}", with: "\"vendor\": {\"id\": 401301}")
                .replacingOccurrences(of: "5175999", with: "5\(id)")
            try drop(text, as: "procore/work_order_contracts-\(id).json", intake: first + number, root)
        }
        try drop(
            MixedDrop.files["procore/01-vendors.json"] ?? "", as: "procore/new-vendors.json", intake: first + 2, root)
        try DatabaseQueue(path: path + "/plumbline.sqlite").write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER poison BEFORE INSERT ON request WHEN NEW.request_id = '8089-commitments-786701-add-1'
                    BEGIN SELECT RAISE(ABORT, 'a constraint of this test'); END
                    """)
        }
        try drop(
            """
            <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><VendorAddRs requestID="8089-vendors-401301-add-1" statusCode="0" \
            statusSeverity="Info" statusMessage="Status OK"><VendorRet><ListID>80000D01-1</ListID>\
            <EditSequence>1</EditSequence><Name>Birch Roofing Inc</Name></VendorRet></VendorAddRs></QBXMLMsgsRs></QBXML>
            """, as: "quickbooks/answer.xml", intake: first + 3, root)
        #expect(try root.ledger.read { try $0.file(first + 3)?.outcome } == "accepted-with-problems")
        let failed = try root.ledger.read { try $0.records(in: .failed, limit: 9) }
        #expect(failed.map(\.shown) == ["commitment 786701"])
        #expect(try requests(root).contains("8089-commitments-786702-add-1"), "the other one went on")
        #expect(try !requests(root).contains("8089-commitments-786701-add-1"))
        #expect(try root.ledger.read { try $0.record(.vendors, .vendor, "80000D01-1")?.shown } == "vendor 401301")
    }
}
