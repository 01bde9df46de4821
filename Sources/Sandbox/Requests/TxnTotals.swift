import Foundation
import QBXML

/// Adds the lines of a transaction up.
struct TxnTotals {
    let file: CompanyFile
    let kind: TxnKind

    /// Puts the total of a transaction, and checks it.
    /// - Throws: a `Status`: 3180 for one below zero, for a bill below what has been paid of it, for a credit below what
    ///   has been used of it, and for a journal entry that is not in balance.
    func put(_ txn: inout TxnRecord) throws {
        let total = txn.lines.reduce(0) { $0 + amount($1) }
        switch kind.name {
        case "Estimate":
            // Sales taxes are none of the sandbox's items.
            txn.fields.put("Subtotal", Numbers.amount(total))
            txn.fields.put("SalesTaxPercentage", "0.00")
            txn.fields.put("SalesTaxTotal", "0.00")
        case "JournalEntry": try checkBalance(txn)
        default: break
        }
        guard let field = kind.total else { return }
        if total < 0, !kind.mayBeNegative {
            throw Status.notSaved(kind.name, "Transaction amount must be positive.")
        }
        if ["Bill", "VendorCredit"].contains(kind.name), total < (try file.settled(of: txn)) {
            throw Status.notSaved(kind.name, "The amount is less than the payments and credits applied to it.")
        }
        txn.fields.put(field, Numbers.amount(total))
    }

    private func checkBalance(_ entry: TxnRecord) throws {
        let balance = entry.lines.reduce(Decimal(0)) { sum, line in
            let amount = Numbers.value(line.fields["Amount"])
            return line.kind == "JournalDebitLine" ? sum + amount : sum - amount
        }
        guard balance != 0 else { return }
        let reason = "The transaction is not in balance.  Make sure the debits equal the credits."
        throw Status.notSaved("Journal Entry", reason)
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
