import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// Works for one root: decides which dropped files are complete, takes them, and has them processed.
///
/// It is called from one task only, and does nothing by itself: events and ticks are handed in.
public final class RootWorker {
    /// Files taken together at the most: one ledger transaction and one sync for all of them.
    private static let batch = 64
    /// How often the inbox is looked through although nothing was told, since inotify is never the only source.
    private static let heartbeat = Duration.seconds(60)
    /// How often it is looked whether QuickBooks is to be asked for what is new.
    private static let pullCheck = Duration.seconds(20)
    /// How often the owner file says that we are alive.
    private static let beat = Duration.seconds(15)

    /// The root.
    public let root: OpenRoot
    private let processor: FileProcessor
    private let clock: WallClock
    private let start = ContinuousClock.now
    private var settler: Settler
    private var nextIntake: Int
    private var needsScan = true
    private var isPolled = false
    private var lastScan = Duration.zero
    private var lastBeat = Duration.zero
    private var lastPull = Duration.seconds(-3_600)
    /// Whether something is left to be finished: by an earlier process, or since the machine failed us.
    private var needsRecovery = true
    /// When to try again after the machine failed us.
    private var unwellUntil = Duration.zero
    private var failures = 0
    /// How often the kernel's queue overflowed.
    public private(set) var overflows = 0

    /// A worker of a root.
    public init(_ root: OpenRoot, clock: WallClock = .system) throws {
        self.root = root
        self.clock = clock
        processor = FileProcessor(root, clock: clock)
        settler = Settler(settle: root.configuration.settle)
        let claimed = try root.inbox.claims().map(\.intake).max() ?? 0
        nextIntake = try max(root.ledger.read { try $0.lastIntake() }, claimed) + 1
    }

    private var elapsed: Duration { ContinuousClock.now - start }

    // MARK: - The daemon

    /// Says in the log that the process begins.
    public func begin() {
        log("start")
    }

    /// Says in the log that the process ends.
    public func end() {
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
            if elapsed - lastBeat >= Self.beat {
                try root.lock.beat()
                lastBeat = elapsed
            }
            if needsRecovery {
                _ = try processor.recover()
                needsRecovery = false
                if failures > 0 { log("recovered") }
                failures = 0
                needsScan = true
            }
            let interval = isPolled ? max(root.configuration.settle, .seconds(1)) : Self.heartbeat
            if needsScan || elapsed - lastScan >= interval { try scan() }
            _ = try takeComplete()
            _ = try processor.retryDue()
            try processor.runErrands()
            if elapsed - lastPull >= Self.pullCheck {
                lastPull = elapsed
                try processor.pullDue()
            }
        } catch let error as OwnerLock.Owned {
            throw error
        } catch {
            failures += 1
            needsRecovery = true
            unwellUntil = elapsed + .seconds(min(30, 1 << min(failures, 5)))
            log(
                "trouble", level: "error",
                [
                    ("what", .string("\(error)")),
                    ("remedy", .string("Nothing is lost: it goes on by itself once the machine can.")),
                ])
        }
    }

    private func scan() throws {
        needsScan = false
        lastScan = elapsed
        let scan = try root.inbox.scan()
        for path in scan.files { settler.found(path, at: elapsed) }
        for special in scan.specials { _ = try report(special) }
    }

    private func report(_ special: (path: RelativePath, kind: String)) throws -> Bool {
        let problem = Problem(
            what: "It is \(special.kind), which is never opened.",
            remedy: "Put the file itself in its place, and remove this one from the inbox.")
        let text = Receipt.problemText(file: special.path.shown, problems: [problem])
        guard try root.archive.report(special.path, problem: text) else { return false }
        log(
            "not a file", level: "warning",
            [("file", .string(special.path.shown)), ("what", .string(problem.what))])
        return true
    }

    /// Takes and processes complete files, in batches, until none is left.
    private func takeComplete() throws -> FileProcessor.Summary {
        var summary = FileProcessor.Summary()
        guard settler.waiting > 0 else { return summary }
        let decisions = try settler.decide(at: elapsed) { try root.inbox.probe($0) }
        for start in stride(from: 0, to: decisions.count, by: Self.batch) {
            var claims: [ClaimedFile] = []
            for decision in decisions[start..<min(start + Self.batch, decisions.count)] {
                let path =
                    switch decision {
                    case .complete(let path), .emptyTooLong(let path): path
                    }
                if let claim = try root.inbox.claim(path, intake: nextIntake) {
                    claims.append(claim)
                    nextIntake += 1
                }
            }
            summary.add(try processor.process(claims))
        }
        return summary
    }

    // MARK: - Once

    /// Takes everything that is present and complete, and ends.
    /// - Returns: what was done, and the files that were left because somebody still writes to them or they are
    ///   empty and new.
    public func once() async throws -> (summary: FileProcessor.Summary, left: [String]) {
        var summary = try processor.recover()
        _ = try processor.retryDue()
        try processor.runErrands()
        try processor.pullDue()
        for round in 0..<2 {
            let scan = try root.inbox.scan()
            for special in scan.specials where try report(special) { summary.troubled += 1 }
            for path in scan.files { settler.found(path, at: elapsed) }
            summary.add(try takeComplete())
            if settler.waiting == 0 { break }
            // Some can only be judged by waiting.
            if round == 0 { try await Task.sleep(for: root.configuration.settle) }
        }
        var left: [String] = []
        for path in try root.inbox.scan().files {
            guard let probe = try root.inbox.probe(path) else { continue }
            let age = clock.now() - probe.changed / 1_000_000_000
            if probe.size == 0, age >= 60, probe.writer != .present,
                let claim = try root.inbox.claim(path, intake: nextIntake)
            {
                nextIntake += 1
                summary.add(try processor.process([claim]))
            } else {
                left.append(path.shown)
            }
        }
        return (summary, left)
    }
}
