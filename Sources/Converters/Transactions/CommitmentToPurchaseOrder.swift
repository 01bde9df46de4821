import Domain
import Procore
import QBXML

/// A Procore commitment, be it a work order contract (subcontract) or a purchase order contract, becomes a QuickBooks
/// PurchaseOrder: approved ones only, each line with its item and job.
///
/// - Amounts: dollars, two decimals. Lines by units keep quantity and unit cost; every other line is a lump sum, by
///   default as many pieces as dollars at a price of 1, so that it can be billed in parts to the cent.
/// - Sources: Procore support, "Send a Commitment to ERP Integrations" (number 11, title 255, description to vendor
///   message), Procore REST contracts; Intuit qbXML reference "PurchaseOrderAdd", lengths from its schema.
public enum CommitmentToPurchaseOrder: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "commitment-to-purchase-order"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore commitment becomes a QuickBooks PurchaseOrder."
    /// The names of both sides.
    public static let sides = (from: "Procore commitment", to: "QuickBooks PurchaseOrderAdd")
    /// Commitments.
    public static let entity = Entity.commitments
    /// What it becomes.
    public static let object = TransactionObject.purchaseOrder
    /// The vendor, the job, and the items of the lines.
    public static let needs = [Entity.vendors, .projects, .standardCostCodes, .wbsCodes]
    /// Contracts and their lines as JSON, and schedules of values as CSV.
    public static let exports = [
        Export(
            documents: entity, by: .rest,
            when: { contract, _ in
                ["WorkOrderContract", "PurchaseOrderContract"].contains((try? contract.text("type")) ?? "")
                    || contract.has(all: "accounting_method", "number")
                    || contract.has(all: "number", "title", "vendor", "executed")
            }, read: Commitment.read),
        Export(
            documents: entity, areLines: true, by: .rest,
            when: { line, path in ContractLine(line, path: path) == .ofCommitment }, read: Commitment.readLine),
        Export(
            documents: entity, by: .name,
            when: { contract, path in
                (path.contains("commitment") || path.contains("contract")) && !path.contains("change_order")
                    && contract.has(all: "number", "status")
            }, read: Commitment.read),
        Export(
            lines: entity, by: .rest, columns: Commitment.scheduleHeaders,
            read: { (row, context) throws(Problem) in try Commitment.read(row, context, number: row.ordinal) }),
        Export(
            refused: Problem(
                what: "The file is a list of commitments without their lines and ids.",
                remedy: "Drop the commitments as JSON, with their lines."),
            columns: ["Contract Company", "Original Contract Amount"]),
    ]
    /// The table's lines.
    public static var table: [TableLine] {
        header.map { TableLine($0) } + OrderLine.rows.map { TableLine($0, in: object.lineAdd) }
    }

    // swift-format-ignore
    static let header: [Row<CommitmentHeader>] = [
        //  QuickBooks PurchaseOrderAdd  Procore commitment
        Row("VendorRef/ListID",  "vendor.id (vendor_id)", idOf: { header, _ in header["vendor.id"].map { RecordKey(.vendors, $0) } }),
        Row("TxnDate",           "contract_date (issued_on_date, created_at)", { day($0.content, "contract_date", "issued_on_date", "created_at") }, .date),
        Row("RefNumber",         "number",           { $0["number"] },          .number(11)),
        Row("ShipAddress/Addr1", "ship_to_address",  { $0["ship_to_address"] }, .addressLine(1, of: 5)),
        Row("ShipAddress/Addr2", "ship_to_address",  { $0["ship_to_address"] }, .addressLine(2, of: 5)),
        Row("ShipAddress/Addr3", "ship_to_address",  { $0["ship_to_address"] }, .addressLine(3, of: 5)),
        Row("ShipAddress/Addr4", "ship_to_address",  { $0["ship_to_address"] }, .addressLine(4, of: 5)),
        Row("ShipAddress/Addr5", "ship_to_address",  { $0["ship_to_address"] }, .addressLine(5, of: 5)),
        Row("ExpectedDate",      "delivery_date",    { day($0.content, "delivery_date") }, .date),
        Row("Memo",              "title (and a description of more than 99 characters)", { $0.memo }, .text(4095)),
        Row("VendorMsg",         "description (up to 99 characters)", { $0.isShort ? $0["description"] : nil }, .plainText(99)),
    ]

    /// What a commitment should be.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) -> Conversion {
        guard let header = source.header else {
            return .waits("Its lines were dropped, and its header, the export of the contract, was not yet.", [])
        }
        if let skipped = skipped(header, settings) { return .skipped(skipped) }
        var findings = Findings(source.key.shown)
        check(header, settings, &findings)
        let described = CommitmentHeader(header)
        var mapped = findings.map(described, self.header, settings: settings)
        if !described.isShort {
            mapped?.notes.append(
                Note(
                    record: source.key.shown, field: "description",
                    what: "The description has more than the 99 characters of a vendor message, so it stands in Memo, "
                        + "below the title."))
        }
        guard let lines = lines(source) else {
            guard findings.problems.isEmpty else { return findings.conversion(nil) }
            return .waits("Its header was dropped, and its lines were not yet.", [])
        }
        let job = RecordKey(.projects, header["project.id"] ?? "")
        var total = Amount.zero
        for (index, line) in lines.enumerated() {
            let place = "line \(index + 1) (\(line.key))"
            var changes: [String] = []
            let orderLine = findings.attempt(in: place) { () throws(Problem) in
                try OrderLine(
                    line, isUnitBased: header["accounting_method"] != "amount", job: job,
                    description: line["description"], settings: settings, notes: &changes)
            }
            guard let orderLine, let fields = findings.map(orderLine, OrderLine.rows, in: place, settings: settings)
            else { continue }
            total += orderLine.amount
            mapped?.add(fields, key: line.key)
            mapped?.notes += changes.map { Note(record: "\(source.key.shown), \(place)", what: $0) }
        }
        if lines.isEmpty {
            findings.add(noLines)
        }
        if findings.problems.isEmpty,
            let stated = findings.attempt({ () throws(Problem) in try header.money("grand_total") }), let stated,
            stated != total
        {
            if header["has_lines"] == nil { return Sums.wait("grand_total", stated, "the lines", total) }
            findings.add(Sums.differ("grand_total", stated, "its lines", total))
        }
        return findings.conversion(mapped)
    }

    private static let noLines = Problem(
        field: "line_items", what: "It has no lines, and an order needs one.",
        remedy: "Give it a schedule of values in Procore, export again, and drop the new file.")

    /// The lines; those that also came as a schedule of values, which has no ids, are known by both.
    private static func lines(_ source: DocumentSource) -> [Content.Line]? {
        let schedule = source.lines(DocumentFragment.scheduleOfValues)
        guard let lines = source.lines(DocumentFragment.lines) else { return schedule }
        guard let schedule, schedule.count == lines.count else { return lines }
        return zip(schedule, lines).map { Content.Line("\($0.key)+\($1.key)", $1.fields) }
    }

    /// Orders of one number would be taken for one another.
    public static func numberKey(of content: Content) -> String? {
        content["RefNumber"].map { "\(object.kind.rawValue)|\(QuickBooksText.comparisonKey($0))" }
    }

    private static func skipped(_ header: Content, _ settings: Settings) -> Skipped? {
        if header["deleted_at"] != nil { return Skipped("The commitment was deleted in Procore.") }
        let status = header["status"] ?? ""
        guard !settings.statuses.commitments.contains(where: { $0.lowercased() == status.lowercased() }) else {
            return nil
        }
        return Skipped(
            "The status of the commitment is \(status.isEmpty ? "empty" : status); to QuickBooks go those that are "
                + "\(settings.statuses.commitments.joined(separator: ", ")) (statuses.commitments).")
    }

    private static func check(_ header: Content, _ settings: Settings, _ findings: inout Findings) {
        findings.attempt { () throws(Problem) in try CodeReference.refuseCurrency(header, settings) }
        for field in ["contract_date", "issued_on_date", "delivery_date"] {
            _ = findings.attempt { () throws(Problem) in try header.date(field) }
        }
        if header["vendor.id"] == nil {
            findings.add(
                Problem(
                    field: "vendor", what: "It has no company, and an order needs a vendor.",
                    remedy: "Choose the contract company in Procore, export again, and drop the new file."))
        }
        if let title = header["title"], title.unicodeScalars.count > 255 {
            findings.add(
                Problem(
                    field: "title",
                    what: "The title has \(title.unicodeScalars.count) characters; at most 255 go to QuickBooks.",
                    remedy: "Shorten it in Procore, export again, and drop the new file."))
        }
    }
}

/// A commitment's header, with its description made plain once.
struct CommitmentHeader {
    let content: Content
    /// The description as plain text; empty where there is none.
    private let description: String

    init(_ content: Content) {
        self.content = content
        description = content["description"].map(HTMLText.plain) ?? ""
    }

    subscript(_ field: String) -> String? { content[field] }

    /// Whether the description is no longer than a vendor message.
    var isShort: Bool { description.unicodeScalars.count <= 99 }

    /// The title, and below it a description that is too long for a vendor message.
    var memo: String? {
        let texts = [self["title"], isShort ? nil : description].compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}

/// The first filled of some dates, as a day.
func day(_ source: Content, _ fields: String...) -> String? {
    for field in fields {
        if let text = source[field], let date = CalendarDate(text) { return date.description }
    }
    return nil
}
