import Foundation

/// The machine could not do what was asked: disk full, permission, a share that went away.
///
/// Never the input's fault: the file stays where it is and is taken again later.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system call, as its manual page names it.
    public let call: String
    /// The path it was about, shown to people; empty where there is none.
    public let path: String
    /// The number of the error.
    public let errno: Int32

    /// An error of a system call.
    public init(_ call: String, _ path: String = "", errno: Int32) {
        self.call = call
        self.path = path
        self.errno = errno
    }

    /// Whether the error is about the one file that was opened, so that waiting does not help and others can go on.
    public var isAboutOneFile: Bool { call == "open" && [EACCES, EPERM, ELOOP, EINVAL, ENXIO].contains(errno) }

    /// `rename outbox/x.xml: No space left on device`
    public var description: String {
        "\(call)\(path.isEmpty ? "" : " " + path): \(String(cString: strerror(errno)))"
    }
}
