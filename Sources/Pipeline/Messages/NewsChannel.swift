import Domain
import SyncLedger

/// One way of telling people: what it has told, when the next message is due, and the one that is under way.
///
/// What it has told is durable: when a message is tried, before it is given to anybody; what was in it, once it was
/// taken. A process that ends in between leaves a message that is sent once more, and never one that is not sent.
struct NewsChannel {
    /// The ways of telling.
    enum Way: String, Sendable, CaseIterable {
        /// A program of the office's own, which reads JSON.
        case command
        /// A mail, given to sendmail.
        case mail
    }

    let way: Way
    private(set) var told: Told
    /// Whether `told` is in the ledger.
    private var isWritten = true
    /// Whether the ledger is still to be told that a message with failed records was taken.
    private var owesFailures = false
    /// Up to which file the earliest time was looked for, and that time.
    private var looked: (file: Int, earliest: String?)
    /// Since when there is something to tell; nil: there is nothing.
    private var newSince: Int64?
    /// Since when something that was told is over.
    private var gone: [String: Int64] = [:]
    private var underway: Underway?

    /// A message that somebody has been given, and up to where it tells.
    private struct Underway {
        let messenger: Messenger
        let end: (files: Int, documents: Int)
        let lasting: [String]
        let summary: String
    }

    /// What came of a message.
    enum Event: Sendable, Hashable {
        case sent(Way, String)
        case failed(Way, String)
    }

    /// So long after something came up is waited for more, so that what comes together is told together.
    static let gathering: Int64 = 60
    /// So many files pass without news before that is written down.
    private static let unwritten = 1_000

    /// A way of telling goes on where it was, or begins with what comes from now on.
    /// - Throws: what SQLite says.
    init(_ way: Way, _ ledger: Ledger, at now: Int64) throws {
        self.way = way
        let told = try ledger.read { try $0.told(way.rawValue) }
        self.told =
            try told
            ?? ledger.write { books in
                let told = Told(begun: now, files: try books.lastIntake())
                try books.putFailuresInMessage(way.rawValue)
                try books.failuresAreTold(way.rawValue)
                try books.set(told, way.rawValue)
                return told
            }
        looked = (self.told.files, nil)
    }

    // MARK: - What there is

    /// Looks whether there is something to tell.
    /// - Parameters:
    ///   - lasting: what lasts, where the ledger cannot say; it says more where it can.
    ///   - settings: as configured.
    ///   - root: the root.
    ///   - now: seconds since 1970.
    /// - Returns: everything that lasts.
    /// - Throws: what SQLite says; what is handed in counts all the same.
    mutating func look(
        _ lasting: [LastingNews], _ settings: NotifySettings, _ root: OpenRoot, at now: Int64
    ) throws -> [LastingNews] {
        let (channel, told, before) = (way.rawValue, told, looked)
        do {
            try writeIfOwed(root.ledger)
            let found = try root.ledger.read { books in
                let last = try books.lastIntake()
                let next = last > before.file ? try books.earliestFile(after: before.file) : nil
                let earliest = [before.earliest, next].compactMap { $0 }.min()
                let reader = NewsReader(books, root, settings, now: now)
                let start = NewsReader.Start(channel: channel, told: told, earliest: earliest)
                return (
                    looked: (file: last, earliest: earliest), lasting: try reader.lasting(begun: told.begun),
                    hasNews: try reader.hasNews(start), isMended: try books.knowsMendedFailures(channel)
                )
            }
            looked = found.looked
            let all = lasting + found.lasting
            note(all, settings, hasOthers: found.hasNews, at: now)
            if found.isMended { _ = try root.ledger.writeLightly { try $0.forgetMendedFailures(channel) } }
            if newSince == nil { pass() }
            return all
        } catch {
            // What is over cannot be told without the ledger; what is new is.
            if newSince == nil, lasting.contains(where: { told.lasting[$0.name] == nil }) { newSince = now }
            throw error
        }
    }

    /// Takes note of what lasts and what is over, and since when there is something to tell.
    private mutating func note(_ lasting: [LastingNews], _ settings: NotifySettings, hasOthers: Bool, at now: Int64) {
        let names = Set(lasting.map(\.name))
        for name in told.lasting.keys {
            if names.contains(name) {
                gone[name] = nil
            } else if let since = gone[name], now - since >= settings.every {
                // What comes and goes is not told each time.
                told.lasting[name] = nil
                gone[name] = nil
                isWritten = false
            } else if gone[name] == nil {
                gone[name] = now
            }
        }
        let hasNews = hasOthers || names.contains { told.lasting[$0] == nil }
        newSince = hasNews ? newSince ?? now : nil
    }

    /// Nothing is to be told: what comes from here on will be.
    private mutating func pass() {
        guard underway == nil, looked.file > told.files else { return }
        let passed = looked.file - told.files
        told.files = looked.file
        looked.earliest = nil
        if passed >= Self.unwritten { isWritten = false }
    }

    /// Whether a message may be sent now.
    /// - Parameter isHasty: whether nothing more is waited for, since the process is about to end.
    func isDue(_ settings: NotifySettings, isHasty: Bool, at now: Int64) -> Bool {
        guard underway == nil, let newSince else { return false }
        // A clock that was set back does not keep anything from being told.
        func isOver(_ pause: Int64, since: Int64) -> Bool { now - since >= pause || now < since }
        guard isHasty || isOver(Self.gathering, since: newSince) else { return false }
        return told.tried.map { isOver(settings.every, since: $0) } ?? true
    }

    // MARK: - A message

    /// Begins to send what there is.
    /// - Parameters:
    ///   - lasting: what lasts.
    ///   - settings: as configured.
    ///   - root: the root.
    ///   - patience: how long whoever is given the message may take.
    ///   - now: seconds since 1970.
    /// - Throws: what SQLite says, unless the message can do without the ledger.
    mutating func send(
        _ lasting: [LastingNews], _ settings: NotifySettings, _ root: OpenRoot, patience: Duration, at now: Int64
    ) throws {
        let new = lasting.filter { told.lasting[$0.name] == nil }
        var news = News(
            root: root.folders.root, title: "folder \(root.folders.root)", at: now,
            zone: root.configuration.settings.companyFile.timeZone)
        for thing in new { news.add(thing.kind, 1, [thing.item]) }
        let before = told.tried
        told.tried = now
        isWritten = false
        var end = (files: told.files, documents: told.documents)
        do {
            end = try fill(&news, settings, root, at: now)
        } catch let fault as LedgerFault where fault.isOfTheMachine && !new.isEmpty {
            // A full disk is to be told although nothing can be written down.
        }
        guard news.count > 0 else {
            told.tried = before
            isWritten = false
            return
        }
        news.order()
        let (command, message) =
            switch way {
            case .command: (settings.command, news.json)
            case .mail: ([settings.sendmail, "-t", "-i"], NewsMail(news, settings).bytes)
            }
        underway = Underway(
            messenger: Messenger(command, message, patience: patience), end: end, lasting: new.map(\.name),
            summary: news.summary)
    }

    /// Takes what the ledger has into a message, once it is durable that one is tried.
    /// - Returns: up to where it tells.
    private mutating func fill(
        _ news: inout News, _ settings: NotifySettings, _ root: OpenRoot, at now: Int64
    ) throws -> (files: Int, documents: Int) {
        let (channel, told, earliest) = (way.rawValue, told, looked.earliest)
        try root.ledger.write { books in
            try books.putFailuresInMessage(channel)
            try books.set(told, channel)
        }
        isWritten = true
        let begun = news
        let filled = try root.ledger.read { books in
            var news = begun
            let reader = NewsReader(books, root, settings, now: now)
            let start = NewsReader.Start(channel: channel, told: told, earliest: earliest)
            news.title = try StatusPageReader(books: books, root: root, owners: FileOwners()).title()
            try reader.add(start, to: &news)
            return (news: news, end: try reader.end(start))
        }
        news = filled.news
        return filled.end
    }

    /// What came of the message that is under way; nil: it is still, or there is none.
    /// - Parameters:
    ///   - ledger: the root's.
    ///   - isEnd: whether its end is waited for.
    ///   - now: seconds since 1970.
    mutating func finish(_ ledger: Ledger, isEnd: Bool, at now: Int64) -> Event? {
        guard let sent = underway, let fate = isEnd ? sent.messenger.wait() : sent.messenger.fate else { return nil }
        underway = nil
        guard case .sent = fate else {
            if case .failed(let why) = fate { return .failed(way, why) }
            return nil
        }
        told.files = sent.end.files
        told.documents = sent.end.documents
        for name in sent.lasting { told.lasting[name] = now }
        looked = (told.files, nil)
        newSince = nil
        isWritten = false
        owesFailures = true
        return .sent(way, sent.summary)
    }

    /// Writes down what is owed to the ledger; where that fails it stays owed.
    /// - Throws: what SQLite says.
    mutating func writeIfOwed(_ ledger: Ledger) throws {
        guard !isWritten || owesFailures else { return }
        let (channel, told, owes) = (way.rawValue, told, owesFailures)
        try ledger.write { books in
            if owes { try books.failuresAreTold(channel) }
            try books.set(told, channel)
        }
        (isWritten, owesFailures) = (true, false)
    }

    /// Writes down up to where nothing is to be told, at the end of the process.
    /// - Throws: what SQLite says.
    mutating func leave(_ ledger: Ledger) throws {
        isWritten = false
        try writeIfOwed(ledger)
    }
}

extension News {
    /// Puts what is listed into the order of its kinds.
    mutating func order() {
        items = Kind.allCases.flatMap { kind in items.filter { $0.kind == kind } }
    }
}
