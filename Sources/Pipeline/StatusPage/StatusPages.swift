import Domain
import DropFolder
import SyncLedger

/// Keeps the status page of a root: when it is read anew, and when it is written.
///
/// Nothing here changes the ledger, and nothing that goes wrong here stops a root: whoever calls tells of it and goes on.
struct StatusPages {
    private let root: OpenRoot
    private let clock: WallClock
    private var pace = StatusPagePace()
    private var today = StatusPageToday()
    private var owners = FileOwners()
    private var html: StatusPageHTML?
    /// What was last written, and by what it was read.
    private var last: StatusPage?
    private var mark: [Int64] = []
    /// Why the kernel tells nothing of the inbox; nil: it does.
    var polling: String?

    init(_ root: OpenRoot, clock: WallClock) {
        self.root = root
        self.clock = clock
    }

    /// The names of its files, in `outbox/results`.
    static let names = ["status.html", "status.csv", "status.json", "status.totals.csv"]

    /// Writes the page anew, where something has changed and it is time for that.
    /// - Returns: whether it was written.
    /// - Throws: what the ledger or the folder says.
    mutating func writeIfDue(at now: Duration, telling notices: [StatusPage.Notice]) throws -> Bool {
        guard pace.isDue(at: now) else { return false }
        let mark = try currentMark(notices)
        guard mark != self.mark || pace.isLookDue(at: now) else { return false }
        let began = ContinuousClock.now
        defer { pace.looked(at: now, for: ContinuousClock.now - began) }
        var page = try read(.running, notices)
        let written = page.written
        page.written = last?.written ?? 0
        // Once in a while all the same, so that a page that nobody writes any more is known by its time.
        let isDue = page != last || written - page.written >= StatusPagePace.alive
        if isDue {
            page.written = written
            try write(page)
        }
        self.mark = mark
        return isDue
    }

    /// Writes the page now.
    mutating func write(_ life: StatusPage.Life, telling notices: [StatusPage.Notice]) throws {
        try write(try read(life, notices))
    }

    /// What is another one when anything may have changed that the page shows.
    private func currentMark(_ notices: [StatusPage.Notice]) throws -> [Int64] {
        let folders = [root.folders.outboxQuickBooks, root.folders.outboxProcore].map {
            RootFolders.lastChange(in: $0) ?? 0
        }
        let words = StatusPageWords(zone: root.configuration.settings.companyFile.timeZone)
        var hasher = Hasher()
        for notice in notices { hasher.combine(notice.what) }
        hasher.combine(polling)
        hasher.combine(words.startOfDay(clock.now()))
        return try root.ledger.changeMark() + folders + [Int64(hasher.finalize())]
    }

    private mutating func read(_ life: StatusPage.Life, _ notices: [StatusPage.Notice]) throws -> StatusPage {
        let configuration = root.configuration
        let words = StatusPageWords(zone: configuration.settings.companyFile.timeZone)
        let now = clock.now()
        var page = StatusPage(
            written: now, life: life, zone: words.zone, notices: notices,
            folders: StatusPageWords.folders(root.folders, life, polling: polling))
        try root.ledger.read { books in
            try today.readOn(from: words.startOfDay(now), books)
            if let halt = try CompanyCheck(books: books).halt() {
                page.notices.append(
                    .init(
                        what: "Nothing goes to QuickBooks: \(halt)", remedy: "The rest goes on meanwhile.", since: nil))
            }
            let counts = try books.stuckCounts()
            var reader = StatusPageReader(books: books, root: root, owners: owners)
            page.title = try reader.title()
            let failed = try reader.failed(counts[.failed, default: [:]])
            let waiting = try reader.waiting(counts[.held, default: [:]])
            let (underway, review) = try reader.underway()
            let undone = try reader.undone(counts[.undone, default: [:]])
            let home = try today.home(books)
            let files = try today.files(books, &reader.owners, root)
            owners = reader.owners
            page.totals = try StatusPageTotals(books, today: words.day(now), after: today.file)
            page.sections =
                [failed] + [review].filter { $0.count > 0 } + [waiting, underway] + [undone].filter { $0.count > 0 }
                + [page.totals.section, home, files]
            let inOutbox = (try? root.outbox(.quickbooks).publishedCount()) ?? 0
            page.carriers = words.carriers(
                try WebConnectorStatus(
                    books, now: now, interval: configuration.webConnector.interval, waiting: inOutbox),
                try ProcoreStatus(books, configuration, outbox: root.outbox(.procore), now: now),
                lastAnswer: try books.lastAnswer())
        }
        return page
    }

    private mutating func write(_ page: StatusPage) throws {
        let html = try self.html ?? StatusPageHTML()
        self.html = html
        let files = [html.render(page), page.csv, page.json, page.totals.csv]
        // Where another machine has the root by now, it writes the page.
        try root.lock.confirm()
        try root.markers.write(
            zip(Self.names, files).map { (path: $0, bytes: $1) }, into: root.folders.results)
        last = page
    }
}

/// How often the status page is read and written: at most every 2 s, and for at most a hundredth of the time, so that a
/// bulk of files is not held up however much the page has to tell.
struct StatusPagePace {
    /// After so many seconds it is written although nothing has changed.
    static let alive: Int64 = 600
    private static let shortest = Duration.seconds(2)
    /// So often it is read although nothing tells of a change: some things change by the clock, or in folders.
    private static let look = Duration.seconds(60)
    private static let share = 100

    private var next = Duration.zero
    private var lastLook = Duration.zero - look

    /// Whether it may be read.
    func isDue(at now: Duration) -> Bool { now >= next }

    /// Whether it is read although nothing tells of a change.
    func isLookDue(at now: Duration) -> Bool { now - lastLook >= Self.look }

    /// It was read, and written if it had changed.
    mutating func looked(at now: Duration, for cost: Duration) {
        lastLook = now
        next = now + max(Self.shortest, cost * Self.share)
    }
}
