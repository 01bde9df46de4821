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
    let bytes = Array(name.utf8).withUnsafeBufferPointer { NameBasedGUIDs(prefix: "").guid(of: $0) }
    return String(decoding: bytes, as: UTF8.self)
}

/// Name-based UUIDs of names that begin alike.
public struct NameBasedGUIDs: Sendable {
    // A namespace of our own, itself made once with `uuidgen`.
    private static let namespace: [UInt8] = [
        0x6f, 0x0d, 0x7c, 0x1e, 0x52, 0x0b, 0x4f, 0x52, 0x9d, 0x65, 0x3a, 0x41, 0x0e, 0x7b, 0xc2, 0x18,
    ]
    /// So many bytes a UUID has as text, with its braces.
    public static let length = 38

    private let start: [UInt8]

    /// UUIDs of names that begin with `prefix`.
    public init(prefix: String) {
        start = Self.namespace + Array(prefix.utf8)
    }

    /// The UUID of the name that goes on with `rest`, as text in braces.
    public func guid(of rest: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.length) { text, count in
            count = Self.length
            write(rest, to: text)
        }
    }

    /// Writes the UUID of a name.
    /// - Parameters:
    ///   - rest: what follows the part that all of these names begin with.
    ///   - text: takes `length` bytes.
    public func write(_ rest: UnsafeBufferPointer<UInt8>, to text: UnsafeMutableBufferPointer<UInt8>) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: start.count + rest.count) { name in
            let end = name[start.count...].update(fromContentsOf: rest)
            _ = name.update(fromContentsOf: start)
            var hash = Insecure.SHA1()
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name)[..<end]))
            hash.finalize().withUnsafeBytes { Self.write($0, to: text) }
        }
    }

    private static func write(_ hash: UnsafeRawBufferPointer, to text: UnsafeMutableBufferPointer<UInt8>) {
        text[0] = UInt8(ascii: "{")
        var place = 1
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                text[place] = UInt8(ascii: "-")
                place += 1
            }
            let byte = index == 6 ? hash[6] & 0x0f | 0x50 : index == 8 ? hash[8] & 0x3f | 0x80 : hash[index]
            text[place] = hexadecimal(byte >> 4)
            text[place + 1] = hexadecimal(byte & 15)
            place += 2
        }
        text[place] = UInt8(ascii: "}")
    }
}
