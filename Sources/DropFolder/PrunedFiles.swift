import CLinux
import Domain
import Glibc

/// Takes files off the share that are not needed any more: originals, receipts, what was filed of reviews.
///
/// Each is reached name by name from an open folder that carries the root's mark, never through a link, and goes only where
/// it is a file. Whoever asks says which name it had; nothing is found by looking.
public struct PrunedFiles {
    private let folders: RootFolders
    private let markers: FolderMarkers
    /// The folders that were opened last, since what goes together stands together.
    private var opened: [String: OpenFolder] = [:]

    /// The files of a root.
    /// - Parameters:
    ///   - folders: its folders.
    ///   - markers: by which they are known.
    public init(_ folders: RootFolders, _ markers: FolderMarkers) {
        self.folders = folders
        self.markers = markers
    }

    /// A folder below which files go.
    public enum Base: Sendable {
        /// `inbox`
        case inbox
        /// `outbox/results`
        case results
        /// `outbox/review`, which has no mark of its own.
        case review
        /// `outbox/quickbooks`
        case quickbooks
        /// `outbox/procore`
        case procore
    }

    private func path(_ base: Base) -> String {
        switch base {
        case .inbox: folders.inbox
        case .results: folders.results
        case .review: folders.review
        case .quickbooks: folders.outboxQuickBooks
        case .procore: folders.outboxProcore
        }
    }

    func open(_ base: Base) throws -> OpenFolder {
        switch base {
        case .inbox, .results, .quickbooks, .procore: try markers.open(path(base))
        case .review: try OpenFolder(Array(path(base).utf8))
        }
    }

    /// The place of a file; nil where its folder is not there, or stands behind a link.
    mutating func place(_ path: RelativePath, below base: Base) throws -> Place? {
        let key = "\(base)/\(path.folder.shown)/\(path.folder.bytes.count)"
        if let folder = opened[key] { return folder.place(path.name) }
        let start = try open(base)
        guard let folder = try? start.folder(path.folder) else { return nil }
        if opened.count == 16 { opened = [:] }
        opened[key] = folder
        return folder.place(path.name)
    }

    /// The size of a file, in bytes; nil where none is there.
    /// - Parameters:
    ///   - path: below the folder.
    ///   - base: the folder.
    /// - Throws: a `FolderMarkers.Missing` where the folder is not what it should be; a `SystemError`.
    public mutating func size(_ path: RelativePath, below base: Base) throws -> Int? {
        guard let place = try place(path, below: base), let status = try System.status(place), status.isFile else {
            return nil
        }
        return status.size
    }

    /// Removes a file.
    /// - Parameters:
    ///   - path: below the folder.
    ///   - base: the folder.
    /// - Returns: its size, in bytes; nil where none was there.
    /// - Throws: a `FolderMarkers.Missing` where the folder is not what it should be; a `SystemError`.
    public mutating func remove(_ path: RelativePath, below base: Base) throws -> Int? {
        guard let place = try place(path, below: base), let status = try System.status(place), status.isFile else {
            return nil
        }
        try System.remove(place)
        return status.size
    }

    /// What is left in the folders of days.
    public struct Left: Sendable {
        /// Files, by their paths below the folder.
        public var files: [RelativePath] = []
        /// How many folders were empty and are gone.
        public var removed = 0
    }

    /// The names of the folders of days before a day, `2026-11-22`, that stand in a folder.
    /// - Parameters:
    ///   - folder: below the base; empty: the base itself.
    ///   - base: where it stands.
    ///   - day: days from this one on are left out.
    /// - Throws: a `FolderMarkers.Missing` where the base is not what it should be; a `SystemError`.
    public func days(in folder: RelativePath, below base: Base, before day: String) throws -> [RelativePath] {
        guard let opened = try? open(base).folder(folder) else { return [] }
        return try System.names(in: opened).filter {
            Self.isDay($0) && $0.lexicographicallyPrecedes(Array(day.utf8))
        }.map(folder.appending)
    }

    private static func isDay(_ name: [UInt8]) -> Bool {
        guard name.count == 10 else { return false }
        return name.enumerated().allSatisfy { [4, 7].contains($0) ? $1 == 0x2d : (48...57).contains($1) }
    }

    /// Removes the folders below one that are empty, and itself if it is then.
    /// - Parameters:
    ///   - path: the folder, below the base.
    ///   - base: where it stands.
    /// - Returns: what is left there.
    /// - Throws: a `FolderMarkers.Missing` where the base is not what it should be; a `SystemError`.
    public mutating func tidy(_ path: RelativePath, below base: Base) throws -> Left {
        forgetOpened()
        var left = Left()
        guard let parent = try? open(base).folder(path.folder) else { return left }
        try tidy(path, parent.place(path.name), parent, depth: 0, &left)
        return left
    }

    /// Closes the folders that were opened.
    mutating func forgetOpened() { opened = [:] }

    /// Deeper than this no folder of ours is. A limit of ours, so that a tree that is not ours cannot end the process.
    static let deepest = 64

    private func tidy(
        _ path: RelativePath, _ place: Place, _ parent: OpenFolder, depth: Int, _ left: inout Left
    ) throws {
        guard let status = try System.status(place) else { return }
        guard status.isFolder, depth < Self.deepest, let folder = try? parent.folder(RelativePath(path.name)) else {
            left.files.append(path)
            return
        }
        for name in try System.names(in: folder) {
            try tidy(path.appending(name), folder.place(name), folder, depth: depth + 1, &left)
        }
        if System.removeFolder(place) { left.removed += 1 }
    }

    /// The path that a claimed original got when it was filed, from the path as it is shown.
    /// - Parameters:
    ///   - shown: where it was filed, below the inbox, safe to show.
    ///   - dropped: its path when it was dropped, as bytes.
    /// - Returns: nil where that cannot be told.
    public static func filed(_ shown: String, dropped: [UInt8]) -> RelativePath? {
        let plain = RelativePath(shown)
        if plain.shown == shown, !shown.contains("\\") { return plain }
        // Its name has bytes that are not shown as they are; where it was filed is made as it was then.
        let folder = RelativePath(shown.split(separator: "/").prefix(2).joined(separator: "/"))
        let wanted = folder.appending(dropped)
        if wanted.shown == shown { return wanted }
        return (2...99).lazy.map(wanted.numbered).first { $0.shown == shown }
    }
}

/// A file that is written somewhere on this machine under a hidden name, made durable, and then gets its own.
public struct HiddenFile: Sendable {
    /// Where it is to be.
    public let path: String
    /// Where it is until then.
    public let hidden: String

    /// A file at a path.
    public init(_ path: String) {
        self.path = path
        let place = RelativePath(path)
        hidden =
            String(decoding: place.folder.bytes, as: UTF8.self) + "/."
            + String(decoding: place.name, as: UTF8.self) + ".new"
    }

    /// Whether something has the path already.
    public var isTaken: Bool { (try? System.status(Array(path.utf8))).flatMap { $0 } != nil }

    /// Makes it durable, and gives it its name, never over another file.
    /// - Throws: a `SystemError`; `EEXIST` where something else has the name.
    public func publish() throws {
        let descriptor = try System.open(Array(hidden.utf8), O_RDONLY)
        defer { close(descriptor) }
        try System.sync(descriptor, path: Array(hidden.utf8))
        guard try System.renameNoReplace(Array(hidden.utf8), Array(path.utf8)) else {
            throw SystemError("rename", path, errno: EEXIST)
        }
        try System.sync(OpenFolder(RelativePath(path).folder.bytes))
    }

    /// Removes what was written of it.
    public func discard() { try? System.remove(Array(hidden.utf8)) }
}

extension FileSystem {
    /// How many bytes are free for this process where a path is; nil where that cannot be told.
    public static func free(at path: String) -> Int? {
        var info = statvfs()
        guard System.path(path, { statvfs($0, &info) }) == 0 else { return nil }
        return Int(info.f_bavail) * Int(info.f_frsize)
    }
}
