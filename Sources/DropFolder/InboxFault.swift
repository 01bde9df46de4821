import Domain
import Glibc

/// A dropped file that cannot be taken, or a folder that cannot be listed: a fault of that file or folder and
/// nobody else's, so that all others go on.
public struct InboxFault: Error, Sendable, Hashable {
    /// The file or folder that stands in the way, below the inbox.
    public let object: RelativePath
    /// What happened, in a sentence: which object, and which right it lacks.
    public let what: String
    /// What to do about it, and by whom.
    public let remedy: String

    /// A file or folder that stands in the way.
    public init(_ object: RelativePath, what: String, remedy: String) {
        self.object = object
        self.what = what
        self.remedy = remedy
    }

    /// Whether every file would meet this error, wherever it stands: no room, no memory, too many open files.
    public static func isOfTheMachine(_ error: SystemError) -> Bool {
        [ENOSPC, EDQUOT, ENFILE, EMFILE, ENOMEM, ENOBUFS].contains(error.errno)
    }
}

extension Inbox {
    /// Why a file could not be renamed out of its folder.
    func fault(taking path: RelativePath, _ error: SystemError) -> InboxFault {
        let isRefused = [EACCES, EPERM].contains(error.errno)
        if isRefused, let folder = try? System.status(absolute(path.folder) + Array("/.".utf8)) {
            let place = "the folder \(shown(path.folder)) (\(folder.rights))"
            guard mayWrite(path.folder) else {
                return InboxFault(
                    path.folder,
                    what:
                        "Files cannot be taken out of \(place): \(Account.own.shown), as whom Plumbline runs, has no right "
                        + "to write there.",
                    remedy:
                        "The owner of the folder or an administrator gives \(Account.own.shown) that right, for instance "
                        + "with chmod g+w or setfacl. The files are then taken by themselves, within a minute.")
            }
            if folder.isSticky, let file = try? System.status(absolute(path)), file.owner != geteuid() {
                return InboxFault(
                    path,
                    what: "It cannot be taken out of \(place): the folder has the sticky bit, so only "
                        + "\(Account(file.owner).shown), who owns the file, may move it.",
                    remedy:
                        "The owner of the folder or an administrator takes that bit away with chmod -t. The file is then "
                        + "taken by itself, within a minute.")
            }
        }
        if error.errno == EROFS {
            return InboxFault(
                path.folder,
                what: "Files cannot be taken out of the folder \(shown(path.folder)): it is mounted for reading only.",
                remedy:
                    "An administrator mounts it for writing. The files are then taken by themselves, within a minute.")
        }
        return InboxFault(
            path, what: "It cannot be taken out of its folder: \(String(cString: strerror(error.errno))).",
            remedy: isRefused
                ? "An administrator looks with lsattr whether the file or its folder is immutable, and, on a share, whether "
                    + "the server lets \(Account.own.shown) rename and delete there. It is tried again every minute."
                : "See that nothing else holds the file, and that its disk or share works. It is tried again every minute."
        )
    }

    /// Why a file or folder below the inbox could not be examined.
    func fault(lookingAt path: RelativePath, _ error: SystemError) -> InboxFault {
        let rights = (try? System.status(absolute(path)))?.map { " (\($0.rights))" } ?? ""
        guard [EACCES, EPERM].contains(error.errno) else {
            return InboxFault(
                path, what: "It cannot be looked at\(rights): \(String(cString: strerror(error.errno))).",
                remedy: "See that its disk or share works. It is tried again every minute.")
        }
        return InboxFault(
            path,
            what:
                "It cannot be looked through\(rights): \(Account.own.shown), as whom Plumbline runs, has no right to read "
                + "there, so whatever is in it waits.",
            remedy:
                "Its owner or an administrator gives \(Account.own.shown) the rights to read, write and search it, for "
                + "instance with chmod g+rwx or setfacl. What is in it is then taken by itself, within a minute.")
    }

    /// Whether names can be made and removed in a folder below the inbox.
    func mayWrite(_ folder: RelativePath) -> Bool {
        System.path(absolute(folder)) { faccessat(AT_FDCWD, $0, W_OK | X_OK, AT_EACCESS) } == 0
    }

    private func shown(_ path: RelativePath) -> String { path.bytes.isEmpty ? "inbox" : "inbox/\(path.shown)" }
}

/// A user of this machine, as people know it.
struct Account {
    /// Its name, or its number where it has none.
    let shown: String
    /// The same without more words.
    let name: String

    /// The user as whom this process runs.
    static var own: Account { Account(geteuid()) }

    init(_ number: uid_t) {
        name = getpwuid(number).map { String(cString: $0.pointee.pw_name) } ?? String(number)
        shown = "the user \(name)"
    }
}

extension System.Status {
    /// `owner alice, rights rwxr-xr-x`
    var rights: String {
        let letters = Array("rwxrwxrwx")
        let text = letters.indices.map { mode & (0o400 >> mode_t($0)) != 0 ? letters[$0] : "-" }
        return "owner \(Account(owner).name), rights \(String(text))"
    }

    /// Whether only the owner of a file may take it out of this folder.
    var isSticky: Bool { mode & S_ISVTX != 0 }
}
