import Domain
import Foundation
import GRDB
import Seeds
import Testing

@testable import SyncLedger

/// Documents leave the ledger as they went in, byte for byte.
@Suite struct PackedDocumentTests {
    private let order = Array(
        (["<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"13.0\"?>\n<QBXML>\n"]
            + (1...9).map { "<PurchaseOrderLineAdd><Desc>Line \($0)</Desc></PurchaseOrderLineAdd>\n" }).joined().utf8)

    private func unpacked(_ kept: [UInt8]) throws -> [UInt8] {
        try kept.withUnsafeBytes { try PackedDocument.unpack($0) }
    }

    @Test func whatIsPackedComesBack() throws {
        let long = [[UInt8]](repeating: order, count: 60).flatMap { $0 }
        let json = Array(
            "{\n  \"request\": {\n    \"method\": \"PATCH\",\n    \"body\": {\"company_id\": 8089}\n  }\n}\n".utf8)
        let padded = json + [UInt8](repeating: 0x20, count: 100)
        for (bytes, mark) in [(order, 4), (long, 3), (padded, 6)] as [([UInt8], UInt8)] {
            let kept = PackedDocument(bytes).kept
            #expect(kept.first == mark)
            #expect(kept.count < bytes.count / 2)
            #expect(try unpacked(kept) == bytes)
        }
    }

    /// zstd's memory is kept from one to the next, and nothing of one is seen in another.
    @Test(arguments: Seeded.seeds) func onePackerPacksEachAsByItself(seed: UInt64) {
        var seeded = Seeded(seed: seed)
        let packer = DocumentPacker()
        for number in 0..<300 {
            let start = number.isMultiple(of: 5) ? "{\n" : "<?xml version=\"1.0\"?>\n"
            let lines = (0..<seeded.int(0...(seeded.oneIn(9) ? 900 : 40))).map { _ in
                seeded.oneIn(3) ? "<Desc>\(seeded.text(atMost: 60))</Desc>" : "<Rate>\(seeded.digits(3))</Rate>\n"
            }
            let bytes = Array((start + lines.joined()).utf8)
            #expect(packer.pack(bytes).kept == PackedDocument(bytes).kept, "document \(number)")
        }
    }

    /// What the versions before zstd packed, as zlib's program for Python packs it with their settings.
    @Test func whatZlibPackedIsRead() throws {
        let message = """
            <?xml version="1.0" encoding="utf-8"?>
            <QBXML>
            <PurchaseOrderLineAdd><Desc>Lumber</Desc></PurchaseOrderLineAdd>
            </QBXML>

            """
        let update = """
            {
              "request": {
                "method": "PATCH",
                "body": {
                  "company_id": 8089
                }
              }
            }

            """
        let packed = [
            "02000000796824a52fa943233695c112138a1970dbc03ef3018735cc9ba8b6c15422923700722527aa",
            "01000000797801b3b1afc8cd51284b2d2acecccfb35532d433505248cd4bce4fc9cc4bb7552a2d49d3b550b2b7e3b209748a"
                + "f0f501d201a545c91989c5a9fe4529a9453e9979a98e292976362ea9c5c9763ea5b949a94536fa608e8d3e56955c36fa5093"
                + "00722527aa",
            "050000005b6824abb7a99d03b988e8048b375959185858822d03fb02683400370a1685",
        ]
        for (hex, text) in zip(packed, [message, message, update]) {
            let digits = Array(hex.utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
            }
            #expect(try String(decoding: unpacked(bytes), as: UTF8.self) == text)
            for place in bytes.indices.dropFirst() {
                var damaged = bytes
                damaged[place] ^= 0x10
                let read = try? unpacked(damaged)
                // zlib's checksum covers what comes out; bits that pad the end mean nothing.
                #expect(read == nil || read == Array(text.utf8), "byte \(place)")
            }
        }
    }

    @Test func whatWouldNotGetShorterStaysAsItIs() throws {
        let noise = (0..<1_000).map { _ in UInt8.random(in: 0x20...0xff) }
        for bytes in [[], Array("<a/>".utf8), noise] {
            #expect(PackedDocument(bytes).kept == bytes)
            #expect(try unpacked(bytes) == bytes)
        }
        // What begins like something packed is packed, however short.
        for bytes: [UInt8] in [[1], [2, 0, 0, 0, 1, 9], [3], [4, 0, 0, 0, 1, 9], [5], [6]] {
            #expect(PackedDocument(bytes).kept != bytes)
            #expect(try unpacked(PackedDocument(bytes).kept) == bytes)
        }
    }

    @Test func damageIsNoticed() {
        let kept = PackedDocument(order).kept
        for place in kept.indices.dropFirst() {
            var damaged = kept
            damaged[place] ^= 0x10
            let bytes = try? unpacked(damaged)
            // zstd's checksum covers what comes out.
            #expect(bytes == nil || bytes == order, "byte \(place)")
        }
        #expect(throws: LedgerDamage.self) { try unpacked(Array(kept.dropLast(3))) }
        #expect(throws: LedgerDamage.self) { try unpacked(Array(kept.prefix(4))) }
    }

    /// What was packed by the version that began with it, as bytes: no later version may read it otherwise.
    @Test func theDictionariesNeverChange() {
        func digest(_ bytes: [UInt8]) -> UInt64 {
            bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        #expect(digest(Packing.messages.dictionary) == 0xf756_1e4d_c4ae_75f6)
        #expect(digest(Packing.updates.dictionary) == 0xf759_e83d_7301_6657)
        #expect(Packing.alone.dictionary.isEmpty)
    }

    @Test func theLedgerKeepsThemPackedAndGivesThemBack() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try Ledger(path: path).write { books in
            let document = LedgerDocument(sequence: 1, outbox: .quickbooks, entity: .commitments)
            try books.insert(document, bytes: PackedDocument(order), source: nil, at: 1)
            // As a ledger of before has it.
            try books.db.execute(
                sql: """
                    INSERT INTO document (sequence, outbox, name, entity, bytes, published)
                    VALUES (2, 'quickbooks', '00000002-commitments.xml', 'commitments', ?, 1)
                    """, arguments: [Data(order)])
            let lengths = try Int.fetchAll(books.db, sql: "SELECT length(bytes) FROM document ORDER BY sequence")
            #expect(lengths[0] < order.count / 2)
            #expect(lengths[1] == order.count)
            let first = try books.bytes(ofDocument: 1)
            let second = try books.bytes(ofDocument: 2)
            let third = try books.bytes(ofDocument: 3)
            #expect(first == order)
            #expect(second == order)
            #expect(third == nil)
            let texts = try String.fetchAll(books.db, sql: "SELECT document_text(bytes) FROM document")
            #expect(texts == [String](repeating: String(decoding: order, as: UTF8.self), count: 2))
        }
    }

    /// A name is found whether its row has a number of its own for it, as all had before, or is found by its key.
    @Test func namesAreFoundByTheirKeys() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer {
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
        try Ledger(path: path).write { books in
            func add(_ number: String, key: String?, name: String) throws -> Int64 {
                var record = LedgerRecord(entity: .vendors, procoreID: number, shown: "vendor \(number)", file: 1)
                record.identity.businessKey = key
                record.contents.nameKey = name
                try books.insert(&record)
                return record.id
            }
            let own = try add("1", key: "riverton", name: "Entity||riverton")
            let shortened = try add("2", key: "riverton construction of boise", name: "Entity||riverton")
            let below = try add("3", key: "riverton", name: "Entity|office|riverton")
            let keyless = try add("4", key: nil, name: "Entity||riverton")
            let numbers = try Int64?.fetchAll(books.db, sql: "SELECT name_hash FROM record ORDER BY id")
            #expect(numbers.map { $0 == nil } == [true, false, true, false])
            // As a ledger of before has it.
            let before = try add("5", key: "riverton", name: "Entity||riverton")
            try books.db.execute(
                literal: "UPDATE record SET name_hash = \(Books.hash("Entity||riverton")) WHERE id = \(before)")
            let same = try books.others(wanting: "Entity||riverton", than: own).map(\.id)
            #expect(same == [shortened, keyless, before])
            let office = try books.others(wanting: "Entity|office|riverton", than: 99).map(\.id)
            #expect(office == [below])
        }
    }
}
