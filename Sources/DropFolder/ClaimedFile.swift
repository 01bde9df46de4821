import Domain
import Glibc

/// A file that was taken: nobody else's any more, and not yet read.
public struct ClaimedFile: Sendable {
    /// Its number, as taken.
    public let intake: Int
    /// Where it stood below the inbox.
    public let path: RelativePath
    private let inbox: [UInt8]
    /// Its name among the claims, if it is not too long for the file system.
    private let name: [UInt8]
    /// Where it was put when it was taken, and the open inbox that this is in.
    private var taken: (place: Place, inbox: OpenInbox)?

    init(_ folders: RootFolders, intake: Int, path: RelativePath) {
        self.intake = intake
        self.path = path
        inbox = Array(folders.inbox.utf8)
        name = ClaimName.name(intake: intake, path: path)
    }

    /// A claim that the ledger remembers, wherever its file is by now.
    public init(_ folders: RootFolders, intake: Int, knownAs path: [UInt8]) {
        self.init(folders, intake: intake, path: RelativePath(path))
    }

    /// The inbox that it was taken in, or that is there now.
    func opened() throws -> OpenInbox { try taken?.inbox ?? OpenInbox(inbox) }

    /// Where its file is.
    func place(in opened: OpenInbox) throws -> Place {
        if let taken { return taken.place }
        let claims = try opened.folder(Self.claims)
        do {
            let place = claims.place(name)
            if try System.status(place) != nil { return place }
        } catch let error as SystemError where error.errno == ENAMETOOLONG {
            // So it was put into folders of its own.
        }
        return try claims.place(pathInFolders)
    }

    func place() throws -> Place { try place(in: opened()) }

    /// Moves a file here, by one rename into the folder of all claims: a loss of power cannot undo a folder and leave the
    /// move into it. A name that the file system finds too long gets folders of its own, durable before anything is in.
    /// - Returns: what became of the move, and where the file is to be.
    /// - Throws: a `SystemError`; the folder of all claims must be there, or the inbox is none.
    func take(_ from: Place, in opened: OpenInbox) throws -> (move: Move, place: Place) {
        let claims = try opened.folder(Self.claims)
        let hidden = try copying(in: opened)
        do {
            let place = claims.place(name)
            return try (moveNoReplace(from, place, through: hidden), place)
        } catch let error as SystemError where error.errno == ENAMETOOLONG {
            let place = try newFolder(in: claims).place(path.name)
            return try (moveNoReplace(from, place, through: hidden), place)
        }
    }

    /// Makes its own folders, durably.
    private func newFolder(in claims: OpenFolder) throws -> OpenFolder {
        var folder = claims
        for part in pathInFolders.folder.bytes.split(separator: 0x2f) {
            try System.makeFolder(folder.place(Array(part)))
            try System.sync(folder)
            folder = try folder.folder(RelativePath(Array(part)))
        }
        return folder
    }

    private var pathInFolders: RelativePath { RelativePath("\(intake)").appending(path.bytes) }

    /// The folder of all claims, below the inbox.
    static let claims = RelativePath(".claimed")

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

    /// Whether a name is that of such a copy among the claims.
    static func isCopying(_ name: [UInt8]) -> Bool {
        name.drop { (0x30...0x39).contains($0) }.elementsEqual(copyingEnding.utf8)
    }

    /// Where the file is while it is copied from another mount.
    private func copying(in inbox: OpenInbox) throws -> Place { try beside(Self.copyingEnding, in: inbox) }

    /// Where refused records wait until the file is filed.
    func rejects(in inbox: OpenInbox) throws -> Place { try beside(".rejects", in: inbox) }

    func rejects() throws -> Place { try rejects(in: opened()) }

    private func beside(_ ending: String, in opened: OpenInbox) throws -> Place {
        try opened.folder(Self.claims).place(Array("\(intake)\(ending)".utf8))
    }

    /// Removes its folders, where it had any.
    func removeFolders() {
        if taken?.place.name == name { return }
        let claims = inbox + [0x2f] + Self.claims.bytes + [0x2f]
        var folder = pathInFolders.folder
        while !folder.bytes.isEmpty {
            System.removeFolder(claims + folder.bytes)
            folder = folder.folder
        }
    }
}
