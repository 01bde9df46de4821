/// The mapped content of a record: what it should be on the other side, field by field, in writing order.
///
/// It is what decides between unchanged and changed, what an Add is written from, and, held against the content
/// that QuickBooks last confirmed, what a Mod is made of.
public struct Content: Sendable, Hashable {
    /// One field.
    public struct Field: Sendable, Hashable {
        /// Where it goes: `VendorAddress/City` in qbXML, `state_code` in Procore JSON.
        public let path: String
        /// What it holds.
        public let value: Value

        /// A field of text.
        public init(_ path: String, _ text: String) {
            self.path = path
            value = .text(text)
        }

        /// A field that will hold the id which QuickBooks gives to another record.
        public init(_ path: String, idOf key: RecordKey) {
            self.path = path
            value = .idOf(key)
        }

        /// A field of some value.
        public init(_ path: String, _ value: Value) {
            self.path = path
            self.value = value
        }
    }

    /// One line of a transaction.
    public struct Line: Sendable, Hashable {
        /// Procore's id of the line; several, joined by `+`, where several became one.
        public var key: String
        /// Its fields, in writing order.
        public var fields: [Field]

        /// A line of these parts.
        public init(_ key: String, _ fields: [Field]) {
            self.key = key
            self.fields = fields
        }

        /// The text of the field at a path; nil where there is none.
        public subscript(path: String) -> String? { fields.text(path) }

        /// The record that the field at a path refers to; nil where it is none.
        public func reference(_ path: String) -> RecordKey? { fields.reference(path) }

        /// Procore's ids of the lines that it stands for.
        public var keys: [String] { key.split(separator: "+").map(String.init) }
    }

    /// What a field holds.
    public enum Value: Sendable, Hashable {
        /// Text, ready to be written.
        case text(String)
        /// The QuickBooks id of another record, known once that one is linked.
        case idOf(RecordKey)
        /// The `TxnLineID` of a line of another record's transaction, known once that one is linked.
        case lineOf(RecordKey, line: String)
    }

    /// The fields, in the order in which the other side wants them.
    public var fields: [Field]
    /// The lines of a transaction, in their order; none for an element of a list.
    public var lines: [Line]

    /// Content of these fields and lines.
    public init(_ fields: [Field] = [], lines: [Line] = []) {
        self.fields = fields
        self.lines = lines
    }

    /// The text of the field at a path; nil where there is none.
    public subscript(path: String) -> String? { fields.text(path) }

    /// The record that the field at a path refers to; nil where it is none.
    public func reference(_ path: String) -> RecordKey? { fields.reference(path) }

    /// The line with one of Procore's line ids.
    public func line(_ key: String) -> Line? {
        lines.first { $0.key == key } ?? lines.first { $0.keys.contains(key) }
    }

    /// The records whose QuickBooks ids it needs, each once.
    public var references: [RecordKey] {
        var found: [RecordKey] = []
        var seen: Set<RecordKey> = []
        func collect(_ fields: [Field]) {
            for field in fields {
                if case .idOf(let key) = field.value, seen.insert(key).inserted { found.append(key) }
            }
        }
        collect(fields)
        for line in lines { collect(line.fields) }
        return found
    }

    /// The first record whose QuickBooks id it needs; nil where it needs none.
    public var firstReference: RecordKey? {
        for field in fields { if case .idOf(let key) = field.value { return key } }
        for line in lines { for field in line.fields { if case .idOf(let key) = field.value { return key } } }
        return nil
    }
}

extension [Content.Field] {
    fileprivate func text(_ path: String) -> String? {
        for field in self where field.path == path {
            if case .text(let text) = field.value { return text }
        }
        return nil
    }

    fileprivate func reference(_ path: String) -> RecordKey? {
        for field in self where field.path == path {
            if case .idOf(let key) = field.value { return key }
        }
        return nil
    }
}
