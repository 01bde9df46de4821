/// Slows down who guesses passwords: after five wrong ones nothing more is tried for a minute, then for two, doubling to
/// a quarter of an hour.
///
/// Counted by address, and by name and address together, so that nobody can lock a user out from elsewhere. It is kept in
/// memory only: a restart forgives.
struct LoginGuard {
    private struct Count {
        var wrong = 0
        var until: Int64 = 0
        var last: Int64 = 0
    }

    private static let free = 5
    private static let first: Int64 = 60
    private static let longest: Int64 = 900
    /// What is longer ago is forgotten.
    private static let memory: Int64 = 3_600
    /// So many places are remembered.
    private static let most = 2_048

    private var counts: [String: Count] = [:]

    private static func keys(_ user: String, _ address: String) -> [String] {
        ["@\(address)", "\(user.prefix(128))@\(address)"]
    }

    /// Whether a password is looked at at all.
    func allows(_ user: String, from address: String, at now: Int64) -> Bool {
        Self.keys(user, address).allSatisfy { (counts[$0]?.until ?? 0) <= now }
    }

    /// A password was wrong.
    mutating func failed(_ user: String, from address: String, at now: Int64) {
        if counts.count >= Self.most { counts = counts.filter { now - $0.value.last < Self.memory } }
        if counts.count >= Self.most, let oldest = counts.min(by: { $0.value.last < $1.value.last })?.key {
            counts[oldest] = nil
        }
        for key in Self.keys(user, address) {
            var count = counts[key] ?? Count()
            if now - count.last > Self.memory { count = Count() }
            count.wrong += 1
            count.last = now
            if count.wrong >= Self.free {
                count.until = now + min(Self.longest, Self.first << Int64(min(8, count.wrong - Self.free)))
            }
            counts[key] = count
        }
    }

    /// A password was right.
    mutating func succeeded(_ user: String, from address: String) {
        for key in Self.keys(user, address) { counts[key] = nil }
    }
}
