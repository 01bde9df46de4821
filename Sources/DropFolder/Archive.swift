import Domain
import Glibc

/// Files originals away once they are read.
///
/// Every step can be repeated after a crash: what is gone from the claim folder has been filed.
public struct Archive: Sendable {
    private let folders: RootFolders

    /// The archive of a root.
    public init(_ folders: RootFolders) {
        self.folders = folders
    }

    /// Files a claimed original below `processed/<day>`.
    /// - Parameter day: `2026-11-22`
    /// - Returns: where it stands below the inbox; nil when an earlier process filed it.
    public func file(_ claimed: ClaimedFile, processedOn day: String) throws -> RelativePath? {
        try move(claimed, below: RelativePath("processed/\(day)"), problem: nil)
    }

    /// Files a claimed original below `rejected`, with a problem file beside it.
    /// - Returns: where it stands below the inbox; nil when an earlier process filed it.
    public func file(_ claimed: ClaimedFile, rejectedFor problem: String) throws -> RelativePath? {
        try move(claimed, below: RelativePath("rejected"), problem: problem)
    }

    /// Puts a problem file into `rejected` for something that stays where it is, such as a symbolic link.
    /// - Returns: false where it was reported before.
    public func report(_ path: RelativePath, problem: String) throws -> Bool {
        let file = problemFile(RelativePath("rejected").appending(path.bytes))
        guard try System.status(absolute(file)) == nil else { return false }
        try System.makeFolders(absolute(file.folder))
        try writeAtomically(Array(problem.utf8), to: absolute(file))
        return true
    }

    /// Files the copy of refused records, where there is one: `rejected/NAME.rejected.json`.
    /// - Returns: where it stands below the inbox; nil when there is none or an earlier process filed it.
    public func fileRejects(of claimed: ClaimedFile, ending: String) throws -> RelativePath? {
        let waiting = Array(claimed.rejects.utf8)
        guard try System.status(waiting) != nil else { return nil }
        let name = claimed.path.name
        let dot = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
        let copy = RelativePath("rejected").appending(claimed.path.folder.bytes).trimmed
            .appending(Array(name[..<dot].prefix(200)) + Array(".rejected.\(ending)".utf8))
        return try place(waiting, at: copy, before: { _ in })
    }

    /// A writer for refused records that wait beside the claim.
    public func rejectsWriter(for claimed: ClaimedFile) throws -> FileWriter {
        try FileWriter(Array(claimed.rejects.utf8))
    }

    /// Takes back the copy of refused records of a file that was not taken after all.
    public func discardRejects(of claimed: ClaimedFile) {
        try? System.remove(Array(claimed.rejects.utf8))
    }

    private func move(_ claimed: ClaimedFile, below folder: RelativePath, problem: String?) throws -> RelativePath? {
        defer { claimed.removeFolders() }
        guard try System.status(claimed.absolute) != nil else { return nil }
        return try place(claimed.absolute, at: folder.appending(claimed.path.bytes)) { target in
            if let problem { try writeAtomically(Array(problem.utf8), to: absolute(problemFile(target))) }
        }
    }

    /// Renames to a path below the inbox, or to its first free variant.
    private func place(
        _ from: [UInt8], at wanted: RelativePath, before: (RelativePath) throws -> Void
    ) throws -> RelativePath {
        try System.makeFolders(absolute(wanted.folder))
        var target = wanted
        var number = 2
        while true {
            if try System.status(absolute(target)) == nil {
                try before(target)
                if try System.renameNoReplace(from, absolute(target)) { return target }
            }
            target = wanted.numbered(number)
            number += 1
        }
    }

    /// The filed name plus `.problem.txt`, within the 255 bytes that Linux allows.
    private func problemFile(_ path: RelativePath) -> RelativePath {
        let ending = Array(".problem.txt".utf8)
        return path.folder.appending(Array(path.name.prefix(255 - ending.count)) + ending)
    }

    private func absolute(_ path: RelativePath) -> [UInt8] {
        Array(folders.inbox.utf8) + [0x2f] + path.bytes
    }
}

extension RelativePath {
    /// Without a slash at the end, as when an empty part was appended.
    fileprivate var trimmed: RelativePath {
        bytes.last == 0x2f ? RelativePath(Array(bytes.dropLast())) : self
    }
}
