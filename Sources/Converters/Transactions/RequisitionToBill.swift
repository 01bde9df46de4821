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
    /// The order with the lines that change orders put to it, its vendor and items, and the invoice before.
    public static let needs = [
        Entity.commitments, .commitmentChangeOrders, .vendors, .projects, .standardCostCodes, .wbsCodes, entity,
    ]
    /// Subcontractor invoices and their items as JSON.
    public static let exports = [
        Export(
            documents: entity, by: .field,
            when: { invoice, _ in
                invoice.has("requisition_start") || invoice.has(all: "summary", "commitment_id")
                    || invoice.has(all: "g702", "commitment_id")
            }, read: Requisition.read),
        Export(
            documents: entity, areLines: true, by: .field,
            when: { item, _ in item.has("work_completed_this_period") }, read: Requisition.readItem),
        Export(
            refused: Problem(
                what: "The file is a list of invoices without their items, from which no bill can be made.",
                remedy: "Drop the invoices as JSON, with their items."),
            columns: ["Billing Date", "Payment Due"]),
    ]
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0, isFixed: true) } + billed.map { TableLine($0, in: object.lineAdd, isFixed: true) }
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
    static let billed: [Row<BillLine>] = [
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
        var steps = InvoiceSteps(source, header, settings, references)
        do {
            return try steps.run()
        } catch let ended as InvoiceSteps.Ended {
            return ended.conversion
        }
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
}
