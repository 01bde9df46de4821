/// When something was taken, and where it came from.
struct Provenance {
    /// When, UTC: `2026-11-22T21:30:05Z`.
    let at: String
    /// The same in seconds since 1970.
    let now: Int64
    /// The file's intake number; nil for a command, or a retry or pull that came due.
    let intake: Int?
    /// The file's name as outputs name their source, or in words what else it was.
    let source: String

    /// - Parameter now: in seconds since 1970.
    init(now: Int64, intake: Int?, source: String) {
        self.now = now
        self.intake = intake
        self.source = source
        at = WallClock.text(now)
    }
}
