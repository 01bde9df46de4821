import Domain
import Glibc

/// Writes a file bit by bit.
public final class FileWriter {
    private let descriptor: Int32
    private let place: Place
    private var pending: [UInt8] = []

    /// Makes the file, empty; what has the name is removed.
    init(_ place: Place) throws {
        self.place = place
        descriptor = try System.create(place)
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    public func append(_ bytes: [UInt8]) throws {
        pending += bytes
        if pending.count > 65_536 { try flush() }
    }

    /// Makes everything durable, the name as well.
    public func finish() throws {
        try flush()
        try System.sync(descriptor, path: place.path)
        if let folder = place.folder { try System.sync(folder) }
    }

    private func flush() throws {
        try System.writeAll(descriptor, pending, path: place.path)
        pending.removeAll(keepingCapacity: true)
    }
}

/// Writes a whole small file so that readers see the old one or the new one, never a part.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws {
    try writeAtomically(bytes, to: Place(Array(path.utf8)))
}

/// - Parameter isDurable: whether it is on the disk before it gets its name.
func writeAtomically(_ bytes: [UInt8], to place: Place, isDurable: Bool = false) throws {
    try writeAtomically(to: place, isDurable: isDurable) { put in try bytes.withUnsafeBytes(put) }
}

/// - Parameter body: puts what is to be written, one piece after the other.
func writeAtomically(
    to place: Place, isDurable: Bool = false, _ body: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
) throws {
    let name = RelativePath(place.name).name
    let temporary = place.beside(Array(".".utf8) + name.prefix(240) + Array(".new".utf8))
    let descriptor = try System.create(temporary)
    do {
        do {
            defer { close(descriptor) }
            try body { try System.writeAll(descriptor, $0, path: temporary.path) }
            if isDurable { try System.sync(descriptor, path: temporary.path) }
        }
        try System.renameOver(temporary, place)
    } catch {
        try? System.remove(temporary)
        throw error
    }
}

/// A log that is appended to a line at a time, each with one write, so that lines of several writers never mix.
public final class AppendLog {
    private let path: [UInt8]
    private var descriptor: Int32
    /// Whether a full disk may have kept the end of a line.
    private var isTorn = false

    /// Opens a log, and makes it where there is none.
    public init(path: String) throws {
        self.path = Array(path.utf8)
        descriptor = try System.open(self.path, O_RDWR | O_CREAT | O_APPEND)
        // A crash can leave half a line, which the next one must not continue.
        isTorn = true
    }

    deinit { close(descriptor) }

    /// Appends a line.
    public func append(_ line: String) throws { try append(Array(line.utf8)) }

    /// Appends a line.
    public func append(_ line: consuming [UInt8]) throws {
        if isTorn, let last = try tail(1).last, last != "\n" {
            try System.writeAll(descriptor, [0x0a], path: path)
        }
        isTorn = true
        line.append(0x0a)
        try System.writeAll(descriptor, line, path: path)
        isTorn = false
    }

    /// Opens the log anew after somebody moved it away to rotate it.
    public func reopen() throws {
        let new = try System.open(path, O_RDWR | O_CREAT | O_APPEND)
        close(descriptor)
        descriptor = new
    }

    /// The end of the log, to see after a crash whether a line was written.
    public func tail(_ most: Int = 262_144) throws -> String {
        let size = try System.status(descriptor: descriptor).size
        var bytes = [UInt8](repeating: 0, count: min(most, size))
        let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(size - $0.count)) }
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
    }
}
