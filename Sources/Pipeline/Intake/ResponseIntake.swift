import Converters
import Domain
import QBXML
import SyncLedger

/// Reads a QuickBooks response: answers to our requests go to `Answers`, what queries show to `Imports`.
struct ResponseIntake {
    private let work: Work
    private let answers: Answers
    private var imports: Imports
    private var transactions: TransactionImports
    private let writeBacks: UpdateBatches
    /// Whether anything in it was ours or could be imported.
    private var understood = false
    private var strangers: [Problem] = []

    private init(_ work: Work) {
        self.work = work
        writeBacks = UpdateBatches(work)
        answers = Answers(work: work, writeBacks: writeBacks)
        imports = Imports(work: work, writeBacks: writeBacks)
        transactions = TransactionImports(work)
    }

    /// Reads a response to its end.
    /// - Throws: a `Problem` when it is malformed, or nothing in it is ours and nothing can be imported.
    static func take(_ source: any ByteSource, _ work: Work) throws {
        var intake = ResponseIntake(work)
        try intake.read(source)
    }

    private mutating func read(_ source: any ByteSource) throws {
        work.receipt.direction = .toProcore
        var reader = try ResponseReader(source)
        var head: ResponseHead?
        var request: LedgerRequest?
        var objects: [Element] = []
        var guid: String?
        while let event = try reader.next() {
            switch event {
            case .messageSet: break
            case .response(let next):
                head = next
                request = try next.requestID.flatMap { try work.books.request($0) }
                guid = try request.flatMap { try work.books.record(id: $0.record) }
                    .map { $0.externalGUID(in: work.settings).lowercased() }
                objects = []
            case .object(let element):
                guard let head else { break }
                // The answer to a request of ours is one element or a few, of which ours has our ExternalGUID; what others
                // asked may be a whole list.
                if request != nil {
                    let isOurs = guid != nil && element["ExternalGUID"]?.lowercased() == guid
                    if isOurs || objects.count < 16 { objects.append(element) }
                } else if head.name.hasSuffix("QueryRs") {
                    if try imports.take(element) || transactions.take(element) { understood = true }
                }
            case .report(let columns):
                if request == nil { try transactions.begin(report: columns) }
            case .row(let row):
                if request == nil, try transactions.take(row: row) { understood = true }
            case .endResponse:
                try transactions.endReport()
                if let head { try answered(head, request, objects) }
                head = nil
            case .refusal(let hresult, let message):
                throw Problem(
                    what: "QuickBooks refused a whole document (\(hresult)): \(message)",
                    remedy: "Drop it as NAME.error.txt, NAME being the refused document's name without its ending.")
            }
        }
        guard understood else { throw nothingOfOurs }
        for problem in strangers { work.receipt.add(problem) }
        try imports.finish()
        transactions.finish()
        try Dispatch.run(work, writingBack: writeBacks)
    }

    private mutating func answered(_ head: ResponseHead, _ request: LedgerRequest?, _ objects: [Element]) throws {
        guard let request else {
            let isQuery = head.name.hasSuffix("QueryRs")
            if isQuery, head.statusCode == 1 || head.statusCode == 500 || understood { return }
            strangers.append(
                Problem(
                    record: "\(head.name) \(head.requestID ?? "without requestID")",
                    what: isQuery
                        ? "Nothing in this answer can be imported."
                        : "This answers a request that did not come from here.",
                    remedy: "If it belongs to another company, drop it in that company's inbox; otherwise leave it."))
            return
        }
        understood = true
        if request.status != nil {
            if let record = try work.books.record(id: request.record) {
                work.receipt.count(record.entity, .unchanged)
            }
            return
        }
        try answers.take(request, head, objects)
    }

    private var nothingOfOurs: Problem {
        Problem(
            record: strangers.first?.record,
            what: "Nothing in this response answers a request from here, and nothing in it can be imported.",
            remedy: "Vendors, jobs, costs of jobs, payments of bills and payroll reports can be imported; "
                + "a response for another company belongs in that company's inbox.")
    }
}
