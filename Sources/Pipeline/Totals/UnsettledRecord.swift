import Domain
import SyncLedger

/// A record that makes up a part of a difference, and why.
struct UnsettledRecord: Sendable {
    /// In words, with the number or name that says most.
    var record: String
    /// How it is named to commands: `requisitions/1280646`.
    var term: String
    var fate: ControlTotals.Fate
    /// What the side says that it comes from; nil: not known.
    var brought: Amount?
    /// What the other side accepted; nil: nothing yet.
    var accepted: Amount?
    /// What it changes in the difference.
    var difference: Amount
    var why: String
    var remedy: String?
    /// The file that brought it last.
    var file: String?

    /// A record of the ledger.
    init(_ record: LedgerRecord, _ books: Books) throws {
        let money = record.money
        self.record = record.titled
        term = record.key?.description ?? "\(record.entity.rawValue)/\(record.uniqueName)"
        fate = ControlTotals.Fate(record.state.name)
        // As the ledger adds them up: what is no whole number of cents is not known there.
        brought = money?.brought.flatMap { $0.cents }.map { Amount(cents: $0) }
        accepted = money?.accepted.flatMap { $0.cents }.map { Amount(cents: $0) }
        difference = (brought ?? .zero) + -(accepted ?? .zero)
        remedy = record.remedy
        why = try Self.why(record, books)
        file = try books.bringer(of: record.id)?.name
    }

    /// A record that was refused, or that a rule leaves out although the other side has it.
    init(_ away: TurnedAway, amount: Amount?, difference: Amount) {
        record = away.titled
        term = away.term
        fate = away.isRefusal ? .refused : .differs
        brought = away.isRefusal ? amount : .zero
        accepted = away.isRefusal ? nil : -difference
        self.difference = difference
        why = away.reason
        remedy = away.remedy
        file = away.fileName
    }

    private static func why(_ record: LedgerRecord, _ books: Books) throws -> String {
        switch record.state {
        case .held: return try Waits(books: books).reason(of: record)
        case .failed, .undone: return record.reason ?? ""
        case .queued, .new, .changed, .released: return try open(record, books)
        case .linked:
            let sides = record.money?.isFromQuickBooks == true ? ("QuickBooks", "Procore") : ("Procore", "QuickBooks")
            if let surplus = record.tie.surplus {
                return
                    "QuickBooks showed \(surplus.magnitude.grouped) \(surplus.isNegative ? "less" : "more") than it had "
                    + "confirmed: it was changed there, or reckoned otherwise."
            }
            return "\(sides.1) holds what \(sides.0) does not say any more."
        }
    }

    /// What a record waits for whose request or document has no answer.
    private static func open(_ record: LedgerRecord, _ books: Books) throws -> String {
        guard let request = try books.openRequest(of: record.id) else {
            return "Procore has not answered what it was given."
        }
        if try books.isInReview(request.document) { return "Its document waits for approval in outbox/review." }
        let name = try books.document(request.document)?.name ?? "request \(request.requestID)"
        return "QuickBooks has not answered \(name)."
    }

    /// The change of an amount that the other side has already; nil where it has none, or the same.
    var change: String? {
        guard let accepted, let brought, accepted != brought else { return nil }
        return "from \(accepted.grouped) to \(brought.grouped)"
    }
}
