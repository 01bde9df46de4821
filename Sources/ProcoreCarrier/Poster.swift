import Domain
import DropFolder
import Procore
import SyncLedger

/// Posts the documents of `outbox/procore` in number order, one at a time, and drops Procore's answers into
/// `inbox/procore`.
///
/// The order of things, each durable before the next: the ledger says that the document is being posted; it is sent; the
/// answer stands in the inbox as `NAME.response.json`; the ledger says so; the document leaves the outbox. Whoever dies
/// in between goes on where it stopped: what was sent without an answer is repeated where that does no harm, and asked
/// after where it would.
public final class Poster {
    /// A step that was just done.
    enum Step: CaseIterable { case begun, sent, dropped, noted, takenOut }

    /// What became of the documents that were there.
    public struct Outcome: Sendable {
        /// Those that were answered.
        public var answered = 0
        /// Those that are still in the outbox.
        public var left = 0
    }

    private enum Fate {
        case done
        case later(String)
    }

    private let client: ProcoreClient
    private let ledger: Ledger
    private let outbox: Outbox
    private let drop: CarrierDrop
    private let log: CarrierLog
    /// Called after each step, to try what an end there leads to.
    private let afterStep: (Step, OutgoingDocument) throws -> Void
    /// When a document that could not be posted is tried again, after how many attempts, and why it waits.
    private var waiting: [String: (attempts: Int, due: Int64, why: String)] = [:]
    /// Seconds after which what was sent without an answer is taken for ended on Procore's side too, so that asking after
    /// it tells. Assumed: longer than any call of Procore's lasts.
    private static let settling: Int64 = 60

    /// A poster of a root's documents.
    public convenience init(
        _ client: ProcoreClient, _ ledger: Ledger, outbox: Outbox, drop: CarrierDrop, log: CarrierLog
    ) {
        self.init(client, ledger, outbox: outbox, drop: drop, log: log, afterStep: { _, _ in })
    }

    init(
        _ client: ProcoreClient, _ ledger: Ledger, outbox: Outbox, drop: CarrierDrop, log: CarrierLog,
        afterStep: @escaping (Step, OutgoingDocument) throws -> Void
    ) {
        self.client = client
        self.ledger = ledger
        self.outbox = outbox
        self.drop = drop
        self.log = log
        self.afterStep = afterStep
    }

    /// Posts what is there.
    /// - Parameter isEnding: asked ahead of each document: whether to leave the rest.
    /// - Throws: a `CallFailure` where Procore cannot be reached or refuses the login, a `SystemError`, a
    ///   `FolderMarkers.Missing`, or what SQLite says.
    public func pass(isEnding: () -> Bool = { false }) async throws -> Outcome {
        let names = try outbox.publishedNames().filter { $0.hasSuffix(".json") }.sorted()
        try forgetWhatLeft(names)
        var outcome = Outcome(answered: 0, left: names.count)
        var stopped: Set<String> = []
        for name in names where !isEnding() {
            let document: OutgoingDocument
            do {
                document = try OutgoingDocument(name: name, outbox.read(name))
            } catch let problem as Problem {
                remember(name, "\(problem.what) \(problem.remedy)")
                continue
            }
            let isDue = waiting[name].map { $0.due <= client.clock.now() } ?? true
            guard isDue, !stopped.contains(document.lane) else {
                stopped.insert(document.lane)
                continue
            }
            switch try await carry(document) {
            case .done:
                waiting[name] = nil
                outcome.answered += 1
                outcome.left -= 1
            case .later(let why):
                stopped.insert(document.lane)
                remember(name, why)
            }
        }
        return outcome
    }

    /// What left the outbox with its answer needs no row any more; what left it unanswered keeps its row, since it may
    /// come back.
    private func forgetWhatLeft(_ names: [String]) throws {
        let there = Set(names.compactMap { Int($0.prefix { $0.isASCII && $0.isNumber }) })
        for (document, posting) in try ledger.read({ try $0.postings() })
        where posting.isAnswered && !there.contains(document) {
            try ledger.write { try $0.forgetPosting(document) }
        }
        waiting = waiting.filter { names.contains($0.key) }
    }

    private func remember(_ name: String, _ why: String) {
        let known = waiting[name]
        let attempts = (known?.attempts ?? 0) + 1
        waiting[name] = (attempts, client.clock.now() + client.clock.backOff(after: attempts + 2), why)
        guard known?.why != why else { return }
        log.event("procore waits", level: .warning, ["document": name, "what": why])
    }

    // MARK: - One document

    private func carry(_ document: OutgoingDocument) async throws -> Fate {
        let posting = try ledger.read { try $0.posting(document.sequence) }
        if posting?.isAnswered == true { return try takeOut(document) }
        let isInInbox = try drop.holds(document.answerName)
        let wasRead = try posting != nil && ledger.read { try $0.isAnswered(document.sequence) }
        if isInInbox || wasRead { return try finish(document) }
        if !document.isRepeatable, let fate = try await askFirst(document, posting) { return fate }
        do {
            let reply = try await client.sendRepeatedly(
                document.call, isRepeatable: document.isRepeatable,
                before: {
                    try ledger.write { try $0.beginPosting(document.sequence, at: client.clock.now()) }
                    try afterStep(.begun, document)
                })
            try afterStep(.sent, document)
            return try take(reply, of: document, posting)
        } catch CallFailure.notSent(let why) {
            try withdraw(document, posting)
            throw CallFailure.notSent(why)
        } catch CallFailure.loginRefused(let why) {
            try withdraw(document, posting)
            throw CallFailure.loginRefused(why)
        } catch CallFailure.unclear(let why) {
            return .later(
                "It was sent, and no answer came (\(why)). Procore is asked after it before it is sent again.")
        } catch CallFailure.gaveUp(let why) {
            return .later("No answer came (\(why)). It is sent again, which does no harm.")
        }
    }

    /// Asks whether Procore has what a `POST` would make: whatever is remembered here, that alone tells.
    /// - Returns: nil where it is to be sent.
    private func askFirst(_ document: OutgoingDocument, _ posting: Posting?) async throws -> Fate? {
        if let posting, client.clock.now() - posting.since < Self.settling {
            return .later(
                "It was sent at \(CarrierClock.text(posting.since)) without an answer; Procore is asked after it soon.")
        }
        let finding: AskingAfter.Finding
        do {
            finding = try await AskingAfter(client: client).ask(document)
        } catch CallFailure.gaveUp(let why) {
            return .later("Procore could not be asked whether it has it already: \(why).")
        } catch is Pages.Changed {
            return .later("Procore's list changed while it was looked for there.")
        } catch let problem as Problem {
            return .later("What Procore said when it was asked after cannot be read: \(problem.what)")
        }
        switch finding {
        case .absent: return nil
        case .there(let record):
            log.event("procore found", ["document": document.name])
            try dropAnswer(record, of: document)
            return try finish(document)
        case .unknowable(let why):
            // What can never be asked after is sent once.
            if posting == nil, document.isUnaskable { return nil }
            return .later(
                "Whether Procore has it already cannot be told: \(why). Look it up in Procore, and take the document out "
                    + "of outbox/procore if it is there.")
        }
    }

    /// Procore did nothing of it: what was so before is so again.
    private func withdraw(_ document: OutgoingDocument, _ before: Posting?) throws {
        if before == nil { try ledger.write { try $0.forgetPosting(document.sequence) } }
    }

    private func take(_ reply: ProcoreClient.Reply, of document: OutgoingDocument, _ before: Posting?) throws -> Fate {
        if reply.status == 401 { throw CallFailure.loginRefused("Procore refused a new token (401)") }
        if reply.isUnwell {
            return .later(
                "Procore answered with status \(reply.status), and may have done it all the same. It is asked after it "
                    + "before it is sent again.")
        }
        guard let answer = ProcoreAnswer.bytes(reply) else {
            // A proxy or a login page: it may have gone through, and what was made is not known.
            guard !reply.isGood || document.isRepeatable else {
                return .later("What answered (\(reply.status)) was not Procore. Procore is asked after it.")
            }
            try withdraw(document, before)
            return .later("Procore answered with status \(reply.status): \(ProcoreAnswer.reason(reply.status)).")
        }
        try dropAnswer(answer, of: document)
        log.event("procore posted", ["document": document.name, "status": String(reply.status)])
        return try finish(document)
    }

    private func dropAnswer(_ bytes: [UInt8], of document: OutgoingDocument) throws {
        try drop.drop(bytes, as: document.answerName)
        try afterStep(.dropped, document)
    }

    private func finish(_ document: OutgoingDocument) throws -> Fate {
        try ledger.write { try $0.finishPosting(document.sequence, at: client.clock.now()) }
        try afterStep(.noted, document)
        return try takeOut(document)
    }

    private func takeOut(_ document: OutgoingDocument) throws -> Fate {
        try outbox.takeOut(document.name)
        try afterStep(.takenOut, document)
        try ledger.write { try $0.forgetPosting(document.sequence) }
        return .done
    }
}
