import Dispatch
import Domain
import Glibc
import Synchronization

/// One outbox folder: documents are staged under a hidden name, made durable, and later renamed into sight.
///
/// Each step works in the folder that it opened and found the mark in: a share can go away and come back at any moment,
/// and in its bare place every staged name would be gone.
public struct Outbox: Sendable {
    private let path: String
    private let markers: FolderMarkers?

    /// The outbox in a folder, which holds `.staging`.
    /// - Parameter folder: where its documents are published.
    /// - Parameter markers: by which the folder is known; nil: it is what it is.
    public init(folder: String, markers: FolderMarkers? = nil) {
        path = folder
        self.markers = markers
    }

    /// An outbox that was opened, once for documents that are staged and published together.
    public struct Opened: Sendable {
        fileprivate let folder: OpenFolder
        fileprivate let staging: OpenFolder
    }

    func folder() throws -> OpenFolder {
        try markers?.open(path) ?? OpenFolder(Array(path.utf8))
    }

    private func staging() throws -> OpenFolder { try open().staging }

    /// Whether the folder is there: one that only some roots have.
    public var isThere: Bool { (try? System.status(Array("\(path)/.staging".utf8)))?.isFolder ?? false }

    /// Opens the outbox for documents that are staged together.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`.
    public func open() throws -> Opened {
        let folder = try folder()
        return Opened(folder: folder, staging: try folder.folder(RelativePath(".staging")))
    }

    /// Whether what was opened still stands in its place: a share may have come or gone meanwhile.
    private func isStill(_ opened: Opened) throws -> Bool {
        guard let here = try System.status(Array("\(path)/.staging".utf8)) else { return false }
        return try here.isSameFile(as: System.status(descriptor: opened.staging.descriptor))
    }

    /// Writes a document under its hidden name; what a crash left there is replaced.
    /// - Parameter name: the name it gets when it is published.
    /// - Parameter bytes: the whole document.
    /// - Parameter opened: the outbox, where it was opened for several documents.
    public func stage(_ name: String, _ bytes: [UInt8], in opened: Opened? = nil) throws {
        let staging = try opened?.staging ?? staging()
        close(try write(bytes, to: staging.place(Array(name.utf8))))
    }

    /// The same of a document that is made durable at once, while whoever stages it goes on.
    /// - Returns: what `makeDurable` has to wait for.
    public func stageDurably(_ name: String, _ bytes: [UInt8], in opened: Opened) throws -> DurableSoon {
        let place = opened.staging.place(Array(name.utf8))
        return DurableSoon(try write(bytes, to: place), at: place)
    }

    /// Writes a new file.
    /// - Returns: its descriptor, which is the caller's.
    private func write(_ bytes: [UInt8], to place: Place) throws -> Int32 {
        // Where there is only link and unlink, what has the name may be a published file's second one.
        let descriptor = try System.create(place)
        do {
            try System.writeAll(descriptor, bytes, path: place.path)
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Up to so many documents are made durable each on its own.
    public static let fewest = 8

    /// Makes staged documents and their names durable: each on its own, or, where there are many, with one sync of
    /// the file system that holds them.
    /// - Parameter names: as they were staged.
    /// - Parameter opened: what they were staged in.
    /// - Throws: a `SystemError`; the documents must then be staged anew, since a failed sync is never trusted.
    public func makeDurable(_ names: [String], in opened: Opened? = nil) throws {
        guard !names.isEmpty else { return }
        if let opened { try requireStill(opened) }
        let staging = try opened?.staging ?? staging()
        if names.count > Self.fewest { return try System.syncFileSystem(staging) }
        // The folder and each document: none has to wait for another.
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: names.count + 1) { number in
            do {
                guard number < names.count else { return try System.sync(staging) }
                let place = staging.place(Array(names[number].utf8))
                let descriptor = try System.open(place, O_RDONLY | O_NOFOLLOW)
                defer { close(descriptor) }
                try System.sync(descriptor, path: place.path)
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Begins to make staged documents and their names durable on another thread, while whoever staged them goes on.
    /// - Parameter staged: the outboxes, the names as they were staged in each, and what they were staged in.
    /// - Returns: what has to be waited for.
    public static func makeDurableSoon(_ staged: [(outbox: Outbox, names: [String], opened: Opened?)]) -> DurableSoon {
        DurableSoon { for (outbox, names, opened) in staged { try outbox.makeDurable(names, in: opened) } }
    }

    /// Begins to write what was staged so far to the disk, while more is staged, so that less is left to wait for at the end.
    /// - Parameter opened: what it was staged in.
    /// - Returns: what has to be waited for, since a failure is told to nobody else; nothing counts as durable by it.
    public static func flushSoon(_ opened: Opened) -> DurableSoon {
        DurableSoon { try System.syncFileSystem(opened.staging) }
    }

    /// Makes the one document durable that is on its way to the disk already: makes its name durable, and waits for it.
    /// - Throws: a `SystemError`, as above.
    public func makeDurable(_ soon: DurableSoon, in opened: Opened) throws {
        try requireStill(opened)
        try System.sync(opened.staging)
        try soon.wait()
    }

    /// Looks that an outbox is still the one that was opened.
    /// - Parameter opened: as it was opened for what was staged.
    /// - Throws: a `SystemError` where a share came or went since the outbox was opened: what was staged there would be
    ///   missed here.
    public func requireStill(_ opened: Opened) throws {
        guard try isStill(opened) else {
            throw SystemError("open", RelativePath(opened.staging.path).shown, errno: ESTALE)
        }
    }

    /// Renames staged documents into sight, one after the other, never over an existing name, and makes the names
    /// durable. A document whose staged name is gone was published before: only the rename takes it away.
    /// - Parameters:
    ///   - names: as they were staged.
    ///   - opened: the outbox as it was opened to stage them, which is taken if it still stands there.
    /// - Returns: how many were not published before.
    /// - Throws: a `SystemError`, with those before it published; `EEXIST` when something else has a name.
    @discardableResult
    public func publish(_ names: [String], in opened: Opened? = nil) throws -> Int {
        let opened = try opened.flatMap { try isStill($0) ? $0 : nil } ?? open()
        let (folder, staging) = (opened.folder, opened.staging)
        var published = 0
        for name in names {
            let (from, to) = (staging.place(Array(name.utf8)), folder.place(Array(name.utf8)))
            if try publish(from, to) { published += 1 }
        }
        try System.sync(folder)
        return published
    }

    /// Renames a staged document into sight.
    /// - Returns: false where its staged name is gone. That is only looked for where the rename fails.
    private func publish(_ from: Place, _ to: Place) throws -> Bool {
        do {
            if try System.renameNoReplace(from, to) { return true }
        } catch let error as SystemError where error.errno == ENOENT {
            guard try System.status(from) != nil else { return false }
            throw error
        }
        guard try System.status(from) != nil else { return false }
        guard try System.finishLinking(from, to) else {
            throw SystemError("rename", RelativePath(to.path).shown, errno: EEXIST)
        }
        return true
    }

    /// Takes a staged document back.
    public func discard(_ name: String) {
        guard let staging = try? staging() else { return }
        try? System.remove(staging.place(Array(name.utf8)))
    }

    /// Whether a published document still waits to be collected.
    public func holds(_ name: String) -> Bool {
        ((try? System.status(Array("\(path)/\(name)".utf8))) ?? nil) != nil
    }

    /// The names of the documents that wait to be collected.
    public func publishedNames() throws -> [String] {
        try System.names(in: folder()).filter { $0.first != UInt8(ascii: ".") }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// How many documents wait to be collected.
    public func publishedCount() throws -> Int { try System.countVisible(in: folder()) }

    /// Takes every document that waits to be collected out of sight, into `.withdrawn`.
    /// - Returns: their names.
    public func withdraw() throws -> [String] {
        let folder = try folder()
        try System.makeFolder(folder.place(Array(".withdrawn".utf8)), 0o700)
        let withdrawn = try folder.folder(RelativePath(".withdrawn"))
        let names = try publishedNames()
        for name in names {
            try System.renameOver(folder.place(Array(name.utf8)), withdrawn.place(Array(name.utf8)))
        }
        try System.sync(folder)
        return names
    }

    /// The names of staged documents.
    public func stagedNames() throws -> [String] {
        try System.names(in: staging()).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes staged documents that nobody remembers, which a crash before the ledger's commit leaves.
    public func removeStaged(except names: Set<String>) throws {
        let staging = try staging()
        for name in try System.names(in: staging) where !names.contains(String(decoding: name, as: UTF8.self)) {
            try System.remove(staging.place(name))
        }
    }
}
