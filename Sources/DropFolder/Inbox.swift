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

    /// Files taken together at the most; fewer where a process may open few.
    public static let together = max(16, min(256, openFiles / 8))

    /// What a scan found.
    public struct Scan: Sendable {
        /// Files that may be taken once complete, in the order of their bytes.
        public var files: [RelativePath] = []
        /// What is never opened: symbolic links, FIFOs, sockets, devices; with what they are.
        public var specials: [(path: RelativePath, kind: String)] = []
        /// Files and folders that cannot be examined: what is in them waits.
        public var faults: [InboxFault] = []
    }

    /// Looks through the inbox and its subfolders.
    /// - Parameter absent: folders that are not what they should be, and left out.
    /// - Throws: a `SystemError` where the inbox itself cannot be read; a subfolder that cannot is one of its `faults`.
    public func scan(except absent: Set<RelativePath> = []) throws -> Scan {
        var scan = Scan()
        // With a dot, since the inbox itself may be a link to a share.
        guard try System.status(base + Array("/.".utf8))?.isFolder == true else {
            throw SystemError("opendir", folders.inbox, errno: ENOENT)
        }
        try walk(RelativePath([]), except: absent, into: &scan)
        return scan
    }

    private func walk(_ folder: RelativePath, except absent: Set<RelativePath>, into scan: inout Scan) throws {
        let names: [[UInt8]]
        do {
            names = try System.names(in: absolute(folder))
        } catch let error as SystemError {
            if folder.bytes.isEmpty || InboxFault.isOfTheMachine(error) { throw error }
            return scan.faults.append(fault(lookingAt: folder, error))
        }
        for name in names where !Self.isIgnored(name) {
            let path = folder.appending(name)
            if Self.isOurs(path) || absent.contains(path) { continue }
            let found: System.Status?
            do {
                found = try System.status(absolute(path))
            } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
                // What may be listed but not examined: the folder lacks the right to search it.
                let refused = [EACCES, EPERM].contains(error.errno)
                let fault = fault(lookingAt: refused ? folder : path, error)
                if scan.faults.last != fault { scan.faults.append(fault) }
                continue
            }
            guard let status = found else { continue }
            if absolute(path).count > Self.longestPath {
                scan.specials.append(
                    (path, status.isFolder ? "a folder with too long a path" : "a file with too long a path"))
                continue
            }
            switch status.kind {
            case S_IFREG: if !Self.isNobodysDrop(path) { scan.files.append(path) }
            case S_IFDIR: try walk(path, except: absent, into: &scan)
            case S_IFLNK: scan.specials.append((path, "a symbolic link"))
            case S_IFIFO: scan.specials.append((path, "a FIFO"))
            case S_IFSOCK: scan.specials.append((path, "a socket"))
            default: scan.specials.append((path, "a device"))
            }
        }
    }

    /// What can be told of a candidate without reading it; nil when it is gone or no regular file.
    /// - Throws: an `InboxFault` where it cannot be examined; a `SystemError` that every file would meet.
    public func probe(_ path: RelativePath, in opened: OpenInbox? = nil) throws -> Probe? {
        guard let folder = try? (opened ?? open()).folder(path.folder) else { return nil }
        let place = folder.place(path.name)
        guard let status = try? System.status(place), status.isFile else { return nil }
        // Other machines' writers do not show in a lease on a mounted share.
        var writer = Writer.unknown
        if !folder.isPolled {
            do {
                writer = try FileSource(place).writer
            } catch let error as SystemError where [ENOENT, ENOTDIR, ELOOP, EINVAL, ENXIO].contains(error.errno) {
                return nil
            } catch let error as SystemError where [EACCES, EPERM].contains(error.errno) {
                writer = .unknown
            } catch let error as SystemError where error.errno == EAGAIN {
                // A file server holds a lease of its own for the client that writes.
                writer = .present
            } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
                throw fault(lookingAt: path, error)
            }
        }
        return Probe(
            size: status.size, changed: status.changed, modified: status.modified, writer: writer,
            hasSecondName: status.links > 1)
    }

    /// Opens the inbox for files that are taken or filed together.
    public func open() throws -> OpenInbox { try OpenInbox(base) }

    /// Takes a file by renaming it into the folder of claims, or, from a mount of its own, by copying.
    /// - Returns: nil when it is gone, or when it was written to while it was copied and so stays.
    /// - Throws: an `InboxFault` where the file cannot be taken out of its folder, and a `SystemError` where no file can
    ///   be taken; either way the file is where it was.
    public func claim(_ path: RelativePath, intake: Int, in opened: OpenInbox? = nil) throws -> ClaimedFile? {
        let claimed = ClaimedFile(folders, intake: intake, path: path)
        // One open folder for both names: a share can go away in between, and its bare place come to light.
        let opened = try opened ?? open()
        _ = try opened.folder(ClaimedFile.claims)
        do {
            if let to = try take(path, as: claimed, in: opened) { return claimed.taken(to: to, in: opened) }
        } catch {
            claimed.removeFolders()
            throw error
        }
        claimed.removeFolders()
        return nil
    }

    /// Moves a file to its place among the claims.
    /// - Returns: where it is now; nil when it is gone, or was written to while it was copied.
    private func take(_ path: RelativePath, as claimed: ClaimedFile, in opened: OpenInbox) throws -> Place? {
        do {
            let from = try opened.folder(path.folder).place(path.name)
            let (move, to) = try claimed.take(from, in: opened)
            switch move {
            case .moved: return to
            case .taken: throw SystemError("rename", path.shown, errno: EEXIST)
            case .changed: return nil
            }
        } catch let error as SystemError where [ENOENT, ENOTDIR].contains(error.errno) {
            // Gone: somebody took it back.
            return nil
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) && error.errno != EEXIST {
            // Where nothing may be put among the claims, no file can be taken.
            guard mayWrite(ClaimedFile.claims) else { throw SystemError("rename", folders.claimed, errno: error.errno) }
            throw fault(taking: path, error)
        }
    }

    /// The claims that an earlier process left, in number order; removes what it left half done.
    public func claims() throws -> [ClaimedFile] {
        var claims: [ClaimedFile] = []
        for name in try System.names(in: Array(folders.claimed.utf8)) {
            let place = Array("\(folders.claimed)/".utf8) + name
            guard let (intake, path) = ClaimName.read(name) else {
                // The original is still where it was dropped.
                if ClaimedFile.isCopying(name) { try System.remove(place) }
                continue
            }
            if let path = try path ?? claimedPath(place, RelativePath([])) {
                claims.append(ClaimedFile(folders, intake: intake, path: path))
            }
        }
        return claims.sorted { $0.intake < $1.intake }
    }

    /// The one file in a claim's own folders; removes the folders where there is none.
    private func claimedPath(_ base: [UInt8], _ folder: RelativePath) throws -> RelativePath? {
        let here = folder.bytes.isEmpty ? base : base + [0x2f] + folder.bytes
        for name in try System.names(in: here) {
            let path = folder.appending(name)
            guard let status = try System.status(base + [0x2f] + path.bytes) else { continue }
            guard status.isFolder else { return path }
            if let found = try claimedPath(base, path) { return found }
        }
        System.removeFolder(here)
        return nil
    }

    /// Puts a claimed file back where it was, under another name where that is taken meanwhile.
    /// - Throws: a `SystemError`, after which the claim is as it was.
    public func putBack(_ claimed: ClaimedFile) throws {
        let wanted = try freePath(claimed.path, below: base)
        var target = wanted
        var number = 2
        let opened = try claimed.opened()
        let from = try claimed.place(in: opened)
        // Its folder may have been removed since it was opened.
        let folder = try opened.inbox.folder(wanted.folder, creating: true)
        while true {
            switch try moveNoReplace(
                from, folder.place(target.name), through: folder.place(ClaimedFile.copyingName))
            {
            case .moved: return claimed.removeFolders()
            case .taken:
                target = wanted.numbered(number)
                number += 1
            case .changed: throw SystemError("copy", claimed.path.shown, errno: EBUSY)
            }
        }
    }

    /// Longer paths could not be filed: Linux takes 4096 bytes, and `processed/2026-11-22/`, `~2` and `.problem.txt`
    /// must find room.
    static let longestPath = 4_096 - 128

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

    /// Whether a file is nobody's drop: the one that says what the inbox is for, as a checkout has it, or the one that
    /// pauses sending.
    static func isNobodysDrop(_ path: RelativePath) -> Bool {
        path.bytes == Array("README.md".utf8) || PauseFile.isMeant(by: path)
    }

    /// Whether a path is one of the folders that Plumbline itself files into.
    static func isOurs(_ path: RelativePath) -> Bool {
        path.bytes == Array("processed".utf8) || path.bytes == Array("rejected".utf8)
    }
}
