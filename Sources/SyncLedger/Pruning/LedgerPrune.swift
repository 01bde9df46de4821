import Foundation
import GRDB

/// A prune: what is to be taken out of a root, how far that has come, and what came of it.
///
/// It is one fact of the ledger, written with each step, so that it goes on where it was after a crash.
public struct LedgerPrune: Sendable, Codable, Equatable {
    /// The steps, in their order.
    public enum Stage: String, Sendable, Codable, CaseIterable {
        /// What is kept is found out: records that are not settled, and documents and files that belong to them.
        case records, bills, open, related
        /// What goes is written down and packed.
        case copyEvents, copyDocuments, copyFiles, pack
        /// It is taken out.
        case events, documents, files, rest, folders
        /// The ledger's file becomes smaller.
        case space
        /// Nothing is left to be done.
        case ended
    }

    /// Up to which numbers rows are looked at: what came later is not touched, whatever its time.
    public struct Bounds: Sendable, Codable, Equatable {
        /// The last event before the day.
        public var event: Int64 = 0
        /// The last document before it.
        public var document: Int64 = 0

        /// Nothing.
        public init() {}
    }

    /// Tells it from others; grows.
    public var id: Int
    /// The day before which things go, at the office: `2024-01-01`.
    public var day: String
    /// Its beginning, UTC, as the ledger has times: `2024-01-01T07:00:00Z`.
    public var before: String
    /// The same, seconds since 1970.
    public var moment: Int64
    /// Where what goes is packed first, an absolute path; nil: nowhere.
    public var archive: String?
    /// Whether it takes its time, since nobody waits for it.
    public var isSlow: Bool
    /// What is done now.
    public var stage = Stage.records
    /// How far that is: the number of the row that was looked at last.
    public var place: Int64 = 0
    /// Up to which numbers rows are looked at.
    public var bounds = Bounds()
    /// The files that are out of the ledger and not off the share yet; nil: none. A crash in between costs nothing, since
    /// whoever goes on begins with these.
    public var going: [Int]?
    /// What was taken out.
    public var counts = PruneCounts()
    /// Why it ended before anything was taken out; nil: it did not.
    public var problem: String?

    /// A prune that begins.
    /// - Parameters:
    ///   - id: tells it from others.
    ///   - day: the day, at the office.
    ///   - before: its beginning, UTC.
    ///   - moment: the same, seconds since 1970.
    ///   - archive: where what goes is packed first; nil: nowhere.
    ///   - isSlow: whether nobody waits for it.
    public init(id: Int, day: String, before: String, moment: Int64, archive: String?, isSlow: Bool) {
        self.id = id
        self.day = day
        self.before = before
        self.moment = moment
        self.archive = archive
        self.isSlow = isSlow
    }

    /// Goes on to the next stage, from its beginning.
    public mutating func goOn() {
        let all = Stage.allCases
        let next = all.firstIndex(of: stage).map { $0 + 1 } ?? all.count - 1
        stage = all[min(next, all.count - 1)]
        if archive == nil, [.copyEvents, .copyDocuments, .copyFiles, .pack].contains(stage) { stage = .events }
        place = 0
    }
}

/// What a prune takes out.
public struct PruneCounts: Sendable, Codable, Equatable {
    /// Events of records' histories.
    public var events = 0
    /// Documents whose bytes go.
    public var documents = 0
    /// How many bytes those are.
    public var documentBytes = 0
    /// Dropped files whose receipt goes.
    public var files = 0
    /// Files on the share: originals, receipts, what was filed of reviews.
    public var shareFiles = 0
    /// How many bytes those are.
    public var shareBytes = 0
    /// Queries in bulk that were answered.
    public var pulls = 0
    /// Commands that were done.
    public var commands = 0
    /// Size of the ledger's file before and after, in bytes; the same where it cannot become smaller.
    public var ledger = Sizes()
    /// Files in places of ours that are not ours, or not known; they stay.
    public var unknown = Unknown()

    /// The size of a file, before and after.
    public struct Sizes: Sendable, Codable, Equatable {
        /// Bytes before.
        public var before = 0
        /// Bytes after.
        public var after = 0

        /// A size that stays, so far.
        public init(_ size: Int = 0) {
            before = size
            after = size
        }
    }

    /// Files that stay since nothing is known of them.
    public struct Unknown: Sendable, Codable, Equatable {
        /// How many there are.
        public var count = 0
        /// The first ones, below the root.
        public var first: [String] = []

        /// None yet.
        public init() {}
    }

    /// Nothing yet.
    public init() {}
}

extension Books {
    private static let pruneFact = "prune"
    private static let prunedFact = "pruned before"

    /// The prune that is under way, or ended last; nil: there never was one, or it is one of another version, which is
    /// begun anew by whoever wants it.
    public func prune() throws -> LedgerPrune? {
        try fact(Self.pruneFact).flatMap { try? JSONDecoder().decode(LedgerPrune.self, from: Data($0.utf8)) }
    }

    /// Remembers how far a prune is.
    public func setPrune(_ prune: LedgerPrune) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try setFact(Self.pruneFact, String(decoding: encoder.encode(prune), as: UTF8.self))
    }

    /// The day before which history is not whole any more; nil: it is.
    public func prunedBefore() throws -> String? { try fact(Self.prunedFact) }

    /// Remembers that history of before a day is not whole any more.
    public func setPruned(before day: String) throws {
        if let known = try prunedBefore(), known >= day { return }
        try setFact(Self.prunedFact, day)
    }

    /// Up to which numbers a prune looks at rows.
    ///
    /// Events from which no fates were told yet stay, and the last event always does: numbers of events are never given
    /// twice, since files are known by them.
    public func bounds(of prune: LedgerPrune) throws -> LedgerPrune.Bounds {
        var bounds = LedgerPrune.Bounds()
        bounds.event = min(try lastEvent(before: prune.before), try lastToldEvent(), try lastEvent() - 1)
        bounds.document = try lastDocument(before: prune.moment)
        return bounds
    }

    /// Whether enough has become old since the last prune to go over the whole ledger once more: at least a fiftieth of it, or
    /// anything at all where it is small. Limits of ours.
    /// - Parameters:
    ///   - prune: the one that would begin.
    ///   - last: the one that ended last; nil: there was none.
    public func isWorthwhile(_ prune: LedgerPrune, after last: LedgerPrune?) throws -> Bool {
        guard let last, last.problem == nil else { return true }
        let bounds = try bounds(of: prune)
        let grown = bounds.event - last.bounds.event + bounds.document - last.bounds.document
        let whole = try lastEvent() + (Int64.fetchOne(db, sql: "SELECT max(sequence) FROM document") ?? 0)
        return grown > 0 && (whole < 100_000 || grown >= whole / 50)
    }

    /// The number of the last document before a moment, in seconds since 1970. Those of ledgers that did not say when are
    /// from before.
    private func lastDocument(before moment: Int64) throws -> Int64 {
        let last = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM document") ?? 0
        var (low, high) = (Int64(0), last + 1)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT sequence, coalesce(at, 0) FROM document WHERE sequence <= ? AND sequence > ?
                    ORDER BY sequence DESC LIMIT 1
                    """, arguments: [middle, low])
            guard let row else {
                low = middle
                continue
            }
            if row[1] < moment { low = middle } else { high = row[0] }
        }
        return low
    }
}
