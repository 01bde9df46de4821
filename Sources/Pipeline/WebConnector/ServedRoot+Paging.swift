import Domain
import DropFolder
import QBXML
import SyncLedger
import WebConnector

/// Pulls, page by page. Each page is leased like a document of its own, and kept in the inbox under a hidden name until
/// the last one has come; the document stays in the outbox until then.
///
/// An iterator ends with its session: whatever was taken of it is dropped then, and the next session begins with the
/// first page. So nothing is missed, and nobody sees anything twice. Within a session pages are checked against the count
/// of what was still to come: one that does not follow the one before begins all anew, once; then, as where QuickBooks
/// gives no pages, the document goes out whole.
extension ServedRoot {
    /// No document of bulk queries is longer.
    private static let longestQuery = 65_536

    /// A document as it is asked page by page; nil: it is not.
    func pagedQuery(_ name: String) throws -> PagedQuery? {
        guard let sequence = Int(name.prefix { $0.isASCII && $0.isNumber }) else { return nil }
        let subject: PullSubject? = try ledger.read { books in
            guard let known = try books.document(sequence), known.name == name,
                let subject = PullSubject(rawValue: known.subject), try !books.isAskedWhole(name)
            else { return nil }
            return subject
        }
        guard let subject, let bytes = try folders.small(name, atMost: Self.longestQuery),
            let query = PagedQuery(try Element.parse(bytes), of: subject, version: configuration.settings.version)
        else { return nil }
        // Other queries, about single records, have documents of the same names.
        let isPull = try ledger.read { books in
            try query.requestIDs.allSatisfy { try books.pull($0).map { $0.pageOf == nil } ?? false }
        }
        return isPull ? query : nil
    }

    /// The page of a document that is asked for next in a session.
    func nextPage(of query: PagedQuery, _ name: String, in session: ConnectorSession) throws -> PagedQuery.Page? {
        try ledger.read { books in
            let last = try books.pages(of: name, inSession: session.id).last
            return try query.page(after: last.flatMap(Self.answered)) { try PageSize(books: books).objects(of: $0) }
        }
    }

    private static func answered(_ lease: Lease) -> (requestID: String, page: Lease.Page)? {
        guard let requestID = lease.requestIDs.first, let page = lease.page else { return nil }
        return (requestID, page)
    }

    /// Hands a page out.
    func handOut(
        _ page: PagedQuery.Page, of name: String, _ digest: Digest, in session: ConnectorSession
    ) throws -> NextRequest {
        let lease = Lease(
            name, digest: digest.bytes, kind: .page, requestIDs: [page.requestID], messageSet: nil, to: session.id,
            at: clock.now())
        try ledger.write { books in
            try books.insert(lease)
            try books.touchSession(session.id, at: clock.now())
        }
        logger.info("\(name) goes out, page by page: \(page.requestID).")
        return .made(page.bytes)
    }

    /// Hands the page out again that is outstanding, where it still is the one that follows; nil: it is not any more.
    func handOut(againPage lease: Lease, in session: ConnectorSession) throws -> NextRequest? {
        guard let query = try pagedQuery(lease.document), try read(lease.document)?.digest.bytes == lease.digest,
            let page = try nextPage(of: query, lease.document, in: session), [page.requestID] == lease.requestIDs
        else { return nil }
        try ledger.write { books in
            try books.renewLease(lease.id, to: session.id, at: clock.now())
            try books.touchSession(session.id, at: clock.now())
        }
        logger.info("A page of \(lease.document) goes out again, the same bytes.")
        return .made(page.bytes)
    }

    // MARK: - What comes back

    /// Takes a page.
    /// - Returns: what `receiveResponseXML` returns.
    func takePage(
        _ arriving: IncomingAnswer, _ check: AnswerCheck, _ lease: Lease, in session: ConnectorSession
    ) throws -> Int {
        let digest = check.digest.bytes
        guard let query = try pagedQuery(lease.document), let answer = check.answers.first, check.answers.count == 1,
            let requestID = lease.requestIDs.first
        else { return try beginAnew(lease, "cannot be told apart", arriving, digest, in: session) }
        let pages = try ledger.read { try $0.pages(of: lease.document, inSession: session.id) }
        let before = pages.last.flatMap(Self.answered)
        let bytes = try arriving.size()
        if let message = query.message(of: requestID) {
            if bytes > PageSize.wanted {
                try ledger.write { try PageSize(books: $0).learn(message, objects: answer.objects, bytes: bytes) }
            }
            let previous = before?.requestID == requestID ? before?.page : nil
            if let fault = Self.fault(answer, after: previous) {
                return try beginAnew(lease, fault, arriving, digest, isRefused: previous == nil, in: session)
            }
            if bytes > PageSize.most, answer.head.iteratorRemainingCount ?? 0 > 0,
                try !ledger.read({ try $0.wasBegunAnew(lease.document, inSession: session.id) })
            {
                return try beginAnew(lease, "has \(bytes) bytes, and is to be smaller", arriving, digest, in: session)
            }
        }
        let page = Lease.Page(
            iterator: answer.head.iteratorID, remaining: answer.head.iteratorRemainingCount ?? 0,
            objects: answer.objects)
        let isLast = query.page(after: (requestID, page), size: { _ in 1 }) == nil
        if isLast { return try takeLast(arriving, check, lease, after: pages, in: session) }
        guard try keep(arriving, as: CarrierFolders.pageName(lease.id), of: lease) else {
            return try beginAnew(lease, "cannot be kept", arriving, digest, in: session)
        }
        let taken = pages.filter { $0.requestIDs == lease.requestIDs }.reduce(answer.objects) {
            $0 + ($1.page?.objects ?? 0)
        }
        let done = query.progress(after: (requestID, page), taken: taken)
        let reply = try close(lease, with: page, digest, done: done, in: session)
        logger.info(
            "A page of \(lease.document) came: \(taken) objects of \(requestID) so far, \(page.remaining) remain; \(reply) %."
        )
        return reply
    }

    /// Gives a page its hidden name. One that has it is from before a crash: what was acknowledged is in the sync ledger.
    private func keep(_ arriving: IncomingAnswer, as name: String, of lease: Lease) throws -> Bool {
        if try arriving.publish(as: name) { return true }
        try folders.removePages([lease.id])
        return try arriving.publish(as: name)
    }

    /// A page is kept.
    /// - Returns: what is replied.
    private func close(
        _ lease: Lease, with page: Lease.Page, _ digest: [UInt8], done: Int, in session: ConnectorSession
    ) throws -> Int {
        let (reply, remaining) = try ledger.write { books in
            let remaining = try max(1, waiting(books).names.count)
            let reply = Self.percent(done, of: session.answered, remaining)
            try books.closeLease(lease.id, .page, answer: digest, reply: reply, page: page, at: clock.now())
            try books.touchSession(session.id, at: clock.now())
            return (reply, remaining)
        }
        tellProgress(of: session, answered: session.answered, remaining: remaining)
        return reply
    }

    /// Why a page cannot be used; nil: it can.
    /// - Parameter before: the page before it of the same query; nil: it is the first.
    private static func fault(_ answer: AnswerCheck.Answer, after before: Lease.Page?) -> String? {
        let remaining = answer.head.iteratorRemainingCount ?? 0
        guard (0..<1_000).contains(answer.head.statusCode) else {
            return "was refused (status \(answer.head.statusCode): \(answer.head.statusMessage))"
        }
        if remaining > 0, answer.head.iteratorID.map(Pulls.isGUID) != true {
            return "does not say how the next one is asked for"
        }
        if remaining > 0, answer.objects == 0 { return "is empty" }
        guard let before, answer.objects + remaining != before.remaining else { return nil }
        return
            "does not follow the one before: \(before.remaining) were to come, and these are \(answer.objects + remaining)"
    }

    /// The last page: all of them become the response, then it is as with every other answer.
    private func takeLast(
        _ arriving: IncomingAnswer, _ check: AnswerCheck, _ lease: Lease, after pages: [Lease],
        in session: ConnectorSession
    ) throws -> Int {
        guard !pages.isEmpty else { return try take(arriving, check, lease, in: session) }
        let whole = folders.beginAnswer()
        var joining = PageJoining { try whole.append($0) }
        for page in pages {
            guard let source = try folders.answer(CarrierFolders.pageName(page.id)) else {
                whole.discard()
                return try beginAnew(lease, "has lost one before it", arriving, check.digest.bytes, in: session)
            }
            try joining.append(source)
        }
        try joining.append(try arriving.source())
        try joining.finish()
        let joined = DigestingSource(try whole.source())
        let reply = try take(whole, check, lease, written: try joined.finish(), in: session)
        arriving.discard()
        try folders.removePages(pages.map(\.id))
        return reply
    }

    /// A page cannot be used: what came of its document in this session is dropped, and it is asked from its beginning, once;
    /// then, or where QuickBooks gives no pages of it, whole.
    /// - Parameter digest: of what came.
    func beginAnew(
        _ lease: Lease, _ why: String, _ arriving: IncomingAnswer?, _ digest: [UInt8], isRefused: Bool = false,
        in session: ConnectorSession
    ) throws -> Int {
        arriving?.discard()
        let pages = try ledger.read { try $0.pages(of: lease.document, inSession: session.id) }
        try folders.removePages(pages.map(\.id))
        let (reply, isWhole) = try ledger.write { books in
            let isWhole = try isRefused || books.wasBegunAnew(lease.document, inSession: session.id)
            let reply = Self.percent(0, of: session.answered, try max(1, waiting(books).names.count))
            try books.forgetPages(of: lease.document, inSession: session.id)
            try books.closeLease(
                lease.id, isWhole ? .notPaged : .begunAnew, answer: digest, reply: reply, at: clock.now())
            try books.touchSession(session.id, at: clock.now())
            return (reply, isWhole)
        }
        logger.warning(
            "A page of \(lease.document) \(why): it is asked \(isWhole ? "whole" : "from its beginning").")
        return reply
    }

    /// The page that an earlier session was given is of no use any more.
    func forget(page lease: Lease) throws {
        try folders.removePages()
        try ledger.write { books in
            try books.forgetPages(of: lease.document, inSession: lease.session)
            try books.closeLease(lease.id, .begunAnew, at: clock.now())
        }
        logger.info("\(lease.document) is asked from its beginning: its iterator ended with its session.")
    }

    /// How much of a session is done, while a document is answered in part: never all.
    /// - Parameter done: how much of that document, in thousandths.
    private static func percent(_ done: Int, of answered: Int, _ remaining: Int) -> Int {
        max(1, min(99, (answered * 1_000 + done) / ((answered + remaining) * 10)))
    }
}
