import Domain
import QBXML

extension Settings {
    /// How a line without quantity and price is ordered.
    public enum LumpSum: String, Sendable, CaseIterable {
        /// As many pieces as dollars, at a price of 1: billed exactly, however it is divided.
        case dollars
        /// One piece at the whole price.
        case one
    }

    /// How many lines of retainage a bill has.
    public enum RetainageLines: String, Sendable, CaseIterable {
        /// One line withheld and one released for the whole bill.
        case bill
        /// The same below each line that has any.
        case line
    }

    /// How orders, bills and payments are written, and what waits for a person's word.
    public struct Documents: Sendable, Equatable {
        /// How a line without quantity and price is ordered.
        public var lumpSum = LumpSum.dollars
        /// Full name of the item that retainage stands on.
        public var retainageItem: String?
        /// How many lines of retainage a bill has.
        public var retainageLines = RetainageLines.bill
        /// The `RefNumber` of a payment without a check number.
        public var electronicRef = "ACH"
        /// The first day that is open: no new transaction is dated earlier; nil: every day is open.
        public var closedBefore: CalendarDate?
        /// Which requests wait for a person's word before they go to QuickBooks.
        public var review = Review()
    }

    /// The statuses in which documents go to QuickBooks; upper and lower case do not matter.
    public struct Statuses: Sendable, Equatable {
        /// Of commitments.
        public var commitments = ["Approved"]
        /// Of change orders.
        public var changeOrders = ["approved"]
        /// Of subcontractor invoices.
        public var invoices = ["approved"]
    }

    /// Whether tax that a QuickBooks transaction shows is a cost of its jobs.
    public enum PurchaseTax: String, Sendable, CaseIterable {
        /// It is recovered from the tax authority, as GST and HST are by whoever is registered, so it costs no job.
        case recoverable
        /// It is not recovered, and is part of what the line costs.
        case cost
    }

    /// What becomes of tax on costs.
    public struct Tax: Sendable, Equatable {
        /// Whether tax on imported costs is part of them. Recoverable by default: Canadian editions, the only ones here
        /// that show such tax, post what is recovered to the tax agency's account and only the rest to the job's.
        public var purchaseTax = PurchaseTax.recoverable
        /// Rates in percent by the name of the QuickBooks sales tax code, since transactions name the code alone.
        public var rates: [String: Amount] = [:]
    }

    /// The rate in percent that the configuration gives a sales tax code; upper and lower case do not matter.
    public func taxRate(ofCode name: String) -> Amount? {
        if let rate = tax.rates[name] { return rate }
        let key = QuickBooksText.comparisonKey(name)
        return tax.rates.first { QuickBooksText.comparisonKey($0.key) == key }?.value
    }
}
