import Domain

/// What stands in `inbox/rejected` since before a moment: paths below the inbox.
public struct OldRejects: Sendable {
    /// Rejected originals and copies of refused records.
    public var files: [RelativePath] = []
    /// Problem files of what is neither in `rejected` nor in the inbox any more.
    public var problems: [RelativePath] = []
    /// What has no problem file beside it: it is not known why it stands there.
    public var unknown: [RelativePath] = []
}

extension PrunedFiles {
    /// Looks through `inbox/rejected`.
    ///
    /// A file is old once it and the problem file beside it have stood there, unchanged and under their names, since before
    /// the moment. The time of the last change of any kind tells that, which nobody can set: an original carries along the time
    /// of its content, which may be of years before it was dropped.
    /// - Parameter moment: seconds since 1970.
    /// - Throws: a `FolderMarkers.Missing` where the inbox is not what it should be; a `SystemError`.
    public func oldRejects(before moment: Int64) throws -> OldRejects {
        var old = OldRejects()
        let inbox = try open(.inbox)
        let path = RelativePath("rejected")
        guard let folder = try? inbox.folder(path) else { return old }
        try look(into: folder, path, inbox, before: moment, depth: 0, &old)
        return old
    }

    /// Whether a rejected original is old; nil: none stands there.
    /// - Parameters:
    ///   - path: where it was filed, below the inbox.
    ///   - moment: seconds since 1970.
    public mutating func isOldReject(_ path: RelativePath, before moment: Int64) throws -> Bool? {
        guard let place = try place(path, below: .inbox), let status = try System.status(place), status.isFile else {
            return nil
        }
        let problem = try self.place(path.problemFile, below: .inbox).flatMap { try System.status($0) }
        return Self.isOld(status, moment) && problem.map { $0.isFile && Self.isOld($0, moment) } == true
    }

    private static func isOld(_ status: System.Status, _ moment: Int64) -> Bool {
        status.changed < moment * 1_000_000_000
    }

    private func look(
        into folder: OpenFolder, _ path: RelativePath, _ inbox: OpenFolder, before moment: Int64, depth: Int,
        _ old: inout OldRejects
    ) throws {
        var files: [[UInt8]: System.Status] = [:]
        // A folder that this process may not list is somebody's own.
        guard let names = try? System.names(in: folder) else { return old.unknown.append(path) }
        for name in names {
            guard let status = try System.status(folder.place(name)) else { continue }
            if status.isFile {
                files[name] = status
            } else if status.isFolder, depth < Self.deepest, let below = try? folder.folder(RelativePath(name)) {
                try look(into: below, path.appending(name), inbox, before: moment, depth: depth + 1, &old)
            }
        }
        var told: Set<[UInt8]> = []
        for (name, status) in files where !RelativePath.isProblemFile(name) {
            let problem = RelativePath(name).problemFile.name
            told.insert(problem)
            guard Self.isOld(status, moment) else { continue }
            guard let text = files[problem] else {
                old.unknown.append(path.appending(name))
                continue
            }
            if Self.isOld(text, moment) { old.files.append(path.appending(name)) }
        }
        for (name, status) in files where RelativePath.isProblemFile(name) && !told.contains(name) {
            guard Self.isOld(status, moment), try !isInInbox(path.appending(name), inbox) else { continue }
            old.problems.append(path.appending(name))
        }
    }

    /// Whether what a problem file tells of stayed where it was dropped, such as a link.
    private func isInInbox(_ problem: RelativePath, _ inbox: OpenFolder) throws -> Bool {
        let name = problem.name.dropLast(RelativePath.problemEnding.count)
        let dropped = problem.folder.appending(Array(name)).bytes.dropFirst("rejected/".utf8.count)
        let path = RelativePath(Array(dropped))
        guard let folder = try? inbox.folder(path.folder) else { return false }
        return try System.status(folder.place(path.name)) != nil
    }

    /// The names of the files in a folder; none where it is not there.
    /// - Parameters:
    ///   - folder: below the base.
    ///   - base: where it stands.
    /// - Throws: a `FolderMarkers.Missing` where the base is not what it should be; a `SystemError`.
    public func names(in folder: RelativePath, below base: Base) throws -> [[UInt8]] {
        guard let opened = try? open(base).folder(folder) else { return [] }
        return try System.names(in: opened)
    }

    /// Removes the folders below `inbox/rejected` that are empty.
    /// - Throws: a `FolderMarkers.Missing` where the inbox is not what it should be; a `SystemError`.
    public mutating func tidyRejects() throws {
        forgetOpened()
        guard let folder = try? open(.inbox).folder(RelativePath("rejected")) else { return }
        for name in try System.names(in: folder) {
            // One that cannot be tidied stays.
            _ = try? tidy(RelativePath("rejected").appending(name), below: .inbox)
        }
    }
}

extension RelativePath {
    static let problemEnding = Array(".problem.txt".utf8)

    /// The problem file beside a file: its name plus `.problem.txt`, within the 255 bytes that Linux allows.
    public var problemFile: RelativePath {
        folder.appending(name.wholeCharacters(atMost: 255 - Self.problemEnding.count) + Self.problemEnding)
    }

    /// Whether a name is that of a problem file.
    static func isProblemFile(_ name: [UInt8]) -> Bool { name.suffix(problemEnding.count) == problemEnding[...] }
}

extension RejectedName {
    /// Whether a file may have the copy of refused records that has this name, in whatever folder.
    /// - Parameters:
    ///   - name: of the copy.
    ///   - original: the name of the file that the records came in.
    static func isCopy(_ name: [UInt8], of original: [UInt8]) -> Bool {
        let dot = original.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? original.count
        func stem(_ name: [UInt8]) -> ArraySlice<UInt8> {
            name[..<(name.lastIndex(of: UInt8(ascii: ".")) ?? name.count)]
        }
        let taken = stem(taken(name))
        return taken == original[..<dot] || dot > longest && taken == inFolder[...]
    }
}

extension RelativePath {
    /// Whether this is the copy of refused records of some file.
    public var isCopyOfRefusedRecords: Bool { RejectedName.isCopy(name) }

    /// Whether this may be the copy of the refused records of a file, as far as the names tell.
    /// - Parameter original: the path of the file that the records came in.
    public func mayBeCopy(of original: RelativePath) -> Bool { RejectedName.isCopy(name, of: original.name) }
}
