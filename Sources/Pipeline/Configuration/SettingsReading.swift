import Converters
import QBXML

/// What `plumbline.yaml` says to the converters, read subject by subject. Findings stand in the order of reading.
extension Settings {
    /// Reads everything but what is about costs, which `readCosts` reads.
    init(_ reader: inout ConfigurationReader) {
        let companyID = reader.text("company_id")
        if companyID == nil || companyID?.utf8.allSatisfy({ (48...57).contains($0) }) == false {
            reader.findings.append(
                "company_id is missing or no whole number: set it to Procore's id of your company, "
                    + "or run plumbline init --company-id N.")
        }
        self.init(companyID: companyID ?? "0")
        companyKey = reader.identifier("company_key")
        edition = reader.choice("quickbooks.edition", Edition.self) ?? .us
        if let version = reader.text("quickbooks.qbxml") {
            if let known = QBXMLVersion(version) {
                self.version = known
            } else {
                reader.findings.append("quickbooks.qbxml is \"\(version)\"; it can be 13.0, 14.0, 15.0 or 16.0.")
            }
        }
        readLists(&reader)
        readDocuments(&reader)
        companyFile.name = reader.text("quickbooks.company")
        companyFile.timeZone = reader.timeZone("quickbooks.time_zone")
        lists.matchFirst = reader.lists("match_first")
    }

    private mutating func readLists(_ reader: inout ConfigurationReader) {
        accounts.items.income = reader.text("quickbooks.income_account")
        accounts.items.expense = reader.text("quickbooks.expense_account")
        accounts.exceptions = reader.accounts("quickbooks.accounts")
        jobs.customer = reader.text("quickbooks.customer")
        jobs.customers = reader.map("quickbooks.customers")
        lists.items = reader.choice("items", ItemLayout.self) ?? .flat
        lists.shortForms = reader.flag("short_forms") ?? false
        lists.linkSameName = reader.flag("link_same_name") ?? true
        lists.updateAddresses = reader.flag("update_addresses") ?? false
        lists.vendorTypes = reader.vendorTypes("vendor_types")
    }

    private mutating func readDocuments(_ reader: inout ConfigurationReader) {
        accounts.payable = reader.text("quickbooks.payable_account")
        accounts.bank = reader.text("quickbooks.bank_account")
        documents.retainageItem = reader.text("quickbooks.retainage_item")
        documents.electronicRef = reader.text("quickbooks.electronic_ref") ?? "ACH"
        documents.lumpSum = reader.choice("lump_sum", LumpSum.self) ?? .dollars
        documents.retainageLines = reader.choice("retainage_lines", RetainageLines.self) ?? .bill
        documents.closedBefore = reader.date("closed_before")
        documents.review = reader.review("review")
        if let list = reader.list("statuses.commitments") { statuses.commitments = list }
        if let list = reader.list("statuses.change_orders") { statuses.changeOrders = list }
        if let list = reader.list("statuses.invoices") { statuses.invoices = list }
    }

    /// Reads what is about costs.
    mutating func readCosts(_ reader: inout ConfigurationReader) {
        accounts.codes = reader.map("account_codes")
        tax.purchaseTax = reader.choice("purchase_tax", PurchaseTax.self) ?? .recoverable
        tax.rates = reader.percentages("tax_rates")
    }
}
