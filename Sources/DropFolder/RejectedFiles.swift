import Domain
import Glibc

/// Takes rejected originals, and copies of refused records, back into the inbox, as new drops.
public struct RejectedFiles: Sendable {
    private let folders: RootFolders

    /// The rejected files of a root.
    public init(_ folders: RootFolders) {
        self.folders = folders
    }

    /// What can be taken back: originals, which have a problem file beside them, and copies of refused records.
    /// - Returns: their paths below `inbox/rejected`, in the order of their names.
    public func all() throws -> [RelativePath] {
        try names(below: RelativePath([])).filter { path in
            // Somebody else's file of a copy's name is dropped again as well.
            try System.status(absolute(path.problemFile)) != nil || RejectedName.isCopy(path.name)
        }.sorted()
    }

    /// What can be taken back under a name alone, or with the last of its folders: `vendors.json` names the rejected
    /// original, else the copies of its refused records.
    /// - Returns: their paths below `inbox/rejected`; several where the name does not say which.
    public func named(_ name: String) throws -> [RelativePath] {
        let wanted = Array("/\(name)".utf8)
        let all = try all()
        func ends(_ path: RelativePath) -> Bool { ([0x2f] + path.bytes).suffix(wanted.count).elementsEqual(wanted) }
        let exact = all.filter(ends)
        return exact.isEmpty
            ? all.filter { ends($0.folder.appending(RejectedName.taken($0.name))) } : exact
    }

    /// Renames a file below `inbox/rejected` to where it was dropped; its problem file goes. The copy of refused records
    /// gets the name of its file, which with its folders says what the records belong to.
    /// - Parameter path: below `inbox/rejected`.
    /// - Returns: where it stands below the inbox; nil when there is no such file.
    public func takeBack(_ path: RelativePath) throws -> String? {
        guard !path.bytes.isEmpty, !path.bytes.split(separator: 0x2f).contains(Array("..".utf8)[...]),
            let from = try? OpenFolder(Array(folders.rejected.utf8)).place(path), let status = try System.status(from),
            status.isFile
        else { return nil }
        let inbox = Array(folders.inbox.utf8)
        let wanted = try freePath(path.folder.appending(RejectedName.taken(path.name)), below: inbox)
        let folder = try OpenFolder(inbox).folder(wanted.folder, creating: true)
        var target = wanted
        var number = 2
        while true {
            switch try moveNoReplace(from, folder.place(target.name), through: folder.place(ClaimedFile.copyingName)) {
            case .moved:
                try? System.remove(absolute(path.problemFile))
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
        // Nothing was rejected yet.
        if folder.bytes.isEmpty, try System.status(absolute(folder)) == nil { return [] }
        for name in try System.names(in: absolute(folder)) {
            let path = folder.bytes.isEmpty ? RelativePath(name) : folder.appending(name)
            guard let status = try System.status(absolute(path)) else { continue }
            if status.isFile { found.append(path) } else if status.isFolder { found += try names(below: path) }
        }
        return found
    }

    private func absolute(_ path: RelativePath) -> [UInt8] {
        let rejected = Array(folders.rejected.utf8)
        return path.bytes.isEmpty ? rejected : rejected + [0x2f] + path.bytes
    }
}
