/// The texts of a new element of a list, put together in one piece of memory.
public struct PackedElement: Sendable {
    /// All of them.
    public let bytes: [UInt8]
    /// Where each lies.
    public let places: Places

    /// Where the texts of an element lie.
    public struct Places: Sendable {
        /// Procore's id.
        public var id = 0..<0
        /// Its name, as Procore has it.
        public var title = 0..<0
        /// The name, folded for comparison.
        public var key = 0..<0
        /// The record in words: `vendor 401104`.
        public var shown = 0..<0
        /// The name that it wants in QuickBooks, folded, with the names among which it has to be the only one.
        public var nameKey = 0..<0
        /// What it should be in QuickBooks, as `Content` encodes it.
        public var content = 0..<0

        /// Nothing yet.
        public init() {}
    }

    /// These texts.
    public init(bytes: [UInt8], places: Places) {
        self.bytes = bytes
        self.places = places
    }

    /// One of the texts.
    public func text(_ place: KeyPath<Places, Range<Int>>) -> String {
        String(decoding: bytes[places[keyPath: place]], as: UTF8.self)
    }
}
