import Domain

/// A record of a Procore export, with the fields that Plumbline reads, spelled as Procore spells them.
public protocol ProcoreRecord: Sendable {
    /// The kind of record.
    static var entity: Entity { get }
    /// Reads one object of an export.
    /// - Throws: a `Problem` where a field holds something else than it should, or stands twice.
    init(_ json: JSONRecord) throws(Problem)

    /// Procore's id; nil in CSV rows that have none.
    var id: String? { get }
    /// What people know it by, and what a CSV row without an id is recognised by: the name or the code.
    var businessKey: String? { get }
    /// `updated_at`, as Procore wrote it.
    var updatedAt: String? { get }
    /// `origin_id`: the QuickBooks id that Procore has for it, or some other system's.
    var originID: String? { get }
    /// `origin_data`, as Procore's own connector writes it: `{"edit_sequence":"1716500031"}`.
    var originData: String? { get }
    /// What the record belongs to when it is written back: the list of a standard cost code.
    var scope: String? { get }
    /// Why the record is left out, where a rule says so.
    var skipped: Skipped? { get }
    /// What a mapping plan has to know of its fields; nil: there is no plan for it.
    static var plainLayout: PlainLayout? { get }
}

extension ProcoreRecord {
    /// `vendor 401104`, or `vendor "Quick Rentals"` where there is no id.
    public var shown: String {
        if let id { return "\(Self.entity.singular) \(id)" }
        if let businessKey { return "\(Self.entity.singular) \"\(businessKey)\"" }
        return "\(Self.entity.singular) without id and name"
    }

    /// There is no plan for it.
    public static var plainLayout: PlainLayout? { nil }

    /// What the record belongs to; most belong to the company alone.
    public var scope: String? { nil }

    /// The `edit_sequence` in `origin_data`; nil where there is none.
    public var editSequence: String? {
        guard let originData, let json = try? JSONRecord(parsing: Array(originData.utf8)) else { return nil }
        return try? json.text("edit_sequence")
    }
}

/// A record that also comes as a row of one of Procore's CSV templates.
public protocol CSVRecord: ProcoreRecord {
    /// Headers that all stand in the template and tell it from others.
    static var headers: [String] { get }
    /// Reads one row.
    init(_ row: CSVRow) throws(Problem)
}

extension JSONRecord {
    /// The text at a path, nil where it is absent, null or only white space.
    public func filled(_ path: String) throws(Problem) -> String? {
        try text(path)?.ifFilled
    }

    /// Procore's id: a whole number in v1.x, text in v2.0, up to 64 bit.
    public func id(_ path: String) throws(Problem) -> String? {
        try checkedID(try filled(path), field: path)
    }

    /// `active` and its like: true where it is absent.
    public func isTrue(_ path: String) throws(Problem) -> Bool {
        try filled(path) != "false"
    }
}

extension CSVRow {
    /// Procore's id below a header: a whole number of up to 64 bit; nil where the field is empty.
    public func id(_ header: String) throws(Problem) -> String? {
        try checkedID(self[header], field: header)
    }
}

/// An id that may stand in a requestID and, as a number, in Procore's JSON.
private func checkedID(_ text: String?, field: String) throws(Problem) -> String? {
    guard let text else { return nil }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), UInt64(text) != nil else {
        throw Problem(
            field: field, what: "The id is \"\(text)\", which is not one of Procore's whole numbers.",
            remedy: "Export the record again from Procore, unchanged, and drop the new file.")
    }
    return text
}
