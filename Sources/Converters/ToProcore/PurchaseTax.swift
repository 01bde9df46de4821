import Domain
import QBXML

/// What was decided about the tax of a transaction that costs jobs.
public enum TaxDecision: Sendable {
    /// There is none, or none that matters.
    case none
    /// The lines' amounts were changed, or might have been: the sentence that says so.
    case said(Note)
    /// The amounts include tax, and it is part of the cost.
    case inCost
    /// The tax stands beside the amounts and is left out; how much of it, where the transaction says so.
    case beside(Amount?)
}

/// Tax on what was bought, which Canadian editions show: inside the amounts of the lines (`IsTaxIncluded`) or on top of
/// them.
///
/// By `purchase_tax` it is recovered, and so no cost of a job, or part of the cost. QuickBooks names a line's tax code and
/// no rate, so `tax_rates` names that. Nothing is guessed: what cannot be told is refused.
/// - Sources: Intuit qbXML reference, `IsTaxIncluded` and `SalesTaxCodeRef` of "BillRet" and the like (6.0, not in US
///   editions), `ItemSalesTaxRef` of "JournalEntryRet"; `TaxAmount` is shown by the Australian edition only.
extension JobCost {
    /// Leaves in the lines' amounts what the jobs cost.
    /// - Throws: why that cannot be told, and what to do.
    public mutating func settleTax(_ settings: Settings) throws(Problem) -> TaxDecision {
        let charged = lines.filter { !$0.amount.isZero }
        let isMarked = charged.contains { $0.taxCode != nil || $0.tax?.isZero == false }
        let isStated = ret["IsTaxIncluded"].map { ["true", "1"].contains($0) }
        guard !charged.isEmpty, isMarked || isStated == true || settings.edition == .ca else { return .none }
        let beside = taxBesideLines
        if isStated == true {
            if let beside, !beside.isZero { throw taxContradiction(beside) }
            return try takeOut(settings, isStated: true)
        }
        if isMarked, kind != .journalEntry {
            // Where the total is that of the lines, no tax is on top of them: either there is none, or it is inside and the
            // response was asked for without IsTaxIncluded. Without a total either, nothing tells.
            if isStated == nil {
                guard let beside else { throw unclearTax }
                if beside.isZero { return try takeOut(settings, isStated: false) }
            }
            if beside?.isZero == true, shownTax?.isZero == false { throw unclearTax }
        }
        guard isMarked || beside?.isZero == false else { return .none }
        guard settings.tax.purchaseTax == .cost else {
            return beside?.isZero == true ? .none : .beside(beside.map(signed) ?? shownTax)
        }
        return try add(beside, settings)
    }

    // MARK: - Tax inside the amounts

    private mutating func takeOut(_ settings: Settings, isStated: Bool) throws(Problem) -> TaxDecision {
        if settings.tax.purchaseTax == .cost { return .inCost }
        var settled = lines
        var words = TaxWords()
        var unknown: [String] = []
        for (index, line) in lines.enumerated() where !line.amount.isZero {
            if let tax = line.tax {
                settled[index].amount = line.amount - tax
                words.add(line.amount, tax, "as QuickBooks shows it")
            } else if let code = line.taxCode {
                guard let rate = settings.taxRate(ofCode: code),
                    let net = (line.amount * .hundred).divided(by: .hundred + rate, places: 2)
                else {
                    unknown.append(code)
                    continue
                }
                settled[index].amount = net
                words.add(line.amount, line.amount - net, "tax code \(code) at \(rate) %")
            } else if ret.first("SalesTaxCodeRef") != nil {
                throw uncodedTax
            }
            if settled[index].amount != line.amount { words.drop(&settled[index].count) }
        }
        guard unknown.isEmpty else { throw unknownTaxRates(unknown.uniqued(), isStated ? .inside : .perhaps) }
        guard !words.sources.isEmpty else {
            return said(
                "QuickBooks says that its amounts include tax, but none of its lines has a tax code, so they are taken as "
                    + "its cost whole.", field: "IsTaxIncluded")
        }
        lines = settled
        guard !words.tax.isZero else { return .none }
        return said(
            "Its amounts include tax: of \(words.amount.money), \(words.tax.money) is tax (\(words.list)) and left out, since "
                + "purchase_tax in plumbline.yaml is recoverable; \((words.amount - words.tax).money) is the cost."
                + (words.hidesCount ? " A quantity and unit cost with tax inside are left out too." : ""),
            field: "IsTaxIncluded")
    }

    // MARK: - Tax beside the amounts

    /// Adds to each line the tax that stands beside it.
    private mutating func add(_ beside: Amount?, _ settings: Settings) throws(Problem) -> TaxDecision {
        if beside?.isZero == true { return .none }
        let billed = ret.children.flatMap(Self.lines(in:)).filter { Self.taxCode($0) != nil || $0["TaxAmount"] != nil }
        // The only line that has a tax code carries all the tax there is.
        let only = billed.count == 1 ? billed[0]["TxnLineID"] : nil
        var settled = lines
        var words = TaxWords()
        var unknown: [String] = []
        for (index, line) in lines.enumerated() where !line.amount.isZero {
            let tax: Amount
            if let shown = line.tax {
                tax = shown
                words.add(line.amount, tax, "as QuickBooks shows it")
            } else if let code = line.taxCode {
                if let beside, only == line.txnLineID {
                    tax = signed(beside)
                    words.add(line.amount, tax, "tax code \(code)")
                } else if let rate = settings.taxRate(ofCode: code) {
                    tax = (line.amount * rate).divided(by: .hundred, places: 2) ?? .zero
                    words.add(line.amount, tax, "tax code \(code) at \(rate) %")
                } else {
                    unknown.append(code)
                    continue
                }
            } else {
                continue
            }
            settled[index].amount = line.amount + tax
            if !tax.isZero { words.drop(&settled[index].count) }
        }
        guard unknown.isEmpty else { throw unknownTaxRates(unknown.uniqued(), .beside) }
        if billed.isEmpty { throw uncodedTax }
        if let beside, let all = taxes(of: billed, settings), all != beside { throw taxDiffers(all, beside) }
        lines = settled
        guard !words.tax.isZero else { return .none }
        return said(
            "Tax of \(words.tax.money) on its lines (\(words.list)) is added to their cost, since purchase_tax in plumbline.yaml "
                + "is cost; \((words.amount + words.tax).money) is the cost."
                + (words.hidesCount ? " A quantity and unit cost without that tax are left out." : ""),
            field: "SalesTaxCodeRef")
    }

    /// The tax of all lines with a code, those of no job too; nil where the rate of one is not known.
    private func taxes(of billed: [Element], _ settings: Settings) -> Amount? {
        if billed.count == 1 { return nil }
        var sum = Amount.zero
        for line in billed {
            guard let amount = line["Amount"].flatMap({ Amount($0) }) else { return nil }
            if let tax = line["TaxAmount"].flatMap({ Amount($0) }) {
                sum += tax
            } else if let rate = Self.taxCode(line).flatMap({ settings.taxRate(ofCode: $0) }),
                let tax = (amount * rate).divided(by: .hundred, places: 2)
            {
                sum += tax
            } else {
                return nil
            }
        }
        return sum
    }

    // MARK: - What the transaction shows

    /// What its total is more than its lines; nil where it shows no total, as journal entries do not.
    private var taxBesideLines: Amount? {
        let field =
            switch kind {
            case .bill: "AmountDue"
            case .vendorCredit: "CreditAmount"
            default: "Amount"
            }
        guard let total = ret[field].flatMap({ Amount($0) }) else { return nil }
        var sum = Amount.zero
        for line in ret.children.flatMap(Self.lines(in:)) {
            guard let text = line["Amount"] else { continue }
            guard let amount = Amount(text) else { return nil }
            sum += amount
        }
        return total - sum
    }

    /// The tax that stands on its lines; nil where none has any.
    private var shownTax: Amount? {
        let taxes = lines.compactMap(\.tax)
        return taxes.isEmpty ? nil : taxes.sum
    }

    /// An amount of the whole transaction with the sign that its lines have.
    private func signed(_ amount: Amount) -> Amount {
        kind == .vendorCredit || kind == .creditCardCredit ? -amount : amount
    }

    private func said(_ what: String, field: String) -> TaxDecision {
        .said(Note(record: shown, field: field, what: what))
    }
}

/// What is said about tax, added up over a transaction's lines.
private struct TaxWords {
    /// What the lines with tax come to, as they are shown.
    var amount = Amount.zero
    var tax = Amount.zero
    /// Where the tax is known from, each once.
    var sources: [String] = []
    /// Whether a quantity and price did not fit what a line costs any more.
    var hidesCount = false

    mutating func add(_ amount: Amount, _ tax: Amount, _ source: String) {
        self.amount += amount
        self.tax += tax
        if !sources.contains(source) { sources.append(source) }
    }

    mutating func drop(_ count: inout JobCost.Count?) {
        if count != nil { hidesCount = true }
        count = nil
    }

    var list: String { sources.joined(separator: ", ") }
}
