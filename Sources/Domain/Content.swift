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

    // Control characters never stand in mapped text, so a few of them can hold it together.
    /// What ends a field of text, encoded.
    public static let fieldEnd: UInt8 = 0x1e
    /// What stands between the path of a field and its text, encoded.
    public static let pathEnd: UInt8 = 0x1f
    private static let reference: UInt8 = 0x1d
    private static let lineStart: UInt8 = 0x1c
    private static let lineReference: UInt8 = 0x03

    /// The content as bytes for the sync ledger; equal content gives equal bytes.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((fields.count + lines.count * 6) * 40)
        encode(into: &bytes)
        return bytes
    }

    /// Adds the content as bytes for the sync ledger.
    public func encode(into bytes: inout [UInt8]) {
        for field in fields { Self.append(field, to: &bytes) }
        for line in lines {
            bytes.append(Self.lineStart)
            bytes.append(contentsOf: line.key.utf8)
            bytes.append(Self.fieldEnd)
            for field in line.fields { Self.append(field, to: &bytes) }
        }
    }

    private static func append(_ field: Field, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.path.utf8)
        switch field.value {
        case .text(let text):
            bytes.append(pathEnd)
            bytes.append(contentsOf: text.utf8)
        case .idOf(let key):
            bytes.append(reference)
            bytes.append(contentsOf: key.description.utf8)
        case .lineOf(let key, let line):
            bytes.append(lineReference)
            bytes.append(contentsOf: "\(line) \(key.description)".utf8)
        }
        bytes.append(fieldEnd)
    }

    /// Reads what `encoded` wrote.
    public init(decoding bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Content(decoding: $0) }
    }

    /// Reads what `encoded` wrote.
    public init(decoding bytes: UnsafeRawBufferPointer) {
        fields = []
        lines = []
        for piece in bytes.split(separator: Self.fieldEnd, omittingEmptySubsequences: true) {
            if piece.first == Self.lineStart {
                lines.append(Line(String(decoding: piece.dropFirst(), as: UTF8.self), []))
            } else if let field = Self.field(piece) {
                if lines.isEmpty { fields.append(field) } else { lines[lines.count - 1].fields.append(field) }
            }
        }
    }

    private static func field(_ piece: Slice<UnsafeRawBufferPointer>) -> Field? {
        guard let mark = piece.firstIndex(where: { $0 == pathEnd || $0 == reference || $0 == lineReference }) else {
            return nil
        }
        let path = String(decoding: piece[..<mark], as: UTF8.self)
        let text = String(decoding: piece[piece.index(after: mark)...], as: UTF8.self)
        switch piece[mark] {
        case reference: return RecordKey(text).map { Field(path, idOf: $0) }
        case lineReference:
            guard let space = text.firstIndex(of: " "), let key = RecordKey(text[text.index(after: space)...]) else {
                return nil
            }
            return Field(path, .lineOf(key, line: String(text[..<space])))
        default: return Field(path, text)
        }
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
