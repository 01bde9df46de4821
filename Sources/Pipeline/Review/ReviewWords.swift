import Converters
import Domain
import SyncLedger

/// Puts a request into a bookkeeper's words: what is new, and what changes from what into what.
struct ReviewWords {
    let books: Books
    let settings: Settings

    func entry(_ request: LedgerRequest, _ record: LedgerRecord) throws -> ReviewEntry {
        let wanted = request.content ?? record.wanted ?? Content()
        var entry = ReviewEntry(heading: try heading(request, record, wanted))
        if let bringer = try books.bringer(of: record.id) {
            entry.source = "\(bringer.name), file number \(bringer.intake)"
        }
        if request.operation.removes {
            try showUndo(record, in: &entry)
        } else if let converter = transactionConverter(of: record.entity) {
            try show(record, wanted, converter, isNew: record.quickBooksID == nil, in: &entry)
        } else if let converter = listConverter(of: record.entity) {
            try show(record, wanted, converter, in: &entry)
        }
        return entry
    }

    private func heading(_ request: LedgerRequest, _ record: LedgerRecord, _ wanted: Content) throws -> String {
        let name = wanted["RefNumber"] ?? wanted["Name"]
        let shown = record.shown.prefix(1).uppercased() + record.shown.dropFirst()
        guard let converter = transactionConverter(of: record.entity) else {
            let kind = listConverter(of: record.entity)?.object.list.words ?? "record"
            return "\(shown): \(request.operation == .add ? "a new \(kind)" : "a change of the \(kind)")"
                + (name.map { " \($0)" } ?? "")
        }
        let kind = converter.object.kind.words
        if request.operation.removes {
            let number = record.tie.fullName.map { " \($0)" } ?? ""
            return
                "\(shown): takes back the \(kind)\(number), which is \(request.operation == .void ? "voided" : "deleted")"
        }
        if request.object != record.id, let object = try books.record(id: request.object) {
            let verb = record.quickBooksID == nil ? "further lines of" : "changed lines of"
            return "\(shown): \(verb) the \(kind) \(object.tie.fullName ?? object.shown)"
        }
        return "\(shown): \(request.operation == .add ? "a new \(kind)" : "a change of the \(kind)")"
            + (name.map { " \($0)" } ?? "")
    }

    // MARK: - Elements of lists

    private func show(
        _ record: LedgerRecord, _ wanted: Content, _ converter: any ToQuickBooks.Type, in entry: inout ReviewEntry
    ) throws {
        guard record.quickBooksID != nil else {
            entry.facts = try wanted.fields.map { .init(label: Self.label($0.path), before: "", after: try text($0)) }
            return
        }
        let confirmed = record.confirmed ?? Content()
        entry.facts = try converter.changes(from: confirmed, to: wanted, settings: settings).fields.map { field in
            let before = confirmed[field.path] ?? ""
            return .init(
                label: Self.label(field.path), before: before, after: try text(field), isChange: true)
        }
    }

    // MARK: - Transactions

    private func show(
        _ record: LedgerRecord, _ wanted: Content, _ converter: any ToTransaction.Type, isNew: Bool,
        in entry: inout ReviewEntry
    ) throws {
        let confirmed = isNew ? Content() : record.confirmed ?? Content()
        let changes = TransactionChanges(from: confirmed, to: wanted, order: converter.table.map(\.target))
        // What Procore has not any more stays in QuickBooks.
        let after = wanted.keeping(changes.removed, of: confirmed)
        for field in wanted.fields {
            let change = isNew ? nil : changes[field.path]
            entry.facts.append(
                .init(
                    label: Self.label(field.path), before: change == nil ? "" : confirmed[field.path] ?? "(nothing)",
                    after: try text(field), isChange: change != nil))
        }
        for field in changes.header where wanted[field.path] == nil && !isNew {
            entry.facts.append(
                .init(
                    label: Self.label(field.path), before: confirmed[field.path] ?? "", after: "(nothing)",
                    isChange: true))
        }
        for line in after.lines { entry.lines.append(try self.line(line, confirmed, wanted, isNew: isNew)) }
        let isAddition = converter.isAddition
        let (sum, sumBefore) = (after.total ?? .zero, confirmed.total ?? .zero)
        entry.after = sum
        entry.before = isNew || isAddition && confirmed.lines.isEmpty ? nil : sumBefore
        let change = sum + -sumBefore
        entry.change = change
        try addSums(wanted, after, confirmed, of: record, change, to: &entry)
    }

    private func line(
        _ line: Content.Line, _ confirmed: Content, _ wanted: Content, isNew: Bool
    ) throws -> ReviewEntry.Line {
        let old = line.keys.lazy.compactMap { confirmed.line($0) }.first
        let isChanged = old.map { $0.fields != line.fields } ?? false
        let mark = isNew ? "" : old == nil ? "new" : isChanged ? "changed" : ""
        let count = [line["Quantity"], line["Rate"]].compactMap { $0 }.joined(separator: " × ")
        let linked = try line.reference("LinkToTxn/TxnID").map { "on \(try name(of: $0))" }
        let item = try line.reference("ItemRef/ListID").map(name(of:)) ?? line["ItemRef/FullName"]
        let paid = try line.reference("TxnID").map { "pays \(try name(of: $0))" }
        return .init(
            mark: mark, what: line["Desc"] ?? paid ?? "", item: item ?? linked ?? "",
            job: try line.reference("CustomerRef/ListID").map(name(of:)) ?? "", count: count,
            before: isChanged ? old?.total.grouped ?? "" : "", after: line.total.grouped)
    }

    /// What goes: the transaction as QuickBooks confirmed it, with the lines that others added to it.
    private func showUndo(_ record: LedgerRecord, in entry: inout ReviewEntry) throws {
        var gone = record.confirmed ?? Content()
        let additions = try record.key.map { try books.additions(to: $0) } ?? []
        for addition in additions where addition.quickBooksID != nil {
            gone.lines += addition.confirmed?.lines ?? []
            entry.facts.append(.init(label: "Goes with it", before: "", after: "the lines of \(addition.shown)"))
        }
        if let undo = try books.openUndo(of: record.id) {
            let who = undo.people.asked.map { " by \($0)" } ?? ""
            entry.facts.append(
                .init(label: "Asked for", before: "", after: "on \(ReviewTime.text(undo.at, settings))\(who)"))
        }
        for field in gone.fields {
            entry.facts.append(
                .init(label: Self.label(field.path), before: try text(field), after: "(nothing)", isChange: true))
        }
        for line in gone.lines {
            var shown = try self.line(line, gone, gone, isNew: false)
            (shown.mark, shown.before, shown.after) = ("goes", shown.after, Amount.zero.money)
            entry.lines.append(shown)
        }
        (entry.before, entry.after) = (gone.total ?? .zero, .zero)
        entry.change = -(gone.total ?? .zero)
        try addSums(gone, Content(), gone, of: record, -(gone.total ?? .zero), to: &entry)
    }

    /// The change by vendor and by job.
    private func addSums(
        _ wanted: Content, _ after: Content, _ confirmed: Content, of record: LedgerRecord, _ change: Amount,
        to entry: inout ReviewEntry
    ) throws {
        var vendor = wanted.reference("VendorRef/ListID") ?? wanted.reference("PayeeEntityRef/ListID")
        if vendor == nil, let owner = record.tie.owner {
            vendor = try books.record(owner)?.wanted?.reference("VendorRef/ListID")
        }
        if let vendor { entry.byVendor = [(try name(of: vendor), change)] }
        var jobs: [String: Amount] = [:]
        let whole = wanted.reference("CustomerRef/ListID")
        for (content, sign) in [(after, Amount.one), (confirmed, -Amount.one)] {
            for line in content.lines {
                guard let job = line.reference("CustomerRef/ListID") ?? whole else { continue }
                jobs[try name(of: job), default: .zero] += line.total * sign
            }
        }
        entry.byJob = jobs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    // MARK: - Names

    /// What a record is called in QuickBooks, else in Procore.
    private func name(of key: RecordKey) throws -> String {
        guard let record = try books.named(key) else { return key.shown }
        return record.tie.fullName ?? record.wanted?["Name"] ?? record.wanted?["RefNumber"] ?? record.shown
    }

    private func text(_ field: Content.Field) throws -> String {
        switch field.value {
        case .text(let text): text
        case .idOf(let key): try name(of: key)
        case .lineOf(let key, let line): "line \(line) of \(try name(of: key))"
        }
    }

    /// `VendorRef/ListID` is `Vendor`, `VendorAddress/PostalCode` is `Vendor Address, Postal Code`.
    static func label(_ path: String) -> String {
        var parts = path.split(separator: "/").map(String.init)
        if parts.count > 1, ["ListID", "FullName", "TxnID"].contains(parts.last) { parts.removeLast() }
        if let last = parts.last, last.hasSuffix("Ref") { parts[parts.count - 1] = String(last.dropLast(3)) }
        return parts.map(words).joined(separator: ", ")
    }

    private static let known = [
        "TxnDate": "Date", "RefNumber": "Number", "PayeeEntity": "Vendor", "Customer": "Job",
        "APAccount": "Payable Account", "VendorMsg": "Message to Vendor", "Desc": "Description",
    ]

    private static func words(_ name: String) -> String {
        if let known = known[name] {
            return known
        }
        var words = ""
        var last: Character?
        for letter in name {
            if letter.isUppercase, let last, !last.isUppercase { words.append(" ") }
            words.append(letter)
            last = letter
        }
        return words
    }
}
