import Crypto

/// SHA-256 of whole content: what tells one dropped file, document or mapped record from another.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The digest of some bytes.
    public init(of content: some Sequence<UInt8>) {
        let hash = content.withContiguousStorageIfAvailable { content in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(content))
            return hash.finalize()
        }
        bytes = Array(hash ?? SHA256.hash(data: Array(content)))
    }

    fileprivate init(_ hash: SHA256) {
        bytes = Array(hash.finalize())
    }

    /// Lower-case hexadecimal, 64 characters.
    public var description: String { hex(32) }

    /// The first `count` bytes in lower-case hexadecimal.
    public func hex(_ count: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in bytes.prefix(count) {
            text.append(hexadecimal(byte >> 4))
            text.append(hexadecimal(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The digit of four bits.
private func hexadecimal(_ bits: UInt8) -> UInt8 { bits < 10 ? 0x30 + bits : 0x57 + bits }

/// A source that digests what is read through it, so that reading once is enough.
public final class DigestingSource: ByteSource {
    private let source: any ByteSource
    private var hash = SHA256()
    private var isAtEnd = false
    /// How many bytes went through.
    public private(set) var count = 0

    /// Digests what is read from `source`.
    public init(_ source: any ByteSource) {
        self.source = source
    }

    /// Reads on, and digests what came.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        // What comes behind the end was written meanwhile; whoever opened the file sees that it changed.
        guard !isAtEnd else { return 0 }
        let got = try source.read(into: buffer)
        if got == 0, !buffer.isEmpty { isAtEnd = true }
        if got > 0 {
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<got]))
            count += got
        }
        return got
    }

    /// Looks at the source itself; nothing of it is digested.
    public func peek(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int? {
        try source.peek(at: offset, into: buffer)
    }

    /// Reads what is left, for a reader that stopped early, and gives the digest of everything.
    /// - Throws: what the source throws.
    public func finish() throws -> Digest {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { scratch.deallocate() }
        while try read(into: scratch) > 0 {}
        return Digest(hash)
    }
}

/// A name-based UUID (RFC 9562 version 5), for QuickBooks' ExternalGUID: the same name always gives the same one.
public func nameBasedGUID(_ name: String) -> String {
    // A namespace of our own, itself made once with `uuidgen`.
    let namespace: [UInt8] = [
        0x6f, 0x0d, 0x7c, 0x1e, 0x52, 0x0b, 0x4f, 0x52, 0x9d, 0x65, 0x3a, 0x41, 0x0e, 0x7b, 0xc2, 0x18,
    ]
    var hash = Array(Insecure.SHA1.hash(data: namespace + Array(name.utf8)).prefix(16))
    hash[6] = hash[6] & 0x0f | 0x50
    hash[8] = hash[8] & 0x3f | 0x80
    var text: [UInt8] = [UInt8(ascii: "{")]
    text.reserveCapacity(38)
    for (index, byte) in hash.enumerated() {
        if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
        text.append(hexadecimal(byte >> 4))
        text.append(hexadecimal(byte & 15))
    }
    text.append(UInt8(ascii: "}"))
    return String(decoding: text, as: UTF8.self)
}
