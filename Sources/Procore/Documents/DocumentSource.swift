import Domain

/// What Procore's exports said so far about one document, by Procore's own field names: its header, and its lines by
/// the export that brought them.
///
/// JSON, CSV and the sync ledger meet in this one form, so that a header and its lines may come in any order.
public struct DocumentSource: Sendable, Hashable {
    /// Which document it is.
    public let key: RecordKey
    /// The fragments, by name: `header`, `lines`, …
    public var fragments: [String: Content]

    /// A document of these fragments.
    public init(_ key: RecordKey, fragments: [String: Content]) {
        self.key = key
        self.fragments = fragments
    }

    /// The header; nil while only lines were dropped.
    public var header: Content? { fragments[DocumentFragment.header] }

    /// The lines of a fragment; nil while it was not dropped.
    public func lines(_ fragment: String) -> [Content.Line]? { fragments[fragment]?.lines }
}

/// The names of the fragments of a document.
public enum DocumentFragment {
    /// Everything but the lines.
    public static let header = "header"
    /// The lines, with Procore's ids.
    public static let lines = "lines"
    /// The lines of a schedule of values that came as CSV, without ids.
    public static let scheduleOfValues = "schedule_of_values"
    /// The items of a subcontractor invoice that bill the commitment.
    public static let contractItems = "contract_items"
    /// The items of a subcontractor invoice that bill change orders.
    public static let changeOrderItems = "change_order_items"
}

/// What one object or row of an export says.
public enum DocumentReading: Sendable {
    /// A document, with or without its lines.
    case document(Document)
    /// One line of a document whose header stands elsewhere.
    case line(of: RecordKey, fragment: String, Content.Line)

    /// A document as one object of an export says it.
    public struct Document: Sendable {
        /// Which one it is.
        public let key: RecordKey
        /// Its fragments.
        public let fragments: [String: Content]
        /// The cost codes and WBS codes that its lines show with Procore's ids, each once.
        public let codes: [SeenCode]

        /// A document of these fragments.
        public init(_ key: RecordKey, fragments: [String: Content], codes: [SeenCode] = []) {
            self.key = key
            self.fragments = fragments
            self.codes = codes
        }

        /// A document with a header alone.
        public init(_ key: RecordKey, header: [Content.Field]) {
            self.init(key, fragments: [DocumentFragment.header: Content(header)])
        }
    }
}

/// What folder and file name say about the records in a file.
///
/// Our rule: docs/guide/reference.md.
public struct ExportContext: Sendable, Hashable {
    private let ids: [String: String]

    /// Reads `project-225906/commitment_change_order-1708957.json`: the last mention of each kind counts.
    public init(path: String) {
        var ids: [String: String] = [:]
        for segment in path.split(whereSeparator: { "/ .".contains($0) }) {
            var rest = segment[...]
            while let dash = rest.firstIndex(of: "-") {
                let kind = rest[..<dash].reversed().prefix { $0.isLetter || $0 == "_" }.reversed()
                let digits = rest[rest.index(after: dash)...].prefix { $0.isASCII && $0.isNumber }
                if !kind.isEmpty, !digits.isEmpty { ids[String(kind).lowercased()] = String(digits) }
                rest = rest[rest.index(after: dash)...]
            }
        }
        self.ids = ids
    }

    /// The project that the path names.
    public var projectID: String? { ids["project"] }
    /// The commitment that the path names.
    public var commitmentID: String? {
        ids["commitment"] ?? ids["work_order_contract"] ?? ids["purchase_order_contract"] ?? ids["contract"]
    }
    /// The change order that the path names.
    public var changeOrderID: String? { ids["commitment_change_order"] ?? ids["change_order_package"] }
    /// The subcontractor invoice that the path names.
    public var requisitionID: String? { ids["requisition"] ?? ids["invoice"] }

    /// The project, or the sentence that says how to name it.
    func project(_ id: String?, of what: String) throws(Problem) -> String {
        if let id = id ?? projectID { return id }
        throw Problem(
            field: "project",
            what: "Nothing says which project the \(what) belong to: neither the file nor its name.",
            remedy:
                "Put the file in a folder named project-<id>, such as inbox/procore/project-225906/, and drop it again."
        )
    }

    private static let examples = [
        "commitment": "786001", "commitment_change_order": "1708957", "requisition": "1280646",
    ]

    /// The id of what the lines belong to, or the sentence that says how to name it.
    func parent(_ id: String?, _ kind: String, of what: String) throws(Problem) -> String {
        if let id { return id }
        throw Problem(
            field: kind,
            what: "Nothing says which \(kind.replacing("_", with: " ")) the \(what) belong to.",
            remedy: "Name the file after it, such as \(kind)-\(Self.examples[kind] ?? "1"), and drop it again.")
    }
}
