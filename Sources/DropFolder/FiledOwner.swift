import Glibc

extension RootFolders {
    /// Whether a filed original is still where it was put.
    /// - Parameter place: below the inbox; nil: nowhere.
    public func isInInbox(_ place: String?) -> Bool {
        guard let place else { return false }
        return (try? System.status(Array("\(inbox)/\(place)".utf8))) != nil
    }

    /// The user whom a filed original belongs to: who dropped it, since a file keeps its owner when it is renamed.
    /// - Parameter place: below the inbox.
    /// - Returns: nil where it is gone, or belongs to this process's user or to root, which says nothing.
    public func owner(ofFiled place: String) -> String? {
        guard let status = try? System.status(Array("\(inbox)/\(place)".utf8)), status.owner != geteuid(),
            status.owner != 0
        else { return nil }
        return Self.name(of: status.owner)
    }

    /// What a user is called on this machine; the number where nobody has it.
    static func name(of user: uid_t) -> String {
        var entry = passwd()
        var buffer = [CChar](repeating: 0, count: 4_096)
        var found: UnsafeMutablePointer<passwd>?
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name
        else {
            return "user \(user)"
        }
        return String(cString: name)
    }

    /// When names last came into or left a folder, nanoseconds since 1970; nil where it cannot be told.
    public static func lastChange(in folder: String) -> Int64? {
        (try? System.status(Array((folder + "/.").utf8)))?.modified
    }
}
