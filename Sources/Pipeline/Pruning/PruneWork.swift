import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// Does the prune that is under way, in steps that hold up nothing: a short transaction each, or a few files of the share.
///
/// The order is that of the durability rules: what goes is packed, and the archive is whole and durable; then the ledger is
/// made to say that it went; then it is taken off the share. So a receipt is never written again whose file went, and a
/// crash at any point leaves more than was asked for, never less.
struct PruneWork {
    /// How it stands.
    enum State {
        /// Nothing is under way.
        case idle
        /// Somebody waits for it to end.
        case more
        /// It takes its time, or another program works for it.
        case slow
    }

    let root: OpenRoot
    let clock: WallClock
    private let isDaily: Bool
    private(set) var state = State.idle
    /// So many rows are looked at in a step; found out by how long that takes.
    private var most = 500
    private var packing: PrunePacking?
    private var share: PruneShare
    /// Whether what is deleted is not overwritten, which only costs time here.
    private var isLight = false
    private var lastTurn = ContinuousClock.now - .seconds(60)
    private var lastLook = ContinuousClock.now - .seconds(60)

    /// How long one call works, and how long a step should take at the most.
    static let turn = Duration.milliseconds(40)

    /// The work of a root.
    /// - Parameters:
    ///   - root: opened by this process.
    ///   - clock: what time it is.
    ///   - isDaily: whether the prune of each day that `retention` asks for is begun.
    init(_ root: OpenRoot, clock: WallClock, isDaily: Bool = true) {
        self.root = root
        self.clock = clock
        self.isDaily = isDaily
        share = PruneShare(root)
    }

    /// Goes on for a little while; begins the daily prune where it is time for that.
    /// - Parameter isBusy: whether files came in this round: then it goes on now and then only, so that they are taken first
    ///   and it still ends where they never stop.
    /// - Throws: what the machine says; what was begun is done again.
    mutating func goOn(isBusy: Bool = false) throws {
        let begin = ContinuousClock.now
        if isBusy, begin - lastTurn < Self.turn * 5 { return }
        defer { lastTurn = ContinuousClock.now }
        try beginDaily(at: begin)
        repeat {
            guard let prune = try root.ledger.readWithoutTransaction({ try $0.prune() }), prune.stage != .ended,
                try !isRecovering()
            else {
                state = .idle
                return
            }
            if !isLight {
                try root.ledger.deleteLightly(true)
                isLight = true
            }
            let before = ContinuousClock.now
            let isWorking = try step(prune)
            measure(ContinuousClock.now - before)
            state = prune.isSlow || !isWorking ? .slow : .more
            if !isWorking { return }
        } while state == .more && ContinuousClock.now - begin < Self.turn
    }

    /// Whether a restored ledger is not known to be whole yet: until then nothing is taken out of it.
    private func isRecovering() throws -> Bool {
        try root.ledger.readWithoutTransaction { try Restoration(books: $0).recoveringSince() } != nil
    }

    private mutating func measure(_ time: Duration) {
        if time > Self.turn { most = max(50, most / 2) }
        if time < Self.turn / 4 { most = min(8_000, most * 2) }
    }

    /// Begins the prune of the day that `retention` asks for, once a day.
    private mutating func beginDaily(at now: ContinuousClock.Instant) throws {
        guard isDaily, let retention = root.configuration.retention, now - lastLook >= .seconds(60) else { return }
        lastLook = now
        let zone = root.configuration.settings.companyFile.timeZone ?? .gmt
        let today = ReceiptPlace.day(WallClock.text(clock.now()), zone: zone)
        let (last, done) = try root.ledger.read { (try $0.prune(), try $0.fact(Retention.done)) }
        guard done != today, last?.stage ?? .ended == .ended, let text = retention.day(before: today) else { return }
        let day = try PruneDay(text, zone: zone)
        let prune = day.prune(
            id: (last?.id ?? 0) + 1, archive: retention.archive(of: text, root: root.folders.root), isSlow: true)
        try root.ledger.write { books in
            try books.setFact(Retention.done, today)
            // After a week in any case, since what was kept may be settled by now. So a row is looked at about fifty times and
            // once a week, however many days begin.
            guard try isWeekOver(books, today, zone) || books.isWorthwhile(prune, after: last) else { return }
            try books.setFact(Retention.begun, today)
            try books.setPrune(prune)
        }
    }

    /// Whether a week has gone by since a prune of retention began, or the clock says that it has yet to.
    private func isWeekOver(_ books: Books, _ today: String, _ zone: TimeZone) throws -> Bool {
        guard let begun = try books.fact(Retention.begun) else { return true }
        let time = try PruneDay(today, zone: zone).moment - PruneDay(begun, zone: zone).moment
        // A day may have 23 hours.
        return time < 0 || time > 6 * 86_400 + 43_200
    }

    // MARK: - Steps

    /// Does one step.
    /// - Returns: whether it can go on at once; false: another program works for it.
    private mutating func step(_ known: LedgerPrune) throws -> Bool {
        var prune = known
        switch prune.stage {
        case .records, .bills, .open, .related: try weigh(&prune)
        case .copyEvents, .copyDocuments, .copyFiles, .pack:
            let isWorking = try pack(&prune)
            if prune != known { try root.ledger.writeLightly { try $0.setPrune(prune) } }
            return isWorking
        case .events, .documents, .rest: try take(&prune)
        case .files:
            let lock = root.lock
            prune = try share.takeFiles(prune, most: min(most, 500)) { try lock.confirm() }
        case .folders: prune = try share.tidy(prune, most: min(most, 200))
        case .space: try giveBack(&prune)
        case .ended: break
        }
        return true
    }

    /// Finds out what is kept.
    private mutating func weigh(_ known: inout LedgerPrune) throws {
        let isBegin = known.stage == .records && known.place == 0
        let size = isBegin ? try root.ledger.space().size : 0
        let standing = known.stage == .open ? try share.standing() : []
        let rejected = known.stage == .open ? try share.rejectedThatStand(known) : []
        known = try root.ledger.writeLightly { [known, most] books in
            var prune = known
            if isBegin {
                // What an earlier prune left that was ended.
                if try books.forgetKept(most: 2_000) { return prune }
                prune.bounds = try books.bounds(of: prune)
                prune.counts.ledger = .init(size)
            }
            prune.follow(try books.weigh(prune, most: most, standing: standing, rejected: rejected))
            try books.setPrune(prune)
            return prune
        }
    }

    /// Takes a piece of the ledger's rows out.
    private func take(_ known: inout LedgerPrune) throws {
        known = try root.ledger.writeLightly { [known, most] books in
            var prune = known
            switch prune.stage {
            case .events:
                let piece = try books.pruneEvents(after: prune.place, most: most, prune, isTaken: true)
                prune.counts.events += piece?.count ?? 0
                // Before anything is gone, so that nobody takes what is left of a history for all of it.
                if prune.place == 0 { try books.setPruned(before: prune.day) }
                prune.follow(piece?.end)
            case .documents:
                let piece = try books.pruneDocuments(after: prune.place, most: max(20, most / 8), prune, isTaken: true)
                prune.counts.documents += piece?.count ?? 0
                prune.counts.documentBytes += piece?.bytes ?? 0
                prune.follow(piece?.end)
            default:
                let rest = try books.pruneRest(prune, most: most, isTaken: true)
                prune.counts.pulls += rest.pulls
                prune.counts.commands += rest.commands
                if rest.pulls == 0, rest.commands == 0 { prune.goOn() }
            }
            try books.setPrune(prune)
            return prune
        }
    }

    /// Packs what goes.
    /// - Returns: whether it can go on at once.
    private mutating func pack(_ prune: inout LedgerPrune) throws -> Bool {
        guard let archive = prune.archive else {
            prune.goOn()
            return true
        }
        do {
            if packing == nil {
                // An earlier process may have written a part of it.
                prune.stage = .copyEvents
                prune.place = 0
                packing = try PrunePacking(root, share, to: archive)
            }
            let isWorking = try packing?.step(&prune, most: most) ?? true
            if prune.stage == .events { packing = nil }
            return isWorking
        } catch {
            // What the ledger or the share refuses is everybody's concern; all else is the archive's, and holds up nobody.
            if error is LedgerFault || error is FolderMarkers.Missing { throw error }
            packing?.discard()
            packing = nil
            let why =
                (error as? Problem).map { "\($0.what) \($0.remedy)" } ?? "The archive could not be written: \(error)."
            prune.problem = "Nothing was taken out. \(why)"
            try end(&prune)
            return true
        }
    }

    /// Makes the ledger's file smaller.
    private mutating func giveBack(_ prune: inout LedgerPrune) throws {
        if prune.place == 0 {
            prune = try root.ledger.writeLightly { [prune, most] books in
                var prune = prune
                if try !books.forgetKept(most: most) { prune.place = 1 }
                try books.setPrune(prune)
                return prune
            }
            return
        }
        if try root.ledger.giveBack(pages: max(16, min(most / 8, 512))) { return }
        try end(&prune)
    }

    private mutating func end(_ prune: inout LedgerPrune) throws {
        try root.ledger.deleteLightly(false)
        isLight = false
        // Before it says so: whoever waits for it reads the size with it.
        prune.counts.ledger.after = try root.ledger.space().size
        prune.stage = .ended
        try root.ledger.write { [prune] in try $0.setPrune(prune) }
        try root.ledger.checkpoint()
        let report = PruneReport(prune)
        try root.journal.event(
            "prune", at: WallClock.text(clock.now()), level: prune.problem == nil ? "info" : "warning", report.fields)
    }
}

extension LedgerPrune {
    /// Goes on behind a piece; where there was none, to the next stage.
    mutating func follow(_ end: Int64?) {
        if let end { place = end } else { goOn() }
    }
}

extension Books {
    /// A piece of what is kept.
    /// - Parameters:
    ///   - prune: the prune, and how far it is.
    ///   - most: so many rows are looked at.
    ///   - standing: the numbers of the documents that stand in an outbox.
    ///   - rejected: the numbers of the rejected files that stand where they can be mended.
    /// - Returns: the number of the last row; nil: there is no piece.
    func weigh(_ prune: LedgerPrune, most: Int, standing: [Int], rejected: [Int64]) throws -> Int64? {
        switch prune.stage {
        case .records: return try keepRecords(after: prune.place, most: most) { PruneMoney($0) }
        case .bills: return try keepBills(after: prune.place, most: most)
        case .related: return try keepRelated(after: prune.place, most: most)
        default:
            if prune.place == 0 {
                try keepOpen(standing: standing)
                for intake in rejected { try keep(.file, intake, .rejected) }
            }
            return try keepUnansweredDocuments(after: prune.place, upTo: prune.bounds.document, most: most)
        }
    }
}
