/// Paths of fields below an element, such as `VendorAddress/City`, each with a number, so that all of them are found in one
/// pass over what is read.
public struct ElementLayout: Sendable {
    /// An element that a path goes through, or ends at.
    struct Place: Sendable {
        /// Where its name stands among the names.
        let name: Range<Int>
        /// The element it stands in; nil: the one at hand.
        let parent: Int?
        /// Its number as a field; nil: it has others in it.
        let field: Int?
        /// Another place whose name has the same slot; nil: none.
        let next: Int?
    }

    /// The elements, each behind its parent.
    private(set) var places: [Place] = []
    private var names: [UInt8] = []
    /// For some bits of a name the last place of such a name.
    private var slots = [Int?](repeating: nil, count: slotCount)
    /// How many fields there are.
    public let count: Int

    private static let slotCount = 128

    /// - Parameter paths: the field at each is numbered by its place in the list; none of them twice, none within another.
    public init(_ paths: [String]) {
        count = paths.count
        for (number, path) in paths.enumerated() {
            let steps = path.split(separator: "/").map { Array($0.utf8) }
            var parent: Int?
            for (depth, name) in steps.enumerated() {
                let isField = depth == steps.count - 1
                let known = isField ? nil : name.withUnsafeBufferPointer { place($0, in: parent) }
                parent = known ?? add(name, in: parent, field: isField ? number : nil)
            }
        }
    }

    private mutating func add(_ name: [UInt8], in parent: Int?, field: Int?) -> Int {
        let slot = name.withUnsafeBufferPointer { Self.slot($0) }
        places.append(
            Place(name: names.count..<names.count + name.count, parent: parent, field: field, next: slots[slot]))
        names += name
        slots[slot] = places.count - 1
        return places.count - 1
    }

    /// The place of a name in an element; nil where no path goes there.
    func place(_ name: UnsafeBufferPointer<UInt8>, in parent: Int?) -> Int? {
        var known = slots[Self.slot(name)]
        while let index = known {
            let place = places[index]
            if place.parent == parent, place.name.count == name.count,
                names.withUnsafeBufferPointer({ UnsafeBufferPointer(rebasing: $0[place.name]).elementsEqual(name) })
            {
                return index
            }
            known = place.next
        }
        return nil
    }

    /// Names of QuickBooks' differ in their length, or at one of their ends.
    private static func slot(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = name.first, let last = name.last else { return 0 }
        return (name.count &* 37 ^ Int(first) &* 5 ^ Int(last) &* 3) & (slotCount - 1)
    }
}

/// The fields of a layout, found in an element that was read. It is of use only where it was lent.
public struct ElementFields {
    /// The texts of the fields, one after the other.
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
