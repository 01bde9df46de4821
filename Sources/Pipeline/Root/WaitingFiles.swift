import DropFolder

/// The dropped files of a root that are not known to be complete yet.
struct WaitingFiles {
    private let root: OpenRoot
    private var settler: Settler

    init(_ root: OpenRoot) {
        self.root = root
        settler = Settler(settle: root.configuration.settle)
    }

    var isEmpty: Bool { settler.waiting == 0 }

    /// Set while complete files are being taken, and left so where the machine refuses them.
    var areRefused = false

    /// Whether what the machine refused may be among those that wait, so that a round in which it waits proves nothing.
    var holdRefused: Bool { areRefused && !isEmpty }

    /// A file was closed after writing, or renamed into place.
    mutating func arrived(_ path: RelativePath, at now: Duration) {
        settler.arrived(path, at: now)
    }

    /// A scan found these.
    mutating func found(_ paths: [RelativePath], at now: Duration) {
        for path in paths { settler.found(path, at: now) }
    }

    /// Decides about each of them; those that are decided are forgotten.
    /// - Parameter absent: folders that are not there; what stood below is found again when they are back.
    mutating func decide(at now: Duration, in opened: OpenInbox?, except absent: Set<RelativePath>) throws
        -> [Settler.Decision]
    {
        let root = root
        return try settler.decide(at: now) { path in
            absent.contains(where: { path.isBelow($0) }) ? nil : try Self.probe(path, of: root, in: opened)
        }
    }

    /// What can be told of a file; nil where it is gone, or cannot be examined and so waits.
    func probe(_ path: RelativePath) throws -> Probe? { try Self.probe(path, of: root, in: nil) }

    private static func probe(_ path: RelativePath, of root: OpenRoot, in opened: OpenInbox?) throws -> Probe? {
        do {
            return try root.inbox.probe(path, in: opened)
        } catch let fault as InboxFault {
            root.faults.report(.dropped(path), fault)
            return nil
        }
    }
}
