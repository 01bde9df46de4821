/// Decides when a file is complete. It makes no system call and has no clock: both are handed in.
///
/// - A file that was closed after writing, or renamed into place, is complete, unless somebody still has it open
///   for writing.
/// - A file that a scan found is complete when nobody has it open for writing; where that cannot be asked, when it
///   stayed unchanged for the settle interval.
/// - A file of 0 bytes waits a minute for its content.
/// - A file with a second name is not taken: whoever has that name can change it, or did not mean to give it away.
public struct Settler: Sendable {
    /// How a candidate became known.
    private struct Candidate: Sendable {
        /// Told by inotify, and so closed or renamed.
        var announced: Bool
        var probe: Probe?
        var unchangedSince: Duration
        /// Since when it has had 0 bytes, as far as is known.
        var emptySince: Duration?

        /// It was seen once more.
        mutating func take(_ found: Probe, at now: Duration) {
            if probe?.size != found.size || probe?.modified != found.modified || probe?.changed != found.changed {
                unchangedSince = now
            }
            probe = found
            emptySince = found.size == 0 ? emptySince ?? now : nil
        }
    }

    /// What became of a candidate.
    public enum Decision: Sendable, Hashable {
        /// It is complete.
        case complete(RelativePath)
        /// It stayed at 0 bytes for a minute.
        case emptyTooLong(RelativePath)
        /// It stayed a file with a second name somewhere, through which it can change at any time.
        case secondName(RelativePath)
    }

    private let settle: Duration
    private let emptyWait: Duration
    private var candidates: [RelativePath: Candidate] = [:]
    /// Their paths, sorted once for many batches; nil when some were added since.
    private var order: ArraySlice<RelativePath>?

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
            order = nil
            candidates[path] = Candidate(announced: true, unchangedSince: now, emptySince: now)
        } else {
            candidates[path]?.announced = true
        }
    }

    /// A scan found a file.
    public mutating func found(_ path: RelativePath, at now: Duration) {
        if candidates[path] == nil {
            order = nil
            candidates[path] = Candidate(announced: false, unchangedSince: now, emptySince: now)
        }
    }

    /// Decides about every candidate, in the order of their paths; the decided ones are forgotten.
    /// - Parameter now: a time of the same clock as before.
    /// - Parameter limit: the most decisions; the rest is decided by the next call.
    /// - Parameter probe: what can be told of a file now; nil when it is gone.
    public mutating func decide(
        at now: Duration, limit: Int = .max, _ probe: (RelativePath) throws -> Probe?
    ) rethrows -> [Decision] {
        var decisions: [Decision] = []
        let sorted = order ?? candidates.keys.sorted()[...]
        order = sorted
        var examined = 0
        for path in sorted {
            if decisions.count >= limit { break }
            examined += 1
            guard var candidate = candidates[path] else { continue }
            guard let found = try probe(path) else {
                candidates[path] = nil
                continue
            }
            candidate.take(found, at: now)
            let decision = decision(about: path, candidate, found, at: now)
            if let decision { decisions.append(decision) }
            candidates[path] = decision == nil ? candidate : nil
        }
        let kept = sorted.prefix(examined).filter { candidates[$0] != nil }
        order = kept.isEmpty ? sorted.dropFirst(examined) : ArraySlice(kept) + sorted.dropFirst(examined)
        return decisions
    }
    /// Decides about a candidate as it was seen just now; nil: it waits.
    private func decision(
        about path: RelativePath, _ candidate: Candidate, _ found: Probe, at now: Duration
    ) -> Decision? {
        if let emptySince = candidate.emptySince {
            return now - emptySince >= emptyWait && found.writer != .present ? .emptyTooLong(path) : nil
        }
        let isSettled = now - candidate.unchangedSince >= settle
        // Some programs make a link and then remove the first name.
        if found.hasSecondName { return isSettled ? .secondName(path) : nil }
        let isComplete =
            switch found.writer {
            case .none: true
            case .present: false
            case .unknown: candidate.announced || isSettled
            }
        return isComplete ? .complete(path) : nil
    }
}
