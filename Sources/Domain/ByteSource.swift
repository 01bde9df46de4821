/// Where a reader takes its bytes from, a chunk at a time, so that no step holds a whole file.
public protocol ByteSource: AnyObject {
    /// Fills the start of `buffer` and returns how many bytes it filled; 0 only at the end.
    /// - Throws: a `SystemError` when the machine cannot read.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Fills the start of `buffer` with what stands at an offset of the whole, whatever was read so far, and returns how
    /// many bytes it filled: 0 at the end, nil where the source cannot be read again.
    /// - Throws: a `SystemError` when the machine cannot read.
    func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int?
}

extension ByteSource {
    /// Most sources can be read only once.
    public func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int? { nil }
}

/// Bytes already in memory, as a source: for small documents and tests.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let chunk: Int
    private var position = 0

    /// - Parameter bytes: the document.
    /// - Parameter chunk: the most bytes one read hands out, to try a reader on awkward borders.
    public init(_ bytes: [UInt8], chunk: Int = .max) {
        self.bytes = bytes
        self.chunk = max(1, chunk)
    }

    /// Hands out the next bytes.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, chunk, bytes.count - position)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<position + count]))
        }
        position += count
        return count
    }

    /// Hands out bytes from an offset on, all that fit.
    public func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = max(0, min(buffer.count, bytes.count - offset))
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.dropFirst(offset).prefix(count)))
        }
        return count
    }
}
