import Domain
import DropFolder
import Foundation
import Logging
import Procore
import SyncLedger

/// Works for one root: decides which dropped files are complete, takes them, and has them processed.
///
/// It is called from one task only, and does nothing by itself: events and ticks are handed in.
public final class RootWorker {
    /// How often the inbox is looked through although nothing was told, since inotify is never the only source.
    private static let heartbeat = Duration.seconds(60)
    /// How often it is looked whether QuickBooks is to be asked for what is new.
    private static let pullCheck = Duration.seconds(20)
    /// How long a process lives before it takes a file that would be set aside if it ended with that once more.
    private static let youth = Duration.seconds(2)
    /// How often receipts and logs are made durable.
    private static let syncing = Duration.seconds(60)
    /// How often the owner file says that we are alive.
    private static let beat = Duration.seconds(15)

    /// The root.
    public let root: OpenRoot
    private let processor: FileProcessor
    private let clock: WallClock
    private let start = ContinuousClock.now
    private var settler: Settler
    private var nextIntake = 1
    private var needsScan = true
    private var isPolled = false
    private var lastScan = Duration.zero
    private var lastBeat = Duration.seconds(-3_600)
    private var lastSync = Duration.zero
    private var lastPull = Duration.seconds(-3_600)
    /// When what stands in its own way is tried again, and how long after that: soon at first, then once a minute.
    private var nextTry = (at: Duration.zero, pause: Duration.seconds(1))
    /// What was last said of a step that a mistake of ours keeps from being done.
    private var ownFaults: [String: String] = [:]
    /// Whether something is left to be finished: by an earlier process, or since the machine failed us.
    private var needsRecovery = true
    /// When to try again after the machine failed us.
    private var unwellUntil = Duration.zero
    private var failures = 0
    /// What the folders were when last looked at.
    private var look = FolderMarkers.Look()
    /// Set when other folders stand behind the watched paths than before, so that they have to be watched anew.
    public private(set) var isWatchStale = false
    private let logger: Logger?
    /// How often the kernel's queue overflowed.
    public private(set) var overflows = 0

    /// A worker of a root.
    /// - Parameter root: opened, and this worker's alone.
    /// - Parameter clock: what time it is.
    /// - Parameter logger: told what keeps the root from going on, beside the root's own log.
    public init(_ root: OpenRoot, clock: WallClock = .system, logger: Logger? = nil) {
        self.root = root
        self.clock = clock
        self.logger = logger
        processor = FileProcessor(root, clock: clock)
        settler = Settler(settle: root.configuration.settle)
    }

    /// Has files numbered on from those that are known and those that are claimed.
    private func numberFiles() throws {
        let claimed = try root.inbox.claims().map(\.intake).max() ?? 0
        nextIntake = try max(nextIntake, root.ledger.read { try $0.lastIntake() } + 1, claimed + 1)
    }

    private var elapsed: Duration { ContinuousClock.now - start }

    // MARK: - The daemon

    /// Says in the log that the process begins.
    public func begin() {
        log("start")
    }

    /// Says in the log that the process ends.
    public func end() {
        // Where it fails, the next start of the machine has them written again.
        try? processor.syncReceipts()
        log("stop")
    }

    /// Writes to the log; a log that cannot be written stops nothing.
    private func log(_ event: String, level: String = "info", _ fields: [(key: String, value: JSONValue)] = []) {
        try? root.journal.event(event, at: WallClock.text(clock.now()), level: level, fields)
    }

    /// Takes note of what the watcher saw; `inbox` tells this root's number.
    public func note(_ event: WatchEvent, inbox: Int) {
        switch event {
        case .arrived(inbox, let path): settler.arrived(path, at: elapsed)
        case .rescan(inbox): needsScan = true
        case .polling(inbox, let why):
            isPolled = true
            log("polling", level: "warning", [("why", .string(why))])
        case .overflow:
            overflows += 1
            needsScan = true
            log(
                "overflow", level: "warning",
                [
                    ("count", .number(String(overflows))),
                    ("what", .string("More files came than inotify could tell; the inbox is looked through.")),
                ])
        default: break
        }
    }

    /// Does everything that can be done now. What the machine refuses is logged, left as it is, and tried again.
    /// - Throws: `OwnerLock.Owned` when another machine took the root over; then this process must not go on.
    public func work() throws {
        guard elapsed >= unwellUntil else { return }
        do {
            try lookAtFolders()
            if elapsed - lastBeat >= Self.beat {
                try root.lock.beat()
                lastBeat = elapsed
            }
            tryAgain()
            if needsRecovery {
                // An open file stays on a share that went away, even when the share is back.
                if failures > 0 { try root.reopenLogs() }
                try numberFiles()
                guard try processor.recover(isYoung: elapsed < Self.youth) != nil else {
                    unwellUntil = Self.youth
                    return
                }
                needsRecovery = false
                failures = 0
                needsScan = true
            }
            let interval = isPolled ? max(root.configuration.settle, .seconds(1)) : Self.heartbeat
            if elapsed - lastSync >= Self.syncing {
                lastSync = elapsed
                try processor.syncReceipts()
            }
            if needsScan || elapsed - lastScan >= interval { try scan() }
            _ = try takeComplete()
            try processor.tellFaults()
            try step("retry") { _ = try processor.retryDue() }
            try step("command") { try processor.runErrands() }
            if elapsed - lastPull >= Self.pullCheck {
                lastPull = elapsed
                try step("pull") { try processor.pullDue() }
            }
            if look.missing.isEmpty { sayWell() }
        } catch let error as OwnerLock.Owned {
            throw error
        } catch {
            failures += 1
            needsRecovery = true
            // Folders are looked at quickly, and a share that came back should not have to wait.
            let pause = error is FoldersMissing ? 1 : min(30, 1 << min(failures, 5))
            unwellUntil = elapsed + .seconds(pause)
            say(Trouble(error))
        }
    }

    /// Has what stands in its own way tried again, where it is time for that.
    private func tryAgain() {
        guard !root.faults.known.isEmpty else { return nextTry = (.zero, .seconds(1)) }
        guard elapsed >= nextTry.at else { return }
        if nextTry.at > .zero {
            needsScan = true
            if root.faults.holdsTaken { needsRecovery = true }
        }
        nextTry = (elapsed + nextTry.pause, min(nextTry.pause * 2, Self.heartbeat))
    }

    /// Does a step that no file brought. A mistake of ours in it is told once, and stops nothing else.
    /// - Throws: what the machine says.
    private func step(_ name: String, _ body: () throws -> Void) throws {
        do {
            try body()
            ownFaults[name] = nil
        } catch {
            guard case .file = Blame(error) else { throw error }
            let what = "Plumbline met an error of its own (\(name)) and took back what it had begun: \(error)"
            guard ownFaults[name] != what else { return }
            ownFaults[name] = what
            log("fault", level: "error", [("what", .string(what)), ("remedy", .string(Blame.report))])
            logger?.error("\(root.folders.root): \(what) \(Blame.report)")
        }
    }

    /// Looks whether every folder is the one it should be. Where one that only files are dropped into is not, the others
    /// go on; without one of the rest nothing can.
    private func lookAtFolders() throws {
        if let reason = root.restored { throw LedgerRestored(reason: reason) }
        let look = root.markers.look()
        if look != self.look {
            if !self.look.places.isEmpty {
                isWatchStale = true
                needsScan = true
                if self.look.missing != look.missing { needsRecovery = true }
            }
            self.look = look
        }
        let drops = [root.folders.inbox + "/procore", root.folders.inbox + "/quickbooks"]
        guard look.missing.allSatisfy({ drops.contains($0.path) }) else { throw FoldersMissing(folders: look.missing) }
        // Folders of ours may have gone with the share.
        if needsRecovery { try root.markers.makeOurs() }
        if !look.missing.isEmpty { say(Trouble(look.missing)) }
    }

    /// The folders below the inbox that are not what they should be.
    private var absent: Set<RelativePath> {
        Set(look.missing.map { RelativePath(String($0.path.dropFirst(root.folders.inbox.count + 1))) })
    }

    /// Says what keeps the root from going on, once for as long as it lasts.
    private func say(_ trouble: Trouble) {
        guard root.lock.slate.trouble?.what != trouble.what else { return }
        let now = WallClock.text(clock.now())
        root.lock.slate.trouble = OwnerSlate.Trouble(
            what: trouble.what, remedy: trouble.remedy, since: root.lock.slate.trouble?.since ?? now)
        log("trouble", level: "error", [("what", .string(trouble.what)), ("remedy", .string(trouble.remedy))])
        logger?.error("\(root.folders.root): \(trouble.what) \(trouble.remedy)")
    }

    /// Says that all is well again.
    private func sayWell() {
        guard root.lock.slate.trouble != nil else { return }
        root.lock.slate.trouble = nil
        log("recovered")
        logger?.info("\(root.folders.root): all is well again.")
    }

    /// Whoever sets the watches anew says so.
    public func watchIsFresh() {
        isWatchStale = false
    }

    private func scan() throws {
        needsScan = false
        lastScan = elapsed
        let scan = try root.inbox.scan(except: absent)
        _ = try take(scan)
    }

    /// Takes note of what a scan found.
    /// - Returns: how many of it are never opened and were not reported before.
    private func take(_ scan: Inbox.Scan) throws -> Int {
        for path in scan.files { settler.found(path, at: elapsed) }
        root.faults.scanned(scan)
        return try scan.specials.reduce(0) { try $0 + (report($1) ? 1 : 0) }
    }

    private func report(_ special: (path: RelativePath, kind: String)) throws -> Bool {
        let problem = Problem(
            what: "It is \(special.kind), which is never opened.",
            remedy: "Put the file itself in its place, and remove this one from the inbox.")
        let text = Receipt.problemText(file: special.path.shown, problems: [problem])
        do {
            guard try root.archive.report(special.path, problem: text) else { return false }
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            // Where there can be no problem file, the log has to do, and the others go on.
            return false
        }
        log(
            "not a file", level: "warning",
            [("file", .string(special.path.shown)), ("what", .string(problem.what))])
        return true
    }

    /// Takes and processes complete files, in batches, until none is left.
    private func takeComplete() throws -> FileProcessor.Summary {
        var summary = FileProcessor.Summary()
        guard settler.waiting > 0 else { return summary }
        let absent = absent
        var opened = try root.inbox.open()
        let decisions = try settler.decide(at: elapsed) { path in
            // It is found again when its folder is back.
            absent.contains(where: { path.isBelow($0) }) ? nil : try probe(path, in: opened)
        }
        // One ledger transaction and one sync for all that are taken together.
        for start in stride(from: 0, to: decisions.count, by: Inbox.together) {
            var claims: [ClaimedFile] = []
            opened = try root.inbox.open(after: opened)
            // A machine that slept since its last beat must not take what is another's by now.
            try root.lock.confirm()
            for decision in decisions[start..<min(start + Inbox.together, decisions.count)] {
                let path: RelativePath
                switch decision {
                case .complete(let complete), .emptyTooLong(let complete): path = complete
                case .secondName(let linked):
                    if try report((linked, "a file with a second name elsewhere (a hard link)")) {
                        summary.troubled += 1
                    }
                    continue
                }
                if let claim = try claim(path, in: opened) { claims.append(claim) }
            }
            summary.add(try processor.process(claims))
        }
        return summary
    }

    /// What can be told of a file; nil where it is gone, or cannot be looked at and so waits.
    private func probe(_ path: RelativePath, in opened: OpenInbox?) throws -> Probe? {
        do {
            return try root.inbox.probe(path, in: opened)
        } catch let fault as InboxFault {
            root.faults.note(.dropped(path), fault)
            return nil
        }
    }

    /// Takes a file; nil where it is gone, or cannot be taken and so waits.
    private func claim(_ path: RelativePath, in opened: OpenInbox?) throws -> ClaimedFile? {
        do {
            guard let claim = try root.inbox.claim(path, intake: nextIntake, in: opened) else { return nil }
            nextIntake += 1
            root.faults.clear(.dropped(path))
            return claim
        } catch let fault as InboxFault {
            root.faults.note(.dropped(path), fault)
            return nil
        }
    }

    // MARK: - Once

    /// Takes everything that is present and complete, and ends.
    /// - Returns: what was done; the files that were left because somebody still writes to them or they are empty and new;
    ///   and the files and folders that stand in their own way.
    public func once() async throws -> (summary: FileProcessor.Summary, left: [String], faults: [InboxFault]) {
        try root.requireReady()
        try numberFiles()
        var summary = try processor.recover() ?? .init()
        _ = try processor.retryDue()
        try processor.runErrands()
        try processor.pullDue()
        for round in 0..<2 {
            let scan = try root.inbox.scan()
            summary.troubled += try take(scan)
            summary.add(try takeComplete())
            if settler.waiting == 0 { break }
            // Some can only be judged by waiting.
            if round == 0 { try await Task.sleep(for: root.configuration.settle) }
        }
        var left: [String] = []
        for path in try root.inbox.scan().files where root.faults.known[.dropped(path)] == nil {
            guard let probe = try probe(path, in: nil) else { continue }
            let age = clock.now() - probe.changed / 1_000_000_000
            if probe.size == 0, age >= 60, probe.writer != .present,
                let claim = try claim(path, in: nil)
            {
                summary.add(try processor.process([claim]))
            } else {
                left.append(path.shown)
            }
        }
        try processor.tellFaults()
        try processor.syncReceipts()
        return (summary, left, root.faults.objects)
    }
}
