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

    /// What a line says of its cost code: the WBS code where the project has exactly one for it, else the cost code and
    /// its cost type.
    func fields(of costCode: LedgerRecord) throws -> [Content.Field] {
        let header = try books.parts(of: costCode.id)[DocumentPart.header] ?? Content()
        if let project = header["project_id"], let code = header["full_code"] {
            let key = RecordKey.codeInProject(project, code)
            var wbs: [LedgerRecord] = []
            for record in try books.records(.wbsCodes, businessKey: key) where record.procoreID != nil {
                let status = try books.parts(of: record.id)[DocumentPart.header]?["status"]
                if status == nil || status == "active" { wbs.append(record) }
            }
            if wbs.count == 1, let id = wbs[0].procoreID { return [.init("wbs_code_id", id)] }
        }
        var fields = costCode.procoreID.map { [Content.Field("cost_code_id", $0)] } ?? []
        if let type = header["line_item_type_id"] { fields.append(.init("line_item_type_id", type)) }
        return fields
    }
}
