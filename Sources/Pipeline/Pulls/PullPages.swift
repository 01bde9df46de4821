import Domain
import QBXML
import SyncLedger

/// One page of an answer to a query of ours, more of which QuickBooks still has.
struct PullPage {
    /// How many objects are still to come. QuickBooks: `iteratorRemainingCount`.
    let remaining: Int
    /// The iterator's id, valid only within the carrier's session.
    let iteratorID: String?
    /// How many objects came with this page.
    let objects: Int

    /// What an answer says about a page; nil: it is the last one, or the only one.
    init?(_ head: ResponseHead, objects: Int) {
        guard let remaining = head.iteratorRemainingCount, remaining > 0 else { return nil }
        self.remaining = remaining
        iteratorID = head.iteratorID
        self.objects = objects
    }
}

/// Answers that come page by page. Our queries use no iterators, but a carrier may turn them into some; that for the Web
/// Connector puts the pages together itself (`ServedRoot`), so that none of this is needed there.
///
/// The query counts as unanswered until its last page came, so the watermark stays, and the same is not asked twice. The
/// next page is asked for by a query of its own with the same filters, which is a page of the first one. Where the
/// iterator's session is over (3391), the window is asked for whole once more; where that ends so again, a person has to
/// check the carrier, since asking on would never end. Source: Intuit, "Using iterators in queries".
extension Pulls {
    /// Takes an answer: the query, or the page, is answered with it, unless QuickBooks has more.
    /// - Parameters:
    ///   - status: the answer's `statusCode`, or one of `LedgerRequest`'s own.
    ///   - page: what it says about further pages; nil: there are none.
    func take(_ pull: LedgerPull, status: Int, consequence: Consequence, page: PullPage?) throws {
        let query = try query(of: pull)
        let isAskedAnew = try isAskedAnew(pull, consequence)
        if pull.pageOf != nil { try context.books.answer(pull, status: status, file: context.intake ?? 0) }
        // Given up, or answered otherwise.
        guard query.status == nil else { return }
        if isAskedAnew { return try restart(query) }
        guard (0..<1_000).contains(status) else { return try close(query, status: status) }
        guard let page else { return try close(query, status: pull.pageOf == nil ? status : 0) }
        try goOn(query, page)
    }

    /// Remembers that a query, or a page, was refused or given up.
    func failed(_ pull: LedgerPull, status: Int) throws {
        try take(pull, status: status, consequence: .human, page: nil)
    }

    /// Whether all of it is asked for once more, since the iterator's session was over before this page could be read;
    /// where that has happened before, it is not.
    func isAskedAnew(_ pull: LedgerPull, _ consequence: Consequence) throws -> Bool {
        guard consequence == .restart, pull.pageOf != nil, pull.status == nil else { return false }
        let query = try query(of: pull)
        return try query.status == nil && !context.books.pages(of: query).contains { $0.status == Self.sessionOver }
    }

    private func query(of pull: LedgerPull) throws -> LedgerPull {
        try context.books.pull(pull.pageOf ?? pull.requestID) ?? pull
    }

    /// The query is answered as a whole, or will not be: no page of it is waited for any more.
    private func close(_ query: LedgerPull, status: Int) throws {
        for page in try context.books.pages(of: query) where page.status == nil {
            try context.books.answer(page, status: LedgerRequest.lost, file: context.intake ?? 0)
        }
        try answered(query, status: status)
    }

    private func goOn(_ query: LedgerPull, _ page: PullPage) throws {
        let more = page.remaining == 1 ? "1 more was" : "\(page.remaining) more were"
        let rest = "\(more) not in this answer, which is one page of a longer one."
        if let open = try context.books.pages(of: query).first(where: { $0.status == nil }),
            let document = try context.books.document(open.document)
        {
            return context.receipt.add(
                Note(record: query.requestID, what: "\(rest) The next page is asked for already, in \(document.name)."))
        }
        guard let id = page.iteratorID, Self.isGUID(id), let document = try ask(query, continuing: id, page.objects)
        else {
            try close(query, status: LedgerRequest.lost)
            return context.receipt.add(
                Problem(
                    record: query.requestID,
                    what: "\(rest) The answer does not say how the next page is asked for (iteratorID), so the rest is "
                        + "missing.",
                    remedy: "Have the carrier send Plumbline's queries as they are, without iterators; then pull again."
                ))
        }
        context.receipt.add(
            Note(
                record: query.requestID,
                what: "\(rest) What came was taken; the next page is asked for in \(document), and the pull counts as "
                    + "answered only with the last one."))
    }

    private func restart(_ query: LedgerPull) throws {
        guard let document = try ask(query, continuing: nil, 0) else {
            return try close(query, status: Self.sessionOver)
        }
        context.receipt.add(
            Note(
                record: query.requestID,
                what: "QuickBooks does not know the iterator any more, since the carrier's session has ended (status "
                    + "\(Self.sessionOver)): all of it is asked for once more, in \(document)."))
    }

    /// QuickBooks' status for an iterator that it does not know.
    private static let sessionOver = 3_391

    /// Asks for the next page, or for everything once more.
    /// - Returns: the document's name; nil where the query cannot be asked page by page.
    private func ask(_ query: LedgerPull, continuing iteratorID: String?, _ objects: Int) throws -> String? {
        guard let subject = PullSubject(rawValue: query.subject),
            let message = query.requestID.split(separator: "-").last.map(String.init),
            subject.isPaged(message),
            let body = queries(subject, since: query.since, until: query.until).first(where: { $0.message == message })?
                .body
        else { return nil }
        let number = try context.books.pages(of: query).count + 2
        let sequence = try context.takeRequestSequence()
        let requestID = query.requestID(ofPage: number)
        var filters = XMLWriter()
        // As many as the carrier asked for.
        if iteratorID != nil, objects > 0 { filters.leaf("MaxReturned", String(objects)) }
        filters.append(body)
        let attributes = iteratorID.map { [(name: "iterator", value: "Continue"), (name: "iteratorID", value: $0)] }
        let request = MessageSet.Request(
            message + "Rq", requestID: requestID, attributes: attributes ?? [], body: filters.bytes)
        try context.books.insert(
            LedgerPull(
                requestID: requestID, subject: query.subject, document: sequence, since: query.since,
                until: query.until, askedAt: query.askedAt))
        let document = LedgerDocument(sequence: sequence, outbox: .quickbooks, subject: query.subject)
        let set = MessageSet(version: context.settings.version, onError: .continueOnError, requests: [request])
        try context.send(set, as: document)
        return document.name
    }

    /// `{7f0a4a9c-2c4e-4c55-8f39-90d1c7b15d01}`, as the schema has it.
    static func isGUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 38, bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else { return false }
        return bytes[1..<37].enumerated().allSatisfy { place, byte in
            [8, 13, 18, 23].contains(place)
                ? byte == UInt8(ascii: "-")
                : (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
        }
    }
}
