/// The folders of one company, the root. Paths are without a slash at the end.
public struct RootFolders: Sendable, Hashable {
    /// The root itself.
    public let root: String

    /// The folders below a root.
    public init(root: String) {
        self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    }

    /// Where files are dropped.
    public var inbox: String { root + "/inbox" }
    /// Where originals go once read.
    public var processed: String { inbox + "/processed" }
    /// Where originals go that could not be taken.
    public var rejected: String { inbox + "/rejected" }
    /// Where files are while they are read, a folder for each intake number.
    public var claimed: String { inbox + "/.claimed" }
    /// Where qbXML requests are collected.
    public var outboxQuickBooks: String { outbox("quickbooks") }
    /// Where Procore JSON is collected.
    public var outboxProcore: String { outbox("procore") }
    /// Where documents wait for a person's decision.
    public var review: String { outbox("review") }
    /// Where receipts are.
    public var results: String { outbox("results") }
    /// One of the folders below `outbox/`.
    public func outbox(_ name: String) -> String { root + "/outbox/" + name }
    /// Where the logs are.
    public var logs: String { root + "/logs" }

    /// Makes the folders that are not there.
    /// - Throws: a `SystemError`.
    public func create() throws {
        for folder in FolderMarkers.marked(self) { try System.makeFolders(Array(folder.utf8)) }
        for (parent, name, mode) in ours { try System.makeFolders(Array("\(parent)/\(name)".utf8), mode) }
    }

    /// The folders that are ours alone, each with the marked one that it is in, and its rights: what others drop and
    /// collect is everybody's, what is under way is not.
    var ours: [(parent: String, name: String, mode: UInt32)] {
        [
            (inbox, "processed", 0o777), (inbox, "rejected", 0o777), (inbox, ".claimed", 0o700),
            (outboxQuickBooks, ".staging", 0o700), (outboxProcore, ".staging", 0o700), (root, "logs", 0o777),
        ]
    }

    /// Makes everything durable that was written to receipts, logs and filed originals.
    /// - Throws: a `SystemError`; then nothing of it is known to be on the disk.
    public func syncResults() throws {
        for folder in [results, logs, processed] { try System.syncFileSystem(Array(folder.utf8)) }
    }
}
