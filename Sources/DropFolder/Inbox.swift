import Domain
import Glibc

/// The inbox of one root: what stands in it, whether it is complete, and taking it.
public struct Inbox: Sendable {
    private let folders: RootFolders
    private let base: [UInt8]

    /// The inbox of a root.
    public init(_ folders: RootFolders) {
        self.folders = folders
        base = Array(folders.inbox.utf8)
    }

    /// What a scan found.
    public struct Scan: Sendable {
        /// Files that may be taken once complete, in the order of their bytes.
        public var files: [RelativePath] = []
        /// What is never opened: symbolic links, FIFOs, sockets, devices; with what they are.
        public var specials: [(path: RelativePath, kind: String)] = []
    }

    /// Looks through the inbox and its subfolders.
    /// - Throws: a `SystemError` where the inbox itself cannot be read; a subfolder that cannot is left out.
    public func scan() throws -> Scan {
        var scan = Scan()
        guard try System.status(base)?.isFolder == true else {
            throw SystemError("opendir", folders.inbox, errno: ENOENT)
        }
        try walk(RelativePath([]), into: &scan)
        return scan
    }

    private func walk(_ folder: RelativePath, into scan: inout Scan) throws {
        let names: [[UInt8]]
        do {
            names = try System.names(in: absolute(folder))
        } catch {
            if folder.bytes.isEmpty { throw error }
            return
        }
        for name in names where !Self.isIgnored(name) {
            let path = folder.appending(name)
            if Self.isOurs(path) { continue }
            guard let status = try System.status(absolute(path)) else { continue }
            switch status.kind {
            case S_IFREG: scan.files.append(path)
            case S_IFDIR: try walk(path, into: &scan)
            case S_IFLNK: scan.specials.append((path, "a symbolic link"))
            case S_IFIFO: scan.specials.append((path, "a FIFO"))
            case S_IFSOCK: scan.specials.append((path, "a socket"))
            default: scan.specials.append((path, "a device"))
            }
        }
    }

    /// What can be told of a candidate without reading it; nil when it is gone or no regular file.
    public func probe(_ path: RelativePath) throws -> Probe? {
        guard let status = try System.status(absolute(path)), status.isFile else { return nil }
        // Other machines' writers do not show in a lease on a mounted share.
        let isPolled = FileSystem.kind(of: folders.inbox + "/" + String(decoding: path.folder.bytes, as: UTF8.self)).isPolled
        var writer = Writer.unknown
        if !isPolled {
            do {
                writer = try FileSource(bytes: absolute(path)).writer
            } catch let error as SystemError where [ENOENT, ELOOP, EINVAL].contains(error.errno) {
                return nil
            } catch let error as SystemError where error.errno == EACCES {
                writer = .unknown
            }
        }
        return Probe(size: status.size, changed: status.changed, modified: status.modified, writer: writer)
    }

    /// Takes a file by renaming it into the claim folder of an intake number; nil when it is gone.
    /// - Throws: a `SystemError`, after which the file is where it was.
    public func claim(_ path: RelativePath, intake: Int) throws -> ClaimedFile? {
        let claimed = ClaimedFile(folders, intake: intake, path: path)
        try System.makeFolders(Array("\(folders.claimed)/\(intake)".utf8) + (path.folder.bytes.isEmpty ? [] : [0x2f] + path.folder.bytes))
        do {
            guard try System.renameNoReplace(absolute(path), claimed.absolute) else {
                throw SystemError("rename", path.shown, errno: EEXIST)
            }
        } catch let error as SystemError where error.errno == ENOENT {
            claimed.removeFolders()
            return nil
        } catch let error as SystemError where error.errno == EXDEV {
            try copy(absolute(path), claimed.absolute)
            try System.remove(absolute(path))
        }
        return claimed
    }

    /// The claims that an earlier process left, in number order.
    public func claims() throws -> [ClaimedFile] {
        var claims: [ClaimedFile] = []
        for name in try System.names(in: Array(folders.claimed.utf8)) {
            guard let intake = Int(String(decoding: name, as: UTF8.self)) else { continue }
            var scan = Scan()
            try walkClaim(Array("\(folders.claimed)/\(intake)".utf8), RelativePath([]), into: &scan)
            guard let path = scan.files.first else {
                ClaimedFile(folders, intake: intake, path: RelativePath([])).removeFolders()
                continue
            }
            claims.append(ClaimedFile(folders, intake: intake, path: path))
        }
        return claims.sorted { $0.intake < $1.intake }
    }

    private func walkClaim(_ base: [UInt8], _ folder: RelativePath, into scan: inout Scan) throws {
        let here = folder.bytes.isEmpty ? base : base + [0x2f] + folder.bytes
        for name in try System.names(in: here) {
            let path = folder.appending(name)
            guard let status = try System.status(base + [0x2f] + path.bytes) else { continue }
            if status.isFolder { try walkClaim(base, path, into: &scan) } else { scan.files.append(path) }
        }
    }

    /// Puts a claimed file back where it was, under another name where that is taken meanwhile.
    public func putBack(_ claimed: ClaimedFile) throws {
        var target = claimed.path
        var number = 2
        try System.makeFolders(absolute(claimed.path.folder))
        while try !System.renameNoReplace(claimed.absolute, absolute(target)) {
            target = claimed.path.numbered(number)
            number += 1
        }
        claimed.removeFolders()
    }

    func absolute(_ path: RelativePath) -> [UInt8] {
        path.bytes.isEmpty ? base : base + [0x2f] + path.bytes
    }

    /// Names that are never taken: hidden files, and what programs leave while they write.
    static func isIgnored(_ name: [UInt8]) -> Bool {
        if name.first == UInt8(ascii: ".") || name.starts(with: Array("~$".utf8)) { return true }
        let lower = String(decoding: name, as: UTF8.self).lowercased()
        return ["thumbs.db", "desktop.ini"].contains(lower)
            || [".tmp", ".part", ".partial", ".crdownload"].contains { lower.hasSuffix($0) }
    }

    /// Whether a path is one of the folders that Plumbline itself files into.
    static func isOurs(_ path: RelativePath) -> Bool {
        path.bytes == Array("processed".utf8) || path.bytes == Array("rejected".utf8)
    }
}

/// What can be told of a candidate without reading it.
public struct Probe: Sendable, Hashable {
    /// Bytes.
    public var size: Int
    /// Time of the last change of any kind, nanoseconds since 1970.
    public var changed: Int64
    /// Time of the content, nanoseconds since 1970; only ever compared for equality.
    public var modified: Int64
    /// Whether somebody has it open for writing.
    public var writer: Writer

    /// What was found.
    public init(size: Int, changed: Int64, modified: Int64, writer: Writer) {
        self.size = size
        self.changed = changed
        self.modified = modified
        self.writer = writer
    }
}

/// A file that was taken: nobody else's any more, and not yet read.
public struct ClaimedFile: Sendable {
    /// Its number, as taken.
    public let intake: Int
    /// Where it stood below the inbox.
    public let path: RelativePath
    private let folder: String

    init(_ folders: RootFolders, intake: Int, path: RelativePath) {
        self.intake = intake
        self.path = path
        folder = "\(folders.claimed)/\(intake)"
    }

    /// A claim that the ledger remembers, wherever its file is by now.
    public init(_ folders: RootFolders, intake: Int, knownAs path: [UInt8]) {
        self.init(folders, intake: intake, path: RelativePath(path))
    }

    var absolute: [UInt8] { Array(folder.utf8) + [0x2f] + path.bytes }

    /// Opens it for reading.
    /// - Throws: a `SystemError`.
    public func open() throws -> FileSource {
        try FileSource(bytes: absolute)
    }

    /// Where refused records wait until the file is filed.
    var rejects: String { folder + ".rejects" }

    func removeFolders() {
        var part = path.folder
        while !part.bytes.isEmpty {
            System.removeFolder(Array(folder.utf8) + [0x2f] + part.bytes)
            part = part.folder
        }
        System.removeFolder(Array(folder.utf8))
    }
}

extension RelativePath {
    /// `folder/name~2.json` of `folder/name.json`
    func numbered(_ number: Int) -> RelativePath {
        inserting("~\(number)")
    }

    /// Puts text before the ending, and keeps the name within the 255 bytes that Linux allows.
    func inserting(_ text: String) -> RelativePath {
        let name = name
        let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
        let ending = Array(name[dot...].prefix(40))
        let stem = name[..<dot].prefix(255 - ending.count - text.utf8.count)
        return folder.appending(Array(stem) + Array(text.utf8) + ending)
    }
}

/// Copies a file to another file system, durably.
func copy(_ from: [UInt8], _ to: [UInt8]) throws {
    let source = try FileSource(bytes: from)
    let target = try System.open(to, O_WRONLY | O_CREAT | O_TRUNC)
    defer { close(target) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let got = try source.read(into: buffer)
        if got == 0 { break }
        try System.writeAll(target, Array(buffer[..<got]), path: to)
    }
    try System.sync(target, path: to)
}
