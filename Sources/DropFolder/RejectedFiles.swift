import Domain
import Glibc

/// Takes rejected originals back into the inbox, as new drops.
public struct RejectedFiles: Sendable {
    private let folders: RootFolders

    /// The rejected files of a root.
    public init(_ folders: RootFolders) {
        self.folders = folders
    }

    /// The originals that were rejected: those with a problem file beside them.
    /// - Returns: their paths below `inbox/rejected`, in the order of their names.
    public func originals() throws -> [String] {
        try names(below: RelativePath([]))
            .filter { path in try System.status(absolute(Self.problemFile(path))) != nil }
            .map(\.shown).sorted()
    }

    /// Renames a file below `inbox/rejected` to where it was dropped; its problem file goes.
    /// - Parameter path: below `inbox/rejected`.
    /// - Returns: where it stands below the inbox; nil when there is no such file.
    public func takeBack(_ path: String) throws -> String? {
        let path = RelativePath(path)
        guard !path.bytes.isEmpty, !path.bytes.split(separator: 0x2f).contains(Array("..".utf8)[...]),
            let from = try? OpenFolder(Array(folders.rejected.utf8)).place(path), let status = try System.status(from),
            status.isFile
        else { return nil }
        let inbox = Array(folders.inbox.utf8)
        let wanted = try freePath(path, below: inbox)
        let folder = try OpenFolder(inbox).folder(wanted.folder, creating: true)
        var target = wanted
        var number = 2
        while true {
            switch try moveNoReplace(from, folder.place(target.name), through: folder.place(ClaimedFile.copyingName)) {
            case .moved:
                try? System.remove(absolute(Self.problemFile(path)))
                return target.shown
            case .changed: throw SystemError("move", path.shown, errno: EBUSY)
            case .taken:
                target = wanted.numbered(number)
                number += 1
            }
        }
    }

    private func names(below folder: RelativePath) throws -> [RelativePath] {
        var found: [RelativePath] = []
        for name in try System.names(in: absolute(folder)) {
            let path = folder.bytes.isEmpty ? RelativePath(name) : folder.appending(name)
            guard let status = try System.status(absolute(path)) else { continue }
            if status.isFile { found.append(path) } else if status.isFolder { found += try names(below: path) }
        }
        return found
    }

    private static func problemFile(_ path: RelativePath) -> RelativePath {
        let ending = Array(".problem.txt".utf8)
        return path.folder.appending(path.name.wholeCharacters(atMost: 255 - ending.count) + ending)
    }

    private func absolute(_ path: RelativePath) -> [UInt8] {
        let rejected = Array(folders.rejected.utf8)
        return path.bytes.isEmpty ? rejected : rejected + [0x2f] + path.bytes
    }
}
