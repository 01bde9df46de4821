import Converters
import Domain
import QBXML
import SyncLedger
import WebConnector

/// Logging in, and what goes out.
extension ServedRoot {
    /// A session begins, where there is something to do.
    /// - Parameter ticket: the new session's.
    func begin(_ ticket: String, user: String) throws -> Authentication {
        // Of hundreds of roots most sessions do nothing most of the time.
        defer { ledger.releaseMemory() }
        let now = clock.now()
        let living = try ledger.read { try $0.livingSessions(since: now - Self.lifetime) }
        if living.contains(where: { $0.user != user }) { return .busy }
        // A server that was killed while an answer arrived left it; nobody goes on with it.
        try? folders.removeAbandoned(olderThan: Self.lifetime, now: now)
        try reconcile()
        if let lease = try ledger.read({ try $0.openLease() }),
            SessionTable.action(.login, with: Outstanding(lease)) == .lookUp,
            try ledger.read({
                try Pause($0).reason() ?? CompanyCheck(books: $0).halt() ?? Restoration(books: $0).reason()
            }) == nil
        {
            try lookUp(lease)
        }
        try lookUpUnknownLists()
        try takeOutAnswered()
        // No session lives that could ask for the pages that follow.
        try? folders.removePages()
        return try ledger.write { books in
            // The same user: whatever came of the earlier session, nobody waits for it any more.
            for session in living { try books.endSession(session.id, at: now) }
            let isWaiting = try !waiting(books).names.isEmpty
            try books.beginSession(ticket: Self.kept(ticket), user: user, at: now)
            guard isWaiting else {
                if let session = try books.session(ticket: Self.kept(ticket)) {
                    try books.endSession(session.id, at: now)
                }
                return .nothingToDo(ticket: ticket)
            }
            return .session(ticket: ticket, companyFile: configuration.webConnector.companyFile ?? "")
        }
    }

    /// Has QuickBooks asked after the list documents that were put off or failed, and may go on now. It is done ahead of a
    /// session, which would begin for nothing where nothing else waits.
    private func lookUpUnknownLists() throws {
        let unknown = try ledger.read { try $0.unknownLists() }
        guard !unknown.isEmpty,
            try ledger.read({ try Pause($0).reason() ?? CompanyCheck(books: $0).halt() }) == nil
        else { return }
        let names = Set(try ledger.read { try waiting($0).names })
        for lease in unknown where names.contains(lease.document) {
            guard try ledger.read({ try $0.lastLease(of: lease.document) })?.id == lease.id,
                try read(lease.document)?.digest.bytes == lease.digest
            else { continue }
            try lookUp(lease)
        }
    }

    /// Takes out what was answered and is there again, up to the first document that was not: a session would begin for
    /// nothing where nothing else waits, and the Web Connector would show that as an error.
    private func takeOutAnswered() throws {
        for name in try ledger.read({ try waiting($0).names }) {
            guard let before = try ledger.readWithoutTransaction({ try $0.lastLease(of: name) }), Self.isOver(before),
                try read(name)?.digest.bytes == before.digest
            else { return }
            try folders.take(name)
        }
    }

    /// Whether a document with this lease is not to go out any more. A loss of power can take back that it left.
    private static func isOver(_ lease: Lease) -> Bool {
        switch lease.outcome {
        case .answered, .refused, .askedAfter: true
        default: false
        }
    }

    /// The documents that can go out, and what became of the first of them before.
    private struct Ahead {
        let names: [String]
        let lastOfFirst: Lease?

        init(_ root: ServedRoot, _ books: Books, _ standing: Standing) throws {
            names = try root.waiting(books, standing).names
            lastOfFirst = try names.first.flatMap { try books.lastLease(of: $0) }
        }
    }

    /// What goes out next in the session of a ticket; nil: there is no such session.
    func next(_ call: SendRequest) throws -> NextRequest? {
        // All that the usual case needs, read in one go.
        let read = try ledger.read { books in
            try books.session(ticket: Self.kept(call.ticket)).map { session in
                let (standing, lease) = (try Standing(books), try books.openLease())
                let ahead = lease == nil ? try Ahead(self, books, standing) : nil
                return (session: session, standing: standing, lease: lease, ahead: ahead)
            }
        }
        guard let (session, standing, lease, ahead) = read else { return nil }
        guard session.ended == nil, clock.now() - session.lastCall < Self.lifetime else {
            return try refuse("This session has ended. Update again to begin another one.", in: session)
        }
        if let restored = standing.restored {
            return try refuse("\(restored) Run plumbline recover.", in: session)
        }
        if let pause = standing.paused { return try refuse(pause, in: session) }
        if let lease { try reconcile(lease) }
        if let finding = finding(call) { return try refuse(finding, in: session) }
        if !call.hcpResponse.isEmpty {
            let finding = try take(company: call.hcpResponse, in: session)
            if let finding { return try refuse(finding, in: session) }
        } else if let ahead {
            return try handOutNext(in: session, ahead)
        }
        return try goOn(in: session)
    }

    /// What goes out next where something may be outstanding.
    private func goOn(in session: ConnectorSession) throws -> NextRequest {
        try postponeWhileHalted()
        let lease = try ledger.readWithoutTransaction { try $0.openLease() }
        let event: SessionEvent =
            lease.map { $0.session == session.id } ?? true ? .asksNext : .asksNextElsewhere
        switch SessionTable.action(event, with: Outstanding(lease)) {
        case .handOutAgain:
            guard let lease else { break }
            return try handOut(again: lease, in: session)
        case .beginAnew:
            guard let lease else { break }
            try forget(page: lease)
        case .lookUp:
            guard let lease else { break }
            try lookUp(lease)
        default: break
        }
        return try handOutNext(in: session)
    }

    /// While another company is open, only the question which one it is goes out: what is outstanding makes room for it.
    private func postponeWhileHalted() throws {
        let lease = try ledger.read { books in
            try CompanyCheck(books: books).halt() == nil ? nil : books.openLease()
        }
        guard let lease, !Self.isCompanyQuestion(lease.document) else { return }
        try ledger.write { try $0.closeLease(lease.id, .postponed, at: clock.now()) }
    }

    private func handOut(again lease: Lease, in session: ConnectorSession) throws -> NextRequest {
        if lease.kind == .page {
            if let again = try handOut(againPage: lease, in: session) { return again }
            try forget(page: lease)
            return try handOutNext(in: session)
        }
        guard let document = try read(lease.document), document.digest.bytes == lease.digest else {
            return try refuse(
                "outbox/quickbooks/\(lease.document) is not what it was when it was handed out; it must not be changed.",
                in: session)
        }
        try ledger.write { books in
            try books.renewLease(lease.id, to: session.id, at: clock.now())
            try books.touchSession(session.id, at: clock.now())
        }
        logger.info("\(lease.document) goes out again, the same bytes.")
        return .document(path: folders.path(of: lease.document), bytes: document.bytes)
    }

    private func handOutNext(in session: ConnectorSession, _ known: Ahead? = nil) throws -> NextRequest {
        let ahead = try known ?? ledger.read { try Ahead(self, $0, Standing($0)) }
        for (place, name) in ahead.names.enumerated() {
            guard let document = try read(name) else { continue }
            let last =
                try place == 0
                ? ahead.lastOfFirst : ledger.readWithoutTransaction { try $0.lastLease(of: name) }
            if let before = last, before.digest == document.digest.bytes {
                if Self.isOver(before) {
                    try folders.take(name)
                    continue
                }
                // Put off in this very session.
                if before.kind == .list, [.failed, .postponed].contains(before.outcome) {
                    try lookUp(before)
                    continue
                }
            }
            if document.outline.asksOnly, let query = try pagedQuery(name),
                let page = try nextPage(of: query, name, in: session)
            {
                return try handOut(page, of: name, document.digest, in: session)
            }
            let lease = lease(of: name, document, to: session)
            try ledger.writeShortly { books in
                try books.insert(lease)
                // Most documents of a session follow one another within a second.
                if lease.asked != session.lastCall { try books.touchSession(session.id, at: lease.asked) }
            }
            logger.info("\(name) goes out.")
            return .document(path: folders.path(of: name), bytes: document.bytes)
        }
        let halt = try ledger.read { try CompanyCheck(books: $0).halt() }
        return try refuse(halt ?? "Nothing waits to be sent to QuickBooks.", in: session)
    }

    private func lease(of name: String, _ document: Document, to session: ConnectorSession) -> Lease {
        let outline = document.outline
        let kind: Lease.Kind = outline.asksOnly ? .query : outline.messageSetID != nil ? .set : .list
        return Lease(
            name, digest: document.digest.bytes, kind: kind, requestIDs: outline.requests.map { $0.requestID ?? "" },
            messageSet: outline.messageSetID, to: session.id, at: clock.now())
    }

    /// Nothing goes out, for a reason that `getLastError` tells.
    private func refuse(_ reason: String, in session: ConnectorSession) throws -> NextRequest {
        try ledger.write { books in
            // Why a session ended says more than that it did.
            if session.ended == nil || session.error == nil { try books.setError(reason, ofSession: session.id) }
            if session.ended == nil { try books.touchSession(session.id, at: clock.now()) }
        }
        logger.warning("Nothing goes out: \(reason)")
        return .error
    }

    /// What the QuickBooks that calls cannot do; nil: it can, or it does not say.
    private func finding(_ call: SendRequest) -> String? {
        let settings = configuration.settings
        if call.version.major > 0, call.version.major < settings.version.rawValue {
            return "This QuickBooks speaks qbXML \(call.version.major).\(call.version.minor) at the most, and "
                + "quickbooks.qbxml in plumbline.yaml is \(settings.version)."
        }
        if let edition = Edition(rawValue: call.country.lowercased()), edition != settings.edition {
            return "This QuickBooks is of the edition \(edition.rawValue), and plumbline.yaml says "
                + "\(settings.edition.rawValue)."
        }
        return nil
    }

    /// Takes what QuickBooks says about itself. The root's own question about its company is answered with it, where more
    /// than that question waits: an update without any document would be shown as an error.
    /// - Returns: why nothing may go there; nil: it may.
    private func take(company text: String, in session: ConnectorSession) throws -> String? {
        let answer: CompanyAnswer
        do {
            answer = try CompanyAnswer(text)
        } catch let problem as Problem {
            logger.warning("What QuickBooks says about itself cannot be read: \(problem.what)")
            return nil
        }
        guard let company = answer.company else { return nil }
        try ledger.write { try $0.setCompany(company, ofSession: session.id) }
        let (names, expected) = try ledger.read { books in
            (
                try waiting(books).names,
                try configuration.settings.companyFile.name ?? CompanyCheck(books: books).company()
            )
        }
        if try ledger.read({ try $0.openLease() }) == nil {
            let questions = names.filter(Self.isCompanyQuestion)
            for name in questions where questions.count < names.count { try answerQuestion(name, answer, session) }
        }
        guard let expected, QuickBooksText.comparisonKey(expected) != QuickBooksText.comparisonKey(company) else {
            try answer.preferences?.keep(ledger)
            // What was told has not to be asked.
            if expected != nil { try ledger.write { try CompanyCheck(books: $0).told(at: clock.now()) } }
            return nil
        }
        return "QuickBooks has the company \"\(company)\" open, and this root belongs to \"\(expected)\": nothing goes "
            + "there. Open the right company file."
    }

    private func answerQuestion(_ name: String, _ answer: CompanyAnswer, _ session: ConnectorSession) throws {
        guard let document = try read(name), let response = answer.response(to: document.outline) else { return }
        let arriving = folders.beginAnswer()
        try arriving.append(response)
        guard try arriving.publish(as: Self.stem(name) + ".response.xml") else { return arriving.discard() }
        try folders.take(name)
        try ledger.write { books in
            try books.insert(lease(of: name, document, to: session))
            if let lease = try books.openLease() {
                try books.closeLease(lease.id, .answered, answer: Digest(of: response).bytes, at: clock.now())
            }
            try books.countAnswer(inSession: session.id, at: clock.now())
        }
        logger.info("\(name) is answered with what QuickBooks said about itself.")
    }
}
