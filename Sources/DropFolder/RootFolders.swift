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
    public var outboxQuickBooks: String { root + "/outbox/quickbooks" }
    /// Where Procore JSON is collected.
    public var outboxProcore: String { root + "/outbox/procore" }
    /// Where receipts are.
    public var results: String { root + "/outbox/results" }
    /// Where the logs are.
    public var logs: String { root + "/logs" }

    /// Makes the folders that are not there.
    /// - Throws: a `SystemError`.
    public func create() throws {
        for folder in [
            inbox + "/procore", inbox + "/quickbooks", processed, rejected, claimed, outboxQuickBooks + "/.staging",
            outboxProcore + "/.staging", results, logs,
        ] {
            try System.makeFolders(Array(folder.utf8))
        }
    }
}
