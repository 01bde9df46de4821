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
        /// Whether the owner runs on this machine, so that it can be reached through the ledger.
        public let isHere: Bool
    }

    /// After how many seconds without a heartbeat another machine's owner counts as dead.
    public static let patience: TimeInterval = 60

    /// What the owner says of itself, in the lock file; at first, which file an earlier owner read when it ended.
    public var heartbeat: OwnerHeartbeat {
        didSet { if heartbeat != oldValue { heartbeat.write(to: descriptor) } }
    }

    private let descriptor: Int32
    private let root: String
    private let host: String
    /// What this process wrote into the owner file last.
    private var lastBeat: [UInt8] = []
    /// What the kernel calls the time since this machine was started.
    public let boot: String

    /// Takes the root on this machine, and says of itself that it is only beginning; `beat` then says to other machines that it
    /// is taken.
    /// - Throws: `Owned`, with host and process id; or a `SystemError`.
    public init(root: String, ledger: String) throws {
        self.root = root
        host = ProcessInfo.processInfo.hostName
        boot =
            FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id")
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) } ?? "unknown"
        let lock = Array((ledger + ".lock").utf8)
        descriptor = try System.open(lock, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
        heartbeat = OwnerHeartbeat(readFrom: descriptor)
        heartbeat.fault = nil
        heartbeat.isBeginning = true
        // Everything is set by now, so that a throw closes the lock file by way of deinit.
        guard Self.take(descriptor) else {
            guard errno == EWOULDBLOCK else { throw System.fail("flock", lock) }
            let held = OwnerLock.read(ownerFile)
            throw Owned(
                description: "Another Plumbline serves \(root): process \(held["pid"] ?? "unknown") on "
                    + "\(held["host"] ?? "this machine"). Stop it first, or use another root.", isHere: true)
        }
        try confirm()
        heartbeat.write(to: descriptor)
    }

    /// Takes the lock. Somebody who only asks whether it is held has it for a moment, hence the second and third try.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<3 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            usleep(20_000)
        }
        return false
    }

    /// What the process that serves a ledger says of itself; nil where none does.
    public static func heartbeat(ofOwnerOf ledger: String) -> OwnerHeartbeat? {
        guard let descriptor = try? System.open(Array((ledger + ".lock").utf8), O_RDONLY | O_NOFOLLOW) else {
            return nil
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return OwnerHeartbeat(readFrom: descriptor)
    }

    /// Gives the root back.
    public func release() {
        heartbeat = OwnerHeartbeat()
        let held = OwnerLock.read(ownerFile)
        if held["host"] == host, held["boot"] == boot { try? System.remove(Array(ownerFile.utf8)) }
        _ = flock(descriptor, LOCK_UN)
    }

    deinit { close(descriptor) }

    /// Says that the owner is alive; to be repeated well within a minute.
    /// - Throws: `Owned` where another machine says so too: this one was asleep or cut off, and the root is lost.
    public func beat() throws {
        try confirm()
        let beat = Int(Date().timeIntervalSince1970)
        let text = Array("host=\(host)\nboot=\(boot)\npid=\(getpid())\nbeat=\(beat)\n".utf8)
        try writeAtomically(text, to: ownerFile)
        lastBeat = text
    }

    /// Looks whether another machine has taken the root over meanwhile, because this one was asleep or cut off.
    /// - Throws: `Owned`; then nothing more may come into sight.
    public func confirm() throws {
        let said = OwnerLock.bytes(of: ownerFile)
        // Mostly it is what this process wrote last.
        guard said != lastBeat else { return }
        if let other = otherMachine(fields(of: said)) { throw other }
    }

    private var ownerFile: String { root + "/.plumbline-owner" }

    /// Whoever has the root, where that is another machine whose heart was heard within a minute.
    private func otherMachine(_ held: [String: String]) -> Owned? {
        guard let other = held["host"], let beat = held["beat"].flatMap(TimeInterval.init),
            Date().timeIntervalSince1970 - beat < OwnerLock.patience
        else { return nil }
        // Two machines can have one name; that they are two shows only on a shared file system, by the boot id.
        guard other != host || (held["boot"] != boot && FileSystem.kind(of: root).isPolled) else { return nil }
        return Owned(
            description: "Another machine serves \(root): process \(held["pid"] ?? "unknown") on \(other). "
                + "Stop it there first; if that machine is gone, wait a minute and start again.", isHere: false)
    }

    private static func read(_ path: String) -> [String: String] {
        fields(of: bytes(of: path))
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = try? FileSource(path: path), let bytes = try? file.start(atMost: 4_096) else { return [] }
        return bytes
    }
}
