import Domain
import Procore
import SyncLedger

/// How the records stand by now that a file brought: what a receipt is told from, beside what it said when the file was read.
struct FileFates {
    /// A record that does not go on by itself.
    struct Stuck {
        let record: String
        /// The number or name that says most to people; nil where it has none.
        let title: String?
        let amount: Amount?
        let isFailed: Bool
        /// Why.
        let reason: String
        /// What to do; nil where only waiting helps.
        let remedy: String?
    }

    /// So many of those that wait, and of those that failed, are listed.
    static let listed = 100
    /// Amounts are added up of so many records at the most; who wants those of more asks for the control totals.
    private static let mostAmounts = 2_000

    /// How many of each kind stand where.
    private(set) var states: [Entity: [LedgerRecord.State.Name: Int]] = [:]
    /// What they come to; empty where there are too many.
    private(set) var amounts: [Entity: [LedgerRecord.State.Name: Amount]] = [:]
    private(set) var stuck: [Stuck] = []
    /// Which records that the file brought were not taken, by their names, and are not to this day.
    private(set) var turnedAway: Set<String> = []
    /// How many are listed neither in `stuck` nor anywhere else.
    var unlisted: Int { count(.held) + count(.failed) - stuck.count }

    /// Nothing is known.
    init() {}

    /// Reads how they stand.
    /// - Parameters:
    ///   - brought: the records that the file brought.
    ///   - isChanged: whether any of them met another fate since the file was read; else its receipt still says what was not
    ///     taken.
    init(of file: LedgerFile, _ brought: BroughtRecords, isChanged: Bool, _ books: Books) throws {
        if isChanged {
            turnedAway = Set(try books.turnedAway(from: file.intake, limit: Receipt.listed).map(\.shown))
        }
        states = try books.states(of: brought)
        let documents = states.filter(\.key.hasAmount).values.reduce(0) { $0 + $1.values.reduce(0, +) }
        if documents > 0, documents <= Self.mostAmounts, brought.atMost <= Self.mostAmounts * 8 {
            for record in try books.records(of: brought) {
                guard let amount = try record.statedAmount(books) else { continue }
                amounts[record.entity, default: [:]][record.state.name, default: .zero] += amount
            }
        }
        guard count(.held) + count(.failed) > 0 else { return }
        let waits = Waits(books: books)
        stuck = try books.stuck(of: brought, limit: Self.listed).map { record in
            Stuck(
                record: record.shown, title: try record.title(books), amount: try record.statedAmount(books),
                isFailed: record.isFailed,
                reason: try record.isFailed ? record.reason ?? "" : waits.reason(of: record), remedy: record.remedy)
        }
    }

    /// How many records stand somewhere.
    func count(_ state: LedgerRecord.State.Name) -> Int { states.values.reduce(0) { $0 + $1[state, default: 0] } }

    /// The states in the order in which they are told.
    static let order: [LedgerRecord.State.Name] = [.linked, .queued, .held, .failed, .undone]
}

/// What is told of it to scripts.
extension FileFates {
    /// The receipt for scripts, as it was written when the file was read, with a field `now` behind all others.
    /// - Parameter receipt: as it was written.
    func added(to receipt: [UInt8]) -> [UInt8] {
        let end = Self.receiptEnd
        guard receipt.count > end.count, receipt.suffix(end.count).elementsEqual(end) else { return receipt }
        return Array(receipt[..<(receipt.count - end.count)]) + addition
    }

    /// What a receipt ends in.
    static let receiptEnd = Array("\n}\n".utf8)

    /// What stands in the place of that end.
    var addition: [UInt8] {
        // As a member of an object, so that it is indented as the others are.
        let member = JSONValue.object([("now", json)]).bytes(pretty: true)
        return [UInt8(ascii: ",")] + Array(member.dropFirst()) + [0x0a]
    }

    private var json: JSONValue {
        let records = states.sorted { $0.key < $1.key }.flatMap { entity, counts in
            Self.order.compactMap { state -> JSONValue? in
                guard let count = counts[state], count > 0 else { return nil }
                let amount = amounts[entity]?[state].map { [("amount", JSONValue.string($0.money))] } ?? []
                return .object(
                    [
                        ("kind", .string(entity.rawValue)), ("state", .string(state.rawValue)), ("count", .int(count)),
                    ] + amount)
            }
        }
        var fields: [(key: String, value: JSONValue)] = [
            ("records", .array(records)), ("stuck", .array(stuck.map(Self.json))),
        ]
        if unlisted > 0 { fields.append(("stuck_not_listed", .int(unlisted))) }
        return .object(fields)
    }

    private static func json(_ stuck: Stuck) -> JSONValue {
        let state = stuck.isFailed ? LedgerRecord.State.Name.failed : .held
        var fields: [(key: String, value: JSONValue)] = [
            ("record", .string(stuck.record)), ("state", .string(state.rawValue)),
        ]
        if let title = stuck.title { fields.append(("title", .string(title))) }
        if let amount = stuck.amount { fields.append(("amount", .string(amount.money))) }
        fields.append(("reason", .string(stuck.reason)))
        fields.append(("remedy", stuck.remedy.map(JSONValue.string) ?? .null))
        return .object(fields)
    }
}
