import Synchronization

/// Folders that stay open while something is done in them, each looked at for its mark when it was opened.
final class HeldFolders: Sendable {
    private let folders = Mutex<[String: OpenFolder]>([:])

    /// The folder at a path, opened where it is not open yet.
    func folder(_ path: String, _ open: (String) throws -> OpenFolder) throws -> OpenFolder {
        try folders.withLock { folders in
            if let known = folders[path] { return known }
            let folder = try open(path)
            folders[path] = folder
            return folder
        }
    }
}
