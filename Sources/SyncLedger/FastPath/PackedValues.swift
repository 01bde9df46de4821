/// Texts and bytes of one row that lie together in memory: they go from thread to thread as one, and SQLite reads them
/// where they are.
struct PackedValues: Sendable {
    /// Where one of them lies; nil for NULL.
    struct Place: Sendable {
        fileprivate let range: Range<Int>?

        /// The place of some bytes.
        init(range: Range<Int>?) {
            self.range = range
        }

        /// No value.
        static let null = Place(range: nil)
    }

    private var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Values that were put together elsewhere.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Adds a text.
    mutating func add(_ text: String?) -> Place {
        guard let text else { return .null }
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        return Place(range: start..<bytes.count)
    }

    /// Adds what is written in place.
    mutating func add(_ write: (inout [UInt8]) -> Void) -> Place {
        let start = bytes.count
        write(&bytes)
        return Place(range: start..<bytes.count)
    }

    /// Lends the values while something runs.
    func lend<Result>(_ body: (LentValues) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(LentValues(bytes: $0)) }
    }
}

/// Packed values while a statement runs.
struct LentValues {
    fileprivate let bytes: UnsafeRawBufferPointer

    /// The bytes at a place; nil for NULL.
    subscript(place: PackedValues.Place) -> UnsafeRawBufferPointer? {
        place.range.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }
}
