import Converters
import Domain
import QBXML
import SyncLedger

/// What is told of answers to requests that did not come from here: the queries of a person or a script, which may be
/// imported, and what was dropped into the wrong inbox.
///
/// None of them decides anything about this root: which company it belongs to is only ever told by the answer to its own
/// question. What QuickBooks says about a query is told with its code and in its words, since nothing here can ask again.
struct ForeignAnswers {
    private let context: ProcessingContext
    /// Problems of the answers, told where something else in the file could be taken, else the reason why nothing was.
    private var problems: [(problem: Problem, isSpecific: Bool)] = []
    /// The company that the answer that is being read says is open in QuickBooks.
    var company: String?

    init(_ context: ProcessingContext) {
        self.context = context
    }

    /// An answer begins.
    mutating func begin() { company = nil }

    /// Whether a `requestID` is one that another root made: company and kind of request, as Plumbline writes them.
    func isOfAnotherRoot(_ requestID: String) -> Bool {
        let components = requestID.split(separator: "-")
        guard components.count >= 4, components[0] != context.settings.namespace[...] else { return false }
        let company = components[0].prefix { $0 != "." }
        guard company.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
        return components[1] == "pull" || Entity(rawValue: String(components[1])) != nil
    }

    /// An answer to a request of another root came to its end.
    mutating func report(otherRoot head: ResponseHead) {
        let asker = head.requestID?.prefix { $0 != "-" } ?? ""
        problems.append(
            (
                Problem(
                    record: Self.name(head),
                    what:
                        "This answers a request of another Plumbline root, the one of company \(asker); this root is the "
                        + "one of company \(context.settings.namespace). Nothing of it was taken here.",
                    remedy:
                        "Drop it into the inbox of the root that asked, and see that the carrier does so from now on."),
                true
            ))
    }

    /// An answer to a query of a person or a script came to its end, or one that nobody here knows.
    /// - Parameters:
    ///   - page: what it says about further pages.
    ///   - isKnown: whether something in the file was taken so far.
    /// - Returns: whether the answer itself is understood, although nothing in it may be for import.
    mutating func report(_ head: ResponseHead, page: PullPage?, isKnown: Bool) throws -> Bool {
        guard head.name.hasSuffix("QueryRs") else {
            problems.append((Self.unknown(head), false))
            return false
        }
        let message = String(head.name.dropLast(2))
        if ["HostQuery", "CompanyQuery"].contains(message) {
            problems.append((aboutQuickBooks(head), true))
            return false
        }
        if let halt = context.company.importHalt {
            problems.append(
                (Problem(record: Self.name(head), what: halt, remedy: Self.wrongInbox), false))
            return false
        }
        if let page { context.receipt.add(Self.notWhole(head, message, page)) }
        return try report(status: head, message, isKnown: isKnown)
    }

    private mutating func report(status head: ResponseHead, _ message: String, isKnown: Bool) throws -> Bool {
        if let gone = try gone(head, message) {
            context.receipt.add(gone)
            return true
        }
        let consequence = StatusCode.consequence(
            code: head.statusCode, severity: head.statusSeverity, message: head.statusMessage)
        switch consequence {
        case .ok:
            if isKnown { return false }
            problems.append(
                (
                    Problem(
                        record: Self.name(head), what: "Nothing in this answer can be imported.",
                        remedy: Self.wrongInbox), false
                ))
            return false
        case .empty, .okWithWarning:
            // That nothing was found is a result, where what was asked for is of interest here at all.
            if isKnown || Self.isOfInterest(message) {
                context.receipt.add(note(head))
                return true
            }
        default: break
        }
        var problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage, record: Self.name(head))
        problem.remedy = problem.remedy.replacing(
            "drop retry.txt with the line failed into the inbox (or run plumbline retry --failed)", with: "ask again")
        problems.append((problem, true))
        return false
    }

    /// What QuickBooks says about an answer that was taken, in its own words.
    func note(_ head: ResponseHead) -> Note {
        Note(
            record: Self.name(head),
            what: StatusCode.problem(code: head.statusCode, message: head.statusMessage).what)
    }

    // MARK: - What is gone

    /// An object of ours that QuickBooks does not find, by the ids in its message.
    private func gone(_ head: ResponseHead, _ message: String) throws -> Problem? {
        guard head.statusCode == 500 || (3_000..<3_400).contains(head.statusCode),
            let kind = QuickBooksKind(rawValue: String(message.dropLast("Query".count)))
        else { return nil }
        let ids = head.statusMessage.split { !($0.isASCII && ($0.isHexDigit || $0 == "-")) }.map(String.init)
        for id in ids where id.contains("-") {
            guard let record = try tied(kind, id) else { continue }
            let said = StatusCode.problem(code: head.statusCode, message: head.statusMessage).what
            return Problem(
                record: record.shown,
                what:
                    "QuickBooks does not find its \(kind.words) \(id): it was deleted there, or another company file than "
                    + "this root's was open when that was asked. \(said)",
                remedy:
                    "Open the right company file in QuickBooks and look the \(kind.words) up. If it is gone, take the tie "
                    + "away with plumbline unlink \(record.entity.rawValue) \(record.procoreID ?? record.uniqueName); "
                    + "otherwise nothing is to be done.")
        }
        return nil
    }

    private func tied(_ kind: QuickBooksKind, _ id: String) throws -> LedgerRecord? {
        for entity in Entity.allCases where tiedKind(of: entity) == kind {
            if let record = try context.books.record(entity, kind, id) { return record }
        }
        for entity in [Entity.directCosts, .contractPayments] {
            if let record = try context.books.imported(entity, ofTransaction: id).first(where: { $0.kind == kind }) {
                return record
            }
        }
        return nil
    }

    // MARK: - Sentences

    private static let wrongInbox =
        "If it belongs to another company, drop it in that company's inbox; otherwise leave it."

    private static func name(_ head: ResponseHead) -> String {
        "\(head.name) \(head.requestID ?? "without requestID")"
    }

    private static func unknown(_ head: ResponseHead) -> Problem {
        Problem(
            record: name(head), what: "This answers a request that did not come from here.", remedy: wrongInbox)
    }

    /// What nobody here asked about the company or the program.
    private func aboutQuickBooks(_ head: ResponseHead) -> Problem {
        let says =
            company.map { "It says that the company \"\($0)\" is open in QuickBooks, and answers" } ?? "It answers"
        return Problem(
            record: Self.name(head),
            what:
                "\(says) no question of this root, so it decides nothing about the company that this root belongs to.",
            remedy:
                "To have this root ask, run plumbline pull company, and drop QuickBooks' answer to that. If the answer "
                + "belongs to another root, drop it in that root's inbox.")
    }

    private static func notWhole(_ head: ResponseHead, _ message: String, _ page: PullPage) -> Problem {
        let more = page.remaining == 1 ? "1 more was" : "\(page.remaining) more were"
        let pull = PullSubject.reading(message).map { ", or have plumbline pull \($0.rawValue) ask" } ?? ""
        return Problem(
            record: name(head),
            what:
                "\(more) not in this response: it is one page of a longer answer, and QuickBooks gives the others only to "
                + "the program that asked (iteratorRemainingCount). What came was taken.",
            remedy: "Have that program fetch the other pages in the same session, and drop them too; or ask once more "
                + "without an iterator\(pull).")
    }

    /// Whether what a query asks for is read here.
    private static func isOfInterest(_ message: String) -> Bool {
        let object = String(message.dropLast("Query".count))
        return QuickBooksKind(rawValue: object) != nil
            || ["ItemReceipt", "TimeTracking", "TxnDeleted", "ListDeleted"].contains(object)
    }

    // MARK: - The end of the file

    /// Tells what there is to tell beside what could be taken.
    func finish() {
        for (problem, _) in problems { context.receipt.add(problem) }
    }

    /// Why nothing of a file could be taken.
    func nothingOfOurs() throws -> Problem {
        let kinds =
            "Vendors, jobs, costs of jobs, payments of bills and payroll reports can be imported; "
            + "a response for another company belongs in that company's inbox."
        var listed: [Problem] = []
        for (problem, isSpecific) in problems where isSpecific && listed.count < Self.listed {
            // The program and its company are asked after together: one sentence is enough.
            if !listed.contains(where: { $0.what == problem.what }) { listed.append(problem) }
        }
        guard let first = listed.first, context.company.halt == nil else {
            return Problem(
                record: problems.first?.problem.record,
                what: context.company.halt
                    ?? "Nothing in this response answers a request from here, and nothing in it can be imported.",
                remedy: kinds)
        }
        if listed.count == 1 { return first }
        var remedies: [String] = []
        for problem in listed where !remedies.contains(problem.remedy) { remedies.append(problem.remedy) }
        return Problem(
            what: listed.map { "\($0.record ?? ""): \($0.what)" }.joined(separator: " "),
            remedy: remedies.joined(separator: " "))
    }

    /// At most so many answers are named where nothing of a file could be taken.
    private static let listed = 8
}
