import Domain
import Procore
import QBXML

/// A Procore change order to a commitment becomes further lines at the end of the commitment's PurchaseOrder; the lines
/// that are there stay untouched. Approved ones only.
///
/// Several changes to one line of the commitment become one line with their sum, as Procore's own connector has it. A
/// deduct is a line of negative price.
/// - Sources: Procore support, QuickBooks "Export a CCO" and "Detailed Data Mapping"; Procore REST "Change Order
///   Packages", "Commitment Change Orders"; Intuit qbXML reference "PurchaseOrderMod".
public enum ChangeOrderToPurchaseOrderLines: ToTransaction {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "change-order-to-purchase-order-lines"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore commitment change order becomes further lines of the PurchaseOrder."
    /// The names of both sides.
    public static let sides = (from: "Procore change order", to: "QuickBooks PurchaseOrderMod")
    /// Change orders.
    public static let entity = Entity.commitmentChangeOrders
    /// What it becomes lines of.
    public static let object = TransactionObject.purchaseOrder
    /// The commitment, whose vendor and job it has, and the items of the lines.
    public static let needs = [Entity.commitments, .projects, .standardCostCodes, .wbsCodes]
    /// Change orders and their lines as JSON.
    public static let exports = [
        Export(
            documents: entity, by: .type,
            when: { change, _ in
                let type = (try? change.text("type")) ?? ""
                return type.hasSuffix("ChangeOrder") || type == "ChangeOrderPackage"
                    || change.has(all: "contract_id", "revision", "status")
                    || change.has(all: "contract_id", "grand_total")
            }, read: CommitmentChangeOrder.read),
        Export(
            documents: entity, areLines: true, by: .rest,
            when: { line, path in ContractLine(line, path: path) == .ofChangeOrder },
            read: CommitmentChangeOrder.readLine),
        Export(
            documents: entity, by: .name,
            when: { change, path in path.contains("change_order") && change.has(all: "number", "status") },
            read: CommitmentChangeOrder.read),
        Export(
            refused: Problem(
                what: "The file is a list of change orders without their lines and ids.",
                remedy: "Drop the change orders as JSON, with their lines."),
            columns: ["Contract", "Revision", "Amount"]),
    ]
    /// It adds to the commitment's order.
    public static let isAddition = true
    /// The table's lines.
    public static var table: [TableLine] { OrderLine.rows.map { TableLine($0, in: object.lineMod) } }

    /// Its commitment.
    public static func owner(of source: DocumentSource) -> RecordKey? {
        source.header?["contract_id"].map { RecordKey(.commitments, $0) }
    }

    /// What a change order should add.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) throws -> Conversion {
        guard let header = source.header else {
            return .waits("Its lines were dropped, and its header, the export of the change order, was not yet.", [])
        }
        if let skipped = skipped(header, settings) { return .skipped(skipped) }
        var findings = Findings(source.key.shown)
        findings.attempt { () throws(Problem) in try CodeReference.refuseCurrency(header, settings) }
        guard let owner = owner(of: source) else {
            findings.add(noCommitment)
            return findings.conversion(nil)
        }
        guard let lines = source.lines(DocumentFragment.lines) else {
            guard findings.problems.isEmpty else { return findings.conversion(nil) }
            return .waits("Its header was dropped, and its lines were not yet.", [])
        }
        let order = try references.wanted(owner)
        let job = order?.lines.first?.reference("CustomerRef/ListID")
        var mapped = Mapped(content: Content())
        for group in groups(lines) {
            let place = "line \(group.key)"
            var changes: [String] = []
            guard agree(lines.filter { group.keys.contains($0.key) }, &findings) else { continue }
            let orderLine = findings.attempt(in: place) { () throws(Problem) in
                try OrderLine(
                    group, isUnitBased: group.keys.count == 1, job: job ?? RecordKey(.projects, ""),
                    description: description(group, header), settings: settings, notes: &changes)
            }
            guard let orderLine, let fields = findings.map(orderLine, OrderLine.rows, in: place, settings: settings)
            else { continue }
            mapped.add(fields, key: group.key)
            if group.keys.count > 1 { changes += leftOut(lines.filter { group.keys.contains($0.key) }) }
            mapped.notes += changes.map { Note(record: "\(source.key.shown), \(place)", what: $0) }
        }
        let amounts = findings.attempt { () throws(Problem) in
            var total = Amount.zero
            for line in lines { total += try line.money("amount") ?? .zero }
            return (stated: try header.money("grand_total"), total: total)
        }
        if findings.problems.isEmpty, let amounts, let stated = amounts.stated, stated != amounts.total {
            if header["has_lines"] == nil { return Sums.wait("grand_total", stated, "the lines", amounts.total) }
            findings.add(Sums.differ("grand_total", stated, "its lines", amounts.total))
        }
        guard findings.problems.isEmpty else { return findings.conversion(nil) }
        if mapped.content.lines.isEmpty { return .skipped(Skipped("The change order has no lines.")) }
        guard job != nil else { return .waits(try references.absence(of: owner), [owner]) }
        return findings.conversion(mapped)
    }

    private static let noCommitment = Problem(
        field: "contract_id", what: "Nothing says which commitment it changes.",
        remedy: "Export it again from Procore, or put commitment-<id> in the file's name, and drop it again.")

    private static func skipped(_ header: Content, _ settings: Settings) -> Skipped? {
        if header["type"] == "PrimeContractChangeOrder" {
            return Skipped("It is a change order to the prime contract, which does not go to QuickBooks.")
        }
        if header["deleted_at"] != nil { return Skipped("The change order was deleted in Procore.") }
        let status = header["status"] ?? ""
        if status.lowercased() == "no_charge" { return Skipped("The change order is of no charge: it moves no money.") }
        guard !settings.statuses.changeOrders.contains(where: { $0.lowercased() == status.lowercased() }) else {
            return nil
        }
        return Skipped(
            "The status of the change order is \(status.isEmpty ? "empty" : status); to QuickBooks go those that are "
                + "\(settings.statuses.changeOrders.joined(separator: ", ")) (statuses.change_orders).")
    }

    /// The lines, those that change the same line of the commitment as one: by its id where the export has one, else by
    /// cost code and description. A line that names no commitment line where others could stays alone.
    private static func groups(_ lines: [Content.Line]) -> [Content.Line] {
        var order: [String] = []
        var members: [String: [Content.Line]] = [:]
        for line in lines {
            let code = line["cost_code"] ?? line["wbs_code_id"] ?? line.key
            let group =
                if let id = line["commitment_line_item_id"] {
                    "line \(id)"
                } else if line["has_commitment_line_item_id"] != nil {
                    "alone \(line.key)"
                } else {
                    "code \(code) \(line["description"] ?? "")"
                }
            if members[group] == nil { order.append(group) }
            members[group, default: []].append(line)
        }
        return order.compactMap { group in
            guard let lines = members[group], let first = lines.first else { return nil }
            return lines.count == 1 ? first : sum(lines, first)
        }
    }

    /// Whether lines that become one agree in what is not summed; what speaks against it is noted.
    private static func agree(_ members: [Content.Line], _ findings: inout Findings) -> Bool {
        guard let first = members.first, members.count > 1 else { return true }
        let before = findings.problems.count
        var items: [RecordKey] = []
        for line in members {
            findings.attempt(in: "line \(line.key)") { () throws(Problem) in
                try OrderLine.refuseTax(line)
                items.append(try CodeReference.item(of: line))
            }
        }
        if findings.problems.count == before, let other = zip(members, items).first(where: { $0.1 != items[0] })?.0 {
            findings.add(
                Problem(
                    field: "cost_code",
                    what:
                        "Lines \(first.key) and \(other.key) change the same line of the commitment, and have different cost "
                        + "codes (\(first["cost_code"] ?? "none"), \(other["cost_code"] ?? "none")).",
                    remedy: "Correct one of them in Procore, export again, and drop the new file."),
                in: "line \(members.map(\.key).joined(separator: "+"))")
        }
        return findings.problems.count == before
    }

    /// What lines that become one say of quantities, which have no sum.
    private static func leftOut(_ members: [Content.Line]) -> [String] {
        let stated = members.compactMap { line in
            line.unitsBeside(line["amount"].flatMap { Amount($0) } ?? .zero).map { "\(line.key): \($0)" }
        }
        guard !stated.isEmpty else { return [] }
        return [
            "Their quantities and unit costs (\(stated.joined(separator: "; "))) are not passed on, since the lines become "
                + "one with their sum: it is ordered as a lump sum."
        ]
    }

    private static func sum(_ lines: [Content.Line], _ first: Content.Line) -> Content.Line {
        var merged = first
        merged.key = lines.map(\.key).joined(separator: "+")
        let amounts = lines.map { $0["amount"] }
        var fields = first.fields.filter { !["amount", "quantity", "unit_cost", "description"].contains($0.path) }
        // A text that is no amount is left for the line itself to complain about.
        if let broken = amounts.first(where: { $0.map { Amount($0) == nil } ?? false }) {
            fields.append(.init("amount", broken ?? ""))
        } else {
            fields.append(.init("amount", amounts.compactMap { $0.flatMap { Amount($0) } }.sum.description))
        }
        let descriptions = lines.compactMap { $0["description"] }.uniqued()
        if !descriptions.isEmpty { fields.append(.init("description", descriptions.joined(separator: "; "))) }
        merged.fields = fields
        return merged
    }

    private static func description(_ line: Content.Line, _ header: Content) -> String? {
        let name = header["number"].map { "CCO \($0)" } ?? "CCO"
        return line["description"].map { "\(name): \($0)" } ?? name
    }
}
