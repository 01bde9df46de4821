import Domain
import Procore
import QBXML

/// A Procore subcontractor invoice (in its API, a requisition) becomes a QuickBooks Bill: each line is linked to the
/// line of the PurchaseOrder that it bills, and retainage has lines of its own, withheld as a negative and released as
/// a positive amount, so that the bill's total is what is due now.
///
/// - Amounts: dollars, two decimals, checked to the cent against what Procore says is due. Negative invoices do not go to
///   QuickBooks: a credit is another document.
/// - Sources: Procore support, "Set up the Subcontractor Invoices feature" (retainage item) and "Detailed Data Mapping";
///   Procore REST "Requisitions (Subcontractor Invoices)"; Intuit qbXML reference "BillAdd" and "Linking item receipt and
///   bill to purchase order".
public enum RequisitionToBill: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "requisition-to-bill"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore subcontractor invoice becomes a QuickBooks Bill."
    /// The names of both sides.
    public static let sides = (from: "Procore subcontractor invoice", to: "QuickBooks BillAdd")
    /// Subcontractor invoices.
    public static let entity = Entity.requisitions
    /// What it becomes.
    public static let object = TransactionObject.bill
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0, isFixed: true) } + work.map { TableLine($0, in: object.lineAdd, isFixed: true) }
            + retainage.map { TableLine($0, in: object.lineAdd, isFixed: true) }
    }

    struct Invoice {
        let header: Content
        let vendor: RecordKey
    }

    // swift-format-ignore
    static let header: [Row<Invoice>] = [
        //  QuickBooks BillAdd       Procore subcontractor invoice
        Row("VendorRef/ListID",      "(vendor of the commitment)",    idOf: { invoice, _ in invoice.vendor }),
        Row("APAccountRef/FullName", "(quickbooks.payable_account)",  from: { $1.accounts.payable }, .atMost(159), update: .never),
        Row("TxnDate",               "billing_date (requisition_end, created_at)", { day($0.header, "billing_date", "requisition_end", "created_at") }, .date),
        Row("RefNumber",             "invoice_number",                { $0.header["invoice_number"] }, .number(20), isOptional: true),
        Row("Memo",                  "contract_name",                 { $0.header["contract_name"] },  .text(4095)),
    ]

    // swift-format-ignore
    static let work: [Row<BillLine>] = [
        //  QuickBooks ItemLineAdd  Procore item
        Row("Desc",                 "description_of_work",                 { $0.description },                .text(4095)),
        Row("Quantity",             "gross amount ÷ the order line's rate", { $0.quantity.description },      .quantity),
        Row("Amount",               "gross_amount",                        { $0.amount.money },               .dollars),
        Row("CustomerRef/ListID",   "(job of the commitment)",             idOf: { line, _ in line.job }),
        Row("LinkToTxn/TxnID",      "commitment_id",                       idOf: { line, _ in line.order }),
        Row("LinkToTxn/TxnLineID",  "line_item_id",                        lineOf: { ($0.order, $0.orderLine) }),
    ]

    // swift-format-ignore
    static let retainage: [Row<RetainageLine>] = [
        Row("ItemRef/FullName",     "(quickbooks.retainage_item)",         from: { $1.documents.retainageItem }, .atMost(159)),
        Row("Desc",                 "(retainage withheld or released)",    { $0.description },         .text(4095)),
        Row("Amount",               "retainage withheld (negative), released", { $0.amount.money },    .dollars),
        Row("CustomerRef/ListID",   "(job of the commitment; retainage)",             idOf: { line, _ in line.job }),
    ]

    /// A line that bills a line of the order.
    struct BillLine {
        let description: String?
        let amount: Amount
        let quantity: Amount
        let job: RecordKey
        let order: RecordKey
        let orderLine: String
    }

    /// A line of retainage.
    struct RetainageLine {
        let description: String
        let amount: Amount
        let job: RecordKey
    }

    /// What an invoice should be.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion {
        guard let header = source.header else {
            return .waits("Its items were dropped, and its header, the export of the invoice, was not yet.", [])
        }
        if let skipped = skipped(header, settings) { return .skipped(skipped) }
        var findings = Findings(source.key.shown)
        let due = findings.attempt { () throws(Problem) in try check(header, settings) }
        guard let contract = header["commitment_id"].map({ RecordKey(.commitments, $0) }), let due else {
            if header["commitment_id"] == nil { findings.add(noCommitment) }
            return findings.conversion(nil)
        }
        let items =
            (source.lines(DocumentFragment.contractItems) ?? [])
            + (source.lines(DocumentFragment.changeOrderItems) ?? [])
        guard !items.isEmpty else { return .waits("Its header was dropped, and its items were not yet.", []) }

        let previous = try header["previous_requisition_id"].map { RecordKey(.requisitions, $0) }.map { key in
            (key: key, source: try references.source(key))
        }
        var progress: [InvoiceProgress] = []
        for item in items {
            let place = "item \(item.key)"
            let worked = findings.attempt(in: place) { () throws(Problem) in
                try InvoiceProgress(item, header, previous: previous?.source, hasPrevious: previous != nil)
            }
            if let worked { progress.append(worked) }
        }
        if let key = previous?.key, progress.contains(where: \.needsPrevious) {
            guard findings.problems.isEmpty else { return findings.conversion(nil) }
            return .waits(
                "Its stored materials can only be worked out from the previous invoice: waits for "
                    + "\(key.shown) with its items.", [key])
        }
        guard findings.problems.isEmpty else { return findings.conversion(nil) }
        let total = progress.map(\.net).sum
        if total != due {
            if header["has_lines"] == nil { return Sums.wait("summary.current_payment_due", due, "the items", total) }
            findings.add(Sums.differ("summary.current_payment_due", due, "its items", total))
            return findings.conversion(nil)
        }
        guard let order = try references.wanted(contract), let vendor = order.reference("VendorRef/ListID"),
            let job = order.lines.first?.reference("CustomerRef/ListID")
        else { return .waits(try references.absence(of: contract), [contract]) }
        if let id = header["vendor_id"], RecordKey(.vendors, id) != vendor {
            findings.add(
                Problem(
                    field: "vendor_id", what: "It is by vendor \(id), and its commitment is with \(vendor.shown).",
                    remedy: "Correct it in Procore, export again, and drop the new file."))
        }

        var mapped = findings.map(Invoice(header: header, vendor: vendor), self.header, settings: settings)
        var billed: [(key: String, lines: [InvoiceProgress])] = []
        for item in progress where !item.gross.isZero || !item.withheld.isZero || !item.released.isZero {
            guard !item.gross.isZero else {
                // Retainage alone bills no line of the order.
                billed.append(("retainage \(item.key)", [item]))
                continue
            }
            let line = try OrderLines.find(item, contract, order, references)
            switch line {
            case .waits(let reason, let needs): return .waits(reason, needs)
            case .refused(let problem): findings.add(problem, in: "item \(item.key)")
            case .found(let key):
                if let index = billed.firstIndex(where: { $0.key == key.key }) {
                    billed[index].lines.append(item)
                } else {
                    billed.append((key.key, [item]))
                }
            }
        }
        for (key, items) in billed {
            let gross = items.map(\.gross).sum
            if !gross.isZero {
                let line = try OrderLines.line(key, contract, order, references)
                let work = findings.attempt(in: "item \(items[0].key)") { () throws(Problem) in
                    try billLine(key, items, gross, line, job: job, order: contract)
                }
                if let work, let line {
                    mapped?.notes += notes(on: work, line, items).map {
                        Note(record: "\(source.key.shown), item \(items[0].key)", field: "quantity", what: $0)
                    }
                }
                if let work, let fields = findings.map(work, self.work, in: "item \(items[0].key)", settings: settings)
                {
                    mapped?.add(fields, key: key)
                }
            }
            if settings.documents.retainageLines == .line {
                add(items, of: items[0].description, key: key, job, settings, &findings, &mapped)
            }
        }
        if settings.documents.retainageLines == .bill {
            add(progress, of: nil, key: "all", job, settings, &findings, &mapped)
        }
        guard findings.problems.isEmpty else { return findings.conversion(nil) }
        if mapped?.content.lines.isEmpty ?? true { return .skipped(Skipped("The invoice bills nothing.")) }
        if due.isZero {
            mapped?.notes.append(Note(record: source.key.shown, what: "Nothing is due on it: the bill comes to 0.00."))
        }
        if header["invoice_number"] == nil {
            mapped?.notes.append(
                Note(
                    record: source.key.shown, field: "invoice_number",
                    what: "Procore has no invoice number for it, so the bill has none."))
        }
        return findings.conversion(mapped)
    }

    /// Bills of one number by one vendor would be taken for one another.
    public static func numberKey(of content: Content) -> String? {
        guard let number = content["RefNumber"], let vendor = content.reference("VendorRef/ListID") else { return nil }
        return "\(object.kind.rawValue)|\(vendor)|\(QuickBooksText.comparisonKey(number))"
    }

    private static func skipped(_ header: Content, _ settings: Settings) -> Skipped? {
        if header["deleted_at"] != nil { return Skipped("The invoice was deleted in Procore.") }
        let status = header["status"] ?? ""
        guard !settings.statuses.invoices.contains(where: { $0.lowercased() == status.lowercased() }) else {
            return nil
        }
        return Skipped(
            "The status of the invoice is \(status.isEmpty ? "empty" : status); to QuickBooks go those that are "
                + "\(settings.statuses.invoices.joined(separator: ", ")) (statuses.invoices).")
    }

    /// What is due, once nothing speaks against the invoice as a whole.
    private static func check(_ header: Content, _ settings: Settings) throws(Problem) -> Amount {
        try CodeReference.refuseCurrency(header, settings)
        _ = try header.date("billing_date")
        if let tax = try header.number("summary.tax_applicable_to_this_payment"), !tax.isZero {
            throw Problem(
                field: "summary.tax_applicable_to_this_payment",
                what: "The invoice has \(tax.money) of tax, and taxes are not mapped to QuickBooks.",
                remedy: "Enter the bill in QuickBooks by hand.")
        }
        guard let due = try header.money("summary.current_payment_due") else {
            throw Problem(
                field: "summary.current_payment_due",
                what: "It does not say what is due, so its items cannot be checked.",
                remedy: "Export the invoice with its summary (view extended), and drop the new file.")
        }
        guard !due.isNegative else {
            throw Problem(
                field: "summary.current_payment_due",
                what: "The invoice is negative (\(due.money)), and negative invoices do not go to QuickBooks as bills.",
                remedy: "Enter it in QuickBooks by hand, as a vendor credit.")
        }
        return due
    }

    private static let noCommitment = Problem(
        field: "commitment_id", what: "It does not say which commitment it bills.",
        remedy: "Export it again from Procore, unchanged, and drop the new file.")

    private static func billLine(
        _ key: String, _ items: [InvoiceProgress], _ gross: Amount, _ line: Content.Line?, job: RecordKey,
        order: RecordKey
    ) throws(Problem) -> BillLine {
        let rate = line?["Rate"].flatMap { Amount($0) } ?? .zero
        guard let quantity = gross.divided(by: rate, places: PricedQuantity.places) else {
            throw Problem(
                field: "gross_amount",
                what: "It bills \(gross.money) on a line that is ordered for nothing.",
                remedy: "Give the line an amount by a change order in Procore, or enter the bill in QuickBooks by hand."
            )
        }
        return BillLine(
            description: items.compactMap(\.description).first, amount: gross, quantity: quantity, job: job,
            order: order, orderLine: items.lazy.compactMap { $0.item["line_item_id"] }.first ?? key)
    }

    /// What there is to say about the quantity of a line that bills a line of the order.
    private static func notes(on bill: BillLine, _ line: Content.Line, _ items: [InvoiceProgress]) -> [String] {
        let units = PricedQuantity(bill.quantity, at: line["Rate"].flatMap { Amount($0) } ?? .zero)
        var notes: [String] = []
        let stated = items.compactMap { $0.item["work_completed_this_period_quantity"].flatMap { Amount($0) } }.sum
        if !stated.isZero, stated.rounded(PricedQuantity.places) != units.quantity {
            notes.append(
                "Procore's quantity \(stated) is not passed on: the bill's line has \(units.quantity), its amount "
                    + "\(bill.amount.money) ÷ the price \(units.price) of the order's line, so that it is billed to the cent."
            )
        } else if stated.rounded(PricedQuantity.places) != stated {
            notes.append(
                "QuickBooks holds five decimals of a quantity: the bill's line has \(units.quantity) in place of "
                    + "\(stated), and its amount \(bill.amount.money).")
        }
        if !units.comes(to: bill.amount) {
            notes.append(
                "QuickBooks holds five decimals of a quantity: \(units) is \(units.total.money), and the bill's line has its "
                    + "amount \(bill.amount.money). What the order shows as open is not exact to the cent.")
        }
        return notes
    }

    private static func add(
        _ items: [InvoiceProgress], of description: String?, key: String, _ job: RecordKey, _ settings: Settings,
        _ findings: inout Findings, _ mapped: inout Mapped?
    ) {
        let withheld = items.map(\.withheld).sum
        let released = items.map(\.released).sum
        for (amount, word) in [(-withheld, "withheld"), (released, "released")] where !amount.isZero {
            guard settings.documents.retainageItem != nil else {
                findings.add(
                    Problem(
                        field: "quickbooks.retainage_item",
                        what: "The invoice has retainage, and plumbline.yaml names no item for it.",
                        remedy:
                            "Make a service item for retainage in QuickBooks, add retainage_item: with its name below "
                            + "quickbooks: in plumbline.yaml, then drop the file again."))
                return
            }
            let line = RetainageLine(
                description: ["Retainage \(word)", description].compactMap { $0 }.joined(separator: ": "),
                amount: amount, job: job)
            if let fields = findings.map(line, retainage, settings: settings) {
                mapped?.add(fields, key: "retainage-\(word)-\(key)")
            }
        }
    }
}
