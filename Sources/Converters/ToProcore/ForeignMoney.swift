import Domain
import QBXML

/// Tells transactions in another currency than that of the books.
///
/// Books with several currencies name the currency of every transaction, their own too, which has a rate of 1.
/// - Sources: Intuit qbXML reference, `CurrencyRef`, `ExchangeRate` and the amounts `...InHomeCurrency` (from 8.0).
enum ForeignMoney {
    /// The currency of a transaction, with the field that shows it; nil where its amounts are in the books' own.
    static func currency(of ret: Element, settings: Settings) -> (field: String, name: String)? {
        let name = ret["CurrencyRef/FullName"] ?? ret["CurrencyRef/ListID"]
        if let rate = ret["ExchangeRate"], !rate.isEmpty {
            return Amount(rate) == .one ? nil : ("ExchangeRate", name ?? "unnamed")
        }
        for (field, home) in homeAmounts {
            guard let there = ret[field], let here = ret[home] else { continue }
            return Amount(there) == Amount(here) ? nil : (home, name ?? "unnamed")
        }
        guard let name, QuickBooksText.comparisonKey(name) != QuickBooksText.comparisonKey(own(settings)) else {
            return nil
        }
        return ("CurrencyRef", name)
    }

    /// The totals that are shown in both currencies.
    private static let homeAmounts = [
        ("AmountDue", "AmountDueInHomeCurrency"), ("Amount", "AmountInHomeCurrency"),
        ("CreditAmount", "CreditAmountInHomeCurrency"),
    ]

    /// The name of the books' own currency in QuickBooks' currency list.
    private static func own(_ settings: Settings) -> String {
        settings.edition == .us ? "US Dollar" : "Canadian Dollar"
    }
}

extension JobCost {
    /// Refuses a cost in another currency: its lines do not say what they come to in that of the books.
    ///
    /// Nothing is nothing in every currency, so that a voided transaction passes.
    /// - Throws: what is wrong and what to do.
    public func checkCurrency(_ settings: Settings) throws(Problem) {
        guard !lines.allSatisfy(\.amount.isZero), let foreign = ForeignMoney.currency(of: ret, settings: settings)
        else { return }
        throw Problem(
            record: shown, field: foreign.field,
            what: "The transaction is in another currency (\(foreign.name)), and its lines do not say what they cost "
                + "in the currency of the books.",
            remedy: "Enter its cost in Procore by hand.")
    }
}
