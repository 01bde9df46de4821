import Domain
import Glibc

/// A file that was taken: nobody else's any more, and not yet read.
public struct ClaimedFile: Sendable {
    /// Its number, as taken.
    public let intake: Int
    /// Where it stood below the inbox.
    public let path: RelativePath
    private let inbox: [UInt8]
    /// Below the inbox.
    private let folder: RelativePath
    /// Where it was put when it was taken, and the open inbox that this is in.
    private var taken: (place: Place, inbox: OpenInbox)?

    init(_ folders: RootFolders, intake: Int, path: RelativePath) {
        self.intake = intake
        self.path = path
        inbox = Array(folders.inbox.utf8)
        folder = RelativePath(".claimed/\(intake)")
    }

    /// A claim that the ledger remembers, wherever its file is by now.
    public init(_ folders: RootFolders, intake: Int, knownAs path: [UInt8]) {
        self.init(folders, intake: intake, path: RelativePath(path))
    }

    /// The inbox that it was taken in, or that is there now.
    func opened() throws -> OpenInbox { try taken?.inbox ?? OpenInbox(inbox) }

    /// Where its file is, or is to be, in an open inbox.
    /// - Parameter creating: whether its folders are made; the one of all claims must be there, or the inbox is none.
    func place(in opened: OpenInbox, creating: Bool = false) throws -> Place {
        if let taken { return taken.place }
        if creating, let spare = try opened.spareClaim(for: path.folder, named: folder.name) {
            return spare.place(path.name)
        }
        return try opened.folder(folder.folder)
            .place(RelativePath(folder.name).appending(path.bytes), creating: creating)
    }

    func place() throws -> Place { try place(in: opened()) }

    /// The same, knowing where it was put.
    func taken(to place: Place, in opened: OpenInbox) -> ClaimedFile {
        var claimed = self
        claimed.taken = (place, opened)
        return claimed
    }

    /// Whether its file is still there.
    var isThere: Bool {
        get throws {
            do {
                return try System.status(place()) != nil
            } catch let error as SystemError where [ENOENT, ENOTDIR].contains(error.errno) {
                return false
            }
        }
    }

    /// Its size in bytes; nil where it is gone.
    /// - Throws: a `SystemError`.
    public func size() throws -> Int? { try System.status(place())?.size }

    /// Opens it for reading.
    /// - Throws: a `SystemError`.
    public func open() throws -> FileSource {
        try FileSource(place())
    }

    /// The end of names that a copy between two mounts has until it is whole.
    static let copyingEnding = ".copying"
    /// The name of such a copy outside the claim folder; one is enough, since moves come one after the other.
    static let copyingName = Array(".plumbline\(copyingEnding)".utf8)

    /// Where the file is while it is copied from another mount.
    func copying(in inbox: OpenInbox) throws -> Place { try beside(Self.copyingEnding, in: inbox) }

    /// Where refused records wait until the file is filed.
    func rejects(in inbox: OpenInbox) throws -> Place { try beside(".rejects", in: inbox) }

    func rejects() throws -> Place { try rejects(in: opened()) }

    private func beside(_ ending: String, in opened: OpenInbox) throws -> Place {
        let path = RelativePath(folder.bytes + Array(ending.utf8))
        return try opened.folder(path.folder).place(path.name)
    }

    /// Removes its folders, where they are empty.
    func removeFolders() { Self.removeFolders(inbox, RelativePath(folder.name), path.folder) }

    /// Leaves its folders, which are empty now, for files that are taken together with it.
    func leaveFolders() {
        guard let taken, let left = taken.place.folder else { return removeFolders() }
        taken.inbox.keepClaim(OpenInbox.Spare(name: folder.name, folder: left), for: path.folder)
    }

    /// Removes the empty folders of a claim.
    /// - Parameters:
    ///   - name: of the claim's own folder.
    ///   - path: of those in it.
    static func removeFolders(_ inbox: [UInt8], _ name: RelativePath, _ path: RelativePath) {
        let claim = inbox + Array("/.claimed/".utf8) + name.bytes
        var folder = path
        while !folder.bytes.isEmpty {
            System.removeFolder(claim + [0x2f] + folder.bytes)
            folder = folder.folder
        }
        System.removeFolder(claim)
    }
}
