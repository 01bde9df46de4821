import Converters
import Domain
import QBXML
import SyncLedger

/// Reads a QuickBooks response: answers to our requests go to `Answers`, what queries show to `Imports`.
struct ResponseIntake {
    /// What the answer that is being read belongs to.
    private enum Asker {
        /// One of our requests about a record, whose ExternalGUID is known.
        case record(LedgerRequest, guid: String?)
        /// One of our bulk queries.
        case pull(LedgerPull)
        /// Something else.
        case stranger
    }

    private let work: Work
    private let answers: Answers
    private var imports: Imports
    private var transactions: TransactionImports
    private let writeBacks: UpdateBatches
    /// Whether anything in it was ours or could be imported.
    private var understood = false
    private var strangers: [Problem] = []
    /// The answer that is being read, whom it belongs to, and its objects so far.
    private var head: ResponseHead?
    private var asker = Asker.stranger
    private var objects: [Element] = []

    private init(_ work: Work) {
        self.work = work
        writeBacks = UpdateBatches(work)
        answers = Answers(work: work, writeBacks: writeBacks)
        imports = Imports(work: work, writeBacks: writeBacks)
        transactions = TransactionImports(work)
    }

    /// Reads a response to its end.
    /// - Returns: the digest of the file.
    /// - Throws: a `Problem` when it is malformed, or nothing in it is ours and nothing can be imported.
    static func take(_ source: sending PeekedSource, _ work: Work) throws -> Digest {
        work.receipt.direction = .toProcore
        return work.isLong ? try readAhead(source, ResponseIntake(work)) : try read(source, ResponseIntake(work))
    }

    private static func read(_ source: PeekedSource, _ intake: consuming ResponseIntake) throws -> Digest {
        let text = TextSource(source)
        var reader = try ResponseReader(text)
        while let event = try reader.next() { try intake.take(event) }
        try intake.finish()
        if let note = text.note { intake.work.receipt.add(note) }
        return try source.finish()
    }

    private enum ReadAhead: Sendable {
        case event(ResponseEvent)
        case element(ListElement)
        case end(Digest, Note?)
    }

    /// One thread reads, this one writes to the sync ledger.
    private static func readAhead(
        _ source: sending PeekedSource, _ intake: consuming ResponseIntake
    ) throws -> Digest {
        let conversion = ListElementConversion(settings: intake.work.settings)
        let ahead = Ahead<ReadAhead>(from: source) { source, put in
            let text = TextSource(source)
            var reader = try ResponseReader(text)
            var read = 0
            while let event = try reader.next() {
                let element: ListElement? = if case .object(let ret) = event { conversion.convert(ret) } else { nil }
                // An element takes several times the bytes that it is written in.
                try put(element.map { .element($0) } ?? .event(event), (source.count - read) * 10)
                read = source.count
            }
            try put(.end(try source.finish(), text.note), 0)
        }
        defer { ahead.stop() }
        while true {
            for element in try ahead.next() {
                switch element {
                case .event(let event): try intake.take(event)
                case .element(let element): try intake.take(element)
                case .end(let digest, let note):
                    try intake.finish()
                    if let note { intake.work.receipt.add(note) }
                    return digest
                }
            }
        }
    }

    /// Takes an element of a list, converted ahead.
    private mutating func take(_ element: ListElement) throws {
        guard let head else { return }
        if case .record = asker { return try take(element.ret, of: head) }
        guard try isImported(asker), head.name.hasSuffix("QueryRs") else { return }
        try imports.take(element)
        understood = true
    }

    private mutating func take(_ event: ResponseEvent) throws {
        switch event {
        case .messageSet(let id, let status):
            if let id, let status { try messageSet(id, status) }
        case .response(let next):
            head = next
            asker = try self.asker(next.requestID)
            objects = []
        case .object(let element):
            guard let head else { break }
            try take(element, of: head)
        case .report(let columns):
            if try isImported(asker) { try transactions.begin(report: columns) }
        case .row(let row):
            if try isImported(asker), try transactions.take(row: row) { understood = true }
        case .endResponse:
            try transactions.endReport()
            if let head { try answered(head, asker, objects) }
            head = nil
        case .refusal(let hresult, let message):
            throw Problem(
                what: "QuickBooks refused a whole document (\(hresult)): \(message)",
                remedy: "Drop it as NAME.error.txt, NAME being the refused document's name without its ending.")
        }
    }

    private mutating func finish() throws {
        guard understood else { throw nothingOfOurs }
        for problem in strangers { work.receipt.add(problem) }
        try imports.finish()
        transactions.finish()
        try Dispatch.run(work, writingBack: writeBacks)
    }

    private func asker(_ requestID: String?) throws -> Asker {
        guard let requestID else { return .stranger }
        if let request = try work.books.request(requestID) {
            let guid = try work.books.record(id: request.record).map {
                $0.externalGUID(in: work.settings).lowercased()
            }
            return .record(request, guid: guid)
        }
        return try work.books.pull(requestID).map { .pull($0) } ?? .stranger
    }

    /// What QuickBooks' error recovery says about a message set as a whole.
    private mutating func messageSet(_ id: String, _ code: Int) throws {
        guard let status = MessageSetStatus(rawValue: code), status != .answered,
            let request = try work.books.request(messageSet: id)
        else { return }
        understood = true
        guard request.status == nil else { return try repeated(request) }
        try answers.take(request, status)
    }

    private mutating func take(_ element: Element, of head: ResponseHead) throws {
        switch asker {
        case .record(_, let guid):
            // The answer to a request of ours is one element or a few, of which ours has our ExternalGUID; what others
            // asked may be a whole list.
            let isOurs = guid != nil && element["ExternalGUID"]?.lowercased() == guid
            if isOurs || objects.count < 16 { objects.append(element) }
        case .pull, .stranger:
            // Whoever asked: it says what is open now.
            if ["HostRet", "CompanyRet"].contains(element.name) {
                understood = true
                return try CompanyCheck(books: work.books).take(element, work)
            }
            guard try isImported(asker), head.name.hasSuffix("QueryRs") else { break }
            // A bill may be one of ours that was changed by hand, and a cost.
            if try imports.take(element) { understood = true }
            if try transactions.take(element) { understood = true }
        }
    }

    /// Whether what an answer shows may be news: what another company's file shows is none about this one.
    private func isImported(_ asker: Asker) throws -> Bool {
        if case .record = asker { return false }
        return try work.importHalt == nil
    }

    private mutating func answered(_ head: ResponseHead, _ asker: Asker, _ objects: [Element]) throws {
        switch asker {
        case .record(let request, _):
            understood = true
            if [nil, LedgerRequest.lost, LedgerRequest.refusedWhole].contains(request.status) {
                try answers.take(request, head, objects)
            } else {
                try repeated(request, head, objects)
            }
        case .pull(let pull): try answered(head, pull)
        case .stranger:
            let isQuery = head.name.hasSuffix("QueryRs")
            if isQuery, head.statusCode == 1 || head.statusCode == 500 || understood { return }
            strangers.append(
                Problem(
                    record: "\(head.name) \(head.requestID ?? "without requestID")",
                    what: try work.importHalt
                        ?? (isQuery
                            ? "Nothing in this answer can be imported."
                            : "This answers a request that did not come from here."),
                    remedy: "If it belongs to another company, drop it in that company's inbox; otherwise leave it."))
        }
    }

    private mutating func answered(_ head: ResponseHead, _ pull: LedgerPull) throws {
        understood = true
        let consequence = StatusCode.consequence(
            code: head.statusCode, severity: head.statusSeverity, message: head.statusMessage)
        var status = head.statusCode
        if let halt = try work.importHalt, pull.subject != PullSubject.company.rawValue {
            status = LedgerRequest.lost
            work.receipt.add(
                Problem(
                    record: head.name, what: "What it shows is left out. \(halt)",
                    remedy: "Pull it again once that is mended."))
        } else if ![.ok, .okWithWarning, .empty].contains(consequence) {
            var problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage)
            problem.remedy = problem.remedy.replacing("run plumbline retry --failed", with: "pull again")
            work.receipt.add(problem.of("\(head.name) \(pull.requestID)"))
        }
        // Repeats are imported all the same: what has not changed is no news.
        guard pull.status == nil else { return }
        try Pulls(work: work).answered(pull, status: status)
    }

    /// An answer to a request that was answered before: the same again changes nothing, another one is told.
    private mutating func repeated(
        _ request: LedgerRequest, _ head: ResponseHead? = nil, _ objects: [Element] = []
    ) throws {
        guard let record = try work.books.record(id: request.record) else { return }
        guard let head, let difference = Self.difference(request, head, objects) else {
            return work.receipt.count(record.entity, .unchanged)
        }
        try answers.contradicted(request, difference)
    }

    /// In what a second answer differs from the first; nil: in nothing that matters.
    private static func difference(_ request: LedgerRequest, _ head: ResponseHead, _ objects: [Element]) -> String? {
        guard request.operation.writes else { return nil }
        let id = Answers.id(in: objects)
        if let id, let first = request.answerID, id != first {
            return "the first one showed \(first), this one shows \(id)"
        }
        let worked = head.statusCode == 0
        guard worked, let status = request.status, status != 0, status < 500 || status >= 1_000 else { return nil }
        let first = status == LedgerRequest.refusedWhole ? "a refusal of the whole document" : "status \(status)"
        return "the first one was \(first), this one says that it was done\(id.map { " (\($0))" } ?? "")"
    }

    private var nothingOfOurs: Problem {
        Problem(
            record: strangers.first?.record,
            what: work.halt
                ?? "Nothing in this response answers a request from here, and nothing in it can be imported.",
            remedy: "Vendors, jobs, costs of jobs, payments of bills and payroll reports can be imported; "
                + "a response for another company belongs in that company's inbox.")
    }
}
