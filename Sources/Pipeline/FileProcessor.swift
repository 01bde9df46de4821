import Converters
import Domain
import DropFolder
import Foundation
import Procore
import QBXML
import SyncLedger

/// Takes claimed files through the whole flow: read, decide, stage, remember, publish, file away.
///
/// The order is that of the durability rules, so that a crash after any step is finished at the next start:
/// 1. the file was claimed by a rename before it came here;
/// 2. it is read and decided, and what it leads to is staged under hidden names and made durable;
/// 3. one ledger transaction remembers it;
/// 4. every staged document is renamed into sight, in number order;
/// 5. receipts and log lines are written, and the original is filed away.
public struct FileProcessor {
    let root: OpenRoot
    let clock: WallClock

    /// A processor of a root's files.
    public init(_ root: OpenRoot, clock: WallClock = .system) {
        self.root = root
        self.clock = clock
    }

    /// Where the office is: `quickbooks.time_zone`.
    var zone: TimeZone { root.configuration.settings.companyFile.timeZone ?? .gmt }

    /// What became of some files.
    public struct Summary: Sendable {
        /// How many were read.
        public var files = 0
        /// How many were rejected, or had a record that was refused or failed.
        public var withProblems = 0

        /// So many, or nothing yet.
        public init(files: Int = 0, withProblems: Int = 0) {
            self.files = files
            self.withProblems = withProblems
        }

        /// Adds another summary.
        public mutating func add(_ other: Summary) {
            files += other.files
            withProblems += other.withProblems
        }
    }

    /// Processes files that were taken together: one ledger transaction and one sync for all of them.
    /// - Throws: what the machine says; the files stay claimed and are taken again.
    public func process(_ claims: [ClaimedFile]) throws -> Summary {
        guard !claims.isEmpty else { return Summary() }
        try root.ledger.keepLittle(false)
        let stage = OutboxStage(root, isAlone: claims.count == 1)
        var fates: [Fate] = []
        var isLong = false
        do {
            let sizes = claims.map { (try? $0.size()).flatMap { $0 } ?? 0 }
            let areSmall = sizes.allSatisfy { $0 <= Self.smallFile }
            isLong = sizes.reduce(0, +) >= Self.longFile
            try root.ledger.write(journalInMemory: areSmall, leavesLog: isLong) { books in
                for claim in claims {
                    // A file that is read alone is at fault if the process ends meanwhile.
                    if claims.count == 1 { root.lock.heartbeat.reading = claim.intake }
                    defer { root.lock.heartbeat.reading = nil }
                    fates.append(try take(claim, books, stage))
                }
                try stage.makeDurable()
                stage.isForTheLedger = true
            }
        } catch {
            stage.discardAll()
            throw error
        }
        if isLong { root.copyLog() }
        let summary = try settle(zip(claims, fates))
        try finish(isRedelivery: false, claims, stagedIn: stage.opened)
        return summary
    }

    /// What became of a file in the transaction.
    private enum Fate {
        case read(Receipt.Outcome)
        /// An earlier process read it.
        case known
        /// Somebody still writes to it: it goes back into the inbox.
        case writing
        /// It cannot be read just now, or not even be set aside: it stays as it is, and is tried again.
        case waiting(Problem)
    }

    /// Does with each file what its fate asks for, once the transaction is durable.
    private func settle(_ files: some Sequence<(ClaimedFile, Fate)>) throws -> Summary {
        var summary = Summary()
        for (claim, fate) in files {
            switch fate {
            case .read(let outcome):
                summary.files += 1
                if outcome == .rejected || outcome == .acceptedWithProblems { summary.withProblems += 1 }
            case .known: break
            case .writing: try putBack(claim)
            case .waiting(let problem):
                root.faults.report(.taken(claim.intake), InboxFault(claim, problem))
                continue
            }
            root.faults.clear(.taken(claim.intake))
        }
        return summary
    }

    // MARK: - One file

    /// Somebody still writes to the file: it goes back into the inbox.
    private struct StillWriting: Error {}

    private func putBack(_ claim: ClaimedFile) throws {
        try root.inbox.putBack(claim)
        try root.ledger.writeLightly { try $0.forgetFailures(of: claim.intake) }
    }

    /// - Parameter failed: records that other files brought, and about which a mistake of ours was met when this one set them
    ///   free: they have failed, and the file is taken once more without them.
    private func take(
        _ claim: ClaimedFile, _ books: Books, _ stage: OutboxStage, failed: [FailedRecord] = []
    ) throws -> Fate {
        let rejects = RejectedCopy(root.archive, claim)
        var context: ProcessingContext?
        do {
            return try books.savepoint {
                guard try !books.knowsFile(claim.intake) else { return .known }
                let start = try books.mark()
                let begun = try begin(claim, books, stage)
                context = begun
                for record in failed { begun.receipt.add(record.problem) }
                try read(claim, begun, rejects)
                try stage.beginDurable()
                try makeRoom(for: begun.receipt, books)
                let file = LedgerFile(claim, begun.receipt, rejectedCopy: try rejects.finish(), zone: zone)
                try books.insert(file, since: start)
                try books.forgetFailures(of: claim.intake)
                return .read(begun.receipt.outcome)
            }
        } catch {
            // Nothing of the file counts: what it staged and remembered is gone.
            context?.documents.discardAll()
            rejects.discard()
            if error is StillWriting { return .writing }
            switch FaultScope(error) {
            case .machine: throw error
            case .unreadable(let problem): return .waiting(problem)
            case .file(let problem):
                let at = WallClock.text(clock.now())
                if let record = try books.savepoint({
                    try FailedRecord(context?.deciding, error, after: failed, books, at: at)
                }) {
                    return try take(claim, books, stage, failed: failed + [record])
                }
                return try reject(claim, for: problem, going: context?.receipt.direction, books)
            }
        }
    }

    /// Gives back what reading a long file took, before its receipt names every document that it led to.
    private func makeRoom(for receipt: Receipt, _ books: Books) throws {
        guard receipt.outputs.count > Self.manyOutputs else { return }
        try books.releaseMemory()
        Memory.giveBack()
    }

    private func begin(_ claim: ClaimedFile, _ books: Books, _ stage: OutboxStage) throws -> ProcessingContext {
        try ProcessingContext(
            books: books, settings: root.configuration.settings, stage: stage,
            provenance: Provenance(now: clock.now(), intake: claim.intake, source: claim.path.name.shown),
            asksCompany: true)
    }

    private func read(_ claim: ClaimedFile, _ context: ProcessingContext, _ rejects: RejectedCopy) throws {
        let file = try claim.open()
        // It came after the probe that decides what is taken; back in the inbox it is seen and reported.
        guard !file.hasSecondName else { throw StillWriting() }
        guard file.size > 0 else { throw Self.empty }
        guard file.size <= Self.mostBytes else { throw Self.tooLarge(file.size) }
        let digest =
            if let command = ShareCommand(path: claim.path) {
                try ShareCommandIntake(context: context, root: root).take(command, file)
            } else {
                try FileReading(context: context, rejects: rejects, hint: claim.path.shown).read(file, size: file.size)
            }
        context.receipt.file.sha256 = digest.description
        guard try file.isUnchanged() else { throw StillWriting() }
    }

    /// Remembers that a file is rejected as a whole. Where not even that can be done, it waits, and the others go on.
    private func reject(
        _ claim: ClaimedFile, for problem: Problem, going direction: Receipt.Direction?, _ books: Books
    ) throws -> Fate {
        var receipt = Receipt(
            intake: claim.intake, file: claim.path.name.shown, received: WallClock.text(clock.now()))
        receipt.file.sha256 = (try? digest(claim)) ?? ""
        receipt.direction = direction ?? receipt.direction
        receipt.isRejected = true
        receipt.add(problem)
        do {
            try books.savepoint {
                try books.insert(
                    LedgerFile(claim, receipt, rejectedCopy: nil, zone: zone), since: books.mark())
                try books.forgetFailures(of: claim.intake)
            }
            return .read(.rejected)
        } catch {
            guard case .file(let problem) = FaultScope(error) else { throw error }
            return .waiting(problem)
        }
    }

    private func digest(_ claim: ClaimedFile) throws -> String {
        try DigestingSource(try claim.open()).finish().description
    }

    /// The largest file, in bytes, of which what it changes is kept in memory until it is taken: a hundred records.
    private static let smallFile = 65_536

    /// Files of so many bytes together change so much that it takes a while to copy it into the ledger's file.
    private static let longFile = 8 << 20

    /// A receipt that names more documents takes a megabyte or more.
    private static let manyOutputs = 20_000

    /// The largest file that is read. A limit of ours: docs/guide/reference.md.
    private static let mostBytes = 2 * 1_024 * 1_024 * 1_024

    private static let empty = Problem(
        what: "The file is empty, and stayed so for a minute.",
        remedy: "Export it again, and see that the copy is complete before you drop it.")

    private static func tooLarge(_ size: Int) -> Problem {
        Problem(
            what: "The file has \(size) bytes; at most \(mostBytes) are read.",
            remedy: "Export it in parts, for example page by page, and drop those.")
    }
}

extension LedgerFile {
    /// A claimed file with what became of it.
    /// - Parameter zone: where the office is, by whose days receipts are kept.
    init(_ claim: ClaimedFile, _ receipt: Receipt, rejectedCopy: String?, zone: TimeZone) {
        self.init(
            intake: claim.intake, path: claim.path.bytes, name: receipt.file.name, sha256: receipt.file.sha256,
            received: receipt.file.received, outcome: receipt.outcome.rawValue, receipt: receipt.written,
            summary: receipt.summary, outputs: DocumentPaths(receipt.outputs),
            problemText: receipt.problemText(hasCopy: rejectedCopy != nil), rejectedCopy: rejectedCopy)
        places.receipt = ReceiptPlace.folder(receipt, zone: zone)
    }
}

extension Array<UInt8> {
    /// The bytes of a name, safe to show.
    var shown: String { RelativePath(self).shown }
}
