import Domain
import QBXML

/// What is said where the tax of a transaction cannot be told.
extension JobCost {
    func taxContradiction(_ beside: Amount) -> Problem {
        Problem(
            record: shown, field: "IsTaxIncluded",
            what: "QuickBooks says that its amounts include tax, but its total differs from its lines by "
                + "\(beside.money), so it is not certain what they cost.",
            remedy:
                "Query it again without IncludeRetElement, and drop the new response; if it says the same, enter the "
                + "cost in Procore by hand.")
    }

    var unclearTax: Problem {
        Problem(
            record: shown, field: "IsTaxIncluded",
            what:
                "It has tax, and the response does not make clear whether its amounts include that tax or stand beside it, so "
                + "it is not certain what they cost.",
            remedy:
                "Query it again without IncludeRetElement, and drop the new response; if it says the same, enter the "
                + "cost in Procore by hand.")
    }

    var uncodedTax: Problem {
        Problem(
            record: shown, field: "SalesTaxCodeRef",
            what: "It has tax, and not every line says by its tax code how much of that is on it.",
            remedy:
                "Give each of its lines a tax code in QuickBooks, query it again, and drop the new response; or enter "
                + "the cost in Procore by hand.")
    }

    /// Where tax stands that nobody has named the rate of.
    enum TaxPlace {
        case inside, perhaps, beside
    }

    func unknownTaxRates(_ codes: [String], _ place: TaxPlace) -> Problem {
        let named = (codes.count == 1 ? "code " : "codes ") + codes.map { "\"\($0)\"" }.joined(separator: ", ")
        let what =
            switch place {
            case .inside:
                "Its amounts include tax, which is no cost (purchase_tax: recoverable), and QuickBooks does not say how much "
                    + "it is: lines have the tax \(named)."
            case .perhaps:
                "Its lines have the tax \(named) and come to its total, so that their amounts include tax, unless there is "
                    + "none; the response says neither that nor how much it is."
            case .beside:
                "The tax on its lines is part of their cost (purchase_tax: cost), and QuickBooks does not say how much it "
                    + "is: lines have the tax \(named)."
            }
        let rates = codes.map { "\"\($0)\": RATE" }.joined(separator: ", ")
        return Problem(
            record: shown, field: "SalesTaxCodeRef", what: what,
            remedy:
                "An administrator sets the rate in percent, as the bookkeeper says it, in plumbline.yaml, tax_rates: {\(rates)} (0 for no tax), and "
                + "drop the response again"
                + (place == .beside ? "." : "; where the tax is not recovered, set purchase_tax: cost there instead."))
    }

    func taxDiffers(_ computed: Amount, _ beside: Amount) -> Problem {
        Problem(
            record: shown, field: "SalesTaxCodeRef",
            what:
                "By tax_rates, the tax on its lines comes to \(computed.money), but its total has \(beside.money) of tax.",
            remedy:
                "Mend tax_rates in plumbline.yaml and drop the response again; if the rates are right, the difference "
                + "is QuickBooks' rounding: enter the cost in Procore by hand.")
    }
}
