/// Limits of what is read. Limits of ours: docs/guide/reference.md.
public struct ReadingLimits: Sendable {
    /// The longest record, in bytes.
    public var recordBytes: Int
    /// The longest file, in bytes.
    public var fileBytes: Int

    /// The contract's defaults.
    public init(recordBytes: Int = 4 << 20, fileBytes: Int = 2 << 30) {
        self.recordBytes = recordBytes
        self.fileBytes = fileBytes
    }
}

/// How records stand in a JSON file.
public enum ExportShape: Sendable, Hashable {
    /// A list, as v1.x list endpoints give it.
    case list
    /// One object, as show endpoints give it.
    case object
    /// `{"data": …}`, as v2.0 gives it.
    case data
    /// `{"entities": [], "errors": []}`, the answer to a sync call.
    case syncResponse
    /// `{"request_name": …, "request_data": …}`, an event of Procore's ERP connector.
    case event
    /// An object a line (NDJSON).
    case lines
}

/// Something that stands in a JSON export. Records are counted from 1.
public enum ExportElement: Sendable {
    /// A record.
    case record(JSONRecord, ordinal: Int)
    /// A record that Procore made or changed on a sync call.
    case syncEntity(JSONRecord, ordinal: Int)
    /// An update that Procore refused on a sync call.
    case syncError(JSONRecord, ordinal: Int)
    /// An ERP event and its data.
    case event(name: String, JSONRecord)
}

/// What the members of a list in an export are.
enum ExportMember: Sendable {
    case record, entity, error

    /// By the key of the list in a wrapper; nil where the key is none of a wrapper's.
    init?(key: String) {
        switch key {
        case "data": self = .record
        case "entities": self = .entity
        case "errors": self = .error
        default: return nil
        }
    }

    var shape: ExportShape { self == .record ? .data : .syncResponse }

    func element(_ record: JSONRecord, ordinal: Int) -> ExportElement {
        switch self {
        case .record: .record(record, ordinal: ordinal)
        case .entity: .syncEntity(record, ordinal: ordinal)
        case .error: .syncError(record, ordinal: ordinal)
        }
    }
}
