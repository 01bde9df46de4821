import Domain
import QBXML
import SyncLedger

/// The preferences of the company, as the Web Connector brings them with a session's first call. Nothing is asked for them.
///
/// All of them are kept as one fact of the sync ledger, a line for each. What is made of them is shown by `doctor`.
/// Source: the schema's `PreferencesRet`; status 3250, "feature not enabled".
struct CompanyPreferences {
    private static let fact = "QuickBooks preferences"
    private static let most = 256

    /// By their paths: `AccountingPreferences/IsUsingClassTracking`.
    private var values: [String: String] = [:]

    /// Those that came.
    init(_ ret: Element) {
        for group in ret.children {
            for leaf in group.children where values.count < Self.most {
                values["\(group.name)/\(leaf.name)"] = leaf["FullName"] ?? leaf.text
            }
        }
    }

    /// Those that are known; nil: none came yet.
    init?(_ books: Books) throws {
        guard let text = try books.fact(Self.fact) else { return nil }
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    /// Keeps them, where they are not those that are known.
    func keep(_ ledger: Ledger) throws {
        let text = values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.filter { !$0.isNewline }.prefix(200))" }.joined(separator: "\n")
        guard !text.isEmpty, try ledger.read({ try $0.fact(Self.fact) }) != text else { return }
        try ledger.write { try $0.setFact(Self.fact, text) }
    }

    private func flag(_ path: String) -> Bool? {
        switch values[path] {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// Whether estimates can be entered, which budgets become; nil: it is not known.
    var hasEstimates: Bool? { flag("JobsAndEstimatesPreferences/IsUsingEstimates") }
    /// Whether purchase orders can be entered, which commitments become; nil: it is not known.
    var hasPurchaseOrders: Bool? { flag("PurchasesAndVendorsPreferences/IsUsingInventory") }

    /// What is worth knowing, in words.
    var words: [String] {
        var words: [String] = []
        func say(_ name: String, _ path: String) {
            if let isOn = flag(path) { words.append("\(name) \(isOn ? "on" : "off")") }
        }
        say("estimates", "JobsAndEstimatesPreferences/IsUsingEstimates")
        say("inventory and purchase orders", "PurchasesAndVendorsPreferences/IsUsingInventory")
        say("class tracking", "AccountingPreferences/IsUsingClassTracking")
        say("account numbers", "AccountingPreferences/IsUsingAccountNumbers")
        say("multiple currencies", "MultiCurrencyPreferences/IsMultiCurrencyOn")
        if let currency = values["MultiCurrencyPreferences/HomeCurrencyRef"] {
            words.append("home currency \(currency)")
        }
        if let tax = values["SalesTaxPreferences/DefaultItemSalesTaxRef"] {
            words.append("sales tax on (\(tax))")
        } else {
            words.append("sales tax \(values.keys.contains { $0.hasPrefix("SalesTaxPreferences/") } ? "on" : "off")")
        }
        if let date = values["AccountingPreferences/ClosingDate"] { words.append("books closed up to \(date)") }
        return words
    }
}
