/// So many pieces at a price, and whether they come to an amount: one rule for both directions.
///
/// QuickBooks and Procore each hold a quantity, a price and an amount, and neither makes one of them from the others
/// alone. A quantity and a price are passed on only where they come to the amount; the amount itself never changes.
/// - Sources: Intuit qbXML reference, QUANTYPE and PRICETYPE (five decimals) and AMTTYPE (two, rounded half up).
public struct PricedQuantity: Sendable, Hashable, CustomStringConvertible {
    /// How many pieces; below zero where some are taken back.
    public let quantity: Amount
    /// What one of them costs.
    public let price: Amount

    /// How many decimals QuickBooks holds of a quantity and of a price.
    public static let places = 5

    /// So many pieces at a price.
    public init(_ quantity: Amount, at price: Amount) {
        self.quantity = quantity
        self.price = price
    }

    /// What they come to, to the cent, a half away from zero.
    public var total: Amount { (quantity * price).rounded(2) }

    /// Whether they come to an amount of money, to the cent.
    public func comes(to amount: Amount) -> Bool { total == amount }

    /// What QuickBooks can hold of it: five decimals of each, a half away from zero.
    public var held: PricedQuantity {
        PricedQuantity(quantity.rounded(Self.places), at: price.rounded(Self.places))
    }

    /// The same with both signs turned, which comes to the same.
    public var turned: PricedQuantity { PricedQuantity(-quantity, at: -price) }

    /// Whether it says more than an amount alone would: nothing, and one piece at the amount, do not.
    public func says(moreThan amount: Amount) -> Bool {
        let isOne = quantity.isZero || quantity.magnitude == .one
        return !isOne || !price.isZero && price.magnitude != amount.magnitude
    }

    /// `12 at 38.5`
    public var description: String { "\(quantity) at \(price)" }
}
