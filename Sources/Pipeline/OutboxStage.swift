import Domain
import DropFolder
import Procore
import QBXML
import SyncLedger

/// Stages documents in the outboxes of a root, and remembers which, to make them durable together.
///
/// The first one is written at once, since most files lead to one, and is made durable while the sync ledger goes on. From
/// the second on a thread of their own checks and writes them, some at a time.
final class OutboxStage: DocumentStage {
    /// A document on its way into its outbox.
    private struct Writing: Sendable {
        let name: String
        let bytes: [UInt8]
        let outbox: Outbox
        let opened: Outbox.Opened
        let rules: Edition?

        func run() throws {
            if let rules { try MessageRules.refuse(bytes, edition: rules) }
            try outbox.stage(name, bytes, in: opened)
        }
    }

    let packer = DocumentPacker()
    private let root: OpenRoot
    private var staged = LedgerDocuments()
    /// The outboxes as they were opened for what is staged in them.
    private(set) var opened: [LedgerDocument.Outbox: Outbox.Opened] = [:]
    /// Whether the first document is made durable at once: only where it may be the only one.
    private let isAlone: Bool
    private var onItsWay = OnItsWay()
    private var thread: WriteBehind<[Writing]>?
    /// Some of what is staged, on its way there so that less is left at the end.
    private(set) var flushing: FlushAhead
    /// What is given to the thread next.
    private var batch = Batch()
    /// What kept a document from being written.
    private var failure: (any Error)?
    /// Set when all that is left is the ledger's commit. One that fails may yet come to light after a crash, so what
    /// was staged for it stays until `recover` has decided it.
    var isForTheLedger = false

    /// What is made durable while more is done.
    private struct OnItsWay {
        /// The first document, where it may be the only one.
        var first: (document: LedgerDocument, soon: DurableSoon)?
        /// All that is staged, where it is the last of its file.
        var all: DurableSoon?
    }

    /// What is given to the thread together.
    private struct Batch {
        var writings: [Writing] = []
        var bytes = 0

        /// Documents, and bytes of them, from which on it is.
        static let (mostDocuments, mostBytes) = (32, 65_536)

        var isFull: Bool { writings.count == Self.mostDocuments || bytes >= Self.mostBytes }
    }

    /// - Parameters:
    ///   - isAlone: whether what is staged comes of one file, and so most often is one document.
    ///   - flushedTogether: how many documents are sent on their way to the disk before all are staged.
    init(_ root: OpenRoot, isAlone: Bool = true, flushedTogether: Int = 8_192) {
        self.root = root
        self.isAlone = isAlone
        flushing = FlushAhead(together: flushedTogether)
    }

    func stage(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws {
        if let failure { throw failure }
        try waitForAll()
        staged.append(document)
        let outbox = root.outbox(document.outbox)
        // An undo waits for approval in roots too that have no other use for that folder.
        if document.outbox == .review, !outbox.isThere { try root.makeReviewFolders(isUsed: true) }
        let opened = try self.opened[document.outbox] ?? outbox.open()
        self.opened[document.outbox] = opened
        guard staged.count > 1 else {
            if let rules { try MessageRules.refuse(bytes, edition: rules) }
            guard isAlone else { return try outbox.stage(document.name, bytes, in: opened) }
            // One that was taken back may still be on its way to the disk.
            try onItsWay.first?.soon.wait()
            return onItsWay.first = (document, try outbox.stageDurably(document.name, bytes, in: opened))
        }
        batch.writings.append(
            Writing(name: document.name, bytes: bytes, outbox: outbox, opened: opened, rules: rules))
        batch.bytes += bytes.count
        if batch.isFull { try hand() }
    }

    private func hand() throws {
        guard let last = batch.writings.last else { return }
        let thread = self.thread ?? WriteBehind { writings in for writing in writings { try writing.run() } }
        self.thread = thread
        let given = batch
        batch = Batch()
        try thread.put(given.writings)
        try flushing.add(given.writings.count) { Outbox.flushSoon(last.opened) }
    }

    func settle() throws {
        if let failure { throw failure }
        try hand()
        try thread?.drain()
    }

    /// Settles before all that a file led to is taken back. That a document of it is malformed ends with the file; that the
    /// machine is unwell concerns all.
    private func settleToDiscard() {
        do {
            try settle()
            try waitForAll()
        } catch {
            if !(error is MalformedDocument) { failure = error }
            thread?.stop()
            thread = nil
        }
    }

    func discard(_ document: LedgerDocument) throws {
        try settle()
        try waitForAll()
        staged.remove(document.sequence)
        root.outbox(document.outbox).discard(document.name)
    }

    func discard(from sequence: Int) {
        guard let last = staged.last, last.sequence >= sequence else { return }
        settleToDiscard()
        while let last = staged.last, last.sequence >= sequence {
            _ = staged.removeLast()
            root.outbox(last.outbox).discard(last.name)
        }
    }

    /// Begins to make everything staged durable, where it is the last of a file that was taken alone: the ledger has still to
    /// write down what it kept for the end.
    func beginDurable() throws {
        guard isAlone, staged.count > Outbox.fewest else { return }
        try settle()
        onItsWay.all = Outbox.makeDurableSoon(places())
    }

    /// Whether all that is staged is on its way to the disk.
    var isDurableSoon: Bool { onItsWay.all != nil }

    /// Waits for what was begun so. What is staged or taken back after it is none of it, so that it does not count for all
    /// any more.
    private func waitForAll() throws {
        guard let all = onItsWay.all else { return }
        onItsWay.all = nil
        try all.wait()
    }

    /// Makes everything staged durable, before the ledger remembers it.
    func makeDurable() throws {
        try settle()
        thread?.stop()
        thread = nil
        if let first = onItsWay.first, let opened = opened[first.document.outbox], staged.count == 1,
            staged.last?.sequence == first.document.sequence
        {
            try root.outbox(first.document.outbox).makeDurable(first.soon, in: opened)
        } else {
            // What the other thread met is told to nobody else.
            try onItsWay.first?.soon.wait()
            try flushing.wait()
            if isDurableSoon {
                try waitForAll()
                for (outbox, opened) in opened { try root.outbox(outbox).requireStill(opened) }
            } else {
                for (outbox, names, opened) in places() { try outbox.makeDurable(names, in: opened) }
            }
        }
        // It may have taken long: a machine that slept must not remember or publish what is another's by now.
        try root.lock.confirm()
    }

    /// What is staged in each outbox.
    private func places() -> [(outbox: Outbox, names: [String], opened: Outbox.Opened?)] {
        LedgerDocument.Outbox.allCases.map { outbox in
            // Where there are more, what they are called does not matter.
            var names: [String] = []
            for document in staged where document.outbox == outbox && names.count <= Outbox.fewest {
                names.append(document.name)
            }
            return (root.outbox(outbox), names, opened[outbox])
        }
    }

    /// Takes everything back, when the transaction did not happen.
    func discardAll() {
        guard !isForTheLedger else { return }
        settleToDiscard()
        for document in staged { root.outbox(document.outbox).discard(document.name) }
        staged = LedgerDocuments()
    }
}

/// Copies refused records of one file beside its claim, in the format they came in.
final class RejectedCopy: RejectedRecords {
    private let archive: Archive
    private let claim: ClaimedFile
    private var shape = RejectedShape.list
    private var writer: FileWriter?

    init(_ archive: Archive, _ claim: ClaimedFile) {
        self.archive = archive
        self.claim = claim
    }

    func begin(_ shape: RejectedShape) {
        self.shape = shape
    }

    func add(_ raw: [UInt8]) throws {
        let isFirst = writer == nil
        let writer = try self.writer ?? archive.rejectsWriter(for: claim)
        self.writer = writer
        switch shape {
        case .list: try writer.append(Array((isFirst ? "[\n" : ",\n").utf8) + raw)
        case .lines: try writer.append(raw + [0x0a])
        case .csv(let header):
            if isFirst { try writer.append(header) }
            try writer.append(raw + (raw.last == 0x0a || raw.last == 0x0d ? [] : [0x0a]))
        }
    }

    /// Makes the copy durable, and gives the ending of its name; nil where nothing was refused.
    func finish() throws -> String? {
        guard let writer else { return nil }
        if case .list = shape { try writer.append(Array("\n]\n".utf8)) }
        try writer.finish()
        switch shape {
        case .list: return "json"
        case .lines: return "ndjson"
        case .csv: return "csv"
        }
    }

    /// Takes the copy back, when the file was not taken after all.
    func discard() {
        guard writer != nil else { return }
        writer = nil
        archive.discardRejects(of: claim)
    }
}
