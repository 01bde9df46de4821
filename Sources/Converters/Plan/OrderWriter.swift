import Domain
import Procore
import QBXML

/// Writes an order twice: as the sync ledger keeps what is wanted, and as the document that asks for it.
struct OrderWriter {
    /// What it should be, as `Content` encodes it.
    private(set) var wanted: [UInt8] = []
    private var document: [UInt8] = []
    private var references: [RecordKey] = []
    private var gaps: [AddDraft.Gap] = []

    /// - Parameter capacity: how many bytes of document are expected.
    init(capacity: Int) {
        document.reserveCapacity(capacity)
        wanted.reserveCapacity(capacity / 3)
    }

    /// The document.
    var draft: AddDraft { AddDraft(document, references: references, gaps: gaps) }

    // MARK: - Values

    /// Adds a tidy text that stands in a record.
    mutating func add(
        _ slot: CommitmentPlan.Slot, _ range: Range<Int>, of found: FoundFields, _ look: PlainText.Look = .init()
    ) {
        guard !look.hasMarks else { return add(slot, text: found.text(range)) }
        let text = UnsafeBufferPointer(rebasing: found.bytes[range])
        wanted.append(contentsOf: slot.path)
        wanted.append(contentsOf: text)
        wanted.append(Content.fieldEnd)
        document.append(contentsOf: slot.open)
        document.append(contentsOf: text)
        document.append(contentsOf: slot.close)
    }

    /// Adds a text.
    mutating func add(_ slot: CommitmentPlan.Slot, text: String) {
        wanted.append(contentsOf: slot.path)
        wanted.append(contentsOf: text.utf8)
        wanted.append(Content.fieldEnd)
        var writer = XMLWriter()
        writer.text(text)
        document.append(contentsOf: slot.open)
        document.append(contentsOf: writer.bytes)
        document.append(contentsOf: slot.close)
    }

    /// Adds a number, as short as it can be.
    mutating func add(_ slot: CommitmentPlan.Slot, amount: Amount) {
        wanted.append(contentsOf: slot.path)
        let start = wanted.count
        amount.write(to: &wanted)
        document.append(contentsOf: slot.open)
        document.append(contentsOf: wanted[start...])
        document.append(contentsOf: slot.close)
        wanted.append(Content.fieldEnd)
    }

    /// Adds the QuickBooks id of another record, which is not known yet.
    mutating func add(_ slot: CommitmentPlan.Slot, idOf key: RecordKey) {
        wanted.append(contentsOf: slot.path)
        wanted.append(contentsOf: key.entity.rawValue.utf8)
        wanted.append(UInt8(ascii: "/"))
        wanted.append(contentsOf: key.procoreID.utf8)
        wanted.append(Content.fieldEnd)
        document.append(contentsOf: slot.open)
        let known = references.firstIndex(of: key)
        if known == nil { references.append(key) }
        gaps.append(AddDraft.Gap(offset: document.count, reference: known ?? references.count - 1))
        document.append(contentsOf: slot.close)
    }

    /// Begins a line.
    mutating func beginLine(_ element: String, _ key: UnsafeBufferPointer<UInt8>) {
        wanted.append(Content.lineStart)
        wanted.append(contentsOf: key)
        wanted.append(Content.fieldEnd)
        document.append(0x0a)
        open(element)
    }

    // MARK: - The document alone

    mutating func put(_ bytes: [UInt8]) { document.append(contentsOf: bytes) }

    mutating func put(text: String) { document.append(contentsOf: text.utf8) }

    mutating func open(_ element: String) {
        document.append(UInt8(ascii: "<"))
        document.append(contentsOf: element.utf8)
        document.append(UInt8(ascii: ">"))
    }

    mutating func close(_ element: String) {
        document.append(UInt8(ascii: "<"))
        document.append(UInt8(ascii: "/"))
        document.append(contentsOf: element.utf8)
        document.append(UInt8(ascii: ">"))
    }
}
