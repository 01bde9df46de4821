/// Invents a contractor from a seed: the same seed gives the same contractor.
struct CompanyGenerator {
    /// The configuration that the books of a generated company need.
    static let yaml = """
        company_id: 8089
        quickbooks:
          income_account: Construction Income
          expense_account: Job Expenses
          payable_account: Accounts Payable
          bank_account: Checking
          retainage_item: Retainage
        settle: 200ms
        """

    private static let codes: [(parent: Int?, code: String, name: String)] = [
        (nil, "01", "General Requirements"), (nil, "03", "Concrete"), (nil, "05", "Metals"), (nil, "09", "Finishes"),
        (nil, "26", "Electrical"), (0, "500", "Temporary Facilities"), (1, "100", "Formwork"),
        (1, "300", "Cast-in-Place Concrete"), (2, "120", "Structural Steel"), (2, "500", "Metal Fabrications"),
        (3, "290", "Gypsum Board"), (3, "910", "Painting – Intérieur"), (4, "050", "Rough-In"), (4, "500", "Lighting"),
    ]
    private static let trades = [
        "Concrete", "Steel & Rail", "Drywall", "Électrique", "Painting", "Glazing", "Roofing", "Supply", "Paving",
        "Fencing", "Millwork", "Flooring",
    ]
    private static let names = ["Fixture Pier Clinic", "Fixture Mill Café", "Fixture Depot"]

    private var random: SeededRandom
    private var contractor: Contractor
    private var lastID: [String: Int] = [:]

    /// Invents the contractor of a seed.
    static func contractor(seed: UInt64, projects: Int = 3, currency: String = "USD") -> Contractor {
        var generator = CompanyGenerator(random: SeededRandom(seed: seed), contractor: Contractor(currency: currency))
        generator.fill(projects: projects)
        return generator.contractor
    }

    private init(random: SeededRandom, contractor: Contractor) {
        self.random = random
        self.contractor = contractor
    }

    /// The next Procore id of a kind of record.
    private mutating func id(_ kind: String, from first: Int) -> Int {
        let next = (lastID[kind] ?? first) + 1
        lastID[kind] = next
        return next
    }

    private mutating func fill(projects: Int) {
        contractor.costCodes = Self.codes.enumerated().map { index, code in
            let prefix = code.parent.map { Self.codes[$0].code + "-" } ?? ""
            return Contractor.CostCode(
                id: 71_001 + index, parent: code.parent, code: code.code, fullCode: prefix + code.code, name: code.name)
        }
        contractor.vendors = Self.trades.enumerated().map { index, trade in
            Contractor.Vendor(id: 401_101 + index, name: "Fixture \(trade) \(index + 1)")
        }
        for index in 0..<projects {
            var project = Contractor.Project(
                id: 225_906 + index, index: index, number: "\(2401 + index)", name: Self.names[index],
                budget: budget(of: index))
            for place in 0...6 { project.commitments.append(commitment(place, of: project)) }
            contractor.projects.append(project)
        }
    }

    // MARK: Budget

    private mutating func budget(of project: Int) -> Contractor.Budget {
        var budget = Contractor.Budget(form: [.lineItems, .detailRows, .twoPages][project])
        // One line on a top code, the rest on codes below.
        for code in [project] + random.shuffled(Array(5...13)).prefix(6) {
            budget.lines.append(
                .init(
                    id: id("budget line", from: 348_300), code: code, cents: random.cents(inDollars: 20_000...300_000)))
        }
        let lines = budget.lines
        if budget.form == .lineItems {
            budget.modifications = [(1, 2), (3, 2), (nil, 4)].map { from, to in
                Contractor.Budget.Modification(
                    id: id("modification", from: 75_413), from: from.map { lines[$0].id }, to: lines[to].id,
                    cents: random.cents(inDollars: 500...4_000))
            }
        }
        if budget.form == .detailRows {
            let (first, second) = (random.cents(inDollars: 900...4_000), random.cents(inDollars: 900...4_000))
            budget.changes = [
                change(1, "approved", [(2, first + second), (3, -first), (4, -second)], lines),
                change(2, "under_review", [(1, first), (5, -first)], lines),
            ]
        }
        return budget
    }

    private mutating func change(
        _ number: Int, _ status: String, _ amounts: [(line: Int, cents: Int)], _ lines: [Contractor.Budget.Line]
    ) -> Contractor.Budget.Change {
        Contractor.Budget.Change(
            id: id("budget change", from: 1_044), number: number, status: status,
            lines: amounts.map { amount in
                .init(id: id("adjustment", from: 55), code: lines[amount.line].code, cents: amount.cents)
            })
    }

    // MARK: Commitments

    /// The commitment at a place of a project: the place decides its form and what happens to it.
    ///
    /// 0 work order, alone · 1 and 2 work orders in a list · 3 unit purchase order, alone · 4 purchase order in a
    /// list · 5 header and lines of v2.0 · 6 a draft.
    private mutating func commitment(_ place: Int, of project: Contractor.Project) -> Contractor.Commitment {
        let isOrder = place == 3 || place == 4 || (place == 5 && project.index == 2)
        let isUnitBased = place == 3 || (place == 5 && project.index == 2)
        let vendor = place < 2 ? project.index * 2 + place : 6 + (project.index * 4 + place - 2) % 6
        let form: Contractor.Commitment.Form = place == 5 ? .headerAndLines : [1, 2, 4].contains(place) ? .list : .show
        var commitment = Contractor.Commitment(
            id: id("commitment", from: 786_000), number: "\(project.number)-\(isOrder ? "PO" : "SC")-0\(place + 1)",
            title: "Fixture package \(place + 1) & extras", kind: isOrder ? .purchaseOrder : .workOrder, form: form,
            isUnitBased: isUnitBased, status: place == 6 ? "Draft" : "Approved", vendor: vendor,
            retainagePercent: isUnitBased ? 0 : place == 2 ? 5 : 10, lines: lines(place, isUnitBased: isUnitBased))
        commitment.changeOrders = changeOrders(place, commitment)
        addRequisitions(place, of: project, to: &commitment)
        addPayments(place, of: project, to: &commitment)
        return commitment
    }

    private mutating func lines(_ place: Int, isUnitBased: Bool) -> [Contractor.Commitment.Line] {
        let codes = random.shuffled(Array(0...13))
        var lines: [Contractor.Commitment.Line] = []
        for index in 0..<random.number(in: 2...4) {
            var line = Contractor.Commitment.Line(
                id: id("line", from: 5_175_959), code: codes[index], description: "Work part \(index + 1), 3/4\" – réf",
                cents: random.cents(inDollars: 6_000...90_000))
            if isUnitBased {
                let (quantity, price) = (random.number(in: 20...90), random.cents(inDollars: 12...310))
                (line.quantity, line.unitCents, line.cents) = (quantity, price, quantity * price)
            }
            lines.append(line)
        }
        // An allowance without money.
        if place == 3 {
            lines.append(
                .init(
                    id: id("line", from: 5_175_959), code: codes[5], description: "Allowance, zero until released",
                    cents: 0, quantity: 0, unitCents: 0))
        }
        if place == 4 {
            lines.append(
                .init(
                    id: id("line", from: 5_175_959), code: codes[5], description: "Deduct: material by owner",
                    cents: -random.cents(inDollars: 100...900)))
        }
        return lines
    }

    // MARK: Change orders

    private mutating func changeOrders(_ place: Int, _ commitment: Contractor.Commitment) -> [Contractor.ChangeOrder] {
        switch place {
        case 0, 3: [changeOrder("001", "approved", .package, commitment)]
        case 1:
            [
                changeOrder("001", "approved", .headerAndLines, commitment),
                changeOrder("002", "approved", .headerAndLines, commitment),
                changeOrder("003", "pending", .headerAndLines, commitment),
            ]
        case 2: [changeOrder("001", "pending", .package, commitment)]
        case 5: [changeOrder("001", "approved", .headerAndLines, commitment)]
        default: []
        }
    }

    /// More money and a deduct on new lines; of v2.0 also two changes to one line of the commitment.
    private mutating func changeOrder(
        _ number: String, _ status: String, _ form: Contractor.ChangeOrder.Form, _ commitment: Contractor.Commitment
    ) -> Contractor.ChangeOrder {
        let (first, second) = (commitment.lines[0], commitment.lines[1])
        var order = Contractor.ChangeOrder(
            id: id("change order", from: 1_708_956), number: number, status: status, form: form, lines: [])
        func add(_ line: Contractor.Commitment.Line, _ words: String, _ cents: Int, changes: Bool) {
            order.lines.append(
                .init(
                    id: id("change line", from: 11_786_339), code: line.code, description: "\(words) \(number)",
                    cents: cents, changedLineID: changes ? line.id : nil))
        }
        add(first, "Added footings", random.cents(inDollars: 1_000...6_000), changes: false)
        add(first, "Deduct: thinner slab", -random.cents(inDollars: 100...700), changes: false)
        if form == .headerAndLines {
            add(second, "More of the same", random.cents(inDollars: 1_000...2_000), changes: true)
            add(second, "Less of the same", -random.cents(inDollars: 100...700), changes: true)
        }
        return order
    }

    // MARK: Requisitions

    private mutating func addRequisitions(
        _ place: Int, of project: Contractor.Project, to commitment: inout Contractor.Commitment
    ) {
        let count = [2, 1, 3, 2, 0, 1, 0][place]
        guard count > 0 else { return }
        // One more than count for the first: still under review, so never in the books.
        var items: [Contractor.Item] = []
        for index in 0..<(place == 0 ? count + 1 : count) {
            items = items.map { $0.carried(id: id("item", from: 17_918_096)) }
            let isReleaseOnly = place == 0 && project.index == 1 && index == 1
            if index == 0 { items += contractItems(commitment) }
            let withChanges = place == 1 || place == 5 || (place == 0 && index == (project.index == 1 ? 0 : 1))
            if withChanges { items += changeItems(commitment) }
            for number in items.indices {
                if isReleaseOnly {
                    items[number].workReleased = items[number].workRetainedBefore
                    items[number].storedReleased = items[number].storedRetainedBefore
                } else {
                    let isLast = index == count - 1 && number > 0 && place.isMultiple(of: 2)
                    bill(
                        &items[number], of: commitment, place: place, index: index, isFirst: number == 0,
                        toTheEnd: isLast)
                }
            }
            commitment.requisitions.append(
                .init(
                    id: id("requisition", from: 1_280_600), previousID: commitment.requisitions.last?.id,
                    number: index + 1,
                    invoiceNumber: "INV-\(commitment.number)-\(index + 1)",
                    billingDate: "2026-0\(7 + index)-3\(index % 2)",
                    status: index == count ? "under_review" : "approved", items: items))
        }
    }

    private mutating func contractItems(_ commitment: Contractor.Commitment) -> [Contractor.Item] {
        commitment.lines.map {
            Contractor.Item(
                id: id("item", from: 17_918_096), lineID: $0.id, code: $0.code, description: $0.description,
                scheduled: $0.cents, unitQuantity: $0.quantity, unitCents: $0.unitCents)
        }
    }

    private mutating func changeItems(_ commitment: Contractor.Commitment) -> [Contractor.Item] {
        commitment.approvedChanges.flatMap { order in
            order.lines.map { line in
                Contractor.Item(
                    id: id("item", from: 17_918_096), lineID: line.id, changeOrderID: order.id, code: line.code,
                    description: line.description, scheduled: line.cents)
            }
        }
    }

    /// Enters the work of a period. The first line of a commitment is never billed to its end.
    private mutating func bill(
        _ item: inout Contractor.Item, of commitment: Contractor.Commitment, place: Int, index: Int, isFirst: Bool,
        toTheEnd: Bool
    ) {
        if item.changeOrderID != nil {
            // A change order's line is billed once: in full or, for one in two, by half.
            guard item.workBefore == 0 else { return }
            item.work = item.scheduled < 0 || item.id.isMultiple(of: 2) ? item.scheduled : item.scheduled / 2
        } else if let quantity = item.unitQuantity, let price = item.unitCents {
            item.quantity = quantity * random.number(in: 10...25) / 100
            item.work = item.quantity * price
        } else if toTheEnd {
            item.work = item.scheduled - item.billedBefore
        } else {
            item.work = min(item.scheduled * random.number(in: 10...25) / 100, item.scheduled - item.billedBefore)
            if isFirst {
                item.stored = item.scheduled * (3 + 2 * index) / 100
                item.storedRetained = (item.stored - item.storedBefore) * commitment.retainagePercent / 100
            }
        }
        item.workRetained = item.work * commitment.retainagePercent / 100
        guard isFirst, index > 0 else { return }
        item.workReleased = item.workRetainedBefore / 2
        if index == 2 { item.storedReleased = item.storedRetainedBefore }
    }

    // MARK: Payments

    private mutating func addPayments(
        _ place: Int, of project: Contractor.Project, to commitment: inout Contractor.Commitment
    ) {
        let due = commitment.requisitions.map(\.net)
        func pay(_ requisition: Int?, _ cents: Int, check: String?, isElectronic: Bool) {
            let number = id("payment", from: 66_000)
            commitment.payments.append(
                .init(
                    id: number, requisition: requisition, cents: cents, date: "2026-10-1\(place)", checkNumber: check,
                    externalID: isElectronic ? "pp_fixture\(number)" : nil))
        }
        switch place {
        case 0: pay(0, due[0], check: nil, isElectronic: true)
        case 1:
            let part = due[0] * 2 / 5
            pay(0, part, check: nil, isElectronic: true)
            // The rest goes by an electronic check: two payments of one bill have two numbers.
            if project.index == 0 { pay(0, due[0] - part, check: "20417", isElectronic: true) }
        case 2:
            pay(0, due[0], check: "1043\(project.index)", isElectronic: false)
            pay(nil, 50_025, check: nil, isElectronic: false)
        case 3 where project.index == 2: pay(0, due[0], check: nil, isElectronic: true)
        default: break
        }
    }
}
