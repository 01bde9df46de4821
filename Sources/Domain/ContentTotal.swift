extension Content.Line {
    /// Its dollars: its amount, else its quantity at its rate.
    public var total: Amount {
        // It is asked for whenever a document is written to the sync ledger, so each field is looked at once.
        var (amount, quantity, rate): (Amount?, Amount?, Amount?)
        for field in fields {
            guard case .text(let text) = field.value else { continue }
            switch field.path {
            case "Amount", "PaymentAmount", "amount": amount = amount ?? Amount(text)
            case "Quantity": quantity = Amount(text)
            case "Rate": rate = Amount(text)
            default: continue
            }
        }
        return amount ?? PricedQuantity(quantity ?? .one, at: rate ?? .zero).total
    }
}

extension Content {
    /// The dollars of a transaction: those of its lines, or its own; nil where it has neither.
    public var total: Amount? {
        guard lines.isEmpty else { return lines.reduce(.zero) { $0 + $1.total } }
        return (self["amount"] ?? self["Amount"]).flatMap { Amount($0) }
    }
}

extension Entity {
    /// Whether records of this kind are about dollars.
    public var hasAmount: Bool {
        switch self {
        case .vendors, .projects, .standardCostCodes, .costCodes, .wbsCodes: false
        case .budgets, .budgetModifications, .budgetChanges, .commitments, .commitmentChangeOrders, .requisitions,
            .directCosts, .contractPayments:
            true
        }
    }
}
