import Domain

/// A wrapper of records that is in memory; its records are cut out one by one.
struct HeldWrapper {
    private struct Section {
        let member: ExportMember
        var index: Int
        let end: Int
    }

    private let wrapper: JSONRecord
    private var sections: [Section] = []
    private var ordinal = 0
    let shape: ExportShape

    /// Nil where the object is no wrapper, but a record or the body of a failed call.
    /// - Throws: a `Problem` where a key of the wrapper stands twice, or records and answers stand together.
    init?(_ record: JSONRecord) throws(Problem) {
        if ErrorBody(record) != nil { return nil }
        wrapper = record
        let data = try record.holdsRecords("data") ? record.span("data") : nil
        var answers: [(member: ExportMember, span: Range<Int>)] = []
        if !record.has("id"), !record.has("name") {
            for (key, member) in [("entities", ExportMember.entity), ("errors", .error)] where record.has(key) {
                // A refusal of the whole call may list sentences: that is no answer to updates.
                if member == .error, !record.has("entities"), try !record.holdsRecords(key) { continue }
                if let span = try record.span(key, onlyLists: true) { answers.append((member, span)) }
            }
        }
        let hasAnswers = answers.contains { !$0.span.isEmpty }
        if let data {
            if hasAnswers, !data.isEmpty { throw WrapperKeys.mixed }
            if !hasAnswers { answers = [(.record, data)] }
        }
        guard let shape = answers.first?.member.shape else { return nil }
        self.shape = shape
        sections = answers.map { Section(member: $0.member, index: $0.span.lowerBound, end: $0.span.upperBound) }
    }

    /// The next element; nil behind the last one.
    /// - Throws: a `Problem` where a member of a list is no object.
    mutating func next() throws(Problem) -> ExportElement? {
        while let section = sections.first {
            guard section.index < section.end else {
                sections.removeFirst()
                ordinal = 0
                continue
            }
            ordinal += 1
            guard wrapper.isObject(section.index) else { throw ExportScanning.noObject(ordinal) }
            sections[0].index = wrapper.index(after: section.index)
            return section.member.element(wrapper.subrecord(section.index), ordinal: ordinal)
        }
        return nil
    }
}

/// What was met so far in a wrapper that is read key by key.
struct WrapperKeys {
    private var lists: Set<String> = []
    private var met: ExportShape?
    /// Whether the keys of a record stand in it, so that `errors` is one of its fields.
    private(set) var isRecord = false

    /// Whether an element was met.
    var hasElements: Bool { met != nil }

    /// What the members of the value at this key are; nil where the value is to be passed over.
    /// - Throws: a `Problem` where the key stands twice.
    mutating func member(_ key: String, isList: Bool) throws(Problem) -> ExportMember? {
        if key == "id" || key == "name" { isRecord = true }
        guard let member = ExportMember(key: key), isList || member == .record else { return nil }
        if isRecord, member != .record { return nil }
        guard lists.insert(key).inserted else {
            throw Problem(
                field: key, what: "The key \(key) stands twice at the top of the file.",
                remedy: "Export it again from Procore and drop the new file.")
        }
        return member
    }

    /// The shape of the file, now that an element was met.
    /// - Throws: a `Problem` where records and answers stand together.
    mutating func shape(with member: ExportMember) throws(Problem) -> ExportShape {
        if let met, met != member.shape { throw Self.mixed }
        met = member.shape
        return member.shape
    }

    static let mixed = Problem(
        what: "The file holds records (data) and the answers to a sync call (entities, errors) together.",
        remedy: "Save the two as files of their own, and drop both.")
}
