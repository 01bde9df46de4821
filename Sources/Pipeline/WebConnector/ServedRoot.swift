import Converters
import Domain
import DropFolder
import Foundation
import Logging
import QBXML
import SyncLedger

/// A root as the Web Connector is served from it. It keeps nothing in memory that the sync ledger does not have: another
/// one over the same root goes on where this one stopped.
///
/// Its steps read and write files and the ledger, and so block: its `RootDoor` runs them on a queue of the root.
struct ServedRoot: Sendable {
    let path: String
    let configuration: Configuration
    let ledger: Ledger
    private(set) var folders: CarrierFolders
    let clock: WallClock
    let logger: Logger

    /// How long a session lives without a call, in seconds. QuickBooks may take many minutes for one document.
    static let lifetime: Int64 = 1_800
    /// So many answers to one document that cannot be taken make it failed,
    static let mostRefusals = 3
    /// and for so long it is not handed out then.
    static let rest: Int64 = 3_600

    /// A root with its ledger, open.
    init(_ place: RootPlace, _ ledger: Ledger, _ configuration: Configuration) {
        (path, folders) = (place.path, place.folders)
        self.configuration = configuration
        (clock, logger) = (place.clock, place.logger)
        self.ledger = ledger
    }

    /// The same for one call, in which each folder is opened once.
    func forOneCall() -> ServedRoot {
        var root = self
        root.folders = folders.keptOpen()
        return root
    }

    /// How a ticket is kept: a copy of the ledger is nobody's way in.
    static func kept(_ ticket: String) -> String { Digest(of: ticket.utf8).hex(32) }

    // MARK: - What can go out

    /// A document that can go out, and how many more.
    struct Waiting {
        var names: [String] = []
        /// How many wait behind one that failed, or until the right company is open.
        var held = 0
    }

    /// What can go out now, in number order.
    func waiting(_ books: Books) throws -> Waiting { try waiting(books, Standing(books)) }

    /// What can go out now, in number order.
    func waiting(_ books: Books, _ standing: Standing) throws -> Waiting {
        // A ledger that was restored may not know what QuickBooks took: a person decides first.
        if standing.restored != nil { return Waiting() }
        let names = try folders.documents()
        if standing.paused != nil { return Waiting(held: names.count) }
        let failed = try books.failedLeases(since: clock.now() - Self.rest)
        let isHalted = standing.halted != nil
        if failed.isEmpty, !isHalted { return Waiting(names: names) }
        let failedNames = Set(failed.map(\.document))
        let stuck = try failed.reduce(into: Set<Int64>()) { $0.formUnion(try objects(of: $1.document, books)) }
        let free = try names.filter { name in
            if isHalted { return Self.isCompanyQuestion(name) }
            return try !failedNames.contains(name) && objects(of: name, books).isDisjoint(with: stuck)
        }
        return Waiting(names: free, held: names.count - free.count)
    }

    /// The records whose QuickBooks objects a document is about.
    private func objects(of document: String, _ books: Books) throws -> Set<Int64> {
        Set(try openRequests(of: document, books).map(\.object))
    }

    /// The requests of a document that are unanswered.
    func openRequests(of document: String, _ books: Books) throws -> [LedgerRequest] {
        guard let sequence = Int(document.prefix { $0.isASCII && $0.isNumber }),
            let known = try books.document(sequence), known.name == document
        else { return [] }
        return try books.openRequests(ofDocument: known.repeats ?? sequence)
    }

    static func isCompanyQuestion(_ document: String) -> Bool {
        document.hasSuffix("-\(PullSubject.company.rawValue).xml")
    }

    /// A document's file name without its ending.
    static func stem(_ document: String) -> String { String(document.dropLast(4)) }

    /// A document as it was read.
    struct Document {
        let digest: Digest
        let outline: RequestOutline
        /// All of a small one; nil: it is larger.
        let bytes: [UInt8]?
    }

    /// Up to so many bytes a document is held while it goes out.
    private static let smallDocument = 65_536

    /// Reads a document; nil where it is not in the outbox.
    func read(_ document: String) throws -> Document? {
        guard let file = try folders.open(document) else { return nil }
        let bytes = try file.whole(atMost: Self.smallDocument)
        if let bytes, let outline = RequestOutline(plain: bytes) {
            return Document(digest: Digest(of: bytes), outline: outline, bytes: bytes)
        }
        let source = DigestingSource(bytes.map { MemorySource($0) } ?? file)
        let outline = try RequestOutline(source)
        return Document(digest: try source.finish(), outline: outline, bytes: bytes)
    }

    // MARK: - Ends

    /// Ends what a crash or a loss of power left between two steps of an answer.
    func reconcile() throws {
        let open = try ledger.read { books in
            try Restoration(books: books).reason() == nil ? books.openLease() : nil
        }
        if let open { try reconcile(open) }
    }

    /// Ends what was left between two steps of the answer to a document.
    func reconcile(_ lease: Lease) throws {
        let stem = Self.stem(lease.document)
        // An answer gets its name only when it is durable.
        if try folders.holds("\(stem).response.xml") {
            try folders.take(lease.document)
            try close(lease, .answered)
        } else if try folders.holds("\(stem).error.txt") {
            try folders.take(lease.document)
            try close(lease, .refused)
        } else if try folders.open(lease.document) == nil {
            // Taken out to be asked after by name, or answered and being read: asking harms neither.
            if lease.kind == .list { return try askAfter(lease) }
            try close(lease, .gone)
        }
    }

    private func close(_ lease: Lease, _ outcome: Lease.Outcome) throws {
        try ledger.write { try $0.closeLease(lease.id, outcome, at: clock.now()) }
    }

    /// Gives the answer to a list document up, and has QuickBooks asked by name, as `plumbline resend` does. The document
    /// leaves the outbox first: what stands there has not been sent yet.
    func lookUp(_ lease: Lease) throws {
        try folders.take(lease.document, durably: true)
        try askAfter(lease)
    }

    private func askAfter(_ lease: Lease) throws {
        try ledger.write { books in
            let ids = try openRequests(of: lease.document, books).map(\.requestID)
            if !ids.isEmpty {
                let command = Array(try JSONEncoder().encode(QueuedCommand.resend(ids)))
                _ = try books.enqueue(command, at: WallClock.text(clock.now()))
            }
            try books.closeLease(lease.id, .askedAfter, at: clock.now())
        }
        logger.warning("The answer to \(lease.document) was lost: QuickBooks is asked by name what became of it.")
    }
}
