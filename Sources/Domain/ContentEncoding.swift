/// How content stands in the sync ledger.
///
/// Each field is its path, a mark that says what follows, and what it holds; the path is mostly a number (`ContentPaths`),
/// behind which text needs no mark. Text that the first field of the content has as well is not written again.
/// Ledgers of before have every path and text written out: both are read.
extension Content {
    // Control characters never stand in mapped text, so a few of them can hold it together.
    /// What ends a field, encoded.
    public static let fieldEnd: UInt8 = 0x1e
    private static let pathEnd: UInt8 = 0x1f
    private static let reference: UInt8 = 0x1d
    /// What begins a line, encoded; its key follows, and `fieldEnd`.
    public static let lineStart: UInt8 = 0x1c
    private static let lineReference: UInt8 = 0x03
    /// Followed by which field has the same text, from `sameStart` on.
    private static let same: UInt8 = 0x01
    private static let sameStart: UInt8 = 0x40
    /// What stands for the text of the first field.
    public static let sameAsFirst: [UInt8] = [same, sameStart]
    /// Text of fewer bytes is written again.
    public static let leastSame = 4
    /// The field that SQL finds by its bytes, as `encodings` gives them.
    private static let searchedByBytes = "budget_line_item_id"

    /// The content as bytes for the sync ledger; equal content gives equal bytes.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((fields.count + lines.count * 6) * 24)
        encode(into: &bytes)
        return bytes
    }

    /// Adds the content as bytes for the sync ledger.
    public func encode(into bytes: inout [UInt8]) {
        for (place, field) in fields.enumerated() { append(field, at: place, to: &bytes) }
        for line in lines {
            bytes.append(Self.lineStart)
            bytes.append(contentsOf: line.key.utf8)
            bytes.append(Self.fieldEnd)
            for field in line.fields { append(field, at: fields.count, to: &bytes) }
        }
    }

    /// The beginnings of what `encoded` may write for a field of text: its path by number, and written out as before.
    public static func encodings(of path: String, _ text: String) -> [[UInt8]] {
        [Content([Field(path, text)]).encoded, Array(path.utf8) + [pathEnd] + Array(text.utf8) + [fieldEnd]]
    }

    private func append(_ field: Field, at place: Int, to bytes: inout [UInt8]) {
        let isNumber = ContentPaths.write(field.path, to: &bytes)
        if !isNumber { bytes.append(contentsOf: field.path.utf8) }
        switch field.value {
        case .text(let text):
            if place > 0, isTextOfFirst(text), field.path != Self.searchedByBytes {
                bytes.append(contentsOf: Self.sameAsFirst)
            } else {
                // Text that begins like a mark: none is known to, but what is kept must come back.
                if !isNumber || text.utf8.first.map(Self.isMark) ?? false { bytes.append(Self.pathEnd) }
                bytes.append(contentsOf: text.utf8)
            }
        case .idOf(let key):
            bytes.append(Self.reference)
            bytes.append(contentsOf: key.description.utf8)
        case .lineOf(let key, let line):
            bytes.append(Self.lineReference)
            bytes.append(contentsOf: "\(line) \(key.description)".utf8)
        }
        bytes.append(Self.fieldEnd)
    }

    /// Whether the first field has just this text, byte for byte.
    private func isTextOfFirst(_ text: String) -> Bool {
        guard text.utf8.count >= Self.leastSame, case .text(let first)? = fields.first?.value else { return false }
        return first.hasSameBytes(as: text)
    }

    /// What a field of text begins with, encoded: all that stands before its text.
    public static func start(ofText path: String) -> [UInt8] {
        var bytes: [UInt8] = []
        return ContentPaths.write(path, to: &bytes) ? bytes : Array(path.utf8) + [pathEnd]
    }

    /// What a reference to another record begins with, encoded: all that stands before its key.
    public static func start(ofReference path: String) -> [UInt8] {
        var bytes: [UInt8] = []
        return (ContentPaths.write(path, to: &bytes) ? bytes : Array(path.utf8)) + [reference]
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == pathEnd || byte == reference || byte == lineReference || byte == same
    }

    /// Reads what `encoded` wrote.
    public init(decoding bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Content(decoding: $0) }
    }

    /// Reads what `encoded` wrote, now or in an earlier version.
    public init(decoding bytes: UnsafeRawBufferPointer) {
        self.init()
        for piece in bytes.split(separator: Self.fieldEnd, omittingEmptySubsequences: true) {
            if piece.first == Self.lineStart {
                lines.append(Line(String(decoding: piece.dropFirst(), as: UTF8.self), []))
            } else if let field = field(piece) {
                if lines.isEmpty { fields.append(field) } else { lines[lines.count - 1].fields.append(field) }
            }
        }
    }

    private func field(_ piece: Slice<UnsafeRawBufferPointer>) -> Field? {
        if let (path, length) = ContentPaths.read(piece) {
            let rest = piece.dropFirst(length)
            return field(path, mark: rest.first ?? Self.pathEnd, rest)
        }
        guard let mark = piece.firstIndex(where: Self.isMark) else { return nil }
        return field(String(decoding: piece[..<mark], as: UTF8.self), mark: piece[mark], piece[mark...])
    }

    /// A field from what follows its path: a mark and what it holds, or text without a mark.
    private func field(_ path: String, mark: UInt8, _ rest: Slice<UnsafeRawBufferPointer>) -> Field? {
        switch mark {
        case Self.reference:
            return RecordKey(String(decoding: rest.dropFirst(), as: UTF8.self)).map { Field(path, idOf: $0) }
        case Self.lineReference:
            let text = String(decoding: rest.dropFirst(), as: UTF8.self)
            guard let space = text.firstIndex(of: " "), let key = RecordKey(text[text.index(after: space)...]) else {
                return nil
            }
            return Field(path, .lineOf(key, line: String(text[..<space])))
        case Self.same:
            guard let place = rest.dropFirst().first.map({ Int($0) - Int(Self.sameStart) }),
                fields.indices.contains(place)
            else { return nil }
            return Field(path, fields[place].value)
        case Self.pathEnd: return Field(path, String(decoding: rest.dropFirst(), as: UTF8.self))
        default: return Field(path, String(decoding: rest, as: UTF8.self))
        }
    }
}
