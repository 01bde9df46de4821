/// Something that was changed or left out on purpose, said in the receipt although nothing is wrong.
public struct Note: Sendable, Hashable, Codable {
    /// The record, in the words of its own side; nil: the whole file.
    public var record: String?
    /// The field as its own side spells it; nil: the whole record.
    public var field: String?
    /// What was done and why, in one sentence.
    public var what: String

    /// A note with its place and its sentence.
    public init(record: String? = nil, field: String? = nil, what: String) {
        self.record = record
        self.field = field
        self.what = what
    }
}

/// A record that a rule leaves out: not an error, but said in the receipt.
public struct Skipped: Error, Sendable, Hashable {
    /// Why, in one sentence.
    public let reason: String

    /// Left out for this reason.
    public init(_ reason: String) {
        self.reason = reason
    }
}
