import Domain

/// One value in a scanned record: where it stands, and where its key does.
struct JSONNode: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
        case object, array, string, number, yes, no, null
    }

    var kind: Kind
    /// Whether the key is written with escapes; nobody does.
    var isKeyEscaped = false
    /// The key's text between its quotes, escapes as written; -1 in arrays and at the top.
    var keyStart: Int32 = -1
    var keyEnd: Int32 = -1
    /// The value, quotes and brackets included.
    var start: Int32
    var end: Int32 = 0
    /// The index of the first node that is not part of this value.
    var next: Int32 = 0
}

/// A strict reader of RFC 8259 over bytes that lie together: it finds the end of one value and notes what is in it.
///
/// Numbers are not interpreted: they stay text. Strings have to be valid UTF-8 and their surrogate escapes paired.
struct JSONScanner {
    /// Nesting beyond this is refused. A limit of ours: docs/guide/reference.md.
    static let depthLimit = 64
    /// The most values in one value. It keeps the notes on the densest 4 MiB below 13 MiB, of the 256 MiB that the
    /// contract's fine print gives the process.
    static let valueLimit = 524_288
    /// The longest text or key, in bytes as written. Nothing of Procore's comes near, and QuickBooks takes 4,095.
    static let textLimit = 1 << 20
    /// The longest number, in characters.
    static let numberLimit = 1_000

    /// Why scanning stopped.
    enum Stop: Error, Equatable {
        /// The bytes end within the value, and more may come.
        case needsMore
        /// The value holds more values than any record does.
        case tooManyValues
        /// The bytes are no JSON: where, what was expected.
        case malformed(Int, String)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let isEnd: Bool
    private let base: Int
    private var position: Int
    private var nodes: [JSONNode]
    /// Whether an escape was passed since this was last set to false.
    private var sawEscape = false

    /// Scans the value that starts at `position`, and gives the position behind it.
    /// - Parameters:
    ///   - isEnd: whether nothing follows these bytes.
    ///   - nodes: filled with the value's parts, offsets counted from `position`.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isEnd: Bool, nodes: inout [JSONNode]
    ) throws(Stop) -> Int {
        nodes.removeAll(keepingCapacity: true)
        var scanner = JSONScanner(bytes, isEnd: isEnd, position: position)
        swap(&scanner.nodes, &nodes)
        defer { swap(&scanner.nodes, &nodes) }
        try scanner.value(keyStart: -1, keyEnd: -1, depth: 1)
        return scanner.position
    }

    /// Scans only a string, such as a key at the top of a large document, and gives the position behind it.
    static func scanString(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isEnd: Bool
    ) throws(Stop) -> Int {
        var scanner = JSONScanner(bytes, isEnd: isEnd, position: position)
        try scanner.string()
        return scanner.position
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, isEnd: Bool, position: Int) {
        self.bytes = bytes
        self.isEnd = isEnd
        self.position = position
        base = position
        nodes = []
    }

    private func peek() throws(Stop) -> UInt8 {
        guard position < bytes.count else {
            throw isEnd ? .malformed(position, "the file ends here") : .needsMore
        }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private mutating func value(
        keyStart: Int, keyEnd: Int, isKeyEscaped: Bool = false, depth: Int
    ) throws(Stop) {
        guard depth <= Self.depthLimit else {
            throw .malformed(position, "the values are nested deeper than \(Self.depthLimit) levels")
        }
        let index = nodes.count
        guard index < Self.valueLimit else { throw .tooManyValues }
        let start = position
        nodes.append(
            JSONNode(
                kind: .null, isKeyEscaped: isKeyEscaped, keyStart: Int32(truncatingIfNeeded: keyStart),
                keyEnd: Int32(truncatingIfNeeded: keyEnd),
                start: Int32(truncatingIfNeeded: start - base)))
        let kind: JSONNode.Kind
        switch try peek() {
        case UInt8(ascii: "{"):
            kind = .object
            try object(depth: depth)
        case UInt8(ascii: "["):
            kind = .array
            try array(depth: depth)
        case UInt8(ascii: "\""):
            kind = .string
            try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            kind = .number
            try number()
        case UInt8(ascii: "t"):
            kind = .yes
            try word("true")
        case UInt8(ascii: "f"):
            kind = .no
            try word("false")
        case UInt8(ascii: "n"):
            kind = .null
            try word("null")
        default:
            throw .malformed(position, "a value was expected")
        }
        nodes[index].kind = kind
        nodes[index].end = Int32(truncatingIfNeeded: position - base)
        nodes[index].next = Int32(truncatingIfNeeded: nodes.count)
    }

    private mutating func object(depth: Int) throws(Stop) {
        position += 1
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw .malformed(position, "a key in quotes was expected") }
            let keyStart = position + 1 - base
            sawEscape = false
            try string()
            let isEscaped = sawEscape
            let keyEnd = position - 1 - base
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw .malformed(position, "a colon was expected") }
            position += 1
            skipSpace()
            try value(keyStart: keyStart, keyEnd: keyEnd, isKeyEscaped: isEscaped, depth: depth + 1)
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return
            default: throw .malformed(position, "a comma or } was expected")
            }
        }
    }

    private mutating func array(depth: Int) throws(Stop) {
        position += 1
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            skipSpace()
            try value(keyStart: -1, keyEnd: -1, depth: depth + 1)
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return
            default: throw .malformed(position, "a comma or ] was expected")
            }
        }
    }

    private mutating func word(_ word: StaticString) throws(Stop) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[offset] else { throw .malformed(position, "\(word) was expected") }
            position += 1
        }
    }

    private mutating func digits() throws(Stop) {
        guard (0x30...0x39).contains(try peek()) else { throw .malformed(position, "a digit was expected") }
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
    }

    private mutating func number() throws(Stop) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        if position - start > Self.numberLimit { throw .malformed(start, "the number has more than 1,000 digits") }
        // Only what follows tells that a number is over.
        if position == bytes.count, !isEnd { throw .needsMore }
    }

    private mutating func string() throws(Stop) {
        let start = position
        position += 1
        while true {
            passPlain()
            if position - start - 1 > Self.textLimit {
                throw .malformed(start, "the text is longer than \(Self.textLimit) bytes")
            }
            let byte = try peek()
            switch byte {
            case 0x22:
                position += 1
                return
            case 0x5c: try escape()
            case 0x80...: try multibyte(byte)
            default: throw .malformed(position, "a control character stands in a text, where it has to be an escape")
            }
        }
    }

    /// Passes over what stands for itself in a text: ASCII but quotes, backslashes and controls.
    private mutating func passPlain() {
        while let next = bytes.sixteen(at: position) {
            // As signed numbers, controls and what is beyond ASCII are both below the space.
            let signed = SIMD16<Int8>(truncatingIfNeeded: next)
            let special =
                (next .== Sixteen(repeating: 0x22)) .| (next .== Sixteen(repeating: 0x5c))
                .| (signed .< SIMD16<Int8>(repeating: 0x20))
            if let first = special.first {
                position += first
                return
            }
            position += 16
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 || byte == 0x5c || byte < 0x20 || byte >= 0x80 { return }
            position += 1
        }
    }

    private mutating func escape() throws(Stop) {
        sawEscape = true
        let start = position
        position += 1
        switch try peek() {
        case 0x22, 0x5c, 0x2f, UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try hexadecimal()
            if (0xdc00...0xdfff).contains(unit) { throw .malformed(start, "half of a surrogate pair stands alone") }
            guard (0xd800...0xdbff).contains(unit) else { return }
            for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
                guard try peek() == expected else { throw .malformed(start, "half of a surrogate pair stands alone") }
                position += 1
            }
            guard (0xdc00...0xdfff).contains(try hexadecimal()) else {
                throw .malformed(start, "half of a surrogate pair stands alone")
            }
        default: throw .malformed(position, "an escape that JSON does not know stands behind the backslash")
        }
    }

    private mutating func hexadecimal() throws(Stop) -> Int {
        var unit = 0
        for _ in 0..<4 {
            let byte = try peek()
            switch byte {
            case 0x30...0x39: unit = unit << 4 | Int(byte - 0x30)
            case 0x41...0x46: unit = unit << 4 | Int(byte - 0x37)
            case 0x61...0x66: unit = unit << 4 | Int(byte - 0x57)
            default: throw .malformed(position, "four hexadecimal digits were expected behind \\u")
            }
            position += 1
        }
        return unit
    }

    /// One character of two to four bytes, by the table of RFC 3629.
    private mutating func multibyte(_ first: UInt8) throws(Stop) {
        let start = position
        let second: ClosedRange<UInt8>
        let more: Int
        switch first {
        case 0xc2...0xdf: (second, more) = (0x80...0xbf, 0)
        case 0xe0: (second, more) = (0xa0...0xbf, 1)
        case 0xed: (second, more) = (0x80...0x9f, 1)
        case 0xe1...0xef: (second, more) = (0x80...0xbf, 1)
        case 0xf0: (second, more) = (0x90...0xbf, 2)
        case 0xf4: (second, more) = (0x80...0x8f, 2)
        case 0xf1...0xf3: (second, more) = (0x80...0xbf, 2)
        default: throw .malformed(start, "the text is not UTF-8")
        }
        position += 1
        guard second.contains(try peek()) else { throw .malformed(start, "the text is not UTF-8") }
        position += 1
        for _ in 0..<more {
            guard (0x80...0xbf).contains(try peek()) else { throw .malformed(start, "the text is not UTF-8") }
            position += 1
        }
    }
}
