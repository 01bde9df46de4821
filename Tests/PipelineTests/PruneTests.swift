import DropFolder
import Foundation
import GRDB
import SyncLedger
import Testing

@testable import Pipeline

/// What a prune takes out, what it leaves, and what is still said afterwards.
@Suite struct PruneTests {
    private let office = PruneRoot()

    // MARK: - What goes and what stays

    @Test func whatIsSettledGoesAndItsRecordStillSaysHowItCameIn() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            let before = try office.life("vendors/401201")
            #expect(before.count == 4, "\(before)")
            #expect(office.tree("inbox/processed").count == 4)
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(done.problem == nil)
            #expect(done.counts.files == 4)
            // Four answers; that the vendor, the job and both items were read stands in their rows.
            #expect(done.counts.events == 4, "\(done.counts)")
            #expect(done.counts.documents == 3, "\(done.counts)")
            #expect(done.counts.shareFiles == 12)
            #expect(office.tree("inbox/processed") == [])
            #expect(office.tree("outbox/results") == [])
            #expect(!office.manager.fileExists(atPath: "\(office.folder.path)/outbox/results/\(PruneRoot.day)"))
            #expect(try office.life("vendors/401201") == before, "its request says what its answer was")
            let file = try #require(try Trace("vendors.json", root: office.folder.path).files.first)
            #expect(file.outcome == "accepted")
            #expect(try root.ledger.read { try $0.bytes(ofDocument: 1) } == [])
            #expect(try root.ledger.read { try $0.document(1)?.name } == "00000001-vendors.xml")
            // Once more there is nothing to do.
            let again = try #require(try Pruned.all(of: root, at: office.now))
            #expect(again.counts.events + again.counts.documents + again.counts.files == 0)
        }
    }

    @Test func openMoneyAndWhatIsNotAnsweredStaysWithItsFilesAndDocuments() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...7, root)
            let order = try office.life("commitments/786001")
            let bill = try office.life("requisitions/1280646")
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(try office.life("commitments/786001") == order)
            #expect(try office.life("requisitions/1280646") == bill)
            // The files of the vendor, the job and the item, and the answer about them, go; so does the answer about the
            // order. The commitment's own and the invoice's stay.
            #expect(done.counts.files == 5, "\(done.counts)")
            #expect(
                office.tree("inbox/processed").map { ($0 as NSString).lastPathComponent }
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
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...6, root)
            try root.ledger.write { books in
                var order = try #require(try books.record(.init(.commitments, "786001")))
                order.tie.closed = .received
                try books.update(order)
            }
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(done.counts.files == 6)
            #expect(office.tree("inbox/processed") == [])
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
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            let place = "\(office.folder.path)/inbox/processed/\(PruneRoot.day)/procore/notes.docx"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: place))
            let outside = "\(office.folder.path)/outside"
            try office.manager.createDirectory(atPath: outside + "/2026-01-01", withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: outside + "/2026-01-01/a.json"))
            try office.manager.createSymbolicLink(
                atPath: "\(office.folder.path)/inbox/processed/2026-01-02", withDestinationPath: outside)
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(office.tree("inbox/processed").contains("\(PruneRoot.day)/procore/notes.docx"))
            #expect(office.manager.fileExists(atPath: outside + "/2026-01-01/a.json"), "no link is followed")
            #expect(done.counts.unknown.count == 2)
            #expect(done.counts.unknown.first.contains("inbox/processed/\(PruneRoot.day)/procore/notes.docx"))
        }
    }

    /// A receipt whose record meets another fate after the prune is not written again.
    @Test func aReceiptThatWentDoesNotComeBack() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            try Pruned.all(of: root, at: office.now)
            try office.drop(#"[{"id": 401201, "name": "Riverton Lumber East"}]"#, as: "procore/vendors.json", 9, root)
            while try processor.tellReceipts() {}
            #expect(
                office.tree("outbox/results").map { ($0 as NSString).lastPathComponent.prefix(8) }.allSatisfy {
                    $0 == "00000009"
                })
            try root.ledger.write { try $0.reopenUnsynced() }
            _ = try processor.recover()
            while try processor.tellReceipts() {}
            #expect(office.tree("outbox/results").count == 2)
        }
    }

    /// By their own times, since an original carries along that of its content: what was filed there just now is younger than
    /// the day, whenever it is said to have come.
    @Test func aRejectedFileStaysWithItsReceiptWhileItIsYoungerThanTheDay() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            // The ledger's clock says 2001.
            try office.drop("[{\"id\": ", as: "procore/broken.json", 1, root, at: 1_000_000_000)
            let original = "\(office.folder.path)/inbox/rejected/procore/broken.json"
            try office.manager.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: original)
            _ = try processor.tellReceipts()
            try processor.syncReceipts()
            _ = try processor.run(.prune(before: "2002-01-01", archive: nil))
            try Pruned.finish(root, at: office.now)
            #expect(office.tree("inbox/rejected") == ["procore/broken.json", "procore/broken.json.problem.txt"])
            #expect(!office.tree("outbox/results").isEmpty)
            try office.manager.removeItem(atPath: original)
            _ = try processor.run(.prune(before: "2002-01-01", archive: nil))
            try Pruned.finish(root, at: office.now)
            #expect(office.tree("outbox/results").isEmpty)
        }
    }

    /// What was rejected goes with its problem file once it is old; a copy of records that are still refused stays, and so does
    /// what has no problem file.
    @Test func whatWasRejectedGoesOnceItIsOld() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.drop("[{\"id\": ", as: "procore/broken.json", 1, root)
            try office.drop(
                #"[{"id": 7, "name": "\#(Self.long)"}, {"id": 8, "name": "Alder"}]"#, as: "procore/vendors.json", 2,
                root)
            try office.drop(#"[{"id": 9, "name": "\#(Self.long)"}]"#, as: "procore/more.json", 3, root)
            try office.drop(#"[{"id": 9, "name": "Birch"}]"#, as: "procore/mended.json", 4, root)
            let rejected = "\(office.folder.path)/inbox/rejected/procore"
            try Data("mine".utf8).write(to: URL(fileURLWithPath: rejected + "/notes.txt"))
            try office.manager.createSymbolicLink(atPath: rejected + "/link.json", withDestinationPath: "/etc/hostname")
            try Data("of a file that was taken away".utf8).write(
                to: URL(fileURLWithPath: rejected + "/gone.json.problem.txt"))
            let wouldGo = try Prune(root: office.folder.path, before: Pruned.day).preview()
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(
                office.tree("inbox/rejected") == [
                    "procore/link.json", "procore/notes.txt", "procore/vendors.rejected.json",
                    "procore/vendors.rejected.json.problem.txt",
                ])
            // The original, the copy of what was taken since, each with its problem file, and the one that was left over.
            #expect(wouldGo.text.contains("files on the share"))
            #expect(done.counts.unknown.first == ["inbox/rejected/procore/notes.txt"], "\(done.counts.unknown)")
        }
    }

    /// A name that no vendor may have in QuickBooks.
    private static let long = String(repeating: "W", count: 300)

    @Test(.enabled(if: manager.isExecutableFile(atPath: "/usr/bin/zstd"), "needs tar and zstd"))
    func whatWasRejectedIsInTheArchiveFirst() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.drop("[{\"id\": ", as: "procore/broken.json", 1, root)
            let path = office.folder.path + "/kept/march.tar.zst"
            #expect(try #require(try Pruned.all(of: root, at: office.now, archive: path)).problem == nil)
            #expect(office.tree("inbox/rejected").isEmpty)
            let out = office.folder.path + "/unpacked"
            try office.manager.createDirectory(atPath: out, withIntermediateDirectories: true)
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
            tar.arguments = ["--zstd", "-xf", path, "-C", out]
            try tar.run()
            tar.waitUntilExit()
            #expect(
                office.tree("unpacked/inbox/rejected") == ["procore/broken.json", "procore/broken.json.problem.txt"])
        }
    }

    /// Documents that were carried lie in `.collected`, and go with what is known of them.
    @Test func collectedDocumentsGoWithTheirBytes() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            try office.drop(#"[{"id": 7, "name": "Alder Paving"}]"#, as: "procore/vendors.json", 9, root)
            let outbox = root.folders.outboxQuickBooks
            let collected = outbox + "/.collected"
            try office.manager.createDirectory(atPath: collected, withIntermediateDirectories: true)
            for name in try office.manager.contentsOfDirectory(atPath: outbox) where name.hasSuffix(".xml") {
                try office.manager.moveItem(atPath: "\(outbox)/\(name)", toPath: "\(collected)/\(name)")
            }
            try Data("mine".utf8).write(to: URL(fileURLWithPath: collected + "/00000001-mine.xml"))
            let before = Set(try office.manager.contentsOfDirectory(atPath: collected))
            try Pruned.all(of: root, at: office.now)
            let after = Set(try office.manager.contentsOfDirectory(atPath: collected))
            let unanswered = try root.ledger.read { books in
                Set(try books.openRequests().compactMap { try books.document($0.document)?.name })
            }
            #expect(after == unanswered.union(["00000001-mine.xml"]) && after.count < before.count, "\(after)")
        }
    }

    /// Receipts as versions of before wrote them stand in no folder of a day.
    @Test func receiptsOfTheFlatFormGoAlsoWhereAPruneIsEndedBetween() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            let results = root.folders.results
            for path in office.tree("outbox/results") where path.contains("/") {
                try office.manager.moveItem(
                    atPath: "\(results)/\(path)", toPath: "\(results)/\((path as NSString).lastPathComponent)")
            }
            for name in try office.manager.contentsOfDirectory(atPath: root.folders.outboxQuickBooks)
            where name.hasSuffix(".xml") {
                try office.manager.removeItem(atPath: "\(root.folders.outboxQuickBooks)/\(name)")
            }
            _ = try processor.run(.prune(before: Pruned.day, archive: nil))
        }
        try DatabaseQueue(path: office.folder.path + "/plumbline.sqlite").write { db in
            try db.execute(sql: "UPDATE file SET folder = NULL")
        }
        // Ended as soon as the files are out of the ledger, and before any is off the share.
        try office.withRoot { root, _ in
            var share = PruneShare(root)
            var prune = try #require(try root.ledger.read { try $0.prune() })
            prune.stage = .files
            prune = try share.takeFiles(prune, most: 500) {}
            #expect(prune.going?.count == 4 && prune.counts.files == 4)
            #expect(office.tree("outbox/results").filter { $0.contains(".result.") && !$0.contains("/") }.count == 8)
        }
        try office.withRoot { root, _ in
            try Pruned.finish(root, at: office.now)
            #expect(office.tree("outbox/results").filter { $0.contains(".result.") } == [])
            #expect(office.tree("inbox/processed") == [])
            #expect(try root.ledger.read { try $0.prune()?.going } == nil)
        }
    }

    // MARK: - Interrupted

    @Test func interruptedAtAnyStatementItEndsTheSame() throws {
        defer { office.removeAll() }
        var expected: [String]?
        var statements = 20
        var ends = 0
        while ends < 3 {
            office.removeAll()
            try office.withRoot { root, processor in
                try office.dropExample(1...7, root)
                while try processor.tellReceipts() {}
                try processor.syncReceipts()
                for outbox in [root.folders.outboxQuickBooks, root.folders.outboxProcore] {
                    for name in try office.manager.contentsOfDirectory(atPath: outbox) where !name.hasPrefix(".") {
                        try office.manager.removeItem(atPath: "\(outbox)/\(name)")
                    }
                }
                _ = try processor.run(.prune(before: Pruned.day, archive: nil))
            }
            let injector = StatementInjector()
            if expected != nil { injector.arm(at: statements + 1) }
            try? office.withRoot(probe: { try injector.next() }) { root, _ in try Pruned.finish(root, at: office.now) }
            if expected != nil, injector.count <= statements { ends += 1 }
            var seen: [String] = []
            try office.withRoot { root, _ in
                try Pruned.finish(root, at: office.now)
                seen =
                    office.tree("inbox") + office.tree("outbox") + (try office.life("commitments/786001"))
                    + (try office.life("vendors/401201"))
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
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            let path = office.folder.path + "/kept/march.tar.zst"
            let done = try #require(try Pruned.all(of: root, at: office.now, archive: path))
            #expect(done.problem == nil)
            let out = office.folder.appendingPathComponent("unpacked")
            try office.manager.createDirectory(at: out, withIntermediateDirectories: true)
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
            tar.arguments = ["--zstd", "-xf", path, "-C", out.path]
            try tar.run()
            tar.waitUntilExit()
            #expect(tar.terminationStatus == 0)
            #expect(office.tree("unpacked/inbox/processed").count == 4)
            #expect(office.tree("unpacked/outbox/results").count == 8)
            func lines(_ name: String) throws -> [Substring] {
                try String(contentsOf: out.appendingPathComponent(name), encoding: .utf8).split(separator: "\n")
            }
            #expect(try lines("history.jsonl").count == done.counts.events)
            #expect(try lines("documents.jsonl").count == done.counts.documents)
            #expect(try lines("documents.jsonl").contains { $0.contains("VendorAddRq") })
            #expect(try lines("files.jsonl").count == 4)
            #expect(!office.manager.fileExists(atPath: office.folder.path + "/plumbline.sqlite-prune"))
            // The same name again: nothing is written over, and nothing goes.
            try office.drop("[]", as: "procore/vendors.json", 9, root)
            let again = try #require(try Pruned.all(of: root, at: office.now, archive: path))
            #expect(again.problem?.contains("is there already") == true)
            #expect(office.tree("inbox/processed").count == 1)
        }
    }

    private static var manager: FileManager { .default }

    /// Bytes that do not get shorter by being packed.
    private static var unpackable: [UInt8] { (0..<40_000).map { _ in UInt8.random(in: 0...255) } }

    @Test func theLedgerBecomesSmaller() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            let bytes = Self.unpackable
            try root.ledger.write { books in
                for number in 100..<200 {
                    let document = LedgerDocument(sequence: number, outbox: .quickbooks, entity: .vendors)
                    try books.insert(document, bytes: PackedDocument(bytes), source: 1, at: office.now)
                    try books.markPublished([number])
                }
            }
            let before = try root.ledger.space()
            #expect(before.isIncremental)
            let done = try #require(try Pruned.all(of: root, at: office.now))
            #expect(done.counts.documentBytes > 4_000_000)
            #expect(done.counts.ledger.before - done.counts.ledger.after > 4_000_000)
            #expect(try root.ledger.space().free == 0)
        }
    }

    /// A ledger from before the first prune gets smaller by being written anew once.
    @Test func aLedgerOfAnEarlierVersionIsWrittenAnew() async throws {
        defer { office.removeAll() }
        try office.withRoot { root, _ in
            try office.dropExample(1...4, root)
            try root.ledger.write { books in
                for number in 100..<200 {
                    let document = LedgerDocument(sequence: number, outbox: .quickbooks, entity: .vendors)
                    try books.insert(document, bytes: PackedDocument(Self.unpackable), source: 1, at: office.now)
                    try books.markPublished([number])
                }
            }
            try root.ledger.forgetIncremental()
            #expect(try !root.ledger.space().isIncremental)
        }
        let report = try await Prune(root: office.folder.path, before: Pruned.day).run(archive: nil)
        #expect(report.problem == nil)
        #expect(!report.text.contains("stays as large"), "\(report.text)")
        try office.withRoot { root, _ in
            let space = try root.ledger.space()
            #expect(space.isIncremental)
            #expect(space.size < 1_000_000)
        }
    }

    // MARK: - Beside the daemon's work

    /// The process that serves the root does it, a little in each round, and takes files meanwhile.
    @Test func aRoundDoesALittleAndFilesAreTakenMeanwhile() throws {
        defer { office.removeAll() }
        try office.withRoot { root, processor in
            try office.dropExample(1...4, root)
            while try processor.tellReceipts() {}
            try processor.syncReceipts()
            let command = Array(try JSONEncoder().encode(QueuedCommand.prune(before: Pruned.day, archive: nil)))
            let number = try root.ledger.write { try $0.enqueue(command, at: "2026-03-08T20:00:00Z") }
            let time = office.now
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
            #expect(
                office.tree("inbox/processed").isEmpty
                    || office.tree("inbox/processed") == ["\(PruneRoot.day)/procore/more.json"])
            // The same command again, while one is under way, is refused.
            try root.ledger.write { books in
                var open = prune
                open.stage = .events
                try books.setPrune(open)
            }
            let again = try processor.run(.prune(before: PruneRoot.day, archive: nil))
            #expect(again.problems.first?.contains("is under way") == true)
            let same = try processor.run(.prune(before: Pruned.day, archive: nil))
            #expect(same.done == ["What is older than \(Pruned.day) is being taken out already; that goes on."])
        }
    }
}
