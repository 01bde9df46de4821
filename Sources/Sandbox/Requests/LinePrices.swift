import Foundation
import QBXML

/// Completes quantity, rate and amount of a line.
///
/// The amount is quantity times rate, half-up to cents; from an amount and a quantity comes the rate, half-up to five
/// decimals; a line with neither takes the price or the cost of its item.
struct LinePrices {
    let file: CompanyFile
    /// The kind of line: `EstimateLine`, `PurchaseOrderLine`, `ItemLine`.
    let kind: String

    /// The name of the rate on a kind of line.
    static func rate(of kind: String) -> String { kind == "ItemLine" ? "Cost" : "Rate" }

    /// Completes a line, or refuses numbers that do not agree.
    /// - Throws: a `Status`: 3150, 3210, 3270.
    func complete(_ line: inout Element, posting: LineEntry.Posting) throws {
        let rateName = Self.rate(of: kind)
        guard let itemID = line["ItemRef/ListID"], let item = try file.record(list: "Item", listID: itemID) else {
            if ["Quantity", rateName, "Amount"].contains(where: { line.first($0) != nil }) {
                throw Status.missing("ItemRef")
            }
            return
        }
        let side = side(of: item.fields)
        if kind == "ItemLine", case .item = posting, side.account == nil { throw Status.noAccount }
        if let desc = side.desc { line.fill("Desc", desc) }
        if let price = side.price, ["Amount", rateName, "RatePercent"].allSatisfy({ line.first($0) == nil }) {
            line.put(rateName, price)
        }
        let quantity = line["Quantity"].map { Numbers.value($0) }
        let rate = line[rateName].map { Numbers.value($0) }
        guard let amount = line["Amount"].map({ Numbers.value($0) }) else {
            return line.put("Amount", Numbers.amount((quantity ?? 1) * (rate ?? 0)))
        }
        if let quantity, let rate {
            let difference = Numbers.cents(quantity * rate) - amount
            if abs(difference) > Decimal(sign: .plus, exponent: -2, significand: 1) {
                throw Status.invalid(
                    "Amount", Numbers.amount(amount),
                    "The amount is not equal to the quantity times the \(rateName.lowercased()).")
            }
        } else if let quantity, quantity != 0, line.first("RatePercent") == nil {
            line.put(rateName, Numbers.price(amount / quantity))
        }
    }

    /// What an item gives to a line: what it is sold with on estimates, what it is bought with elsewhere.
    private func side(of item: Element) -> (desc: String?, price: String?, account: String?) {
        if let both = item.first("SalesAndPurchase") {
            return kind == "EstimateLine"
                ? (both["SalesDesc"], both["SalesPrice"], both["IncomeAccountRef/ListID"])
                : (both["PurchaseDesc"], both["PurchaseCost"], both["ExpenseAccountRef/ListID"])
        }
        let one = item.first("SalesOrPurchase")
        return (one?["Desc"], one?["Price"], one?["AccountRef/ListID"])
    }
}
