import DropFolder

/// Sends staged documents on their way to the disk while more are staged, some thousands at a time: the sync at the end, for
/// which the ledger waits, then finds little left to write. Nothing counts as durable by it.
///
/// Only many documents are worth it, since each is a file with an inode to be written. It writes the ledger's log as well, of
/// which pages are changed again: where documents are few and large, that takes longer than it saves.
struct FlushAhead {
    /// How many documents are sent together.
    private let together: Int
    /// How many were staged since the last were sent.
    private var waiting = 0
    private var begun: DurableSoon?
    /// How often some were sent.
    private(set) var count = 0

    /// - Parameter together: how many documents are sent together.
    init(together: Int) {
        self.together = together
    }

    /// Counts documents that are staged.
    /// - Parameters:
    ///   - documents: so many.
    ///   - flush: begins to send them.
    /// - Throws: what the sync before met.
    mutating func add(_ documents: Int, _ flush: () -> DurableSoon) throws {
        waiting += documents
        guard waiting >= together else { return }
        try wait()
        begun = flush()
        waiting = 0
        count += 1
    }

    /// Waits for those that are on their way.
    /// - Throws: a `SystemError`, which the kernel may tell to nobody else.
    func wait() throws { try begun?.wait() }
}
