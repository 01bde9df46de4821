import Domain
import Glibc
import Synchronization

/// An answer while it arrives: in memory as long as it is small, then as a hidden file in the inbox. It gets its name only
/// when all of it is durable.
public final class IncomingAnswer: Sendable {
    static let beginning = Array(".answer-".utf8)
    /// So many bytes stay in memory.
    public static let small = 65_536

    private enum Content {
        case memory([UInt8])
        case file(AnswerFile)
    }

    private let content = Mutex(Content.memory([]))
    private let openFolder: @Sendable () throws -> OpenFolder

    /// - Parameter openFolder: opens the inbox, when the answer is written there.
    init(_ openFolder: @escaping @Sendable () throws -> OpenFolder) {
        self.openFolder = openFolder
    }

    /// Whether as many bytes more need no file.
    public func fitsInMemory(_ count: Int) -> Bool {
        content.withLock {
            if case .memory(let bytes) = $0 { bytes.count + count <= Self.small } else { false }
        }
    }

    /// Appends bytes.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`.
    public func append(_ bytes: [UInt8]) throws {
        try content.withLock { content in
            switch content {
            case .memory(let before):
                let all = before + bytes
                content = all.count <= Self.small ? .memory(all) : .file(try AnswerFile(all, in: openFolder()))
            case .file(let file): try file.append(bytes)
            }
        }
    }

    /// How many bytes have arrived.
    public func size() throws -> Int {
        try content.withLock {
            switch $0 {
            case .memory(let bytes): bytes.count
            case .file(let file): try file.size()
            }
        }
    }

    /// What has arrived, where all of it is in memory; nil: it is in a file.
    public var inMemory: [UInt8]? {
        content.withLock { if case .memory(let bytes) = $0 { bytes } else { nil } }
    }

    /// What has arrived, to be read.
    public func source() throws -> any ByteSource {
        try content.withLock {
            switch $0 {
            case .memory(let bytes): MemorySource(bytes)
            case .file(let file): try file.source()
            }
        }
    }

    /// Makes all of it durable and gives it its name, never over another file.
    /// - Returns: whether the name was free; else it stays hidden.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`; then it is not known to be on the disk.
    public func publish(as name: String) throws -> Bool {
        try content.withLock { content in
            switch content {
            case .file(let file): return try file.publish(as: name)
            case .memory(let bytes):
                let file = try AnswerFile(bytes, in: openFolder())
                content = .file(file)
                return try file.publish(as: name)
            }
        }
    }

    /// Takes it back.
    public func discard() {
        content.withLock {
            if case .file(let file) = $0 { file.remove() } else { $0 = .memory([]) }
        }
    }
}

/// A hidden file in the inbox.
private final class AnswerFile: Sendable {
    private let folder: OpenFolder
    private let place: Place
    private let descriptor: Int32

    /// Makes it, with the first bytes in it.
    init(_ bytes: [UInt8], in folder: OpenFolder) throws {
        self.folder = folder
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        place = folder.place(IncomingAnswer.beginning + Array("\(number).part".utf8))
        descriptor = try System.create(place)
        do {
            try append(bytes)
        } catch {
            remove()
            throw error
        }
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws {
        try System.writeAll(descriptor, bytes, path: place.path)
    }

    func size() throws -> Int { try System.status(descriptor: descriptor).size }

    func source() throws -> FileSource { try FileSource(place) }

    func publish(as name: String) throws -> Bool {
        try System.sync(descriptor, path: place.path)
        guard try System.renameNoReplace(place, folder.place(Array(name.utf8))) else { return false }
        try System.sync(folder)
        return true
    }

    func remove() { try? System.remove(place) }
}
