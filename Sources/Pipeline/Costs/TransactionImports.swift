import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks shows of transactions, and what reports and lists of deletions say of them.
struct TransactionImports {
    private var costs: CostImports
    private var payments: PaymentImports
    private var payroll: PayrollReport
    private let deletions: CostDeletions

    init(_ context: ProcessingContext) {
        let known = OwnTransactions(context)
        costs = CostImports(context, known)
        payments = PaymentImports(context, known)
        payroll = PayrollReport(context)
        deletions = CostDeletions(context: context)
    }

    /// Takes one transaction; says whether its kind is imported, or left out for a reason that the receipt tells.
    mutating func take(_ ret: Element) throws -> Bool {
        if try costs.take(ret) { return true }
        if try payments.take(ret) { return true }
        return try deletions.take(ret)
    }

    /// Begins a report of these columns.
    mutating func begin(report columns: [Element]) throws { try payroll.begin(columns) }

    /// Takes a row of the report that began last; says whether it can be one of payroll.
    mutating func take(row: Element) throws -> Bool { try payroll.take(row) }

    /// Takes what a report said, now that it has been read to its end.
    mutating func endReport() throws { try payroll.finish() }

    /// Says what there is to say about many transactions at once.
    mutating func finish() {
        costs.finish()
        payments.finish()
    }
}
