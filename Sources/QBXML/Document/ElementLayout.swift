/// Paths of fields below an element, such as `VendorAddress/City`, each with a number, so that all of them are found in one
/// walk over what was read.
public struct ElementLayout: Sendable {
    /// An element that a path goes through, or ends at.
    struct Place: Sendable {
        let name: String
        let hash: UInt32
        /// The element it stands in; nil: the one at hand.
        let parent: Int?
        /// Its number as a field; nil: it has others in it.
        let field: Int?
    }

    /// The elements, each behind its parent.
    let places: [Place]
    /// For the last bits of a hash the places of such names.
    private let slots: [[Int]]
    /// How many fields there are.
    public let count: Int

    private static let mask: UInt32 = 127

    /// - Parameter paths: the field at each is numbered by its place in the list; none of them twice, none within another.
    public init(_ paths: [String]) {
        var places: [Place] = []
        for (number, path) in paths.enumerated() {
            let names = path.split(separator: "/").map(String.init)
            var parent: Int?
            for (depth, name) in names.enumerated() {
                let isField = depth == names.count - 1
                if !isField, let known = places.firstIndex(where: { $0.name == name && $0.parent == parent }) {
                    parent = known
                    continue
                }
                places.append(
                    Place(
                        name: name, hash: ElementTree.hash(of: name), parent: parent, field: isField ? number : nil))
                parent = places.count - 1
            }
        }
        var slots = [[Int]](repeating: [], count: Int(Self.mask) + 1)
        for (index, place) in places.enumerated() { slots[Int(place.hash & Self.mask)].append(index) }
        self.places = places
        self.slots = slots
        count = paths.count
    }

    /// The place of a name in an element; nil where no path goes there.
    func place(hash: UInt32, in parent: Int?, isName: (String) -> Bool) -> Int? {
        for index in slots[Int(hash & Self.mask)] where places[index].hash == hash && places[index].parent == parent {
            if isName(places[index].name) { return index }
        }
        return nil
    }
}

/// The fields of a layout, found in an element that was read. It is of use only where it was lent.
public struct ElementFields {
    /// The texts of the element and of all in it.
    public let bytes: UnsafeBufferPointer<UInt8>
    private let found: UnsafeMutableBufferPointer<Range<Int32>?>

    init(bytes: UnsafeBufferPointer<UInt8>, found: UnsafeMutableBufferPointer<Range<Int32>?>) {
        self.bytes = bytes
        self.found = found
    }

    /// Where the text of a field lies, which may be empty; nil where there is no such field.
    public subscript(number: Int) -> Range<Int>? {
        found[number].map { Int($0.lowerBound)..<Int($0.upperBound) }
    }
}

extension ElementTree {
    /// Finds the fields of a layout below the element, in one walk.
    /// - Parameter body: is given nothing where an element on a path is there twice.
    func withFields<Result>(_ layout: ElementLayout, _ body: (ElementFields?) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Range<Int32>?.self, capacity: layout.count) { found in
            found.initialize(repeating: nil)
            guard find(layout, found) else { return body(nil) }
            return withBytes { body(ElementFields(bytes: $0, found: found)) }
        }
    }

    private func find(_ layout: ElementLayout, _ found: UnsafeMutableBufferPointer<Range<Int32>?>) -> Bool {
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: layout.places.count) { seen in
            seen.initialize(repeating: false)
            return find(layout, in: nil, from: 1, to: end(of: 0), found, seen)
        }
    }

    private func find(
        _ layout: ElementLayout, in parent: Int?, from start: Int32, to end: Int32,
        _ found: UnsafeMutableBufferPointer<Range<Int32>?>, _ seen: UnsafeMutableBufferPointer<Bool>
    ) -> Bool {
        var node = start
        while node < end {
            let next = self.end(of: node)
            if let place = layout.place(hash: hash(of: node), in: parent, isName: { name(node) == $0 }) {
                if seen[place] { return false }
                seen[place] = true
                if let field = layout.places[place].field {
                    found[field] = text(at: node)
                } else if !find(layout, in: place, from: node + 1, to: next, found, seen) {
                    return false
                }
            }
            node = next
        }
        return true
    }
}
