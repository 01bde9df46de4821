import Domain
import Glibc

/// The marks by which a root's folders are known: a file `.plumbline` in each of them.
///
/// Where a share is not mounted its mount point looks like an empty folder, and another disk may stand in its place.
/// A folder without the mark is therefore not read or written, however it looks. Marks are made when the sync ledger is
/// new, and by a person's word; never because one is missing.
public struct FolderMarkers: Sendable {
    /// A folder that is not the one it should be.
    public struct Missing: Error, Sendable, Hashable, CustomStringConvertible {
        /// The folder.
        public let path: String
        /// What is wrong with it.
        public let why: Why

        /// What is wrong with a folder.
        public enum Why: Sendable, Hashable {
            /// It is not there.
            case gone
            /// It has no mark.
            case unmarked
            /// It has the mark of another sync ledger.
            case foreign
            /// Its mark cannot be read; in words.
            case unreadable(String)
        }

        /// In a sentence, with the path.
        public var description: String {
            switch why {
            case .gone: "\(path) is not there."
            case .unmarked:
                "\(path) has no mark (the file \(FolderMarkers.name)): it looks like the place of a share that is not "
                    + "mounted, or like another folder than the one that was there."
            case .foreign: "\(path) has the mark of another root."
            case .unreadable(let reason): "\(path) cannot be looked at: \(reason)."
            }
        }
    }

    /// What the root's own mark says.
    public struct Numbers: Sendable, Hashable {
        /// The sync ledger that the root belongs to.
        public var ledger: String
        /// The highest number of a document so far.
        public var document: Int
        /// The highest number of a dropped file so far.
        public var file: Int

        /// These numbers.
        public init(ledger: String, document: Int, file: Int) {
            self.ledger = ledger
            self.document = document
            self.file = file
        }
    }

    /// The name of the mark.
    public static let name = ".plumbline"

    private let folders: RootFolders
    private let ledger: String
    /// The first line of our marks. It alone is compared, since every folder is checked for each file.
    private let firstLine: [UInt8]
    private let checked: [Checked]

    /// A marked folder, with the paths by which it is looked at in every round.
    private struct Checked {
        let folder: String
        /// With a dot, since it may be a link to a share.
        let itself: [UInt8]
        let mark: [UInt8]
    }

    /// The marks of a root that belongs to a sync ledger.
    public init(_ folders: RootFolders, ledger: String) {
        self.folders = folders
        self.ledger = ledger
        firstLine = Array(Self.firstLine(ledger).utf8)
        checked = Self.marked(folders).map { folder in
            Checked(folder: folder, itself: Array("\(folder)/.".utf8), mark: Array(Self.mark(folder).utf8))
        }
    }

    /// The folders that are marked; each may be a mount of its own.
    public static func marked(_ folders: RootFolders) -> [String] {
        [
            folders.root, folders.inbox, folders.inbox + "/procore", folders.inbox + "/quickbooks",
            folders.outboxQuickBooks, folders.outboxProcore, folders.results,
        ]
    }

    /// Marks every folder, whatever mark it had.
    /// - Throws: a `SystemError`.
    public func make(_ numbers: Numbers) throws {
        for folder in Self.marked(folders) { try make(numbers, in: folder) }
    }

    /// Marks one folder.
    public func make(_ numbers: Numbers, in folder: String) throws {
        try writeAtomically(
            Self.text(folder == folders.root ? numbers : nil, ledger: ledger), to: Place(Array(Self.mark(folder).utf8)),
            isDurable: true)
        try System.syncFolder(Array(folder.utf8))
    }

    /// Writes the highest numbers into the root's mark, in place: it always has the same size, so that this needs no
    /// room on the disk.
    public func raise(document: Int, file: Int) throws {
        let numbers = Numbers(ledger: ledger, document: document, file: file)
        let path = Array(Self.mark(folders.root).utf8)
        let descriptor = try System.open(path, O_WRONLY | O_NOFOLLOW)
        defer { close(descriptor) }
        try System.writeAll(descriptor, Self.text(numbers, ledger: ledger), path: path)
    }

    /// What a check of every folder found.
    public struct Snapshot: Sendable, Hashable {
        /// The folders that are not what they should be; none: all is well.
        public var missing: [Missing] = []
        /// Which folder stands behind each path: another one where a share was mounted or went away.
        public var places: [UInt64] = []

        /// Nothing checked yet.
        public init() {}
    }

    /// The marks that were read and are ours, as they were then. One that has not changed since is not read again.
    public struct SeenMarks: Sendable {
        /// In the order of the folders; nil: it is to be read.
        fileprivate var marks: [System.Status?] = []

        /// None yet.
        public init() {}
    }

    /// Looks at every folder, and reads every mark.
    public func snapshot() -> Snapshot {
        var seen = SeenMarks()
        return snapshot(&seen)
    }

    /// Looks at every folder.
    /// - Parameter seen: the marks that need not be read again.
    public func snapshot(_ seen: inout SeenMarks) -> Snapshot {
        var snapshot = Snapshot()
        if seen.marks.isEmpty { seen.marks = Array(repeating: nil, count: checked.count) }
        for (place, checked) in checked.enumerated() {
            let status = try? System.status(checked.itself)
            snapshot.places += [status?.device ?? 0, status?.inode ?? 0]
            if let why = why(checked, status, &seen.marks[place]) {
                snapshot.missing.append(Missing(path: checked.folder, why: why))
            }
        }
        return snapshot
    }

    /// Makes what is ours alone in the folders that are what they should be.
    /// - Throws: a `SystemError`.
    public func makeOurs() throws {
        for (parent, name, mode) in folders.ours {
            guard let folder = try? open(parent) else { continue }
            try System.makeFolder(folder.place(Array(name.utf8)), mode)
        }
    }

    /// Writes whole files into a folder, and nothing into what may come to light in its place. Folders below it are made,
    /// and never reached through a link.
    /// - Parameters:
    ///   - files: each with its path below the folder.
    ///   - folder: one that is marked.
    /// - Throws: a `Missing` where the folder is not what it should be; a `SystemError`.
    public func write(_ files: [(path: String, bytes: [UInt8])], into folder: String) throws {
        let folder = try open(folder)
        var below: (path: RelativePath, folder: OpenFolder)?
        for (path, bytes) in files {
            let path = RelativePath(path)
            // Most that are written together belong into one folder.
            let known = below.flatMap { $0.path == path.folder ? $0.folder : nil }
            let opened = try known ?? folder.folder(path.folder, creating: true)
            below = (path.folder, opened)
            try writeAtomically(bytes, to: opened.place(path.name))
        }
    }

    /// The same for one file that is too large to be in memory as a whole.
    /// - Parameters:
    ///   - path: of the file, below the folder.
    ///   - folder: one that is marked.
    ///   - body: puts what is to be written, one piece after the other.
    /// - Throws: as above, and what `body` throws; what had the name stays then.
    public func write(
        _ path: String, into folder: String, _ body: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let path = RelativePath(path)
        let opened = try open(folder).folder(path.folder, creating: true)
        try writeAtomically(to: opened.place(path.name), body)
    }

    /// Opens a folder and looks for the mark in what was opened.
    func open(_ path: String) throws -> OpenFolder {
        guard let folder = try? OpenFolder(Array(path.utf8)) else { throw Missing(path: path, why: .gone) }
        let mark = folder.place(Array(Self.name.utf8))
        guard let source = try? FileSource(mark) else { throw Missing(path: path, why: .unmarked) }
        guard try isOurs(source) else { throw Missing(path: path, why: .foreign) }
        return folder
    }

    private func why(_ checked: Checked, _ status: System.Status?, _ seen: inout System.Status?) -> Missing.Why? {
        guard status?.isFolder == true else { return .gone }
        do {
            if let known = seen, try System.status(checked.mark) == known { return nil }
            seen = nil
            let mark = try FileSource(bytes: checked.mark)
            guard try isOurs(mark) else { return .foreign }
            // Of a share the kernel says for a while what it knew before; whoever opens a file is told what is so.
            if !mark.isPolled { seen = mark.before }
            return nil
        } catch let error as SystemError where [ENOENT, ENOTDIR].contains(error.errno) {
            return .unmarked
        } catch {
            return .unreadable("\(error)")
        }
    }

    private func isOurs(_ mark: FileSource) throws -> Bool {
        try mark.start(atMost: 4_096).starts(with: firstLine)
    }

    /// What the root's mark says; nil where it has none.
    /// - Throws: a `SystemError` where it cannot be read.
    public static func numbers(_ folders: RootFolders) throws -> Numbers? {
        let path = Array(mark(folders.root).utf8)
        guard try System.status(path) != nil else { return nil }
        let fields = DropFolder.fields(of: try FileSource(bytes: path).start(atMost: 4_096))
        guard let ledger = fields["ledger"] else { return nil }
        return Numbers(
            ledger: ledger, document: fields["document"].flatMap { Int($0) } ?? 0,
            file: fields["file"].flatMap { Int($0) } ?? 0)
    }

    private static func mark(_ folder: String) -> String { "\(folder)/\(name)" }

    private static func firstLine(_ ledger: String) -> String { "ledger=\(ledger)\n" }

    private static func text(_ numbers: Numbers?, ledger: String) -> [UInt8] {
        var text = firstLine(ledger)
        if let numbers { text += "document=\(padded(numbers.document))\nfile=\(padded(numbers.file))\n" }
        return Array(
            (text + "By this file Plumbline knows the folder from an empty mount point. Leave it here.\n").utf8)
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String("0000000000000000000".dropFirst(digits.utf8.count)) + digits
    }
}
