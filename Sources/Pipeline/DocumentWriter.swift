import Domain
import QBXML
import SyncLedger

/// Where documents are put before the ledger remembers them: the outboxes, or the screen for `convert`.
protocol DocumentStage: AnyObject {
    /// Packs documents that are not given to a thread of their own.
    var packer: DocumentPacker { get }
    /// Puts a document under a hidden name; a later `publish` gives it its own.
    /// - Parameter rules: the edition by whose rules its bytes are checked first; nil: they have been, or need not be.
    /// - Throws: a `MalformedDocument`; it may be of an earlier document, and come as late as in `settle`.
    func stage(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws
    /// Waits until every document has been checked and written.
    func settle() throws
    /// Takes a staged document back, while the file goes on.
    /// - Throws: what `settle` throws.
    func discard(_ document: LedgerDocument) throws
    /// Takes back every staged document from a number on.
    func discard(from sequence: Int)
}

/// Writes the documents that one file, or one retry that came due, leads to: numbers them, stages them and has the ledger
/// remember them.
final class DocumentWriter {
    private let books: Books
    private let stage: any DocumentStage
    private let provenance: Provenance
    private var nextSequence: Int
    /// The number of the first document.
    let firstSequence: Int
    /// Whether the file is so long that its documents are checked and packed while it is read on: it settles at its end.
    var isLong = false
    private var packing = DocumentPacking()

    init(_ books: Books, _ stage: any DocumentStage, _ provenance: Provenance) throws {
        self.books = books
        self.stage = stage
        self.provenance = provenance
        firstSequence = try books.nextSequence()
        nextSequence = firstSequence
    }

    /// The number of the next document; gaps are normal.
    func takeSequence() -> Int {
        defer { nextSequence += 1 }
        return nextSequence
    }

    /// Stages a document, remembers it with its exact bytes, and names it in a receipt.
    /// - Parameter rules: the edition by whose rules its bytes are checked before.
    func put(
        _ document: LedgerDocument, bytes: [UInt8], rules: Edition? = nil, namedIn receipt: inout Receipt
    ) throws {
        try write(document, bytes: bytes, rules: rules)
        receipt.outputs.append(document)
    }

    /// Puts other bytes in the place of a document that has not left; nil: takes it back.
    func replace(
        _ document: LedgerDocument, by bytes: [UInt8]?, rules: Edition? = nil, namedIn receipt: inout Receipt
    ) throws {
        try stage.discard(document)
        try remember(packing.rest())
        try books.remove(document)
        if let bytes {
            try write(document, bytes: bytes, rules: rules)
        } else {
            receipt.outputs.remove(document.sequence)
        }
    }

    private func write(_ document: LedgerDocument, bytes: [UInt8], rules: Edition?) throws {
        if !isLong, let rules { try MessageRules.refuse(bytes, edition: rules) }
        try stage.stage(document, bytes: bytes, rules: isLong ? rules : nil)
        // What waits for a person's decision is looked up while it is made.
        if isLong, document.outbox != .review {
            try remember(packing.put(document, bytes))
        } else {
            try remember([(document, stage.packer.pack(bytes))])
        }
    }

    private func remember(_ documents: [(LedgerDocument, PackedDocument)]) throws {
        try books.insert(documents, source: provenance.intake, at: provenance.now)
    }

    /// The document of a number, which may have been put only now.
    func document(_ sequence: Int) throws -> LedgerDocument? {
        try remember(packing.rest())
        return try books.document(sequence)
    }

    /// Waits until all documents of a long file have been checked, written and remembered.
    func settle() throws {
        guard isLong else { return }
        try stage.settle()
        try remember(packing.rest())
        isLong = false
    }

    /// Takes back everything that was staged, after the transaction's part was undone.
    func discardAll() {
        packing = DocumentPacking()
        stage.discard(from: firstSequence)
    }
}
