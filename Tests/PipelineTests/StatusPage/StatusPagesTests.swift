import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// The status page of real roots: what it says of files, records and answers, and what keeps it from being written.
@Suite struct StatusPagesTests {
    private static let clock = WallClock { 1_775_000_000 }

    private func withRoot(_ body: (OpenRoot) async throws -> Void) async throws {
        let scratch = try ScratchRoots()
        defer { scratch.remove() }
        let root = try OpenRoot(path: try scratch.copy())
        defer { root.close() }
        try await body(root)
    }

    private func page(_ root: OpenRoot, _ name: String = "status.json") throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: root.folders.results + "/" + name))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func section(_ id: String, _ page: [String: Any]) throws -> (count: Int, items: [[String: Any]]) {
        let sections = try #require(page["sections"] as? [[String: Any]])
        let section = try #require(sections.first { $0["id"] as? String == id })
        return (section["count"] as? Int ?? 0, section["items"] as? [[String: Any]] ?? [])
    }

    @Test func itTellsWhatFailedWhatIsOnItsWayAndWhatCameHome() async throws {
        try await withRoot { root in
            _ = try await RootWorker(root, clock: Self.clock).once()
            let page = try page(root)
            #expect(page["life"] as? String == "once")
            let failed = try section("failed", page)
            let broken = try #require(failed.items.first { $0["state"] as? String == "rejected" })
            #expect(broken["record"] as? String == "file 05-broken.json")
            #expect((broken["remedy"] as? String)?.isEmpty == false)
            #expect(broken["file"] as? String == "inbox/rejected/procore/05-broken.json")
            let order = try #require(
                try section("underway", page).items.first { ($0["record"] as? String)?.contains("SC-055") == true })
            #expect(order["amount"] as? String == "900.00")
            #expect(order["state"] as? String == "to be collected")
            let home = try section("home", page)
            #expect(home.count > 0 && !home.items.isEmpty)
            #expect(home.items.allSatisfy { $0["since"] as? String == "2026-03-31T23:33:20Z" })
            #expect(try section("files", page).count == MixedDrop.files.count)
            let html = try String(contentsOfFile: root.folders.results + "/status.html", encoding: .utf8)
            #expect(StrictHTML(html).findings.isEmpty)
            #expect(html.contains("$900.00"))
            #expect(FileManager.default.fileExists(atPath: root.folders.results + "/status.csv"))
        }
    }

    @Test func whatWaitsIsToldWithItsMoneyAndOfWhichFile() async throws {
        try await withRoot { root in
            let commitment = try #require(MixedDrop.files["procore/04-work_order_contracts.json"])
                .replacing("786555", with: "786777").replacing("SC-055", with: "SC-077")
                .replacing("\"vendor\": {\"id\": 401201}", with: "\"vendor\": {\"id\": 499999}")
            try Data(commitment.utf8).write(
                to: URL(fileURLWithPath: root.folders.inbox + "/procore/work_order_contracts-77.json"))
            _ = try await RootWorker(root, clock: Self.clock).once()
            let waits = try section("waits", try page(root))
            let order = try #require(waits.items.first { ($0["record"] as? String)?.contains("SC-077") == true })
            #expect(order["amount"] as? String == "900.00")
            #expect((order["what"] as? String)?.contains("vendor 499999") == true)
            #expect((order["remedy"] as? String)?.hasPrefix("Drop the export that holds it") == true)
            #expect(order["file"] as? String == "work_order_contracts-77.json")
            #expect(order["since"] as? String == "2026-03-31T23:33:20Z")
        }
    }

    @Test func aRejectedFileThatIsGoneIsNotToldOfAnyMore() async throws {
        try await withRoot { root in
            _ = try await RootWorker(root, clock: Self.clock).once()
            try FileManager.default.removeItem(atPath: root.folders.rejected + "/procore/05-broken.json")
            _ = try await RootWorker(root, clock: Self.clock).once()
            let items = try section("failed", try page(root)).items
            #expect(!items.contains { $0["state"] as? String == "rejected" })
        }
    }

    @Test func aPageThatCannotBeWrittenIsToldOnceAndStopsNothing() async throws {
        try await withRoot { root in
            let path = root.folders.results + "/status.html"
            try FileManager.default.createDirectory(atPath: path + "/in the way", withIntermediateDirectories: true)
            let worker = RootWorker(root, clock: Self.clock)
            for _ in 0..<2 {
                let summary = try await worker.once().summary
                #expect(summary.files == MixedDrop.files.count || summary.files == 0)
            }
            try FileManager.default.removeItem(atPath: path)
            _ = try await worker.once()
            let log = try String(contentsOfFile: root.folders.logs + "/plumbline.jsonl", encoding: .utf8)
            #expect(log.components(separatedBy: "\"event\":\"page waits\"").count == 2)
            #expect(log.components(separatedBy: "\"event\":\"page goes on\"").count == 2)
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        }
    }

    @Test func aLinkInThePlaceOfThePageIsNotFollowed() async throws {
        try await withRoot { root in
            let secret = root.folders.root + "/secret"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: secret))
            for name in StatusPages.names {
                try FileManager.default.createSymbolicLink(
                    atPath: root.folders.results + "/" + name, withDestinationPath: secret)
            }
            _ = try await RootWorker(root, clock: Self.clock).once()
            #expect(try String(contentsOfFile: secret, encoding: .utf8) == "mine")
            #expect(try page(root)["life"] as? String == "once")
        }
    }

    @Test func itIsWrittenOnlyWhenSomethingHasChanged() async throws {
        try await withRoot { root in
            var pages = StatusPages(root, clock: Self.clock)
            let notice = StatusPage.Notice(what: "The disk is full.", remedy: "Make room.", since: nil)
            let first = try pages.writeIfDue(at: .seconds(1), telling: [])
            let soon = try pages.writeIfDue(at: .seconds(2), telling: [notice])
            let unchanged = try pages.writeIfDue(at: .seconds(4_000), telling: [])
            let changed = try pages.writeIfDue(at: .seconds(9_000), telling: [notice])
            #expect(first, "there was none")
            #expect(!soon, "at most every two seconds")
            #expect(!unchanged, "nothing has changed")
            #expect(changed)
            let html = try String(contentsOfFile: root.folders.results + "/status.html", encoding: .utf8)
            #expect(html.contains("The disk is full."))
        }
    }

    @Test func whatADayBroughtIsCountedOnAndBeginsAnewWithTheNext() async throws {
        try await withRoot { root in
            _ = try await RootWorker(root, clock: Self.clock).once()
            try root.ledger.read { books in
                var today = StatusPageToday()
                try today.readOn(from: "2026-03-31T00:00:00Z", books)
                let home = try today.home(books)
                #expect(home.count > 0)
                try today.readOn(from: "2026-03-31T00:00:00Z", books)
                #expect(try today.home(books) == home, "nothing is counted twice")
                try today.readOn(from: "2026-04-01T00:00:00Z", books)
                #expect(try today.home(books).count == 0)
                try today.readOn(from: "2026-01-01T00:00:00Z", books)
                #expect(try today.home(books).count > home.count, "the first files are of another day")
                #expect(try books.lastEvent(before: "2020-01-01T00:00:00Z") == 0)
                #expect(try books.lastEvent(before: "2099-01-01T00:00:00Z") == books.lastEvent())
            }
        }
    }

    @Test func whoDroppedAFileIsToldByItsOwner() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("owners-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("inbox/processed"), withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("inbox/processed/a.json").path
        try Data("[]".utf8).write(to: URL(fileURLWithPath: file))
        let folders = RootFolders(root: folder.path)
        #expect(folders.isInInbox("processed/a.json") && !folders.isInInbox("processed/b.json"))
        #expect(folders.owner(ofFiled: "processed/a.json") == nil, "Plumbline's own user says nothing")
        guard geteuid() == 0, chown(file, 1, 1) == 0 else { return }
        #expect(folders.owner(ofFiled: "processed/a.json") == "daemon")
        guard chown(file, 4_123_456, 1) == 0 else { return }
        #expect(folders.owner(ofFiled: "processed/a.json") == "user 4123456")
    }
}
