import CZstd

/// zstd: bytes made smaller, and made what they were.
///
/// The format is that of RFC 8878, one frame with a checksum, with a dictionary that both sides know. What speaks to zstd
/// stands here and nowhere else.
enum Zstandard {
    /// Bytes made what they were.
    /// - Parameters:
    ///   - bytes: what a `Compressor` gave, without its start.
    ///   - dictionary: the same.
    ///   - count: how many they were.
    /// - Returns: nil where they are damaged, or were not so many.
    static func decompress(_ bytes: UnsafeRawBufferPointer, _ dictionary: [UInt8], count: Int) -> [UInt8]? {
        guard let context = ZSTD_createDCtx() else { return nil }
        defer { ZSTD_freeDCtx(context) }
        // What the frame says of itself, so that no damaged number asks for memory.
        guard ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count) == UInt64(count) else { return nil }
        var isWhole = false
        let result = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            let code = ZSTD_decompress_usingDict(
                context, output.baseAddress, count, bytes.baseAddress, bytes.count, dictionary, dictionary.count)
            isWhole = ZSTD_isError(code) == 0 && code == count
            written = isWhole ? count : 0
        }
        return isWhole ? result : nil
    }
}

/// Makes one piece of bytes smaller after the other, with the same memory of zstd's: what it gives of one does not depend on
/// those before. Whoever has many keeps it, and is alone to use it.
final class Compressor {
    private var context: OpaquePointer?
    /// Dictionaries as zstd has prepared them.
    private var prepared: [Packing: OpaquePointer] = [:]

    /// With a dictionary, for what is short: as small as zlib's, in less than half the time.
    private static let level: Int32 = 3
    /// Without, for what is long.
    private static let levelOfLong: Int32 = 1

    deinit {
        for dictionary in prepared.values { ZSTD_freeCDict(dictionary) }
        ZSTD_freeCCtx(context)
    }

    /// Bytes made smaller.
    /// - Parameters:
    ///   - bytes: any.
    ///   - packing: with which dictionary.
    ///   - start: what the result begins with.
    /// - Returns: nil where zstd has no memory for it.
    func compress(_ bytes: [UInt8], _ packing: Packing, behind start: [UInt8]) -> [UInt8]? {
        guard let context = made(), prepare(context, packing) else { return nil }
        let most = ZSTD_compressBound(bytes.count)
        var isDone = false
        let result = [UInt8](unsafeUninitializedCapacity: start.count + most) { output, count in
            _ = output.initialize(fromContentsOf: start)
            let code = ZSTD_compress2(
                context, output.baseAddress.map { $0 + start.count }, most, bytes, bytes.count)
            isDone = ZSTD_isError(code) == 0
            count = isDone ? start.count + code : 0
        }
        return isDone ? result : nil
    }

    /// zstd's memory, which is made once.
    private func made() -> OpaquePointer? {
        if let context { return context }
        guard let new = ZSTD_createCCtx() else { return nil }
        let codes = [
            ZSTD_CCtx_setParameter(new, ZSTD_c_checksumFlag, 1),
            // It has no number: the row says which it is.
            ZSTD_CCtx_setParameter(new, ZSTD_c_dictIDFlag, 0),
            ZSTD_CCtx_setParameter(new, ZSTD_c_compressionLevel, Self.levelOfLong),
        ]
        guard codes.allSatisfy({ ZSTD_isError($0) == 0 }) else {
            ZSTD_freeCCtx(new)
            return nil
        }
        context = new
        return new
    }

    private func prepare(_ context: OpaquePointer, _ packing: Packing) -> Bool {
        let dictionary = packing.dictionary
        guard !dictionary.isEmpty else { return ZSTD_isError(ZSTD_CCtx_refCDict(context, nil)) == 0 }
        guard let new = prepared[packing] ?? ZSTD_createCDict(dictionary, dictionary.count, Self.level) else {
            return false
        }
        prepared[packing] = new
        return ZSTD_isError(ZSTD_CCtx_refCDict(context, new)) == 0
    }
}
