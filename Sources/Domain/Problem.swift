/// Something wrong with what was dropped, said to the person who can put it right.
///
/// A `Problem` is about the input: a file, a record in it, a field of the record. What is wrong with the
/// machine (disk full, permission) is a `SystemError`; what is wrong with us is neither, and stops the process.
public struct Problem: Error, Sendable, Hashable, Codable {
    /// The record, in the words of its own side: `vendor 401104`, `cost code 03-300`. Nil: the whole file.
    public var record: String?
    /// The field as its own side spells it: `name`, `zip`. Nil: the whole record.
    public var field: String?
    /// The file that brought the record, where it is another one than the one that is told about.
    public var file: String?
    /// What happened, in one sentence.
    public var what: String
    /// What to do about it, in one sentence.
    public var remedy: String

    /// A problem with its place, its sentence and its remedy.
    public init(record: String? = nil, field: String? = nil, what: String, remedy: String) {
        self.record = record
        self.field = field
        self.what = what
        self.remedy = remedy
    }

    /// The same problem, placed in a record, unless it already is.
    public func of(_ record: String) -> Problem {
        var copy = self
        copy.record = self.record ?? record
        return copy
    }
}
