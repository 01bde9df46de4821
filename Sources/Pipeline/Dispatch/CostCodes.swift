import Converters
import Domain
import Procore
import QBXML
import SyncLedger

extension RecordKey {
    /// The business key of a project's cost code or WBS code: `225906/03-300`; nil for other records.
    func codeInProject(_ header: Content) -> String? {
        let code: String? =
            switch entity {
            case .costCodes: header["full_code"]
            case .wbsCodes where header["sub_job"] == nil: header["cost_code"]
            default: nil
            }
        guard let code, let project = header["project_id"] else { return nil }
        return Self.codeInProject(project, code)
    }

    /// The same from its parts.
    static func codeInProject(_ project: String, _ code: String) -> String {
        "\(project)/\(QuickBooksText.comparisonKey(code))"
    }
}

/// Finds the cost code of a line in Procore.
struct CostCodes {
    let books: Books

    /// What other documents showed of a cost code.
    enum Seen {
        /// What a line says of it, and what showed that.
        case fields([Content.Field], source: String)
        /// They contradict one another: how, in words.
        case doubtful(String)
        /// Nothing; beside the code itself these may bring it.
        case unknown([RecordKey])
    }

    /// What a line says of its cost code: the WBS code where the project has exactly one for it, else the cost code and
    /// its cost type.
    func fields(of costCode: LedgerRecord) throws -> [Content.Field] {
        let header = try books.fragments(of: costCode.id)[DocumentFragment.header] ?? Content()
        if let project = header["project_id"], let code = header["full_code"] {
            let key = RecordKey.codeInProject(project, code)
            let wbs = try active(books.records(.wbsCodes, businessKey: key))
            if wbs.count == 1 { return [.init("wbs_code_id", wbs[0])] }
        }
        var fields = costCode.procoreID.map { [Content.Field("cost_code_id", $0)] } ?? []
        if let type = header["line_item_type_id"] { fields.append(.init("line_item_type_id", type)) }
        return fields
    }

    /// What other documents showed of the cost code that a cost needs, where its export has not been dropped: the WBS code
    /// where exactly one is known for it, else the cost code and its cost type.
    ///
    /// What the export of the codes says of the code or of its id counts, so that what was seen beside it is not used.
    /// - Parameter key: the job's and item's ids in QuickBooks, or the project's and code's own.
    func seen(_ key: RecordKey, project: String) throws -> Seen {
        let code: String
        if let pair = CompositeID(key.quickBooksID) {
            let item = try books.record(.standardCostCodes, .itemService, pair.other)
            guard let known = item?.identity.businessKey else {
                return .unknown([RecordKey(.standardCostCodes, quickBooksID: pair.other)])
            }
            code = known
        } else if let slash = key.code?.firstIndex(of: "/"), let known = key.code {
            code = String(known[known.index(after: slash)...])
        } else {
            return .unknown([])
        }
        let inProject = RecordKey.codeInProject(project, code)
        guard try books.records(.costCodes, businessKey: inProject).isEmpty else { return .unknown([]) }
        let (ids, doubt) = try undoubted(books.seenCodes(.costCodes, project: project, code: code))
        let (wbs, wbsDoubt) = try wbsCodes(project, code, inProject)
        if wbs.count == 1 { return .fields([.init("wbs_code_id", wbs[0].id)], source: wbs[0].source) }
        if ids.count == 1 {
            let type = ids[0].typeID.flatMap { $0.isEmpty ? nil : $0 }
            return .fields(
                [.init("cost_code_id", ids[0].key.procoreID)] + (type.map { [.init("line_item_type_id", $0)] } ?? []),
                source: ids[0].source)
        }
        return (doubt ?? wbsDoubt).map { .doubtful($0) } ?? .unknown([])
    }

    /// The WBS codes of a cost code: those of their own export or, where that has none, those that were seen.
    private func wbsCodes(
        _ project: String, _ code: String, _ inProject: String
    ) throws -> (ids: [(id: String, source: String)], doubt: String?) {
        let exported = try books.records(.wbsCodes, businessKey: inProject)
        guard exported.isEmpty else { return (try active(exported).map { ($0, "the export of the WBS codes") }, nil) }
        let (seen, doubt) = try undoubted(books.seenCodes(.wbsCodes, project: project, code: code))
        return (seen.map { ($0.key.procoreID, $0.source) }, doubt)
    }

    /// What was seen without contradiction, and of which no export says otherwise; none where there is a contradiction.
    private func undoubted(_ seen: [LedgerSeenCode]) throws -> (codes: [LedgerSeenCode], doubt: String?) {
        let codes = try seen.filter { try books.record($0.key) == nil && books.absence($0.key) == nil }
        let doubt = codes.lazy.compactMap(\.doubt).first
        return (doubt == nil ? codes : [], doubt)
    }

    private func active(_ records: [LedgerRecord]) throws -> [String] {
        try records.compactMap { record in
            let status = try books.fragments(of: record.id)[DocumentFragment.header]?["status"]
            return status == nil || status == "active" ? record.procoreID : nil
        }
    }

    /// The item of a WBS code that another document showed with its code; nil where none did, or they contradict.
    func item(ofSeen key: RecordKey) throws -> RecordKey? {
        guard key.entity == .wbsCodes, let seen = try undoubted([books.seenCode(key)].compactMap { $0 }).codes.first
        else { return nil }
        return RecordKey(.standardCostCodes, code: seen.code)
    }
}
