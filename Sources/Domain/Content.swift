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
    }

    /// What a field holds.
    public enum Value: Sendable, Hashable {
        /// Text, ready to be written.
        case text(String)
        /// The QuickBooks id of another record, known once that one is linked.
        case idOf(RecordKey)
    }

    /// The fields, in the order in which the other side wants them.
    public var fields: [Field]

    /// Content of these fields.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The text of the field at a path; nil where there is none.
    public subscript(path: String) -> String? {
        for field in fields where field.path == path {
            if case .text(let text) = field.value { return text }
        }
        return nil
    }

    /// The records whose QuickBooks ids it needs.
    public var references: [RecordKey] {
        fields.compactMap { if case .idOf(let key) = $0.value { key } else { nil } }
    }

    // Control characters never stand in mapped text, so three of them can hold it together.
    private static let fieldEnd: UInt8 = 0x1e
    private static let pathEnd: UInt8 = 0x1f
    private static let reference: UInt8 = 0x1d

    /// The content as bytes for the sync ledger; equal content gives equal bytes.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.count * 40)
        for field in fields {
            bytes.append(contentsOf: field.path.utf8)
            switch field.value {
            case .text(let text):
                bytes.append(Self.pathEnd)
                bytes.append(contentsOf: text.utf8)
            case .idOf(let key):
                bytes.append(Self.reference)
                bytes.append(contentsOf: key.description.utf8)
            }
            bytes.append(Self.fieldEnd)
        }
        return bytes
    }

    /// Reads what `encoded` wrote.
    public init(decoding bytes: [UInt8]) {
        fields = bytes.split(separator: Self.fieldEnd, omittingEmptySubsequences: true).compactMap { part in
            guard let mark = part.firstIndex(where: { $0 == Self.pathEnd || $0 == Self.reference }) else { return nil }
            let path = String(decoding: part[..<mark], as: UTF8.self)
            let text = String(decoding: part[part.index(after: mark)...], as: UTF8.self)
            guard part[mark] == Self.reference else { return Field(path, text) }
            return RecordKey(text).map { Field(path, idOf: $0) }
        }
    }
}
