import DropFolder
import Foundation
import SyncLedger
import Synchronization
import Testing

@testable import Pipeline

/// What a prune takes out, what it leaves, and what is still said afterwards.
@Suite struct PruneTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("prune-\(UUID().uuidString)")
    private let manager = FileManager.default
    private let now: Int64 = 1_773_000_000

    /// A case of the fixtures: vendor, project, cost code, a commitment and its invoice, whose bill is refused at first and
    /// is there all the same.
    private static let example = "answers/570-a-bill-that-could-not-be-linked-is-there-all-the-same"
    private static let day = "2026-03-08"

    private func withRoot(
        probe: Books.Probe? = nil, more: String = "", _ body: (OpenRoot, FileProcessor) throws -> Void
    ) throws {
        if !manager.fileExists(atPath: folder.path) {
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            let example = FixtureCase.root.appendingPathComponent(Self.example + "/plumbline.yaml")
            try (String(contentsOf: example, encoding: .utf8) + "\n" + more).write(
                to: folder.appendingPathComponent("plumbline.yaml"), atomically: true, encoding: .utf8)
        }
        let root = try OpenRoot(path: folder.path, isRight: false, beforeStatement: probe)
        defer { root.close() }
        if try root.ledger.read({ try $0.pull("company") }) == nil { try FixtureRun.answerCompany(root) }
        try body(root, FileProcessor(root, clock: WallClock { now }))
    }

    private func removeAll() { try? manager.removeItem(at: folder) }

    private func drop(_ text: String, as path: String, _ intake: Int, _ root: OpenRoot) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + path))
        let claim = try #require(try root.inbox.claim(RelativePath(path), intake: intake))
        _ = try FileProcessor(root, clock: WallClock { now }).process([claim])
    }

    private func dropExample(_ numbers: ClosedRange<Int>, _ root: OpenRoot) throws {
        let before = FixtureCase.root.appendingPathComponent(Self.example + "/before")
        for number in numbers {
            let name = try #require(FixtureCase.names(in: before).first { $0.hasPrefix("0\(number)-") })
            let text = try String(contentsOf: before.appendingPathComponent(name), encoding: .utf8)
            try drop(text, as: (name.hasSuffix(".xml") ? "quickbooks/" : "procore/") + name.dropFirst(3), number, root)
        }
    }

    private func tree(_ part: String) -> [String] {
        let all = manager.enumerator(atPath: "\(folder.path)/\(part)")?.allObjects as? [String] ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            return manager.fileExists(atPath: "\(folder.path)/\(part)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue && !path.contains("/.") && !path.hasPrefix(".")
        }.sorted()
    }

    private func life(_ term: String) throws -> [String] {
        let trace = try Trace(term, root: folder.path)
        return try #require(trace.lives.first).events.map { "\($0.kind): \($0.detail)" }
    }

    // MARK: - What goes and what stays

    @Test func whatIsSettledGoesAndItsRecordStillSaysHowItCameIn() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            let before = try life("vendors/401201")
            #expect(before.count == 4, "\(before)")
            #expect(tree("inbox/processed").count == 4)
            let done = try #require(try Pruned.all(of: root, at: now))
            #expect(done.problem == nil)
            #expect(done.counts.files == 4)
            // Four answers; that the vendor, the job and both items were read stands in their rows.
            #expect(done.counts.events == 4, "\(done.counts)")
            #expect(done.counts.documents == 3, "\(done.counts)")
            #expect(done.counts.shareFiles == 12)
            #expect(tree("inbox/processed") == [])
            #expect(tree("outbox/results") == [])
            #expect(!manager.fileExists(atPath: "\(folder.path)/outbox/results/\(Self.day)"))
            #expect(try life("vendors/401201") == before, "its request says what its answer was")
            let file = try #require(try Trace("vendors.json", root: folder.path).files.first)
            #expect(file.outcome == "accepted")
            #expect(try root.ledger.read { try $0.bytes(ofDocument: 1) } == [])
            #expect(try root.ledger.read { try $0.document(1)?.name } == "00000001-vendors.xml")
            // Once more there is nothing to do.
            let again = try #require(try Pruned.all(of: root, at: now))
            #expect(again.counts.events + again.counts.documents + again.counts.files == 0)
        }
    }

    @Test func openMoneyAndWhatIsNotAnsweredStaysWithItsFilesAndDocuments() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...7, root)
            let order = try life("commitments/786001")
            let bill = try life("requisitions/1280646")
            let done = try #require(try Pruned.all(of: root, at: now))
            #expect(try life("commitments/786001") == order)
            #expect(try life("requisitions/1280646") == bill)
            // The files of the vendor, the job and the item, and the answer about them, go; so does the answer about the
            // order. The commitment's own and the invoice's stay.
            #expect(done.counts.files == 5, "\(done.counts)")
            #expect(
                tree("inbox/processed").map { ($0 as NSString).lastPathComponent }
                    == ["requisition.json", "work_order_contracts.json"])
            let document = try #require(
                try root.ledger.read { books in try books.openRequests().first.map(\.document) })
            #expect(try root.ledger.read { try $0.bytes(ofDocument: document)?.isEmpty } == false)
            let ofOrder = try #require(
                try root.ledger.read { books in
                    try books.record(.init(.commitments, "786001")).flatMap {
                        try books.lastRequest(of: $0.id)?.document
                    }
                })
            #expect(try root.ledger.read { try $0.bytes(ofDocument: ofOrder)?.isEmpty } == false)
        }
    }

    /// The order takes no more lines; then it is no open money.
    @Test func anOrderThatIsReceivedInFullGoes() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...6, root)
            try root.ledger.write { books in
                var order = try #require(try books.record(.init(.commitments, "786001")))
                order.tie.closed = .received
                try books.update(order)
            }
            let done = try #require(try Pruned.all(of: root, at: now))
            #expect(done.counts.files == 6)
            #expect(tree("inbox/processed") == [])
        }
    }

    @Test func billsAreOpenUntilPaymentsComeToWhatTheyAre() {
        var bill = LedgerRecord(entity: .requisitions, procoreID: "1", shown: "", file: 1)
        bill.contents.wanted = .init(lines: [
            .init("1", [.init("Amount", "100.00")]), .init("2", [.init("Amount", "-10.05")]),
        ])
        guard case .bill(8_995) = PruneMoney(bill) else {
            Issue.record("the bill is 89.95")
            return
        }
        var payment = LedgerRecord(entity: .contractPayments, procoreID: nil, shown: "", file: 1)
        payment.contents.imported = .init([
            .init("amount", "89.95"), .init("requisition_id", idOf: .init(.requisitions, quickBooksID: "1-1")),
        ])
        guard case .pays(let shares) = PruneMoney(payment) else { return }
        #expect(shares.map(\.cents) == [8_995])
    }

    @Test func whatIsNotOursStaysAndIsTold() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            let place = "\(folder.path)/inbox/processed/\(Self.day)/procore/notes.docx"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: place))
            let outside = "\(folder.path)/outside"
            try manager.createDirectory(atPath: outside + "/2026-01-01", withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: outside + "/2026-01-01/a.json"))
            try manager.createSymbolicLink(
                atPath: "\(folder.path)/inbox/processed/2026-01-02", withDestinationPath: outside)
            let done = try #require(try Pruned.all(of: root, at: now))
            #expect(tree("inbox/processed").contains("\(Self.day)/procore/notes.docx"))
            #expect(manager.fileExists(atPath: outside + "/2026-01-01/a.json"), "no link is followed")
            #expect(done.counts.unknown.count == 2)
            #expect(done.counts.unknown.first.contains("inbox/processed/\(Self.day)/procore/notes.docx"))
        }
    }

    /// A receipt whose record meets another fate after the prune is not written again.
    @Test func aReceiptThatWentDoesNotComeBack() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            try Pruned.all(of: root, at: now)
            try drop(#"[{"id": 401201, "name": "Riverton Lumber East"}]"#, as: "procore/vendors.json", 9, root)
            while try processor.tellReceipts() {}
            #expect(
                tree("outbox/results").map { ($0 as NSString).lastPathComponent.prefix(8) }.allSatisfy {
                    $0 == "00000009"
                })
            try root.ledger.write { try $0.reopenUnsynced() }
            _ = try processor.recover()
            while try processor.tellReceipts() {}
            #expect(tree("outbox/results").count == 2)
        }
    }

    @Test func aRejectedFileStaysUntilSomebodyTakesItAway() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try drop("[{\"id\": ", as: "procore/broken.json", 1, root)
            try Pruned.all(of: root, at: now)
            #expect(tree("inbox/rejected") == ["procore/broken.json", "procore/broken.json.problem.txt"])
            #expect(!tree("outbox/results").isEmpty)
            try manager.removeItem(atPath: "\(folder.path)/inbox/rejected/procore/broken.json")
            try Pruned.all(of: root, at: now)
            #expect(tree("outbox/results").isEmpty)
        }
    }

    // MARK: - Interrupted

    private struct Interrupted: Error {}

    /// Ends the process, so to say, at a statement of the ledger.
    private final class Fuse: Sendable {
        private let left: Mutex<Int>
        init(_ count: Int) { left = Mutex(count) }
        func burn() throws {
            let isOut = left.withLock { left in
                left -= 1
                return left < 0
            }
            if isOut { throw Interrupted() }
        }
        var isOut: Bool { left.withLock { $0 < 0 } }
    }

    @Test func interruptedAtAnyStatementItEndsTheSame() throws {
        defer { removeAll() }
        var expected: [String]?
        var statements = 20
        var ends = 0
        while ends < 3 {
            removeAll()
            try withRoot { root, processor in
                try dropExample(1...7, root)
                while try processor.tellReceipts() {}
                try processor.syncReceipts()
                for outbox in [root.folders.outboxQuickBooks, root.folders.outboxProcore] {
                    for name in try manager.contentsOfDirectory(atPath: outbox) where !name.hasPrefix(".") {
                        try manager.removeItem(atPath: "\(outbox)/\(name)")
                    }
                }
                _ = try processor.run(.prune(before: Pruned.day, archive: nil))
            }
            let fuse = Fuse(expected == nil ? .max : statements)
            try? withRoot(probe: { try fuse.burn() }) { root, _ in try Pruned.finish(root, at: now) }
            if expected != nil, !fuse.isOut { ends += 1 }
            var seen: [String] = []
            try withRoot { root, _ in
                try Pruned.finish(root, at: now)
                seen = tree("inbox") + tree("outbox") + (try life("commitments/786001")) + (try life("vendors/401201"))
                seen += try root.ledger.read { books in
                    try (1...9).map { "\(try books.bytes(ofDocument: $0)?.count ?? -1)" }
                }
                #expect(try root.ledger.integrityCheck() == "ok")
            }
            if let expected { #expect(seen == expected, "after \(statements) statements") }
            if expected != nil { statements += 23 }
            expected = expected ?? seen
        }
        #expect(statements > 100)
    }

    // MARK: - Packed, and smaller

    @Test(.enabled(if: manager.isExecutableFile(atPath: "/usr/bin/zstd"), "needs tar and zstd"))
    func whatGoesIsInTheArchiveFirst() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            let path = folder.path + "/kept/march.tar.zst"
            let done = try #require(try Pruned.all(of: root, at: now, archive: path))
            #expect(done.problem == nil)
            let out = folder.appendingPathComponent("unpacked")
            try manager.createDirectory(at: out, withIntermediateDirectories: true)
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
            tar.arguments = ["--zstd", "-xf", path, "-C", out.path]
            try tar.run()
            tar.waitUntilExit()
            #expect(tar.terminationStatus == 0)
            #expect(tree("unpacked/inbox/processed").count == 4)
            #expect(tree("unpacked/outbox/results").count == 8)
            func lines(_ name: String) throws -> [Substring] {
                try String(contentsOf: out.appendingPathComponent(name), encoding: .utf8).split(separator: "\n")
            }
            #expect(try lines("history.jsonl").count == done.counts.events)
            #expect(try lines("documents.jsonl").count == done.counts.documents)
            #expect(try lines("documents.jsonl").contains { $0.contains("VendorAddRq") })
            #expect(try lines("files.jsonl").count == 4)
            #expect(!manager.fileExists(atPath: folder.path + "/plumbline.sqlite-prune"))
            // The same name again: nothing is written over, and nothing goes.
            try drop("[]", as: "procore/vendors.json", 9, root)
            let again = try #require(try Pruned.all(of: root, at: now, archive: path))
            #expect(again.problem?.contains("is there already") == true)
            #expect(tree("inbox/processed").count == 1)
        }
    }

    private static var manager: FileManager { .default }

    @Test func theLedgerBecomesSmaller() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            let bytes = [UInt8](repeating: 0x20, count: 40_000)
            try root.ledger.write { books in
                for number in 100..<200 {
                    let document = LedgerDocument(sequence: number, outbox: .quickbooks, entity: .vendors)
                    try books.insert(document, bytes: bytes, source: 1, at: now)
                    try books.markPublished([number])
                }
            }
            let before = try root.ledger.space()
            #expect(before.isIncremental)
            let done = try #require(try Pruned.all(of: root, at: now))
            #expect(done.counts.documentBytes > 4_000_000)
            #expect(done.counts.ledger.before - done.counts.ledger.after > 4_000_000)
            #expect(try root.ledger.space().free == 0)
        }
    }

    /// A ledger from before the first prune gets smaller by being written anew once.
    @Test func aLedgerOfAnEarlierVersionIsWrittenAnew() async throws {
        defer { removeAll() }
        try withRoot { root, _ in
            try dropExample(1...4, root)
            try root.ledger.write { books in
                for number in 100..<200 {
                    let document = LedgerDocument(sequence: number, outbox: .quickbooks, entity: .vendors)
                    try books.insert(document, bytes: .init(repeating: 0x20, count: 40_000), source: 1, at: now)
                    try books.markPublished([number])
                }
            }
            try root.ledger.forgetIncremental()
            #expect(try !root.ledger.space().isIncremental)
        }
        let report = try await Prune(root: folder.path, before: Pruned.day).run(archive: nil)
        #expect(report.problem == nil)
        #expect(!report.text.contains("stays as large"), "\(report.text)")
        try withRoot { root, _ in
            let space = try root.ledger.space()
            #expect(space.isIncremental)
            #expect(space.size < 1_000_000)
        }
    }

    // MARK: - Beside the daemon's work

    /// The process that serves the root does it, a little in each round, and takes files meanwhile.
    @Test func aRoundDoesALittleAndFilesAreTakenMeanwhile() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...4, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            let command = Array(try JSONEncoder().encode(QueuedCommand.prune(before: Pruned.day, archive: nil)))
            let number = try root.ledger.write { try $0.enqueue(command, at: "2026-03-08T20:00:00Z") }
            let time = now
            let worker = RootWorker(root, clock: WallClock { time })
            try worker.runRound()
            let outcome = try #require(try root.ledger.read { try $0.outcome(ofCommand: number) })
            #expect(String(decoding: outcome, as: UTF8.self).contains("is taken out"))
            let place = "\(root.folders.inbox)/procore/more.json"
            try Data(#"[{"id": 7, "name": "Alder Paving"}]"#.utf8).write(to: URL(fileURLWithPath: place))
            var rounds = 0
            while worker.hasMore, rounds < 1_000 {
                try worker.runRound()
                rounds += 1
            }
            #expect(!worker.hasMore)
            let prune = try #require(try root.ledger.read { try $0.prune() })
            #expect(prune.stage == .ended)
            #expect(tree("inbox/processed").isEmpty || tree("inbox/processed") == ["\(Self.day)/procore/more.json"])
            // The same command again, while one is under way, is refused.
            try root.ledger.write { books in
                var open = prune
                open.stage = .events
                try books.setPrune(open)
            }
            let again = try processor.run(.prune(before: Self.day, archive: nil))
            #expect(again.problems.first?.contains("is under way") == true)
            let same = try processor.run(.prune(before: Pruned.day, archive: nil))
            #expect(same.done == ["What is older than \(Pruned.day) is being taken out already; that goes on."])
        }
    }

    // MARK: - By the day
    // MARK: - By the day

    @Test func retentionBeginsOnceADay() throws {
        defer { removeAll() }
        try withRoot(more: "retention: {keep: 30d}") { root, processor in
            try dropExample(1...4, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            // 31 days later.
            let later = now + 32 * 86_400
            var work = PruneWork(root, clock: WallClock { later })
            repeat { try work.goOn() } while work.state != .idle
            let first = try #require(try root.ledger.read { try $0.prune() })
            #expect(first.day == "2026-03-10")
            #expect(first.counts.files == 4)
            var another = PruneWork(root, clock: WallClock { later })
            repeat { try another.goOn() } while another.state != .idle
            #expect(try root.ledger.read { try $0.prune()?.id } == first.id)
        }
    }

    @Test(arguments: [
        ("2y", "2024-11-29"), ("18mo", "2025-05-29"), ("400d", "2025-10-25"), ("forever", nil), ("29d", nil),
        ("2", nil),
    ])
    func howLongThingsAreKept(_ keep: String, _ day: String?) {
        let yaml = "company_id: 8089\nretention: {keep: \(keep)}"
        let retention = (try? Configuration(yaml: yaml))?.retention
        #expect(retention?.day(before: "2026-11-29") == day)
    }

    @Test func whatWouldGoIsSaidWithoutChangingAnything() throws {
        defer { removeAll() }
        try withRoot { root, processor in
            try dropExample(1...7, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            let before = tree("inbox") + tree("outbox")
            let report = try Prune(root: folder.path, before: Pruned.day).preview()
            #expect(report.text.contains("5 dropped files with their receipts"), "\(report.text)")
            #expect(report.text.contains("1 records that belong to purchase orders"), "\(report.text)")
            #expect(tree("inbox") + tree("outbox") == before)
            #expect(try root.ledger.read { try $0.prune() } == nil)
        }
    }
}
