import Domain

/// The file `PAUSE` at the top of the inbox: for as long as it stands there, nothing new is sent. It is nobody's drop, and
/// is never taken.
public struct PauseFile {
    /// The names that count, since editors put an ending behind what they save.
    private static let names = ["PAUSE", "PAUSE.txt", "pause", "pause.txt"]

    private let inbox: String

    /// The file of a root.
    public init(_ folders: RootFolders) {
        inbox = folders.inbox
    }

    /// Whose file stands there, such as `anna`; nil: there is none.
    /// - Throws: a `SystemError` where that cannot be told.
    public func owner() throws -> String? {
        for name in Self.names {
            if let status = try System.status(Array("\(inbox)/\(name)".utf8)), status.isFile {
                return Account(status.owner).name
            }
        }
        return nil
    }

    /// Whether a path below the inbox is the file.
    static func isMeant(by path: RelativePath) -> Bool { names.contains { path.bytes == Array($0.utf8) } }
}
