import Domain
import SyncLedger

/// What one side says, what the other side accepted, and what makes up the difference: by project and kind, to the cent.
///
/// Every difference is the sum of its parts, and each part that of the records that `unsettled` and `turnedAwayMoney` of the
/// ledger name, since both are asked for with the same conditions.
public struct ControlTotals: Sendable, Equatable {
    /// What is added up together.
    public struct Key: Sendable, Hashable, Comparable {
        /// Procore's id of the project; nil: nothing says yet.
        public var project: String?
        /// The kind of record.
        public var entity: Entity
        /// Whether QuickBooks is where they come from, and Procore where they go.
        public var isFromQuickBooks: Bool

        /// Projects in the order of their ids, those behind of which nothing is known yet; kinds in the order in which things
        /// must exist in QuickBooks.
        public static func < (left: Key, right: Key) -> Bool {
            guard left.project == right.project else {
                guard let first = left.project else { return false }
                guard let second = right.project else { return true }
                return (first.utf8.count, first) < (second.utf8.count, second)
            }
            guard left.entity == right.entity else { return left.entity < right.entity }
            return !left.isFromQuickBooks && right.isFromQuickBooks
        }
    }

    /// So many records, and so many dollars.
    public struct Part: Sendable, Equatable {
        /// How many.
        public var count = 0
        /// What they come to.
        public var amount = Amount.zero

        static func += (left: inout Part, right: Part) {
            left.count += right.count
            left.amount += right.amount
        }
    }

    /// Why records are not on the other side just as they were brought.
    public enum Fate: String, Sendable, CaseIterable {
        /// Their request or document has no answer yet, or waits for approval.
        case sent
        /// They wait for something.
        case held
        /// They were refused on the other side, or cannot go there.
        case failed
        /// They were refused as they were read.
        case refused
        /// The other side has them, with other amounts; or has them although a rule leaves them out by now.
        case differs
    }

    /// The totals of one project and kind.
    public struct Cell: Sendable, Equatable {
        /// What the side says that the records come from.
        public internal(set) var brought = Part()
        /// What the other side accepted.
        public internal(set) var accepted = Part()
        /// How many of those that were brought have no amount that is known.
        public internal(set) var unknown = 0
        /// What makes up the difference: how many records, and by how much.
        public internal(set) var parts: [Fate: Part] = [:]
        /// What rules leave out, such as drafts; it belongs to neither side.
        public internal(set) var leftOut = Part()

        /// What was brought less what was accepted: the sum of its parts.
        public var difference: Amount { brought.amount + -accepted.amount }
        /// Whether the other side has everything just as it was brought.
        public var isSettled: Bool { parts.values.allSatisfy { $0.count == 0 } }

        mutating func add(_ other: Cell) {
            brought += other.brought
            accepted += other.accepted
            unknown += other.unknown
            leftOut += other.leftOut
            for (fate, part) in other.parts { parts[fate, default: Part()] += part }
        }
    }

    /// The totals, by project and kind.
    public private(set) var cells: [Key: Cell] = [:]

    /// Nothing was added up.
    init() {}

    /// Adds up what the ledger holds.
    /// - Throws: what SQLite says.
    init(_ books: Books, _ scope: MoneyScope = MoneyScope()) throws {
        for sum in try books.moneySums(scope) { add(sum) }
        // What was not taken has no place among the records.
        if scope.after == nil { for away in try books.moneyTurnedAway(scope) { add(away) } }
    }

    private mutating func add(_ sum: MoneySum) {
        var cell = Cell()
        cell.brought = Part(count: sum.brought.count, amount: sum.brought.amount)
        cell.accepted = Part(count: sum.accepted.count, amount: sum.accepted.amount)
        cell.unknown = sum.brought.count - sum.brought.known
        let part = Part(
            count: sum.brought.count - sum.settled, amount: sum.brought.amount + -sum.accepted.amount)
        if part.count > 0 { cell.parts[Fate(sum.state)] = part }
        let key = Key(project: sum.project, entity: sum.entity, isFromQuickBooks: sum.isFromQuickBooks)
        cells[key, default: Cell()].add(cell)
    }

    private mutating func add(_ away: MoneyTurnedAway) {
        var cell = Cell()
        if away.isRefusal {
            cell.brought = Part(count: away.isNew, amount: away.difference)
            cell.unknown = away.count - away.known
            cell.parts[.refused] = Part(count: away.count, amount: away.difference)
        } else {
            cell.leftOut = Part(count: away.count, amount: away.amount)
            if away.isThere > 0 {
                cell.brought = Part(count: -away.isThere, amount: away.difference)
                cell.parts[.differs] = Part(count: away.isThere, amount: away.difference)
            }
        }
        let key = Key(project: away.project, entity: away.entity, isFromQuickBooks: false)
        cells[key, default: Cell()].add(cell)
    }

    /// The keys in their order.
    public var keys: [Key] { cells.keys.sorted() }

    /// The same without regard to projects, in the order of the kinds.
    public var byKind: [(key: Key, cell: Cell)] {
        var sums: [Key: Cell] = [:]
        for (key, cell) in cells {
            var all = key
            all.project = nil
            sums[all, default: Cell()].add(cell)
        }
        return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether both sides agree in everything.
    public var isSettled: Bool { cells.values.allSatisfy(\.isSettled) }
}

extension ControlTotals.Fate {
    /// That of records in a state.
    init(_ state: LedgerRecord.State.Name) {
        self =
            switch state {
            case .queued: .sent
            case .failed: .failed
            // What was taken back is wanted by Procore, and QuickBooks has it no more.
            case .linked, .undone: .differs
            case .held, .new, .changed, .released: .held
            }
    }

    /// In words: `on its way`.
    var words: String {
        switch self {
        case .sent: "on its way"
        case .held: "held"
        case .failed: "failed"
        case .refused: "refused"
        case .differs: "different there"
        }
    }
}

extension ControlTotals.Key {
    /// The side that the records come from, and the one that they go to.
    var sides: (from: String, to: String) {
        isFromQuickBooks ? ("QuickBooks", "Procore") : ("Procore", "QuickBooks")
    }
}
