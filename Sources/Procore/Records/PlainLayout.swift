/// How a record is read where its fields stand as its type reads them: what a mapping plan has to know of it.
///
/// It says the same as the type's own reading, in data; a property test holds the two together.
public struct PlainLayout: Sendable {
    /// The keys that matter.
    public let fields: KnownFields
    /// The number of the field that names the record to people, and by which one without an id is known.
    public let title: Int
    /// The fields that leave the record out where they are not true.
    public let flags: [Int]
    private let instead: [Int: Int]

    /// The number of Procore's id.
    public var id: Int { 0 }
    /// The number of `updated_at`.
    public var updatedAt: Int { 1 }
    /// The numbers of `origin_id` and `origin_data`: of a record that has them more has to be known.
    public var origin: ClosedRange<Int> { 2...3 }

    /// A layout of these fields, beside those that every record has.
    /// - Parameters:
    ///   - texts: fields that are read as they are, the title among them.
    ///   - title: the one that a person knows the record by.
    ///   - instead: the field that is read where another one is empty.
    ///   - flags: fields of which it matters whether they are true.
    /// - Returns: nil where the keys cannot be told apart.
    public init?(texts: [String], title: String, instead: [String: String] = [:], flags: [String]) {
        let names = ["id", "updated_at", "origin_id", "origin_data"] + texts + instead.values.sorted() + flags
        guard let fields = KnownFields(names), let place = names.firstIndex(of: title) else { return nil }
        let number = { (name: String) in names.firstIndex(of: name) ?? 0 }
        self.fields = fields
        self.title = place
        self.flags = flags.map(number)
        self.instead = Dictionary(uniqueKeysWithValues: instead.map { (number($0.key), number($0.value)) })
    }

    /// The number of a field; nil where it is not known.
    public func number(_ name: String) -> Int? { fields.names.firstIndex(of: name) }

    /// The number of the field that is read where another one is empty; nil where none is.
    public func instead(of number: Int) -> Int? { instead[number] }
}
