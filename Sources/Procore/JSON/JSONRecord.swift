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

    /// The keys at the top, in the order in which they stand.
    public var keys: [String] {
        members(of: 0).map { key(of: nodes[$0]) }
    }

    /// Whether there is a key at the top, whatever it holds.
    public func has(_ key: String) -> Bool {
        let wanted = Array(key.utf8)
        return members(of: 0).contains { isKey(nodes[$0], wanted) }
    }

    /// The text at a path, keys separated by dots: a string without its quotes and escapes, a number exactly as
    /// written, `true` or `false`; nil where it is absent or null.
    /// - Throws: a `Problem` where an object or a list stands there, or the key stands twice with different values.
    public func text(_ path: String) throws(Problem) -> String? {
        guard let index = try find(path) else { return nil }
        let node = nodes[index]
        switch node.kind {
        case .null: return nil
        case .string: return string(Int(node.start) + 1, Int(node.end) - 1)
        case .number, .yes, .no: return String(decoding: raw[Int(node.start)..<Int(node.end)], as: UTF8.self)
        case .object, .array:
            throw Problem(
                field: path, what: "The field \(path) holds \(node.kind == .object ? "an object" : "a list"), where a text was expected.",
                remedy: "Export the record again from Procore, unchanged, and drop the new file.")
        }
    }

    /// The object at a path; nil where it is absent, null or something else.
    public func record(_ path: String) throws(Problem) -> JSONRecord? {
        guard let index = try find(path), nodes[index].kind == .object else { return nil }
        return part(index)
    }

    /// The objects of the list at a path; nil where there is no list. What is no object in it is left out.
    public func records(_ path: String) throws(Problem) -> [JSONRecord]? {
        guard let index = try find(path), nodes[index].kind == .array else { return nil }
        return members(of: index).filter { nodes[$0].kind == .object }.map(part)
    }

    /// The texts of the list at a path; nil where there is no list.
    public func strings(_ path: String) throws(Problem) -> [String]? {
        guard let index = try find(path), nodes[index].kind == .array else { return nil }
        return members(of: index).filter { nodes[$0].kind == .string }
            .map { string(Int(nodes[$0].start) + 1, Int(nodes[$0].end) - 1) }
    }

    /// Whether a key at the top holds an object or a list of nothing but objects.
    func holdsRecords(_ key: String) -> Bool {
        guard let index = (try? find(key)) ?? nil else { return false }
        switch nodes[index].kind {
        case .object: return true
        case .array: return members(of: index).allSatisfy { nodes[$0].kind == .object }
        default: return false
        }
    }

    // MARK: - Finding

    private func members(of parent: Int) -> [Int] {
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
        var index = 0
        for part in path.utf8.split(separator: UInt8(ascii: ".")) {
            guard nodes[index].kind == .object, let found = try member(of: index, Array(part), path) else { return nil }
            index = found
        }
        return index
    }

    private func member(of parent: Int, _ key: [UInt8], _ path: String) throws(Problem) -> Int? {
        var found: Int?
        var index = parent + 1
        let end = Int(nodes[parent].next)
        while index < end {
            if isKey(nodes[index], key) {
                if let first = found, value(first) != value(index) {
                    throw Problem(
                        field: path, what: "The field \(path) stands twice in the record, with different values.",
                        remedy: "Export the record again from Procore, and drop the new file.")
                }
                found = found ?? index
            }
            index = Int(nodes[index].next)
        }
        return found
    }

    private func value(_ index: Int) -> ArraySlice<UInt8> {
        raw[Int(nodes[index].start)..<Int(nodes[index].end)]
    }

    private func isKey(_ node: JSONNode, _ key: [UInt8]) -> Bool {
        let start = Int(node.keyStart)
        let end = Int(node.keyEnd)
        guard start >= 0 else { return false }
        if end - start == key.count {
            var offset = 0
            while offset < key.count, raw[start + offset] == key[offset] { offset += 1 }
            if offset == key.count { return true }
        }
        // A key can be written with escapes; nobody does, but then it is the same key.
        return end - start > key.count && raw[start..<end].contains(UInt8(ascii: "\\"))
            && Array(string(start, end).utf8) == key
    }

    private func key(of node: JSONNode) -> String {
        node.keyStart < 0 ? "" : string(Int(node.keyStart), Int(node.keyEnd))
    }

    private func part(_ index: Int) -> JSONRecord {
        let node = nodes[index]
        let parts = nodes[index..<Int(node.next)].map { part in
            JSONNode(
                kind: part.kind, keyStart: part.keyStart < 0 ? -1 : part.keyStart - node.start,
                keyEnd: part.keyEnd < 0 ? -1 : part.keyEnd - node.start, start: part.start - node.start,
                end: part.end - node.start, next: part.next - Int32(truncatingIfNeeded: index))
        }
        return JSONRecord(raw: Array(raw[Int(node.start)..<Int(node.end)]), nodes: parts)
    }

    // MARK: - Text

    /// The text between two positions, escapes resolved; the scanner has checked them.
    private func string(_ start: Int, _ end: Int) -> String {
        let slice = raw[start..<end]
        guard slice.contains(UInt8(ascii: "\\")) else { return String(decoding: slice, as: UTF8.self) }
        var units: [UInt8] = []
        var position = start
        while position < end {
            guard raw[position] == UInt8(ascii: "\\") else {
                units.append(raw[position])
                position += 1
                continue
            }
            let letter = raw[position + 1]
            position += 2
            switch letter {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                var code = unit(at: position)
                position += 4
                if (0xd800...0xdbff).contains(code) {
                    code = 0x10000 + (code - 0xd800) << 10 + (unit(at: position + 2) - 0xdc00)
                    position += 6
                }
                if let scalar = Unicode.Scalar(code) { units.append(contentsOf: String(Character(scalar)).utf8) }
            default: units.append(letter)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    private func unit(at position: Int) -> UInt32 {
        UInt32(String(decoding: raw[position..<position + 4], as: UTF8.self), radix: 16) ?? 0xfffd
    }
}
