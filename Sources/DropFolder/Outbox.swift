import Domain
import Glibc

/// One outbox folder: documents are staged under a hidden name, made durable, and later renamed into sight.
public struct Outbox: Sendable {
    private let folder: [UInt8]
    private let staging: [UInt8]

    /// The outbox in a folder, which holds `.staging`.
    public init(folder: String) {
        self.folder = Array(folder.utf8)
        staging = Array((folder + "/.staging").utf8)
    }

    /// Writes a document under its hidden name; what a crash left there is replaced.
    public func stage(_ name: String, _ bytes: [UInt8]) throws {
        let path = staging + [0x2f] + Array(name.utf8)
        // Removed, not emptied: where there is only link and unlink, it may be a published file's second name.
        try System.remove(path)
        let descriptor = try System.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        defer { close(descriptor) }
        try System.writeAll(descriptor, bytes, path: path)
    }

    /// Makes staged documents and their names durable: each on its own, or, where there are many, with one sync of
    /// the file system that holds them.
    /// - Throws: a `SystemError`; the documents must then be staged anew, since a failed sync is never trusted.
    public func makeDurable(_ names: [String]) throws {
        guard !names.isEmpty else { return }
        if names.count > 8 {
            return try System.syncFileSystem(staging)
        }
        for name in names {
            let path = staging + [0x2f] + Array(name.utf8)
            let descriptor = try System.open(path, O_RDONLY | O_NOFOLLOW)
            defer { close(descriptor) }
            try System.sync(descriptor, path: path)
        }
        try System.syncFolder(staging)
    }

    /// Renames a staged document into sight, never over an existing name.
    /// - Returns: false when it was published before: its staged name is gone only by the rename.
    /// - Throws: a `SystemError`; `EEXIST` when something else has its name.
    public func publish(_ name: String) throws -> Bool {
        let from = staging + [0x2f] + Array(name.utf8)
        let to = folder + [0x2f] + Array(name.utf8)
        guard try System.status(from) != nil else { return false }
        guard try System.renameNoReplace(from, to) || System.finishLinking(Place(from), Place(to)) else {
            throw SystemError("rename", RelativePath(to).shown, errno: EEXIST)
        }
        return true
    }

    /// Makes the published names durable.
    public func sync() throws {
        try System.syncFolder(folder)
    }

    /// Takes a staged document back.
    public func discard(_ name: String) {
        try? System.remove(staging + [0x2f] + Array(name.utf8))
    }

    /// Whether a published document still waits to be collected.
    public func holds(_ name: String) -> Bool {
        ((try? System.status(folder + [0x2f] + Array(name.utf8))) ?? nil) != nil
    }

    /// The names of the documents that wait to be collected.
    public func publishedNames() throws -> [String] {
        try System.names(in: folder).filter { $0.first != UInt8(ascii: ".") }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Takes every document that waits to be collected out of sight, into `.withdrawn`.
    /// - Returns: their names.
    public func withdraw() throws -> [String] {
        let withdrawn = folder + Array("/.withdrawn".utf8)
        try System.makeFolders(withdrawn, 0o700)
        let names = try publishedNames()
        for name in names {
            let bytes = Array(name.utf8)
            try System.renameOver(Place(folder + [0x2f] + bytes), Place(withdrawn + [0x2f] + bytes))
        }
        try System.syncFolder(folder)
        return names
    }

    /// The names of staged documents.
    public func stagedNames() throws -> [String] {
        try System.names(in: staging).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes staged documents that nobody remembers, which a crash before the ledger's commit leaves.
    public func removeStaged(except names: Set<String>) throws {
        for name in try System.names(in: staging) where !names.contains(String(decoding: name, as: UTF8.self)) {
            try System.remove(staging + [0x2f] + name)
        }
    }
}
