extension JSONValue {
    /// A whole number.
    public static func int(_ number: Int) -> JSONValue { .number(String(number)) }

    /// What a record holds, its keys in their order, numbers as they were written.
    public init(_ record: JSONRecord) {
        self = record.value(at: 0)
    }
}

extension JSONRecord {
    fileprivate func value(at index: Int) -> JSONValue {
        switch nodes[index].kind {
        case .object: .object(members(of: index).map { (key: key(of: nodes[$0]), value: value(at: $0)) })
        case .array: .array(members(of: index).map(value(at:)))
        case .string: .string(scalar(index))
        case .number: .number(scalar(index))
        case .yes: .bool(true)
        case .no: .bool(false)
        case .null: .null
        }
    }
}

extension JSONValue: Hashable {
    /// Whether both would be written alike: the order of keys counts, and `1` is not `1.0`.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.elementsEqual(right) { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.written(let left), .written(let right)): left == right
        default: false
        }
    }

    /// Feeds the bytes that would be written.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes(pretty: false))
    }
}
