import Domain
import Foundation
import Glibc

/// Keeps a root to one process: a lock beside the ledger, for this machine, and an owner file in the root, for
/// another machine that mounts the same share.
public final class OwnerLock {
    /// Somebody else owns the root.
    public struct Owned: Error, CustomStringConvertible {
        /// Who, in one sentence.
        public let description: String
    }

    /// After how many seconds without a heartbeat another machine's owner counts as dead.
    public static let patience: TimeInterval = 60

    private let descriptor: Int32
    private let ownerFile: String
    private let identity: String

    /// Takes the root.
    /// - Throws: `Owned`, with host and process id; or a `SystemError`.
    public init(root: String, ledger: String) throws {
        ownerFile = root + "/.plumbline-owner"
        let lock = Array((ledger + ".lock").utf8)
        let descriptor = try System.open(lock, O_RDWR | O_CREAT)
        self.descriptor = descriptor
        let host = ProcessInfo.processInfo.hostName
        let boot = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        identity = "host=\(host)\nboot=\(boot ?? "unknown")\npid=\(getpid())\n"
        let held = OwnerLock.read(ownerFile)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Owned(
                description: "Another Plumbline serves \(root): process \(held["pid"] ?? "unknown") on \(held["host"] ?? "this machine"). "
                    + "Stop it first, or use another root.")
        }
        if let other = held["host"], other != host || held["boot"] != boot, let beat = held["beat"].flatMap(TimeInterval.init),
            other != host, Date().timeIntervalSince1970 - beat < OwnerLock.patience
        {
            close(descriptor)
            throw Owned(
                description: "Another machine serves \(root): process \(held["pid"] ?? "unknown") on \(other). Stop it there first; "
                    + "if that machine is gone, wait a minute and start again.")
        }
        try beat()
    }

    /// Gives the root back.
    public func release() {
        try? System.remove(Array(ownerFile.utf8))
        _ = flock(descriptor, LOCK_UN)
    }

    deinit { close(descriptor) }

    /// Says that the owner is alive; to be repeated well within a minute.
    public func beat() throws {
        let text = identity + "beat=\(Int(Date().timeIntervalSince1970))\n"
        try writeAtomically(Array(text.utf8), to: ownerFile)
    }

    private static func read(_ path: String) -> [String: String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        var fields: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        return fields
    }
}
