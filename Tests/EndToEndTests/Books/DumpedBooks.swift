import Foundation

/// The books as the stand-in tells them.
struct DumpedBooks {
    private typealias Record = [String: Any]

    private let lists: [String: [Record]]
    private let transactions: [String: [Record]]

    init(json: String) throws {
        let dump = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? Record
        lists = dump?["lists"] as? [String: [Record]] ?? [:]
        transactions = dump?["transactions"] as? [String: [Record]] ?? [:]
    }

    /// What matters of them.
    var books: Books {
        var books = Books()
        books.vendors = names("Vendor")
        books.items = names("ItemService")
        books.jobs = names("Customer")
        books.estimates = all("Estimate").map { estimate in
            Books.Estimate(
                job: Self.name(estimate, "CustomerRef"), total: Self.cents(estimate, "TotalAmount"),
                lines: Self.lines(estimate, "EstimateLineRet").map {
                    .init(item: Self.name($0, "ItemRef"), cents: Self.cents($0, "Amount"))
                })
        }
        books.orders = all("PurchaseOrder").map { order in
            Books.Order(
                number: Self.text(order, "RefNumber"), vendor: Self.name(order, "VendorRef"),
                total: Self.cents(order, "TotalAmount"),
                lines: Self.lines(order, "PurchaseOrderLineRet").map {
                    .init(
                        item: Self.name($0, "ItemRef"), job: Self.name($0, "CustomerRef"),
                        cents: Self.cents($0, "Amount"), quantity: Books.number($0["Quantity"] as? String),
                        rate: Books.number($0["Rate"] as? String))
                })
        }
        books.bills = all("Bill").map(bill)
        let refNumbers = Dictionary(
            all("Bill").map { (Self.text($0, "TxnID"), Self.text($0, "RefNumber")) },
            uniquingKeysWith: { first, _ in first })
        for payment in all("BillPaymentCheck") {
            for applied in Self.lines(payment, "AppliedToTxnRet") {
                books.payments.append(
                    .init(
                        account: Self.name(payment, "BankAccountRef"), refNumber: Self.text(payment, "RefNumber"),
                        vendor: Self.name(payment, "PayeeEntityRef"), cents: Self.cents(applied, "Amount"),
                        bill: refNumbers[Self.text(applied, "TxnID")] ?? "none"))
            }
        }
        return books.sorted
    }

    /// Where a line of an order is, and its rate.
    struct Place {
        var txnID: String
        var txnLineID: String
        var rate: Decimal?
    }

    /// Where each line of an order is.
    var orderLines: [Books.OrderLine: Place] {
        var lines: [Books.OrderLine: Place] = [:]
        for order in all("PurchaseOrder") {
            for line in Self.lines(order, "PurchaseOrderLineRet") {
                let name = Books.OrderLine(
                    order: Self.text(order, "RefNumber"), item: Self.name(line, "ItemRef"),
                    cents: Self.cents(line, "Amount"))
                lines[name] = Place(
                    txnID: Self.text(order, "TxnID"), txnLineID: Self.text(line, "TxnLineID"),
                    rate: Decimal(string: Self.text(line, "Rate")))
            }
        }
        return lines
    }

    /// The `TxnID` of each bill's number.
    var billsByNumber: [String: String] {
        Dictionary(
            all("Bill").map { (Self.text($0, "RefNumber"), Self.text($0, "TxnID")) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The numbers of the orders that can still be billed, sorted.
    var openOrders: [String] {
        all("PurchaseOrder").filter {
            $0["IsFullyReceived"] as? String != "true" && $0["IsManuallyClosed"] as? String != "true"
        }.map { Self.text($0, "RefNumber") }.sorted()
    }

    /// The kinds of transactions that are there.
    var kinds: Set<String> { Set(transactions.filter { !$0.value.isEmpty }.keys) }

    private func all(_ kind: String) -> [Record] { transactions[kind] ?? [] }

    private func names(_ list: String) -> [String] {
        (lists[list] ?? []).map { $0["FullName"] as? String ?? Self.text($0, "Name") }
    }

    private func bill(_ bill: Record) -> Books.Bill {
        let orderLines = Dictionary(
            orderLines.map { ("\($0.value.txnID)|\($0.value.txnLineID)", $0.key) },
            uniquingKeysWith: { first, _ in first })
        let links = bill["_lines_linked_to"] as? [String: [String]] ?? [:]
        var gross: [Books.OrderLine: Int] = [:]
        var retainage: [Int] = []
        for line in Self.lines(bill, "ItemLineRet") {
            let amount = Self.cents(line, "Amount")
            if Self.name(line, "ItemRef") == "Retainage" {
                retainage.append(amount)
            } else {
                let link = links[Self.text(line, "TxnLineID")].map { $0.joined(separator: "|") }
                gross[link.flatMap { orderLines[$0] } ?? .unlinked, default: 0] += amount
            }
        }
        for line in Self.lines(bill, "ExpenseLineRet") { gross[.unlinked, default: 0] += Self.cents(line, "Amount") }
        return Books.Bill(
            refNumber: Self.text(bill, "RefNumber"), vendor: Self.name(bill, "VendorRef"),
            date: Self.text(bill, "TxnDate"), due: Self.cents(bill, "AmountDue"), open: Self.cents(bill, "_open"),
            gross: gross.filter { $0.value != 0 }, withheld: retainage.filter { $0 < 0 },
            released: retainage.filter { $0 >= 0 })
    }

    // MARK: Everything

    private static let ownToEachRun: Set<String> = [
        "ListID", "TxnID", "TxnLineID", "TimeCreated", "TimeModified", "EditSequence", "TxnNumber", "_lines_linked_to",
    ]

    /// Every field of what was entered, less ids and times, as sorted lines: equal for equal books.
    var everything: [String] {
        let entered = ["Vendor", "Customer", "ItemService"].map { ($0, lists[$0] ?? []) } + Array(transactions)
        return entered.flatMap { kind, records in
            records.map { record in
                // QuickBooks numbers an estimate itself, in order of entry.
                "\(kind) \(Self.flat(record, without: kind == "Estimate" ? ["RefNumber"] : []))"
            }
        }.sorted()
    }

    private static func flat(_ value: Any, without left: Set<String> = []) -> String {
        switch value {
        case let record as Record:
            let fields = record.filter { !ownToEachRun.contains($0.key) && !left.contains($0.key) }
            return "{" + fields.map { "\($0.key)=\(flat($0.value))" }.sorted().joined(separator: " ") + "}"
        case let list as [Any]: return "[" + list.map { flat($0) }.sorted().joined(separator: ", ") + "]"
        default: return "\(value)"
        }
    }

    // MARK: Fields

    private static func text(_ record: Record, _ key: String) -> String { record[key] as? String ?? "none" }

    private static func name(_ record: Record, _ key: String) -> String {
        (record[key] as? Record)?["FullName"] as? String ?? "none"
    }

    /// An amount in cents; one that is absent can equal nothing expected.
    private static func cents(_ record: Record, _ key: String) -> Int {
        Books.cents(record[key] as? String) ?? Int.min
    }

    private static func lines(_ record: Record, _ key: String) -> [Record] { record[key] as? [Record] ?? [] }
}
