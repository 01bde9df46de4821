import Domain
import DropFolder
import Foundation
import GRDB
import Testing

@testable import Pipeline
@testable import SyncLedger

/// A root of each version that was released goes on with this one, and a ledger of a later one is left alone.
@Suite struct ReleasedVersionsTests {
    /// What was released, and the last step of its ledger. Each has its ledger in `SyncLedgerTests/Released`.
    static let released = [("0.1.0", "10 the glossary's names")]

    /// A quarter of an hour after what stands in those ledgers.
    private let clock = WallClock { 1_773_000_900 }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("SyncLedgerTests/Released")

    /// A root of a version, as it left it.
    private func withRoot(_ version: String, step: String, _ body: (String) throws -> Void) throws {
        let path = ReviewRoot.scratch.appendingPathComponent("released-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folders = RootFolders(root: path)
        try folders.create()
        let yaml = "company_id: 8089\nquickbooks: {income_account: Income, expense_account: Job Expenses}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
        let mark = "ledger=0123456789abcdef\n"
        for folder in FolderMarkers.marked(folders) {
            let numbers = folder == path ? "document=0000000000000000004\nfile=0000000000000000005\n" : ""
            try Data((mark + numbers).utf8).write(to: URL(fileURLWithPath: folder + "/.plumbline"))
        }
        let old = try DatabaseQueue(path: path + "/plumbline.sqlite")
        try old.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try Migrations.all.migrate(old, upTo: step)
        let rows = try String(contentsOf: Self.folder.appendingPathComponent("\(version).sql"), encoding: .utf8)
        try old.write { try $0.execute(sql: rows) }
        try old.close()
        try body(path)
    }

    private func drop(_ text: String, as name: String, intake: Int, _ root: OpenRoot) throws -> String? {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + name))
        let claim = try #require(try root.inbox.claim(RelativePath(name), intake: intake))
        _ = try FileProcessor(root, clock: clock).process([claim])
        return try root.ledger.read { try $0.file(intake)?.outcome }
    }

    private func outbox(_ root: OpenRoot, _ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.folders.root + "/outbox/" + name)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The document of a number.
    private func text(_ root: OpenRoot, _ number: String) throws -> String {
        let name = try #require(try outbox(root, "quickbooks").first { $0.hasPrefix(number) })
        return try String(contentsOfFile: root.folders.outboxQuickBooks + "/" + name, encoding: .utf8)
    }

    private func record(_ entity: Entity, _ id: String, _ root: OpenRoot) throws -> LedgerRecord {
        try #require(try root.ledger.read { try $0.record(RecordKey(entity, id)) })
    }

    @Test(arguments: released) func aRootOfItGoesOn(_ version: String, _ step: String) throws {
        try withRoot(version, step: step) { path in
            // Looked at before anybody migrated it.
            let before = try Status(root: path)
            #expect(before.records[.vendors] == [.linked: 1, .queued: 1, .failed: 1])
            let root = try OpenRoot(path: path)
            defer { root.close() }
            #expect(root.restored == nil)
            #expect(try root.ledger.integrityCheck() == "ok")
            let processor = FileProcessor(root, clock: clock)
            #expect(try processor.recover()?.files == 0)
            #expect(try outbox(root, "quickbooks") == [], "nothing is sent again")

            // The answer to what that version sent.
            let answer = """
                <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><VendorAddRs requestID="8089-vendors-401105-add-1" \
                statusCode="0" statusSeverity="Info" statusMessage="Status OK"><VendorRet>\
                <ListID>80000004-1773000700</ListID><EditSequence>1773000701</EditSequence>\
                <Name>Alder Concrete LLC</Name></VendorRet></VendorAddRs></QBXMLMsgsRs></QBXML>
                """
            #expect(try drop(answer, as: "quickbooks/00000004-vendors.response.xml", intake: 6, root) == "accepted")
            #expect(try record(.vendors, "401105", root).quickBooksID == "80000004-1773000700")
            #expect(try outbox(root, "procore") == ["00000005-vendors.json"])

            // What was dropped before is known, and what is new goes on.
            let known = #"[{"id": 401104, "name": "Riverton Masonry", "is_active": true}]"#
            #expect(try drop(known, as: "procore/vendors-riverton.json", intake: 7, root) == "duplicate")
            #expect(try outbox(root, "quickbooks") == [])
            let code =
                #"[{"id": 71101, "standard_cost_code_list_id": 5512, "full_code": "03-300", "name": "Concrete"}]"#
            _ = try drop(code, as: "procore/cost_codes.json", intake: 8, root)
            let waits = try record(.commitments, "786555", root)
            #expect(waits.isHeld)
            #expect(
                try drop(
                    known.replacing("401104", with: "401108").replacing("Riverton", with: "Cedar"),
                    as: "procore/vendors-new.json", intake: 9, root) == "accepted")
            #expect(try text(root, "00000007").contains("\"8089-vendors-401108-add-1\""), "6 is that of the code")

            // A command that was left is done, and the life of a record is told from its beginning.
            try processor.runCommands()
            #expect(try text(root, "00000008").contains("\"8089-vendors-401106-add-2\""))
            #expect(try outbox(root, "quickbooks").count == 3)
            let life = try root.ledger.read { try $0.events(of: 1) }.map(\.kind)
            #expect(life == ["read", "queued", "answered", "linked"])
        }
    }

    @Test(arguments: [false, true])
    func aLedgerOfALaterVersionIsRefusedAndNoByteOfItChanges(hasLog: Bool) throws {
        let (version, step) = Self.released[0]
        try withRoot(version, step: step) { path in
            try OpenRoot(path: path).close()
            let file = path + "/plumbline.sqlite"
            let later = try DatabaseQueue(path: file)
            try later.write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of a later version')")
                try db.execute(sql: "ALTER TABLE record RENAME COLUMN shown TO said")
            }
            if !hasLog { try later.close() }
            let before = try contents(path)
            #expect(before.keys.contains("plumbline.sqlite-wal") == hasLog)
            let error = #expect(throws: LedgerOfALaterVersion.self) { try OpenRoot(path: path) }
            #expect(
                "\(error, default: "")".hasPrefix(
                    "The sync ledger \(file) is of a later version of Plumbline: it has the step \"99 of a later version\", which"
                ))
            #expect(throws: LedgerOfALaterVersion.self) { try Ledger(besideOwnerOf: file) }
            #expect(throws: LedgerOfALaterVersion.self) { try Status(root: path) }
            #expect(throws: LedgerOfALaterVersion.self) { try Backup(root: path).write(to: path + "/copy") }
            #expect(throws: LedgerOfALaterVersion.self) {
                try Ledger(scratch: path + "/scratch.sqlite", copyOf: file)
            }
            #expect(try contents(path) == before)
            try later.close()
        }
    }

    /// The ledger and its log. What SQLite keeps beside them holds nothing, and is made anew.
    private func contents(_ path: String) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in ["plumbline.sqlite", "plumbline.sqlite-wal"] {
            let data = try? Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
            if let data, !data.isEmpty { contents[name] = data }
        }
        return contents
    }

    @Test func everyReleaseHasItsLedger() throws {
        let changelog = Self.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("CHANGELOG.md")
        let versions = try String(contentsOf: changelog, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("## ") && !$0.hasSuffix("unreleased") }.compactMap {
                $0.dropFirst(3).split(separator: ",").first
            }
        #expect(Set(versions.map(String.init)) == Set(Self.released.map(\.0)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).count == Self.released.count)
    }
}
