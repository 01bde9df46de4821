import Domain
import QBXML

/// A document with one Add request, written as far as that can be done without the sync ledger: it lacks the QuickBooks
/// ids of the records that the transaction refers to.
public struct AddDraft: Sendable {
    /// A place where an id is to stand.
    struct Gap {
        /// Ahead of which byte.
        let offset: Int
        /// Which of the references.
        let reference: Int
    }

    /// The records whose ids it lacks, each once.
    public private(set) var references: [RecordKey] = []
    private var gaps: [Gap] = []
    private var bytes: [UInt8] = []

    /// The document that adds a transaction.
    /// - Parameters:
    ///   - object: what it becomes.
    ///   - content: what it should be.
    ///   - externalGUID: by which an Add that was repeated is known.
    ///   - set: the message set around the request's body, of which everything else is known.
    /// - Returns: nil where it refers to a line of another transaction.
    public init?(
        _ object: TransactionObject, _ content: Content, externalGUID: String, in set: (_ body: [UInt8]) -> MessageSet
    ) {
        var (references, gaps, isWhole) = (self.references, self.gaps, true)
        let body = object.addBody(content, externalGUID: externalGUID) { writer, value in
            switch value {
            case .text(let text): writer.text(text)
            case .lineOf: isWhole = false
            case .idOf(let key):
                let known = references.firstIndex(of: key)
                if known == nil { references.append(key) }
                gaps.append(Gap(offset: writer.bytes.count, reference: known ?? references.count - 1))
            }
        }
        guard isWhole else { return nil }
        let rendered = set(body).renderedWithBodies()
        guard let start = rendered.bodies.first, rendered.bodies.count == 1 else { return nil }
        bytes = rendered.bytes
        self.references = references
        self.gaps = gaps.map { Gap(offset: $0.offset + start, reference: $0.reference) }
    }

    /// A document that was written elsewhere.
    init(_ bytes: [UInt8], references: [RecordKey], gaps: [Gap]) {
        self.bytes = bytes
        self.references = references
        self.gaps = gaps
    }

    /// The document with its ids.
    /// - Parameter ids: those of `references`, in the same order, as `written` gives them.
    public func filled(_ ids: [[UInt8]]) -> [UInt8] {
        var filled: [UInt8] = []
        filled.reserveCapacity(gaps.reduce(bytes.count) { $0 + ids[$1.reference].count })
        var start = 0
        for gap in gaps {
            filled += bytes[start..<gap.offset]
            filled += ids[gap.reference]
            start = gap.offset
        }
        filled += bytes[start...]
        return filled
    }

    /// An id as it stands in a document.
    public static func written(_ id: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.text(id)
        return writer.bytes
    }
}
