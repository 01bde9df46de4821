import Domain

/// Walks over a document before libxml2 sees it, and stops at a tag that no QuickBooks response has.
///
/// libxml2 compares every attribute of a tag with every other one, and holds a tag whole, so that one small file could
/// keep it busy for minutes.
struct TagLimits {
    /// The most attributes of one element; QuickBooks' own have fewer than 10.
    static let mostAttributes = 64
    /// The longest tag, in bytes.
    static let longestTag = 1 << 20

    private enum Place {
        case text, opened, bang, tag
        case quoted(UInt8)
        /// A comment, a section of CDATA or an instruction: it ends with these bytes.
        case until(UInt8, UInt8, UInt8)
    }

    private var place = Place.text
    /// Lines of the pieces before.
    private var lines = 1
    /// The two bytes before the one at hand, within what is passed over.
    private var before: (UInt8, UInt8) = (0, 0)
    private var attributes = 0
    private var length = 0

    /// Goes over the next bytes.
    /// - Throws: a `Problem` that names the line.
    mutating func check(_ bytes: [UInt8]) throws(Problem) {
        let failure = bytes.withUnsafeBufferPointer { bytes in check(bytes) }
        if let failure { throw failure }
    }

    private mutating func check(_ bytes: UnsafeBufferPointer<UInt8>) -> Problem? {
        var index = 0
        while index < bytes.count {
            // Most of what there is.
            if case .text = place { index = Self.passPlain(bytes, from: index) }
            guard index < bytes.count else { break }
            let byte = bytes[index]
            index += 1
            if let wrong = take(byte) {
                return wrong.problem(line: lines + Self.lines(in: bytes[..<index]))
            }
        }
        lines += Self.lines(in: bytes[...])
        return nil
    }

    private enum Wrong {
        case long, attributes

        func problem(line: Int) -> Problem {
            switch self {
            case .long: XMLProblem.longTag(line: line)
            case .attributes: XMLProblem.manyAttributes(line: line)
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Wrong? {
        switch place {
        case .text: place = .opened
        case .opened:
            open(byte)
        case .bang:
            place = byte == UInt8(ascii: "[") ? .until(0x5d, 0x5d, 0x3e) : .until(0x2d, 0x2d, 0x3e)
            before = (0, 0)
        case .tag:
            return tag(byte)
        case .quoted(let quote):
            length += 1
            if byte == quote { place = .tag }
            if length > Self.longestTag { return .long }
        case .until(let first, let second, let third):
            if byte == third, before.1 == second, first == 0 || before.0 == first { place = .text }
            before = (before.1, byte)
        }
        return nil
    }

    /// Goes over text, and over tags that are nothing but a name, to where another tag opens.
    private static func passPlain(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while true {
            index = opening(bytes, from: index)
            let opened = index
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "/") { index += 1 }
            // Neither an instruction nor what begins with "<!".
            guard index < bytes.count, bytes[index] > UInt8(ascii: "?") else { return min(opened, bytes.count) }
            let end = min(bytes.count, opened + longestTag)
            index = nameEnd(bytes, from: index, to: end)
            guard index < end, bytes[index] == UInt8(ascii: ">") else { return opened }
            index += 1
        }
    }

    /// Where the next tag opens, sixteen bytes at a time.
    private static func opening(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while let here = bytes.sixteen(at: index) {
            if let found = (here .== Sixteen(repeating: UInt8(ascii: "<"))).first { return index + found }
            index += 16
        }
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") { index += 1 }
        return index
    }

    /// The first byte that is none of a name.
    private static func nameEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index + 16 <= end, let here = bytes.sixteen(at: index) {
            let isOther =
                (here .<= Sixteen(repeating: UInt8(ascii: "?")))
                .& ((here &- Sixteen(repeating: 0x2d)) .>= Sixteen(repeating: 14))
            if let found = isOther.first { return index + found }
            index += 16
        }
        while index < end, isOfName(bytes[index]) { index += 1 }
        return index
    }

    /// Letters, digits, and signs that mean nothing here: nothing that ends a tag, quotes or gives a value.
    private static func isOfName(_ byte: UInt8) -> Bool { byte > UInt8(ascii: "?") || byte &- 0x2d < 14 }

    private static func lines(in bytes: UnsafeBufferPointer<UInt8>.SubSequence) -> Int {
        var lines = 0
        for byte in bytes { lines &+= byte == 0x0a ? 1 : 0 }
        return lines
    }

    private mutating func open(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "!"): place = .bang
        case UInt8(ascii: "?"):
            place = .until(0, UInt8(ascii: "?"), UInt8(ascii: ">"))
            before = (0, 0)
        case UInt8(ascii: ">"): place = .text
        default: (place, attributes, length) = (.tag, 0, 0)
        }
    }

    private mutating func tag(_ byte: UInt8) -> Wrong? {
        length += 1
        switch byte {
        case UInt8(ascii: ">"): place = .text
        case UInt8(ascii: "\""), UInt8(ascii: "'"): place = .quoted(byte)
        case UInt8(ascii: "="):
            attributes += 1
            if attributes > Self.mostAttributes { return .attributes }
        default:
            if length > Self.longestTag { return .long }
        }
        return nil
    }
}
