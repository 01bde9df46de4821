/// What QuickBooks must hold, told from the contractor alone and never from what Plumbline wrote.
struct ExpectedBooks {
    let contractor: Contractor
    /// Whether payments by Procore Pay are expected.
    var withPayments = true

    /// The books.
    var books: Books {
        var books = Books()
        books.vendors = contractor.vendors.map(\.name)
        books.items = contractor.costCodes.map(\.fullCode) + ["Retainage"]
        for project in contractor.projects {
            books.jobs.append(project.name)
            books.estimates.append(estimate(project))
            for commitment in project.commitments where commitment.isApproved {
                books.orders.append(order(commitment, project))
                for (index, requisition) in commitment.requisitions.enumerated() where requisition.isApproved {
                    books.bills.append(bill(requisition, index, of: commitment))
                }
                books.payments += payments(of: commitment)
            }
        }
        return books.sorted
    }

    private func item(_ code: Int) -> String { contractor.costCodes[code].fullCode }

    private func estimate(_ project: Contractor.Project) -> Books.Estimate {
        let budget = project.budget
        var lines = budget.lines.map { Books.Estimate.Line(item: item($0.code), cents: $0.cents) }
        for modification in budget.modifications {
            for line in budget.lines {
                if line.id == modification.from {
                    lines.append(.init(item: item(line.code), cents: -modification.cents))
                }
                if line.id == modification.to { lines.append(.init(item: item(line.code), cents: modification.cents)) }
            }
        }
        for change in budget.changes where change.status == "approved" {
            lines += change.lines.map { .init(item: item($0.code), cents: $0.cents) }
        }
        return Books.Estimate(job: project.name, total: lines.reduce(0) { $0 + $1.cents }, lines: lines)
    }

    // MARK: Orders

    /// The lines of a change order as the order gets them: changes to one line of the commitment are summed.
    private func summed(_ changeOrder: Contractor.ChangeOrder) -> [(code: Int, cents: Int, ids: [Int])] {
        var lines: [(code: Int, cents: Int, ids: [Int], changed: Int?)] = []
        for line in changeOrder.lines {
            if let changed = line.changedLineID, let index = lines.firstIndex(where: { $0.changed == changed }) {
                lines[index].cents += line.cents
                lines[index].ids.append(line.id)
            } else {
                lines.append((line.code, line.cents, [line.id], line.changedLineID))
            }
        }
        return lines.map { ($0.code, $0.cents, $0.ids) }
    }

    private func order(_ commitment: Contractor.Commitment, _ project: Contractor.Project) -> Books.Order {
        var lines = commitment.lines.map { line -> Books.Order.Line in
            guard let quantity = line.quantity, let price = line.unitCents, quantity > 0 else {
                return lumpSum(line.code, line.cents, project)
            }
            return .init(
                item: item(line.code), job: project.name, cents: line.cents, quantity: "\(quantity)",
                rate: Books.number(ContractorExports.exact(price)))
        }
        for changeOrder in commitment.approvedChanges {
            lines += summed(changeOrder).map { lumpSum($0.code, $0.cents, project) }
        }
        return Books.Order(
            number: commitment.number, vendor: contractor.vendors[commitment.vendor].name,
            total: lines.reduce(0) { $0 + $1.cents }, lines: lines)
    }

    /// Quantity is dollars at rate 1, of a deduct at rate -1; a zero is 1 at rate 0.
    private func lumpSum(_ code: Int, _ cents: Int, _ project: Contractor.Project) -> Books.Order.Line {
        .init(
            item: item(code), job: project.name, cents: cents,
            quantity: cents == 0 ? "1" : Books.number(ContractorExports.exact(abs(cents))), rate: "\(cents.signum())")
    }

    // MARK: Bills and payments

    private func bill(
        _ requisition: Contractor.Requisition, _ index: Int, of commitment: Contractor.Commitment
    ) -> Books.Bill {
        var lineOf: [Int: Books.OrderLine] = [:]
        for line in commitment.lines {
            lineOf[line.id] = .init(order: commitment.number, item: item(line.code), cents: line.cents)
        }
        for line in commitment.approvedChanges.flatMap(summed) {
            for id in line.ids {
                lineOf[id] = .init(order: commitment.number, item: item(line.code), cents: line.cents)
            }
        }
        var gross: [Books.OrderLine: Int] = [:]
        for item in requisition.items { gross[lineOf[item.lineID] ?? .unlinked, default: 0] += item.gross }
        let paid =
            withPayments ? electronic(commitment).filter { $0.requisition == index }.reduce(0) { $0 + $1.cents } : 0
        return Books.Bill(
            refNumber: requisition.invoiceNumber, vendor: contractor.vendors[commitment.vendor].name,
            date: requisition.billingDate, due: requisition.net, open: requisition.net - paid,
            gross: gross.filter { $0.value != 0 }, withheld: requisition.withheld == 0 ? [] : [-requisition.withheld],
            released: requisition.released == 0 ? [] : [requisition.released])
    }

    private func electronic(_ commitment: Contractor.Commitment) -> [Contractor.Payment] {
        commitment.payments.filter { $0.externalID != nil }
    }

    private func payments(of commitment: Contractor.Commitment) -> [Books.Payment] {
        guard withPayments else { return [] }
        return electronic(commitment).compactMap { payment in
            guard let requisition = payment.requisition else { return nil }
            return Books.Payment(
                account: "Checking", refNumber: payment.checkNumber ?? "ACH",
                vendor: contractor.vendors[commitment.vendor].name, cents: payment.cents,
                bill: commitment.requisitions[requisition].invoiceNumber)
        }
    }
}
