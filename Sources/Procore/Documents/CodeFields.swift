import Domain

/// The cost code of a line, from whichever of Procore's forms the export has, in fields of one name.
///
/// - `cost_code`: the full code, `03-300`; `cost_type`: `O`; `cost_code_name`: what the code is for.
/// - `sub_job`: filled where the line belongs to a sub job or has custom segments, which QuickBooks has no place for.
/// - `wbs_code_id`: where only that is known, and the list of WBS codes has to tell.
///
/// Sources: Procore REST, `cost_code` and `wbs_code` objects; the flat code joins the segments with a dot.
enum CodeFields {
    static func of(_ json: JSONRecord) throws(Problem) -> [Content.Field] {
        var fields: [Content.Field] = []
        func add(_ path: String, _ text: String?) {
            if let text, !text.isEmpty { fields.append(.init(path, withoutControls(text))) }
        }
        let flat = try json.record("wbs_code") == nil ? nil : json.filled("wbs_code.flat_code")
        if try json.record("cost_code") != nil, let code = try json.filled("cost_code.full_code") {
            add("cost_code", code)
            add("cost_code_name", try json.filled("cost_code.name"))
            let tail = flat.flatMap { $0.hasPrefix(code + ".") ? $0.dropFirst(code.utf8.count + 1) : nil }
            add("cost_type", tail.flatMap { $0.contains(".") ? nil : String($0) })
            if try json.filled("cost_code.biller_type") == "SubJob" {
                add("sub_job", try json.filled("cost_code.biller") ?? code)
            } else if let flat, flat != code, tail?.contains(".") ?? true {
                add("sub_job", flat)
            }
        } else if let flat {
            let (code, type) = split(flat)
            add("cost_code", code)
            let description = try json.filled("wbs_code.description")
            add("cost_code_name", type == nil ? description : description.map(withoutLastSegment))
            add("cost_type", type)
            if code == nil { add("sub_job", flat) }
        } else if let id = try json.id("wbs_code_id") {
            add("wbs_code_id", id)
        }
        return fields
    }

    /// `03-300.O` in its two segments; no code where there are more, as with sub jobs and custom segments.
    static func split(_ flat: String) -> (code: String?, type: String?) {
        let components = flat.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch components.count {
        case 1: return (flat, nil)
        case 2: return (components[0], components[1])
        default: return (nil, nil)
        }
    }

    /// `Rebar No. 5.Other` without the name of its cost type.
    static func withoutLastSegment(_ text: String) -> String {
        text.lastIndex(of: ".").map { String(text[..<$0]) } ?? text
    }

    /// `03-300 - Cast-in-Place Concrete` as code and name.
    static func displayed(_ text: String) -> (code: String, name: String?) {
        guard let dash = text.range(of: " - ") else { return (text, nil) }
        return (String(text[..<dash.lowerBound]), String(text[dash.upperBound...]))
    }

    /// The code of a cost type that an export names in full. Source: Procore's default cost types.
    static func typeCode(_ name: String) -> String {
        switch name.lowercased() {
        case "other": "O"
        case "labor": "L"
        case "materials": "M"
        case "equipment": "E"
        case "commitment", "subcontract", "subcontractor": "S"
        case "owner cost": "OC"
        case "professional services": "SVC"
        default: name
        }
    }
}
