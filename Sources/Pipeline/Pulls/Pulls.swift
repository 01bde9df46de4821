import Converters
import Domain
import Foundation
import QBXML
import SyncLedger

/// Asks QuickBooks for everything that was modified since it was last asked.
///
/// Each window of time is a document of its own, without iterators, since those end with the carrier's session; where a
/// carrier adds them, `PullPages` asks for the later pages. What QuickBooks answered up to is remembered when the answers come, never when the questions leave; windows overlap, and
/// what is read twice is known by its id and EditSequence.
struct Pulls {
    let context: ProcessingContext

    /// How long a window of transactions is at the most: a month of a busy company is an answer of some megabytes.
    static let longestWindow: Int64 = 31 * 86_400
    /// How far a window reaches back behind the last one. Source: domain facts on TimeModified; two hours cover the
    /// hour that a clock repeats in autumn, and clocks that differ.
    static let overlap: Int64 = 2 * 3_600
    /// How far it reaches to either side where the zone of the QuickBooks machine is not known.
    static let anyZone: Int64 = 24 * 3_600

    /// Why nothing is asked.
    enum Refusal: Error {
        /// The earlier questions are not answered yet.
        case unanswered([String])
        /// Nothing says from when on.
        case needsDate
        /// QuickBooks or Procore does not do that.
        case unsupported(String)
    }

    /// Asks for something.
    /// - Parameters:
    ///   - since: from when on, in seconds since 1970; nil: from where the last answers ended.
    /// - Returns: the names of the documents.
    @discardableResult
    func ask(_ subject: PullSubject, since: Int64?) throws -> [String] {
        if subject == .payments, context.settings.edition == .ca {
            throw Refusal.unsupported(
                "Procore takes payments from US editions of QuickBooks only, and this root is of the Canadian one.")
        }
        if let halt = context.pause ?? context.company.importHalt { throw Refusal.unsupported(halt) }
        let open = try context.books.openPulls(of: subject.rawValue)
        guard open.isEmpty else {
            throw Refusal.unanswered(try open.compactMap { try context.books.document($0.document)?.name })
        }
        let mark = try watermark(of: subject)
        // At 0 it was asked for whole, and that was not answered.
        let start = since ?? (mark == 0 ? nil : mark.map { $0 - Self.overlap })
        if start == nil, !subject.isList { throw Refusal.needsDate }
        if mark == nil { try setWatermark(of: subject, start ?? 0) }
        guard let start, !subject.isList else { return [try put(subject, since: start, until: context.now)] }
        var names: [String] = []
        var from = start
        repeat {
            let until = min(from + Self.longestWindow, context.now)
            names.append(try put(subject, since: from, until: until))
            from = until
        } while from < context.now
        return names
    }

    /// Asks what company file is open, and what its program can do.
    func askCompany() throws {
        try put(.company, since: nil, until: context.now)
    }

    @discardableResult
    private func put(_ subject: PullSubject, since: Int64?, until: Int64) throws -> String {
        let sequence = subject == .company ? context.documents.takeSequence() : try context.takeRequestSequence()
        let requests = queries(subject, since: since, until: until).map { query in
            MessageSet.Request(
                query.message + "Rq", requestID: "\(context.settings.namespace)-pull-\(sequence)-\(query.message)",
                body: query.body)
        }
        for request in requests {
            try context.books.insert(
                LedgerPull(
                    requestID: request.requestID, subject: subject.rawValue, document: sequence, since: since,
                    until: until, askedAt: context.now))
        }
        let document = LedgerDocument(sequence: sequence, outbox: .quickbooks, subject: subject.rawValue)
        let set = MessageSet(version: context.settings.version, onError: .continueOnError, requests: requests)
        try context.send(set, as: document)
        return document.name
    }

    /// The queries of a window, as the clock of the QuickBooks machine reads it.
    func queries(_ subject: PullSubject, since: Int64?, until: Int64) -> [(message: String, body: [UInt8])] {
        let slack = context.settings.companyFile.timeZone == nil ? Self.anyZone : 0
        return subject.queries(since: since.map { time($0 - slack) }, until: time(until + slack))
    }

    /// A moment as the clock of the QuickBooks machine shows it, without offset: filters are read as its local time.
    private func time(_ seconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        var style = Date.ISO8601FormatStyle(timeZone: context.settings.companyFile.timeZone ?? .gmt)
        style = style.year().month().day().time(includingFractionalSeconds: false)
        return date.formatted(style)
    }

    // MARK: - Up to when QuickBooks answered

    private static func fact(_ subject: PullSubject) -> String { "pulled \(subject.rawValue)" }

    /// Up to when QuickBooks answered everything about something; nil: it was never asked.
    func watermark(of subject: PullSubject) throws -> Int64? {
        try context.books.fact(Self.fact(subject)).flatMap { Int64($0) }
    }

    /// Remembers from when on something is of interest.
    func setWatermark(of subject: PullSubject, _ moment: Int64) throws {
        try context.books.setFact(Self.fact(subject), String(moment))
    }

    /// Remembers an answer, and moves the mark on over every window that is answered whole.
    func answered(_ pull: LedgerPull, status: Int) throws {
        try context.books.answer(pull, status: status, file: context.intake ?? 0)
        guard let subject = PullSubject(rawValue: pull.subject), var mark = try watermark(of: subject) else { return }
        // A later page is no window of its own: its query is answered with its last page.
        let pulls = try context.books.pulls(of: pull.subject, beyond: mark).filter { $0.pageOf == nil }
        let windows = Dictionary(grouping: pulls, by: \.document)
        for window in windows.values.sorted(by: { $0[0].until < $1[0].until }) {
            guard window.allSatisfy(\.isDone), window[0].since ?? 0 <= mark else { continue }
            mark = max(mark, window[0].until)
        }
        try setWatermark(of: subject, mark)
    }
}

extension Books {
    /// The subjects whose time to be asked for has come.
    func duePulls(_ intervals: [PullSubject: Int64], now: Int64) throws -> [PullSubject] {
        try PullSubject.chosen.filter { subject in
            guard let interval = intervals[subject] else { return false }
            let last = try lastPull(of: subject.rawValue)
            return try last.map { $0 + interval <= now } ?? true && openPulls(of: subject.rawValue).isEmpty
        }
    }
}
