import Domain

/// The steps in which an export is read: white space, marks, and whole values that lie together in memory.
struct ExportScanning {
    private var buffer: ExportBuffer
    private let limits: ReadingLimits
    private var nodes: [JSONNode] = []
    /// The record at hand, from 1; 0 before the first.
    var ordinal = 0
    /// Whether a line ended since the last value.
    private(set) var crossedLine = false
    private var isWithinRecord = false
    /// Whether what was too long held too many values, rather than too many bytes.
    private var hasTooManyValues = false

    init(_ source: any ByteSource, limits: ReadingLimits) {
        buffer = ExportBuffer(source, limits: limits)
        self.limits = limits
    }

    /// Passes over white space; gives the byte behind it, nil at the end of the file.
    mutating func skipSpace() throws -> UInt8? {
        while let byte = try buffer.peek() {
            switch byte {
            case 0x0a: crossedLine = true
            case 0x20, 0x09, 0x0d: break
            default: return byte
            }
            buffer.position += 1
        }
        return nil
    }

    /// Only white space may follow.
    mutating func expectEnd() throws {
        guard try skipSpace() == nil else { throw malformed("the end of the file was expected") }
    }

    mutating func skipByte() {
        buffer.position += 1
    }

    /// Goes to the next member of a list or object; false behind the last one.
    mutating func nextMember(isFirst: Bool, closing: UInt8) throws -> Bool {
        guard var byte = try skipSpace() else { throw endsEarly() }
        if byte == closing {
            skipByte()
            return false
        }
        guard !isFirst else { return true }
        guard byte == UInt8(ascii: ",") else {
            throw malformed("a comma or \(Character(Unicode.Scalar(closing))) was expected")
        }
        skipByte()
        guard let next = try skipSpace() else { throw endsEarly() }
        byte = next
        guard byte != closing else { throw malformed("a value was expected") }
        return true
    }

    /// A key and the colon behind it, escapes resolved.
    mutating func key() throws -> String {
        guard try skipSpace() == UInt8(ascii: "\"") else { throw malformed("a key in quotes was expected") }
        let range = try scan { bytes, start, isEnd, _ throws(JSONScanner.Stop) in
            try JSONScanner.scanString(bytes, at: start, isEnd: isEnd)
        }
        guard let range else { throw tooLong() }
        let key = jsonText(buffer.copy(range.lowerBound + 1..<range.upperBound - 1)[...])
        guard let colon = try skipSpace() else { throw endsEarly() }
        guard colon == UInt8(ascii: ":") else { throw malformed("a colon was expected") }
        skipByte()
        return key
    }

    /// The value at hand, passed over where it is no object.
    /// - Throws: a `Problem` also where it is longer than the limit.
    mutating func value() throws -> JSONRecord? {
        isWithinRecord = true
        defer { isWithinRecord = false }
        guard let range = try scanValue() else { throw tooLong() }
        guard nodes.first?.kind == .object else { return nil }
        return JSONRecord(raw: buffer.copy(range), nodes: nodes)
    }

    /// The object at hand; nil, and nothing read, where it is longer than the limit.
    mutating func shortObject() throws -> JSONRecord? {
        guard let range = try scanValue() else { return nil }
        return JSONRecord(raw: buffer.copy(range), nodes: nodes)
    }

    private mutating func scanValue() throws -> Range<Int>? {
        try scan { bytes, start, isEnd, nodes throws(JSONScanner.Stop) in
            try JSONScanner.scan(bytes, at: start, isEnd: isEnd, nodes: &nodes)
        }
    }

    /// Scans what is at hand. Its bytes lie together in the buffer, which is filled and scanned anew as needed.
    /// - Returns: where it lies; nil, and nothing read, where it is longer than the limit.
    private mutating func scan(
        _ scan: (UnsafeBufferPointer<UInt8>, Int, Bool, inout [JSONNode]) throws(JSONScanner.Stop) -> Int
    ) throws -> Range<Int>? {
        while true {
            let start = buffer.position
            let isEnd = buffer.isEnd
            var found: [JSONNode] = []
            swap(&found, &nodes)
            let outcome = buffer.withBytes { bytes in
                Result { () throws(JSONScanner.Stop) in try scan(bytes, start, isEnd, &found) }
            }
            swap(&found, &nodes)
            switch outcome {
            case .success(let end):
                guard end - start <= limits.recordBytes else { return nil }
                buffer.position = end
                crossedLine = false
                return start..<end
            case .failure(.malformed(let place, let what)):
                if isEnd, place >= buffer.end { throw endsEarly() }
                throw malformed(at: place, what)
            case .failure(.tooManyValues):
                hasTooManyValues = true
                return nil
            case .failure(.needsMore):
                guard buffer.available <= limits.recordBytes else { return nil }
                try buffer.fill()
            }
        }
    }

    // MARK: - Problems

    private static let exportAgain = "Export it again from Procore and drop the new file."

    /// A member of a list that is no object.
    static func noObject(_ ordinal: Int) -> Problem {
        Problem(what: "Record \(ordinal) of the list is no JSON object.", remedy: exportAgain)
    }

    /// What is wrong with the byte at hand.
    func malformed(_ what: String) -> Problem {
        malformed(at: buffer.position, what)
    }

    private func malformed(at place: Int, _ what: String) -> Problem {
        let (line, column) = buffer.lineAndColumn(at: place)
        var found = ""
        // What stands there matters where something else was expected, not where it goes on for too long.
        if what.contains("expected"), place < buffer.end, (0x21...0x7e).contains(buffer[place]) {
            found = ", and there is \"\(Character(Unicode.Scalar(buffer[place])))\""
        }
        return Problem(
            what: "The file is no valid JSON. Line \(line), column \(column): \(what)\(found).",
            remedy: Self.exportAgain)
    }

    private func endsEarly() -> Problem {
        let (line, _) = buffer.lineAndColumn(at: buffer.end)
        let place =
            if ordinal == 0 { "in the middle of its content" } else if isWithinRecord {
                "in the middle of record \(ordinal)"
            } else { "after record \(ordinal)" }
        return Problem(
            what: "The file ends \(place) (line \(line)): it was probably not copied completely.",
            remedy: Self.exportAgain)
    }

    func tooLong() -> Problem {
        Problem(
            what: "Record \(max(1, ordinal)) "
                + (hasTooManyValues
                    ? "holds more than \(JSONScanner.valueLimit) values."
                    : "is longer than \(limits.recordBytes) bytes."),
            remedy: "No record of Procore's is that long: look at the file in an editor, and export it again.")
    }
}
