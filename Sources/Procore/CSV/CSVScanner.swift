/// One field of a scanned row: where its text lies.
struct CSVField: Sendable, Equatable {
    /// The first byte and the one behind the last, without quotes.
    var start: Int
    var end: Int
    /// Whether quotes in it are written twice.
    var hasDoubledQuotes = false
}

/// Finds the end of one CSV row (RFC 4180) in bytes that lie together, and its fields.
///
/// A quote opens a quoted field only where the field begins; elsewhere in a field without quotes it is a character
/// like any other, as in `2" pipe`.
struct CSVScanner {
    enum Outcome: Equatable {
        /// The row is over: the position behind its end, how many lines it takes, whether all of it is ASCII.
        case row(end: Int, lines: Int, isASCII: Bool)
        /// The bytes end within the row, and more may come.
        case needsMore
        /// The quote that opens so many lines below the row's start never closes.
        case openQuote(lines: Int)
        /// Text follows the closing quote of the last field, so many lines below the row's start.
        case textAfterQuote(lines: Int)
        /// A zero byte stands so many lines below the row's start.
        case zeroByte(lines: Int)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let isEnd: Bool
    private let isSeparator: (UInt8, UInt8, UInt8)
    private var index: Int
    private var lines = 0
    private var isASCII = true

    /// Scans the row that starts at `position`.
    /// - Parameters:
    ///   - separator: nil where it is still to be found; then commas, semicolons and tabs all separate.
    ///   - fields: filled with the row's fields.
    static func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, isEnd: Bool, separator: UInt8?, fields: inout [CSVField]
    ) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        let separators = separator.map { ($0, $0, $0) } ?? (0x2c, 0x3b, 0x09)
        var scanner = CSVScanner(bytes: bytes, isEnd: isEnd, isSeparator: separators, index: position)
        while true {
            let outcome =
                bytes.indices.contains(scanner.index) && bytes[scanner.index] == 0x22
                ? scanner.quoted(&fields) : scanner.plain(&fields)
            if let outcome { return outcome }
        }
    }

    private func separates(_ byte: UInt8) -> Bool {
        byte == isSeparator.0 || byte == isSeparator.1 || byte == isSeparator.2
    }

    /// Reads a field without quotes; nil where another one follows.
    private mutating func plain(_ fields: inout [CSVField]) -> Outcome? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if separates(byte) || byte == 0x0a || byte == 0x0d { break }
            if byte == 0 { return .zeroByte(lines: lines) }
            if byte >= 0x80 { isASCII = false }
            index += 1
        }
        fields.append(CSVField(start: start, end: index))
        return fieldEnd()
    }

    /// Reads a field in quotes; nil where another one follows.
    private mutating func quoted(_ fields: inout [CSVField]) -> Outcome? {
        let opening = lines
        index += 1
        var field = CSVField(start: index, end: index)
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x22:
                // Only what follows tells a closing quote from a doubled one.
                if index + 1 == bytes.count, !isEnd { return .needsMore }
                if index + 1 < bytes.count, bytes[index + 1] == 0x22 {
                    field.hasDoubledQuotes = true
                    index += 1
                } else {
                    field.end = index
                    fields.append(field)
                    index += 1
                    return fieldEnd()
                }
            case 0x0a: lines += 1
            case 0x0d: if index + 1 < bytes.count, bytes[index + 1] != 0x0a { lines += 1 }
            case 0: return .zeroByte(lines: lines)
            default: if byte >= 0x80 { isASCII = false }
            }
            index += 1
        }
        return isEnd ? .openQuote(lines: opening) : .needsMore
    }

    /// What stands behind a field; nil where another field follows.
    private mutating func fieldEnd() -> Outcome? {
        guard index < bytes.count else {
            return isEnd ? .row(end: index, lines: lines, isASCII: isASCII) : .needsMore
        }
        switch bytes[index] {
        case 0x0a: return .row(end: index + 1, lines: lines + 1, isASCII: isASCII)
        case 0x0d:
            // Only what follows tells CRLF from CR.
            if index + 1 == bytes.count, !isEnd { return .needsMore }
            let isPair = index + 1 < bytes.count && bytes[index + 1] == 0x0a
            return .row(end: index + (isPair ? 2 : 1), lines: lines + 1, isASCII: isASCII)
        case let byte where separates(byte):
            index += 1
            return nil
        default: return .textAfterQuote(lines: lines)
        }
    }
}
