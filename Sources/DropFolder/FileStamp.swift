import Domain

/// Tells whether a file's content may have been written since somebody looked.
///
/// Its rights and owner are left out: SQLite sets those of its journal whenever it opens it.
public struct FileStamp: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int
    /// When its content was written last, in nanoseconds since 1970.
    public let modified: Int64

    /// What is said of a file now; nil: there is none.
    /// - Throws: a `SystemError`.
    public init?(of path: String) throws {
        guard let status = try System.status(Array(path.utf8)) else { return nil }
        (device, inode) = (status.device, status.inode)
        (size, modified) = (status.size, status.modified)
    }
}
