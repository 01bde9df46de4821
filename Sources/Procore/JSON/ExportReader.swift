import Domain

/// Limits of what is read. Source: the contract's fine print.
public struct ReadingLimits: Sendable {
    /// The longest record, in bytes.
    public var recordBytes: Int

    /// The contract's defaults.
    public init(recordBytes: Int = 4 * 1_024 * 1_024) {
        self.recordBytes = recordBytes
    }
}

/// How records stand in a JSON file.
public enum ExportShape: Sendable, Hashable {
    /// A list, as v1.x list endpoints give it.
    case list
    /// One object, as show endpoints give it.
    case object
    /// `{"data": …}`, as v2.0 gives it.
    case data
    /// `{"entities": [], "errors": []}`, the answer to a sync call.
    case syncResponse
    /// `{"request_name": …, "request_data": …}`, an event of Procore's ERP connector.
    case event
    /// An object a line (NDJSON).
    case lines
}

/// Something that stands in a JSON export. Records are counted from 1.
public enum ExportElement: Sendable {
    /// A record.
    case record(JSONRecord, ordinal: Int)
    /// A record that Procore made or changed on a sync call.
    case syncEntity(JSONRecord, ordinal: Int)
    /// An update that Procore refused on a sync call.
    case syncError(JSONRecord, ordinal: Int)
    /// An ERP event and its data.
    case event(name: String, JSONRecord)
}

/// Reads Procore's JSON record by record, in every shape in which it is saved.
///
/// Memory holds one record, not the file. An error can come at the very end, so nothing counts before `next` has
/// given nil.
public struct ExportReader {
    private enum State {
        case start
        case list(Member, isFirst: Bool)
        case wrapper(isFirst: Bool)
        case lines
        case memory([ExportElement])
        case done
    }

    /// What the list being read holds.
    private enum Member {
        case record, entity, error
    }

    private var buffer: ExportBuffer
    private let limits: ReadingLimits
    private var state = State.start
    private var outer: State = .done
    private var ordinal = 0
    private var nodes: [JSONNode] = []
    /// How the records stand in the file; known after the first `next`.
    public private(set) var shape: ExportShape?

    /// A reader of a JSON file.
    public init(_ source: any ByteSource, limits: ReadingLimits = ReadingLimits()) {
        buffer = ExportBuffer(source)
        self.limits = limits
    }

    /// The next element; nil once the file has been read to its end.
    /// - Throws: a `Problem` that names line and column; nothing of the file counts then.
    public mutating func next() throws -> ExportElement? {
        while true {
            switch state {
            case .start: try begin()
            case .list(let member, let isFirst):
                if let element = try nextInList(member, isFirst) { return element }
            case .wrapper(let isFirst): try nextKey(isFirst)
            case .lines: if let element = try nextLine() { return element }
            case .memory(var elements):
                guard !elements.isEmpty else {
                    try expectEnd()
                    continue
                }
                let first = elements.removeFirst()
                state = .memory(elements)
                return first
            case .done: return nil
            }
        }
    }

    private mutating func begin() throws {
        while buffer.available < 3, !buffer.isEnd { try buffer.fill() }
        if buffer.bytes.starts(with: [0xef, 0xbb, 0xbf]) { buffer.position = 3 }
        guard let first = try skipSpace() else { throw malformed(buffer.position, "there is no JSON in the file") }
        switch first {
        case UInt8(ascii: "["):
            shape = .list
            buffer.position += 1
            state = .list(.record, isFirst: true)
            outer = .done
        case UInt8(ascii: "{"):
            if let record = try scan(orTooLong: true) { try open(record) } else { try openLarge() }
        default:
            _ = try scan(orTooLong: false)
            try expectEnd()
        }
    }

    /// An object at the top that fits into memory: a record, or a wrapper of records.
    private mutating func open(_ record: JSONRecord) throws {
        if record.has("entities") || record.has("errors"), !record.has("id"), !record.has("name") {
            shape = .syncResponse
            let entities = try record.records("entities") ?? []
            let errors = try record.records("errors") ?? []
            state = .memory(
                entities.enumerated().map { .syncEntity($0.element, ordinal: $0.offset + 1) }
                    + errors.enumerated().map { .syncError($0.element, ordinal: $0.offset + 1) })
        } else if let name = try? record.text("request_name"), let data = try? record.record("request_data") {
            shape = .event
            state = .memory([.event(name: name, data)])
        } else if record.holdsRecords("data") {
            shape = .data
            let records = try record.records("data") ?? record.record("data").map { [$0] } ?? []
            state = .memory(records.enumerated().map { .record($0.element, ordinal: $0.offset + 1) })
        } else {
            ordinal = 1
            let from = buffer.position
            let next = try skipSpace()
            let newLine = buffer.bytes[min(from, buffer.bytes.count)..<buffer.position].contains(0x0a)
            if next == UInt8(ascii: "{"), newLine || buffer.position == 0 {
                shape = .lines
                outer = .lines
            } else {
                shape = .object
                outer = .done
                if next != nil { throw malformed(buffer.position, "the end of the file was expected") }
            }
            state = .memory([.record(record, ordinal: 1)])
            if case .lines = outer { pendingLines = true }
        }
    }

    /// Whether lines follow the first record that was read.
    private var pendingLines = false

    /// An object at the top that is longer than any record: a wrapper whose list is read as it comes.
    private mutating func openLarge() throws {
        buffer.position += 1
        state = .wrapper(isFirst: true)
    }

    private mutating func nextKey(_ isFirst: Bool) throws {
        guard var byte = try skipSpace() else { throw endsEarly() }
        if byte == UInt8(ascii: "}") {
            buffer.position += 1
            guard shape != nil else { throw tooLong() }
            return try expectEnd()
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw malformed(buffer.position, "a comma or } was expected") }
            buffer.position += 1
            guard let next = try skipSpace() else { throw endsEarly() }
            byte = next
        }
        guard byte == UInt8(ascii: "\"") else { throw malformed(buffer.position, "a key in quotes was expected") }
        let key = try scanText()
        guard try skipSpace() == UInt8(ascii: ":") else { throw malformed(buffer.position, "a colon was expected") }
        buffer.position += 1
        let value = try skipSpace()
        let lists: [String: (ExportShape, Member)] = [
            "data": (.data, .record), "entities": (.syncResponse, .entity), "errors": (.syncResponse, .error),
        ]
        if value == UInt8(ascii: "["), let (found, member) = lists[key] {
            shape = found
            ordinal = 0
            buffer.position += 1
            state = .list(member, isFirst: true)
            outer = .wrapper(isFirst: false)
        } else {
            _ = try scan(orTooLong: false)
            state = .wrapper(isFirst: false)
        }
    }

    private mutating func nextInList(_ member: Member, _ isFirst: Bool) throws -> ExportElement? {
        guard var byte = try skipSpace() else { throw endsEarly() }
        if byte == UInt8(ascii: "]") {
            buffer.position += 1
            if case .done = outer { try expectEnd() } else { state = outer }
            return nil
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw malformed(buffer.position, "a comma or ] was expected") }
            buffer.position += 1
            guard let next = try skipSpace() else { throw endsEarly() }
            byte = next
        }
        ordinal += 1
        guard let record = try scan(orTooLong: false) else {
            throw Problem(
                what: "Record \(ordinal) of the list is no JSON object.",
                remedy: "Export it again from Procore and drop the new file.")
        }
        state = .list(member, isFirst: false)
        switch member {
        case .record: return .record(record, ordinal: ordinal)
        case .entity: return .syncEntity(record, ordinal: ordinal)
        case .error: return .syncError(record, ordinal: ordinal)
        }
    }

    private mutating func nextLine() throws -> ExportElement? {
        guard let byte = try skipSpace() else {
            state = .done
            return nil
        }
        guard byte == UInt8(ascii: "{") else { throw malformed(buffer.position, "an object was expected on each line") }
        ordinal += 1
        guard let record = try scan(orTooLong: false) else { return nil }
        return .record(record, ordinal: ordinal)
    }

    /// Only white space may follow.
    private mutating func expectEnd() throws {
        if pendingLines {
            pendingLines = false
            state = .lines
            return
        }
        if try skipSpace() != nil { throw malformed(buffer.position, "the end of the file was expected") }
        state = .done
    }

    // MARK: - Scanning

    private mutating func skipSpace() throws -> UInt8? {
        while let byte = try buffer.peek() {
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d: buffer.position += 1
            default: return byte
            }
        }
        return nil
    }

    /// Scans the value at hand. Its bytes lie together in the buffer, which is filled and scanned anew as needed.
    /// - Parameter orTooLong: whether a value beyond the limit gives nil instead of a problem, with nothing read.
    /// - Returns: the record; nil where the value is no object.
    private mutating func scan(orTooLong: Bool) throws -> JSONRecord? {
        while true {
            let start = buffer.position
            let isEnd = buffer.isEnd
            do {
                var found: [JSONNode] = []
                swap(&found, &nodes)
                defer { swap(&found, &nodes) }
                let end = try buffer.bytes.withUnsafeBufferPointer { bytes throws(JSONScanner.Stop) in
                    try JSONScanner.scan(bytes, at: start, isEnd: isEnd, nodes: &found)
                }
                guard end - start <= limits.recordBytes else {
                    if orTooLong { return nil }
                    throw tooLong()
                }
                buffer.position = end
                guard found.first?.kind == .object else { return nil }
                return JSONRecord(raw: Array(buffer.bytes[start..<end]), nodes: found)
            } catch let stop as JSONScanner.Stop {
                switch stop {
                case .malformed(let place, let what):
                    if isEnd, place >= buffer.bytes.count { throw endsEarly() }
                    throw malformed(place, what)
                case .needsMore:
                    if buffer.available > limits.recordBytes {
                        if orTooLong { return nil }
                        throw tooLong()
                    }
                    try buffer.fill()
                }
            }
        }
    }

    private mutating func scanText() throws -> String {
        while true {
            let start = buffer.position
            let isEnd = buffer.isEnd
            do {
                let end = try buffer.bytes.withUnsafeBufferPointer { bytes throws(JSONScanner.Stop) in
                    try JSONScanner.scanString(bytes, at: start, isEnd: isEnd)
                }
                buffer.position = end
                return String(decoding: buffer.bytes[(start + 1)..<(end - 1)], as: UTF8.self)
            } catch .needsMore {
                try buffer.fill()
            } catch .malformed(let place, let what) {
                throw malformed(place, what)
            }
        }
    }

    // MARK: - Problems

    private static let again = "Export it again from Procore and drop the new file."

    private func malformed(_ place: Int, _ what: String) -> Problem {
        let (line, column) = buffer.lineAndColumn(at: place)
        var found = ""
        if place < buffer.bytes.count, (0x21...0x7e).contains(buffer.bytes[place]) {
            found = ", and there is \"\(Character(Unicode.Scalar(buffer.bytes[place])))\""
        }
        return Problem(
            what: "The file is no valid JSON. Line \(line), column \(column): \(what)\(found).", remedy: Self.again)
    }

    private func endsEarly() -> Problem {
        let (line, _) = buffer.lineAndColumn(at: buffer.bytes.count)
        return Problem(
            what: "The file ends in the middle of \(ordinal > 0 ? "record \(ordinal)" : "its content") (line \(line)): "
                + "it was probably not copied completely.",
            remedy: Self.again)
    }

    private func tooLong() -> Problem {
        Problem(
            what: "Record \(max(1, ordinal)) is longer than \(limits.recordBytes) bytes.",
            remedy: "No record of Procore's is that long: look at the file in an editor, and export it again.")
    }
}
