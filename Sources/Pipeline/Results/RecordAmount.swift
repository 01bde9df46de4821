import Domain
import Procore
import SyncLedger

extension Content.Line {
    /// Its dollars: its amount, else its quantity at its rate.
    var total: Amount {
        let said = self["Amount"] ?? self["PaymentAmount"] ?? self["amount"]
        if let amount = said.flatMap({ Amount($0) }) { return amount }
        let quantity = self["Quantity"].flatMap { Amount($0) } ?? .one
        return PricedQuantity(quantity, at: self["Rate"].flatMap { Amount($0) } ?? .zero).total
    }
}

extension Content {
    /// The dollars of a transaction: those of its lines, or its own; nil where it has neither.
    var total: Amount? {
        guard lines.isEmpty else { return lines.map(\.total).sum }
        return (self["amount"] ?? self["Amount"]).flatMap { Amount($0) }
    }
}

extension LedgerRecord {
    /// The dollars that it is about, as the side that it comes from says; nil for an element of a list, and of documents of
    /// which that is not known yet.
    var amount: Amount? {
        guard entity.hasAmount else { return nil }
        return wanted?.total ?? imported?.total
    }

    /// The same, where the record waits for something that it cannot be said without: what its header says.
    func statedAmount(_ books: Books) throws -> Amount? {
        guard entity.hasAmount else { return nil }
        if let amount { return amount }
        guard let header = try books.fragments(of: id)[DocumentFragment.header] else { return nil }
        let said = ["grand_total", "summary.current_payment_due", "amount"].lazy.compactMap { header[$0] }.first
        return said.flatMap { Amount($0) }
    }
}

extension LedgerRecord {
    /// The number or name that says most to people, beside Procore's id; nil where it has none.
    func title(_ books: Books) throws -> String? {
        let known = wanted?["RefNumber"] ?? wanted?["Name"] ?? imported?["name"]
        if let known { return known }
        guard entity.hasAmount, let header = try books.fragments(of: id)[DocumentFragment.header] else { return nil }
        return ["invoice_number", "check_number", "number", "title"].lazy.compactMap { header[$0] }.first
    }
}

extension Entity {
    /// Whether records of this kind are about dollars.
    var hasAmount: Bool {
        switch self {
        case .vendors, .projects, .standardCostCodes, .costCodes, .wbsCodes: false
        case .budgets, .budgetModifications, .budgetChanges, .commitments, .commitmentChangeOrders, .requisitions,
            .directCosts, .contractPayments:
            true
        }
    }
}

extension Amount {
    /// With two decimals and separators of thousands, as people read money: `45,200.00`.
    var grouped: String {
        let text = magnitude.money
        let whole = text.prefix { $0 != "." }
        var groups: [Substring] = []
        var rest = whole
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        return (isNegative ? "-" : "") + groups.joined(separator: ",") + text.dropFirst(whole.count)
    }
}
