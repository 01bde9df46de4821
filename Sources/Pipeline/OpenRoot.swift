import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// One company's root, opened by the process that owns it.
public final class OpenRoot {
    /// Its folders.
    public let folders: RootFolders
    /// Its configuration, as read last.
    public private(set) var configuration: Configuration
    /// Its sync ledger.
    public let ledger: Ledger
    let inbox: Inbox
    let archive: Archive
    let journal: Journal
    let lock: OwnerLock
    let markers: FolderMarkers
    /// Why the sync ledger is not to be worked with; nil: it is.
    let restored: String?
    let outboxes: [LedgerDocument.Outbox: Outbox]
    /// The files and folders that stand in their own way.
    var faults: Faults
    /// What copies the ledger's log since the last long file.
    private var copying: StageThread?

    /// Opens a root: reads its configuration, takes it for this process, and makes its folders.
    /// - Throws: a `ConfigurationError`, `OwnerLock.Owned`, `FoldersMissing` where the root itself is not what it should
    ///   be, a `SystemError`, or what SQLite says.
    public convenience init(path: String) throws { try self.init(path: path, isRight: false) }

    /// - Parameters:
    ///   - isRight: whether a person says that the root is the right one, whatever marks its folders have.
    ///   - beforeStatement: called ahead of every statement of the ledger, to try what an error there leads to.
    init(path: String, isRight: Bool, beforeStatement: Books.Probe? = nil) throws {
        let path = URL(fileURLWithPath: path).path
        configuration = try Configuration.load(root: path)
        folders = RootFolders(root: path)
        let ledgerPath = Self.ledgerPath(configuration, root: path)
        let place = FileSystem.kind(of: URL(fileURLWithPath: ledgerPath).deletingLastPathComponent().path)
        guard !place.isPolled else {
            throw ConfigurationError([
                "The sync ledger \(ledgerPath) would be on \(place.name), where SQLite cannot keep it safe: "
                    + "set ledger: in plumbline.yaml to a path on a local disk."
            ])
        }
        lock = try OwnerLock(root: path, ledger: ledgerPath)
        ledger = try Ledger(path: ledgerPath, beforeStatement: beforeStatement)
        markers = try RootMarks(folders, ledger).markers()
        // In the place of a share that is not mounted there is no root: nothing is written there, not even a log.
        let missing = markers.snapshot().missing
        guard isRight || !missing.contains(where: { $0.path == path && $0.why != .foreign }) else {
            throw FoldersMissing(folders: missing)
        }
        try lock.beat()
        restored = try ledger.read { try Restoration(books: $0).reason() }
        try markers.makeOurs()
        inbox = Inbox(folders)
        archive = Archive(folders)
        journal = try Journal(folders)
        outboxes = [
            .quickbooks: Outbox(folder: folders.outboxQuickBooks, markers: markers),
            .procore: Outbox(folder: folders.outboxProcore, markers: markers),
            // Only roots that review have it, and it has no mark: the ledger has the bytes of what stands there.
            .review: Outbox(folder: folders.review),
        ]
        faults = try Faults(ledger)
        try makeReviewFolders()
        let owner = configuration.settings.namespace
        let known = try ledger.write { books in
            if let known = try books.fact("company") { return known }
            try books.setFact("company", owner)
            return owner
        }
        guard known == owner else {
            throw ConfigurationError([
                "The sync ledger \(ledgerPath) belongs to company \(known), and plumbline.yaml says \(owner): "
                    + "give each company a root of its own."
            ])
        }
        lock.heartbeat.isBeginning = nil
    }

    /// Where the sync ledger of a root is.
    static func ledgerPath(_ configuration: Configuration, root: String) -> String {
        configuration.ledger.hasPrefix("/") ? configuration.ledger : root + "/" + configuration.ledger
    }

    /// Gives the root back.
    public func close() {
        copying?.join()
        lock.release()
    }

    /// Has what a long file wrote to the ledger's log copied into the ledger's file, while all goes on. It is durable without:
    /// where the copying fails, a later commit does it, and says what is wrong.
    func copyLog() {
        copying?.join()
        copying = StageThread(with: ledger) { try? $0.copyLog() }
    }

    /// Opens the logs anew, after somebody rotated them.
    public func reopenLogs() throws {
        try journal.reopen()
    }

    /// Reads the configuration again, and goes by it from now on; where it is wrong, or says what cannot change while a
    /// process has the root, by the one before.
    /// - Returns: whether its text is another one.
    /// - Throws: a `ConfigurationError`; then the one before counts.
    func readConfigurationAgain() throws -> Bool {
        let new = try Configuration.load(root: folders.root)
        let findings = new.findings(insteadOf: configuration)
        guard findings.isEmpty else { throw ConfigurationError(findings) }
        defer { configuration = new }
        return new.digest != configuration.digest
    }

    /// - Throws: `LedgerRestored` where the sync ledger is older than the root, `FoldersMissing` where a folder is not
    ///   what it should be, as when a share is not mounted.
    func requireReady() throws {
        if let restored { throw LedgerRestored(reason: restored) }
        let missing = markers.snapshot().missing
        guard missing.isEmpty else { throw FoldersMissing(folders: missing) }
    }

    /// Whether anything waits for a person's word, or has waited.
    func mayReview() throws -> Bool {
        try configuration.settings.documents.review.isOn || ledger.readWithoutTransaction { try $0.hasReviews() }
    }

    /// Makes `outbox/review` where the root has use for it and its outboxes are what they should be: a share that is not
    /// mounted gets no folders in its place.
    /// - Parameter isUsed: whether a document is about to be written there; else it is where anything ever was.
    /// - Throws: a `SystemError`.
    func makeReviewFolders(isUsed: Bool = false) throws {
        guard try isUsed || mayReview(),
            !markers.snapshot().missing.contains(where: { $0.path == folders.outboxQuickBooks })
        else { return }
        try ReviewFolders(folders).create()
    }

    func outbox(_ outbox: LedgerDocument.Outbox) -> Outbox {
        outboxes[outbox] ?? Outbox(folder: folders.outbox(outbox.rawValue), markers: markers)
    }
}

/// The time, handed in so that tests can set it.
public struct WallClock: Sendable {
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64

    /// The machine's clock.
    public static let system = WallClock { Int64(Date().timeIntervalSince1970) }

    /// A clock of one's own.
    public init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// `2026-11-22T21:30:05Z`
    static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    }
}
