import QBXML

/// What stands in a new company: a small chart of accounts, and a name of every kind that can be in the way.
enum NewCompany {
    // swift-format-ignore
    private static let accounts: [(fullName: String, type: String)] = [
        ("Checking",                     "Bank"),
        ("Accounts Receivable",          "AccountsReceivable"),
        ("Accounts Payable",             "AccountsPayable"),
        ("Company Credit Card",          "CreditCard"),
        ("Retainage Payable",            "OtherCurrentLiability"),
        ("Opening Balance Equity",       "Equity"),
        ("Construction Income",          "Income"),
        ("Cost of Goods Sold",           "CostOfGoodsSold"),
        ("Job Expenses",                 "CostOfGoodsSold"),
        ("Job Expenses:Concrete",        "CostOfGoodsSold"),
        ("Job Expenses:Equipment",       "CostOfGoodsSold"),
        ("Job Expenses:Labor",           "CostOfGoodsSold"),
        ("Job Expenses:Materials",       "CostOfGoodsSold"),
        ("Job Expenses:Subcontractors",  "CostOfGoodsSold"),
        ("Office Expenses",              "Expense"),
    ]

    /// Fills the file of a new company.
    static func fill(_ file: CompanyFile) throws {
        for account in accounts {
            let names = account.fullName.split(separator: ":").map(String.init)
            let parent = try names.count > 1 ? file.record(list: "Account", fullName: names[0]) : nil
            try add(
                file, "Account", names[names.count - 1], parent,
                fields: [Element("AccountType", text: account.type)])
        }
        try add(file, "StandardTerms", "Due on receipt", fields: [Element("StdDueDays", text: "0")])
        try add(file, "StandardTerms", "Net 30", fields: [Element("StdDueDays", text: "30")])
        for (name, isTaxable, desc) in [("Tax", "true", "Taxable"), ("Non", "false", "Not taxable")] {
            try add(
                file, "SalesTaxCode", name,
                fields: [Element("IsTaxable", text: isTaxable), Element("Desc", text: desc)])
        }
        try add(
            file, "Employee", "Dana Whitfield",
            fields: [Element("FirstName", text: "Dana"), Element("LastName", text: "Whitfield")])
        try add(file, "OtherName", "County Clerk")
        try add(file, "ItemNonInventory", "Fasteners")
        for name in ["Custom Estimate", "Custom Purchase Order"] { try add(file, "Template", name) }
    }

    private static func add(
        _ file: CompanyFile, _ kind: String, _ name: String, _ parent: ListRecord? = nil, fields: [Element] = []
    ) throws {
        _ = try file.insert(
            ListRecord(kind: kind, parent: parent?.number, name: name, fields: Element(kind, children: fields)))
    }
}
