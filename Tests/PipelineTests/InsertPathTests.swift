import Domain
import DropFolder
import Foundation
import SyncLedger
import Testing

@testable import Pipeline

/// Records that are asked for as they are read, in a file so long that their documents are written before its end.
@Suite struct InsertPathTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "insertPath-\(UUID().uuidString)")

    /// Drops companies and takes them: the number of each, with its name.
    /// - Parameters:
    ///   - notes: of each, which lead to nothing.
    ///   - beforeStatement: called ahead of every statement.
    private func take(
        _ companies: [(Int, String)], notes: String = "", beforeStatement: Books.Probe? = nil,
        _ body: (OpenRoot) throws -> Void
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("company_id: 8089\n".utf8).write(to: folder.appendingPathComponent("plumbline.yaml"))
        let root = try OpenRoot(path: folder.path, isRight: false, beforeStatement: beforeStatement)
        defer { root.close() }
        let records = companies.map { id, name in
            #"{"id": \#(id), "name": "\#(name)", "is_active": true, "notes": "\#(notes)"}"#
        }
        let text = "[\(records.joined(separator: ",\n"))]"
        #expect(notes.isEmpty || text.utf8.count > 1 << 20)
        try Data(text.utf8)
            .write(to: URL(fileURLWithPath: root.folders.inbox + "/procore/vendors.json"))
        let claim = try #require(try root.inbox.claim(RelativePath("procore/vendors.json"), intake: 1))
        _ = try FileProcessor(root, clock: WallClock { 1_773_000_000 }).process([claim])
        try body(root)
    }

    /// The ids of the companies that stand in each published document of vendors.
    private func published(_ root: OpenRoot) throws -> [[Int]] {
        let folder = root.folders.root + "/outbox/quickbooks/"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix("-vendors.xml") }
        return try names.sorted().map { name in
            let text = try String(contentsOfFile: folder + name, encoding: .utf8)
            return text.matches(of: /requestID="8089-vendors-([0-9]+)-add-1"/).compactMap { Int($0.1) }
        }
    }

    private func state(_ id: Int, _ root: OpenRoot) throws -> LedgerRecord.State.Name? {
        try root.ledger.read { try $0.record(RecordKey(.vendors, "\(id)"))?.state.name }
    }

    private func expect(_ id: Int, _ expected: LedgerRecord.State.Name, _ root: OpenRoot) throws {
        let state = try state(id, root)
        #expect(state == expected)
    }

    private func companies(_ numbers: ClosedRange<Int>) -> [(Int, String)] { numbers.map { ($0, "Vendor \($0)") } }

    @Test func aHundredStandInADocumentInTheOrderOfTheFile() throws {
        try take(companies(1...250)) { root in
            let sent = try published(root)
            #expect(sent == [Array(1...100), Array(101...200), Array(201...250)])
            try expect(1, .queued, root)
            try expect(250, .queued, root)
        }
    }

    @Test func oneWhoseNameComesAgainLeavesTheDocumentThatItStoodIn() throws {
        try take(companies(1...150) + [(900, "VENDOR  7")]) { root in
            let sent = try published(root)
            #expect(sent == [Array(1...6) + Array(8...100), Array(101...150)])
            try expect(7, .failed, root)
            try expect(900, .failed, root)
            let receipt = try root.ledger.read { try $0.file(1)?.receipt } ?? []
            let text = String(decoding: receipt, as: UTF8.self)
            #expect(text.contains(#""new": 149"#))
            #expect(text.contains(#""rejected": 2"#))
        }
    }

    /// The document that it stood in may not be in the ledger yet, since another thread still packs it.
    @Test(arguments: [1, 40, 120, 350, 1_200]) func inALongFileItLeavesItsDocumentHoweverLateItComes(before: Int) throws
    {
        let last = 2_500
        let rival = last - before
        try take(companies(1...last) + [(9_000, "VENDOR  \(rival)")], notes: Self.long) { root in
            let sent = try published(root)
            #expect(sent.flatMap { $0 } == Array(1..<rival) + Array(rival + 1...last))
            try expect(rival, .failed, root)
            try expect(9_000, .failed, root)
        }
    }

    /// So long that its records go to the ledger's thread some at a time.
    private static let long = String(repeating: "x", count: 400)

    private func receipt(_ root: OpenRoot) throws -> String {
        String(decoding: try root.ledger.read { try $0.file(1)?.receipt } ?? [], as: UTF8.self)
    }

    /// What was copied of refused records.
    private func refused(_ root: OpenRoot) throws -> String {
        let folder = root.folders.root + "/inbox/rejected/procore/"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let name = try #require(names.first { $0.hasPrefix("vendors.rejected") && $0.hasSuffix(".json") })
        return try String(contentsOfFile: folder + name, encoding: .utf8)
    }

    @Test func inALongFileOneThatStandsTwiceAsItIsIsSentOnce() throws {
        let many = companies(1...2_500)
        try take(many + [many[6], many[2_499], many[0]], notes: Self.long) { root in
            let sent = try published(root)
            #expect(sent == (0..<25).map { Array($0 * 100 + 1...$0 * 100 + 100) })
            let text = try receipt(root)
            #expect(text.contains(#""new": 2500"#) && text.contains(#""unchanged": 3"#))
        }
    }

    /// The second one is refused, and the first one, counted and written long ago, is taken back.
    @Test(arguments: [7, 2_480]) func inALongFileOneWithDifferentContentIsRefusedAndCopied(_ id: Int) throws {
        try take(companies(1...2_500) + [(id, "Another Name")], notes: Self.long) { root in
            let sent = try published(root)
            #expect(sent.flatMap { $0 } == Array(1..<id) + Array(id + 1...2_500))
            try expect(id, .failed, root)
            let copy = try refused(root)
            #expect(copy.contains(#"{"id": \#(id), "name": "Another Name", "is_active": true, "notes": "xxx"#))
            #expect(copy.matches(of: /"id"/).count == 1)
            let text = try receipt(root)
            #expect(text.contains(#""new": 2499"#))
        }
    }

    /// Some between them are refused as they are read, and some are for the converter, since a key is written with an escape.
    @Test func inALongFileAllKeepTheirOrder() throws {
        let many = (1...2_600).map { number in
            (number, number % 37 == 0 ? "Ash: \(number)" : "Vendor \(number)")
        }.map { $0.0 % 41 == 0 ? ($0.0, $0.1 + ##"", "n\u006fte": ""##) : $0 }
        try take(many, notes: Self.long) { root in
            let sent = try published(root)
            #expect(sent.flatMap { $0 } == (1...2_600).filter { $0 % 37 != 0 })
            #expect(sent.dropLast().allSatisfy { $0.count == 100 })
            let ids = try refused(root).matches(of: /"id": ([0-9]+)/).compactMap { Int($0.1) }
            #expect(ids == Array(stride(from: 37, through: 2_600, by: 37)))
        }
    }

    /// A hundred records, their requests, and now and then documents.
    @Test func inALongFileFewStatementsAreEnough() throws {
        var counts: [Int] = []
        for count in [5_000, 10_000] {
            let injector = StatementInjector()
            try take(companies(1...count), notes: Self.long, beforeStatement: { try injector.next() }) { root in
                counts.append(injector.count)
                let sent = try published(root)
                #expect(sent.count == count / 100)
            }
        }
        #expect(counts[1] - counts[0] < 5_000 / 20)
    }

    @Test func oneThatStandsTwiceWithDifferentContentIsNotSent() throws {
        let twice = [(7, "Vendor Seven")]
        try take(companies(1...150) + twice) { root in
            let sent = try published(root)
            #expect(sent == [Array(1...6) + Array(8...100), Array(101...150)])
            try expect(7, .failed, root)
            let open = try root.ledger.read { books in
                try books.record(RecordKey(.vendors, "7")).flatMap { try books.openRequest(of: $0.id) }
            }
            #expect(open == nil)
        }
    }

    @Test func aDocumentOfWhichNothingIsLeftIsNotWritten() throws {
        let again = (1...100).map { ($0 + 1_000, "Vendor \($0)") }
        try take(companies(1...100) + again + companies(201...201)) { root in
            let sent = try published(root)
            #expect(sent == [[201]])
            try expect(55, .failed, root)
            try expect(1_055, .failed, root)
        }
    }

    @Test func theLifeOfANewcomerBeginsWithItsFileAndItsRequest() throws {
        try take(companies(1...1)) { root in
            let events = try root.ledger.read { books in
                try books.record(RecordKey(.vendors, "1")).map { try books.events(of: $0.id) } ?? []
            }
            #expect(events.map(\.kind) == ["read", "queued"])
            #expect(events.map(\.detail) == ["vendors.json", "add 8089-vendors-1-add-1"])
            #expect(events.map(\.at) == ["2026-03-08T20:00:00Z", "2026-03-08T20:00:00Z"])
            let document = events.last?.document
            #expect(document == "outbox/quickbooks/00000002-vendors.xml", "behind the question what company is open")
        }
    }
}
