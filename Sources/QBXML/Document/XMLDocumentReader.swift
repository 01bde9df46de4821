import Domain

/// Reads an XML document node by node, in whatever pieces it comes. What libxml2 says about a bad document goes into the
/// `Problem`.
final class XMLDocumentReader {
    /// The deepest nesting taken; QuickBooks' own documents stay below 12.
    static let deepest: Int32 = 64
    /// The longest text of one element, in bytes; QuickBooks' longest field holds 4095 characters.
    static let longestText = 1 << 20
    /// The most elements of one object; a transaction of 14,000 lines, QuickBooks' most, has about 200,000.
    static let mostElements = 262_144
    /// The most text of one object, in bytes. A limit of ours: docs/guide/reference.md.
    static let longestObject = 4 << 20
    /// The longest file, in bytes. A limit of ours: docs/guide/reference.md.
    static let longestFile = 2 << 30
    /// So many bytes are parsed at a time. What a piece holds counts only where all of it can be read.
    private static let pieceSize = 4_096
    /// So many bytes are held where plain objects are looked for: more than the longest of them.
    private static let windowSize = PlainObjects.longest + 16_384

    /// Bytes of the document that are held.
    private struct Window {
        var bytes = [UInt8](repeating: 0, count: pieceSize)
        /// The first that has not been read.
        var start = 0
        /// How many there are, those that have been read too.
        var filled = 0
    }

    private let parser: XMLParser
    private let source: UTF8Source
    private var window = Window()
    /// Which objects are read here where they are plain, so that the parser is given pieces that end before one.
    var plainObjects: PlainObjects?
    /// The node at hand, among those of the last piece.
    private var index = -1
    private var hasEnded = false
    private var rootClosed = false
    private var builder = ElementBuilder()

    /// - Parameter isDecoded: true where the text came out of another document, so that it is UTF-8 whatever it says.
    init(_ source: any ByteSource, isDecoded: Bool = false) throws {
        self.source = UTF8Source(source, isDecoded: isDecoded)
        parser = try XMLParser()
    }

    /// Goes to the next node; false at the end of the document.
    /// - Throws: a `Problem` about the document, or what the source threw.
    func advance() throws -> Bool { try advance(isBetween: true) }

    private func advance(isBetween: Bool) throws -> Bool {
        index += 1
        while index >= parser.count {
            guard try readOn(isBetween: isBetween) else { return false }
        }
        let event = event
        if event.depth > Self.deepest { throw XMLProblem.tooDeep(line: line) }
        if event.depth == 0, event.kind == .end || event.isEmpty { rootClosed = true }
        return true
    }

    /// Has the next piece parsed.
    private func readOn(isBetween: Bool) throws -> Bool {
        if hasEnded {
            // A name space that is not declared is complained of, and read.
            if parser.events.complaint != nil { throw malformed }
            return false
        }
        index = 0
        if window.start == window.filled { try refill() }
        let piece = window.start..<pieceEnd
        hasEnded = piece.isEmpty
        let isLast = source.isAtEnd && window.filled - window.start <= Self.pieceSize
        window.bytes.withUnsafeBytes { bytes in
            parser.feed(UnsafeRawBufferPointer(rebasing: bytes[piece]), isLast: isLast, isBetween: isBetween)
        }
        window.start = piece.upperBound
        guard parser.isWellFormed else { throw malformed }
        return true
    }

    /// Reads more of the document behind what has not been read yet; false where there is no room, or no more.
    @discardableResult private func refill() throws -> Bool {
        if plainObjects != nil, window.bytes.count < Self.windowSize {
            window.bytes.append(contentsOf: repeatElement(0, count: Self.windowSize - window.bytes.count))
        }
        let rest = window.start..<window.filled
        (window.start, window.filled) = (0, rest.count)
        let count = try window.bytes.withUnsafeMutableBytes { bytes in
            if rest.lowerBound > 0 { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[rest])) }
            guard rest.count < bytes.count else { return 0 }
            return try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[rest.count...]))
        }
        window.filled += count
        return count > 0
    }

    /// How far the next piece goes that the parser is given.
    private var pieceEnd: Int {
        let (start, filled) = (window.start, window.filled)
        let end = min(start + Self.pieceSize, filled)
        guard let opening = plainObjects?.opening else { return end }
        var place = start + 1
        while place + opening.count <= filled, place < end {
            if window.bytes[place] == opening[0],
                window.bytes[place..<place + opening.count].elementsEqual(opening)
            {
                return place
            }
            place += 1
        }
        return end
    }

    /// Reads the object that comes next where it is plain, and nothing else is left to be told before it.
    /// - Parameters:
    ///   - objects: which ones, and which of their fields.
    ///   - take: is lent the fields and all of its bytes; false: it is for the parser.
    /// - Returns: whether it was taken.
    func takePlain(
        _ objects: PlainObjects, _ take: (ElementFields, UnsafeBufferPointer<UInt8>) throws -> Bool
    ) throws -> Bool {
        guard index + 1 >= parser.count, parser.isBetweenNodes else { return false }
        while true {
            let (start, filled) = (window.start, window.filled)
            let (scanned, isTaken) = try window.bytes.withUnsafeBufferPointer { bytes in
                let scanned = objects.scan(UnsafeBufferPointer(rebasing: bytes[..<filled]), from: start)
                guard case .plain(let range, _) = scanned else { return (scanned, false) }
                return (scanned, try take(objects.fields, UnsafeBufferPointer(rebasing: bytes[range])))
            }
            switch scanned {
            case .plain(let range, let lines):
                guard isTaken else { return false }
                parser.pass(lines: lines)
                window.start = range.upperBound
                return true
            case .other: return false
            case .cut: guard try refill() else { return false }
            }
        }
    }

    private var malformed: Problem {
        XMLProblem.malformed(parser.events.complaint, line: parser.line, rootClosed: rootClosed)
    }

    private var event: XMLEvents.Event { parser.event(index) }

    /// Whether this node opens an element.
    var isStart: Bool { event.kind == .start }

    /// Whether this node closes an element.
    var isEnd: Bool { event.kind == .end }

    /// Whether this element is written `<like-this/>`, and so has no closing node.
    var isEmpty: Bool { event.isEmpty }

    /// How many elements are around this node.
    var depth: Int { Int(event.depth) }

    /// The line it ends on, counted from 1.
    var line: Int { index >= 0 && index < parser.count ? Int(event.line) : parser.line }

    /// The name as written, prefix and all.
    var name: String { parser.events.names.texts[Int(event.name)] }

    /// The name without its prefix.
    var localName: String { Self.local(name) }

    /// A name without its prefix.
    static func local(_ name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[name.index(after: $0)...]) } ?? name
    }

    /// The attributes of this element by name.
    func attributes() -> [String: String] { event.attributes.map { parser.events.attributes[Int($0)] } ?? [:] }

    /// Reads the element that opens here to its end.
    /// - Parameter longestText: the most bytes of text one element may hold.
    func element(longestText: Int = XMLDocumentReader.longestText) throws -> Element {
        try build(longestText: longestText)
        return Element(builder.finish(parser.nameTable()))
    }

    /// Passes over the element that opens here to its end, within the limits of ``element(longestText:)``.
    func skip() throws { try build(longestText: Self.longestText) }

    private func build(longestText: Int) throws {
        builder.begin(longestText: longestText, longestObject: max(longestText, Self.longestObject))
        while try !parser.give(to: &builder, from: &index) {
            index -= 1
            guard try advance(isBetween: false) else { throw XMLProblem.cutShort(line: parser.line, said: "") }
        }
        if depth == 0 { rootClosed = true }
    }
}
