import Domain

/// The dollars of a record on both sides, as control totals count them.
public struct RecordMoney: Sendable, Equatable {
    /// Whether QuickBooks is where it comes from, and Procore is where it goes.
    public var isFromQuickBooks: Bool
    /// What the side that it comes from says of it by now; nil: that is not known.
    public var brought: Amount?
    /// What the other side accepted of it; nil: nothing yet.
    public var accepted: Amount?
}

extension LedgerRecord {
    /// The dollars of the record on both sides; nil of an element of a list.
    public var money: RecordMoney? {
        guard entity.hasAmount else { return nil }
        if let imported {
            // What Procore was given without an answer is not accepted.
            return RecordMoney(
                isFromQuickBooks: true, brought: imported.total,
                accepted: procoreID == nil ? nil : exported?.total)
        }
        let accepted = confirmed?.total.map { $0 + (tie.surplus ?? .zero) }
        // A document that waits or has failed may have come anew with other amounts, of which its content says nothing yet.
        if isHeld || isFailed, let stated = contents.stated {
            return RecordMoney(isFromQuickBooks: false, brought: stated, accepted: accepted)
        }
        return RecordMoney(isFromQuickBooks: false, brought: wanted?.total ?? contents.stated, accepted: accepted)
    }
}
