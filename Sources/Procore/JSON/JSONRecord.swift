import Domain

/// One JSON object of an export, as its bytes and an index of what stands where; text is made only when asked for.
public struct JSONRecord: Sendable, Hashable {
    /// The object as it stood in the file, from `{` to `}`.
    public let raw: [UInt8]
    let nodes: [JSONNode]

    init(raw: [UInt8], nodes: [JSONNode]) {
        self.raw = raw
        self.nodes = nodes
    }

    /// Reads a JSON object that is already in memory.
    /// - Throws: a `Problem` when it is no JSON object.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        var nodes: [JSONNode] = []
        let end: Int?
        do {
            end = try bytes.withUnsafeBufferPointer { buffer throws(JSONScanner.Stop) in
                try JSONScanner.scan(buffer, at: 0, isEnd: true, nodes: &nodes)
            }
        } catch {
            end = nil
        }
        guard end == bytes.count, nodes.first?.kind == .object else {
            throw Problem(what: "The text is no JSON object.", remedy: "Export the record again from Procore.")
        }
        self.init(raw: bytes, nodes: nodes)
    }

    /// The bytes of memory that it takes.
    public var weight: Int { raw.count + nodes.count * MemoryLayout<JSONNode>.stride }

    /// The keys at the top, in the order in which they stand.
    public var keys: [String] {
        members(of: 0).map { key(of: nodes[$0]) }
    }

    /// Whether there is a key at the top, whatever it holds.
    public func has(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { key in
            raw.withUnsafeBufferPointer { raw in
                nodes.withUnsafeBufferPointer { nodes in
                    var index = 1
                    while index < nodes.count {
                        if isKey(nodes[index], key, raw) { return true }
                        index = Int(nodes[index].next)
                    }
                    return false
                }
            }
        }
    }

    /// The text at a path, keys separated by dots: a string without its quotes and escapes, a number exactly as
    /// written, `true` or `false`; nil where it is absent or null.
    /// - Throws: a `Problem` where an object or a list stands there, or the key stands twice with different values.
    public func text(_ path: String) throws(Problem) -> String? {
        guard let index = try find(path) else { return nil }
        let node = nodes[index]
        switch node.kind {
        case .null: return nil
        case .string, .number, .yes, .no: return scalar(index)
        case .object, .array:
            throw Problem(
                field: path,
                what: "The field \(path) holds \(node.kind == .object ? "an object" : "a list"), "
                    + "where a text was expected.",
                remedy: "Export the record again from Procore, unchanged, and drop the new file.")
        }
    }

    /// The object at a path; nil where it is absent, null or something else.
    public func record(_ path: String) throws(Problem) -> JSONRecord? {
        guard let index = try find(path), nodes[index].kind == .object else { return nil }
        return subrecord(index)
    }

    /// The objects of the list at a path; nil where there is no list.
    /// - Throws: a `Problem` where something else than objects stands in the list.
    public func records(_ path: String) throws(Problem) -> [JSONRecord]? {
        guard let index = try find(path), nodes[index].kind == .array else { return nil }
        let members = members(of: index)
        if let other = members.firstIndex(where: { !isObject($0) }) {
            throw Problem(
                field: path, what: "Number \(other + 1) in the list \(path) is no JSON object.",
                remedy: "Export the record again from Procore, unchanged, and drop the new file.")
        }
        return members.map(subrecord)
    }

    /// The texts of the list at a path; nil where there is no list. What is no text in it is left out.
    public func strings(_ path: String) throws(Problem) -> [String]? {
        guard let index = try find(path), nodes[index].kind == .array else { return nil }
        return members(of: index).filter { nodes[$0].kind == .string }
            .map { string(Int(nodes[$0].start) + 1, Int(nodes[$0].end) - 1) }
    }

    // MARK: - Walking

    /// Whether a key at the top holds an object or a list of nothing but objects.
    func holdsRecords(_ key: String) throws(Problem) -> Bool {
        guard let index = try find(key) else { return false }
        switch nodes[index].kind {
        case .object: return true
        case .array: return members(of: index).allSatisfy(isObject)
        default: return false
        }
    }

    /// The nodes of the members of a list, or those of a lone object; nil where something else stands at the path.
    func span(_ path: String, onlyLists: Bool = false) throws(Problem) -> Range<Int>? {
        guard let index = try find(path) else { return nil }
        switch nodes[index].kind {
        case .array: return index + 1..<Int(nodes[index].next)
        case .object where !onlyLists: return index..<Int(nodes[index].next)
        default: return nil
        }
    }

    func isObject(_ index: Int) -> Bool { nodes[index].kind == .object }

    /// The node behind a value and all that is in it.
    func index(after index: Int) -> Int { Int(nodes[index].next) }

    // MARK: - Finding

    func members(of parent: Int) -> [Int] {
        guard parent < nodes.count else { return [] }
        var members: [Int] = []
        var index = parent + 1
        while index < Int(nodes[parent].next) {
            members.append(index)
            index = Int(nodes[index].next)
        }
        return members
    }

    private func find(_ path: String) throws(Problem) -> Int? {
        var path = path
        switch path.withUTF8(lookUp) {
        case .one(let index): return index
        case .none: return nil
        case .twice:
            throw Problem(
                field: path, what: "The field \(path) stands twice in the record, with different values.",
                remedy: "Export the record again from Procore, and drop the new file.")
        }
    }

    private enum Found {
        case one(Int), none, twice
    }

    private func lookUp(_ path: UnsafeBufferPointer<UInt8>) -> Found {
        raw.withUnsafeBufferPointer { raw in
            nodes.withUnsafeBufferPointer { nodes in
                var index = 0
                var start = 0
                while start <= path.count {
                    let end = path[start...].firstIndex(of: UInt8(ascii: ".")) ?? path.count
                    guard nodes[index].kind == .object else { return .none }
                    let key = UnsafeBufferPointer(rebasing: path[start..<end])
                    let found = member(of: index, key, raw, nodes)
                    guard case .one(let member) = found else { return found }
                    index = member
                    start = end + 1
                }
                return .one(index)
            }
        }
    }

    private func member(
        of parent: Int, _ key: UnsafeBufferPointer<UInt8>, _ raw: UnsafeBufferPointer<UInt8>,
        _ nodes: UnsafeBufferPointer<JSONNode>
    ) -> Found {
        var found: Int?
        var index = parent + 1
        let end = Int(nodes[parent].next)
        while index < end {
            if isKey(nodes[index], key, raw) {
                if let first = found, value(first) != value(index) { return .twice }
                found = found ?? index
            }
            index = Int(nodes[index].next)
        }
        return found.map { .one($0) } ?? .none
    }

    private func value(_ index: Int) -> ArraySlice<UInt8> {
        raw[Int(nodes[index].start)..<Int(nodes[index].end)]
    }

    private func isKey(
        _ node: JSONNode, _ key: UnsafeBufferPointer<UInt8>, _ raw: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let start = Int(node.keyStart)
        let end = Int(node.keyEnd)
        guard start >= 0, end - start >= key.count else { return false }
        if end - start == key.count {
            var offset = 0
            while offset < key.count, raw[start + offset] == key[offset] { offset += 1 }
            return offset == key.count
        }
        // A key can be written with escapes; nobody does, but then it is the same key.
        return node.isKeyEscaped && string(start, end).utf8.elementsEqual(key)
    }

    func key(of node: JSONNode) -> String {
        node.keyStart < 0 ? "" : string(Int(node.keyStart), Int(node.keyEnd))
    }

    /// The object at a node, as a record of its own.
    func subrecord(_ index: Int) -> JSONRecord {
        raw.withUnsafeBufferPointer { raw in nodes.withUnsafeBufferPointer { JSONRecord(at: index, $0, raw) } }
    }

    /// The object at one of the nodes of another record.
    init(at index: Int, _ nodes: UnsafeBufferPointer<JSONNode>, _ raw: UnsafeBufferPointer<UInt8>) {
        let node = nodes[index]
        let inner = nodes[index..<Int(node.next)].map { child in
            JSONNode(
                kind: child.kind, isKeyEscaped: child.isKeyEscaped,
                keyStart: child.keyStart < 0 ? -1 : child.keyStart - node.start,
                keyEnd: child.keyEnd < 0 ? -1 : child.keyEnd - node.start, start: child.start - node.start,
                end: child.end - node.start, next: child.next - Int32(truncatingIfNeeded: index))
        }
        self.init(raw: Array(raw[Int(node.start)..<Int(node.end)]), nodes: inner)
    }

    /// The text of a value that is neither object nor list: a string's without its quotes.
    func scalar(_ index: Int) -> String {
        let quote = nodes[index].kind == .string ? 1 : 0
        return string(Int(nodes[index].start) + quote, Int(nodes[index].end) - quote)
    }

    /// The text between two positions.
    private func string(_ start: Int, _ end: Int) -> String { jsonText(raw[start..<end]) }
}
