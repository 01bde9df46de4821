import Domain
import QBXML

/// What of a bill is on purchase orders of ours, and what is beside them.
public struct OrderShare: Sendable {
    /// What it bills of our orders.
    public let onOrders: Amount
    /// The bill with only those of its lines that are on none of them.
    public let beside: JobCost
}

/// Finds out which lines of a bill are on our orders.
///
/// QuickBooks names the order in the bill's header and how much of it is billed, not the lines. Only lines of items can be
/// on an order. Where no other choice of them comes to that amount, the choice is certain.
/// - Sources: Intuit qbXML reference, `LinkedTxn` of "BillRet"; its amount comes with either sign.
extension JobCost {
    /// The most sums of lines that are examined; a bill of more is told in words.
    private static let mostSums = 20_000

    /// The bill without its lines on some orders; nil where more than one choice of lines, or none, comes to the amount.
    ///
    /// Lines of the retainage item belong to the order's bill, and go with it.
    /// - Parameters:
    ///   - settings: name the retainage item.
    ///   - orders: `TxnID`s of the orders that are ours.
    ///   - items: the items on these orders, by `ListID`, where lines have to be told apart by them; nil: any item.
    /// - Throws: what keeps it from being examined.
    public func share(
        onOrders orders: Set<String>, items: Set<String>?, settings: Settings
    ) throws(Problem) -> OrderShare? {
        let linked = try linkedAmount(orders)
        let retainage = settings.documents.retainageItem.map(QuickBooksText.comparisonKey)
        var taken: Set<String> = []
        var choices: [Choice] = []
        for line in ret.children.flatMap(Self.lines(in:)) where line.name == "ItemLineRet" {
            guard let id = line["TxnLineID"], let amount = line["Amount"].flatMap({ Amount($0) }) else { continue }
            if let retainage, line["ItemRef/FullName"].map(QuickBooksText.comparisonKey) == retainage {
                taken.insert(id)
                continue
            }
            let item = line["ItemRef/ListID"] ?? ""
            guard !amount.isZero, items?.contains(item) ?? true else { continue }
            let kind = Choice.Kind(job: line["CustomerRef/ListID"] ?? "", item: item, amount: amount)
            if let index = choices.firstIndex(where: { $0.kind == kind }) {
                choices[index].lines.append(id)
            } else {
                choices.append(Choice(kind: kind, lines: [id]))
            }
        }
        if !linked.isZero {
            guard let lines = Self.certain(choices, linked) else { return nil }
            taken.formUnion(lines)
        }
        var beside = self
        beside.lines.removeAll { taken.contains($0.txnLineID) || $0.amount.isZero }
        return OrderShare(onOrders: linked.magnitude, beside: beside)
    }

    /// What the bill says it bills of some orders.
    public func linkedAmount(_ orders: Set<String>) throws(Problem) -> Amount {
        var sum = Amount.zero
        for link in ret.all("LinkedTxn") where link["TxnType"] == "PurchaseOrder" {
            guard let order = link["TxnID"], orders.contains(order) else { continue }
            guard let amount = link["Amount"].flatMap({ Amount($0) }) else {
                throw Problem(
                    record: shown, field: "LinkedTxn/Amount",
                    what:
                        "It bills purchase order \(link["RefNumber"] ?? order), and the response does not say how much of it.",
                    remedy:
                        "Query it again with IncludeLinkedTxns and without IncludeRetElement, and drop the new response."
                )
            }
            sum += amount
        }
        return sum
    }

    /// Lines that are alike in job, item and amount: which of them is on the order makes no difference to any cost.
    private struct Choice {
        struct Kind: Hashable {
            let job: String
            let item: String
            let amount: Amount
        }

        let kind: Kind
        var lines: [String]
    }

    /// How a sum comes about: how many of each kind of line, or in several ways.
    private enum Way {
        case one([Int])
        case several
    }

    /// The lines that come to an amount, of either sign; nil where none do, or more than one choice does.
    private static func certain(_ choices: [Choice], _ wanted: Amount) -> [String]? {
        var ways: [Amount: Way] = [.zero: .one([])]
        for choice in choices {
            var next: [Amount: Way] = [:]
            for (sum, way) in ways {
                var sum = sum
                for count in 0...choice.lines.count {
                    if count > 0 { sum += choice.kind.amount }
                    switch way {
                    case .one(let counts) where next[sum] == nil: next[sum] = .one(counts + [count])
                    default: next[sum] = .several
                    }
                }
            }
            guard next.count <= mostSums else { return nil }
            ways = next
        }
        let found = [ways[wanted], ways[-wanted]].compactMap { $0 }
        guard found.count == 1, case .one(let counts) = found[0] else { return nil }
        return zip(choices, counts).flatMap { choice, count in choice.lines.prefix(count) }
    }
}
