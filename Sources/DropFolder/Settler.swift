/// Decides when a file is complete. It makes no system call and has no clock: both are handed in.
///
/// - A file that was closed after writing, or renamed into place, is complete, unless somebody still has it open
///   for writing.
/// - A file that a scan found is complete when nobody has it open for writing; where that cannot be asked, when it
///   stayed unchanged for the settle interval.
/// - A file of 0 bytes waits a minute for its content.
public struct Settler: Sendable {
    /// How a candidate became known.
    private struct Candidate: Sendable {
        /// Told by inotify, and so closed or renamed.
        var announced: Bool
        var seen: Duration
        var probe: Probe?
        var unchangedSince: Duration
    }

    /// What became of a candidate.
    public enum Decision: Sendable, Hashable {
        /// It is complete.
        case complete(RelativePath)
        /// It stayed at 0 bytes for a minute.
        case emptyTooLong(RelativePath)
    }

    private let settle: Duration
    private let emptyWait: Duration
    private var candidates: [RelativePath: Candidate] = [:]

    /// A settler without candidates.
    public init(settle: Duration, emptyWait: Duration = .seconds(60)) {
        self.settle = settle
        self.emptyWait = emptyWait
    }

    /// How many candidates still wait.
    public var waiting: Int { candidates.count }

    /// A file was closed after writing, or renamed into place.
    public mutating func arrived(_ path: RelativePath, at now: Duration) {
        if candidates[path] == nil {
            candidates[path] = Candidate(announced: true, seen: now, unchangedSince: now)
        } else {
            candidates[path]?.announced = true
        }
    }

    /// A scan found a file.
    public mutating func found(_ path: RelativePath, at now: Duration) {
        if candidates[path] == nil {
            candidates[path] = Candidate(announced: false, seen: now, unchangedSince: now)
        }
    }

    /// Decides about every candidate, in the order of their paths; the decided ones are forgotten.
    /// - Parameter probe: what can be told of a file now; nil when it is gone.
    public mutating func decide(
        at now: Duration, limit: Int = .max, _ probe: (RelativePath) throws -> Probe?
    ) rethrows -> [Decision] {
        var decisions: [Decision] = []
        for path in candidates.keys.sorted() {
            if decisions.count >= limit { break }
            guard var candidate = candidates[path] else { continue }
            guard let found = try probe(path) else {
                candidates[path] = nil
                continue
            }
            if candidate.probe?.size != found.size || candidate.probe?.modified != found.modified
                || candidate.probe?.changed != found.changed
            {
                candidate.unchangedSince = now
            }
            candidate.probe = found
            candidates[path] = candidate
            if found.size == 0 {
                if now - candidate.seen >= emptyWait, found.writer != .present {
                    decisions.append(.emptyTooLong(path))
                    candidates[path] = nil
                }
                continue
            }
            let isComplete =
                switch found.writer {
                case .none: true
                case .present: false
                case .unknown: candidate.announced || now - candidate.unchangedSince >= settle
                }
            if isComplete {
                decisions.append(.complete(path))
                candidates[path] = nil
            }
        }
        return decisions
    }
}
