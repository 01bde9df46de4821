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
    private var line = 1
    /// The two bytes before the one at hand, within what is passed over.
    private var before: (UInt8, UInt8) = (0, 0)
    private var attributes = 0
    private var length = 0

    /// Goes over the next bytes.
    /// - Throws: a `Problem` that names the line.
    mutating func check(_ bytes: [UInt8]) throws(Problem) {
        var index = 0
        while index < bytes.count {
            switch place {
            case .text:
                index = tag(in: bytes, after: index)
                guard index < bytes.count else { return }
                index += 1
                place = .opened
            case .tag: index = try endOfTag(in: bytes, after: index)
            case .quoted(let quote): index = try endOfValue(in: bytes, after: index, quote)
            case .opened, .bang, .until:
                if bytes[index] == 0x0a { line += 1 }
                pass(bytes[index])
                index += 1
            }
        }
    }

    private mutating func pass(_ byte: UInt8) {
        switch place {
        case .opened: open(byte)
        case .bang:
            place = byte == UInt8(ascii: "[") ? .until(0x5d, 0x5d, 0x3e) : .until(0x2d, 0x2d, 0x3e)
            before = (0, 0)
        case .until(let first, let second, let third):
            if byte == third, before.1 == second, first == 0 || before.0 == first { place = .text }
            before = (before.1, byte)
        case .text, .tag, .quoted: break
        }
    }

    /// Goes over text, most of what there is, to where a tag opens.
    private mutating func tag(in bytes: [UInt8], after start: Int) -> Int {
        var (index, lines) = (start, 0)
        while index < bytes.count, bytes[index] != UInt8(ascii: "<") {
            if bytes[index] == 0x0a { lines += 1 }
            index += 1
        }
        line += lines
        return index
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

    /// Goes over a tag, to where it ends or a value begins.
    private mutating func endOfTag(in bytes: [UInt8], after start: Int) throws(Problem) -> Int {
        var (index, lines) = (start, 0)
        let most = start + Self.longestTag - length
        defer { (line, length) = (line + lines, length + index - start) }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: ">"):
                place = .text
                return index
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                place = .quoted(byte)
                return index
            case UInt8(ascii: "="):
                attributes += 1
                if attributes > Self.mostAttributes { throw XMLProblem.manyAttributes(line: line + lines) }
            default:
                if byte == 0x0a { lines += 1 }
                if index > most { throw XMLProblem.longTag(line: line + lines) }
            }
        }
        return index
    }

    /// Goes over the value of an attribute, to behind its end.
    private mutating func endOfValue(in bytes: [UInt8], after start: Int, _ quote: UInt8) throws(Problem) -> Int {
        var (index, lines) = (start, 0)
        let most = start + Self.longestTag - length
        defer { (line, length) = (line + lines, length + index - start) }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0a { lines += 1 }
            if byte == quote { place = .tag }
            if index > most { throw XMLProblem.longTag(line: line + lines) }
            if byte == quote { break }
        }
        return index
    }
}
