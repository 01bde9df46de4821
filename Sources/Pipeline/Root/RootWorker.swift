import DropFolder
import Logging
import SyncLedger

/// Works for one root: decides which dropped files are complete, takes them, and has them processed.
///
/// It is called from one task only, and does nothing by itself: events and ticks are handed in. What waits is `Schedule`
/// and `WaitingFiles`; what is in hand, `Claims` and the `FileProcessor`; what is told, `RootReports`.
public final class RootWorker {
    /// The root.
    public let root: OpenRoot
    /// How often the kernel's queue overflowed.
    public private(set) var overflows = 0
    private let processor: FileProcessor
    private let clock: WallClock
    private let start = ContinuousClock.now
    private var schedule: Schedule
    private var waiting: WaitingFiles
    private var claims: Claims
    private var folders: WatchedFolders
    private(set) var reports: RootReports
    private var behind: BehindFiles

    /// What is done behind files.
    private struct BehindFiles {
        var pages: StatusPages
        var reviews = ReviewWatch()
        var pruning: PruneWork
    }

    /// A worker of a root.
    /// - Parameter root: opened, and this worker's alone.
    /// - Parameter clock: what time it is.
    /// - Parameter logger: told what keeps the root from going on, beside the root's own log.
    public init(_ root: OpenRoot, clock: WallClock = .system, logger: Logger? = nil) {
        self.root = root
        self.clock = clock
        processor = FileProcessor(root, clock: clock)
        schedule = Schedule(settle: root.configuration.settle)
        waiting = WaitingFiles(root)
        claims = Claims(root)
        folders = WatchedFolders(root)
        reports = RootReports(root, clock: clock, logger: logger)
        behind = BehindFiles(
            pages: StatusPages(root, clock: clock), pruning: PruneWork(root, clock: clock))
    }

    private var elapsed: Duration { ContinuousClock.now - start }

    // MARK: - The daemon

    /// Says in the log that the process begins.
    public func begin() {
        reports.log("start")
        reports.beginTelling()
    }

    /// Says in the log that the process ends.
    public func end() {
        reports.endTelling()
        writePage(.stopped)
        // Where it fails, the next start of the machine has them written again.
        try? processor.syncReceipts()
        reports.log("stop")
    }

    /// Reads the configuration again. What follows from a new one is done as at a start: what is left is finished, folders
    /// are made, the inbox is looked through. One that cannot be taken is told, and the one before counts.
    public func readConfigurationAgain() {
        do {
            let isOther = try root.readConfigurationAgain()
            reports.configurationIsRead(isOther: isOther)
            guard isOther else { return }
        } catch {
            return reports.configurationIsRefused("\(error)")
        }
        reports.beginTelling()
        schedule.settle(root.configuration.settle)
        waiting = WaitingFiles(root)
        schedule.askForScan()
        schedule.askForRecovery()
    }

    /// Set when other folders stand behind the watched paths than before, so that they have to be watched anew.
    public var isWatchStale: Bool { folders.isWatchStale }

    /// Whether the next round is to begin at once, since somebody waits for a prune.
    public var hasMore: Bool { schedule.isAwake(at: elapsed) && behind.pruning.state == .more }

    /// Whoever sets the watches anew says so.
    public func watchIsFresh() {
        folders.watchIsFresh()
    }

    /// Takes note of what the watcher saw; `inbox` tells this root's number.
    public func receive(_ event: WatchEvent, inbox: Int) {
        switch event {
        case .arrived(inbox, let path): waiting.arrived(path, at: elapsed)
        case .rescan(inbox): schedule.askForScan()
        case .polling(inbox, let why):
            schedule.poll()
            behind.pages.polling = why
            reports.polling(why: why)
        case .overflow:
            overflows += 1
            schedule.askForScan()
            reports.overflow(overflows)
        default: break
        }
    }

    /// Does everything that can be done now. What the machine refuses is logged, left as it is, and tried again.
    /// - Throws: `OwnerLock.Owned` when another machine took the root over; then this process must not go on.
    public func runRound() throws {
        guard schedule.isAwake(at: elapsed) else { return }
        do throws(RoundEnd) {
            try step(.folders) { try checkFolders() }
            try step(.heartbeat) { try beat() }
            schedule.tryAgain(
                waits: !root.faults.known.isEmpty, holdsTaken: root.faults.holdsTaken, at: elapsed)
            try step(.recovery) { try recover() }
            guard !schedule.needsRecovery else { return }
            try step(.receipts) { try syncReceipts() }
            try step(.pause) { try followPauseFile() }
            try step(.decisions) { _ = try tendReviews() }
            try step(.scan) { try scan() }
            var isBusy = false
            try step(.files) { isBusy = try takeComplete().files > 0 }
            try step(.faults) { try processor.announceFaults() }
            try step(.retry) { _ = try processor.retryDue() }
            try step(.command) { try processor.runCommands() }
            try step(.review) { _ = try tendReviews() }
            // What is told of a pull is told again only once another one was due.
            if schedule.pulls.isDue(at: elapsed) { try step(.pull) { try pull() } }
            if schedule.connectorChecks.isDue(at: elapsed) { try step(.connector) { try lookForConnector() } }
            if schedule.telling.isDue(at: elapsed, isBusy: isBusy) { try step(.telling) { try tell(isBusy: isBusy) } }
            try step(.prune) { try behind.pruning.goOn(isBusy: isBusy) }
            if folders.missing.isEmpty, !waiting.holdRefused { reports.machineIsWell() }
            try step(.news) { try reports.tellPeople(at: elapsed) }
            writePage()
        } catch {
            switch error {
            case .ownerLost(let owned): throw owned
            case .paused(let fault, let isShort):
                schedule.pause(isShort: isShort, at: elapsed)
                // Where it cannot be closed, the next round says what it meets.
                if fault.isAboutLocks { try? root.ledger.openAnew() }
                reports.machineFault(fault)
                // What keeps people from being told is that fault, or is told the next time.
                try? reports.tellPeople(at: elapsed)
                writePage()
            }
        }
    }

    /// Writes the status page, where it is time for that or `life` says that the process ends. It is for people, and
    /// whatever keeps it from being written stops nothing.
    private func writePage(_ life: StatusPage.Life = .running) {
        do {
            if life == .running {
                guard try behind.pages.writeIfDue(at: elapsed, telling: reports.notices) else { return }
            } else {
                try behind.pages.write(life, telling: reports.notices)
            }
            reports.pageIsWell()
        } catch {
            reports.pageFault(error)
        }
    }

    /// Does a step of a round, and decides what becomes of the round where it throws.
    private func step(_ step: RoundStep, _ body: () throws -> Void) throws(RoundEnd) {
        do {
            try body()
            reports.done(step)
        } catch {
            switch RoundFate(error, in: step) {
            case .goesOn(let what): reports.ownFault(what, in: step)
            case .ends(let end): throw end
            }
        }
    }

    // MARK: - Steps

    /// Looks whether every folder is the one it should be. Where one that only files are dropped into is not, the others
    /// go on; without one of the rest nothing can.
    private func checkFolders() throws {
        if let reason = root.restored { throw LedgerRestored(reason: reason) }
        if case .folders(let missing) = folders.check() {
            schedule.askForScan()
            if missing { schedule.askForRecovery() }
        }
        try folders.requireOurs()
        // Folders of ours may have gone with the share.
        if schedule.needsRecovery {
            try root.markers.makeOurs()
            try root.makeReviewFolders()
        }
        if !folders.missing.isEmpty { reports.machineFault(MachineFault(folders.missing)) }
    }

    private func beat() throws {
        guard schedule.heartbeats.isDue(at: elapsed) else { return }
        try root.lock.beat()
        schedule.heartbeats.done(at: elapsed)
    }

    /// Finishes what is left; where a file has to wait until this process is older, it stays left.
    private func recover() throws {
        guard schedule.needsRecovery else { return }
        // An open file stays on a share that went away, even when the share is back.
        if schedule.failures > 0 { try root.reopenLogs() }
        try claims.numberOn()
        guard try processor.recover(isYoung: schedule.isYoung(at: elapsed)) != nil else {
            return schedule.waitForAge()
        }
        schedule.recovered()
    }

    private func syncReceipts() throws {
        guard schedule.syncs.isDue(at: elapsed) else { return }
        schedule.syncs.done(at: elapsed)
        try processor.syncReceipts()
    }

    /// Ahead of the files of a round: what is dropped after the file `PAUSE` is not sent.
    private func followPauseFile() throws {
        guard root.configuration.shareCommands.contains(.pause) else { return }
        try processor.follow(pauseFileOf: PauseFile(root.folders).owner())
    }

    /// Tells people of some receipts; where nothing else is to be done, for a while.
    private func tell(isBusy: Bool) throws {
        let begin = elapsed
        defer { schedule.telling.done(in: elapsed - begin, at: elapsed) }
        while try processor.tellReceipts(), !isBusy, elapsed - begin < Schedule.Telling.longest {}
    }

    /// Looks after what waits for a person's word. A folder there that cannot be used is told, and stops nothing else.
    /// - Returns: whether pages are left to be written.
    private func tendReviews() throws -> Bool {
        do {
            let isMore = try processor.tendReviews(&behind.reviews, at: elapsed)
            reports.reviewFault(nil)
            return isMore
        } catch let fault as ReviewFault {
            reports.reviewFault(MachineFault(fault.error))
            return false
        }
    }

    private func pull() throws {
        schedule.pulls.done(at: elapsed)
        try processor.pullDue()
    }

    private func lookForConnector() throws {
        schedule.connectorChecks.done(at: elapsed)
        let interval = root.configuration.webConnector.interval
        reports.connector(
            try root.ledger.read { try ConnectorAbsence($0, interval: interval, now: clock.now()) })
    }

    private func scan() throws {
        guard schedule.isScanDue(at: elapsed) else { return }
        schedule.scanned(at: elapsed)
        _ = try take(root.inbox.scan(except: folders.absent))
    }

    /// Takes note of what a scan found.
    /// - Returns: how many of it are never opened and were not reported before.
    private func take(_ scan: Inbox.Scan) throws -> Int {
        waiting.found(scan.files, at: elapsed)
        root.faults.scanned(scan)
        return try scan.specials.reduce(0) { try $0 + (reports.special($1.path, $1.kind) ? 1 : 0) }
    }

    /// Takes and processes complete files, in batches, until none is left.
    private func takeComplete() throws -> FileProcessor.Summary {
        var summary = FileProcessor.Summary()
        guard !waiting.isEmpty else { return summary }
        let absent = folders.absent
        var opened = try root.inbox.open()
        let decisions = try waiting.decide(at: elapsed, in: opened, except: absent)
        // One ledger transaction and one sync for all that are taken together.
        for start in stride(from: 0, to: decisions.count, by: Inbox.together) {
            var taken: [ClaimedFile] = []
            waiting.areRefused = true
            // What was looked at is taken from where it was seen; later ones from what stands there then.
            if start > 0 { opened = try root.inbox.open() }
            // A machine that slept since its last beat must not take what is another's by now.
            try root.lock.confirm()
            for decision in decisions[start..<min(start + Inbox.together, decisions.count)] {
                switch decision {
                case .complete(let path), .emptyTooLong(let path):
                    if let claim = try claims.claim(path, in: opened) { taken.append(claim) }
                case .secondName(let path):
                    if try reports.special(path, "a file with a second name elsewhere (a hard link)") {
                        summary.withProblems += 1
                    }
                }
            }
            waiting.areRefused = false
            summary.add(try processor.process(taken))
        }
        return summary
    }

    // MARK: - Once

    /// Takes everything that is present and complete, and ends.
    /// - Returns: what was done; the files that were left because somebody still writes to them or they are empty and new;
    ///   and the files and folders that stand in their own way.
    public func once() async throws -> (summary: FileProcessor.Summary, left: [String], faults: [InboxFault]) {
        try root.requireReady()
        reports.beginTelling()
        try claims.numberOn()
        var summary = try processor.recover() ?? .init()
        try followPauseFile()
        _ = try tendReviews()
        _ = try processor.retryDue()
        try processor.runCommands()
        try processor.pullDue()
        for round in 0..<2 {
            summary.withProblems += try take(root.inbox.scan())
            summary.add(try takeComplete())
            if waiting.isEmpty { break }
            // Some can only be judged by waiting.
            if round == 0 { try await Task.sleep(for: root.configuration.settle) }
        }
        let left = try takeOldEmptyFiles(&summary)
        while try tendReviews() {}
        try processor.announceFaults()
        while try processor.tellReceipts() {}
        reports.tellPeopleAtOnce(at: elapsed)
        writePage(.once)
        try processor.syncReceipts()
        return (summary, left, root.faults.objects)
    }

    /// Takes the files that have been empty for a minute, by their own times.
    /// - Returns: all others that are left.
    private func takeOldEmptyFiles(_ summary: inout FileProcessor.Summary) throws -> [String] {
        var left: [String] = []
        for path in try root.inbox.scan().files where root.faults.known[.dropped(path)] == nil {
            guard let probe = try waiting.probe(path) else { continue }
            let age = clock.now() - probe.changed / 1_000_000_000
            if probe.size == 0, age >= 60, probe.writer != .present, let claim = try claims.claim(path, in: nil) {
                summary.add(try processor.process([claim]))
            } else {
                left.append(path.shown)
            }
        }
        return left
    }
}
