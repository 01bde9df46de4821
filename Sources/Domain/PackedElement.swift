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

/// Memory that is written from its start on, as far as it was measured before.
public struct ByteCursor {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes have been written.
    public private(set) var count = 0

    /// The start of some memory.
    public init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    /// Writes some bytes.
    /// - Returns: where they lie.
    @discardableResult public mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let start = count
        count = memory[start...].update(fromContentsOf: bytes)
        return start..<count
    }

    /// Writes some bytes.
    /// - Returns: where they lie.
    @discardableResult public mutating func put(_ bytes: [UInt8]) -> Range<Int> {
        bytes.withUnsafeBufferPointer { put($0) }
    }

    /// Writes a byte.
    public mutating func put(_ byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    /// Writes ASCII in small letters.
    /// - Returns: where it lies.
    public mutating func put(lowercased bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let start = count
        for byte in bytes {
            memory[count] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            count += 1
        }
        return start..<count
    }

    /// Lends memory that is written elsewhere.
    public mutating func put(_ length: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        write(UnsafeMutableBufferPointer(rebasing: memory[count..<count + length]))
        count += length
    }
}
