import Domain
import Procore

/// What becomes of the quantity and the price of a line: they are passed on where they come to its amount, in both
/// directions by the same rule (`PricedQuantity`); else the amount goes alone, and a sentence says what stays behind.
///
/// - Sources: Procore support, "Send a Commitment to ERP Integrations"; Intuit qbXML reference, QUANTYPE, PRICETYPE.
enum UnitsOfLine {
    /// They are passed on; a sentence where not just as they were stated.
    case passedOn(PricedQuantity, note: String?)
    /// They are not; a sentence says so.
    case leftOut(String)
    /// There are none that say more than the amount.
    case none

    /// Decides about a line of an order.
    /// - Parameters:
    ///   - isByAmount: whether the contract is accounted by amount, so that quantities are not its own.
    ///   - isManual: whether the amount was entered by hand rather than calculated.
    init(_ stated: PricedQuantity, _ amount: Amount, isByAmount: Bool, isManual: Bool) {
        guard !isByAmount, !isManual, !amount.isZero else {
            let why =
                amount.isZero
                ? "the line has no amount"
                : isByAmount ? "the contract is accounted by amount" : "its amount \(amount.money) was entered by hand"
            self =
                stated.says(moreThan: amount)
                ? .leftOut(
                    "Its quantity and unit cost (\(stated)) are not passed on, since \(why): the line is ordered as a "
                        + "lump sum.") : .none
            return
        }
        guard stated.comes(to: amount) else {
            self =
                stated.says(moreThan: amount)
                ? .leftOut(
                    "The quantity \(stated.quantity) times the unit cost \(stated.price) is not the amount "
                        + "\(amount.money), so the line is ordered as a lump sum.") : .none
            return
        }
        let held = stated.held
        guard held.comes(to: amount) else {
            self = .leftOut(
                "QuickBooks holds five decimals of a quantity and of a price, and \(held) is \(held.total.money), where "
                    + "\(stated) is the amount \(amount.money): the line is ordered as a lump sum.")
            return
        }
        self = .passedOn(
            held.quantity.isNegative ? held.turned : held,
            note: held == stated
                ? nil
                : "QuickBooks holds five decimals of a quantity and of a price: the line is ordered as \(held) in place of "
                    + "\(stated), which comes to the same amount \(amount.money).")
    }

    // MARK: - Costs

    /// What a cost passes on, with the sign of its amount; nil where it does not come to it.
    static func units(_ stated: PricedQuantity, _ amount: Amount) -> PricedQuantity? {
        guard !amount.isZero else { return nil }
        if stated.comes(to: amount) { return stated }
        return stated.comes(to: -amount) ? PricedQuantity(-stated.quantity, at: stated.price) : nil
    }

    /// The words for what a cost does not pass on: `3 at 33.33`; nil where there is nothing that the amount does not say,
    /// or no amount: what costs nothing is not passed on at all.
    static func words(_ quantity: String?, _ price: String?, _ amount: Amount) -> String? {
        guard !amount.isZero else { return nil }
        let stated = (quantity: quantity.flatMap { Amount($0) }, price: price.flatMap { Amount($0) })
        guard PricedQuantity(stated.quantity ?? .zero, at: stated.price ?? .zero).says(moreThan: amount) else {
            return nil
        }
        switch (quantity, price) {
        case (let quantity?, let price?): return "\(quantity) at \(price)"
        case (let quantity?, nil): return "\(quantity), without a price"
        case (nil, let price?): return "a price of \(price), without a quantity"
        case (nil, nil): return nil
        }
    }

    /// The sentence about a line of a cost.
    static func leftOut(_ words: String, _ amount: Amount) -> String {
        "Its quantity and cost (\(words)) do not come to its amount \(amount.money), so only the amount is passed on."
    }

    // MARK: - Estimates

    /// The sentence about lines that carry an amount alone; nil where none says more.
    static func leftOut(ofEstimate lines: [(place: String, stated: PricedQuantity)]) -> String? {
        guard !lines.isEmpty else { return nil }
        let named = lines.prefix(5).map { "\($0.place): \($0.stated)" }.joined(separator: "; ")
        let more = lines.count > 5 ? "; and \(lines.count - 5) more" : ""
        return
            "Quantities and unit costs are not passed on, since the lines of an estimate carry amounts alone (\(named)"
            + "\(more))."
    }
}

extension SourceFields {
    /// Its quantity and unit cost, nothing where it has none.
    /// - Throws: a `Problem` where something else than a number stands there.
    func pricedQuantity() throws(Problem) -> PricedQuantity {
        PricedQuantity(try number("quantity") ?? .zero, at: try number("unit_cost") ?? .zero)
    }

    /// Its quantity and unit cost, where they say more than the amount: only to be told, so that no number is none.
    func unitsBeside(_ amount: Amount) -> PricedQuantity? {
        func number(_ path: String) -> Amount { self[path].flatMap { Amount($0) } ?? .zero }
        let stated = PricedQuantity(number("quantity"), at: number("unit_cost"))
        return stated.says(moreThan: amount) ? stated : nil
    }
}
