import Domain
import QBXML
import SyncLedger

/// What QuickBooks makes a transaction come to, beside what it confirmed of it line by line. The two differ where somebody
/// changed the transaction there, or where QuickBooks reckons otherwise; control totals count what QuickBooks shows.
struct ShownTotal {
    let books: Books

    /// The field that holds the total of a kind of transaction.
    static func field(of kind: QuickBooksKind) -> String {
        switch kind {
        case .bill: "AmountDue"
        case .billPaymentCheck: "Amount"
        default: "TotalAmount"
        }
    }

    /// Remembers by how much more a transaction comes to than is known of it; where the answer shows no total, what was
    /// remembered stays.
    /// - Parameters:
    ///   - record: the record that owns the transaction.
    ///   - ret: the transaction, as an answer shows it.
    ///   - kind: of the transaction.
    ///   - changed: one of those that add lines to it, which the ledger does not have as it is by now; nil: it has them all.
    func compare(
        _ record: inout LedgerRecord, with ret: Element, _ kind: QuickBooksKind, changed: LedgerRecord? = nil
    ) throws {
        guard let shown = ret[Self.field(of: kind)].flatMap({ Amount($0) }) else { return }
        guard let own = record.confirmed?.total else {
            record.tie.surplus = nil
            return
        }
        var known = own
        if [.purchaseOrder, .estimate].contains(kind), let key = record.key {
            for addition in try books.additions(to: key) {
                known += (addition.id == changed?.id ? changed : addition)?.confirmed?.total ?? .zero
            }
        }
        record.tie.surplus = shown == known ? nil : shown - known
    }
}
