/// Paths of documents, in one piece: a file may lead to very many.
public struct DocumentPaths: Sendable, Equatable, Sequence {
    /// The paths as the ledger keeps them, one a line.
    let text: String

    init(text: String) {
        self.text = text
    }

    /// The paths of documents, in their order.
    public init(_ documents: [LedgerDocument]) {
        var text = ""
        for document in documents {
            if !text.isEmpty { text += "\n" }
            text += document.path
        }
        self.text = text
    }

    /// One path after the other, `outbox/quickbooks/00000012-vendors.xml`.
    public func makeIterator() -> Iterator { Iterator(rest: text.utf8[...]) }

    /// Goes through the lines.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: Substring.UTF8View

        /// The next path; nil after the last.
        public mutating func next() -> String? {
            guard !rest.isEmpty else { return nil }
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let path = String(Substring(rest[..<end]))
            rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
            return path
        }
    }
}
