import Domain
import Glibc

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

    /// The end of names that a copy between two mounts has until it is whole.
    static let copyingEnding = ".copying"
    /// The name of such a copy outside the claim folder; one is enough, since moves come one after the other.
    static let copyingName = Array(".plumbline\(copyingEnding)".utf8)

    /// Where the file is while it is copied from another mount.
    var copying: [UInt8] { Array((folder + Self.copyingEnding).utf8) }

    /// The folder that its file is in.
    var absoluteFolder: [UInt8] { RelativePath(absolute).folder.bytes }

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
