import Domain
import Glibc

/// What a carrier does with the documents of an outbox.
extension Outbox {
    /// The bytes of a document that waits to be collected.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`; `EFBIG` where it is longer than any document of ours.
    public func read(_ name: String) throws -> [UInt8] {
        let source = try FileSource(folder().place(Array(name.utf8)))
        guard source.size <= 256 << 20 else { throw SystemError("read", name, errno: EFBIG) }
        return try source.start(atMost: source.size)
    }

    /// Takes a document out of sight, into `.collected`, where a person finds it should it be needed once more.
    /// - Returns: false where it was gone already.
    @discardableResult
    public func takeOut(_ name: String) throws -> Bool {
        let folder = try self.folder()
        let document = folder.place(Array(name.utf8))
        guard try System.status(document) != nil else { return false }
        try System.makeFolder(folder.place(Array(".collected".utf8)), 0o755)
        try System.renameOver(document, folder.folder(RelativePath(".collected")).place(document.name))
        try System.sync(folder)
        return true
    }
}

/// Drops a carrier's files into an inbox folder: written under a hidden name there, made durable, renamed into sight.
///
/// Only one carrier at a time uses a folder, for which `CarrierLock` is.
public struct CarrierDrop: Sendable {
    private let path: String
    private let markers: FolderMarkers?
    private static let hidden = ".carried"

    /// The drop into a folder.
    /// - Parameter folder: an inbox folder, such as `inbox/procore`.
    /// - Parameter markers: by which the folder is known; nil: it is what it is.
    public init(folder: String, markers: FolderMarkers? = nil) {
        path = folder
        self.markers = markers
    }

    private func folder() throws -> OpenFolder { try markers?.open(path) ?? OpenFolder(Array(path.utf8)) }

    private func hiddenFolder() throws -> OpenFolder {
        let folder = try self.folder()
        try System.makeFolder(folder.place(Array(Self.hidden.utf8)), 0o700)
        return try folder.folder(RelativePath(Self.hidden))
    }

    /// Removes what an earlier carrier left under hidden names.
    public func clear() throws {
        let hidden = try hiddenFolder()
        for name in try System.names(in: hidden) { try System.remove(hidden.place(name)) }
    }

    /// Whether a file of this name waits in the folder to be read.
    public func holds(_ name: String) throws -> Bool {
        try System.status(folder().place(Array(name.utf8))) != nil
    }

    /// A writer of a hidden file.
    public func writer(_ name: String) throws -> FileWriter {
        try FileWriter(hiddenFolder().place(Array(name.utf8)))
    }

    /// A hidden file, to be read.
    public func source(_ name: String) throws -> FileSource {
        try FileSource(hiddenFolder().place(Array(name.utf8)))
    }

    /// Removes a hidden file.
    public func discard(_ name: String) throws { try System.remove(hiddenFolder().place(Array(name.utf8))) }

    /// Renames a hidden file that is durable into sight, and makes the name durable. Where the name is taken, it gets the
    /// next free one.
    /// - Parameters:
    ///   - name: the hidden name.
    ///   - path: where it goes, below the folder.
    public func publish(_ name: String, as path: String) throws {
        let hidden = try hiddenFolder()
        let wanted = RelativePath(path)
        let folder = try self.folder().folder(wanted.folder, creating: true)
        var target = wanted
        var number = 2
        while try !System.renameNoReplace(hidden.place(Array(name.utf8)), folder.place(target.name)) {
            target = wanted.numbered(number)
            number += 1
        }
        try System.sync(folder)
    }

    /// Drops a whole small file: once this returns, it is durable.
    public func drop(_ bytes: [UInt8], as name: String) throws {
        let writer = try writer(name)
        try writer.append(bytes)
        try writer.finish()
        try publish(name, as: name)
    }
}

/// Keeps the carrier of a root to one process, by a lock beside the ledger.
public final class CarrierLock {
    private let descriptor: Int32

    /// Takes the lock.
    /// - Parameter path: of the lock file, on a local disk.
    /// - Throws: a `Problem` where another process has it; a `SystemError`.
    public init(path: String) throws {
        descriptor = try System.open(Array(path.utf8), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw System.fail("flock", Array(path.utf8)) }
            throw Problem(
                what: "Another process carries this root's documents to Procore already.",
                remedy: "Stop it first; one is enough.")
        }
    }

    deinit { close(descriptor) }
}

/// A small file that holds a secret, and that nobody else may read.
public enum SecretFile {
    /// Whether there is anything of this name.
    public static func isThere(_ path: String) -> Bool {
        do { return try System.status(Array(path.utf8)) != nil } catch { return true }
    }

    /// What its lines `NAME=VALUE` say.
    /// - Parameter path: of the file, never a link.
    /// - Parameter isPrivateByPlace: whether its folder keeps others out, as systemd's credentials folder does.
    /// - Throws: a `Problem` that says what is wrong with the file, and never what stands in it.
    public static func fields(at path: String, isPrivateByPlace: Bool = false) throws -> [String: String] {
        let bytes = try bytes(at: path, isPrivateByPlace, whenSeen: "get a new secret from Procore")
        return DropFolder.fields(of: bytes).mapValues {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
        }
    }

    /// Its first line, without the line end.
    /// - Parameter path: of the file, never a link.
    /// - Throws: a `Problem` that says what is wrong with the file, and never what stands in it.
    public static func firstLine(at path: String) throws -> String {
        let bytes = try bytes(at: path, false, whenSeen: "choose another password")
        return String(decoding: bytes.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
    }

    private static func bytes(at path: String, _ isPrivateByPlace: Bool, whenSeen: String) throws -> [UInt8] {
        let source: FileSource
        let status: System.Status?
        do {
            status = try System.status(Array(path.utf8))
            source = try FileSource(path: path)
        } catch {
            throw Problem(
                what: "The file \(path), which should hold the secret, cannot be read: \(error).",
                remedy: "Make it a file of its own, with mode 0600, for the user that Plumbline runs as.")
        }
        if !isPrivateByPlace, let owner = status?.owner, owner != 0, owner != geteuid() {
            throw Problem(
                what: "The file \(path) holds a secret, and belongs to another user, who may read and change it.",
                remedy: "Give it to the user that Plumbline runs as (chown).")
        }
        guard isPrivateByPlace || (status.map { $0.mode & 0o077 == 0 } ?? false) else {
            throw Problem(
                what: "The file \(path) holds a secret, and others than its owner may read or change it.",
                remedy: "Run chmod 600 on it; if others may have read it, \(whenSeen).")
        }
        let bytes = try source.start(atMost: 65_536)
        // Editors on Windows put a mark in front.
        return Array(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...])
    }
}
