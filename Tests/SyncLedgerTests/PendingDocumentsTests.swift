import Domain
import Foundation
import Seeds
import Testing

@testable import SyncLedger

/// New documents of a long file are written some at a time, with what Procore says of them and the requests that add them:
/// what comes of it is what one after the other makes.
@Suite struct PendingDocumentsTests {
    private func withLedger<Result>(_ body: (Ledger) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        return try body(try Ledger(path: path))
    }

    private func content(_ text: String) -> [UInt8] { Content([.init("title", text)]).encoded }

    private func commitment(_ number: Int, id: Int? = nil, name: Int? = nil, fragments: Int = 2) -> DocumentInsert {
        let key = RecordKey(.commitments, "\(id ?? number)")
        let names = ["header", "lines", "schedule_of_values"]
        return DocumentInsert(
            key,
            .init(
                fragments: names[..<fragments].map { ($0, content("\($0) of \(number)")) },
                wanted: content("wanted \(number)")),
            .init(
                scope: number.isMultiple(of: 2) ? "WorkOrderContract" : nil, project: "225906",
                nameKey: "PurchaseOrder|c-\(name ?? number)"),
            updatedAt: nil, cents: (stated: Int64(number), brought: number.isMultiple(of: 3) ? nil : 7),
            requestID: "8089-commitments-\(key.procoreID)-add-1", messageSet: "set \(number)")
    }

    /// One of which others may have the id or the number.
    private func commitment(_ seeded: inout Seeded, _ number: Int) -> DocumentInsert {
        commitment(
            number, id: seeded.oneIn(9) ? seeded.int(0...number) : number,
            name: seeded.oneIn(9) ? seeded.int(0...number) : number, fragments: seeded.int(0...3))
    }

    /// An element whose business key or name such a document may want for its number.
    private func vendor(_ seeded: inout Seeded, _ number: Int) throws -> RecordInsert {
        var record = LedgerRecord(entity: .vendors, procoreID: "\(number)", shown: "vendor \(number)", file: 1)
        record.identity.businessKey = seeded.oneIn(3) ? "c-\(number + 1)" : "vendor \(number)"
        record.contents.wanted = Content()
        record.contents.nameKey = "PurchaseOrder|\(seeded.oneIn(2) ? "c-\(number + 2)" : "vendor \(number)")"
        return try #require(RecordInsert(record, requestID: "8089-vendors-\(number)-add-1"))
    }

    /// What a ledger holds, in its order.
    private func rows(_ ledger: Ledger) throws -> [[String?]] {
        try ledger.read { books in
            let records = try books.all(
                .other,
                """
                SELECT record.id, entity, procore_id, scope, shown, state, name_key, hex(wanted), updated_at, attempts,
                    retries, file, business_hash, name_hash, project, stated, from_quickbooks, brought, born,
                    request.request_id, object, operation, document, message_set, is_plain FROM record
                """, " LEFT JOIN request ON request.record = record.id ORDER BY record.id"
            ) { _ in
            } _: { row in
                (0..<25).map { row.text($0) }
            }
            let fragments = try books.all(
                .other, "SELECT record, name, hex(content) FROM fragment", " ORDER BY record, name"
            ) { _ in
            } _: { row in
                (0..<3).map { row.text($0) }
            }
            return records + fragments
        }
    }

    /// Puts so many into a ledger, each that is new.
    /// - Parameter one: whether each is written by itself, and asked for in the ledger.
    private func fill(_ count: Int, seed: UInt64, oneByOne one: Bool) throws -> (
        new: [Bool], rows: [[String?]], isFiltered: Bool
    ) {
        try withLedger { ledger in
            var seeded = Seeded(seed: seed)
            var new: [Bool] = []
            var isFiltered = false
            try ledger.write { books in
                if one { books.known.turnOff() }
                for number in 1...count {
                    // Long runs, and in the last third some of another kind between them.
                    if number > count * 2 / 3, number.isMultiple(of: 40) {
                        let vendor = try vendor(&seeded, number)
                        new.append(try books.isNew(vendor))
                        if new.last == true { try books.insert(vendor, from: 1, document: number) }
                    } else {
                        let commitment = commitment(&seeded, number)
                        new.append(try books.isNew(commitment))
                        if new.last == true { try books.insert(commitment, from: 1, document: number) }
                    }
                    if one { try books.writePending() }
                }
                isFiltered = books.known.isWorking
            }
            return (new, try rows(ledger), isFiltered)
        }
    }

    @Test(arguments: Seeded.seeds) func asOneAfterTheOther(seed: UInt64) throws {
        let together = try fill(5_000, seed: seed, oneByOne: false)
        let one = try fill(5_000, seed: seed, oneByOne: true)
        #expect(together.isFiltered && !one.isFiltered)
        #expect(together.new == one.new)
        #expect(together.rows.count == one.rows.count)
        let other = zip(together.rows, one.rows).first { $0 != $1 }
        #expect(other == nil)
        #expect(together.rows.count > 6_000 && together.new.contains(false))
    }

    @Test func whatIsAskedOfTheLedgerSeesThem() throws {
        try withLedger { ledger in
            try ledger.write { books in
                for number in 1...3 { try books.insert(commitment(number), from: 1, document: number) }
                let isThird = try books.isNew(commitment(4, id: 3))
                let isNumbered = try books.isNew(commitment(4, name: 2))
                let isFourth = try books.isNew(commitment(4))
                #expect(!isThird && !isNumbered && isFourth)
                #expect(!books.pending.isEmpty)
                // What is remembered of documents waits for no record, and has none written.
                let document = LedgerDocument(sequence: 1, outbox: .quickbooks, entity: .commitments)
                try books.insert(document, bytes: PackedDocument([1]), source: 1, at: 1)
                #expect(!books.pending.isEmpty)
                let fragments = try books.fragments(of: 3)
                #expect(fragments["lines"]?["title"] == "lines of 3" && fragments.count == 2)
                #expect(books.pending.isEmpty)
            }
        }
    }

    @Test func documentsAreRememberedInTheirOrder() throws {
        try withLedger { ledger in
            let numbers = Array(3...60)
            try ledger.write { books in
                let documents = numbers.map {
                    LedgerDocument(sequence: $0, outbox: $0 == 40 ? .review : .quickbooks, entity: .commitments)
                }
                try books.insert(
                    documents.map { ($0, PackedDocument([UInt8](repeating: UInt8($0.sequence), count: 300))) },
                    source: 7, at: 9)
                for number in numbers {
                    let bytes = try books.bytes(ofDocument: number)
                    #expect(bytes == [UInt8](repeating: UInt8(number), count: 300))
                }
                let found = try books.documents(from: 7).map(\.name)
                #expect(found == documents.map(\.name))
                let isInReview = try books.isInReview(40)
                #expect(isInReview)
            }
        }
    }
}
