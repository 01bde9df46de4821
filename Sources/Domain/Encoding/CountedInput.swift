/// A file as its bytes stand, before anything is known of its encoding.
struct CountedInput {
    let source: any ByteSource
    /// How many bytes came from it so far.
    private(set) var taken = 0
    private(set) var hasEnded = false
    private var chunk: [UInt8] = []

    private static let chunkSize = 16_384

    init(_ source: any ByteSource) {
        self.source = source
    }

    mutating func take(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        if count == 0, !buffer.isEmpty { hasEnded = true }
        taken += count
        return count
    }

    /// Takes some more behind others.
    mutating func take(onto raw: inout [UInt8]) throws {
        guard !hasEnded else { return }
        if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: Self.chunkSize) }
        let source = source
        let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
        if count == 0 { hasEnded = true }
        taken += count
        raw.append(contentsOf: chunk[..<count])
    }
}
