/// The texts of elements of a QuickBooks list that are seen for the first time, put together in one piece of memory.
public struct PackedImports: Sendable {
    /// All of them.
    public let bytes: [UInt8]
    /// Where those of each element lie.
    public let places: [Places]

    /// Where the texts of an element lie; some lie in others.
    public struct Places: Sendable {
        /// The kind of Procore record that it becomes.
        public var entity = 0..<0
        /// `Vendor 80000001-1767600000`: what its history says of it.
        public var detail = 0..<0
        /// Its list in QuickBooks.
        public var list = 0..<0
        /// Its id there.
        public var listID = 0..<0
        /// Its version there; nil where it has none.
        public var editSequence: Range<Int>?
        /// The record in words.
        public var shown = 0..<0
        /// Its name in QuickBooks.
        public var fullName = 0..<0
        /// The name, folded, with the names among which it has to be the only one.
        public var nameKey = 0..<0
        /// The name, folded for comparison.
        public var key = 0..<0
        /// What QuickBooks holds of it, as `Content` encodes it.
        public var confirmed = 0..<0
        /// What Procore is told of it, encoded.
        public var imported = 0..<0

        /// Nothing yet.
        public init() {}
    }

    /// These texts.
    public init(bytes: [UInt8], places: [Places]) {
        self.bytes = bytes
        self.places = places
    }
}
