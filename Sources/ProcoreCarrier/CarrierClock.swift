import Foundation

/// The time and the chance that the carrier works with, handed in so that tests can set them.
public struct CarrierClock: Sendable {
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64
    /// Waits.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 up to 1.
    public var random: @Sendable () -> Double

    /// The machine's own.
    public static let system = CarrierClock(
        now: { Int64(Date().timeIntervalSince1970) }, sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0..<1) })

    /// A clock of one's own.
    public init(
        now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// How long is waited before an attempt is repeated: two seconds, doubling with each to five minutes, of which chance
    /// takes up to a half, so that many that failed together do not come back together.
    /// - Parameter attempt: how many failed, from 1.
    func backOff(after attempt: Int) -> Int64 {
        let whole = Double(min(300, 2 << min(max(attempt, 1) - 1, 10)))
        return Int64((whole * (1 - random() / 2)).rounded(.up))
    }

    /// `2026-11-22T21:30:05Z`
    static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    }

    /// `20261122T213005Z`, as it stands in names of files.
    static func stamp(_ seconds: Int64) -> String {
        text(seconds).filter { $0 != "-" && $0 != ":" }
    }
}
