import Domain

/// A cost code or WBS code of a project as a line of some document shows it: with Procore's own id beside the code.
///
/// Budget lines, commitment lines, change order lines, invoice items and adjustment lines carry such ids. Who has seen one
/// need not wait for the export of the codes themselves.
/// - Sources: Procore REST, `cost_code` and `wbs_code` objects of lines; `cost_code_id` of invoice items and of the detail
///   rows of a budget view.
public struct SeenCode: Sendable, Hashable {
    /// `costCodes` or `wbsCodes`.
    public let entity: Entity
    /// Procore's id.
    public let id: String
    /// The cost code: `03-300`; of a WBS code, that of its segment.
    public let code: String
    /// The cost type of a WBS code: `O`; nil for a cost code, and where there is none.
    public let type: String?
    /// The id of the only cost type that a cost code may have; nil where the line does not say.
    public let typeID: String?
    /// The project, where the code itself names it (`biller_id`).
    public let project: String?

    /// A code with its id.
    public init(
        _ entity: Entity, id: String, code: String, type: String? = nil, typeID: String? = nil, project: String? = nil
    ) {
        self.entity = entity
        self.id = id
        self.code = code
        self.type = type
        self.typeID = typeID
        self.project = project
    }

    /// The code as Procore shows it: `03-300`, `03-300.O`.
    public var shown: String { [code, type].compactMap { $0 }.joined(separator: ".") }

    /// What a line shows. What belongs to a sub job or has custom segments teaches nothing, since QuickBooks has no place
    /// for it; nor does what cannot be read, of which the reader of the line complains where it matters.
    /// - Parameter line: a line of any document that has a code.
    /// - Parameter known: the line as it was read, where that was done already.
    public static func all(in line: JSONRecord, as known: Content.Line? = nil) -> [SeenCode] {
        guard line.has("cost_code") || line.has("wbs_code") else { return [] }
        do throws(Problem) {
            if let known, known["cost_code"] != nil || known["sub_job"] != nil { return try read(line, known) }
            return try read(line, Content(try CodeFields.of(line)))
        } catch {
            return []
        }
    }

    private static func read(_ line: JSONRecord, _ fields: some SourceFields) throws(Problem) -> [SeenCode] {
        guard fields["sub_job"] == nil, try line.filled("biller_type") != "SubJob" else { return [] }
        var codes: [SeenCode] = []
        if let id = try line.id("cost_code.id") {
            if let code = fields["cost_code"], try line.text("cost_code.deleted_at") == nil {
                let billed = try line.text("cost_code.biller_type") == "Project"
                codes.append(
                    SeenCode(
                        .costCodes, id: id, code: code, typeID: try onlyType(line),
                        project: billed ? try line.id("cost_code.biller_id") : nil))
            }
        } else if let id = try line.id("cost_code_id") {
            let shown = fields["cost_code"] == nil ? try displayed(line) : nil
            if let code = fields["cost_code"] ?? shown { codes.append(SeenCode(.costCodes, id: id, code: code)) }
        }
        // A displayed code says nothing of custom segments, so only a flat code teaches what a WBS code is.
        if let id = try line.id("wbs_code.id"), let flat = try line.filled("wbs_code.flat_code") {
            let (code, type) = CodeFields.split(flat)
            if let code, fields["cost_code"] == code {
                codes.append(SeenCode(.wbsCodes, id: id, code: code, type: type))
            }
        }
        return codes
    }

    /// The code of a detail row, which shows it as text: `03-300 - Cast-in-Place Concrete`.
    private static func displayed(_ row: JSONRecord) throws(Problem) -> String? {
        guard try row.record("cost_code") == nil else { return nil }
        return try row.filled("cost_code").map { CodeFields.displayed($0).code }
    }

    /// The only cost type that the cost code may have. The line's own type or category says nothing of the others.
    private static func onlyType(_ line: JSONRecord) throws(Problem) -> String? {
        guard let types = try line.records("cost_code.line_item_types"), types.count == 1 else { return nil }
        return try types[0].id("id")
    }
}

extension [SeenCode] {
    /// Adds what is new; lines of a document show the same few codes again and again, mostly the last one.
    public mutating func add(_ codes: [SeenCode]) {
        for code in codes where !suffix(8).contains(code) { append(code) }
    }
}
