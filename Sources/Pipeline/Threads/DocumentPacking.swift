import SyncLedger
import Synchronization

/// The documents of a long file on their way into the ledger: a thread of its own packs them, some at a time, while the file
/// is read on. They come out as they went in.
final class DocumentPacking {
    private let packed = Packed()
    private var thread: WriteBehind<[[UInt8]]>?
    /// Those that have not come back from the thread, oldest first.
    private var waiting: [LedgerDocument] = []
    /// Those that have, and wait for as many as the ledger writes together.
    private var ready: [(LedgerDocument, PackedDocument)] = []
    /// What is given to the thread next.
    private var batch: [[UInt8]] = []
    private var batchBytes = 0

    /// Documents, and bytes of them, that are given to the thread together.
    private static let (mostDocuments, mostBytes) = (32, 65_536)

    /// What the thread has done.
    private final class Packed: Sendable {
        private let documents = Mutex<[PackedDocument]>([])

        func add(_ new: [PackedDocument]) {
            documents.withLock { $0 += new }
        }

        func take() -> [PackedDocument] {
            documents.withLock { documents in
                defer { documents = [] }
                return documents
            }
        }
    }

    /// Gives a document to be packed.
    /// - Returns: those that are packed by now, as many as the ledger writes together or a multiple of it.
    func put(_ document: LedgerDocument, _ bytes: [UInt8]) throws -> [(LedgerDocument, PackedDocument)] {
        waiting.append(document)
        batch.append(bytes)
        batchBytes += bytes.count
        guard batch.count == Self.mostDocuments || batchBytes >= Self.mostBytes else { return [] }
        try hand()
        collect()
        let count = ready.count - ready.count % Books.rowsTogether
        defer { ready.removeFirst(count) }
        return Array(ready[..<count])
    }

    /// Waits for all that was given.
    /// - Returns: those that had not come out.
    func rest() throws -> [(LedgerDocument, PackedDocument)] {
        if !waiting.isEmpty {
            try hand()
            try thread?.drain()
            collect()
        }
        defer { ready = [] }
        return ready
    }

    private func hand() throws {
        guard !batch.isEmpty else { return }
        let packed = packed
        let thread =
            self.thread
            ?? WriteBehind(room: 1, with: DocumentPacker()) { packer, documents in
                packed.add(documents.map { packer.pack($0) })
            }
        self.thread = thread
        let next = batch
        batch = []
        batchBytes = 0
        try thread.put(next)
    }

    private func collect() {
        let packed = packed.take()
        ready += zip(waiting, packed)
        waiting.removeFirst(packed.count)
    }
}
