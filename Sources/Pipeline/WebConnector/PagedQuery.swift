import Domain
import QBXML
import SyncLedger

/// A document of bulk queries as a session of the Web Connector asks it: query after query, page by page.
///
/// The document in the outbox has no iterators, since those live no longer than a session, and a file has none. In a
/// session each query of which QuickBooks gives pages goes out with `iterator="Start"` and then with `"Continue"`, the same
/// filters in each; the others go as they are. When the last page has come, all of them become one response, as if there
/// had been no pages.
/// Source: Intuit, "Using iterators in queries"; "QuickBooks Web Connector Programmer's Guide" on large answers.
struct PagedQuery {
    /// A page that is asked for.
    struct Page {
        /// The document.
        let bytes: [UInt8]
        /// Of its only query.
        let requestID: String
    }

    /// The queries, each with its name, its id, and what stands in it.
    private let queries: [(element: Element, requestID: String, isPaged: Bool)]
    private let version: QBXMLVersion

    /// - Parameters:
    ///   - document: of requests, as it stands in the outbox.
    ///   - subject: what it asks for.
    ///   - version: what the document of a page declares.
    /// - Returns: nil where it has no query of which QuickBooks gives pages, or anything but bulk queries.
    init?(_ document: Element, of subject: PullSubject, version: QBXMLVersion) {
        guard let set = document.first("QBXMLMsgsRq"), !set.children.isEmpty else { return nil }
        var queries: [(element: Element, requestID: String, isPaged: Bool)] = []
        for request in set.children {
            guard request.name.hasSuffix("QueryRq"), let requestID = request.attributes["requestID"],
                request.attributes["iterator"] == nil
            else { return nil }
            let isWhole = request.children.contains {
                ["MaxReturned", "ListID", "FullName", "TxnID"].contains($0.name)
            }
            queries.append((request, requestID, !isWhole && subject.isPaged(String(request.name.dropLast(2)))))
        }
        guard queries.contains(where: \.isPaged) else { return nil }
        self.queries = queries
        self.version = version
    }

    /// The ids of its queries.
    var requestIDs: [String] { queries.map(\.requestID) }

    /// The message whose pages a query brings: `VendorQuery`; nil: it brings none, or is none of these.
    func message(of requestID: String) -> String? {
        queries.first { $0.requestID == requestID && $0.isPaged }.map { String($0.element.name.dropLast(2)) }
    }

    /// The page that follows; nil: all was answered.
    /// - Parameters:
    ///   - last: the query that was answered last, and with what; nil: none was.
    ///   - size: how many objects a page of a message may bring.
    func page(after last: (requestID: String, page: Lease.Page)?, size: (String) throws -> Int) rethrows -> Page? {
        guard let last else { return try page(0, continuing: nil, size) }
        guard let place = queries.firstIndex(where: { $0.requestID == last.requestID }) else { return nil }
        if last.page.remaining > 0, let iterator = last.page.iterator {
            return try page(place, continuing: (iterator, last.page.objects), size)
        }
        return place + 1 < queries.count ? try page(place + 1, continuing: nil, size) : nil
    }

    private func page(
        _ place: Int, continuing iterator: (id: String, objects: Int)?, _ size: (String) throws -> Int
    ) rethrows -> Page {
        let (element, requestID, isPaged) = queries[place]
        var (body, attributes) = (XMLWriter(), [(name: String, value: String)]())
        if isPaged {
            attributes = [("iterator", iterator == nil ? "Start" : "Continue")]
            if let iterator { attributes.append(("iteratorID", iterator.id)) }
            // As many as at its start: whether QuickBooks lets the number change is not documented.
            let count: Int
            if let iterator {
                count = max(1, iterator.objects)
            } else {
                count = try size(String(element.name.dropLast(2)))
            }
            body.leaf("MaxReturned", String(count))
        }
        for child in element.children { body.element(child) }
        let set = MessageSet(
            version: version, onError: .continueOnError,
            requests: [.init(element.name, requestID: requestID, attributes: attributes, body: body.bytes)])
        return Page(bytes: set.rendered(), requestID: requestID)
    }

    /// How much of it is done, in thousandths: each query counts the same.
    func progress(after last: (requestID: String, page: Lease.Page), taken: Int) -> Int {
        guard let place = queries.firstIndex(where: { $0.requestID == last.requestID }) else { return 0 }
        let share = last.page.remaining == 0 ? 1_000 : taken * 1_000 / max(1, taken + last.page.remaining)
        return (place * 1_000 + share) / queries.count
    }
}

/// How many objects a page may bring, so that an answer stays well under 20 MB.
///
/// At first by kind; once a page was larger than half of that, by what an object of its kind took there. What was learned
/// is a fact in the sync ledger.
struct PageSize {
    let books: Books

    /// An answer is to stay below this.
    static let most = 20_000_000
    /// A page that is larger is a reason to ask for smaller ones.
    static let wanted = 10_000_000

    private static func fact(_ message: String) -> String { "page size \(message)" }

    /// How many objects a page of a message may bring, such as of `VendorQuery`.
    func objects(of message: String) throws -> Int {
        if let learned = try books.fact(Self.fact(message)).flatMap({ Int($0) }) { return max(1, learned) }
        switch message {
        // An estimate has a line for every line of the budget, each of about 1 KB.
        case "EstimateQuery": return 20
        case "VendorQuery", "CustomerQuery", "ItemServiceQuery": return 1_000
        default: return 100
        }
    }

    /// Takes note of how large a page was.
    func learn(_ message: String, objects: Int, bytes: Int) throws {
        guard bytes > Self.wanted, objects > 0 else { return }
        let fitting = max(1, objects * Self.wanted / bytes)
        if try fitting < self.objects(of: message) { try books.setFact(Self.fact(message), String(fitting)) }
    }
}

/// Puts pages together to one response: each query's objects below its head, as if they had come at once.
struct PageJoining {
    private var writer = XMLWriter()
    private var open: ResponseHead?
    private let send: ([UInt8]) throws -> Void

    /// - Parameter send: takes what is written, piece by piece.
    init(to send: @escaping ([UInt8]) throws -> Void) {
        self.send = send
        writer.append(Array("<?xml version=\"1.0\" ?>\n".utf8))
        writer.open("QBXML")
        writer.newline()
        writer.open("QBXMLMsgsRs")
        writer.newline()
    }

    /// Appends a page.
    /// - Throws: a `Problem` where it cannot be read; what `send` throws.
    mutating func append(_ page: any ByteSource) throws {
        var reader = try ResponseReader(TextSource(page))
        while let event = try reader.next() {
            switch event {
            case .response(let head) where head.requestID != open?.requestID || head.name != open?.name: begin(head)
            case .object(let object):
                writer.element(object)
                writer.newline()
                if writer.bytes.count > 262_144 { try flush() }
            default: break
            }
        }
    }

    private mutating func begin(_ head: ResponseHead) {
        end()
        writer.open(
            head.name,
            [
                ("requestID", head.requestID ?? ""), ("statusCode", String(head.statusCode)),
                ("statusSeverity", head.statusSeverity), ("statusMessage", head.statusMessage),
            ])
        writer.newline()
        open = head
    }

    private mutating func end() {
        guard let head = open else { return }
        writer.close(head.name)
        writer.newline()
        open = nil
    }

    /// Writes the rest.
    mutating func finish() throws {
        end()
        writer.close("QBXMLMsgsRs")
        writer.newline()
        writer.close("QBXML")
        writer.newline()
        try flush()
    }

    private mutating func flush() throws {
        try send(writer.bytes)
        writer = XMLWriter()
    }
}
