import CZlib

/// zlib, by which documents were packed before zstd: what it made smaller is made what it was.
///
/// The format is that of RFC 1950, with a dictionary that both sides know, and with a checksum. What speaks to zlib stands
/// here and nowhere else.
enum Deflating {
    /// Bytes made what they were.
    /// - Parameters:
    ///   - bytes: what zlib made of them.
    ///   - dictionary: the one that it was given.
    ///   - count: how many they were.
    /// - Returns: nil where they are damaged, or were not so many.
    static func inflate(_ bytes: UnsafeRawBufferPointer, _ dictionary: [UInt8], count: Int) -> [UInt8]? {
        guard bytes.count < Int(UInt32.max), count < Int(UInt32.max) else { return nil }
        var stream = z_stream()
        return withUnsafeMutablePointer(to: &stream) { stream in
            guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
            defer { inflateEnd(stream) }
            var isWhole = false
            let result = [UInt8](unsafeUninitializedCapacity: count) { output, written in
                // zlib reads only, whatever its type says.
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: bytes.baseAddress?.assumingMemoryBound(to: Bytef.self))
                stream.pointee.avail_in = uInt(bytes.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = uInt(count)
                isWhole = run(stream, dictionary) == Z_STREAM_END && stream.pointee.avail_in == 0
                written = Int(stream.pointee.total_out)
            }
            return isWhole && result.count == count ? result : nil
        }
    }

    private static func run(_ stream: UnsafeMutablePointer<z_stream>, _ dictionary: [UInt8]) -> Int32 {
        let code = CZlib.inflate(stream, Z_FINISH)
        guard code == Z_NEED_DICT else { return code }
        guard inflateSetDictionary(stream, dictionary, uInt(dictionary.count)) == Z_OK else { return Z_DATA_ERROR }
        return CZlib.inflate(stream, Z_FINISH)
    }
}
