import DropFolder
import SyncLedger

/// Keeps the marks of a root's folders and its sync ledger together.
struct RootMarks {
    private let folders: RootFolders
    private let ledger: Ledger

    private static let identity = "ledger"
    private static let marking = "marking"

    init(_ folders: RootFolders, _ ledger: Ledger) {
        self.folders = folders
        self.ledger = ledger
    }

    /// The marks of the root that the ledger belongs to. Where the ledger is new, or from before there were marks, the
    /// folders are made and marked.
    /// - Throws: a `SystemError`, or what SQLite says.
    func markers() throws -> FolderMarkers {
        let identity = try ledger.write { books in
            if let known = try books.fact(Self.identity) { return known }
            // Random, so that two ledgers never take each other's folders for theirs.
            let new = String(UInt64.random(in: .min ... .max), radix: 16)
            try books.setFact(Self.identity, new)
            // Marks of another ledger stay: this one was lost, or is not where it was, and a person has to say so.
            // A crash from here on leaves a ledger that knows that its folders are still to be marked.
            if try FolderMarkers.numbers(folders) == nil { try books.setFact(Self.marking, "yes") }
            return new
        }
        let markers = FolderMarkers(folders, ledger: identity)
        let numbers = try FolderMarkers.numbers(folders)
        try ledger.write { try Restoration(books: $0).check(numbers, identity: identity) }
        guard try ledger.read({ try $0.fact(Self.marking) }) != nil else { return markers }
        try folders.create()
        try markers.make(self.numbers())
        try ledger.write { try $0.setFact(Self.marking, nil) }
        return markers
    }

    /// The marks, where the root has been opened before; nothing is made.
    func known() throws -> FolderMarkers? {
        try ledger.read { try $0.fact(Self.marking) == nil ? $0.fact(Self.identity) : nil }
            .map { FolderMarkers(folders, ledger: $0) }
    }

    /// What keeps the root from being served; nil: nothing, as far as the marks and the ledger tell.
    func fault() throws -> MachineFault? {
        if let reason = try ledger.read({ try Restoration(books: $0).reason() }) {
            return MachineFault(LedgerRestored(reason: reason))
        }
        guard let missing = try known()?.snapshot().missing, !missing.isEmpty else { return nil }
        return MachineFault(missing)
    }

    /// What the root's mark is to say.
    func numbers() throws -> FolderMarkers.Numbers {
        try ledger.read { books in
            FolderMarkers.Numbers(
                ledger: try books.fact(Self.identity) ?? "", document: try books.nextSequence() - 1,
                file: try books.lastIntake())
        }
    }
}
