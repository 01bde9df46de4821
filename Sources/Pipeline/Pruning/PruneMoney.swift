import Domain
import Foundation
import SyncLedger

extension PruneMoney {
    /// What a bill comes to, or what a payment pays of which bill, as far as the record says.
    ///
    /// What settles a bill otherwise, a discount or a credit, is not known here: such a bill counts as open.
    init(_ record: LedgerRecord) {
        switch record.entity {
        case .requisitions:
            self = record.wanted?.total.flatMap(Self.cents).map { .bill(cents: $0) } ?? .unknown
        case .contractPayments:
            if let shown = record.imported {
                guard let bill = shown.reference("requisition_id"), let cents = shown.total.flatMap(Self.cents) else {
                    self = .pays([])
                    return
                }
                self = .pays([(bill, cents)])
            } else {
                self = .pays(
                    (record.wanted?.lines ?? []).compactMap { line in
                        guard let bill = line.reference("TxnID"), let cents = Self.cents(line.total) else { return nil }
                        return (bill, cents)
                    })
            }
        default: self = .pays([])
        }
    }

    /// A whole number of cents; nil where it is none.
    static func cents(_ amount: Amount) -> Int64? {
        guard amount.fits(2) else { return nil }
        return Int64(amount.money.filter { $0 != "." })
    }
}
