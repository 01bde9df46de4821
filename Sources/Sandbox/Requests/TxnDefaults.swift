import QBXML

/// What QuickBooks fills in by itself when a transaction is entered.
struct TxnDefaults {
    /// The days in which a bill without terms is due: QuickBooks' own preference.
    private static let daysDue = 10

    let file: CompanyFile
    let kind: TxnKind

    /// Fills the head of a new transaction.
    /// - Throws: a `Status`: 3150 for what has to be there.
    func fill(_ fields: inout Element) throws {
        fields.fill("TxnDate", try file.today())
        if kind.required.contains("APAccountRef"), fields.first("APAccountRef") == nil, let account = try payable() {
            fields.put(account)
        }
        for name in kind.required where fields.first(name) == nil { throw Status.missing(name) }
        if kind.isNumbered {
            if fields.first("RefNumber") == nil { fields.put("RefNumber", try file.nextRefNumber(kind.name)) }
            try file.count(refNumber: fields["RefNumber"] ?? "", of: kind.name)
        }
        switch kind.name {
        case "Estimate":
            try fill(&fields, yes: ["IsActive"], no: ["IsToBeEmailed"], dates: ["DueDate"])
            try fillTemplate(&fields, "Custom Estimate")
        case "PurchaseOrder":
            let no = ["IsManuallyClosed", "IsToBePrinted", "IsToBeEmailed"]
            try fill(&fields, yes: [], no: no, dates: ["DueDate", "ExpectedDate"])
            try fillTemplate(&fields, "Custom Purchase Order")
        case "Bill": try fillTerms(&fields)
        case "BillPaymentCheck", "Check": fields.fill("IsToBePrinted", "false")
        case "JournalEntry": fields.fill("IsAdjustment", "false")
        case "TimeTracking": try fillTime(&fields)
        default: break
        }
    }

    /// Time is that of somebody who works for the company; what is billed to a customer names the customer and what for.
    func fillTime(_ time: inout Element) throws {
        let who = try time["EntityRef/ListID"].flatMap { try file.record(list: "Entity", listID: $0) }
        if let who, who.kind == "Customer" {
            throw Status.noSuchReference("Entity", try file.fullName(who), in: kind.name)
        }
        time.fill("BillableStatus", "NotBillable")
        guard time["BillableStatus"] == "Billable" else { return }
        for name in ["CustomerRef", "ItemServiceRef"] where time.first(name) == nil { throw Status.missing(name) }
    }

    private func fill(_ fields: inout Element, yes: [String], no: [String], dates: [String]) throws {
        for name in yes { fields.fill(name, "true") }
        for name in no { fields.fill(name, "false") }
        for name in dates { fields.fill(name, fields["TxnDate"] ?? "") }
    }

    private func fillTemplate(_ fields: inout Element, _ name: String) throws {
        guard let template = try file.record(list: "Template", fullName: name) else { return }
        fields.fill(Element("TemplateRef", children: [Element("ListID", text: template.listID)]))
    }

    /// A bill is paid on its vendor's terms, and due when they say.
    private func fillTerms(_ bill: inout Element) throws {
        let vendor = try bill["VendorRef/ListID"].flatMap { try file.record(list: "Entity", listID: $0) }
        if let terms = vendor?.fields.first("TermsRef") { bill.fill(terms) }
        let terms = try bill["TermsRef/ListID"].flatMap { try file.record(list: "Terms", listID: $0) }
        let days = terms.map { $0.fields["StdDueDays"].flatMap { Int($0) } ?? 0 } ?? Self.daysDue
        guard let date = CalendarText.date((bill["TxnDate"] ?? "").trimmed) else { return }
        bill.fill("DueDate", CalendarText.shown(day: date + days))
    }

    private func payable() throws -> Element? {
        try file.records(kinds: ["Account"]).first { $0.fields["AccountType"] == "AccountsPayable" }
            .map { Element("APAccountRef", children: [Element("ListID", text: $0.listID)]) }
    }
}
