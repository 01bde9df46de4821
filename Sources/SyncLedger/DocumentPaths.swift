/// Paths of documents as the ledger keeps them of a file, which may have led to very many: `outbox/quickbooks/00000012-vendors.xml`,
/// one a line; behind it ` +99` where as many more follow that differ in nothing but their numbers.
public struct DocumentPaths: Sendable, Equatable, Sequence {
    let text: String

    init(text: String) {
        self.text = text
    }

    /// The paths of documents, in their order.
    public init(_ documents: LedgerDocuments) {
        text = documents.runs.map { $0.count == 1 ? $0[0].path : "\($0[0].path) +\($0.count - 1)" }
            .joined(separator: "\n")
    }

    /// How many there are.
    public var count: Int {
        text.split(separator: "\n").reduce(0) { $0 + 1 + (Self.more(behind: $1)?.count ?? 0) }
    }

    /// The path of a line, and how many more follow it; nil where none do.
    private static func more(behind line: Substring) -> (path: Substring, count: Int)? {
        guard let plus = line.utf8.lastIndex(of: UInt8(ascii: "+")), plus > line.startIndex,
            let count = Int(line[line.utf8.index(after: plus)...])
        else { return nil }
        return (line[..<line.utf8.index(before: plus)], count)
    }

    /// One path after the other.
    public func makeIterator() -> Iterator { Iterator(lines: text.split(separator: "\n")[...]) }

    /// Goes through the lines.
    public struct Iterator: IteratorProtocol {
        fileprivate var lines: ArraySlice<Substring>
        /// What stands before and behind the number of the next path of a run, and how many are left of it.
        private var run: (start: Substring, number: Int, end: Substring, left: Int)?

        fileprivate init(lines: ArraySlice<Substring>) {
            self.lines = lines
        }

        /// The next path; nil after the last.
        public mutating func next() -> String? {
            if let (start, number, end, left) = run {
                run = left > 1 ? (start, number + 1, end, left - 1) : nil
                let digits = String(number)
                return start + String(repeating: "0", count: Swift.max(0, 8 - digits.utf8.count)) + digits + end
            }
            guard let line = lines.popFirst() else { return nil }
            guard let (path, more) = DocumentPaths.more(behind: line) else { return String(line) }
            let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
            let behind = path[name...].firstIndex(of: "-") ?? path.endIndex
            if let number = Int(path[name..<behind]), more > 0 {
                run = (path[..<name], number + 1, path[behind...], more)
            }
            return String(path)
        }
    }
}
