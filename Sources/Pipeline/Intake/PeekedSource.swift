import Domain

/// A file whose first bytes can be peeked at before it is read, and which is digested while it is.
final class PeekedSource: ByteSource {
    private let source: DigestingSource
    /// The first bytes.
    let head: [UInt8]
    private var position = 0

    init(_ file: some ByteSource, _ most: Int = 8_192) throws {
        source = DigestingSource(file)
        var head: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: most, alignment: 16)
        defer { buffer.deallocate() }
        while head.count < most {
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(most - head.count)]))
            guard got > 0 else { break }
            head.append(contentsOf: buffer[..<got])
        }
        self.head = head
    }

    /// How many bytes were read from the file so far.
    var count: Int { source.count }

    /// The digest of the whole file, read to its end.
    func finish() throws -> Digest { try source.finish() }

    func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int? {
        try source.peek(at: offset, into: buffer)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard position < head.count else { return try source.read(into: buffer) }
        let count = min(buffer.count, head.count - position)
        head.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        position += count
        return count
    }
}
