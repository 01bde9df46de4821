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
        /// A query that a person or a script asked, or a request that nobody here knows.
        case stranger
        /// A request of another root: what it shows is news there, never here.
        case otherRoot
    }

    private let context: ProcessingContext
    private let answers: Answers
    private var imports: Imports
    private var transactions: TransactionImports
    private let writeBacks: UpdateBatches
    /// Whether anything in it was ours or could be imported.
    private var understood = false
    private var foreign: ForeignAnswers
    /// The answer that is being read, whom it belongs to, and its objects so far.
    private var head: ResponseHead?
    private var asker = Asker.stranger
    private var objects: [Element] = []
    /// How many objects the answer that is being read has shown.
    private var shown = 0
    /// The queries of ours of which QuickBooks has more than this file brought, in the order of their answers.
    private var unfinished: [(pull: LedgerPull, status: Int, page: PullPage)] = []

    private init(_ context: ProcessingContext) {
        self.context = context
        writeBacks = UpdateBatches(context)
        answers = Answers(context: context, writeBacks: writeBacks)
        imports = Imports(context: context, writeBacks: writeBacks)
        transactions = TransactionImports(context)
        foreign = ForeignAnswers(context)
    }

    /// Reads a response to its end.
    /// - Returns: the digest of the file.
    /// - Throws: a `Problem` when it is malformed, or nothing in it is ours and nothing can be imported.
    static func take(_ source: sending PeekedSource, _ context: ProcessingContext) throws -> Digest {
        context.receipt.direction = .toProcore
        return context.documents.isLong
            ? try readAhead(source, ResponseIntake(context)) : try read(source, ResponseIntake(context))
    }

    private static func read(_ source: PeekedSource, _ intake: consuming ResponseIntake) throws -> Digest {
        let text = TextSource(source)
        var reader = try ResponseReader(text)
        while let event = try reader.next() { try intake.take(event) }
        try intake.finish()
        if let note = text.note { intake.context.receipt.add(note) }
        return try source.finish()
    }

    /// What another thread has read.
    private enum ReadElement: Sendable {
        case event(ResponseEvent)
        case element(ListElement)
        case vendors(PlannedVendors)
    }

    /// One thread reads, this one writes to the sync ledger.
    private static func readAhead(
        _ source: sending PeekedSource, _ intake: consuming ResponseIntake
    ) throws -> Digest {
        let settings = intake.context.settings
        let planning = VendorPlanning()
        let (digest, note) = try ReadAhead.run(from: source) { source, put in
            let text = TextSource(source)
            try read(text, settings, planning, put)
            return (try source.finish(), text.note)
        } taking: { (read: ReadElement) in
            switch read {
            case .event(let event): try intake.take(event)
            case .element(let element): try intake.take(element)
            case .vendors(let vendors): try intake.take(vendors, planning)
            }
        }
        try intake.finish()
        if let note { intake.context.receipt.add(note) }
        return digest
    }

    /// Reads a response to its end, and converts what can be converted without the sync ledger.
    private static func read(
        _ text: TextSource, _ settings: Settings, _ planning: VendorPlanning,
        _ put: (ReadElement, Int) throws -> Void
    ) throws {
        let conversion = ListElementConversion(settings: settings)
        var reader = try ResponseReader(text)
        var vendors = VendorReading(settings: settings)
        var taken = 0
        func handOver() throws {
            guard let (some, bytes) = vendors.handOver() else { return }
            try put(.vendors(some), bytes)
            taken = text.taken
        }
        do {
            while let event = try reader.next(
                planning.goesOn ? vendors.objects : nil,
                { fields, element in
                    guard planning.goesOn, vendors.take(fields, readFrom: element) else { return false }
                    if vendors.isFull { try handOver() }
                    return true
                })
            {
                try handOver()
                let element: ListElement? = if case .object(let ret) = event { conversion.convert(ret) } else { nil }
                // An element takes several times the bytes that it is written in.
                try put(element.map { .element($0) } ?? .event(event), (text.taken - taken) * 10)
                taken = text.taken
            }
        } catch {
            // What was read before a failure is taken before it.
            try handOver()
            throw error
        }
        try handOver()
    }

    /// Takes an element of a list, converted ahead.
    private mutating func take(_ element: ListElement) throws {
        guard let head else { return }
        shown += 1
        if case .record = asker { return try collect(element.ret) }
        guard isImported(asker), head.name.hasSuffix("QueryRs") else { return }
        try imports.take(element)
        understood = true
    }

    /// Takes vendors that were made ready ahead.
    private mutating func take(_ vendors: PlannedVendors, _ planning: VendorPlanning) throws {
        guard let head else { return }
        shown += vendors.inserts.count
        if case .record = asker {
            for ret in try vendors.elements() { try collect(ret) }
            return
        }
        guard isImported(asker), head.name.hasSuffix("QueryRs") else { return }
        planning.note(known: try imports.take(vendors), of: vendors.inserts.count)
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
            shown = 0
            foreign.begin()
        case .object(let element):
            guard let head else { break }
            shown += 1
            try take(element, of: head)
        case .report(let columns):
            if isImported(asker) { try transactions.begin(report: columns) }
        case .row(let row):
            if isImported(asker), try transactions.take(row: row) { understood = true }
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
        guard understood else { throw try foreign.nothingOfOurs() }
        foreign.finish()
        try imports.finish()
        transactions.finish()
        for (pull, status, page) in unfinished {
            try Pulls(context: context).take(pull, status: status, consequence: .ok, page: page)
        }
        try Dispatch.run(context, writingBack: writeBacks)
    }

    private func asker(_ requestID: String?) throws -> Asker {
        guard let requestID else { return .stranger }
        if let request = try context.books.request(requestID) {
            let guid = try context.books.record(id: request.record).map {
                $0.externalGUID(in: context.settings).lowercased()
            }
            return .record(request, guid: guid)
        }
        if let pull = try context.books.pull(requestID) { return .pull(pull) }
        return foreign.isOfAnotherRoot(requestID) ? .otherRoot : .stranger
    }

    /// What QuickBooks' error recovery says about a message set as a whole.
    private mutating func messageSet(_ id: String, _ code: Int) throws {
        guard let status = MessageSetStatus(rawValue: code), status != .answered,
            let request = try context.books.request(messageSet: id)
        else { return }
        understood = true
        guard request.status == nil else { return try repeated(request) }
        try answers.take(request, status)
    }

    private mutating func take(_ element: Element, of head: ResponseHead) throws {
        switch asker {
        case .record: try collect(element)
        case .otherRoot: break
        case .pull, .stranger:
            if ["HostRet", "CompanyRet"].contains(element.name) { return try take(aboutItself: element) }
            guard isImported(asker), head.name.hasSuffix("QueryRs") else { break }
            // A bill may be one of ours that was changed by hand, and a cost.
            if try imports.take(element) { understood = true }
            if try transactions.take(element) { understood = true }
        }
    }

    private mutating func collect(_ element: Element) throws {
        guard case .record(_, let guid) = asker else { return }
        // The answer to a request of ours is one element or a few, of which ours has our ExternalGUID; what others
        // asked may be a whole list.
        let isOurs = guid != nil && element["ExternalGUID"]?.lowercased() == guid
        if isOurs || objects.count < 16 { objects.append(element) }
    }

    /// What QuickBooks says about itself decides only where this root asked and was not answered yet: what others asked
    /// may have been asked of another company.
    private mutating func take(aboutItself ret: Element) throws {
        guard case .pull(let pull) = asker, pull.subject == PullSubject.company.rawValue else {
            return foreign.company = ret["CompanyName"] ?? foreign.company
        }
        understood = true
        if !pull.isDone { try CompanyCheck(books: context.books).take(ret, context) }
    }

    /// Whether what an answer shows may be news: what another company's file shows is none about this one.
    private func isImported(_ asker: Asker) -> Bool {
        switch asker {
        case .record, .otherRoot: false
        case .pull, .stranger: context.company.importHalt == nil
        }
    }

    private mutating func answered(_ head: ResponseHead, _ asker: Asker, _ objects: [Element]) throws {
        switch asker {
        case .record(let request, _):
            understood = true
            if let page = PullPage(head, objects: shown), !request.operation.writes {
                return try isNotWhole(request, page)
            }
            if [nil, LedgerRequest.lost, LedgerRequest.refusedWhole].contains(request.status) {
                try answers.take(request, head, objects)
            } else {
                try repeated(request, head, objects)
            }
        case .pull(let pull): try answered(head, pull)
        case .otherRoot: foreign.report(otherRoot: head)
        case .stranger:
            if try foreign.report(head, page: PullPage(head, objects: shown), isKnown: understood) { understood = true }
        }
    }

    private mutating func answered(_ head: ResponseHead, _ pull: LedgerPull) throws {
        understood = true
        let pulls = Pulls(context: context)
        var consequence = StatusCode.consequence(
            code: head.statusCode, severity: head.statusSeverity, message: head.statusMessage)
        var status = head.statusCode
        var page = PullPage(head, objects: shown)
        if let halt = context.company.importHalt, pull.subject != PullSubject.company.rawValue {
            (status, consequence, page) = (LedgerRequest.lost, .human, nil)
            context.receipt.add(
                Problem(
                    record: head.name, what: "What it shows is left out. \(halt)",
                    remedy: "Pull it again once that is mended."))
        } else if head.statusCode == 500 || consequence == .okWithWarning {
            context.receipt.add(foreign.note(head))
        } else if ![.ok, .empty].contains(consequence), try !pulls.isAskedAnew(pull, consequence) {
            var problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage)
            problem.remedy =
                consequence == .restart
                ? "Have the carrier fetch all pages within one session, or send Plumbline's queries as they are, without "
                    + "iterators; then pull again."
                : problem.remedy.replacing(
                    "drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)",
                    with: "pull again")
            context.receipt.add(problem.of("\(head.name) \(pull.requestID)"))
        }
        // Repeats are imported all the same: what has not changed is no news.
        guard pull.status == nil else { return }
        // A carrier may have fetched the later pages itself, and put them into the same file.
        unfinished.removeAll { $0.pull.id == pull.id }
        if let page, (0..<1_000).contains(status) { return unfinished.append((pull, status, page)) }
        try pulls.take(pull, status: status, consequence: consequence, page: nil)
    }

    /// A question about one record, of whose answer only a page came: it does not say how the record stands.
    private func isNotWhole(_ request: LedgerRequest, _ page: PullPage) throws {
        guard request.status == nil, let record = try context.books.record(id: request.record) else { return }
        context.receipt.count(record.entity, .held)
        context.receipt.add(
            Problem(
                record: record.shown, field: request.requestID,
                what:
                    "QuickBooks was asked about it, and the answer is one page of a longer one: \(page.remaining) more "
                    + "were not in it. So it does not say how the record stands, and still counts as not given.",
                remedy: "Have the carrier send Plumbline's queries as they are, without iterators, and ask again: "
                    + "drop resend.txt with the line \(request.requestID) into the inbox (or run plumbline resend "
                    + "\(request.requestID))."))
    }

    /// An answer to a request that was answered before: the same again changes nothing, another one is told.
    private mutating func repeated(
        _ request: LedgerRequest, _ head: ResponseHead? = nil, _ objects: [Element] = []
    ) throws {
        guard let record = try context.books.record(id: request.record) else { return }
        guard let head, let difference = Self.difference(request, head, objects) else {
            return context.receipt.count(record.entity, .unchanged)
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
}
