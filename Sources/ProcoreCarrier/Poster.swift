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
/// after where it would. What may make a record is neither repeated nor asked after before the first call must have ended
/// on Procore's side too.
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
        /// Nobody answered, so that the next document would meet the same.
        case silent(String)
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
    /// A wait is never longer, whatever became of the clock.
    private static let longestWait: Int64 = 600
    /// After so many documents in a row that nobody answered, the others are not tried.
    private static let mostSilent = 3

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
        let names = try outbox.publishedNames().filter { $0.hasSuffix(".json") }
            .map { (Self.number($0), $0) }.sorted { $0 < $1 }.map(\.1)
        try forgetWhatLeft(names)
        var outcome = Outcome(answered: 0, left: names.count)
        var stopped: Set<String> = []
        var silent = 0
        for name in names where !isEnding() {
            let document: OutgoingDocument
            do {
                document = try OutgoingDocument(name: name, outbox.read(name))
            } catch let problem as Problem {
                try remember(name, "\(problem.what) \(problem.remedy)")
                continue
            }
            let isDue = waiting[name].map { isOver($0.due) } ?? true
            guard isDue, !stopped.contains(document.lane) else {
                stopped.insert(document.lane)
                continue
            }
            let fate = try await carry(document)
            switch fate {
            case .done:
                waiting[name] = nil
                try ledger.write { try $0.strike(.waits, name) }
                outcome.answered += 1
                outcome.left -= 1
                silent = 0
            case .later(let why), .silent(let why):
                stopped.insert(document.lane)
                try remember(name, why)
                if case .silent = fate { silent += 1 } else { silent = 0 }
            }
            if silent == Self.mostSilent {
                throw CallFailure.gaveUp(
                    "Procore answered none of \(silent) documents in a row; see which wait, and why")
            }
        }
        return outcome
    }

    private static func number(_ name: String) -> Int { Int(name.prefix { $0.isASCII && $0.isNumber }) ?? .max }

    /// Whether a time has come; one that is far off was set by a clock that has gone back since.
    private func isOver(_ time: Int64) -> Bool {
        let now = client.clock.now()
        return time <= now || time > now + Self.longestWait
    }

    /// What left the outbox with its answer needs no row any more; what left it unanswered keeps its row, since it may
    /// come back.
    private func forgetWhatLeft(_ names: [String]) throws {
        let there = Set(names.map(Self.number))
        let known = try ledger.read { (postings: try $0.postings(), notes: try $0.carrierNotes(.waits)) }
        for (document, posting) in known.postings where posting.isAnswered && !there.contains(document) {
            try ledger.write { try $0.forgetPosting(document) }
        }
        for note in known.notes where !names.contains(note.object) {
            try ledger.write { try $0.strike(.waits, note.object) }
        }
        waiting = waiting.filter { names.contains($0.key) }
    }

    private func remember(_ name: String, _ why: String) throws {
        let known = waiting[name]
        let attempts = (known?.attempts ?? 0) + 1
        let now = client.clock.now()
        waiting[name] = (attempts, now + client.clock.backOff(after: attempts + 2), why)
        guard known?.why != why else { return }
        try ledger.write { try $0.note(.init(.waits, name, what: why, at: now)) }
        log.event("procore waits", level: .warning, ["document": name, "what": why])
    }

    // MARK: - One document

    private func carry(_ document: OutgoingDocument) async throws -> Fate {
        let posting = try posting(of: document)
        if posting?.isAnswered == true { return try takeOut(document) }
        if try isInInbox(document, posting) { return try finish(document) }
        if document.makesRecords, let posting, let fate = try settle(document, posting) { return fate }
        if !document.isRepeatable, let fate = try await askFirst(document, posting) { return fate }
        do {
            let reply = try await client.sendRepeatedly(
                document.call, isRepeatable: !document.makesRecords,
                before: {
                    try ledger.write {
                        try $0.beginPosting(document.sequence, document.digest, at: client.clock.now())
                    }
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
            return try unclear(document, "It was sent, and no answer came (\(why)).")
        } catch CallFailure.gaveUp(let why) {
            return .silent("No answer came (\(why)). It is sent again, which does no harm.")
        }
    }

    /// How the posting of a document stands; nil: it was never sent, or what was had its number only.
    private func posting(of document: OutgoingDocument) throws -> Posting? {
        guard let posting = try ledger.read({ try $0.posting(document.sequence) }) else { return nil }
        if posting.digest == document.digest { return posting }
        try ledger.write { try $0.forgetPosting(document.sequence) }
        return nil
    }

    /// Whether its answer came already: it waits in the inbox, or was read there. What Procore can be asked after is asked
    /// after where nothing is remembered, since the answer may be that of another document of this number.
    private func isInInbox(_ document: OutgoingDocument, _ posting: Posting?) throws -> Bool {
        guard posting != nil else {
            return try !document.isRepeatable && document.isUnaskable && drop.holds(document.answerName)
        }
        return try drop.holds(document.answerName) || ledger.read { try $0.isAnswered(document.sequence) }
    }

    /// Whether it waits until a call that was sent without an answer must have ended on Procore's side too; nil: it has.
    private func settle(_ document: OutgoingDocument, _ posting: Posting) throws -> Fate? {
        let now = client.clock.now()
        let age = now - posting.since
        if age >= client.settings.settling { return nil }
        // The clock went back.
        if age < 0 { try ledger.write { try $0.restampPosting(document.sequence, at: now) } }
        let then = document.isRepeatable ? "it is sent again" : "Procore is asked after it"
        return .later("It was sent, and no answer is known; \(then) once that call must have ended.")
    }

    /// It was sent, and whether it took effect is not known: from now on it is waited until it must have ended.
    private func unclear(_ document: OutgoingDocument, _ what: String) throws -> Fate {
        try ledger.write { try $0.restampPosting(document.sequence, at: client.clock.now()) }
        let then =
            document.isRepeatable
            ? "It is sent again, which does no harm." : "It is not sent again before that is known."
        return .silent("\(what) \(then)")
    }

    /// Asks whether Procore has what a `POST` would make: whatever is remembered here, that alone tells.
    /// - Returns: nil where it is to be sent.
    private func askFirst(_ document: OutgoingDocument, _ posting: Posting?) async throws -> Fate? {
        let finding: AskingAfter.Finding
        do {
            finding = try await AskingAfter(client: client).ask(document)
        } catch CallFailure.gaveUp(let why) {
            return .silent("Procore could not be asked whether it has it already: \(why).")
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
        case .hidden:
            return posting == nil ? nil : Self.untold("Procore does not show the origin_id of what it has")
        case .unknowable(let why):
            // What can never be asked after is sent once.
            return posting == nil && document.isUnaskable ? nil : Self.untold(why)
        }
    }

    private static func untold(_ why: String) -> Fate {
        .later(
            "Whether Procore has it already cannot be told: \(why). Look it up in Procore. Take the document out of "
                + "outbox/procore if it is there; if it is not, post its request by hand and drop the answer.")
    }

    /// Procore did nothing of it: what was so before is so again.
    private func withdraw(_ document: OutgoingDocument, _ before: Posting?) throws {
        if before == nil { try ledger.write { try $0.forgetPosting(document.sequence) } }
    }

    private func take(_ reply: ProcoreClient.Reply, of document: OutgoingDocument, _ before: Posting?) throws -> Fate {
        if reply.status == 401 { throw CallFailure.loginRefused("Procore refused a new token (401)") }
        let isShown = document.method != "POST" || document.isUnaskable || ProcoreAnswer.showsRecord(reply.body)
        guard let answer = ProcoreAnswer.bytes(reply), !reply.isGood || isShown else {
            guard reply.isRefusal else {
                // Procore itself failed, or a proxy or a login page answered: it may have gone through.
                return try unclear(
                    document, "What answered (\(reply.status)) did not say what became of it.")
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
        try ledger.write { books in
            let now = client.clock.now()
            try books.finishPosting(document.sequence, document.digest, at: now)
            try books.noteAlone(.init(.posted, document.name, at: now))
        }
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
