import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Decides about job costs, which go from QuickBooks to Procore: first the header, then, once Procore's answer brought
/// its id, the lines.
extension Dispatch {
    /// Writes what Procore has to be told of a cost, if anything.
    mutating func sendCost(_ record: inout LedgerRecord) throws(Stop) {
        guard let shown = record.imported, let ids = CompositeID(record.quickBooksID) else {
            throw .hold("Nothing says yet what it costs.")
        }
        if record.exported == nil, shown.lines.allSatisfy(\.isZero) {
            // Gone before Procore was told of it.
            record.link()
            return
        }
        let project = try procoreID(
            of: RecordKey(.projects, quickBooksID: ids.other), "project", "job", named: shown[CostField.job])
        record.identity.project = project
        let header = try header(of: shown, record)
        let exported = record.exported ?? Content()
        var lines: [Content.Line] = []
        // Who showed the cost code of a line, where it was not the export of the codes.
        var sources: [String: String] = [:]
        for line in shown.lines {
            let before = exported.lines.first { $0.key == line.key }
            // What Procore has loses its amount; what it never had needs no line without one.
            if line.isZero {
                if let before { lines.append(before.withoutAmount) }
            } else {
                let code = try costCode(of: line, project: project)
                sources[line.key] = code.source
                lines.append(self.line(line, code.fields))
            }
        }
        // A line that is gone in QuickBooks costs nothing any more.
        for line in exported.lines where !lines.contains(where: { $0.key == line.key }) {
            lines.append(line.withoutAmount)
        }
        let current = record
        try stopping {
            let documents = CostDocuments(writeBacks)
            let changes =
                current.procoreID == nil && header != exported.fields ? header : header.changes(from: exported)
            if !changes.isEmpty { try documents.header(current, project: project, changes) }
            guard current.procoreID != nil else { return }
            for line in lines where exported.lines.first(where: { $0.key == line.key }) != line {
                try documents.line(line, of: current, project: project)
                if let source = sources[line.key] {
                    let code = line.fields.first.map { "\($0.path) \(line[$0.path] ?? "")" } ?? ""
                    try context.addEvent("cost code", current, "line \(line.key) has \(code), as \(source) shows it")
                }
            }
        }
        record.contents.exported = Content(header, lines: record.procoreID == nil ? [] : lines)
        if record.procoreID == nil { record.queue() } else { record.link() }
    }

    /// The header's fields as Procore takes them.
    private func header(of shown: Content, _ record: LedgerRecord) throws(Stop) -> [Content.Field] {
        var fields: [Content.Field] = []
        for field in shown.fields where !CostField.isInternal(field.path) {
            guard case .idOf(let vendor) = field.value else {
                fields.append(field)
                continue
            }
            if let id = try stopping({ try context.books.named(vendor) })?.procoreID {
                fields.append(.init(field.path, id))
            } else if let before = record.exported?[field.path] {
                fields.append(.init(field.path, before))
            } else if shown["direct_cost_type"] == "invoice" {
                _ = try procoreID(of: vendor, "company", "vendor", named: shown[CostField.vendor])
            } else {
                // Whoever was paid may not be a vendor at all; if a company turns up, it is told later.
                let id = record.id
                try stopping { try context.books.setWaits(id, [vendor]) }
            }
        }
        return fields
    }

    /// A line as Procore takes it.
    private func line(_ line: Content.Line, _ code: [Content.Field]) -> Content.Line {
        Content.Line(
            line.key,
            code + line.fields.filter { $0.path != "cost_code_id" && !CostField.isInternal($0.path) })
    }

    /// What tells Procore the cost code of a line: of the record that ties it, else as other documents showed it.
    private func costCode(of line: Content.Line, project: String) throws(Stop) -> (
        fields: [Content.Field], source: String?
    ) {
        let key: RecordKey
        let waits: String
        let reason: String
        if let item = line.reference("cost_code_id") {
            key = item
            waits =
                "Waits for the cost code of project \(project) that is tied to QuickBooks item "
                + "\"\(line[CostField.item] ?? "")\""
            reason = "\(waits): there is none yet. Drop the project's cost codes from Procore."
        } else {
            let code = line[CostField.code] ?? ""
            key = RecordKey(.costCodes, code: RecordKey.codeInProject(project, code))
            waits = "Waits for cost code \(code) of project \(project), which account_codes names"
            reason = "\(waits) and which has not been dropped yet."
        }
        let codes = CostCodes(books: context.books)
        if let record = try stopping({ try context.books.named(key) }), record.procoreID != nil {
            return (try stopping { try codes.fields(of: record) }, nil)
        }
        switch try stopping({ try codes.seen(key, project: project) }) {
        case .fields(let fields, let source): return (fields, source)
        case .doubtful(let doubt):
            throw .hold(
                "\(waits): the \(doubt). The export of the project's cost codes decides: drop "
                    + "it from Procore.", needs: [key])
        case .unknown(let needs): throw .hold(reason, needs: [key] + needs)
        }
    }

    /// The Procore id of what QuickBooks knows by an id of its own, or the wait for it.
    private func procoreID(
        of key: RecordKey, _ procore: String, _ quickBooks: String, named name: String?
    ) throws(Stop) -> String {
        let record = try stopping { try context.books.named(key) }
        if let id = record?.procoreID { return id }
        let who = "the Procore \(procore) of QuickBooks \(quickBooks) \"\(name ?? key.quickBooksID ?? "")\""
        guard let record else {
            throw .hold("Waits for \(who): none is tied to it yet.", needs: [key])
        }
        throw .hold(
            "Waits for \(who), whose id Procore has not told yet"
                + (record.isFailed ? ": \(record.reason ?? "it failed")" : "."), needs: [key])
    }
}

/// An id made of two: `<TxnID>|<job ListID>`, `<payment TxnID>|<bill TxnID>`.
struct CompositeID {
    let txnID: String
    let other: String

    init?(_ text: String?) {
        guard let text, let bar = text.firstIndex(of: "|") else { return nil }
        txnID = String(text[..<bar])
        other = String(text[text.index(after: bar)...])
    }
}

extension Content.Line {
    /// Whether it is about no money.
    var isZero: Bool { self["amount"].flatMap { Amount($0) }?.isZero ?? true }

    /// The same line without money.
    var withoutAmount: Content.Line {
        let fields = fields.compactMap { field -> Content.Field? in
            switch field.path {
            case "quantity", "unit_cost", "uom": nil
            case "amount": .init(field.path, Amount.zero.money)
            case "extended_type": .init(field.path, "manual")
            default: field
            }
        }
        return Content.Line(key, fields)
    }
}

extension [Content.Field] {
    /// The fields that differ; one that is gone is empty.
    func changes(from before: Content) -> [Content.Field] {
        let changed = filter { field in before.fields.first { $0.path == field.path } != field }
        let gone = before.fields.filter { field in !contains { $0.path == field.path } }
        return changed + gone.map { .init($0.path, "") }
    }
}
