import Synchronization

/// The names in an outbox, as they were listed last. A session asks for them twice a document, and to list thousands takes
/// longer than all else that is done for one.
///
/// They hold as long as nothing but ``remove(_:)`` changed the folder, and for a second at most: file systems tell two
/// changes apart by milliseconds, and shares may not tell of them at all.
final class WaitingNames: Sendable {
    private struct Listed {
        /// In number order.
        var names: [String]
        /// The folder as it was ahead of the listing, or after the last removal.
        var folder: System.Status
        let since: ContinuousClock.Instant
    }

    private let listed = Mutex<Listed?>(nil)
    private let trusted: Duration

    /// - Parameter trusted: for how long a listing holds.
    init(trusted: Duration = .seconds(1)) {
        self.trusted = trusted
    }

    /// The names, listed anew where they may have changed.
    /// - Parameter list: lists them, in number order.
    func names(in folder: OpenFolder, _ list: () throws -> [String]) throws -> [String] {
        let now = ContinuousClock.now
        let status = try System.status(descriptor: folder.descriptor)
        return try listed.withLock { listed in
            if let kept = listed, !kept.names.isEmpty, kept.folder == status, now - kept.since < trusted {
                return kept.names
            }
            let names = try list()
            listed = Listed(names: names, folder: status, since: now)
            return names
        }
    }

    /// Removes a file from the folder, and its name from what was listed.
    func remove(_ name: String, from folder: OpenFolder) throws {
        let before = try System.status(descriptor: folder.descriptor)
        try System.remove(folder.place(Array(name.utf8)))
        let after = try System.status(descriptor: folder.descriptor)
        listed.withLock { listed in
            guard listed?.folder == before, let place = listed?.names.firstIndex(of: name) else { return listed = nil }
            listed?.names.remove(at: place)
            listed?.folder = after
        }
    }
}
