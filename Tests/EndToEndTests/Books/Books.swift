import Foundation

/// What matters of the books in QuickBooks, without ids and times: amounts in cents, everything sorted.
struct Books: Equatable {
    var vendors: [String] = []
    var items: [String] = []
    var jobs: [String] = []
    var estimates: [Estimate] = []
    var orders: [Order] = []
    var bills: [Bill] = []
    var payments: [Payment] = []

    struct Estimate: Hashable {
        var job: String
        var total: Int
        var lines: [Line]

        struct Line: Hashable {
            var item: String
            var cents: Int
        }
    }

    struct Order: Hashable {
        var number: String
        var vendor: String
        var total: Int
        var lines: [Line]

        struct Line: Hashable {
            var item: String
            var job: String
            var cents: Int
            var quantity: String
            var rate: String
        }
    }

    struct Bill: Hashable {
        var refNumber: String
        var vendor: String
        var date: String
        var due: Int
        /// Due less what is paid.
        var open: Int
        /// What is billed on each line of an order; a line without a link stands under `unlinked`.
        var gross: [OrderLine: Int]
        /// One negative line at most.
        var withheld: [Int]
        /// One positive line at most.
        var released: [Int]
    }

    /// A line of an order: its order, item and amount name it, because no two of these books are equal in all three.
    struct OrderLine: Hashable {
        var order: String
        var item: String
        var cents: Int

        static let unlinked = OrderLine(order: "none", item: "none", cents: 0)
    }

    struct Payment: Hashable {
        var account: String
        var refNumber: String
        var vendor: String
        var cents: Int
        var bill: String
    }

    /// The same books in one order, whatever the order of entry.
    var sorted: Books {
        var books = self
        books.vendors.sort()
        books.items.sort()
        books.jobs.sort()
        for index in books.estimates.indices {
            books.estimates[index].lines.sort { ($0.item, $0.cents) < ($1.item, $1.cents) }
        }
        for index in books.orders.indices {
            books.orders[index].lines.sort { ($0.item, $0.cents, $0.job) < ($1.item, $1.cents, $1.job) }
        }
        books.estimates.sort { ($0.job, $0.total) < ($1.job, $1.total) }
        books.orders.sort { ($0.number, $0.vendor) < ($1.number, $1.vendor) }
        books.bills.sort { ($0.refNumber, $0.vendor) < ($1.refNumber, $1.vendor) }
        books.payments.sort { ($0.bill, $0.cents, $0.refNumber) < ($1.bill, $1.cents, $1.refNumber) }
        return books
    }

    /// Every entry as one sentence.
    private var entries: [String] {
        vendors.map { "vendor \($0)" } + items.map { "item \($0)" } + jobs.map { "job \($0)" }
            + estimates.map { estimate in
                "estimate of \(estimate.job): \(estimate.total) = "
                    + estimate.lines.map { "\($0.item) \($0.cents)" }.joined(separator: ", ")
            }
            + orders.map { order in
                "order \(order.number) to \(order.vendor): \(order.total) = "
                    + order.lines.map { "\($0.item) @\($0.job) \($0.cents) (\($0.quantity) x \($0.rate))" }
                    .joined(separator: ", ")
            }
            + bills.map { bill in
                "bill \(bill.refNumber) of \(bill.vendor) on \(bill.date): due \(bill.due), open \(bill.open), withheld "
                    + "\(bill.withheld), released \(bill.released) = "
                    + bill.gross.map { "\($0.key.order)/\($0.key.item)/\($0.key.cents): \($0.value)" }.sorted()
                    .joined(separator: ", ")
            }
            + payments.map { "payment \($0.refNumber) from \($0.account) to \($0.vendor) of \($0.bill): \($0.cents)" }
    }

    /// What only one of two books has, one sentence each; empty when they agree.
    func differences(from expected: Books) -> [String] {
        var missing = expected.entries
        var extra: [String] = []
        for entry in entries {
            if let index = missing.firstIndex(of: entry) { missing.remove(at: index) } else { extra.append(entry) }
        }
        return missing.map { "missing: \($0)" } + extra.map { "extra: \($0)" }
    }

    /// An amount's text in cents; nil where it is none.
    static func cents(_ text: String?) -> Int? {
        guard let text, let amount = Decimal(string: text) else { return nil }
        return NSDecimalNumber(decimal: amount * 100).intValue
    }

    /// A number without its needless zeros.
    static func number(_ text: String?) -> String {
        text.flatMap { Decimal(string: $0) }.map { "\($0)" } ?? "none"
    }
}
