import Domain
import GRDB

/// The records that a file brought: those that it was the first to bring, which have numbers of their own, and those of
/// before that it changed, of which events tell.
public struct BroughtRecords: Sendable {
    /// The numbers between which those lie that it was the first to bring; the lower one is not its own.
    public let records: ClosedRange<Int64>
    let events: ClosedRange<Int64>

    /// At most so many, which is found out without reading them.
    public var atMost: Int { Int(records.upperBound - records.lowerBound + events.upperBound - events.lowerBound) }

    private var hasNew: Bool { records.upperBound > records.lowerBound }
    private var hasEvents: Bool { events.upperBound > events.lowerBound }

    /// Those whose numbers lie in the range, or those of before.
    enum Share {
        case new, earlier
    }

    var shares: [Share] { (hasEvents ? [.earlier] : []) + (hasNew ? [.new] : []) }
}

extension Books {
    /// What a file brought; nil where the ledger is of before and does not say.
    public func brought(by intake: Int) throws -> BroughtRecords? {
        let found = try first(
            "SELECT records_after, records_upto, events_after, events_upto FROM file WHERE intake = ?"
        ) {
            $0(intake)
        } _: { row in
            [row.number(0), row.number(1), row.number(2), row.number(3)].compactMap { $0 }
        }
        guard let found, found.count == 4, found[0] <= found[1], found[2] <= found[3] else { return nil }
        return BroughtRecords(records: found[0]...found[1], events: found[2]...found[3])
    }

    /// How many of the records that a file brought stand where by now.
    public func states(of brought: BroughtRecords) throws -> [Entity: [LedgerRecord.State.Name: Int]] {
        var states: [Entity: [LedgerRecord.State.Name: Int]] = [:]
        for share in brought.shares {
            // Most stand where the one before does. GROUP BY would first sort them all, in memory as large as SQLite's cache.
            var run: (entity: String?, state: String?, count: Int) = (nil, nil, 0)
            func end() {
                guard let entity = run.entity.flatMap(Entity.init),
                    let state = run.state.flatMap(LedgerRecord.State.Name.init)
                else { return }
                states[entity, default: [:]][state, default: 0] += run.count
            }
            try each(brought, share) { row in
                let (entity, state) = (row.text(0), row.text(1))
                if entity != run.entity || state != run.state {
                    end()
                    run = (entity, state, 0)
                }
                run.count += 1
            }
            end()
        }
        return states
    }

    /// Entity and state of one record after the other.
    private func each(
        _ brought: BroughtRecords, _ share: BroughtRecords.Share, _ read: (Columns) throws -> Void
    ) throws {
        switch share {
        case .new:
            try each(
                .other, "", "SELECT entity, state FROM record NOT INDEXED WHERE id > ? AND id <= ?",
                { Self.bind(brought.records, &$0) }, read)
        case .earlier:
            try each(
                .other, "",
                """
                SELECT entity, state FROM record WHERE id IN (SELECT record FROM event NOT INDEXED
                    WHERE id > ? AND id <= ? AND kind IN ('read', 'imported') AND record <= ?)
                """, { Self.bind(brought, &$0) }, read)
        }
    }

    /// Records that a file brought and that wait or have failed, those that failed first.
    /// - Parameters:
    ///   - brought: which records those are.
    ///   - limit: at most so many of each.
    public func stuck(of brought: BroughtRecords, limit: Int) throws -> [LedgerRecord] {
        var found: [LedgerRecord] = []
        for state in [LedgerRecord.State.Name.failed, .held] {
            for share in brought.shares {
                found += try records(of: brought, share, in: state, limit: limit)
            }
        }
        return found
    }

    /// All records that a file brought.
    public func records(of brought: BroughtRecords) throws -> [LedgerRecord] {
        try brought.shares.flatMap { share -> [LedgerRecord] in
            switch share {
            case .new: try many("id > ? AND id <= ? ORDER BY id") { Self.bind(brought.records, &$0) }
            case .earlier:
                try many(
                    """
                    id IN (SELECT record FROM event NOT INDEXED WHERE id > ? AND id <= ?
                        AND kind IN ('read', 'imported') AND record <= ?) ORDER BY id
                    """
                ) { Self.bind(brought, &$0) }
            }
        }
    }

    private func records(
        of brought: BroughtRecords, _ share: BroughtRecords.Share, in state: LedgerRecord.State.Name, limit: Int
    ) throws -> [LedgerRecord] {
        switch share {
        case .new:
            try many("id > ? AND id <= ? AND state = ? ORDER BY id LIMIT ?") { bind in
                Self.bind(brought.records, &bind)
                bind(state.rawValue)
                bind(limit)
            }
        case .earlier:
            try many(
                """
                id IN (SELECT record FROM event NOT INDEXED WHERE id > ? AND id <= ?
                    AND kind IN ('read', 'imported') AND record <= ?) AND state = ? ORDER BY id LIMIT ?
                """
            ) { bind in
                Self.bind(brought, &bind)
                bind(state.rawValue)
                bind(limit)
            }
        }
    }

    private static func bind(_ range: ClosedRange<Int64>, _ bind: inout Binding) {
        bind(range.lowerBound)
        bind(range.upperBound)
    }

    private static func bind(_ brought: BroughtRecords, _ bind: inout Binding) {
        self.bind(brought.events, &bind)
        bind(brought.records.lowerBound)
    }
}
