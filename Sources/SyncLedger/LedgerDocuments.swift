/// Documents in their order. A file may lead to very many, mostly of one kind and with one number after the other, so they
/// are kept as runs of such.
public struct LedgerDocuments: Sequence, Sendable {
    struct Run: Sendable {
        let first: LedgerDocument
        var count: Int

        /// The document at a place of the run.
        subscript(place: Int) -> LedgerDocument {
            LedgerDocument(
                sequence: first.sequence + place, outbox: first.outbox, subject: first.subject,
                repeats: first.repeats)
        }

        /// Whether a document continues it.
        func isFollowed(by document: LedgerDocument) -> Bool {
            document.sequence == first.sequence + count && document.outbox == first.outbox
                && document.subject == first.subject && first.repeats == nil && document.repeats == nil
        }
    }

    private(set) var runs: [Run] = []

    /// These documents, or none yet.
    public init(_ documents: some Sequence<LedgerDocument> = []) {
        for document in documents { append(document) }
    }

    /// How many there are.
    public var count: Int { runs.reduce(0) { $0 + $1.count } }

    /// Whether there is none.
    public var isEmpty: Bool { runs.isEmpty }

    /// The last one.
    public var last: LedgerDocument? { runs.last.map { $0[$0.count - 1] } }

    /// Adds a document behind the others.
    public mutating func append(_ document: LedgerDocument) {
        if let last = runs.last, last.isFollowed(by: document) {
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(first: document, count: 1))
        }
    }

    /// Takes the last one out.
    public mutating func removeLast() -> LedgerDocument? {
        guard let last else { return nil }
        runs[runs.count - 1].count -= 1
        if runs[runs.count - 1].count == 0 { runs.removeLast() }
        return last
    }

    /// Takes out the document of a number.
    public mutating func remove(_ sequence: Int) {
        let place = runs.lastIndex { ($0.first.sequence..<$0.first.sequence + $0.count).contains(sequence) }
        guard let place else { return }
        let run = runs[place]
        let before = sequence - run.first.sequence
        let behind = run.count - before - 1
        runs.remove(at: place)
        if behind > 0 { runs.insert(Run(first: run[before + 1], count: behind), at: place) }
        if before > 0 { runs.insert(Run(first: run.first, count: before), at: place) }
    }

    /// One document after the other.
    public func makeIterator() -> Iterator { Iterator(runs: runs) }

    /// Goes through the runs.
    public struct Iterator: IteratorProtocol {
        fileprivate let runs: [Run]
        private var run = 0
        private var place = 0

        fileprivate init(runs: [Run]) {
            self.runs = runs
        }

        /// The next document; nil after the last.
        public mutating func next() -> LedgerDocument? {
            guard run < runs.count else { return nil }
            defer {
                place += 1
                if place == runs[run].count { (run, place) = (run + 1, 0) }
            }
            return runs[run][place]
        }
    }
}
