import Domain

/// Cost codes of a project: they have no object of their own in QuickBooks, but tie a job and an item together.
///
/// Source: Procore REST "Cost Codes"; "Using Sync Actions" on composite ids.
public enum ProjectCostCode {
    /// Reads an object of a project's cost code list.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "project cost code")
        var fields = try json.fields(["full_code", "name", "deleted_at", "origin_id", "updated_at"])
        if try json.filled("biller_type") == "SubJob" {
            fields.append(.init("sub_job", try json.filled("biller") ?? id))
        } else if let project = try json.id("biller_id") ?? context.projectID {
            fields.append(.init("project_id", project))
        }
        let types = try json.records("line_item_types") ?? []
        if types.count == 1, let type = try types[0].id("id") { fields.append(.init("line_item_type_id", type)) }
        return .document(.init(RecordKey(.costCodes, id), header: fields))
    }
}

/// WBS codes of a project: a cost code with its cost type. They tell which cost code a line with nothing but a
/// `wbs_code_id` has.
///
/// Source: Procore REST "WBS Codes".
public enum WBSCode {
    /// Reads an object of a project's WBS code list.
    public static func read(_ json: JSONRecord, _ context: ExportContext) throws(Problem) -> DocumentReading {
        let id = try json.required("id", of: "WBS code")
        var fields = try json.fields(["flat_code", "status"])
        var hasOther = false
        for item in try json.records("segment_items") ?? [] {
            switch try item.filled("segment.type") {
            case "cost_code":
                if let code = try item.filled("path_code") { fields.append(.init("cost_code", code)) }
            case "line_item_type": break
            default: hasOther = true
            }
        }
        if hasOther { fields.append(.init("sub_job", try json.filled("flat_code") ?? id)) }
        if let project = try json.id("project_id") ?? context.projectID { fields.append(.init("project_id", project)) }
        return .document(.init(RecordKey(.wbsCodes, id), header: fields))
    }
}

extension JSONRecord {
    /// The id that a record cannot do without.
    func required(_ path: String, of what: String) throws(Problem) -> String {
        if let id = try id(path) { return id }
        throw Problem(
            field: path, what: "The \(what) has no \(path).",
            remedy: "Export it again from Procore, unchanged, and drop the new file.")
    }
}
