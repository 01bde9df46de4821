/// An element that was read, with everything in it: one piece of memory for its texts and one for its places, so that an
/// object of a response is a few allocations whatever it holds, and goes from thread to thread as one reference.
final class ElementTree: Sendable {
    /// One element; its children stand behind it, in document order.
    struct Node: Sendable {
        /// The place of its name among the names.
        let name: Int32
        /// A hash of that name, so that most others are told apart by a number.
        let hash: UInt32
        /// Its own text among the bytes.
        var text: Range<Int32> = 0..<0
        /// The first place behind it and all in it.
        var next: Int32 = 0
        /// The place of its attributes; nil: it has none.
        let attributes: Int32?
    }

    /// The names that a document has used so far, each once.
    struct Names: Sendable {
        fileprivate(set) var texts: [String] = []
        fileprivate var bytes: [UInt8] = []
        /// Where each of them ends among the bytes.
        fileprivate var ends: [Int] = []
        /// The hash of each.
        private(set) var hashes: [UInt32] = []

        /// Adds a name.
        /// - Returns: its place.
        mutating func add(_ name: String) -> Int32 {
            texts.append(name)
            bytes.append(contentsOf: name.utf8)
            ends.append(bytes.count)
            hashes.append(ElementTree.hash(of: name))
            return Int32(texts.count - 1)
        }

        /// Whether the name at a place is spelled with these bytes.
        fileprivate func isSpelled(_ place: Int32, _ spelled: UnsafeBufferPointer<UInt8>.SubSequence) -> Bool {
            let place = Int(place)
            let start = place == 0 ? 0 : ends[place - 1]
            guard ends[place] - start == spelled.count else { return false }
            var index = start
            for byte in spelled {
                if bytes[index] != byte { return false }
                index += 1
            }
            return true
        }
    }

    /// The names as they are known when an element is complete: one reference for all elements until there is a new one.
    final class NameTable: Sendable {
        fileprivate let names: Names

        init(_ names: Names) {
            self.names = names
        }
    }

    private let nodes: [Node]
    private let bytes: [UInt8]
    private let attributes: [[String: String]]
    private let table: NameTable

    init(_ nodes: [Node], _ bytes: [UInt8], _ attributes: [[String: String]], _ table: NameTable) {
        self.nodes = nodes
        self.bytes = bytes
        self.attributes = attributes
        self.table = table
    }

    // MARK: - One element

    func name(_ node: Int32) -> String { table.names.texts[Int(nodes[Int(node)].name)] }

    func attributes(_ node: Int32) -> [String: String] {
        nodes[Int(node)].attributes.map { attributes[Int($0)] } ?? [:]
    }

    func text(_ node: Int32) -> String {
        let range = nodes[Int(node)].text
        guard !range.isEmpty else { return "" }
        return bytes.withUnsafeBufferPointer { bytes in
            String(
                decoding: UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)]),
                as: UTF8.self)
        }
    }

    /// How many bytes its own text has.
    func textLength(_ node: Int32) -> Int { nodes[Int(node)].text.count }

    // MARK: - What stands in it

    /// Where its children stand, in their order.
    func children(of node: Int32) -> [Int32] {
        var places: [Int32] = []
        var place = node + 1
        while place < nodes[Int(node)].next {
            places.append(place)
            place = nodes[Int(place)].next
        }
        return places
    }

    /// The first element at a path of names below another one; nil where there is none.
    func place(_ path: String, below node: Int32) -> Int32? {
        var path = path
        return path.withUTF8 { path in
            var (node, start) = (node, 0)
            while true {
                var (end, hash) = (start, Self.seed)
                while end < path.count, path[end] != UInt8(ascii: "/") {
                    hash = Self.hash(hash, path[end])
                    end += 1
                }
                guard let child = child(path[start..<end], hash, of: node) else { return nil }
                if end == path.count { return child }
                (node, start) = (child, end + 1)
            }
        }
    }

    private func child(
        _ name: UnsafeBufferPointer<UInt8>.SubSequence, _ hash: UInt32, of node: Int32
    ) -> Int32? {
        nodes.withUnsafeBufferPointer { nodes in
            var place = node + 1
            let end = nodes[Int(node)].next
            while place < end {
                let child = nodes[Int(place)]
                if child.hash == hash, table.names.isSpelled(child.name, name) { return place }
                place = child.next
            }
            return nil
        }
    }

    // MARK: - Hashes of names

    /// The hash of a whole name.
    static func hash(of name: String) -> UInt32 { name.utf8.reduce(seed, hash) }

    fileprivate static let seed: UInt32 = 0x811c_9dc5

    /// One step of FNV-1a. It need not withstand anybody: what has the same hash is compared.
    fileprivate static func hash(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }
}
