import Domain
import DropFolder
import SyncLedger

/// Reads what there is to be told, with the readers of the status page.
struct NewsReader {
    private let books: Books
    private let root: OpenRoot
    private let settings: NotifySettings
    private let now: Int64

    /// So many files and folders that cannot be taken are told of at most.
    private static let waiting = 1_000
    /// So many rejected files are counted in a message at most.
    private static let rejected = 1_000

    init(_ books: Books, _ root: OpenRoot, _ settings: NotifySettings, now: Int64) {
        self.books = books
        self.root = root
        self.settings = settings
        self.now = now
    }

    /// Where what is told begins.
    struct Start {
        /// The way of telling, as the ledger knows it.
        var channel: String
        var told: Told
        /// When the first of the files was taken that were not told, UTC; nil: there is none.
        var earliest: String?
    }

    /// Documents that were written then or before, and have no answer, are told of; nil: none are.
    private var limit: Int64? { settings.unanswered.map { now - $0 } }

    // MARK: - Whether there is any

    /// Whether anything came up but what lasts.
    func hasNews(_ start: Start) throws -> Bool {
        if try books.hasUntoldFailures(start.channel) { return true }
        if let earliest = start.earliest {
            if try !books.newRefusalCounts(after: start.told.files, since: earliest).isEmpty { return true }
            if try !rejectedFiles(start, limit: Self.rejected).isEmpty { return true }
        }
        guard let limit else { return false }
        return try books.unansweredCount(after: start.told.documents, writtenBy: limit).count > 0
    }

    /// Those that stand there yet: one that was mended, taken again or thrown away is not news any more.
    private func rejectedFiles(_ start: Start, limit: Int) throws -> [LedgerFile] {
        try books.rejectedFiles(after: start.told.files, limit: limit)
            .filter { $0.filedAs == nil || root.folders.isInInbox($0.filedAs) }
    }

    // MARK: - What it is

    /// Adds what came up but what lasts. The failed records are those that the ledger has in the message.
    func add(_ start: Start, to news: inout News) throws {
        var reader = StatusPageReader(books: books, root: root, owners: FileOwners())
        func room() -> Int { max(News.least, News.listed - news.items.count) }
        let failures = try books.failuresInMessage(start.channel)
        for entity in StatusPage.kinds {
            guard let count = failures[entity] else { continue }
            let records = try books.failuresInMessage(start.channel, entity, limit: room())
            news.add(.failed, count, try records.map { try reader.failedItem($0) })
        }
        if let earliest = start.earliest {
            let files = try rejectedFiles(start, limit: Self.rejected)
            news.add(.rejected, files.count, try files.prefix(room()).map { try reader.rejectedItem($0) })
            let counts = try books.newRefusalCounts(after: start.told.files, since: earliest)
            let refused = try books.newRefusals(after: start.told.files, since: earliest, limit: room())
            news.add(.refused, counts.values.reduce(0, +), try refused.map { try reader.refusedItem($0) })
        }
        guard let limit else { return }
        let count = try books.unansweredCount(after: start.told.documents, writtenBy: limit).count
        let open = try books.unanswered(after: start.told.documents, writtenBy: limit, limit: room())
        news.add(.unanswered, count, open.map { reader.unansweredItem($0) })
    }

    /// Up to what the message tells: so much is told once it was sent.
    func end(_ start: Start) throws -> (files: Int, documents: Int) {
        let last = try limit.map { try books.unansweredCount(after: start.told.documents, writtenBy: $0).last } ?? 0
        return (try books.lastIntake(), max(start.told.documents, last))
    }

    // MARK: - What lasts

    /// Everything that lasts at this moment.
    /// - Parameter begun: since when anything is told, seconds since 1970.
    func lasting(begun: Int64) throws -> [LastingNews] {
        var lasting: [LastingNews] = []
        if let halt = try CompanyCheck(books: books).halt() {
            lasting.append(
                LastingNews(
                    "halt \(halt)", .trouble,
                    StatusPage.Item(
                        record: "QuickBooks", state: "trouble", what: "Nothing goes to QuickBooks: \(halt)",
                        remedy: "The rest goes on meanwhile.")))
        }
        for (fault, files) in try books.faultyObjects(limit: Self.waiting) {
            lasting.append(
                LastingNews("waits \(fault.object.shown) \(fault.what)", .waiting, StatusPage.Item(fault, files: files))
            )
        }
        if let absence = try ConnectorAbsence(books, interval: root.configuration.webConnector.interval, now: now) {
            lasting.append(
                LastingNews(
                    "connector \(absence.since)", .silent,
                    StatusPage.Item(
                        record: "QuickBooks Web Connector", state: "silent", what: absence.what, remedy: absence.remedy,
                        who: "whoever may use the machine that QuickBooks runs on",
                        since: WallClock.text(absence.since))))
        }
        return try lasting + procore(begun: begun)
    }

    /// What lasts between the folders and Procore's API.
    private func procore(begun: Int64) throws -> [LastingNews] {
        let status = try ProcoreStatus(books, root.configuration, outbox: root.outbox(.procore), now: now)
        guard status.isConfigured else { return [] }
        var lasting: [LastingNews] = []
        // One that never asked has time for it first.
        let isLate = now - (status.asked ?? begun) > 2 * status.interval
        if let trouble = status.trouble {
            lasting.append(
                LastingNews(
                    "procore \(trouble.what)", .silent,
                    StatusPage.Item(
                        record: "plumbline procore", state: "trouble", what: trouble.what,
                        who: "the administrator of Plumbline", since: WallClock.text(trouble.at))))
        } else if isLate {
            lasting.append(
                LastingNews(
                    "procore late \(status.asked ?? 0)", .silent,
                    StatusPage.Item(
                        record: "plumbline procore", state: "silent",
                        what: status.asked == nil
                            ? "Procore has not been asked yet, for longer than twice procore.interval."
                            : "Procore was not asked for longer than twice procore.interval.",
                        remedy: "See that plumbline procore runs.", who: "the administrator of Plumbline",
                        since: status.asked.map(WallClock.text))))
        }
        guard let limit else { return lasting }
        for (note, word) in status.waits.map({ ($0, "document") }) + status.unfetched.map({ ($0, "list") })
        where note.at <= limit {
            lasting.append(
                LastingNews(
                    "procore \(word) \(note.object) \(note.at)", .unanswered,
                    StatusPage.Item(
                        record: "\(word) \(note.object) of Procore's", state: "unanswered", what: note.what,
                        since: WallClock.text(note.at))))
        }
        return lasting
    }
}

extension StatusPage.Notice {
    /// What keeps everything from going on, as something that lasts.
    var asNews: LastingNews {
        LastingNews(
            "notice \(what)", .trouble,
            StatusPage.Item(
                record: "the root", state: "trouble", what: what, remedy: remedy,
                who: StatusPageWords.who(can: remedy), since: since))
    }
}
