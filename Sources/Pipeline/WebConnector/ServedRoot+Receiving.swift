import Domain
import DropFolder
import QBXML
import SyncLedger

/// What comes back.
extension ServedRoot {
    /// An answer as it came.
    struct Received {
        /// All of the response; nil: there was none.
        var arriving: IncomingAnswer?
        /// With what QuickBooks or the Web Connector refused; nil: with nothing.
        var refusal: Refusal?
    }

    /// Takes what came under a ticket.
    /// - Returns: what `receiveResponseXML` returns; nil: there is no such session.
    /// - Throws: what the machine says; then it is not known to be taken.
    func receive(_ received: Received, ticket: String) throws -> Int? {
        let arriving = try received.arriving.flatMap { try $0.size() > 0 ? $0 : nil }
        let check = try arriving.map { try AnswerCheck($0) }
        let read = try ledger.read { books in
            try books.session(ticket: Self.kept(ticket)).map { session in
                let same = try check.flatMap { try books.lease(answeredWith: $0.digest.bytes) }
                return (session: session, lease: try books.openLease(), same: same)
            }
        }
        guard let (session, lease, same) = read else {
            received.arriving?.discard()
            return nil
        }
        guard let arriving, let check else {
            received.arriving?.discard()
            return try receive(received.refusal, lease, in: session)
        }
        let event = try event(of: check, lease, same, in: session)
        return try take(arriving, check, event, (lease, same), received.refusal, in: session)
    }

    /// Does what is to be done about a response.
    /// - Parameter known: what is outstanding, and what was answered with the same.
    private func take(
        _ arriving: IncomingAnswer, _ check: AnswerCheck, _ event: SessionEvent, _ known: (lease: Lease?, same: Lease?),
        _ refusal: Refusal?, in session: ConnectorSession
    ) throws -> Int {
        let lease = known.lease
        switch SessionTable.action(event, with: Outstanding(lease)) {
        case .take:
            guard let lease else { break }
            return lease.kind == .page
                ? try takePage(arriving, check, lease, in: session) : try take(arriving, check, lease, in: session)
        case .repeatReply:
            arriving.discard()
            return try repeatReply(known.same?.reply ?? 1, in: session)
        case .keepBeside:
            let before = try answeredBefore(check, in: session)
            try publish(arriving, digest: check.digest, stem: try stem(of: check), ending: ".response.xml")
            return try repeatReply(before?.reply ?? 1, in: session)
        case .forget:
            arriving.discard()
            return try refuse(
                "It was a page of a longer answer, and all of that is asked for anew: its session has ended.", nil,
                in: session)
        case .setAside:
            return try setAside(arriving, check, lease, in: session)
        default: break
        }
        arriving.discard()
        // With a response that cannot be read, the HRESULT is what there is to go by.
        if let refusal { return try receive(refusal, lease, in: session) }
        return try refuse(
            "The response\(lease.map { " to \($0.document)" } ?? "") did not arrive whole: \(check.problem?.what ?? "")",
            lease?.session == session.id ? lease : nil, in: session)
    }

    private func event(
        of check: AnswerCheck, _ lease: Lease?, _ same: Lease?, in session: ConnectorSession
    ) throws -> SessionEvent {
        if check.problem != nil { return .brokenAnswer }
        // Pages of one query have one id, and differ in what is still to come.
        if let same, same.outcome == .page, same.session == session.id,
            lease.map({ $0.document == same.document }) ?? true
        {
            return .sameAnswer
        }
        // First, since documents that a person wrote may have the same ids, and the same answer, day by day.
        if let lease, check.fits(lease) {
            return lease.kind == .page && (lease.session != session.id || session.ended != nil) ? .latePage : .answer
        }
        if same != nil { return .sameAnswer }
        if let last = try ledger.read({ try $0.lastLease(ofSession: session.id) }), last.kind == .page,
            last.outcome != .answered, check.fits(last)
        {
            return .latePage
        }
        return try answeredBefore(check, in: session) == nil ? .crossedAnswer : .anotherAnswer
    }

    /// The document that was handed out last in a session and is answered, where a response answers it too.
    private func answeredBefore(_ check: AnswerCheck, in session: ConnectorSession) throws -> Lease? {
        guard let before = try ledger.read({ try $0.lastLease(ofSession: session.id) }), before.outcome == .answered,
            check.fits(before)
        else { return nil }
        return before
    }

    /// Says again what was said before.
    private func repeatReply(_ reply: Int, in session: ConnectorSession) throws -> Int {
        try ledger.write { try $0.touchSession(session.id, at: clock.now()) }
        logger.info("The same answer came again.")
        return reply
    }

    // MARK: - Answers

    /// The answer becomes a file, then the document leaves the outbox, then the lease ends, then it is said.
    /// - Parameter written: the digest of the file, where it is another than that of what came.
    func take(
        _ arriving: IncomingAnswer, _ check: AnswerCheck, _ lease: Lease, written: Digest? = nil,
        in session: ConnectorSession
    ) throws -> Int {
        try publish(arriving, digest: written ?? check.digest, stem: Self.stem(lease.document), ending: ".response.xml")
        let reply = try finish(lease, .answered, answer: check.digest, in: session)
        logger.info("\(lease.document) was answered; \(reply) %.")
        return reply
    }

    /// Gives an answer its name. Where an earlier one has it that was not read yet, the same one is not written again,
    /// and another one gets a name beside it.
    private func publish(_ arriving: IncomingAnswer, digest: Digest, stem: String, ending: String) throws {
        if try arriving.publish(as: stem + ending) { return }
        if let there = try folders.answer(stem + ending), try DigestingSource(there).finish() == digest {
            return arriving.discard()
        }
        // A name made of the content: taken only by the same content.
        if try !arriving.publish(as: "\(stem)-\(digest.hex(4))\(ending)") { arriving.discard() }
    }

    /// The document leaves the outbox, and its lease ends. That is not waited for until it is on the disk: where a loss of
    /// power takes it back, the answer in the inbox tells `reconcile` the same, and who has read that answer has made the
    /// end of the lease durable with it.
    private func finish(
        _ lease: Lease, _ outcome: Lease.Outcome, answer: Digest, reply fixed: Int? = nil, in session: ConnectorSession
    ) throws -> Int {
        try folders.take(lease.document)
        let (said, remaining) = try ledger.writeShortly(isDurable: false) { books in
            let remaining = try waiting(books).names.count
            let done = session.answered + 1
            let reply = remaining == 0 ? 100 : max(1, min(99, done * 100 / (done + remaining)))
            // Under an old ticket, nothing follows.
            let said = fixed ?? (session.ended == nil ? reply : 100)
            try books.closeLease(lease.id, outcome, answer: answer.bytes, reply: said, at: clock.now())
            try books.countAnswer(inSession: session.id, at: clock.now())
            return (said, remaining)
        }
        tellProgress(of: session, answered: session.answered + 1, remaining: remaining)
        return said
    }

    /// A whole response to something else than what is outstanding: kept for the owner of the root, who knows its ids or
    /// rejects it with the reason.
    private func setAside(
        _ arriving: IncomingAnswer, _ check: AnswerCheck, _ lease: Lease?, in session: ConnectorSession
    ) throws -> Int {
        try publish(arriving, digest: check.digest, stem: try stem(of: check), ending: ".response.xml")
        let ids = check.requestIDs.sorted().prefix(3).joined(separator: ", ")
        return try refuse(
            "A response came that answers \(ids.isEmpty ? "no request" : ids), and not the document that was handed out. "
                + "It stands in the inbox.", lease?.session == session.id ? lease : nil, in: session)
    }

    /// The stem of a file of its own for a response: that of the document it answers, with its digest.
    private func stem(of check: AnswerCheck) throws -> String {
        let document: String? = try ledger.read { books in
            for id in check.requestIDs.sorted() {
                let sequence = try books.request(id)?.document ?? books.pull(id)?.document
                if let sequence, let document = try books.document(sequence) { return document.name }
            }
            return nil
        }
        return "\(document.map(Self.stem) ?? "webconnector")-\(check.digest.hex(4))"
    }

    // MARK: - Refusals

    private func receive(_ refusal: Refusal?, _ lease: Lease?, in session: ConnectorSession) throws -> Int {
        let text = refusal.map {
            Array("hresult=\(Self.line($0.hresult))\nmessage=\(Self.line($0.message))\n".utf8)
        }
        let digest = Digest(of: text ?? [])
        let before = try ledger.read { try $0.lastLease(ofSession: session.id) }
        if lease == nil, let before, before.answer == digest.bytes, let reply = before.reply {
            return try repeatReply(reply, in: session)
        }
        let isLate = session.ended != nil || lease.map { $0.session != session.id } ?? false
        let event: SessionEvent = refusal == nil ? .emptyAnswer : isLate ? .lateRefusal : .refusal
        guard SessionTable.action(event, with: Outstanding(lease)) == .takeRefusal, let refusal, let text, let lease
        else {
            let reason = refusal?.problem.what ?? "The Web Connector brought neither a response nor an error."
            return try refuse(reason, isLate ? nil : lease, in: session)
        }
        // Only a document that cannot be read is its own fault; whatever else it is, the next one would meet it too.
        let isItsOwn = refusal.consequence == .fix
        if lease.kind == .page, isItsOwn {
            let why = "was refused (\(refusal.hresult) \(refusal.message))"
            return try beginAnew(lease, why, nil, digest.bytes, isRefused: true, in: session)
        }
        let arriving = folders.beginAnswer()
        try arriving.append(text)
        try publish(arriving, digest: digest, stem: Self.stem(lease.document), ending: ".error.txt")
        let reply = try finish(lease, .refused, answer: digest, reply: isItsOwn ? nil : -1, in: session)
        logger.warning("QuickBooks refused \(lease.document): \(refusal.hresult) \(refusal.message)")
        if isItsOwn { return reply }
        return try refuse("\(refusal.problem.what) \(refusal.problem.remedy)", nil, in: session)
    }

    /// On one line, as the side file has it.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// Ends the update with a reason that `getLastError` tells; the document stays outstanding, until too many answers to
    /// it could not be taken.
    private func refuse(_ reason: String, _ lease: Lease?, in session: ConnectorSession) throws -> Int {
        try ledger.write { books in
            try books.setError(reason, ofSession: session.id)
            try books.touchSession(session.id, at: clock.now())
            guard let lease else { return }
            try books.countRefusal(ofLease: lease.id)
            if lease.refusals + 1 >= Self.mostRefusals {
                try books.closeLease(lease.id, .failed, at: clock.now())
            }
        }
        logger.warning("\(reason)")
        return -1
    }

    // MARK: - The end of a session

    /// The session cannot reach QuickBooks.
    func connectionError(_ refusal: Refusal, in session: ConnectorSession) throws {
        let words = "\(refusal.problem.what) \(refusal.problem.remedy)"
        try ledger.write { books in
            try books.setError(words, ofSession: session.id)
            try books.touchSession(session.id, at: clock.now())
            try books.endSession(session.id, at: clock.now())
        }
        event(
            "connector trouble", level: .warning,
            [
                ("user", .string(session.user)),
                (
                    "what",
                    .string("The Web Connector cannot reach QuickBooks: \(refusal.hresult) \(refusal.message)")
                ),
                ("remedy", .string(refusal.problem.remedy)),
            ])
    }

    /// The session ends.
    /// - Returns: how it went, in words.
    func close(_ session: ConnectorSession) throws -> String {
        let (waiting, lease) = try ledger.write { books in
            try books.touchSession(session.id, at: clock.now())
            try books.endSession(session.id, at: clock.now())
            return (try self.waiting(books), try books.openLease())
        }
        var words = session.answered == 1 ? "1 document was answered" : "\(session.answered) documents were answered"
        let remaining = waiting.names.count + waiting.held
        words += remaining == 0 ? "; nothing waits." : "; \(remaining) wait."
        if let lease { words += " The answer to \(lease.document) is not known." }
        guard session.answered > 0 || remaining > 0 || lease != nil || session.error != nil else {
            logger.info("The session of \(session.user) ended: \(words)")
            return words
        }
        event(
            "connector session",
            [
                ("user", .string(session.user)), ("answered", .number(String(session.answered))),
                ("waiting", .number(String(remaining))),
                ("what", .string("The Web Connector's session of \(session.user) ended: \(words)")),
            ])
        return words
    }
}
