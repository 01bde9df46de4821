import CLinux
import Domain
import Glibc

/// An open folder, from which what lies below is reached step by step and never through a link: a folder in a share can
/// be replaced by a link to anywhere at any moment.
final class OpenFolder: Sendable {
    let descriptor: Int32
    /// Its path, as it is told to people.
    let path: [UInt8]

    /// Opens a folder by its path, which may be a link: an inbox may be a link to a share.
    init(_ path: [UInt8]) throws {
        descriptor = try System.open(path + Array("/.".utf8), plumbline_o_path | O_DIRECTORY)
        self.path = path
    }

    private init(_ name: [UInt8], in parent: OpenFolder) throws {
        let place = parent.place(name)
        descriptor = try System.open(place, plumbline_o_path | O_DIRECTORY | O_NOFOLLOW)
        path = place.path
    }

    deinit { close(descriptor) }

    /// Whether both are one folder.
    func isSame(as other: OpenFolder) throws -> Bool {
        try System.status(descriptor: descriptor).isSameFile(as: System.status(descriptor: other.descriptor))
    }

    /// The folder at a path below this one.
    /// - Throws: a `SystemError`; `ENOTDIR` where a part of the path is a link or a file.
    func folder(_ path: RelativePath, creating: Bool = false) throws -> OpenFolder {
        var folder = self
        for name in path.bytes.split(separator: 0x2f) {
            if creating { try System.makeFolder(folder.place(Array(name))) }
            folder = try OpenFolder(Array(name), in: folder)
        }
        return folder
    }

    /// The place of a path below this folder.
    /// - Parameter creating: whether the folders on the way are made where they are not there.
    func place(_ path: RelativePath, creating: Bool = false) throws -> Place {
        try folder(path.folder, creating: creating).place(path.name)
    }

    /// The place of a name in this folder.
    func place(_ name: [UInt8]) -> Place {
        Place(folder: self, name: name)
    }

    /// Whether other machines can change it unseen, so that it has to be polled.
    var isPolled: Bool { FileSystem.isPolled(descriptor) }
}

/// Where a file is or is to be: a name in an open folder, or a path.
struct Place: Sendable {
    /// Where the name is resolved.
    let folder: OpenFolder?
    /// The name there, or the whole path.
    let name: [UInt8]

    init(folder: OpenFolder, name: [UInt8]) {
        self.folder = folder
        self.name = name
    }

    /// A path that nobody else can change.
    init(_ path: [UInt8]) {
        folder = nil
        name = path
    }

    /// The folder's descriptor, for the system calls that end in `at`.
    var at: Int32 { folder?.descriptor ?? AT_FDCWD }

    /// The whole path, as it is told to people.
    var path: [UInt8] { folder.map { $0.path + [0x2f] + name } ?? name }

    /// A name in the same folder.
    func beside(_ name: [UInt8]) -> Place {
        folder.map { $0.place(name) } ?? Place(RelativePath(self.name).folder.appending(name).bytes)
    }
}
