import CZlib

/// zlib: bytes made smaller, and made what they were.
///
/// The format is that of RFC 1950, with a dictionary that both sides know, and with a checksum. What speaks to zlib stands
/// here and nowhere else.
enum Deflating {
    /// Bytes made what they were.
    /// - Parameters:
    ///   - bytes: what a `Deflater` gave, without its start.
    ///   - dictionary: the same.
    ///   - count: how many they were.
    /// - Returns: nil where they are damaged, or were not so many.
    static func inflate(_ bytes: UnsafeRawBufferPointer, _ dictionary: [UInt8], count: Int) -> [UInt8]? {
        let stream = ZlibStream()
        guard inflateInit_(stream.pointer, ZLIB_VERSION, ZlibStream.size) == Z_OK else { return nil }
        defer { inflateEnd(stream.pointer) }
        let result = stream.run(bytes, most: count, behind: []) { stream in
            let code = CZlib.inflate(stream, Z_FINISH)
            guard code == Z_NEED_DICT else { return code }
            guard inflateSetDictionary(stream, dictionary, uInt(dictionary.count)) == Z_OK else { return Z_DATA_ERROR }
            return CZlib.inflate(stream, Z_FINISH)
        }
        return result?.count == count ? result : nil
    }
}

/// Makes one piece of bytes smaller after the other, with the same memory of zlib's: what it gives of one does not depend on
/// those before. Whoever has many keeps it, and is alone to use it.
final class Deflater {
    /// zlib's memory for what is short, which needs no large table that would have to be cleared first, and for what is long.
    private var short: State?
    private var long: State?
    private static let mostShort = 1 << 14

    /// Bytes made smaller.
    /// - Parameters:
    ///   - bytes: any.
    ///   - dictionary: what such bytes often hold, the likeliest at its end.
    ///   - start: what the result begins with.
    /// - Returns: nil where zlib has no memory for it.
    func deflate(_ bytes: [UInt8], _ dictionary: [UInt8], behind start: [UInt8]) -> [UInt8]? {
        if bytes.count + dictionary.count <= Self.mostShort {
            short = short ?? State(windowBits: 14, memory: 6)
            return short?.deflate(bytes, dictionary, behind: start)
        }
        long = long ?? State(windowBits: 15, memory: 8)
        return long?.deflate(bytes, dictionary, behind: start)
    }

    /// Memory of zlib's that is made once.
    private final class State {
        private let stream = ZlibStream()

        init?(windowBits: Int32, memory: Int32) {
            let code = deflateInit2_(
                stream.pointer, Z_BEST_SPEED, Z_DEFLATED, windowBits, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                ZlibStream.size)
            guard code == Z_OK else { return nil }
        }

        deinit {
            // Where it could not be made, zlib finds nothing to end.
            deflateEnd(stream.pointer)
        }

        func deflate(_ bytes: [UInt8], _ dictionary: [UInt8], behind start: [UInt8]) -> [UInt8]? {
            guard deflateReset(stream.pointer) == Z_OK else { return nil }
            if !dictionary.isEmpty {
                guard deflateSetDictionary(stream.pointer, dictionary, uInt(dictionary.count)) == Z_OK else {
                    return nil
                }
            }
            let most = Int(deflateBound(stream.pointer, uLong(bytes.count)))
            return bytes.withUnsafeBytes { bytes in
                stream.run(bytes, most: most, behind: start) { CZlib.deflate($0, Z_FINISH) }
            }
        }
    }
}

/// The place of zlib's state, which stays where it is from beginning to end.
private final class ZlibStream {
    static let size = Int32(MemoryLayout<z_stream>.size)
    let pointer = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        pointer.initialize(to: z_stream())
    }

    deinit {
        pointer.deallocate()
    }

    /// Has zlib go from one end of some bytes to the other.
    /// - Returns: what it wrote behind a start; nil unless it came to the end within that many bytes.
    func run(
        _ bytes: UnsafeRawBufferPointer, most: Int, behind start: [UInt8],
        _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> [UInt8]? {
        guard bytes.count < Int(UInt32.max), most < Int(UInt32.max) else { return nil }
        var isAtEnd = false
        let result = [UInt8](unsafeUninitializedCapacity: start.count + most) { output, count in
            _ = output.initialize(fromContentsOf: start)
            // zlib reads only, whatever its type says.
            pointer.pointee.next_in = UnsafeMutablePointer(
                mutating: bytes.baseAddress?.assumingMemoryBound(to: Bytef.self))
            pointer.pointee.avail_in = uInt(bytes.count)
            pointer.pointee.next_out = output.baseAddress.map { $0 + start.count }
            pointer.pointee.avail_out = uInt(most)
            isAtEnd = step(pointer) == Z_STREAM_END && pointer.pointee.avail_in == 0
            count = start.count + Int(pointer.pointee.total_out)
        }
        return isAtEnd ? result : nil
    }
}
