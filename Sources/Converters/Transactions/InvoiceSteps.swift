import Domain
import Procore

/// The steps by which a Procore subcontractor invoice becomes a QuickBooks Bill, in their order. A step that ends the
/// conversion before the last one throws what it comes to.
struct InvoiceSteps {
    /// The conversion has ended: the invoice waits, is left out or is refused.
    struct Ended: Error {
        let conversion: Conversion
    }

    /// Who and what the bill is for, as the commitment's order has them.
    private struct Order {
        let contract: RecordKey
        let content: Content
        let vendor: RecordKey
        let job: RecordKey
    }

    /// Items that bill one line of the order, or the retainage of an item that bills none.
    private struct BilledLine {
        let key: String
        var items: [InvoiceProgress]
    }

    private let source: DocumentSource
    private let header: Content
    private let settings: Settings
    private let references: any References
    private var findings: Findings
    private var bill: Mapped?

    init(_ source: DocumentSource, _ header: Content, _ settings: Settings, _ references: any References) {
        self.source = source
        self.header = header
        self.settings = settings
        self.references = references
        findings = Findings(source.key.shown)
    }

    /// - Throws: `Ended`; what the sync ledger throws.
    mutating func run() throws -> Conversion {
        let (due, contract) = try dueAndContract()
        let progress = try progressOfItems()
        try compare(progress, with: due)
        let order = try findOrder(contract)
        bill = findings.map(
            RequisitionToBill.Invoice(header: header, vendor: order.vendor), RequisitionToBill.header,
            settings: settings)
        for line in try billedLines(progress, order) { try add(line, order) }
        if settings.documents.retainageLines == .bill { addRetainage(progress, of: nil, key: "all", order.job) }
        try endIfRefused()
        if bill?.content.lines.isEmpty ?? true { return .skipped(Skipped("The invoice bills nothing.")) }
        sayWhatIsUnusual(due)
        return findings.conversion(bill)
    }

    private func endIfRefused() throws {
        guard findings.problems.isEmpty else { throw Ended(conversion: findings.conversion(nil)) }
    }

    /// What is due, and the commitment that is billed.
    private mutating func dueAndContract() throws -> (due: Amount, contract: RecordKey) {
        let (header, settings) = (header, settings)
        let due = findings.attempt { () throws(Problem) in try Self.check(header, settings) }
        let contract = header["commitment_id"].map { RecordKey(.commitments, $0) }
        if contract == nil { findings.add(Self.noCommitment) }
        guard let contract, let due else { throw Ended(conversion: findings.conversion(nil)) }
        return (due, contract)
    }

    /// What every item comes to in this period.
    private mutating func progressOfItems() throws -> [InvoiceProgress] {
        let items =
            (source.lines(DocumentFragment.contractItems) ?? [])
            + (source.lines(DocumentFragment.changeOrderItems) ?? [])
        guard !items.isEmpty else {
            throw Ended(conversion: .waits("Its header was dropped, and its items were not yet.", []))
        }
        let header = header
        let previous = try header["previous_requisition_id"].map { RecordKey(.requisitions, $0) }.map { key in
            (key: key, source: try references.source(key))
        }
        let progress = items.compactMap { item in
            findings.attempt(in: "item \(item.key)") { () throws(Problem) in
                try InvoiceProgress(item, header, previous: previous?.source, hasPrevious: previous != nil)
            }
        }
        try endIfRefused()
        if let key = previous?.key, progress.contains(where: \.needsPrevious) {
            throw Ended(
                conversion: .waits(
                    "Its stored materials can only be worked out from the previous invoice: waits for "
                        + "\(key.shown) with its items.", [key]))
        }
        return progress
    }

    /// The items have to come to what is due. Without `has_lines`, some may still be on their way.
    private mutating func compare(_ progress: [InvoiceProgress], with due: Amount) throws {
        let total = progress.map(\.net).sum
        guard total != due else { return }
        if header["has_lines"] == nil {
            throw Ended(conversion: Sums.wait("summary.current_payment_due", due, "the items", total))
        }
        findings.add(Sums.differ("summary.current_payment_due", due, "its items", total))
        try endIfRefused()
    }

    /// The order that is billed, with its vendor and its job.
    private mutating func findOrder(_ contract: RecordKey) throws -> Order {
        guard let content = try references.wanted(contract), let vendor = content.reference("VendorRef/ListID"),
            let job = content.lines.first?.reference("CustomerRef/ListID")
        else { throw Ended(conversion: .waits(try references.absence(of: contract), [contract])) }
        if let id = header["vendor_id"], RecordKey(.vendors, id) != vendor {
            findings.add(
                Problem(
                    field: "vendor_id", what: "It is by vendor \(id), and its commitment is with \(vendor.shown).",
                    remedy: "Correct it in Procore, export again, and drop the new file."))
        }
        return Order(contract: contract, content: content, vendor: vendor, job: job)
    }

    /// The items by the line of the order that they bill. Retainage alone bills no line of it.
    private mutating func billedLines(_ progress: [InvoiceProgress], _ order: Order) throws -> [BilledLine] {
        var billed: [BilledLine] = []
        for item in progress where !item.gross.isZero || !item.withheld.isZero || !item.released.isZero {
            guard !item.gross.isZero else {
                billed.append(BilledLine(key: "retainage \(item.key)", items: [item]))
                continue
            }
            switch try OrderLines.find(item, order.contract, order.content, references) {
            case .waits(let reason, let needs): throw Ended(conversion: .waits(reason, needs))
            case .refused(let problem): findings.add(problem, in: "item \(item.key)")
            case .found(let line):
                if let index = billed.firstIndex(where: { $0.key == line.key }) {
                    billed[index].items.append(item)
                } else {
                    billed.append(BilledLine(key: line.key, items: [item]))
                }
            }
        }
        return billed
    }

    /// Adds what bills a line of the order, and its retainage where that has a line for each.
    private mutating func add(_ billed: BilledLine, _ order: Order) throws {
        let items = billed.items
        let gross = items.map(\.gross).sum
        if !gross.isZero {
            let place = "item \(items[0].key)"
            let orderLine = try OrderLines.line(billed.key, order.contract, order.content, references)
            let line = findings.attempt(in: place) { () throws(Problem) in
                try Self.billLine(billed.key, items, gross, orderLine, job: order.job, order: order.contract)
            }
            if let line, let orderLine {
                let record = "\(source.key.shown), \(place)"
                bill?.notes += Self.notes(on: line, orderLine, items).map {
                    Note(record: record, field: "quantity", what: $0)
                }
            }
            if let line, let fields = findings.map(line, RequisitionToBill.billed, in: place, settings: settings) {
                bill?.add(fields, key: billed.key)
            }
        }
        if settings.documents.retainageLines == .line {
            addRetainage(items, of: items[0].description, key: billed.key, order.job)
        }
    }

    /// Adds what is withheld of items, as a negative amount, and what is released of them.
    private mutating func addRetainage(
        _ items: [InvoiceProgress], of description: String?, key: String, _ job: RecordKey
    ) {
        let withheld = items.map(\.withheld).sum
        let released = items.map(\.released).sum
        for (amount, word) in [(-withheld, "withheld"), (released, "released")] where !amount.isZero {
            guard settings.documents.retainageItem != nil else { return findings.add(Self.noRetainageItem) }
            let line = RequisitionToBill.RetainageLine(
                description: ["Retainage \(word)", description].compactMap { $0 }.joined(separator: ": "),
                amount: amount, job: job)
            if let fields = findings.map(line, RequisitionToBill.retainage, settings: settings) {
                bill?.add(fields, key: "retainage-\(word)-\(key)")
            }
        }
    }

    private mutating func sayWhatIsUnusual(_ due: Amount) {
        let record = source.key.shown
        if due.isZero {
            bill?.notes.append(Note(record: record, what: "Nothing is due on it: the bill comes to 0.00."))
        }
        if header["invoice_number"] == nil {
            bill?.notes.append(
                Note(
                    record: record, field: "invoice_number",
                    what: "Procore has no invoice number for it, so the bill has none."))
        }
    }
}

extension InvoiceSteps {
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

    private static let noRetainageItem = Problem(
        field: "quickbooks.retainage_item",
        what: "The invoice has retainage, and plumbline.yaml names no item for it.",
        remedy:
            "Make a service item for retainage in QuickBooks, add retainage_item: with its name below "
            + "quickbooks: in plumbline.yaml, then drop the file again.")

    private static func billLine(
        _ key: String, _ items: [InvoiceProgress], _ gross: Amount, _ line: Content.Line?, job: RecordKey,
        order: RecordKey
    ) throws(Problem) -> RequisitionToBill.BillLine {
        let rate = line?["Rate"].flatMap { Amount($0) } ?? .zero
        guard let quantity = gross.divided(by: rate, places: PricedQuantity.places) else {
            throw Problem(
                field: "gross_amount",
                what: "It bills \(gross.money) on a line that is ordered for nothing.",
                remedy: "Give the line an amount by a change order in Procore, or enter the bill in QuickBooks by hand."
            )
        }
        return RequisitionToBill.BillLine(
            description: items.compactMap(\.description).first, amount: gross, quantity: quantity, job: job,
            order: order, orderLine: items.lazy.compactMap { $0.item["line_item_id"] }.first ?? key)
    }

    /// What there is to say about the quantity of a line that bills a line of the order.
    private static func notes(on bill: RequisitionToBill.BillLine, _ line: Content.Line, _ items: [InvoiceProgress])
        -> [String]
    {
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
}
