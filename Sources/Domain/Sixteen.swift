/// Sixteen bytes that are looked at together.
///
/// They are compared with sixteen others, never with a lone number: Swift 6.3 makes one instruction of
/// `bytes .== SIMD16(repeating: 0x22)`, and of `bytes .== 0x22` a loop over the sixteen.
public typealias Sixteen = SIMD16<UInt8>

extension SIMDMask<SIMD16<Int8>> {
    @inlinable var halves: (low: UInt64, high: UInt64) {
        let halves = unsafeBitCast(self, to: SIMD2<UInt64>.self)
        return (UInt64(littleEndian: halves[0]), UInt64(littleEndian: halves[1]))
    }

    /// The place of the first one that is set; nil where none is.
    @inlinable public var first: Int? {
        let (low, high) = halves
        if low != 0 { return low.trailingZeroBitCount >> 3 }
        return high != 0 ? 8 + high.trailingZeroBitCount >> 3 : nil
    }

    /// Whether any is set.
    @inlinable public var isAnySet: Bool {
        let (low, high) = halves
        return low | high != 0
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Sixteen bytes from a place on; nil where there are not as many.
    @inlinable public func sixteen(at index: Int) -> Sixteen? {
        guard let baseAddress, index >= 0, count - index >= 16 else { return nil }
        return UnsafeRawPointer(baseAddress).loadUnaligned(fromByteOffset: index, as: Sixteen.self)
    }
}
