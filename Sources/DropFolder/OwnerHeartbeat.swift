import Foundation
import Glibc

/// What the owner of a root says of itself, for those beside it and for the process that comes after it.
///
/// It stands in the lock file beside the sync ledger and is always written in place, in the same 4,096 bytes: so it
/// can be written while the disk is full.
public struct OwnerHeartbeat: Sendable, Hashable, Codable {
    /// What keeps the owner from working.
    public struct Fault: Sendable, Hashable, Codable {
        /// What happened.
        public var what: String
        /// What to do about it.
        public var remedy: String
        /// Since when, UTC: `2026-11-23T13:30:00Z`; nil: not known.
        public var since: String?

        /// Something that keeps the owner from working.
        public init(what: String, remedy: String, since: String?) {
            self.what = what
            self.remedy = remedy
            self.since = since
        }
    }

    /// The number of the file that it reads alone at this moment; still there when the process ended meanwhile.
    public var reading: Int?
    /// What keeps it from working; nil: nothing.
    public var fault: Fault?
    /// Whether it is only making the sync ledger and the folders, or bringing them to its version; nil: it is done with that.
    public var isBeginning: Bool?

    /// The keys in the file: `trouble` is what earlier versions wrote, and is read by those beside.
    private enum CodingKeys: String, CodingKey {
        case reading
        case isBeginning = "beginning"
        case fault = "trouble"
    }

    /// A heartbeat that says nothing.
    public init() {}

    private static let size = 4_096

    init(readFrom descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = bytes.prefix(max(0, got)).prefix { $0 != 0 }
        self = (try? JSONDecoder().decode(OwnerHeartbeat.self, from: Data(text))) ?? OwnerHeartbeat()
    }

    /// Writes it in place. A heartbeat that cannot be written stops nothing: what it says is in the log as well.
    func write(to descriptor: Int32) {
        let json = fault == nil && isBeginning != true ? usual : unusual
        let bytes = json + [UInt8](repeating: 0x0a, count: Self.size - json.count)
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// While all is well, as it is written twice for a file that is read alone: by hand, which is much quicker.
    private var usual: [UInt8] { Array((reading.map { "{\"reading\":\($0)}" } ?? "{}").utf8) }

    private var unusual: [UInt8] {
        var shown = self
        shown.fault?.what = String(fault?.what.prefix(500) ?? "")
        shown.fault?.remedy = String(fault?.remedy.prefix(500) ?? "")
        guard let json = try? JSONEncoder().encode(shown), json.count < Self.size else { return usual }
        return Array(json)
    }
}
