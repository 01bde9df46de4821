import Synchronization

/// The inbox, opened once for files that are taken and filed together, with the folders below it that they are in.
///
/// Everything is done in the folders as they were opened: when one of them is replaced meanwhile, or a share goes away and
/// its bare place comes to light, nothing is done there.
public final class OpenInbox: Sendable {
    /// A claim folder that is empty again.
    struct Spare: Sendable {
        /// The name of its own folder.
        let name: [UInt8]
        /// The folder in it that held the file.
        let folder: OpenFolder
    }

    let inbox: OpenFolder
    /// By the folder that the file came from. To make a folder costs more than to rename it.
    private let spares = Mutex<[RelativePath: [Spare]]>([:])
    private let folders = Mutex<[RelativePath: OpenFolder]>([:])
    /// Folders that are kept open, of the 1024 files that a process may open by default.
    private static let most = 64

    /// - Parameter previous: how it was opened before; the spare claim folders go over, if it is still the same inbox.
    init(_ path: [UInt8], after previous: OpenInbox? = nil) throws {
        inbox = try OpenFolder(path)
        guard let previous, try inbox.isSame(as: previous.inbox) else { return }
        let kept = previous.spares.withLock { spares in
            defer { spares = [:] }
            return spares
        }
        spares.withLock { $0 = kept }
    }

    deinit {
        for (path, spares) in spares.withLock({ $0 }) {
            for spare in spares { ClaimedFile.removeFolders(inbox.path, RelativePath(spare.name), path) }
        }
    }

    /// Keeps a claim folder that is empty again.
    func keepClaim(_ spare: Spare, for path: RelativePath) {
        let isKept = spares.withLock { spares in
            guard spares.values.reduce(0, { $0 + $1.count }) < Inbox.together else { return false }
            spares[path, default: []].append(spare)
            return true
        }
        if !isKept { ClaimedFile.removeFolders(inbox.path, RelativePath(spare.name), path) }
    }

    /// A spare claim folder under the name of a new claim; nil where there is none.
    func spareClaim(for path: RelativePath, named name: [UInt8]) throws -> OpenFolder? {
        guard let spare = spares.withLock({ $0[path]?.popLast() }) else { return nil }
        let claims = try folder(RelativePath(".claimed"))
        // Where it is gone, or the name is taken, a new one is made.
        guard (try? System.renameNoReplace(claims.place(spare.name), claims.place(name))) == true else {
            ClaimedFile.removeFolders(inbox.path, RelativePath(spare.name), path)
            return nil
        }
        return try spare.folder.renamed(claims.path + [0x2f] + RelativePath(name).appending(path.bytes).bytes)
    }

    /// Whether the folder at a path below the inbox is open.
    func knows(_ path: RelativePath) -> Bool { folders.withLock { $0[path] != nil } }

    /// The folder at a path below the inbox.
    /// - Parameter creating: whether it is made where it is not there.
    func folder(_ path: RelativePath, creating: Bool = false) throws -> OpenFolder {
        guard !path.bytes.isEmpty else { return inbox }
        if let folder = folders.withLock({ $0[path] }) { return folder }
        let folder = try folder(path.folder, creating: creating).folder(RelativePath(path.name), creating: creating)
        folders.withLock { folders in
            if folders.count == Self.most { folders = [:] }
            folders[path] = folder
        }
        return folder
    }
}
