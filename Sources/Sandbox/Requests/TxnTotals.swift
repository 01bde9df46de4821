import Foundation
import QBXML

/// Adds the lines of a transaction up.
struct TxnTotals {
    let file: CompanyFile
    let kind: TxnKind

    /// Puts the totals of an estimate, an order or a bill.
    /// - Throws: a `Status`: 3180 for a bill below zero, or below what has been paid of it.
    func put(_ txn: inout TxnRecord) throws {
        let total = txn.lines.reduce(0) { $0 + amount($1) }
        switch kind.name {
        case "Estimate":
            // Sales taxes are none of the sandbox's items.
            txn.fields.put("Subtotal", Numbers.amount(total))
            txn.fields.put("SalesTaxPercentage", "0.00")
            txn.fields.put("SalesTaxTotal", "0.00")
        case "Bill":
            if total < 0 { throw Status.notSaved(kind.name, "Transaction amount must be positive.") }
            if total < (try file.settled(of: txn)) {
                throw Status.notSaved(kind.name, "The amount is less than the payments and credits applied to it.")
            }
        default: break
        }
        txn.fields.put(kind.total, Numbers.amount(total))
    }

    /// The amount of a line, on an estimate with its markup.
    private func amount(_ line: TxnLine) -> Decimal {
        let amount = Numbers.value(line.fields["Amount"])
        if let markup = line.fields["MarkupRate"] { return amount + Numbers.cents(Numbers.value(markup)) }
        if let percent = line.fields["MarkupRatePercent"] {
            return amount + Numbers.cents(amount * Numbers.value(percent) / 100)
        }
        return amount
    }
}
