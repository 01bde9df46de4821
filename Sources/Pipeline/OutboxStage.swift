import Domain
import DropFolder
import Procore
import SyncLedger

/// Stages documents in the outboxes of a root, and remembers which, to make them durable together.
final class OutboxStage: DocumentStage {
    private let root: OpenRoot
    private var staged: [LedgerDocument] = []
    private var opened: [LedgerDocument.Outbox: Outbox.Opened] = [:]
    /// Set when all that is left is the ledger's commit. One that fails may yet come to light after a crash, so what
    /// was staged for it stays until `recover` has decided it.
    var isForTheLedger = false

    init(_ root: OpenRoot) {
        self.root = root
    }

    func stage(_ document: LedgerDocument, bytes: [UInt8]) throws {
        staged.append(document)
        let outbox = root.outbox(document.outbox)
        let opened = try self.opened[document.outbox] ?? outbox.open()
        self.opened[document.outbox] = opened
        // Most files lead to one document. Many are written faster together.
        try outbox.stage(document.name, bytes, in: opened, isSoonDurable: staged.count == 1)
    }

    func discard(_ document: LedgerDocument) {
        if let place = staged.lastIndex(where: { $0.sequence == document.sequence }) { staged.remove(at: place) }
        root.outbox(document.outbox).discard(document.name)
    }

    func discard(from sequence: Int) {
        while let last = staged.last, last.sequence >= sequence { discard(last) }
    }

    /// Makes everything staged durable, before the ledger remembers it.
    func makeDurable() throws {
        for outbox in LedgerDocument.Outbox.allCases {
            let names = staged.filter { $0.outbox == outbox }.map(\.name)
            try root.outbox(outbox).makeDurable(names, in: opened[outbox])
        }
        // It may have taken long: a machine that slept must not remember or publish what is another's by now.
        try root.lock.confirm()
    }

    /// Takes everything back, when the transaction did not happen.
    func discardAll() {
        guard !isForTheLedger else { return }
        for document in staged { root.outbox(document.outbox).discard(document.name) }
        staged = []
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
