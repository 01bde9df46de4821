import Synchronization

/// The inbox, opened once for files that are taken and filed together, with the folders below it that they are in.
///
/// Everything is done in the folders as they were opened: when one of them is replaced meanwhile, or a share goes away and
/// its bare place comes to light, nothing is done there.
public final class OpenInbox: Sendable {
    let inbox: OpenFolder
    private let folders = Mutex<[RelativePath: OpenFolder]>([:])
    /// Folders that are kept open, of the 1024 files that a process may open by default.
    private static let most = 64

    init(_ path: [UInt8]) throws { inbox = try OpenFolder(path) }

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
