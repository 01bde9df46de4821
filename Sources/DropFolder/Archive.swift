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
    /// - Parameter claimed: a file that was read.
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
        // Of a path so long that nothing fits behind it, the name has to do.
        let isLong = inbox.count + path.bytes.count > Inbox.longestPath
        let below = RelativePath("rejected").appending(isLong ? path.name : path.bytes)
        let wanted = try freePath(below, below: inbox)
        var target = wanted
        var number = 2
        while let text = try problemText(beside: target) {
            if text == Array(problem.utf8) { return false }
            // It tells of something else that had this name.
            target = wanted.numbered(number)
            number += 1
        }
        let folder = try OpenFolder(inbox).folder(target.folder, creating: true)
        try writeAtomically(Array(problem.utf8), to: folder.place(target.problemFile.name))
        return true
    }

    /// Removes the problem file of something that stayed where it is, once it is in order.
    /// - Parameter path: of what stayed, below the inbox.
    /// - Parameter problem: what it said; a problem file that says something else stays.
    public func withdraw(_ path: RelativePath, problem: String) throws {
        var target = RelativePath("rejected").appending(path.bytes)
        var number = 2
        while let text = try problemText(beside: target) {
            if text == Array(problem.utf8) { return try System.remove(absolute(target.problemFile)) }
            target = RelativePath("rejected").appending(path.bytes).numbered(number)
            number += 1
        }
    }

    /// Files the copy of refused records, where there is one: `rejected/NAME.rejected.json`, with a problem file beside
    /// it.
    /// - Parameter claimed: the file that the records came in.
    /// - Parameter ending: of the copy's name, as its format has it: `json`, `csv`, `ndjson`.
    /// - Parameter problem: nil: of what an earlier version copied; it gets no problem file.
    /// - Returns: where it stands below the inbox; nil when there is none or an earlier process filed it.
    public func fileRejects(of claimed: ClaimedFile, ending: String, problem: String?) throws -> RelativePath? {
        let opened = try claimed.opened()
        let waiting = try claimed.rejects(in: opened)
        guard try System.status(waiting) != nil else { return nil }
        let copy = RelativePath("rejected").appending(RejectedName.copy(of: claimed.path, ending: ending).bytes)
        guard let problem else { return try place(waiting, at: copy, in: opened) }
        return try place(waiting, at: copy, in: opened, forProblem: problem)
    }

    /// A writer for refused records that wait beside the claim.
    public func rejectsWriter(for claimed: ClaimedFile) throws -> FileWriter {
        try FileWriter(claimed.rejects())
    }

    /// Takes back the copy of refused records of a file that was not taken after all.
    public func discardRejects(of claimed: ClaimedFile) {
        try? System.remove(claimed.rejects())
    }

    private func move(_ claimed: ClaimedFile, below folder: RelativePath, problem: String?) throws -> RelativePath? {
        defer { claimed.removeFolders() }
        return try moved(claimed, below: folder, problem: problem)
    }

    private func moved(_ claimed: ClaimedFile, below folder: RelativePath, problem: String?) throws -> RelativePath? {
        let wanted = folder.appending(claimed.path.bytes)
        guard let problem else {
            do {
                let opened = try claimed.opened()
                return try place(claimed.place(in: opened), at: wanted, in: opened)
            } catch {
                if try claimed.isThere { throw error }
                return nil
            }
        }
        guard try claimed.isThere else { return nil }
        let opened = try claimed.opened()
        let from = try claimed.place(in: opened)
        return try place(from, at: wanted, in: opened, forProblem: problem)
    }

    /// Renames to a path below the inbox, or to its first free variant, with a problem file beside it, which is there
    /// first.
    private func place(
        _ from: Place, at path: RelativePath, in opened: OpenInbox, forProblem problem: String
    ) throws -> RelativePath {
        try place(from, at: path, in: opened, isFree: { try isFree($0, forProblem: problem) }) { target in
            try writeAtomically(Array(problem.utf8), to: target.beside(RelativePath(target.name).problemFile.name))
        }
    }

    /// Whether a problem file beside this path would replace nothing that has to be kept.
    private func isFree(_ target: RelativePath, forProblem problem: String) throws -> Bool {
        // So named, it would later be taken for the problem file of another.
        if RelativePath.isProblemFile(target.name) { return false }
        guard let text = try problemText(beside: target), text != Array(problem.utf8) else { return true }
        // A folder has the name, or a file whose long name begins alike: they have one problem file between them.
        return !text.isEmpty && target.name.count + RelativePath.problemEnding.count <= 255
    }

    /// Renames to a path below the inbox, or to its first free variant.
    private func place(
        _ from: Place, at path: RelativePath, in opened: OpenInbox,
        isFree: ((RelativePath) throws -> Bool)? = nil,
        before: (Place) throws -> Void = { _ in }
    ) throws -> RelativePath {
        // The name is in the same open folder as where it goes: a share can go away in between.
        let wanted = try opened.knows(path.folder) ? path : freePath(path, below: self.inbox)
        let folder = try opened.folder(wanted.folder, creating: true)
        var target = wanted
        var number = 2
        while true {
            if try isFree.map({ try System.status(absolute(target)) == nil && $0(target) }) ?? true {
                let place = folder.place(target.name)
                try before(place)
                switch try moveNoReplace(from, place, through: folder.place(ClaimedFile.copyingName)) {
                case .moved: return target
                case .taken: break
                case .changed: throw SystemError("copy", wanted.shown, errno: EBUSY)
                }
            }
            target = wanted.numbered(number)
            number += 1
        }
    }

    /// What the problem file beside a path says; nil where there is none, nothing where it is a folder.
    private func problemText(beside path: RelativePath) throws -> [UInt8]? {
        let file = absolute(path.problemFile)
        guard let status = try System.status(file) else { return nil }
        guard status.isFile else { return [] }
        return try FileSource(bytes: file).start(atMost: 1 << 20)
    }

    private var inbox: [UInt8] { Array(folders.inbox.utf8) }

    private func absolute(_ path: RelativePath) -> [UInt8] {
        inbox + [0x2f] + path.bytes
    }
}
