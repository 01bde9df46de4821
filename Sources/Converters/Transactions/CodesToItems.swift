import Domain
import Procore
import QBXML

/// A cost code of a Procore project ties the project's Job to the cost code's Item: QuickBooks has nothing of its own for
/// it, and Procore is told both ids once they are known, as Procore's own connector does.
///
/// - Sources: Procore support, "Using Sync Actions" (`origin_id` is unique within a company, hence composite); Procore
///   REST "Cost Codes".
public enum ProjectCostCodeToJobAndItem: FromDocument {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "project-cost-code-to-job-and-item"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore project cost code ties a QuickBooks Job and an Item."
    /// The names of both sides.
    public static let sides = (from: "Procore project cost code", to: "Procore origin_id")
    /// Cost codes of a project.
    public static let entity = Entity.costCodes
    /// The job and the item.
    public static let needs = [Entity.projects, .standardCostCodes]
    /// A project's cost code list.
    public static let exports = [
        Export(
            documents: entity, by: .field, when: { code, _ in code.has(all: "biller", "full_code") },
            read: ProjectCostCode.read)
    ]
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0) } }

    struct Tie {
        let job: RecordKey
        let item: RecordKey
    }

    // swift-format-ignore
    static let rows: [Row<Tie>] = [
        //  Procore     Procore project cost code
        Row("origin_id", "biller_id (the job's ListID, before the bar)", idOf: { tie, _ in tie.job }),
        Row("origin_id", "full_code (the item's ListID, after the bar)",   idOf: { tie, _ in tie.item }),
    ]

    /// Which job and which item it ties.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) -> Conversion {
        guard let header = source.header else { return .waits("Its own export has not been dropped yet.", []) }
        if header["deleted_at"] != nil { return .skipped(Skipped("The cost code was deleted in Procore.")) }
        var findings = Findings(source.key.shown)
        let item = findings.attempt { () throws(Problem) in
            try CodeReference.item(
                of: Content(header.fields.map { $0.path == "full_code" ? renamed($0) : $0 }))
        }
        guard let project = header["project_id"] else {
            if findings.problems.isEmpty {
                findings.add(
                    Problem(
                        field: "biller_id", what: "It does not say which project it belongs to.",
                        remedy: "Export it again from Procore, or put the file in a folder named project-<id>."))
            }
            return findings.conversion(nil)
        }
        guard let item else { return findings.conversion(nil) }
        return findings.conversion(
            findings.map(Tie(job: RecordKey(.projects, project), item: item), rows, settings: settings))
    }

    private static func renamed(_ field: Content.Field) -> Content.Field { .init("cost_code", field.value) }
}

/// A WBS code of a Procore project stands for the Item of its cost code, for lines that name nothing else.
///
/// - Sources: Procore REST "WBS Codes". Cost types have no place in QuickBooks: all are Other.
public enum WBSCodeToItem: FromDocument {
    /// Its name in `plumbline mappings` and in the fixtures.
    public static let name = "wbs-code-to-item"
    /// The sentence a bookkeeper would say.
    public static let summary = "A Procore WBS code stands for the QuickBooks Item of its cost code."
    /// The names of both sides.
    public static let sides = (from: "Procore WBS code", to: "QuickBooks Item")
    /// WBS codes of a project.
    public static let entity = Entity.wbsCodes
    /// The item.
    public static let needs = [Entity.standardCostCodes]
    /// A project's WBS codes.
    public static let exports = [
        Export(
            documents: entity, by: .field, when: { code, _ in code.has(all: "flat_code", "segment_items") },
            read: WBSCode.read)
    ]
    /// The table's lines.
    public static var table: [TableLine] { rows.map { TableLine($0) } }

    // swift-format-ignore
    static let rows: [Row<RecordKey>] = [
        //  QuickBooks line                      Procore WBS code
        Row("PurchaseOrderLineAdd/ItemRef/ListID", "segment_items.path_code", idOf: { item, _ in item }),
    ]

    /// Which item it stands for.
    public static func convert(
        _ source: DocumentSource, settings: Settings, references: any References
    ) -> Conversion {
        guard let header = source.header else { return .waits("Its own export has not been dropped yet.", []) }
        var findings = Findings(source.key.shown)
        let item = findings.attempt { () throws(Problem) in try CodeReference.item(of: header) }
        return findings.conversion(item.flatMap { findings.map($0, rows, settings: settings) })
    }
}
