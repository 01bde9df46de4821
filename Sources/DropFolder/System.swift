import CLinux
import Domain
import Glibc

/// The system calls, each with its error as a `SystemError`. Nothing outside this target makes one.
enum System {
    /// What `lstat` says of a file.
    struct Status: Sendable, Hashable {
        var kind: mode_t
        /// The rights, as `chmod` takes them.
        var mode: mode_t
        var owner: uid_t
        var size: Int
        /// How many names it has.
        var links: Int
        var inode: UInt64
        var device: UInt64
        /// Nanoseconds since 1970; the content's time, which copies can carry along.
        var modified: Int64
        /// Nanoseconds since 1970; the time of the last change of any kind, which nobody can set.
        var changed: Int64

        var isFile: Bool { kind == S_IFREG }
        var isFolder: Bool { kind == S_IFDIR }

        func isSameFile(as other: Status) -> Bool { inode == other.inode && device == other.device }

        init(_ info: stat) {
            kind = info.st_mode & S_IFMT
            mode = info.st_mode & 0o7777
            owner = info.st_uid
            size = Int(info.st_size)
            links = Int(info.st_nlink)
            inode = UInt64(info.st_ino)
            device = UInt64(info.st_dev)
            modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
            changed = Int64(info.st_ctim.tv_sec) * 1_000_000_000 + Int64(info.st_ctim.tv_nsec)
        }
    }

    /// Calls with a path as a C string.
    static func path<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { room in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(room).copyMemory(from: $0) }
            room[bytes.count] = 0
            guard let base = room.baseAddress else { return body("") }
            return body(base)
        }
    }

    static func path<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        path(Array(text.utf8), body)
    }

    static func fail(_ call: String, _ path: [UInt8]) -> SystemError {
        SystemError(call, RelativePath(path).shown, errno: errno)
    }

    static func status(_ path: [UInt8]) throws -> Status? { try status(Place(path)) }

    /// What stands at a place, a link as itself; nil: nothing.
    static func status(_ place: Place) throws -> Status? {
        var info = stat()
        if path(place.name, { fstatat(place.at, $0, &info, AT_SYMLINK_NOFOLLOW) }) == 0 { return Status(info) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw fail("lstat", place.path)
    }

    static func status(descriptor: Int32) throws -> Status {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw SystemError("fstat", errno: errno) }
        return Status(info)
    }

    static func open(_ path: [UInt8], _ flags: Int32, _ mode: mode_t = 0o644) throws -> Int32 {
        try open(Place(path), flags, mode)
    }

    static func open(_ place: Place, _ flags: Int32, _ mode: mode_t = 0o644) throws -> Int32 {
        while true {
            let descriptor = path(place.name) { plumbline_open(place.at, $0, flags | O_CLOEXEC, mode) }
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw fail("open", place.path) }
        }
    }

    /// Makes a new file and opens it for writing. What has the name is removed, not emptied: it may be a second name of
    /// something else.
    static func create(_ place: Place) throws -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        do {
            return try open(place, flags)
        } catch let error as SystemError where error.errno == EEXIST {
            try remove(place)
            return try open(place, flags)
        }
    }

    static func makeFolder(_ place: Place, _ mode: mode_t = 0o777) throws {
        if path(place.name, { mkdirat(place.at, $0, mode) }) != 0, errno != EEXIST { throw fail("mkdir", place.path) }
    }

    /// Makes a folder and those above it; the rights are of the last one.
    static func makeFolders(_ path: [UInt8], _ mode: mode_t = 0o777) throws {
        if let found = try status(path), found.isFolder { return }
        if let slash = path.lastIndex(of: 0x2f), slash > 0 { try makeFolders(Array(path[..<slash])) }
        if System.path(path, { mkdir($0, mode) }) != 0, errno != EEXIST { throw fail("mkdir", path) }
    }

    static func renameNoReplace(_ from: [UInt8], _ to: [UInt8]) throws -> Bool {
        try renameNoReplace(Place(from), Place(to))
    }

    /// Renames, never over an existing name; false where the name is taken.
    static func renameNoReplace(_ from: Place, _ to: Place) throws -> Bool {
        if names(from, to, { plumbline_rename_noreplace(from.at, $0, to.at, $1) }) == 0 { return true }
        if errno == EEXIST { return false }
        guard errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP else { throw fail("rename", from.path) }
        // Some network and FUSE file systems know no such flag: link and unlink have the same effect there.
        if names(from, to, { linkat(from.at, $0, to.at, $1, 0) }) == 0 {
            try remove(from)
            return true
        }
        if errno == EEXIST { return try finishLinking(from, to) }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { throw fail("link", from.path) }
        // Nor links: looking first is what is left. Only we make names where we rename to.
        guard try status(to) == nil else { return false }
        try renameOver(from, to)
        return true
    }

    /// Ends what a crash between link and unlink left: both names are the same file.
    static func finishLinking(_ from: Place, _ to: Place) throws -> Bool {
        guard let source = try status(from), let target = try status(to), source.isSameFile(as: target)
        else { return false }
        try remove(from)
        return true
    }

    static func renameOver(_ from: Place, _ to: Place) throws {
        guard names(from, to, { renameat(from.at, $0, to.at, $1) }) == 0 else { throw fail("rename", from.path) }
    }

    private static func names(
        _ from: Place, _ to: Place, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
    ) -> Int32 {
        path(from.name) { from in path(to.name) { body(from, $0) } }
    }

    static func remove(_ path: [UInt8]) throws { try remove(Place(path)) }

    static func remove(_ place: Place) throws {
        if path(place.name, { unlinkat(place.at, $0, 0) }) != 0, errno != ENOENT { throw fail("unlink", place.path) }
    }

    /// Removes a folder that is empty; leaves one that is not.
    static func removeFolder(_ path: [UInt8]) {
        _ = System.path(path) { rmdir($0) }
    }

    /// Removes a folder that is empty; leaves one that is not.
    /// - Returns: whether it is gone.
    static func removeFolder(_ place: Place) -> Bool {
        path(place.name) { unlinkat(place.at, $0, AT_REMOVEDIR) } == 0
    }

    /// The names in a folder, in the order of their bytes; empty where there is no such folder.
    static func names(in folder: [UInt8]) throws -> [[UInt8]] {
        guard let stream = path(folder, { opendir($0) }) else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw fail("opendir", folder)
        }
        return try names(stream, folder)
    }

    static func names(in folder: OpenFolder) throws -> [[UInt8]] {
        let descriptor = try open(folder.place(Array(".".utf8)), O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(descriptor) else {
            defer { close(descriptor) }
            throw fail("opendir", folder.path)
        }
        return try names(stream, folder.path)
    }

    private static func names(_ stream: OpaquePointer, _ folder: [UInt8]) throws -> [[UInt8]] {
        var names: [[UInt8]] = []
        try eachName(stream, folder) { name in
            if !name.elementsEqual([0x2e]), !name.elementsEqual([0x2e, 0x2e]) { names.append(Array(name)) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// How many names in a folder begin with no dot.
    static func countVisible(in folder: OpenFolder) throws -> Int {
        let descriptor = try open(folder.place(Array(".".utf8)), O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(descriptor) else {
            defer { close(descriptor) }
            throw fail("opendir", folder.path)
        }
        var count = 0
        try eachName(stream, folder.path) { if $0.first != UInt8(ascii: ".") { count += 1 } }
        return count
    }

    private static func eachName(
        _ stream: OpaquePointer, _ folder: [UInt8], _ body: (Slice<UnsafeRawBufferPointer>) -> Void
    ) throws {
        defer { closedir(stream) }
        errno = 0
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) { body($0.prefix { $0 != 0 }) }
            errno = 0
        }
        guard errno == 0 else { throw fail("readdir", folder) }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], path: [UInt8]) throws {
        try bytes.withUnsafeBytes { try writeAll(descriptor, $0, path: path) }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let wrote = write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if wrote > 0 {
                done += wrote
            } else if errno != EINTR {
                throw fail("write", path)
            }
        }
    }

    /// Makes a file or a folder durable. A failure is final: the pages may be lost, so the caller writes them anew.
    static func sync(_ descriptor: Int32, path: [UInt8]) throws {
        guard fsync(descriptor) == 0 else { throw fail("fsync", path) }
    }

    static func sync(_ folder: OpenFolder) throws {
        let descriptor = try open(folder.place(Array(".".utf8)), O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try sync(descriptor, path: folder.path)
    }

    static func syncFolder(_ path: [UInt8]) throws {
        let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try sync(descriptor, path: path)
    }

    /// Makes everything durable that was written to the file system of a folder.
    static func syncFileSystem(_ folder: [UInt8]) throws { try syncFileSystem(OpenFolder(folder)) }

    static func syncFileSystem(_ folder: OpenFolder) throws {
        let descriptor = try open(folder.place(Array(".".utf8)), O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        guard plumbline_syncfs(descriptor) == 0 else { throw fail("syncfs", folder.path) }
    }
}
