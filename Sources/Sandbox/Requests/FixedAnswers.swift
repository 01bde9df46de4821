import QBXML

/// The answers that do not depend on what stands in the company.
enum FixedAnswers {
    /// The program and the versions it takes: QuickBooks 2023 is version 33.
    static func host(_ edition: Edition) -> Element {
        Element(
            "HostRet",
            children: [
                Element("ProductName", text: "Plumbline sandbox company"),
                Element("MajorVersion", text: "33"),
                Element("MinorVersion", text: "0"),
                Element("Country", text: edition.rawValue.uppercased()),
            ] + Prolog.versions.map { Element("SupportedQBXMLVersion", text: $0) } + [
                Element("IsAutomaticLogin", text: "false"),
                Element("QBFileMode", text: "SingleUser"),
            ])
    }

    /// The company.
    static func company(_ edition: Edition, name: String) -> Element {
        Element(
            "CompanyRet",
            children: [
                Element("IsSampleCompany", text: "true"),
                Element("CompanyName", text: name),
                Element("LegalCompanyName", text: name),
                Element("Address", children: [Element("Country", text: edition.rawValue.uppercased())]),
                Element("FirstMonthFiscalYear", text: "January"),
                Element("FirstMonthIncomeTaxYear", text: "January"),
                Element("TaxForm", text: "OtherOrNone"),
            ])
    }

    /// What the company has switched on, as far as it means anything here.
    static let preferences = Element(
        "PreferencesRet",
        children: [
            block(
                "AccountingPreferences",
                [
                    ("IsUsingAccountNumbers", "false"), ("IsRequiringAccounts", "true"),
                    ("IsUsingClassTracking", "true"), ("IsUsingAuditTrail", "true"),
                    ("IsAssigningJournalEntryNumbers", "true"),
                ]),
            block(
                "JobsAndEstimatesPreferences",
                [
                    ("IsUsingEstimates", "true"), ("IsUsingProgressInvoicing", "false"),
                    ("IsPrintingItemsWithZeroAmounts", "false"),
                ]),
            block(
                "PurchasesAndVendorsPreferences",
                [
                    ("IsUsingInventory", "true"), ("DaysBillsAreDue", "10"), ("IsAutomaticallyUsingDiscounts", "false"),
                ]),
        ])

    private static func block(_ name: String, _ settings: [(String, String)]) -> Element {
        Element(name, children: settings.map { Element($0.0, text: $0.1) })
    }
}
