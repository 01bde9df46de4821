import Domain
import QBXML

/// What a payment, or what it was made together with, settles of one bill: money, a discount, credits of the vendor.
///
/// A payment may name a bill more than once; its parts are added up. Only money is a payment to Procore.
/// - Sources: Intuit qbXML reference, `AppliedToTxnRet` of "BillPaymentCheckRet" and "BillPaymentCreditCardRet", which may
///   repeat without any rule that its `TxnID` be unique; its `LinkedTxn` (from 10.0) are the credits that were set against the
///   bill.
public struct BillSettlement: Sendable {
    /// A credit of the vendor that was set against the bill.
    public struct Credit: Sendable, Hashable {
        /// `vendor credit VC-7`
        public let shown: String
        /// How much of the bill it settles, above zero.
        public let amount: Amount
    }

    /// The bill's `TxnID`.
    public let billID: String
    /// The bill's number; nil where QuickBooks shows none.
    public let number: String?
    /// The money that was paid; nil where it cannot be read.
    public private(set) var paid: Amount?
    /// The discount that was taken.
    public private(set) var discount = Amount.zero
    /// The credits, in the order in which they are shown.
    public private(set) var credits: [Credit] = []

    /// What all credits come to.
    var credited: Amount { credits.map(\.amount).sum }

    /// `a discount of 180.00, vendor credit VC-7 of 9000.00`; nil where there is nothing but money.
    public var otherwise: String? {
        var shares = discount.isZero ? [] : ["a discount of \(discount.money)"]
        shares += credits.map { "\($0.shown) of \($0.amount.money)" }
        return shares.isEmpty ? nil : shares.joined(separator: " and ")
    }

    /// What is settled by something else than money.
    public var settledOtherwise: Amount { discount + credited }

    /// The bills that a payment names, each once, in its order.
    public static func bills(of payment: Element) -> [(billID: String, number: String?)] {
        var seen: Set<String> = []
        return payment.all("AppliedToTxnRet").compactMap { share in
            guard share["TxnType"] == "Bill", let billID = share["TxnID"], !billID.isEmpty, seen.insert(billID).inserted
            else { return nil }
            return (billID, share["RefNumber"])
        }
    }

    /// What a payment settles of everything that it names, by `TxnID`.
    /// - Throws: a `Problem` where its parts do not come to what was paid.
    public static func all(of payment: Element, shown: String) throws(Problem) -> [String: BillSettlement] {
        var all: [String: BillSettlement] = [:]
        for share in payment.all("AppliedToTxnRet") {
            let id = share["TxnID"] ?? ""
            var settlement = all[id] ?? BillSettlement(billID: id, number: share["RefNumber"], paid: .zero)
            try settlement.add(share, shown)
            all[id] = settlement
        }
        try leaveMoney(in: &all, of: payment, shown)
        return all
    }

    private mutating func add(_ share: Element, _ shown: String) throws(Problem) {
        let amount = share["Amount"].flatMap { Amount($0) }
        paid = paid.flatMap { paid in amount.map { paid + $0 } }
        discount += try Self.amount(share["DiscountAmount"], "DiscountAmount", shown)
        for link in share.all("LinkedTxn") {
            let type = link["TxnType"] ?? ""
            guard !Self.noCredits.contains(type) else { continue }
            let words = QuickBooksKind(rawValue: type)?.words ?? type
            credits.append(
                Credit(
                    shown: "\(words) \(link["RefNumber"] ?? link["TxnID"] ?? "")",
                    amount: try Self.amount(link["Amount"], "LinkedTxn/Amount", shown)))
        }
    }

    private static let noCredits: Set<String> = [
        "Bill", "ItemReceipt", "PurchaseOrder", "BillPaymentCheck", "BillPaymentCreditCard",
    ]

    private static func amount(_ text: String?, _ field: String, _ shown: String) throws(Problem) -> Amount {
        guard let text, !text.isEmpty else { return .zero }
        if let amount = Amount(text), amount.fits(2) { return amount.magnitude }
        throw Problem(
            record: shown, field: "AppliedToTxnRet/\(field)",
            what: "It has the amount \"\(text)\", which is no amount of money.",
            remedy: "Query the payment again, and drop the new response.")
    }

    /// Leaves what was paid in money, where the parts of a payment count credits or discounts too: what the payment itself
    /// comes to tells which.
    private static func leaveMoney(
        in all: inout [String: BillSettlement], of payment: Element, _ shown: String
    ) throws(Problem) {
        guard let total = payment["Amount"].flatMap({ Amount($0) }) else { return }
        if total.isZero {
            // A payment of nothing, such as a voided one, pays nothing of any bill, whatever its parts still show.
            for id in all.keys { all[id]?.paid = .zero }
            return
        }
        let shares = all.values.map(\.paid)
        let applied = shares.compactMap { $0 }.sum
        guard !shares.contains(nil), applied != total else { return }
        let credited = all.values.map(\.credited).sum
        let discount = all.values.map(\.discount).sum
        for (without, other) in [
            (credited, \BillSettlement.credited), (discount, \.discount), (credited + discount, \.settledOtherwise),
        ] where applied - without == total {
            for (id, settlement) in all {
                all[id]?.paid = settlement.paid.map { $0 - settlement[keyPath: other] }
            }
            return
        }
        let otherwise =
            (credited + discount).isZero
            ? ""
            : ", and its discounts (\(discount.money)) and credits (\(credited.money)) do not explain the difference"
        throw Problem(
            record: shown, field: "AppliedToTxnRet",
            what:
                "The payment is \(total.money) and its parts for bills come to \(applied.money)\(otherwise), so it is not "
                + "certain what was paid of which bill.",
            remedy:
                "Query it again with IncludeLineItems, and drop the new response; if it says the same, enter the payment "
                + "in Procore by hand.")
    }
}
