import Domain
import Foundation
import GRDB
import Testing

@testable import SyncLedger

/// Ledgers of earlier versions go on.
@Suite struct MigrationTests {
    /// An index with a condition costs every row that is written, whether it belongs into it or not.
    @Test func noRowThatIsWrittenNeedsATableOfItsOwn() throws {
        let ledger = try DatabaseQueue()
        try Migrations.all.migrate(ledger)
        try ledger.read { db in
            let insert = """
                EXPLAIN INSERT INTO record (entity, shown, state, attempts, retries, file)
                    VALUES ('vendors', 'vendor 401104', 'queued', 0, 0, 1)
                """
            let steps = try Row.fetchAll(db, sql: insert).compactMap { $0["opcode"] as String? }
            #expect(steps.contains("Insert"))
            #expect(!steps.contains("OpenEphemeral"))
            let plan = try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN SELECT id FROM record WHERE (\(Books.isUndecided)) AND id > 0 ORDER BY id")
            #expect(plan.contains { ($0["detail"] as String).contains("record_undecided") })
        }
    }

    @Test func recordsAndRequestsOfTheFifthStepAreFound() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "5 attempts, synced receipts")
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO record (id, entity, procore_id, business_key, shown, state, name_key, attempts, retries,
                        file) VALUES (1, 'vendors', '401104', 'riverton', 'vendor 401104', 'queued', 'Entity||riverton',
                        1, 0, 1), (2, 'commitments', '7', NULL, 'commitment 7', 'linked', NULL, 1, 0, 1);
                    INSERT INTO request (id, request_id, record, object, operation, document, status) VALUES
                        (1, '8089-vendors-401104-add-1', 1, 1, 'add', 1, NULL), (2, '0123abcd-add-1', 2, 2, 'add', 2, 0);
                    INSERT INTO document (sequence, outbox, name, entity, bytes, published, at)
                        VALUES (1, 'quickbooks', '00000001-vendors.xml', 'vendors', x'00', 1, 1773000000);
                    INSERT INTO event (record, file, at, kind, detail) VALUES
                        (1, 1, '2026-03-08T20:00:00Z', 'read', 'vendors.json'),
                        (1, 1, '2026-03-08T20:00:00Z', 'queued', 'add 8089-vendors-401104-add-1');
                    """)
        }
        try old.close()
        try Ledger(path: path).write { books in
            let named = try books.records(.vendors, businessKey: "riverton").map(\.id)
            #expect(named == [1])
            let others = try books.others(wanting: "Entity||riverton", than: 9).map(\.id)
            #expect(others == [1])
            let plain = try books.request("8089-vendors-401104-add-1")?.record
            #expect(plain == 1)
            let digest = try books.request("0123abcd-add-1")?.record
            #expect(digest == 2)
            let open = try books.openRequest(of: 1)?.requestID
            #expect(open == "8089-vendors-401104-add-1")
            let about = try books.openRequest(onObjectOf: 1)?.id
            #expect(about == 1)
            let unanswered = try books.openRequests(ofDocument: 1).map(\.id)
            #expect(unanswered == [1])
            let kinds = try books.events(of: 1).map(\.kind)
            #expect(kinds == ["read", "queued"], "what is known twice is told once")
            // One more, with an id that names its record: the first kind is found as before.
            var third = LedgerRecord(entity: .vendors, procoreID: "5", shown: "vendor 5", file: 2)
            try books.insert(&third)
            try books.insert(
                LedgerRequest(requestID: "8089-vendors-5-add-1", record: third.id, operation: .add, document: 3),
                of: third)
            let found = try books.request("8089-vendors-5-add-1")?.record
            #expect(found == third.id)
        }
    }

    @Test func aLedgerThatItsOwnerHasNotMigratedYetCanBeLookedAt() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "6 smaller indexes")
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO record (id, entity, procore_id, shown, state, attempts, retries, file)
                        VALUES (1, 'commitments', '786001', 'commitment 786001', 'held', 0, 0, 1);
                    INSERT INTO part (record, name, content) VALUES (1, 'header', x'');
                    INSERT INTO file (intake, path, name, sha256, received, outcome, receipt, sentence, outputs, finished)
                        VALUES (1, x'61', 'a', '', '2026-03-08T20:00:00Z', 'accepted', x'7b7d', 'a was read.', '', 1);
                    """)
        }
        try old.close()
        try Ledger(readingFrom: path).read { books in
            let objects = try books.faultyObjects(limit: 9).count
            #expect(objects == 0)
            let fragments = try books.fragments(of: 1).keys.sorted()
            #expect(fragments == ["header"])
            let summary = try books.file(1)?.summary
            #expect(summary == "a was read.")
        }
        // A command cannot be left in it, since its owner would not find it.
        #expect(throws: LedgerOfAnotherVersion.self) { try Ledger(besideOwnerOf: path) }
        // The owner migrates it, and reads the same.
        try Ledger(path: path).read { books in
            let fragments = try books.fragments(of: 1).keys.sorted()
            #expect(fragments == ["header"])
            let summary = try books.file(1)?.summary
            #expect(summary == "a was read.")
        }
        _ = try Ledger(besideOwnerOf: path)
    }

    @Test func anEarlierLedgerGetsTheDollarsOfBothSides() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "15 review")
        let order = Content(
            [.init("RefNumber", "SC-1")],
            lines: [
                .init(
                    "1",
                    [
                        .init("Quantity", "3"), .init("Rate", "1.5"),
                        .init("CustomerRef/ListID", idOf: .init(.projects, "225906")),
                    ])
            ])
        let header = Content([.init("project_id", "225907"), .init("summary.current_payment_due", "70.25")])
        let payment = Content([.init("amount", "20.00")])
        try old.write { db in
            for (id, entity, procore, state, list, listID, owner, wanted, confirmed, imported, exported) in [
                (1, "commitments", "7", "linked", "PurchaseOrder", "1-1", nil, order.encoded, order.encoded, nil, nil),
                (2, "requisitions", "8", "held", "Bill", "2-1", nil, nil, nil, nil, nil),
                (
                    3, "contract_payments", "9", "linked", "BillPaymentCheck", "3-1|2-1", nil, nil, nil,
                    payment.encoded, [2]
                ),
                (4, "commitment_change_orders", "5", "held", nil, nil, "commitments/7", nil, nil, nil, nil),
            ] as [(Int, String, String, String, String?, String?, String?, [UInt8]?, [UInt8]?, [UInt8]?, [UInt8]?)] {
                try db.execute(
                    sql: """
                        INSERT INTO record (id, entity, procore_id, shown, state, reason, attempts, retries, file, list, list_id,
                            owner, wanted, confirmed, imported, exported)
                            VALUES (?, ?, ?, '', ?, '', 0, 0, 1, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        id, entity, procore, state, list, listID, owner, wanted.map { Data($0) },
                        confirmed.map { Data($0) }, imported.map { Data($0) }, exported.map { Data($0) },
                    ])
            }
            try db.execute(
                sql: "INSERT INTO fragment (record, name, content) VALUES (2, 'header', ?)",
                arguments: [Data(header.encoded)])
        }
        try old.close()
        // It can be looked at before its owner migrates it.
        let before = try Ledger(readingFrom: path).read { (try $0.record(id: 1)?.shown, try $0.knowsMoney()) }
        #expect(before.0 == "" && !before.1)
        try Ledger(path: path).read { books in
            let sums = try books.moneySums().map {
                "\($0.project ?? "none") \($0.entity.rawValue) \($0.isFromQuickBooks) \($0.brought.known) "
                    + "\($0.brought.amount.money) \($0.accepted.amount.money) \($0.settled)"
            }
            #expect(
                sums == [
                    "225906 commitment_change_orders false 0 0.00 0.00 0", "225906 commitments false 1 4.50 4.50 1",
                    "225907 contract_payments true 1 20.00 20.00 1", "225907 requisitions false 1 70.25 0.00 0",
                ])
        }
    }

    @Test func aLedgerWithoutReviewsCanBeLookedAtBeforeItIsMigrated() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "12 what the carrier to Procore holds")
        try old.close()
        let before = try Ledger(readingFrom: path).read { try $0.waitingReviews().count }
        #expect(before == 0)
        try Ledger(path: path).write { books in
            let document = LedgerDocument(sequence: 7, outbox: .review, entity: .vendors)
            #expect(document.path == "outbox/review/00000007-vendors.xml")
            try books.insert(document, bytes: PackedDocument([1]), source: nil, at: 1)
            let isIn = try books.isInReview(7)
            #expect(isIn)
            var waiting = try books.waitingReviews().map(\.document.name)
            #expect(waiting == [], "it is not published yet")
            try books.markPublished([7])
            waiting = try books.waitingReviews().map(\.document.name)
            #expect(waiting == ["00000007-vendors.xml"])
            try books.decide(LedgerReview(document: 7, verdict: .approved, who: "anna", at: 2, sentAs: 8))
            waiting = try books.waitingReviews().map(\.document.name)
            #expect(waiting == [])
            let review = try books.review(of: 7)
            #expect(review?.who == "anna" && review?.sentAs == 8)
            try books.remove(document)
            let removed = try books.review(of: 7)
            #expect(removed == nil)
        }
    }

    @Test func theWebConnectorsTablesComeWithTheEleventhStep() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "10 the glossary's names")
        try old.close()
        let before = try Ledger(readingFrom: path).read { try $0.knowsWebConnector() }
        #expect(!before, "a ledger that its owner has not migrated yet can be looked at")
        try Ledger(path: path).write { books in
            let after = try books.knowsWebConnector()
            #expect(after)
            for document in ["00000001-bills.xml", "00000002-bills.xml"] {
                let lease = Lease(
                    document, digest: [1], kind: .set, requestIDs: ["b1", ""], messageSet: "s", to: 1, at: 1)
                if document.hasPrefix("00000001") {
                    try books.insert(lease)
                    continue
                }
                // One document at a time is outstanding, whatever went wrong above.
                #expect(throws: (any Error).self) { try books.insert(lease) }
            }
            let open = try books.openLease()
            #expect(open?.requestIDs == ["b1", ""])
            try books.closeLease(open?.id ?? 0, .answered, answer: [2], reply: 50, at: 2)
            let answered = try books.lease(answeredWith: [2])
            #expect(answered?.document == "00000001-bills.xml")
            let none = try books.openLease()
            #expect(none == nil)
        }
    }

    /// Receipts of files from before people were told stay as they are: what those files brought is not known.
    @Test func filesOfBeforeAreNotToldAnew() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        let old = try DatabaseQueue(path: path)
        try Migrations.all.migrate(old, upTo: "12 what the carrier to Procore holds")
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO file (intake, path, name, sha256, received, outcome, receipt, summary, outputs, finished)
                        VALUES (1, x'61', 'a', '', '2026-03-08T20:00:00Z', 'accepted', x'7b7d', 'a was read.', '', 1);
                    INSERT INTO event (record, file, at, kind) VALUES (1, 1, '2026-03-08T20:00:00Z', 'held');
                    """)
        }
        try old.close()
        let seen = try Ledger(readingFrom: path).read { try $0.file(1) }
        #expect(seen?.summary == "a was read.", "a ledger that its owner has not migrated yet can be looked at")
        try Ledger(path: path).write { books in
            let file = try books.file(1)
            #expect(file?.summary == "a was read." && file?.places.receipt == nil)
            let (untold, brought, hasFates) = (
                try books.untold(limit: 9), try books.brought(by: 1), try books.hasUntoldFates()
            )
            #expect(untold.isEmpty && brought == nil && !hasFates)
        }
    }

    /// A process that was killed while it made the ledger leaves a journal that only a writer may take back.
    @Test func aLedgerLeftWhileItWasMadeIsTakenUp() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("left-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let making = folder.appendingPathComponent("making.sqlite").path
        let left = folder.appendingPathComponent("plumbline.sqlite").path
        let queue = try DatabaseQueue(path: making)
        try queue.writeWithoutTransaction { db in
            // A page in memory, so that what is not committed yet goes into the file, after its journal.
            try db.execute(sql: "PRAGMA cache_size = 1; CREATE TABLE before (text); BEGIN")
            for number in 0..<200 {
                try db.execute(
                    sql: "INSERT INTO before VALUES (?)", arguments: [String(repeating: "\(number) ", count: 400)])
            }
            for suffix in ["", "-journal"] {
                try FileManager.default.copyItem(atPath: making + suffix, toPath: left + suffix)
            }
            try db.execute(sql: "ROLLBACK")
        }
        // It is one that cannot be read without being written.
        var reading = Configuration()
        reading.readonly = true
        #expect {
            try DatabaseQueue(path: left, configuration: reading).unsafeRead {
                try Row.fetchAll($0, sql: "SELECT * FROM before")
            }
        } throws: { error in
            (error as? DatabaseError)?.extendedResultCode == .SQLITE_READONLY_ROLLBACK
        }
        #expect {
            try Ledger(readingFrom: left)
        } throws: { error in
            guard case .unfinished = (error as? LedgerFault)?.kind else { return false }
            return true
        }
        let ledger = try Ledger(path: left)
        #expect(try ledger.integrityCheck() == "ok")
        #expect(try ledger.durability().journal == "wal")
        #expect(try ledger.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM before") } == 0)
    }
}
