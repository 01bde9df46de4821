import DropFolder

/// Whether every folder of a root is the one it should be, and what they were when last checked.
struct WatchedFolders {
    /// What is different from the last time.
    enum Change {
        case nothing
        /// Other folders stand behind the paths; where `missing`, others are missing than before.
        case folders(missing: Bool)
    }

    private let root: OpenRoot
    private var snapshot = FolderMarkers.Snapshot()
    private var seen = FolderMarkers.SeenMarks()
    /// Set when other folders stand behind the watched paths than before, so that they have to be watched anew.
    private(set) var isWatchStale = false

    init(_ root: OpenRoot) {
        self.root = root
    }

    /// The folders that are not what they should be.
    var missing: [FolderMarkers.Missing] { snapshot.missing }

    /// Those of them below the inbox.
    var absent: Set<RelativePath> {
        Set(missing.map { RelativePath(String($0.path.dropFirst(root.folders.inbox.count + 1))) })
    }

    /// Looks at every folder.
    mutating func check() -> Change {
        let before = snapshot
        snapshot = root.markers.snapshot(&seen)
        guard snapshot != before, !before.places.isEmpty else { return .nothing }
        isWatchStale = true
        return .folders(missing: before.missing != snapshot.missing)
    }

    /// - Throws: `FoldersMissing` where a folder is not what it should be without which nothing can go on: any but those
    ///   that files are only dropped into.
    func requireOurs() throws {
        let drops = [root.folders.inbox + "/procore", root.folders.inbox + "/quickbooks"]
        guard missing.allSatisfy({ drops.contains($0.path) }) else { throw FoldersMissing(folders: missing) }
    }

    /// They are watched anew.
    mutating func watchIsFresh() {
        isWatchStale = false
    }
}
