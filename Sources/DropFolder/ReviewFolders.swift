import Domain
import Glibc

/// The folder where documents wait for a person's decision, `outbox/review`, and the folders in it that decide: whoever
/// moves a document or its page to `approved` or `rejected` has decided.
///
/// Others can write in all of them at any moment, so names are reached from open folders and never through a link, and a
/// file counts only where its content says that it is the document's.
public struct ReviewFolders: Sendable {
    /// A folder that decides.
    public enum Deciding: String, Sendable, CaseIterable {
        case approved, rejected
    }

    private let path: String

    /// The folders of a root.
    public init(_ folders: RootFolders) {
        path = folders.review
    }

    /// Makes the folders that are not there.
    /// - Throws: a `SystemError`.
    public func create() throws {
        try System.makeFolders(Array(path.utf8))
        let folder = try self.folder()
        for deciding in Deciding.allCases { try System.makeFolder(folder.place(Array(deciding.rawValue.utf8))) }
        // The last one: where it is, the others are too.
        try System.makeFolder(folder.place(Array(".staging".utf8)), 0o700)
    }

    private func folder(_ name: String? = nil) throws -> OpenFolder {
        let folder = try OpenFolder(Array(path.utf8))
        return try name.map { try folder.folder(RelativePath($0)) } ?? folder
    }

    // MARK: - What stands there

    /// When names last came or went in each folder; nil where it is not there. As long as it stays the same, nobody moved
    /// anything.
    public func changes() -> [Int64?] {
        ([path] + Deciding.allCases.map { "\(path)/\($0.rawValue)" }).map { folder in
            (try? System.status(Array((folder + "/.").utf8)))?.modified
        }
    }

    /// A file that somebody put into a folder that decides.
    public struct Moved: Sendable, Hashable {
        /// Where it stands.
        public let folder: Deciding
        /// Its name.
        public let name: String
        /// Who owns it, in words; nil: this process does, as of a file that was moved and not copied, so that who moved it
        /// cannot be told.
        public let owner: String?
        /// When it was last changed, in seconds since 1970.
        public let changed: Int64
    }

    /// The files in a folder that decides, without those that programs leave beside a person's.
    /// - Throws: a `SystemError`.
    public func moved(to deciding: Deciding) throws -> [Moved] {
        let folder = try self.folder(deciding.rawValue)
        return try System.names(in: folder).compactMap { name in
            guard !Inbox.isIgnored(name), let text = String(validating: name, as: UTF8.self),
                let status = try System.status(folder.place(name)), status.isFile
            else { return nil }
            return Moved(
                folder: deciding, name: text, owner: status.owner == geteuid() ? nil : Account(status.owner).shown,
                changed: status.changed / 1_000_000_000)
        }
    }

    /// The names of the files that wait, each with its size.
    /// - Throws: a `SystemError`.
    public func waiting() throws -> [String: Int] {
        let folder = try self.folder()
        var names: [String: Int] = [:]
        for name in try System.names(in: folder) where !Inbox.isIgnored(name) {
            guard let text = String(validating: name, as: UTF8.self),
                let status = try System.status(folder.place(name)), status.isFile
            else { continue }
            names[text] = status.size
        }
        return names
    }

    /// The bytes of a moved file, up to a length; nil: it is gone.
    /// - Throws: a `SystemError`.
    public func bytes(of file: Moved, atMost most: Int) throws -> [UInt8]? {
        let place = try folder(file.folder.rawValue).place(Array(file.name.utf8))
        guard try System.status(place) != nil else { return nil }
        return try FileSource(place).start(atMost: most)
    }

    // MARK: - What is written and filed

    /// Writes a file beside those that wait, or into a folder that decides; what has the name is replaced.
    /// - Throws: a `SystemError`.
    public func write(_ bytes: [UInt8], as name: String, in deciding: Deciding? = nil) throws {
        try writeAtomically(bytes, to: folder(deciding?.rawValue).place(Array(name.utf8)))
    }

    /// Writes a text beside a file in a folder that decides, unless it stands there.
    /// - Returns: whether it is news.
    /// - Throws: a `SystemError`.
    public func tell(_ text: String, beside file: Moved) throws -> Bool {
        let place = try folder(file.folder.rawValue).place(Array((file.name + Self.problemEnding).utf8))
        let bytes = Array(text.utf8)
        if try System.status(place)?.isFile == true, try FileSource(place).start(atMost: 65_536) == bytes {
            return false
        }
        try writeAtomically(bytes, to: place)
        return true
    }

    /// The ending of a text that says why a file decides nothing.
    public static let problemEnding = ".problem.txt"

    /// Removes a file from a folder that decides.
    /// - Throws: a `SystemError`.
    public func remove(_ name: String, from deciding: Deciding) throws {
        try System.remove(folder(deciding.rawValue).place(Array(name.utf8)))
    }

    /// Files what belongs to a document that is decided, from where it waited and from the folder that says the same.
    /// - Parameters:
    ///   - names: those of the document and its page.
    ///   - target: `approved`, `rejected`, or `replaced`.
    ///   - day: `2026-11-29`
    /// - Throws: a `SystemError`. What was filed before is left, so that it can be done again.
    public func file(_ names: [String], into target: String, on day: String) throws {
        let root = try folder()
        var filed: OpenFolder?
        let same = try Deciding(rawValue: target).map { try root.folder(RelativePath($0.rawValue)) }
        for from in [root, same].compactMap({ $0 }) {
            for name in names {
                let place = from.place(Array(name.utf8))
                guard try System.status(place)?.isFile == true else { continue }
                let folder = try filed ?? root.folder(RelativePath("\(target)/\(day)"), creating: true)
                filed = folder
                var wanted = RelativePath(name)
                var number = 2
                while try !System.renameNoReplace(place, folder.place(wanted.bytes)) {
                    wanted = RelativePath(name).numbered(number)
                    number += 1
                }
            }
        }
    }

    /// Takes everything that waits out of sight, into `.withdrawn`: its numbers are those of a sync ledger that was lost.
    /// - Returns: the names.
    /// - Throws: a `SystemError`.
    public func withdraw() throws -> [String] {
        guard (try? System.status(Array((path + "/.").utf8)))?.isFolder == true else { return [] }
        let folder = try self.folder()
        let names = try waiting().keys.sorted()
        guard !names.isEmpty else { return [] }
        try System.makeFolder(folder.place(Array(".withdrawn".utf8)), 0o700)
        let withdrawn = try folder.folder(RelativePath(".withdrawn"))
        for name in names {
            try System.renameOver(folder.place(Array(name.utf8)), withdrawn.place(Array(name.utf8)))
        }
        try System.sync(folder)
        return names
    }
}
