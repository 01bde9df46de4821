import Converters
import Domain
import DropFolder
import Foundation
import SyncLedger

/// Takes out of a root what is old and not needed any more: `plumbline prune`.
public struct Prune: Sendable {
    private let root: String
    private let day: String
    private let clock: WallClock

    /// The prune of a root.
    /// - Parameters:
    ///   - path: the company's folder.
    ///   - day: what is from before it goes, as `2024-01-01`.
    ///   - clock: what time it is.
    public init(root path: String, before day: String, clock: WallClock = .system) {
        root = URL(fileURLWithPath: path).path
        self.day = day
        self.clock = clock
    }

    /// Days later than this many days ago are only meant by somebody who says so. A limit of ours.
    private static let least: Int64 = 30

    /// Whether the day is so late that what is still on its way may be meant by mistake.
    /// - Throws: a `Problem` where it is no day; a `ConfigurationError`.
    public func isLate() throws -> Bool {
        let settings = try Configuration.load(root: root).settings
        let moment = try PruneDay(day, zone: settings.companyFile.timeZone ?? .gmt).moment
        return moment > clock.now() - Self.least * 86_400
    }

    // MARK: - Tried

    /// Finds out what would go and what would stay, beside the process that serves the root; nothing is changed.
    /// - Throws: a `Problem`, a `ConfigurationError`, or what the machine says.
    public func preview() throws -> PruneReport {
        let configuration = try Configuration.load(root: root)
        let settings = configuration.settings
        let path = OpenRoot.ledgerPath(configuration, root: root)
        var prune = try PruneDay(day, zone: settings.companyFile.timeZone ?? .gmt)
            .prune(id: 0, archive: nil, isSlow: false)
        guard FileManager.default.fileExists(atPath: path) else { return PruneReport(prune, isDry: true) }
        let ledger = try RootBeginning.ledgerToRead(path)
        let folders = RootFolders(root: root)
        guard let markers = try RootMarks(folders, ledger).known() else { return PruneReport(prune, isDry: true) }
        let missing = markers.snapshot().missing
        guard missing.isEmpty else { throw FoldersMissing(folders: missing) }
        var share = PruneShare(folders, markers, ledger, settings)
        let standing = try share.standing()
        let rejected = try share.rejectedThatStand(prune)
        let size = try ledger.space().size
        prune.counts.ledger = .init(size)
        let kept = try ledger.read { books in
            try books.makePruneScratch()
            prune.bounds = try books.bounds(of: prune)
            while prune.stage <= .related {
                prune.follow(try books.weigh(prune, most: Self.piece, standing: standing, rejected: rejected))
            }
            try Self.count(&prune, books, &share)
            return try books.keptCounts()
        }
        return PruneReport(prune, kept: kept, isDry: true)
    }

    /// So many rows are looked at together where nobody waits for the ledger.
    private static let piece = 5_000

    private static func count(_ prune: inout LedgerPrune, _ books: Books, _ share: inout PruneShare) throws {
        var last: Int64 = 0
        while let piece = try books.pruneEvents(after: last, most: piece, prune, isTaken: false) {
            last = piece.end
            prune.counts.events += piece.count
        }
        last = 0
        while let piece = try books.pruneDocuments(after: last, most: piece, prune, isTaken: false) {
            last = piece.end
            prune.counts.documents += piece.count
            prune.counts.documentBytes += piece.bytes
        }
        last = 0
        while let piece = try books.filesToPrune(after: last, most: 500, prune) {
            last = piece.end
            prune.counts.files += piece.files.count
            for there in try piece.files.flatMap({ try share.there(of: $0) }) {
                prune.counts.shareFiles += 1
                prune.counts.shareBytes += there.size
            }
        }
        let rejects = try share.rejectsThere(prune, books)
        let collected = try share.collected(prune, isTaken: false, books).compactMap {
            try share.size($0.path, $0.base)
        }
        prune.counts.shareFiles += rejects.count + collected.count
        prune.counts.shareBytes += (rejects.map(\.size) + collected).reduce(0, +)
        let rest = try books.pruneRest(prune, most: .max, isTaken: false)
        prune.counts.pulls = rest.pulls
        prune.counts.commands = rest.commands
    }

    // MARK: - Done

    /// Takes it out, and waits until that has ended: the process that serves the root does it, else this one.
    /// - Parameter archive: where what goes is packed first; nil: nowhere.
    /// - Throws: a `Problem`, `OwnerLock.Owned` where another machine owns the root, or what the machine says.
    public func run(archive: String?) async throws -> PruneReport {
        let zone = try Configuration.load(root: root).settings.companyFile.timeZone ?? .gmt
        _ = try PruneDay(day, zone: zone)
        let command = QueuedCommand.prune(before: day, archive: archive.map { URL(fileURLWithPath: $0).path })
        while true {
            let owner: OwnerLock.Owned
            do {
                let open = try OpenRoot(path: root)
                defer { open.close() }
                return try await run(command, open)
            } catch let owned as OwnerLock.Owned where owned.isHere {
                owner = owned
            }
            guard let outcome = try await CommandQueue(root: root).leave(command, for: owner) else { continue }
            try Self.refuse(outcome)
            return try await waitForOwner()
        }
    }

    /// Waits until whoever serves the root is done with it.
    private func waitForOwner() async throws -> PruneReport {
        let path = OpenRoot.ledgerPath(try Configuration.load(root: root), root: root)
        let ledger = try Ledger(readingFrom: path)
        while true {
            if let prune = try ledger.read({ try $0.prune() }), prune.stage == .ended {
                let space = try ledger.space()
                let note = space.isIncremental ? nil : Self.staysLarge(space)
                return PruneReport(prune, notes: [note].compactMap { $0 })
            }
            try await Task.sleep(for: .milliseconds(200))
            guard OwnerLock.heartbeat(ofOwnerOf: path) != nil else {
                throw Problem(
                    what: "The process that serves the root ended before the prune did.",
                    remedy:
                        "Nothing is lost: it goes on with the next start of plumbline run, or when the command is given "
                        + "again.")
            }
        }
    }

    private func run(_ command: QueuedCommand, _ open: OpenRoot) async throws -> PruneReport {
        try open.requireReady()
        let processor = FileProcessor(open, clock: clock)
        _ = try processor.recover()
        var work = PruneWork(open, clock: clock, isDaily: false)
        // One that was ended by a crash goes on first.
        try await finish(&work)
        try Self.refuse(try processor.run(command))
        try await finish(&work)
        guard let prune = try open.ledger.read({ try $0.prune() }) else { throw CancellationError() }
        var notes: [String] = []
        var done = prune
        let space = try open.ledger.space()
        if prune.problem == nil, !space.isIncremental {
            if let note = try compact(open, space) { notes.append(note) }
            done.counts.ledger.after = try open.ledger.space().size
            try open.ledger.write { [done] in try $0.setPrune(done) }
        }
        return PruneReport(done, notes: notes)
    }

    private func finish(_ work: inout PruneWork) async throws {
        repeat {
            try work.goOn()
            if work.state == .slow { try await Task.sleep(for: .milliseconds(20)) }
        } while work.state != .idle
    }

    private static func refuse(_ outcome: CommandOutcome) throws {
        guard let problem = outcome.problems.first else { return }
        throw Problem(what: problem, remedy: "")
    }

    /// Writes a ledger of an earlier version anew, where its disk has room for that.
    /// - Returns: why it was not; nil: it was.
    private func compact(_ open: OpenRoot, _ space: Ledger.Space) throws -> String? {
        let need = space.size - space.free
        let folder = URL(fileURLWithPath: OpenRoot.ledgerPath(open.configuration, root: root))
            .deletingLastPathComponent().path
        for place in [folder, Ledger.temporaryFolder] {
            let free = FileSystem.free(at: place) ?? 0
            guard free < need + need / 10 else { continue }
            return "The sync ledger stays as large as it is: to write it anew takes \(PruneReport.size(need)), and "
                + "\(place) has \(PruneReport.size(free)) free. Make room there and give the command again"
                + (place == folder ? "." : ", or set SQLITE_TMPDIR to a folder that has.")
        }
        try open.ledger.compact()
        return nil
    }

    private static func staysLarge(_ space: Ledger.Space) -> String {
        "The sync ledger was made by an earlier version, and stays as large as it is; what is free in it "
            + "(\(PruneReport.size(space.free))) is used again. To make it smaller, stop plumbline run and give the command "
            + "again: that writes it anew once."
    }
}

extension LedgerPrune.Stage: Comparable {
    /// In their order.
    public static func < (left: LedgerPrune.Stage, right: LedgerPrune.Stage) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}
