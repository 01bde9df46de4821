import Domain
import Procore
import QBXML

/// A line of a commitment or a change order, worked out for a purchase order.
struct OrderLine {
    /// Procore's ids of the lines it stands for.
    let key: String
    /// What Procore says of it.
    let source: Content.Line
    /// The item that its cost code became.
    let item: RecordKey
    /// The job.
    let job: RecordKey
    /// What it is for.
    let description: String?
    /// How many pieces are ordered.
    let quantity: Amount
    /// At which price.
    let rate: Amount
    /// What that comes to.
    let amount: Amount

    /// Works out a line by units or, where it has none, as a lump sum: see `lump`.
    /// - Throws: a `Problem` that does not name the line.
    init(
        _ line: Content.Line, isUnitBased: Bool, job: RecordKey, description: String?, settings: Settings,
        notes: inout [String]
    ) throws(Problem) {
        try Self.refuseTax(line)
        let amount = try line.money("amount") ?? .zero
        var (quantity, rate) = Self.lump(amount, settings)
        let isManual = line["extended_type"] == "manual"
        let stated = isUnitBased && !isManual ? try line.pricedQuantity() : line.unitsBeside(amount)
        if let stated {
            switch UnitsOfLine(stated, amount, isByAmount: !isUnitBased, isManual: isManual) {
            case .passedOn(let units, let note):
                (quantity, rate) = (units.quantity, units.price)
                if let note { notes.append(note) }
            case .leftOut(let note): notes.append(note)
            case .none: break
            }
        }
        key = line.key
        source = line
        item = try CodeReference.item(of: line)
        self.job = job
        self.description = description
        self.quantity = quantity
        self.rate = rate
        self.amount = amount
    }

    /// A lump sum: as many pieces as dollars at a price of 1, so that it can be billed in any parts to the cent; or
    /// one piece. QuickBooks takes an order with a quantity of nothing or less for received and closes it to later
    /// change orders, so a deduct has the price -1, and a line of nothing has one piece at no price.
    static func lump(_ amount: Amount, _ settings: Settings) -> (quantity: Amount, rate: Amount) {
        if amount.isZero { return (.one, .zero) }
        switch settings.documents.lumpSum {
        case .dollars: return (amount.magnitude, amount.isNegative ? -.one : .one)
        case .one: return (.one, amount)
        }
    }

    static func refuseTax(_ line: Content.Line) throws(Problem) {
        let tax = try line.number("tax_amount")
        guard let tax, !tax.isZero || line["tax_code_id"] != nil && tax.isZero == false else {
            guard tax == nil, let code = line["tax_code_id"] else { return }
            throw Problem(
                field: "tax_code_id",
                what: "The line has the tax code \(code), and taxes are not mapped to QuickBooks.",
                remedy: "Take the tax code off the line in Procore, or enter the order in QuickBooks by hand.")
        }
        throw Problem(
            field: "tax_amount", what: "The line has \(tax.money) of tax, and taxes are not mapped to QuickBooks.",
            remedy: "Enter the order in QuickBooks by hand, or take the tax off the line in Procore.")
    }

    // swift-format-ignore
    /// The table of a purchase order's line, shared by commitments and change orders.
    static let rows: [Row<OrderLine>] = [
        //  QuickBooks line       Procore line
        Row("ItemRef/ListID",     "cost_code.full_code (wbs_code.flat_code)", idOf: { line, _ in line.item }),
        Row("Desc",               "description",                  { $0.description },           .text(4095)),
        Row("Quantity",           "quantity (amount, if lump sum)", { $0.quantity.description }, .quantity),
        Row("Rate",               "unit_cost (1, if lump sum)",   { $0.rate.description },      .quantity),
        Row("CustomerRef/ListID", "project.id",                   idOf: { line, _ in line.job }),
    ]
}

/// Whose line an object is that tells of its holder, as Procore exports lines by themselves.
enum ContractLine {
    case ofCommitment
    case ofChangeOrder

    /// Nil for an object that is no such line.
    /// - Parameter path: the file's path below the inbox, in lower case.
    init?(_ line: JSONRecord, path: String) {
        guard
            line.has(all: "holder", "cost_code") || line.has(all: "holder", "wbs_code")
                || line.has(all: "prime_line_item_id", "amount") || line.has(all: "extended_type", "amount")
                || line.has(all: "extended_type", "total_amount")
        else { return nil }
        let isChange =
            ((try? line.text("holder.holder_type")) ?? nil).map { $0.contains("ChangeOrder") }
            ?? (line.has("commitment_line_item_id") || path.contains("change_order"))
        self = isChange ? .ofChangeOrder : .ofCommitment
    }
}

/// The item that a line's cost code became.
enum CodeReference {
    /// - Throws: a `Problem` where the line has no cost code, or one that QuickBooks has no place for.
    static func item(of line: some SourceFields) throws(Problem) -> RecordKey {
        if let subJob = line["sub_job"] {
            throw Problem(
                field: "wbs_code",
                what: "It belongs to a sub job or has custom segments (\(subJob)), which QuickBooks has no place for.",
                remedy: "Use a cost code of the project itself in Procore, export again, and drop the new file.")
        }
        if let code = line["cost_code"] {
            return RecordKey(.standardCostCodes, code: QuickBooksText.comparisonKey(code))
        }
        if let id = line["wbs_code_id"] { return RecordKey(.wbsCodes, id) }
        throw Problem(
            field: "cost_code", what: "It has no cost code, so it has no item in QuickBooks.",
            remedy: "Give it a cost code in Procore, export again, and drop the new file.")
    }

    /// Refuses amounts in another currency than that of the books.
    static func refuseCurrency(_ source: some SourceFields, _ settings: Settings) throws(Problem) {
        guard let currency = source["currency_configuration.currency_iso_code"], currency != settings.homeCurrency
        else {
            return
        }
        throw Problem(
            field: "currency_configuration.currency_iso_code",
            what: "Its amounts are in \(currency), and the books are in \(settings.homeCurrency).",
            remedy: "Enter it in QuickBooks by hand; only the home currency is converted.")
    }
}
