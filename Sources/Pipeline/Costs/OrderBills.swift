import Converters
import Domain
import SyncLedger

/// Bills that nobody exported from Procore, and that bill purchase orders of ours all the same: what is on the order belongs
/// to its commitment, and only the rest is a cost of its own.
struct OrderBills {
    let context: ProcessingContext

    /// What of a bill was found to be on our orders.
    struct Finding {
        /// `commitment 786001`, each once.
        let commitments: [String]
        let amount: Amount

        /// Says what is left out, and what is not.
        /// - Parameter rest: the bill, with nothing but its lines beside the orders.
        func note(_ rest: JobCost) -> Note {
            let orders =
                "the purchase \(commitments.count == 1 ? "order" : "orders") of \(commitments.joined(separator: ", "))"
            let left = rest.lines.map(\.amount).sum
            return Note(
                record: rest.shown, field: "LinkedTxn",
                what:
                    "It did not come from Procore, and \(amount.money) of it bills \(orders): that part is a cost of the "
                    + "commitment, not a direct cost, and is left out. See that Procore has a subcontractor invoice for it, "
                    + "and enter one if not."
                    + (rest.lines.isEmpty ? "" : " What is left, \(left.money), is a direct cost."))
        }
    }

    /// Takes out of a bill the lines that are on our orders; says what was found, or nil where none is.
    /// - Throws: a `Problem` where it is not certain which lines those are; what the sync ledger throws.
    func settle(_ cost: inout JobCost) throws -> Finding? {
        guard cost.kind == .bill, cost.showsLines, !cost.orders.isEmpty else { return nil }
        var orders: [(txnID: String, commitment: LedgerRecord)] = []
        for order in cost.orders where !orders.contains(where: { $0.txnID == order }) {
            guard let commitment = try context.books.record(.commitments, .purchaseOrder, order) else { continue }
            orders.append((order, commitment))
        }
        guard !orders.isEmpty else { return nil }
        let ids = Set(orders.map(\.txnID))
        let names = orders.map(\.commitment.shown)
        var share = try cost.share(onOrders: ids, items: nil, settings: context.settings)
        if share == nil {
            let items = try items(on: orders.map(\.commitment))
            share = try cost.share(onOrders: ids, items: items, settings: context.settings)
        }
        guard let share else {
            let amount = try cost.linkedAmount(ids).magnitude.money
            throw Problem(
                record: cost.shown, field: "LinkedTxn",
                what: "It did not come from Procore, and \(amount) of it bills the purchase order of "
                    + "\(names.joined(separator: ", ")), but QuickBooks does not say which of its lines that is, so it is "
                    + "not certain what is left as a direct cost.",
                remedy:
                    "Split it in QuickBooks into one bill for the order and one for the rest, and query both again; or "
                    + "enter in Procore by hand what is not on the order.")
        }
        cost = share.beside
        return Finding(commitments: names, amount: share.onOrders)
    }

    /// The QuickBooks items on orders, those of their change orders too.
    private func items(on commitments: [LedgerRecord]) throws -> Set<String> {
        var items: Set<String> = []
        for commitment in commitments {
            for owner in [commitment] + (try commitment.key.map { try context.books.additions(to: $0) } ?? []) {
                for key in owner.confirmed?.lines.compactMap({ $0.reference("ItemRef/ListID") }) ?? [] {
                    if let item = try context.books.named(key)?.quickBooksID { items.insert(item) }
                }
            }
        }
        return items
    }
}
