/// The keys that a reader of records knows, each with its number, found without comparing a key with more than one of them.
///
/// First, middle and last letter and length give a place in a table; the multiplier that spreads them is looked for once,
/// so that no two of the keys share a place.
public struct KnownFields: Sendable {
    /// The keys, by their numbers.
    public let names: [String]
    private let bytes: [UInt8]
    /// Where each key begins in `bytes`; one more says where the last one ends.
    private let starts: [Int]
    /// The number of the key at each place, and 255 where there is none.
    private let table: [UInt8]
    private let multiplier: UInt32

    private static let bits: UInt32 = 7

    /// Keys, numbered from 0.
    /// - Returns: nil where two of them cannot be told apart in this way, or there are more than 64.
    public init?(_ names: [String]) {
        guard names.count <= 64, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        let keys = names.map { Array($0.utf8) }
        var multiplier: UInt32 = 0x9e37_79b1
        for _ in 0..<10_000 {
            var table = [UInt8](repeating: 255, count: 1 << Int(Self.bits))
            let isPerfect = keys.indices.allSatisfy { number in
                let place = keys[number].withUnsafeBufferPointer { Self.place($0, 0..<$0.count, multiplier) }
                defer { table[place] = UInt8(number) }
                return table[place] == 255
            }
            if isPerfect {
                self.names = names
                self.multiplier = multiplier
                self.table = table
                bytes = keys.flatMap { $0 }
                starts = keys.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
                return
            }
            multiplier = multiplier &* 1_664_525 &+ 1_013_904_223
        }
        return nil
    }

    private static func place(_ bytes: UnsafeBufferPointer<UInt8>, _ key: Range<Int>, _ multiplier: UInt32) -> Int {
        let first = UInt32(bytes[key.lowerBound])
        let middle = UInt32(bytes[key.lowerBound + key.count >> 1])
        let last = UInt32(bytes[key.upperBound - 1])
        let mark = first | last << 8 | middle << 16 | UInt32(truncatingIfNeeded: key.count) << 24
        return Int((mark &* multiplier) >> (32 - bits))
    }

    /// The number of a key that stands somewhere in memory; nil where it is none of them.
    func number(of key: Range<Int>, in memory: UnsafeBufferPointer<UInt8>) -> Int? {
        guard !key.isEmpty else { return nil }
        let number = Int(table[Self.place(memory, key, multiplier)])
        guard number != 255 else { return nil }
        let start = starts[number]
        guard starts[number + 1] - start == key.count else { return nil }
        for offset in 0..<key.count where bytes[start + offset] != memory[key.lowerBound + offset] { return nil }
        return number
    }
}

/// The fields of one record that a reader knows, where they stand: while the record is lent.
public struct FoundFields {
    /// What stands in a field.
    public enum Field {
        /// Nothing, null or an empty text.
        case empty
        /// A text without its quotes, escapes as written, or a number as written.
        case text(Range<Int>)
        /// `true`
        case yes
        /// Something else.
        case other
    }

    /// The record.
    public let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let nodes: UnsafeBufferPointer<JSONNode>
    fileprivate let places: UnsafeMutableBufferPointer<Int32>
    /// Where the object itself stands among the nodes.
    fileprivate let root: Int

    /// What stands in the field of a number.
    public subscript(number: Int) -> Field {
        guard places[number] >= 0 else { return .empty }
        let node = nodes[Int(places[number])]
        switch node.kind {
        case .null: return .empty
        case .string: return node.end - node.start == 2 ? .empty : .text(Int(node.start) + 1..<Int(node.end) - 1)
        case .number: return .text(Int(node.start)..<Int(node.end))
        case .yes: return .yes
        case .no, .object, .array: return .other
        }
    }

    /// A text, its escapes resolved; nil where it is only white space.
    public func filled(_ range: Range<Int>) -> String? { jsonText(Array(bytes[range])[...]).ifFilled }

    /// Whether the field of a number stands there, whatever it holds.
    public func isThere(_ number: Int) -> Bool { places[number] >= 0 }

    /// Whether an object stands in the field of a number.
    public func isObject(_ number: Int) -> Bool {
        places[number] >= 0 && nodes[Int(places[number])].kind == .object
    }

    /// Lends the fields that somebody knows of the object in a field.
    /// - Parameters:
    ///   - number: of the field.
    ///   - known: the keys of the object.
    ///   - body: takes them, and says whether they can be read.
    /// - Returns: what `body` said; false also where no object stands there, or `JSONRecord.withFields` would not lend them.
    public func withObject(in number: Int, _ known: KnownFields, _ body: (FoundFields) -> Bool) -> Bool {
        guard isObject(number) else { return false }
        return Self.lend(bytes, nodes, Int(places[number]), known, body)
    }

    /// Lends the fields that somebody knows of each object in the list in a field.
    /// - Parameters:
    ///   - number: of the field.
    ///   - known: the keys of the objects.
    ///   - body: takes those of one object, and says whether to go on.
    /// - Returns: whether all were taken; false also where no list stands there, or something else than objects in it.
    public func eachObject(in number: Int, _ known: KnownFields, _ body: (FoundFields) -> Bool) -> Bool {
        guard places[number] >= 0 else { return false }
        let list = nodes[Int(places[number])]
        guard list.kind == .array else { return false }
        var index = Int(places[number]) + 1
        while index < Int(list.next) {
            guard nodes[index].kind == .object, Self.lend(bytes, nodes, index, known, body) else { return false }
            index = Int(nodes[index].next)
        }
        return true
    }

    /// The whole object, as a record of its own.
    var record: JSONRecord { JSONRecord(at: root, nodes, bytes) }

    fileprivate static func lend(
        _ bytes: UnsafeBufferPointer<UInt8>, _ nodes: UnsafeBufferPointer<JSONNode>, _ root: Int, _ known: KnownFields,
        _ body: (FoundFields) -> Bool
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: known.names.count) { places in
            places.initialize(repeating: -1)
            var index = root + 1
            let end = Int(nodes[root].next)
            while index < end {
                let node = nodes[index]
                if node.isKeyEscaped { return false }
                if let number = known.number(of: Int(node.keyStart)..<Int(node.keyEnd), in: bytes) {
                    guard places[number] < 0 else { return false }
                    places[number] = Int32(truncatingIfNeeded: index)
                }
                index = Int(node.next)
            }
            return body(FoundFields(bytes: bytes, nodes: nodes, places: places, root: root))
        }
    }
}

extension JSONRecord {
    /// Lends the fields at the top that somebody knows; not where one of them stands twice, or any key is written with escapes.
    public func withFields(_ known: KnownFields, _ body: (FoundFields) -> Void) {
        raw.withUnsafeBufferPointer { raw in
            nodes.withUnsafeBufferPointer { nodes in
                guard !nodes.isEmpty else { return }
                _ = FoundFields.lend(raw, nodes, 0, known) { found in
                    body(found)
                    return true
                }
            }
        }
    }
}

extension String {
    /// The text itself; nil where it is only white space.
    var ifFilled: String? {
        // Nearly every text has a printable ASCII character, which is quickly found.
        utf8.contains { (0x21...0x7e).contains($0) } || contains { !$0.isWhitespace } ? self : nil
    }
}
