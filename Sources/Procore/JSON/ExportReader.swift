import Domain

/// Reads Procore's JSON record by record, in every shape in which it is saved and every encoding that `TextSource` reads.
///
/// Memory holds one record, not the file. An error can come at the very end, so nothing counts before `next` has
/// given nil.
public struct ExportReader {
    private enum State {
        case start
        /// A list, read as it comes.
        case list(ExportMember, isFirst: Bool, inWrapper: Bool)
        /// A wrapper's keys, read as they come, because it is longer than any record.
        case wrapper(isFirst: Bool)
        /// A wrapper that is in memory.
        case held(HeldWrapper)
        case lines
        /// Only white space may follow.
        case end
        case done
    }

    private var scanning: ExportScanning
    private var state = State.start
    private var wrapperKeys = WrapperKeys()
    /// How the records stand in the file; known after the first `next`.
    public private(set) var shape: ExportShape?

    /// Whether nothing but white space is a file of lines without a line, rather than a copy that came to nothing.
    private let mayBeBlank: Bool

    /// A reader of a JSON file.
    /// - Parameter source: the file.
    /// - Parameter limits: how deep and how long what is read may be.
    /// - Parameter mayBeBlank: whether white space alone is a file of lines (NDJSON) without a record.
    public init(_ source: any ByteSource, limits: ReadingLimits = ReadingLimits(), mayBeBlank: Bool = false) {
        scanning = ExportScanning(source, limits: limits)
        self.mayBeBlank = mayBeBlank
    }

    /// The next element; nil once the file has been read to its end.
    /// - Throws: a `Problem` that names line and column; nothing of the file counts then.
    public mutating func next() throws -> ExportElement? {
        while true {
            switch state {
            case .start: if let element = try begin() { return element }
            case .list(let member, let isFirst, let inWrapper):
                if let element = try nextInList(member, isFirst, inWrapper) { return element }
            case .wrapper(let isFirst): if let element = try nextKey(isFirst) { return element }
            case .held(var wrapper):
                state = .end
                if let element = try wrapper.next() {
                    state = .held(wrapper)
                    return element
                }
            case .lines: if let element = try nextLine() { return element }
            case .end:
                try scanning.expectEnd()
                state = .done
            case .done: return nil
            }
        }
    }

    private mutating func begin() throws -> ExportElement? {
        guard let first = try scanning.skipSpace() else {
            guard mayBeBlank else { throw scanning.malformed("there is no JSON in the file") }
            shape = .lines
            state = .done
            return nil
        }
        switch first {
        case UInt8(ascii: "["):
            shape = .list
            scanning.skipByte()
            state = .list(.record, isFirst: true, inWrapper: false)
            return nil
        case UInt8(ascii: "{"):
            if let record = try scanning.shortObject() { return try open(record) }
            scanning.skipByte()
            state = .wrapper(isFirst: true)
            return nil
        default:
            _ = try scanning.value()
            try scanning.expectEnd()
            throw Problem(
                what: "The file holds a single value, and no record.",
                remedy: "Export it again from Procore and drop the new file.")
        }
    }

    /// An object at the top that is no longer than a record can be: a record, or a wrapper of records.
    private mutating func open(_ record: JSONRecord) throws -> ExportElement? {
        if let wrapper = try HeldWrapper(record) {
            shape = wrapper.shape
            state = .held(wrapper)
            return nil
        }
        if record.has("request_name"), record.has("request_data"), let name = try record.text("request_name"),
            let data = try record.record("request_data")
        {
            shape = .event
            state = .end
            return .event(name: name, data)
        }
        scanning.ordinal = 1
        if try scanning.skipSpace() == UInt8(ascii: "{"), scanning.crossedLine {
            shape = .lines
            state = .lines
        } else {
            shape = .object
            state = .end
        }
        return .record(record, ordinal: 1)
    }

    private mutating func nextKey(_ isFirst: Bool) throws -> ExportElement? {
        guard try scanning.nextMember(isFirst: isFirst, closing: UInt8(ascii: "}")) else {
            guard shape != nil else { throw scanning.tooLong() }
            state = .end
            return nil
        }
        let key = try scanning.key()
        state = .wrapper(isFirst: false)
        let value = try scanning.skipSpace()
        guard let member = try wrapperKeys.member(key, isList: value == UInt8(ascii: "[")) else {
            _ = try scanning.value()
            if wrapperKeys.isRecord, shape == .syncResponse { throw scanning.tooLong() }
            return nil
        }
        scanning.ordinal = 0
        if value == UInt8(ascii: "[") {
            scanning.skipByte()
            if shape == nil || !wrapperKeys.hasElements { shape = member.shape }
            state = .list(member, isFirst: true, inWrapper: true)
            return nil
        }
        guard let record = try scanning.value() else { return nil }
        shape = try wrapperKeys.shape(with: member)
        return member.element(record, ordinal: 1)
    }

    private mutating func nextInList(
        _ member: ExportMember, _ isFirst: Bool, _ inWrapper: Bool
    ) throws -> ExportElement? {
        guard try scanning.nextMember(isFirst: isFirst, closing: UInt8(ascii: "]")) else {
            state = inWrapper ? .wrapper(isFirst: false) : .end
            return nil
        }
        scanning.ordinal += 1
        guard let record = try scanning.value() else { throw ExportScanning.noObject(scanning.ordinal) }
        if inWrapper { shape = try wrapperKeys.shape(with: member) }
        state = .list(member, isFirst: false, inWrapper: inWrapper)
        return member.element(record, ordinal: scanning.ordinal)
    }

    private mutating func nextLine() throws -> ExportElement? {
        guard let byte = try scanning.skipSpace() else {
            state = .done
            return nil
        }
        guard scanning.crossedLine else { throw scanning.malformed("the end of the line was expected") }
        guard byte == UInt8(ascii: "{") else { throw scanning.malformed("an object was expected on each line") }
        scanning.ordinal += 1
        guard let record = try scanning.value() else { return nil }
        return .record(record, ordinal: scanning.ordinal)
    }
}
