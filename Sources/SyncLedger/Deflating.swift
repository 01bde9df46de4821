import CZlib

/// zlib: bytes made smaller, and made what they were.
///
/// The format is that of RFC 1950, with a dictionary that both sides know, and with a checksum. What speaks to zlib stands
/// here and nowhere else.
enum Deflating {
    /// Bytes made smaller.
    /// - Parameters:
    ///   - bytes: any.
    ///   - dictionary: what such bytes often hold, the likeliest at its end.
    ///   - start: what the result begins with.
    /// - Returns: nil where zlib has no memory for it.
    static func deflate(_ bytes: [UInt8], _ dictionary: [UInt8], behind start: [UInt8]) -> [UInt8]? {
        let stream = Stream()
        // What is short needs no large table, which would have to be cleared first.
        let isShort = bytes.count + dictionary.count <= 1 << 14
        let code = deflateInit2_(
            stream.pointer, Z_BEST_SPEED, Z_DEFLATED, isShort ? 14 : 15, isShort ? 6 : 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Stream.size)
        guard code == Z_OK else { return nil }
        defer { deflateEnd(stream.pointer) }
        if !dictionary.isEmpty {
            guard deflateSetDictionary(stream.pointer, dictionary, uInt(dictionary.count)) == Z_OK else { return nil }
        }
        let most = Int(deflateBound(stream.pointer, uLong(bytes.count)))
        return bytes.withUnsafeBytes { bytes in
            stream.run(bytes, most: most, behind: start) { CZlib.deflate($0, Z_FINISH) }
        }
    }

    /// Bytes made what they were.
    /// - Parameters:
    ///   - bytes: what `deflate` gave, without its start.
    ///   - dictionary: the same.
    ///   - count: how many they were.
    /// - Returns: nil where they are damaged, or were not so many.
    static func inflate(_ bytes: UnsafeRawBufferPointer, _ dictionary: [UInt8], count: Int) -> [UInt8]? {
        let stream = Stream()
        guard inflateInit_(stream.pointer, ZLIB_VERSION, Stream.size) == Z_OK else { return nil }
        defer { inflateEnd(stream.pointer) }
        let result = stream.run(bytes, most: count, behind: []) { stream in
            let code = CZlib.inflate(stream, Z_FINISH)
            guard code == Z_NEED_DICT else { return code }
            guard inflateSetDictionary(stream, dictionary, uInt(dictionary.count)) == Z_OK else { return Z_DATA_ERROR }
            return CZlib.inflate(stream, Z_FINISH)
        }
        return result?.count == count ? result : nil
    }

    /// The place of zlib's state, which stays where it is from beginning to end.
    private final class Stream {
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
}
