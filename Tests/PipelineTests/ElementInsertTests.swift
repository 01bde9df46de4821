import Domain
import DropFolder
import Foundation
import SyncLedger
import Synchronization
import Testing

@testable import Pipeline

/// Elements of QuickBooks' lists that come for the first time, in a file so long that another thread converts them, and
/// in short ones.
@Suite struct ElementInsertTests {
    /// What the ledger has of a vendor, and what Procore was told.
    private struct Found: Equatable {
        let state: LedgerRecord.State
        let fields: [String?]
        let contents: [Content?]
        let history: [String]
    }

    private func vendor(_ number: Int, name: String? = nil, city: String = "Boise", isActive: Bool = true) -> String {
        """
        <VendorRet>
        <ListID>80000000-\(1_000 + number)</ListID>
        <EditSequence>\(1_767_600_000 + number)</EditSequence>
        <Name>\(name ?? "Vendor \(number)")</Name>
        <IsActive>\(isActive)</IsActive>
        <CompanyName>\(name ?? "Vendor \(number)")</CompanyName>
        <VendorAddress>
        <Addr1>\(name ?? "Vendor \(number)")</Addr1>
        <Addr2>\(number) Quarry Rd</Addr2>
        <City>\(city)</City>
        <State>ID</State>
        <PostalCode>83702</PostalCode>
        </VendorAddress>
        <Phone>208-555-0142</Phone>
        <Notes>\(String(repeating: "x", count: 400))</Notes>
        </VendorRet>
        """
    }

    private func response(_ vendors: [String]) -> String {
        """
        <?xml version="1.0" ?>
        <QBXML><QBXMLMsgsRs><VendorQueryRs statusCode="0" statusSeverity="Info" statusMessage="Status OK">
        \(vendors.joined(separator: "\n"))
        </VendorQueryRs></QBXMLMsgsRs></QBXML>
        """
    }

    /// Drops files one after the other, and gives what is known of every vendor at the end, by its `ListID`.
    private func take(_ files: [(name: String, text: String)]) throws -> (found: [String: Found], updates: Int) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("elements-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path)
        defer { root.close() }
        for (index, file) in files.enumerated() {
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: root.folders.inbox + "/" + file.name))
            let claim = try #require(try root.inbox.claim(RelativePath(file.name), intake: index + 1))
            _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
        }
        let found = try root.ledger.read { books in
            var found: [String: Found] = [:]
            for record in try books.records(in: .queued, limit: .max) + books.records(in: .linked, limit: .max) {
                guard let listID = record.quickBooksID else { continue }
                found[listID] = Found(
                    state: record.state,
                    fields: [
                        record.identity.businessKey, record.contents.nameKey, record.tie.fullName,
                        record.tie.editSequence, record.shown,
                    ],
                    contents: [record.confirmed, record.imported, record.exported],
                    history: try books.events(of: record.id).map { "\($0.kind) \($0.detail ?? "")" })
            }
            return found
        }
        var updates = 0
        let outbox = root.folders.root + "/outbox/procore/"
        for name in try FileManager.default.contentsOfDirectory(atPath: outbox) where name.hasSuffix(".json") {
            updates += try String(contentsOfFile: outbox + name, encoding: .utf8).matches(of: /"origin_id"/).count
        }
        return (found, updates)
    }

    @Test func aLongFileAndShortOnesLeaveTheSame() throws {
        let company = (
            "procore/vendors.json", #"[{"id": 401104, "name": "Vendor 7", "is_active": true, "origin_id": null}]"#
        )
        var vendors = (0..<2_500).map { vendor($0) }
        vendors[3] = vendor(3, isActive: false)
        vendors[4] = vendor(4, city: "")
        let long = response(vendors)
        #expect(long.utf8.count > 1 << 20)
        let once = try take([company, ("quickbooks/all.xml", long)])
        let parts = stride(from: 0, to: vendors.count, by: 500).map { start in
            ("quickbooks/part\(start).xml", response(Array(vendors[start..<start + 500])))
        }
        #expect(parts.allSatisfy { $0.1.utf8.count < 1 << 20 })
        let inParts = try take([company] + parts)
        // One is inactive; the seventh has a request on its way, whose answer decides.
        #expect(once.found.count == 2_498)
        #expect(once.updates == 2_498)
        #expect(once.found["80000000-1003"] == nil)
        #expect(once.found["80000000-1007"] == nil)
        #expect(once.found == inParts.found)
        #expect(once.updates == inParts.updates)
        #expect(once.found["80000000-1004"]?.history == ["imported Vendor 80000000-1004"])
        #expect(once.found["80000000-1004"]?.contents[1]?["city"] == nil)
        #expect(once.found["80000000-1005"]?.contents[1]?["address"] == "5 Quarry Rd")
    }

    /// Counts what the ledger is asked.
    private final class Statements: Sendable {
        let count = Atomic<Int>(0)
    }

    /// How many statements a long answer of so many vendors takes.
    private func statements(_ vendors: Int) throws -> Int {
        let statements = Statements()
        let root = try TotalsRoot { statements.count.add(1, ordering: .relaxed) }
        let before = statements.count.load(ordering: .relaxed)
        try root.drop(response((0..<vendors).map { vendor($0) }), as: "vendors.xml")
        return statements.count.load(ordering: .relaxed) - before
    }

    /// Rows are written 25 in a statement, as long as nothing is asked of the ledger between them.
    @Test func elementsOfALongAnswerTakeFewerStatementsThanTheyAre() throws {
        let (some, more) = (try statements(2_500), try statements(5_000))
        #expect(some > 0)
        #expect(more - some < 2_500 / 4)
    }
}
