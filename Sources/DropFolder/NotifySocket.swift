import Domain
import Glibc

/// The socket on which a service manager listens to what a service says of itself, as sd_notify(3) describes it.
///
/// Every message is one datagram of lines `NAME=value`.
public struct NotifySocket: Sendable {
    private let address: sockaddr_un
    private let length: socklen_t

    /// The socket that `$NOTIFY_SOCKET` names: a path from `/` on, or `@` and a name in the abstract namespace.
    /// - Returns: nil where nobody listens, or where the name is of another kind or longer than an address of unix(7).
    public init?(_ name: String?) {
        guard let name, name.utf8.count > 1, name.hasPrefix("/") || name.hasPrefix("@") else { return nil }
        var address = sockaddr_un()
        let most = MemoryLayout.size(ofValue: address.sun_path)
        var bytes = Array(name.utf8)
        // An abstract name begins with a zero byte and ends with the address; a path ends with one.
        if name.hasPrefix("@") { bytes[0] = 0 } else { bytes.append(0) }
        guard bytes.count <= most, let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
        length = socklen_t(start + bytes.count)
    }

    /// Sends one message.
    /// - Throws: a `SystemError`; whoever listened is gone, or may not be told.
    public func send(_ message: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket", errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        guard sent == bytes.count else { throw SystemError("sendto", errno: errno) }
    }
}
