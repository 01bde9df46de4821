import Domain
import Foundation
import GRDB
import Testing

@testable import SyncLedger

@Suite struct LedgerTests {
    private func withLedger(_ body: (Ledger, String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try body(try Ledger(path: path), path)
    }

    private func vendor(_ id: String?, file: Int = 1) -> LedgerRecord {
        LedgerRecord(entity: .vendors, procoreID: id, shown: "vendor \(id ?? "?")", file: file)
    }

    @Test func whatIsCommittedSurvivesALossOfPower() throws {
        try withLedger { ledger, _ in
            let durability = try ledger.durability()
            #expect(durability.journal == "wal")
            #expect(durability.synchronous == 2, "2 is FULL; under NORMAL the last commits can be taken back")
        }
    }

    @Test func everyFieldOfARecordIsKept() throws {
        try withLedger { ledger, path in
            var record = vendor("401104")
            record.identity.businessKey = "riverton lumber"
            record.identity.scope = "5512"
            record.contents.nameKey = "Entity||riverton lumber"
            record.contents.wanted = Content([.init("Name", "Riverton Lumber")])
            record.contents.confirmed = Content([.init("Name", "Riverton")])
            record.contents.imported = Content([.init("name", "Riverton")])
            record.contents.exported = Content([.init("name", "R")])
            record.updatedAt = Timestamp("2026-06-10T16:05:11.5Z")
            record.tie.claimedID = "80000AB1-1716500000"
            record.hold(for: "why", until: 1_795_000_000)
            record.attempts.count = 3
            record.attempts.retries = 2
            record.attempts.question = .lookup
            record.tie.kind = .vendor
            record.tie.quickBooksID = "80000AB4-1716500072"
            record.tie.editSequence = "1716500072"
            record.tie.fullName = "Riverton Lumber"
            try ledger.write { try $0.insert(&record) }
            let number = record.id
            let found = try Ledger(readingFrom: path).read { try $0.record(RecordKey(.vendors, "401104")) }
            let read = try #require(found)
            #expect(read.id == number)
            #expect("\(read)" == "\(record)")
            let tied = try ledger.read { try $0.record(.vendors, .vendor, "80000AB4-1716500072") }
            #expect(tied?.id == number)
            let due = try ledger.read { try $0.nextDue() }
            #expect(due == 1_795_000_000)
        }
    }

    /// What Procore was told is kept once where it is what was read, and goes its own way when only one of the two changes.
    @Test func whatWasToldAsItWasReadIsKeptAndChangesByItself() throws {
        let (first, second) = (Content([.init("name", "Riverton")]), Content([.init("name", "Riverton Lumber")]))
        for (imported, exported) in [(first, first), (second, first), (second, second), (second, nil), (nil, nil)] {
            try withLedger { ledger, _ in
                var record = vendor("401104")
                record.contents.imported = first
                record.contents.exported = first
                try ledger.write { try $0.insert(&record) }
                record.contents.imported = imported
                record.contents.exported = exported
                try ledger.write { try $0.update(record) }
                let read = try ledger.read { try $0.record(id: record.id) }
                #expect(read?.imported == imported)
                #expect(read?.exported == exported)
            }
        }
    }

    /// Ledgers from before receipts were kept with the end of their last line, and documents as runs.
    @Test func theFilesOfAnEarlierLedgerAreReadAsTheyAre() throws {
        let paths = ["outbox/quickbooks/00000007-vendors.xml", "outbox/procore/00000008-vendors.json"]
        try withLedger { ledger, _ in
            try ledger.write { books in
                try books.insert(
                    LedgerFile(
                        intake: 3, path: Array("vendors.json".utf8), name: "vendors.json", sha256: "",
                        received: "2026-06-10T16:05:11Z", outcome: "accepted", receipt: Array("{}".utf8), summary: "",
                        outputs: DocumentPaths(text: paths.joined(separator: "\n")), problemText: nil,
                        rejectedCopy: nil), since: books.mark())
            }
            let file = try #require(try ledger.read { try $0.file(3) })
            #expect(file.receipt == Array("{}\n".utf8))
            #expect(Array(file.outputs) == paths)
            #expect(file.outputs.count == 2)
        }
    }

    @Test func aPartThatFailsLeavesTheRest() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                var kept = vendor("1")
                try books.insert(&kept)
                do {
                    try books.savepoint {
                        var lost = vendor("2")
                        try books.insert(&lost)
                        throw Problem(what: "malformed", remedy: "none")
                    }
                    Issue.record("the part's error was lost")
                } catch let problem as Problem {
                    #expect(problem.what == "malformed")
                }
                try books.savepoint {
                    var also = vendor("3")
                    try books.insert(&also)
                }
            }
            let ids = try ledger.read { books in
                try ["1", "2", "3"].filter { try books.record(RecordKey(.vendors, $0)) != nil }
            }
            #expect(ids == ["1", "3"])
        }
    }

    @Test func aTransactionThatFailsNeverWas() throws {
        try withLedger { ledger, _ in
            #expect(throws: CancellationError.self) {
                try ledger.write { books in
                    var record = vendor("1")
                    try books.insert(&record)
                    throw CancellationError()
                }
            }
            let found = try ledger.read { try $0.record(RecordKey(.vendors, "1")) }
            #expect(found == nil)
        }
    }

    @Test func partsLinesAndAbsencesAreKept() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                var order = LedgerRecord(entity: .commitments, procoreID: "786001", shown: "commitment 786001", file: 1)
                order.tie.txnLineIDs = ["7-1", "8-1"]
                order.tie.closed = .received
                try books.insert(&order)
                var change = LedgerRecord(
                    entity: .commitmentChangeOrders, procoreID: "1708957", shown: "change order 1708957", file: 1)
                change.tie.owner = order.key
                try books.insert(&change)
                try books.setFragment("header", of: order.id, Content([.init("number", "SC-001")]))
                try books.setFragment("header", of: order.id, Content([.init("number", "SC-002")]))
                try books.setLine("530001", of: order.id, object: order.id, txnLineID: "7-1")
                try books.setLine("550001", of: change.id, object: order.id, txnLineID: "9-2")
                try books.setAbsence(RecordKey(.vendors, "401105"), "too long", isRefusal: true)
            }
            try ledger.read { books in
                let key = RecordKey(.commitments, "786001")
                let order = try #require(try books.record(key))
                #expect(order.tie.txnLineIDs == ["7-1", "8-1"])
                #expect(order.tie.closed == .received)
                #expect(try books.additions(to: key).map(\.shown) == ["change order 1708957"])
                #expect(try books.fragments(of: order.id)["header"]?["number"] == "SC-002")
                #expect(try books.lines(of: order.id) == ["530001": "7-1"])
                #expect(try books.line("550001", inObjectOf: order.id) == "9-2")
                #expect(try books.absence(RecordKey(.vendors, "401105"))?.isRefusal == true)
                #expect(try books.absence(RecordKey(.vendors, "1")) == nil)
            }
        }
    }

    @Test func aRequestIsFoundByTheObjectItIsAbout() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                var order = LedgerRecord(entity: .commitments, procoreID: "1", shown: "commitment 1", file: 1)
                try books.insert(&order)
                var change = LedgerRecord(
                    entity: .commitmentChangeOrders, procoreID: "2", shown: "change order 2", file: 1)
                try books.insert(&change)
                try books.insert(
                    LedgerRequest(requestID: "a", record: change.id, object: order.id, operation: .mod, document: 1),
                    of: change)
                #expect(try books.openRequest(onObjectOf: order.id)?.record == change.id)
                #expect(try books.openRequest(of: order.id) == nil)
                let open = try #require(try books.openRequest(of: change.id))
                try books.answer(open, status: 0, message: "", file: 2)
                #expect(try books.openRequest(onObjectOf: order.id) == nil)
            }
        }
    }

    @Test func aCodeNamesTheRecordThatIsLinked() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                for (id, listID) in [("1", nil), ("2", "80-2"), ("3", nil)] as [(String, String?)] {
                    var code = LedgerRecord(
                        entity: .standardCostCodes, procoreID: id, shown: "cost code \(id)", file: 1)
                    code.identity.businessKey = "03-300"
                    code.tie.kind = listID.map { _ in .itemService }
                    code.tie.quickBooksID = listID
                    try books.insert(&code)
                }
                #expect(try books.named(RecordKey(.standardCostCodes, code: "03-300"))?.procoreID == "2")
                #expect(try books.named(RecordKey(.standardCostCodes, "3"))?.procoreID == "3")
                #expect(try books.named(RecordKey(.standardCostCodes, code: "04")) == nil)
            }
        }
    }

    @Test func noTwoRecordsShareAnIdOrATie() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                var first = vendor("1")
                first.tie.kind = .vendor
                first.tie.quickBooksID = "80-1"
                try books.insert(&first)
            }
            #expect(throws: (any Error).self) {
                try ledger.write { books in
                    var same = vendor("1")
                    try books.insert(&same)
                }
            }
            #expect(throws: (any Error).self) {
                try ledger.write { books in
                    var tied = vendor("2")
                    tied.tie.kind = .vendor
                    tied.tie.quickBooksID = "80-1"
                    try books.insert(&tied)
                }
            }
            // The same ListID can exist in another list.
            try ledger.write { books in
                var job = LedgerRecord(entity: .projects, procoreID: "1", shown: "project 1", file: 1)
                job.tie.kind = .customer
                job.tie.quickBooksID = "80-1"
                try books.insert(&job)
            }
            let check = try ledger.integrityCheck()
            #expect(check == "ok")
        }
    }

    @Test func theExactBytesOfADocumentAreKept() throws {
        try withLedger { ledger, _ in
            let bytes: [UInt8] = [0, 1, 2, 255] + Array("<QBXML/>".utf8)
            try ledger.write { books in
                let first = try books.nextSequence()
                #expect(first == 1)
                try books.insert(
                    LedgerDocument(sequence: 1, outbox: .quickbooks, entity: .vendors),
                    bytes: PackedDocument(bytes), source: 1, at: 1_700_000_000)
                let second = try books.nextSequence()
                #expect(second == 2)
            }
            let kept = try ledger.read { try $0.bytes(ofDocument: 1) }
            #expect(kept == bytes)
            let staged = try ledger.read { try $0.stagedDocuments() }
            #expect(staged.map(\.name) == ["00000001-vendors.xml"])
            try ledger.write { try $0.markPublished([1]) }
            let left = try ledger.read { try $0.stagedDocuments() }
            #expect(left.isEmpty)
        }
    }

    @Test func documentsAreMarkedThatWerePublishedAndNoOthers() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                for number in 1...9 {
                    try books.insert(
                        LedgerDocument(sequence: number, outbox: .quickbooks, entity: .vendors),
                        bytes: PackedDocument([1]), source: 1, at: 1_700_000_000)
                }
                try books.markPublished([1, 2, 3, 5, 8, 9])
                try books.markPublished([])
            }
            #expect(try ledger.read { try $0.stagedDocuments() }.map(\.sequence) == [4, 6, 7])
        }
    }

    @Test func littleIsKeptUntilMoreIsAskedFor() throws {
        try withLedger { ledger, _ in
            let kept = { try ledger.read { try Int.fetchOne($0.db, sql: "PRAGMA cache_size") } }
            #expect(try kept() == -13_312)
            try ledger.keepLittle(true)
            #expect(try kept() == -2_048)
            try ledger.write { try $0.releaseMemory() }
            try ledger.keepLittle(false)
            #expect(try kept() == -13_312)
        }
    }

    @Test func aCustomersAddressIsFoundUpwards() throws {
        try withLedger { ledger, _ in
            try ledger.write { books in
                try books.setCustomer("1", parent: nil, address: Content([.init("city", "Riverton")]))
                try books.setCustomer("2", parent: "1", address: Content())
                try books.setCustomer("3", parent: "3", address: Content())
                let above = try books.address(ofCustomer: "2")
                #expect(above?["city"] == "Riverton")
                let circle = try books.address(ofCustomer: "3")
                #expect(circle == nil)
                let unknown = try books.address(ofCustomer: "9")
                #expect(unknown == nil)
            }
        }
    }
}
