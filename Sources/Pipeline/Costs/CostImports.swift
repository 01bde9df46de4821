import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks shows of transactions that cost jobs becomes news for Procore; `Dispatch` decides what is told.
struct CostImports {
    let context: ProcessingContext
    private let known: OwnTransactions
    private var tally = Tally()

    init(_ context: ProcessingContext, _ known: OwnTransactions) {
        self.context = context
        self.known = known
    }

    /// What is said once for a file, however many transactions it is about.
    private struct Tally {
        var withoutJob = 0
        var withoutMoney = 0
        var withoutLines = 0
        /// Transactions whose amounts include tax that is part of the cost.
        var taxInCost = 0
        /// Transactions with tax beside their lines, which is left out, and what of it they show.
        var taxLeftOut = (transactions: 0, amount: Amount.zero, isWhole: true)
        /// Minutes of time by job.
        var minutes: [String: (entries: Int, minutes: Int)] = [:]

        mutating func add(_ tax: TaxDecision) {
            switch tax {
            case .none, .said: break
            case .inCost: taxInCost += 1
            case .beside(let amount):
                taxLeftOut.transactions += 1
                if let amount { taxLeftOut.amount += amount } else { taxLeftOut.isWhole = false }
            }
        }
    }

    /// Takes one transaction; says whether its kind is a cost, or might be taken for one.
    mutating func take(_ ret: Element) throws -> Bool {
        switch ret.name {
        case "ItemReceiptRet": try receipt(ret)
        case "TimeTrackingRet": time(ret)
        default:
            guard let kind = JobCostToDirectCost.kind(ofRet: ret.name) else { return false }
            let cost: JobCost
            do throws(Problem) {
                cost = try JobCost(ret, kind: kind)
            } catch {
                context.receipt.count(.directCosts, .rejected)
                context.receipt.add(error)
                return true
            }
            try take(cost)
        }
        return true
    }

    /// Says what there is to say about many transactions at once.
    mutating func finish() {
        func add(_ count: Int, _ one: String, _ many: String) {
            guard count > 0 else { return }
            context.receipt.add(Note(what: count == 1 ? one : "\(count) \(many)"))
        }
        add(
            tally.withoutJob, "A transaction without a job is no job cost.",
            "transactions without a job are no job costs.")
        add(
            tally.withoutMoney, "A transaction without money on its jobs, such as a voided one, is no job cost.",
            "transactions without money on their jobs, such as voided ones, are no job costs.")
        add(
            tally.withoutLines,
            "A transaction came without its lines; query it again with IncludeLineItems, and drop that response.",
            "transactions came without their lines; query them again with IncludeLineItems, and drop that response.")
        finishTax()
        for (job, time) in tally.minutes.sorted(by: { $0.key < $1.key }) {
            let minutes = String(time.minutes % 60)
            let hours = "\(time.minutes / 60):\(minutes.count < 2 ? "0" : "")\(minutes)"
            context.receipt.add(
                Note(
                    record: "QuickBooks job \"\(job)\"",
                    what:
                        "\(time.entries == 1 ? "1 time entry" : "\(time.entries) time entries") of \(hours) hours: time "
                        + "has no money, so it is no cost; paychecks come from a detail report that is dropped."))
        }
        tally = Tally()
    }

    /// Says once what became of the tax that needs no decision of its own.
    private func finishTax() {
        func transactions(_ count: Int) -> String { count == 1 ? "1 transaction" : "\(count) transactions" }
        if tally.taxInCost > 0 {
            context.receipt.add(
                Note(
                    field: "IsTaxIncluded",
                    what:
                        "The amounts of \(transactions(tally.taxInCost)) include tax, which is imported as cost, since "
                        + "purchase_tax in plumbline.yaml is cost."))
        }
        let left = tally.taxLeftOut
        guard left.transactions > 0 else { return }
        let amount = left.isWhole ? " of \(left.amount.money) in all" : ""
        context.receipt.add(
            Note(
                field: "SalesTaxCodeRef",
                what: "Tax\(amount) that \(transactions(left.transactions)) "
                    + "\(left.transactions == 1 ? "has" : "have") on top of the lines is left out of the cost, since "
                    + "purchase_tax in plumbline.yaml is recoverable."))
    }

    // MARK: - Costs

    private mutating func take(_ cost: JobCost) throws {
        let before = try context.books.imported(.directCosts, ofTransaction: cost.txnID).filter { $0.kind == cost.kind }
        if cost.kind == .bill, try known.isOurs(.requisitions, .bill, cost.txnID, guid: cost.externalGUID) {
            if before.isEmpty { return context.receipt.count(.directCosts, .unchanged) }
            for record in before { try takeBack(record, cost.editSequence, cost.modifiedAt) }
            return
        }
        guard cost.showsLines || cost.isEmpty && !before.isEmpty else {
            context.receipt.count(.directCosts, .skipped)
            tally.withoutLines += 1
            return
        }
        var cost = cost
        let onOrders: OrderBills.Finding?
        let tax: TaxDecision
        do {
            onOrders = try OrderBills(context: context).settle(&cost)
            try cost.checkCurrency(context.settings)
            tax = try cost.settleTax(context.settings)
        } catch let problem as Problem {
            context.receipt.count(.directCosts, .rejected)
            return context.receipt.add(problem)
        }
        let isNews = try take(cost, before, isOnOrder: onOrders != nil)
        if let onOrders, isNews || cost.lines.isEmpty { context.receipt.add(onOrders.note(cost)) }
        guard isNews else { return }
        if case .said(let note) = tax { context.receipt.add(note) }
        tally.add(tax)
    }

    /// Takes what a transaction costs each job; says whether any of that is news.
    private mutating func take(_ cost: JobCost, _ before: [LedgerRecord], isOnOrder: Bool) throws -> Bool {
        var isNews = before.isEmpty
        let jobs = try jobs(of: cost)
        for record in before where !jobs.contains(where: { record.quickBooksID == "\(cost.txnID)|\($0.listID)" }) {
            isNews = isNews || record.tie.editSequence != cost.editSequence
            try takeBack(record, cost.editSequence, cost.modifiedAt)
        }
        if jobs.isEmpty, before.isEmpty {
            context.receipt.count(.directCosts, .skipped)
            if !isOnOrder { tally.withoutJob += 1 }
        }
        for job in jobs {
            let record = before.first { $0.quickBooksID == "\(cost.txnID)|\(job.listID)" }
            if try take(cost, job, record) { isNews = true }
        }
        return isNews
    }

    /// The jobs that a transaction names, each once. A line of the journal may name a vendor in their place.
    private func jobs(of cost: JobCost) throws -> [JobCost.Reference] {
        var jobs: [JobCost.Reference] = []
        for line in cost.lines where !jobs.contains(where: { $0.listID == line.job.listID }) {
            if cost.kind == .journalEntry, try isVendor(line.job.listID) { continue }
            jobs.append(line.job)
        }
        return jobs
    }

    private func isVendor(_ listID: String) throws -> Bool {
        guard try context.books.record(.projects, .customer, listID) == nil else { return false }
        return try context.books.record(.vendors, .vendor, listID) != nil
    }

    /// Takes what a transaction costs one job; says whether that is news.
    private mutating func take(
        _ cost: JobCost, _ job: JobCost.Reference, _ before: LedgerRecord?
    ) throws -> Bool {
        let mapped: Mapped
        do {
            mapped = try JobCostToDirectCost.convert(cost, job: job, settings: context.settings)
        } catch {
            context.receipt.count(.directCosts, .rejected)
            error.all.forEach { context.receipt.add($0) }
            return false
        }
        for note in mapped.notes { context.receipt.add(note) }
        if before == nil, mapped.content.lines.allSatisfy(\.isZero) {
            context.receipt.count(.directCosts, .skipped)
            if mapped.notes.isEmpty { tally.withoutMoney += 1 }
            return false
        }
        let news = Imported(
            entity: .directCosts, kind: cost.kind, id: "\(cost.txnID)|\(job.listID)",
            shown: JobCostToDirectCost.shown(cost, job: job), fullName: job.fullName, content: mapped.content,
            editSequence: cost.editSequence, modifiedAt: cost.modifiedAt)
        try news.remember(in: context, before)
        return before?.imported != mapped.content || before?.tie.editSequence != cost.editSequence
    }

    private func takeBack(_ record: LedgerRecord, _ editSequence: String?, _ modifiedAt: Timestamp?) throws {
        try Imported.takeBack(record, editSequence: editSequence, modifiedAt: modifiedAt, in: context)
    }

    // MARK: - What is no cost

    private mutating func receipt(_ ret: Element) throws {
        let lines = ret.children.flatMap { $0.name == "ItemGroupLineRet" ? $0.children : [$0] }
        context.receipt.count(.directCosts, .skipped)
        guard lines.contains(where: { $0.first("CustomerRef") != nil }) else {
            tally.withoutJob += 1
            return
        }
        context.receipt.add(
            Note(
                record: "QuickBooks ItemReceipt \(ret["RefNumber"] ?? ret["TxnNumber"] ?? ret["TxnID"] ?? "")",
                what: "An item receipt is no cost until its bill comes, so that nothing counts twice."))
    }

    private mutating func time(_ ret: Element) {
        context.receipt.count(.directCosts, .skipped)
        guard let job = ret["CustomerRef/FullName"] else {
            tally.withoutJob += 1
            return
        }
        let before = tally.minutes[job] ?? (0, 0)
        tally.minutes[job] = (before.entries + 1, before.minutes + Self.minutes(ret["Duration"] ?? ""))
    }

    /// The minutes of `PT8H30M0S`; 0 where it cannot be read.
    private static func minutes(_ duration: String) -> Int {
        var minutes = 0
        var digits = ""
        for letter in duration.drop(while: { $0 != "T" }) {
            if letter.isASCII, letter.isNumber {
                digits.append(letter)
            } else {
                let number = Int(digits) ?? 0
                if letter == "H" { minutes += number * 60 }
                if letter == "M" { minutes += number }
                digits = ""
            }
        }
        return minutes
    }
}
