import Domain
import GRDB

/// Which records control totals are about.
public struct MoneyScope: Sendable, Equatable {
    /// Procore's id of the project; nil: every one.
    public var project: String?
    /// The time from which on, and up to which, a record was first brought, UTC; nil: at any time.
    public var day: Range<String>?
    /// Only records with higher numbers than this, which the ledger gives in the order in which it first met them.
    public var after: Int64?

    /// Everything, or what is named.
    public init(project: String? = nil, day: Range<String>? = nil, after: Int64? = nil) {
        self.project = project
        self.day = day
        self.after = after
    }
}

/// What records of one project, kind and state come to on both sides.
public struct MoneySum: Sendable {
    /// What they come to on one side.
    public struct Side: Sendable, Equatable {
        /// How many there are.
        public var count = 0
        /// How many of those have a known amount.
        public var known = 0
        /// What that comes to.
        public var amount = Amount.zero
    }

    /// Procore's id of the project; nil: nothing says yet.
    public var project: String?
    /// The kind.
    public var entity: Entity
    /// Whether QuickBooks is where they come from.
    public var isFromQuickBooks: Bool
    /// Where they stand.
    public var state: LedgerRecord.State.Name
    /// How many of them the other side has just as they were brought, and nothing more is asked about them.
    public var settled: Int
    /// What the side says that they come from.
    public var brought = Side()
    /// What the other side accepted.
    public var accepted = Side()
}

/// A record of an export that was not taken, as control totals count it.
public struct MoneyTurnedAway: Sendable {
    /// Procore's id of the project; nil: nothing says.
    public var project: String?
    /// The kind.
    public var entity: Entity
    /// Whether it was refused; else a rule left it out.
    public var isRefusal: Bool
    /// How many there are.
    public var count: Int
    /// How many of them have no record in the ledger, from an earlier export.
    public var isNew: Int
    /// Of how many the amount is known.
    public var known: Int
    /// What that comes to.
    public var amount: Amount
    /// By how much what Procore says is more than the records say that the ledger has; below zero: less.
    public var difference: Amount
    /// How many of them QuickBooks has, from an earlier export.
    public var isThere: Int
}

// Sums are taken of an index that holds nothing but the columns asked for. They are added up in two halves, since SQLite
// gives up where a sum of cents has more than 64 bits.
extension Books {
    /// Whether the owner of the ledger has brought it to the version that knows both sides' dollars.
    public func knowsMoney() throws -> Bool {
        try db.tableExists("turned_away") && db.columns(in: "turned_away").contains { $0.name == "amount" }
    }

    /// What the records come to, by project, kind, direction and state, in the order of the projects' ids.
    public func moneySums(_ scope: MoneyScope = MoneyScope()) throws -> [MoneySum] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT project, entity, from_quickbooks, state,
                    sum(state = 'linked' AND coalesce(brought, 0) = coalesce(accepted, 0)),
                    count(*), count(brought), sum(brought / 1000000000), sum(brought % 1000000000),
                    count(accepted), sum(accepted / 1000000000), sum(accepted % 1000000000)
                FROM record INDEXED BY record_money
                WHERE from_quickbooks IS NOT NULL AND \(Self.condition(scope))
                GROUP BY project, entity, from_quickbooks, state
                """, cached: true)
        return try rows.fetchAll(db).compactMap { row in
            guard let entity = Entity(rawValue: row[1]), let state = LedgerRecord.State.Name(rawValue: row[3]) else {
                return nil
            }
            var sum = MoneySum(
                project: row[0], entity: entity, isFromQuickBooks: row[2], state: state, settled: row[4])
            sum.brought = MoneySum.Side(count: row[5], known: row[6], amount: Self.sum(row, 7))
            sum.accepted = MoneySum.Side(count: row[9], known: row[9], amount: Self.sum(row, 10))
            return sum
        }
    }

    /// Goes through the records of a project that the other side does not have just as they were brought, or about which
    /// something is still asked: those of one kind after another.
    /// - Parameters:
    ///   - scope: which records.
    ///   - isWithoutProject: only those of which nothing says to which project they belong.
    ///   - body: called with each, and returns whether to go on.
    public func unsettled(
        _ scope: MoneyScope, isWithoutProject: Bool = false, _ body: (LedgerRecord) throws -> Bool
    ) throws {
        let place: SQL = isWithoutProject ? "project IS NULL" : "1"
        let ids = try Int64.fetchCursor(
            db,
            SQLRequest<Int64>(
                literal: """
                    SELECT id FROM record INDEXED BY record_money
                    WHERE from_quickbooks IS NOT NULL
                        AND NOT (state = 'linked' AND coalesce(brought, 0) = coalesce(accepted, 0))
                        AND \(place) AND \(Self.condition(scope))
                    ORDER BY project, entity, from_quickbooks, state, brought, accepted, id
                    """))
        while let id = try ids.next() {
            guard let record = try record(id: id) else { continue }
            if try !body(record) { return }
        }
    }

    /// The highest number that a record had before a file; nil where no file came behind it, or none that says so.
    public func lastRecord(beforeFileBehind intake: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db,
            SQLRequest<Int64>(
                literal: """
                    SELECT records_after FROM file WHERE intake > \(intake) AND records_after IS NOT NULL
                    ORDER BY intake LIMIT 1
                    """, cached: true))
    }

    private static func condition(_ scope: MoneyScope) -> SQL {
        var condition: SQL = "1"
        if let project = scope.project { condition += " AND project = \(project)" }
        if let after = scope.after { condition += " AND id > \(after)" }
        if let day = scope.day {
            // One that went as it was read has no event that says so.
            let first: SQL = """
                coalesce((SELECT received FROM file WHERE file.intake = record.born),
                    (SELECT at FROM event WHERE event.record = record.id ORDER BY event.id LIMIT 1))
                """
            condition += " AND \(first) >= \(day.lowerBound) AND \(first) < \(day.upperBound)"
        }
        return condition
    }

    private static func sum(_ row: Row, _ index: Int) -> Amount {
        // An integer with the point nine places further to the right, without leaving integers.
        let high = Amount(cents: row[index] as Int64? ?? 0)
        let low = Amount(cents: row[index + 1] as Int64? ?? 0)
        return high * billion + low
    }

    private static let billion = Amount(cents: 100_000_000_000)

    // MARK: - What was not taken

    /// What a record that was not taken changes in the sums: its amount in place of that of an earlier export, where there is
    /// one; one that a rule leaves out by now, and that the other side has, counts no more on Procore's side.
    private static let away: SQL = """
        coalesce(turned_away.project, record.project) AS place, turned_away.entity AS kind, turned_away.is_refusal,
        record.id AS known, turned_away.amount AS amount, record.accepted AS accepted,
        CASE WHEN turned_away.is_refusal THEN coalesce(turned_away.amount, record.brought, 0) - coalesce(record.brought, 0)
            WHEN record.accepted IS NOT NULL THEN -coalesce(record.brought, 0) ELSE 0 END AS difference
        FROM turned_away LEFT JOIN record
            ON record.entity = turned_away.entity AND record.procore_id = turned_away.procore_id
        WHERE turned_away.entity IN ('budgets', 'budget_modifications', 'budget_changes', 'commitments',
            'commitment_change_orders', 'requisitions', 'direct_costs', 'contract_payments')
        """

    private static func awayCondition(_ scope: MoneyScope) -> SQL {
        var condition: SQL = "1"
        if let project = scope.project {
            condition += " AND coalesce(turned_away.project, record.project) = \(project)"
        }
        if let day = scope.day { condition += " AND since >= \(day.lowerBound) AND since < \(day.upperBound)" }
        return condition
    }

    /// What the records come to that were not taken, by project, kind and why.
    public func moneyTurnedAway(_ scope: MoneyScope = MoneyScope()) throws -> [MoneyTurnedAway] {
        let rows = SQLRequest<Row>(
            literal: """
                SELECT place, kind, is_refusal, count(*), sum(known IS NULL), count(amount),
                    sum(amount / 1000000000), sum(amount % 1000000000),
                    sum(difference / 1000000000), sum(difference % 1000000000), sum(accepted IS NOT NULL)
                FROM (SELECT \(Self.away) AND \(Self.awayCondition(scope))) GROUP BY place, kind, is_refusal
                """, cached: true)
        return try rows.fetchAll(db).compactMap { row in
            Entity(rawValue: row[1]).map { entity in
                MoneyTurnedAway(
                    project: row[0], entity: entity, isRefusal: row[2], count: row[3], isNew: row[4], known: row[5],
                    amount: Self.sum(row, 6), difference: Self.sum(row, 8), isThere: row[10])
            }
        }
    }

    /// Goes through the records that were refused, and those that a rule leaves out although the other side has them.
    /// - Parameters:
    ///   - scope: which records.
    ///   - isWithoutProject: only those of which nothing says to which project they belong.
    ///   - body: called with each: the record, its amount, and what it changes in the sums; returns whether to go on.
    public func turnedAwayMoney(
        _ scope: MoneyScope, isWithoutProject: Bool = false,
        _ body: (TurnedAway, _ amount: Amount?, _ difference: Amount) throws -> Bool
    ) throws {
        let place: SQL = isWithoutProject ? "coalesce(turned_away.project, record.project) IS NULL" : "1"
        let rows = try Row.fetchCursor(
            db,
            SQLRequest<Row>(
                literal: """
                    SELECT turned_away.id, \(Self.away) AND (is_refusal OR record.accepted IS NOT NULL)
                        AND \(place) AND \(Self.awayCondition(scope)) ORDER BY place, kind, turned_away.id
                    """))
        while let row = try rows.next() {
            let id: Int64 = row[0]
            guard let record = try turnedAway(where: "turned_away.id = \(id)", limit: 1).first else { continue }
            let amount = (row["amount"] as Int64?).map { Amount(cents: $0) }
            if try !body(record, amount, Amount(cents: row["difference"])) { return }
        }
    }
}
