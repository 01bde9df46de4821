extension PlainText {
    /// What a look at some bytes found: whether a rule or a writer has anything to do with them.
    public struct Look: Sendable {
        /// Whether they are tidy, as `isTidy` says of a text, without a backslash.
        public var isTidy = true
        /// Whether XML needs a reference for one: `&`, `<` or `>`.
        public var hasMarks = false
        /// Whether a colon is among them.
        public var hasColon = false
        /// Whether a comma is among them.
        public var hasComma = false

        /// Tidy, and nothing else.
        @inlinable public init() {}
    }

    /// Looks at some bytes of a piece of memory, sixteen at a time.
    ///
    /// Bytes behind them are read too, and do not count.
    @inlinable public static func look(at range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> Look {
        var look = Look()
        guard !range.isEmpty, bytes[range.lowerBound] != 0x20, bytes[range.upperBound - 1] != 0x20 else {
            look.isTidy = false
            return look
        }
        var index = range.lowerBound
        while index < range.upperBound {
            guard let here = bytes.sixteen(at: index), let next = bytes.sixteen(at: index + 1) else {
                take(bytes[index], next: index + 1 < range.upperBound ? bytes[index + 1] : 0, &look)
                index += 1
                continue
            }
            let space = Sixteen(repeating: 0x20)
            let counts = places .< Sixteen(repeating: UInt8(clamping: range.upperBound - index))
            let untidy =
                ((here &- space) .> Sixteen(repeating: 0x5e)) .| (here .== Sixteen(repeating: 0x5c))
                .| ((here .== space) .& (next .== space))
            let marks =
                (here .== Sixteen(repeating: 0x26)) .| (here .== Sixteen(repeating: 0x3c))
                .| (here .== Sixteen(repeating: 0x3e))
            if (untidy .& counts).isAnySet { look.isTidy = false }
            if (marks .& counts).isAnySet { look.hasMarks = true }
            if ((here .== Sixteen(repeating: 0x3a)) .& counts).isAnySet { look.hasColon = true }
            if ((here .== Sixteen(repeating: 0x2c)) .& counts).isAnySet { look.hasComma = true }
            index += 16
        }
        return look
    }

    @usableFromInline static let places = Sixteen(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

    @usableFromInline static func take(_ byte: UInt8, next: UInt8, _ look: inout Look) {
        if byte &- 0x20 > 0x5e || byte == 0x5c || byte == 0x20 && next == 0x20 { look.isTidy = false }
        if byte == 0x26 || byte == 0x3c || byte == 0x3e { look.hasMarks = true }
        if byte == 0x3a { look.hasColon = true }
        if byte == 0x2c { look.hasComma = true }
    }
}
