import CLinux
import Domain
import Glibc

/// An open file as a source of bytes: regular files only, never through a link.
public final class FileSource: ByteSource, Sendable {
    private let descriptor: Int32
    private let place: Place
    /// What it was when it was opened.
    let before: System.Status

    /// Opens a regular file for reading.
    /// - Throws: a `SystemError`; `ELOOP` where the path is a symbolic link, `EINVAL` where it is no regular file.
    public convenience init(path: String) throws {
        try self.init(Place(Array(path.utf8)))
    }

    convenience init(bytes path: [UInt8]) throws {
        try self.init(Place(path))
    }

    /// Opens a regular file; nil: nothing stands there.
    convenience init?(ifThere place: Place) throws {
        do {
            try self.init(place)
        } catch let error as SystemError where error.errno == ENOENT {
            return nil
        }
    }

    init(_ place: Place) throws {
        self.place = place
        // Without blocking: opening a FIFO would wait for a writer.
        let descriptor = try System.open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        do {
            before = try System.status(descriptor: descriptor)
            guard before.isFile else { throw SystemError("open", RelativePath(place.path).shown, errno: EINVAL) }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The size when it was opened.
    public var size: Int { before.size }

    /// Whether it had a second name somewhere when it was opened: a hard link. On a network share that cannot be told
    /// for a moment, since a rename may be a link there and what is known of a file is some seconds old.
    public var hasSecondName: Bool { before.links > 1 && !isPolled }

    /// Whether other machines can change it unseen.
    var isPolled: Bool { FileSystem.isPolled(descriptor) }

    /// Reads the next bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            if errno != EINTR { throw System.fail("read", place.path) }
        }
    }

    /// Reads at an offset, whatever was read so far.
    public func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int? {
        while true {
            let got = pread(descriptor, buffer.baseAddress, buffer.count, offset)
            if got >= 0 { return got }
            if errno != EINTR { throw System.fail("read", place.path) }
        }
    }

    /// All of a small file, ahead of any other reading; nil, and nothing is read: it is larger.
    public func whole(atMost most: Int) throws -> [UInt8]? {
        guard size <= most else { return nil }
        // One more, so that what was written to it meanwhile is seen.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var done = 0
        while done < bytes.count {
            let got = try bytes.withUnsafeMutableBytes { try peek(at: done, into: .init(rebasing: $0[done...])) }
            guard let got, got > 0 else { break }
            done += got
        }
        guard done < bytes.count else { return nil }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    /// The first bytes of a small file.
    func start(atMost most: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(most, size))
        var done = 0
        while done < bytes.count {
            let got = try bytes.withUnsafeMutableBytes { try read(into: .init(rebasing: $0[done...])) }
            if got == 0 { break }
            done += got
        }
        return Array(bytes[..<done])
    }

    /// Whether the file is as it was when it was opened: nobody wrote to it meanwhile.
    public func isUnchanged() throws -> Bool {
        let now = try System.status(descriptor: descriptor)
        return now.size == before.size && now.modified == before.modified
    }

    /// Whether the place that it was opened at still has this file.
    func isStillThere() throws -> Bool {
        try System.status(place)?.isSameFile(as: before) ?? false
    }

    /// Whether somebody has the file open for writing.
    var writer: Writer {
        if plumbline_no_writer(descriptor) == 0 { return .none }
        return errno == EAGAIN ? .present : .unknown
    }
}

/// Whether somebody has a file open for writing.
public enum Writer: Sendable, Hashable {
    /// Nobody.
    case none
    /// Somebody.
    case present
    /// The file system or the file's owner does not allow to ask.
    case unknown
}

/// Read leases can raise SIGIO when somebody opens the file; its default would end the process.
public func ignoreLeaseSignals() {
    signal(SIGIO, SIG_IGN)
}
