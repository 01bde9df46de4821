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

    /// Lends the values of several rows at once.
    static func lend<Result>(_ rows: [PackedValues], _ body: ([LentValues]) throws -> Result) rethrows -> Result {
        var lent: [LentValues] = []
        lent.reserveCapacity(rows.count)
        return try lend(rows[...], &lent, body)
    }

    private static func lend<Result>(
        _ rest: ArraySlice<PackedValues>, _ lent: inout [LentValues], _ body: ([LentValues]) throws -> Result
    ) rethrows -> Result {
        guard let first = rest.first else { return try body(lent) }
        return try first.lend { values in
            lent.append(values)
            return try lend(rest.dropFirst(), &lent, body)
        }
    }
}

/// Packed values while a statement runs.
struct LentValues {
    fileprivate let bytes: UnsafeRawBufferPointer

    /// All of them, where they are one.
    var all: UnsafeRawBufferPointer { bytes }

    /// The bytes at a place; nil for NULL.
    subscript(place: PackedValues.Place) -> UnsafeRawBufferPointer? {
        place.range.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }
}
