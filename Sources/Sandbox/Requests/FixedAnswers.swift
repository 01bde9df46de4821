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
}
