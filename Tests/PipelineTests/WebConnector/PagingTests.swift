import Domain
import Foundation
import QBXML
import SyncLedger
import Testing
import WebConnector

@testable import Pipeline

/// Pulls in a session go page by page; outside of one all is as it was.
@Suite struct PagingTests {
    private static let both = [false, true]

    /// A root that pulls, with pages of two objects, and the name of the document.
    private func pulling(
        _ subject: PullSubject = .vendors, since: String? = nil, restarts: Bool = false
    ) throws -> (root: ConnectorRoot, document: String) {
        let root = try ConnectorRoot(restarts: restarts)
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        try open.ledger.write { books in
            for message in ["VendorQuery", "BillQuery"] { try books.setFact("page size \(message)", "2") }
        }
        let outcome = try FileProcessor(open, clock: root.clock.wall).run(.pull(subject, since: since))
        #expect(outcome.problems == [])
        // What company is open is another matter.
        for name in root.outbox where name.hasSuffix("-company.xml") {
            try FileManager.default.removeItem(atPath: "\(root.path)/outbox/quickbooks/\(name)")
        }
        return (root, try #require(root.outbox.first))
    }

    /// Has the root's owner take what came.
    private func convert(_ root: ConnectorRoot) async throws {
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        _ = try await RootWorker(open, clock: root.clock.wall).once()
    }

    /// How many vendors the root knows, and whether its pull is answered.
    private func imported(_ root: ConnectorRoot) throws -> (vendors: Int, isAnswered: Bool) {
        try root.ledger.read { books in
            let counts = try books.recordCounts()[.vendors] ?? [:]
            return (counts.values.reduce(0, +), try books.openPulls(of: "vendors").isEmpty)
        }
    }

    private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    /// One exchange of a session.
    private func exchange(_ root: ConnectorRoot, _ ticket: String, _ books: PagingBooks) async throws -> Int {
        try await root.receive(ticket, try books.answer(try await root.document(ticket)))
    }

    @Test(arguments: both) func aPullGoesPageByPageAndIsOneResponse(restarts: Bool) async throws {
        let (root, document) = try pulling(restarts: restarts)
        let inOutbox = try root.text("outbox/quickbooks/\(document)")
        #expect(!inOutbox.contains("iterator") && !inOutbox.contains("MaxReturned"))
        let books = PagingBooks(["VendorQuery": 5])
        let ticket = try await root.ticket()
        #expect(try await exchange(root, ticket, books) == 40)
        #expect(root.outbox == [document], "its answer is not all there")
        #expect(root.inbox == [])
        #expect(try await exchange(root, ticket, books) == 80)
        #expect(try await exchange(root, ticket, books) == 100)
        #expect(books.asked == ["VendorQuery Start", "VendorQuery Continue", "VendorQuery Continue"])
        #expect(root.outbox == [])
        let name = document.replacing(".xml", with: ".response.xml")
        #expect(root.inbox == [name])
        let response = try root.text("inbox/quickbooks/\(name)")
        #expect(count("<VendorQueryRs ", in: response) == 1)
        #expect(count("<VendorRet>", in: response) == 5)
        for number in 0..<5 {
            #expect(count("-1700000000</ListID>", in: response) == 5 && response.contains("8000010\(number)-"))
        }
        #expect(hiddenPages(root) == [])
        #expect(try await root.close(ticket) == "1 document was answered; nothing waits.")
        try await convert(root)
        let known = try imported(root)
        #expect(known.vendors == 5 && known.isAnswered)
    }

    private func hiddenPages(_ root: ConnectorRoot) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root.path + "/inbox/quickbooks")) ?? [])
            .filter { $0.hasPrefix(".page-") || $0.hasPrefix(".answer-") }
    }

    @Test(arguments: both, [1, 2]) func anIteratorThatDiedWithItsSessionIsBegunAnew(restarts: Bool, pages: Int)
        async throws
    {
        let (root, document) = try pulling(restarts: restarts)
        let books = PagingBooks(["VendorQuery": 5])
        let first = try await root.ticket()
        for _ in 0..<pages { _ = try await exchange(root, first, books) }
        // Asked for, answered in QuickBooks, and never brought.
        let late = try books.answer(try await root.document(first))
        books.newSession()
        root.clock.pass(60)
        let second = try await root.ticket()
        #expect(hiddenPages(root) == [])
        #expect(try await root.receive(first, late) == -1)
        #expect(try await root.lastError(first).contains("all of that is asked for anew"))
        #expect(root.inbox == [])
        _ = try await exchange(root, second, books)
        #expect(books.asked.last == "VendorQuery Start")
        #expect(try await root.receive(first, late) == -1, "a page of the other iterator is not mixed in")
        _ = try await exchange(root, second, books)
        #expect(try await exchange(root, second, books) == 100)
        let response = try root.text("inbox/quickbooks/\(document.replacing(".xml", with: ".response.xml"))")
        #expect(count("<VendorRet>", in: response) == 5)
        try await convert(root)
        let known = try imported(root)
        #expect(known.vendors == 5 && known.isAnswered)
    }

    @Test(arguments: both) func aPageAskedForAgainIsTheSameAndOneThatWasSkippedIsNoticed(restarts: Bool) async throws {
        let (root, document) = try pulling(restarts: restarts)
        let books = PagingBooks(["VendorQuery": 6])
        let ticket = try await root.ticket()
        _ = try await exchange(root, ticket, books)
        let asked = try await root.document(ticket)
        #expect(try await root.document(ticket) == asked)
        // QuickBooks answered, the answer was lost, and the same was asked for once more: a page was skipped.
        _ = try books.answer(asked)
        let reply = try await root.receive(ticket, try books.answer(asked))
        #expect((1...99).contains(reply))
        for expected in [33, 66, 100] { #expect(try await exchange(root, ticket, books) == expected) }
        let response = try root.text("inbox/quickbooks/\(document.replacing(".xml", with: ".response.xml"))")
        #expect(count("<VendorRet>", in: response) == 6)
    }

    @Test func thePageAgainGetsTheSameReplyAndIsKeptOnce() async throws {
        let (root, _) = try pulling()
        let books = PagingBooks(["VendorQuery": 5])
        let ticket = try await root.ticket()
        let page = try books.answer(try await root.document(ticket))
        let reply = try await root.receive(ticket, page)
        #expect(try await root.receive(ticket, page) == reply)
        let next = try await root.document(ticket)
        #expect(try await root.receive(ticket, page) == reply, "it is not taken for the next one")
        #expect(try await root.receive(ticket, try books.answer(next)) == 80)
        #expect(hiddenPages(root).count == 2)
    }

    @Test func aQuickBooksWithoutPagesIsAskedWhole() async throws {
        let (root, document) = try pulling()
        let books = PagingBooks(["VendorQuery": 5])
        books.pages = false
        let ticket = try await root.ticket()
        let reply = try await exchange(root, ticket, books)
        #expect((1...99).contains(reply))
        #expect(try await root.next(ticket) == document)
        #expect(try await exchange(root, ticket, books) == 100)
        #expect(books.asked == ["VendorQuery Start", "VendorQuery"])
        try await convert(root)
        #expect(try imported(root).vendors == 5)
    }

    @Test func aRefusalOfAPageHasItAskedWhole() async throws {
        let (root, document) = try pulling()
        let ticket = try await root.ticket()
        _ = try await root.document(ticket)
        let reply = try await root.receive(ticket, nil, hresult: "0x80040400", message: "cannot be parsed")
        #expect((1...99).contains(reply))
        #expect(root.outbox == [document] && root.inbox == [])
        #expect(try await root.next(ticket) == document)
    }

    @Test func anIteratorThatEndsWithinItsSessionIsBegunAnewOnceAndThenAskedWhole() async throws {
        let (root, document) = try pulling()
        let books = PagingBooks(["VendorQuery": 5])
        let ticket = try await root.ticket()
        for _ in 0..<2 {
            _ = try await exchange(root, ticket, books)
            books.newSession()
            let reply = try await exchange(root, ticket, books)
            #expect((1...99).contains(reply))
            #expect(hiddenPages(root) == [])
        }
        #expect(try await exchange(root, ticket, books) == 100)
        #expect(
            books.asked == [
                "VendorQuery Start", "VendorQuery Continue", "VendorQuery Start", "VendorQuery Continue", "VendorQuery",
            ])
        let response = try root.text("inbox/quickbooks/\(document.replacing(".xml", with: ".response.xml"))")
        #expect(count("<VendorRet>", in: response) == 5)
    }

    @Test func severalQueriesOfADocumentGoOneAfterTheOther() async throws {
        let (root, document) = try pulling(.costs, since: "2026-03-01")
        let books = PagingBooks([:])
        let ticket = try await root.ticket()
        var replies: [Int] = []
        repeat { replies.append(try await exchange(root, ticket, books)) } while (1...99).contains(replies.last ?? 0)
        #expect(replies.last == 100 && replies == replies.sorted() && replies.count > 3)
        #expect(books.asked.dropLast().allSatisfy { $0.hasSuffix("Query Start") })
        #expect(books.asked.last == "TxnDeletedQuery", "what was deleted comes whole")
        #expect(Set(books.asked).count == books.asked.count)
        let response = try root.text("inbox/quickbooks/\(document.replacing(".xml", with: ".response.xml"))")
        #expect(count("statusCode=\"1\"", in: response) == replies.count)
        try await convert(root)
        #expect(try root.ledger.read { try $0.openPulls(of: "costs").isEmpty })
    }

    @Test func pagesAreMadeSmallerWhereTheyWereLarge() throws {
        let root = try ConnectorRoot()
        let open = try OpenRoot(path: root.path)
        defer { open.close() }
        try open.ledger.write { books in
            let size = PageSize(books: books)
            #expect(try size.objects(of: "VendorQuery") == 1_000)
            #expect(try size.objects(of: "EstimateQuery") == 20)
            try size.learn("VendorQuery", objects: 1_000, bytes: 5_000_000)
            #expect(try size.objects(of: "VendorQuery") == 1_000)
            try size.learn("VendorQuery", objects: 1_000, bytes: 40_000_000)
            #expect(try size.objects(of: "VendorQuery") == 250)
            try size.learn("VendorQuery", objects: 100, bytes: 10_000_001)
            #expect(try size.objects(of: "VendorQuery") == 99)
            try size.learn("EstimateQuery", objects: 1, bytes: 90_000_000)
            #expect(try size.objects(of: "EstimateQuery") == 1)
        }
    }

    @Test func aPageThatLeavesIsValid() throws {
        let document = try Element.parse(
            Array(
                """
                <QBXML><QBXMLMsgsRq onError="continueOnError"><BillQueryRq requestID="b"><ModifiedDateRangeFilter>\
                <ToModifiedDate>2026-03-01T00:00:00</ToModifiedDate></ModifiedDateRangeFilter>\
                <IncludeLineItems>true</IncludeLineItems></BillQueryRq></QBXMLMsgsRq></QBXML>
                """.utf8))
        let query = try #require(PagedQuery(document, of: .costs, version: .v13))
        let start = try #require(query.page(after: nil) { _ in 7 })
        let page = Lease.Page(iterator: "{7f0a4a9c-2c4e-4c55-8f39-90d1c7b15d01}", remaining: 3, objects: 7)
        let more = try #require(query.page(after: ("b", page)) { _ in 9 })
        for bytes in [start.bytes, more.bytes] { #expect(MessageRules.check(bytes, edition: .us).isEmpty) }
        let text = String(decoding: more.bytes, as: UTF8.self)
        #expect(text.contains("iterator=\"Continue\" iteratorID=\"{7f0a4a9c-2c4e-4c55-8f39-90d1c7b15d01}\""))
        #expect(text.contains("<MaxReturned>7</MaxReturned><ModifiedDateRangeFilter>"), "as many as at its start")
        #expect(query.page(after: ("b", Lease.Page(iterator: nil, remaining: 0, objects: 3))) { _ in 9 } == nil)
    }
}
