import Domain
import Procore
import SyncLedger

/// What Procore's documents say of their dollars and of their project before they can be converted.
enum DocumentMoney {
    /// The dollars that a document states of itself, or that its lines come to; nil where nothing says.
    /// - Parameters:
    ///   - entity: the kind of document.
    ///   - fragments: what is known of it.
    static func stated(_ entity: Entity, _ fragments: [String: Content]) -> Amount? {
        let header = fragments[DocumentFragment.header]
        func said(_ path: String) -> Amount? { header?[path].flatMap { Amount($0) } }
        func lines(_ field: String, _ names: String...) -> Amount? {
            let lines = names.lazy.compactMap { fragments[$0]?.lines }.first { !$0.isEmpty }
            return lines.map { lines in lines.compactMap { $0[field].flatMap { Amount($0) } }.sum }
        }
        switch entity {
        case .budgets: return lines("original_budget_amount", DocumentFragment.lines)
        case .budgetModifications: return header.flatMap { moved($0) }
        case .budgetChanges: return said("amount") ?? lines("amount", DocumentFragment.lines)
        case .commitments, .commitmentChangeOrders:
            return said("grand_total")
                ?? lines("amount", DocumentFragment.lines, DocumentFragment.scheduleOfValues)
        case .requisitions: return said("summary.current_payment_due")
        case .contractPayments: return said("amount")
        case .vendors, .projects, .standardCostCodes, .costCodes, .wbsCodes, .directCosts: return nil
        }
    }

    /// By how much a budget modification changes the total: not at all, unless money comes from outside or goes there.
    private static func moved(_ header: Content) -> Amount? {
        guard let amount = header["transfer_amount"].flatMap({ Amount($0) }) else { return nil }
        switch (header["from_budget_line_item_id"], header["to_budget_line_item_id"]) {
        case (.some, .some): return .zero
        case (.some, nil): return -amount
        case (nil, .some): return amount
        case (nil, nil): return nil
        }
    }

    /// The same of an object that could not be read as a document, as far as it says so.
    static func stated(_ entity: Entity, raw json: JSONRecord) -> (project: String?, amount: Amount?) {
        func id(_ path: String) -> String? { (try? json.id(path)) ?? nil }
        func amount(_ path: String) -> Amount? { ((try? json.filled(path)) ?? nil).flatMap { Amount($0) } }
        let path: String? =
            switch entity {
            case .commitments, .commitmentChangeOrders: "grand_total"
            case .requisitions: "summary.current_payment_due"
            case .contractPayments, .budgetChanges: "amount"
            default: nil
            }
        return (id("project_id") ?? id("project.id"), path.flatMap(amount))
    }
}

/// To which project of Procore's a document belongs.
struct ProjectOfDocument {
    let books: Books

    /// What a header says itself.
    static func said(_ header: Content) -> String? { header["project_id"] ?? header["project.id"] }

    /// Procore's id of the project; nil while nothing says.
    /// - Parameters:
    ///   - key: the document.
    ///   - header: what its header says.
    ///   - wanted: what it should be in QuickBooks, once that is known.
    func id(_ key: RecordKey, _ header: Content?, wanted: Content? = nil) throws -> String? {
        if key.entity == .budgets { return key.procoreID }
        if let said = header.flatMap(Self.said) { return said }
        if let job = wanted?.references.first(where: { $0.entity == .projects }) { return job.procoreID }
        let owners = [
            header?["requisition_id"].map { RecordKey(.requisitions, $0) },
            (header?["contract_id"] ?? header?["commitment_id"]).map { RecordKey(.commitments, $0) },
        ]
        for owner in owners.compactMap({ $0 }) {
            if let project = try books.record(owner)?.identity.project { return project }
        }
        return nil
    }
}
