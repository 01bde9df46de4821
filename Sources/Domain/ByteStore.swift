/// Memory that is written from its start on, as far as it was measured before.
public struct ByteCursor {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes have been written.
    public private(set) var count: Int

    /// The start of some memory.
    /// - Parameters:
    ///   - memory: at least as much as is written.
    ///   - count: how many bytes of it have been written before.
    public init(_ memory: UnsafeMutableBufferPointer<UInt8>, count: Int = 0) {
        self.memory = memory
        self.count = count
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

/// Memory for things of known length that are written one behind the other. It is used again and again.
public struct ByteStore: Sendable {
    private var memory: [UInt8]
    /// How many bytes have been written.
    public private(set) var count = 0

    /// Nothing yet.
    /// - Parameter capacity: so many bytes are written without getting more memory.
    public init(capacity: Int = 0) {
        memory = [UInt8](repeating: 0, count: capacity)
    }

    /// What has been written.
    public var bytes: [UInt8] { Array(memory[..<count]) }

    /// Takes what has been written away.
    public mutating func take() -> [UInt8] {
        defer { count = 0 }
        return bytes
    }

    /// Writes behind what is there.
    /// - Parameters:
    ///   - length: so many bytes are written at most.
    ///   - write: writes them. Where it says that they lie, counts from the start of all.
    public mutating func add<Result>(_ length: Int, _ write: (inout ByteCursor) -> Result) -> Result {
        if memory.count < count + length {
            memory += [UInt8](repeating: 0, count: max(memory.count, count + length - memory.count))
        }
        return memory.withUnsafeMutableBufferPointer { memory in
            var cursor = ByteCursor(memory, count: count)
            defer { count = cursor.count }
            return write(&cursor)
        }
    }

    /// Writes some bytes behind what is there.
    /// - Returns: where they lie.
    public mutating func add(_ bytes: [UInt8]) -> Range<Int> { add(bytes.count) { $0.put(bytes) } }

    /// Forgets what was written from a place on.
    public mutating func cut(to place: Int) { count = min(count, place) }

    /// Lends what has been written.
    public func lend<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try memory.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}
