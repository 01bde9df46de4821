import Converters
import Domain
import QBXML
import SyncLedger

/// Reads the paychecks in a detail report that somebody saved, row by row.
///
/// Only the rows of paychecks that name a job are kept until the report's end: any order of rows gives the same costs.
struct PayrollReport {
    let context: ProcessingContext
    /// What the columns are, by `colID`; nil outside of a report.
    private var columns: [String: String]?
    private var checks: [Key: Paycheck] = [:]
    private var order: [Key] = []
    private var rows = 0
    private var otherRows = 0
    private var strangers: [String: Int] = [:]
    private var unmapped: [String: Int] = [:]
    private var jobs: [String: Reference?] = [:]
    private var items: [String: String?] = [:]
    private var unitsLeftOut = LeftOut()

    /// Quantities that are not passed on: how many, and some of them in words.
    private struct LeftOut {
        var count = 0
        var some: [String] = []

        mutating func add(_ words: String) {
            count += 1
            if some.count < 5 { some.append(words) }
        }
    }

    private struct Key: Hashable {
        let txnID: String
        let job: String
    }

    /// What is kept of a paycheck for one job: as bytes, since a report may have very many.
    private struct Paycheck {
        var shown: String
        var jobName: String
        var header: [UInt8] = []
        /// The fields of each line, by the item or account that it is of.
        var lines: [(group: String, fields: [UInt8])] = []
        var problems: [Problem] = []
    }

    private struct Reference {
        let listID: String
        let fullName: String
    }

    /// Rows that are kept at the most, so that memory stays bounded.
    private static let mostRows = 200_000

    init(_ context: ProcessingContext) {
        self.context = context
    }

    /// Begins a report.
    /// - Throws: a `Problem` where nothing in it tells one transaction from another.
    mutating func begin(_ columns: [Element]) throws {
        var names: [String: String] = [:]
        for column in columns {
            guard let id = column.attributes["colID"] else { continue }
            let title = column.all("ColTitle").compactMap { $0.attributes["value"] }.joined(separator: " ")
            let type = column["ColType"] ?? ""
            names[id] = Self.known(type) ?? Self.known(title) ?? type
        }
        for needed in ["TxnID", "TxnType", "Name"] where !names.values.contains(needed) {
            throw Problem(
                field: needed, what: "The report has no column \(needed), so its paychecks cannot be told apart.",
                remedy:
                    "Run a custom transaction detail report with the columns TxnID, TxnType, Date, RefNumber, Name, "
                    + "Item, PayrollItem, Account and Amount, and drop that response.")
        }
        self.columns = names
    }

    /// The columns that are read. Source: Intuit qbXML reference, IncludeColumn of CustomDetailReportQuery.
    private static let read = [
        "TxnID", "TxnType", "TxnNumber", "Date", "RefNumber", "Name", "Memo", "Account", "Item", "PayrollItem",
        "Amount", "Quantity", "UnitPrice",
        "Debit", "Credit",
    ]
    /// What the report's own headings call them.
    private static let titles = [
        "type": "TxnType", "num": "RefNumber", "trans#": "TxnNumber", "qty": "Quantity", "salesprice": "UnitPrice",
    ]

    private static func known(_ name: String) -> String? {
        let key = name.filter { !$0.isWhitespace }.lowercased()
        return titles[key] ?? read.first { $0.lowercased() == key }
    }

    /// Takes a row; says whether the report is one that is read.
    mutating func take(_ element: Element) throws -> Bool {
        guard let columns else { return false }
        var cells: [String: String] = [:]
        for cell in element.all("ColData") {
            guard let id = cell.attributes["colID"], let column = columns[id] else { continue }
            cells[column] = cell.attributes["value"] ?? ""
        }
        var row = ReportRow(cells)
        guard row["TxnType"]?.lowercased() == PaycheckToDirectCost.paycheck.lowercased() else {
            otherRows += 1
            return true
        }
        guard let txnID = row["TxnID"], let name = row["Name"] else { return true }
        guard let job = try job(name) else {
            strangers[name, default: 0] += 1
            return true
        }
        row.item = try row["Item"].flatMap { try item($0, job) }
        guard row.item != nil || PaycheckToDirectCost.code(row, settings: context.settings) != nil else {
            if row.amount?.isZero == false {
                unmapped[row["Item"] ?? row["Account"] ?? row["PayrollItem"] ?? "none", default: 0] += 1
            }
            return true
        }
        let key = Key(txnID: txnID, job: job.listID)
        if checks[key] == nil {
            order.append(key)
            checks[key] = paycheck(row, job)
        }
        do {
            let fields = try PaycheckToDirectCost.line(row, settings: context.settings)
            let group = row.item == nil ? row["Account"] ?? row["PayrollItem"] ?? "" : row["Item"] ?? ""
            checks[key]?.lines.append((group, Content(fields).encoded))
            if let words = row.unitsLeftOut { unitsLeftOut.add(words) }
        } catch {
            checks[key]?.problems += error.all
        }
        rows += 1
        guard rows <= Self.mostRows else {
            throw Problem(
                what: "The report has more than \(Self.mostRows) rows of paychecks.",
                remedy: "Run it for a shorter period, and drop the reports one by one.")
        }
        return true
    }

    /// Takes the costs of the report.
    mutating func finish() throws {
        guard columns != nil else { return }
        for key in order {
            if let paycheck = checks.removeValue(forKey: key) { try remember(key, paycheck) }
        }
        say()
        self = PayrollReport(context)
    }

    private func paycheck(_ row: ReportRow, _ job: Reference) -> Paycheck {
        var paycheck = Paycheck(shown: PaycheckToDirectCost.shown(row, job: job.fullName), jobName: job.fullName)
        do {
            let mapped = try PaycheckToDirectCost.header(row, job: job.fullName, settings: context.settings)
            paycheck.header = mapped.content.encoded
        } catch {
            paycheck.problems = error.all
        }
        return paycheck
    }

    private func remember(_ key: Key, _ paycheck: Paycheck) throws {
        guard paycheck.problems.isEmpty else {
            context.receipt.count(.directCosts, .rejected)
            return paycheck.problems.forEach { context.receipt.add($0) }
        }
        var content = Content(decoding: paycheck.header)
        content.lines = lines(paycheck)
        let id = "\(key.txnID)|\(key.job)"
        let before = try context.books.record(.directCosts, .paycheck, id)
        if before == nil, content.lines.allSatisfy(\.isZero) {
            return context.receipt.count(.directCosts, .skipped)
        }
        let news = Imported(
            entity: .directCosts, kind: .paycheck, id: id, shown: paycheck.shown, fullName: paycheck.jobName,
            content: content, editSequence: nil, modifiedAt: nil)
        try news.remember(in: context, before)
    }

    /// The lines of a paycheck. A row has no id of its own: it is the first, second, … of its item or account, counted in
    /// an order that does not depend on how the report was sorted.
    private func lines(_ paycheck: Paycheck) -> [Content.Line] {
        let groups = Dictionary(grouping: paycheck.lines, by: \.group)
        return groups.sorted { $0.key < $1.key }.flatMap { group, lines in
            let sorted = lines.map(\.fields).sorted { $0.lexicographicallyPrecedes($1) }
            return sorted.enumerated().map {
                Content.Line("\(group)#\($0.offset + 1)", Content(decoding: $0.element).fields)
            }
        }
    }

    // MARK: - Names

    private mutating func job(_ fullName: String) throws -> Reference? {
        if let known = jobs[fullName] { return known }
        let record = try context.books.jobs(fullName: fullName).first {
            $0.quickBooksID != nil && $0.kind == .customer
        }
        let job = record?.quickBooksID.map { Reference(listID: $0, fullName: fullName) }
        jobs[fullName] = .some(job)
        return job
    }

    /// The project cost code of an item; nil where QuickBooks has no item of that name for one.
    private mutating func item(_ fullName: String, _ job: Reference) throws -> RecordKey? {
        let listID: String?
        if let known = items[fullName] {
            listID = known
        } else {
            listID = try context.books.items(fullName: fullName).lazy.compactMap(\.quickBooksID)
                .first
            items[fullName] = .some(listID)
        }
        return listID.map { RecordKey(.costCodes, quickBooksID: "\(job.listID)|\($0)") }
    }

    private func say() {
        if otherRows > 0 {
            context.receipt.add(
                Note(
                    what:
                        "Left out: \(otherRows == 1 ? "1 row" : "\(otherRows) rows") of other transactions; only paychecks "
                        + "are taken from reports, everything else comes from queries."))
        }
        if !strangers.isEmpty {
            context.receipt.add(
                Note(
                    field: "Name",
                    what: "Left out: \(Self.rows(strangers)) of paychecks whose name is no job of a Procore project "
                        + "(\(Self.list(strangers))). Once a project is tied to it, drop the report again."))
        }
        if unitsLeftOut.count > 0 {
            let more = unitsLeftOut.count > unitsLeftOut.some.count ? "; …" : ""
            context.receipt.add(
                Note(
                    field: "Quantity",
                    what:
                        "In \(unitsLeftOut.count == 1 ? "1 row" : "\(unitsLeftOut.count) rows") of paychecks quantity and price "
                        + "do not come to the amount, so only the amount is passed on "
                        + "(\(unitsLeftOut.some.joined(separator: "; "))\(more))."))
        }
        if !unmapped.isEmpty {
            context.receipt.add(
                Note(
                    field: "Item",
                    what: "Left out: \(Self.rows(unmapped)) of paychecks whose item or account has no cost code "
                        + "(\(Self.list(unmapped))). Name one below account_codes: in plumbline.yaml, and drop the report "
                        + "again."))
        }
    }

    private static func rows(_ counts: [String: Int]) -> String {
        let count = counts.values.reduce(0, +)
        return count == 1 ? "1 row" : "\(count) rows"
    }

    private static func list(_ counts: [String: Int]) -> String {
        let names = counts.keys.sorted().prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
        return counts.count > 10 ? names + ", …" : names
    }
}
