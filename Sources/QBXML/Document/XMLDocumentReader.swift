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

    private let parser: XMLParser
    private let source: UTF8Source
    private var piece = [UInt8](repeating: 0, count: pieceSize)
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
        try piece.withUnsafeMutableBytes { piece in
            let count = try source.read(into: piece)
            hasEnded = count == 0
            parser.feed(
                UnsafeRawBufferPointer(rebasing: piece[..<count]), isLast: source.isAtEnd, isBetween: isBetween)
        }
        guard parser.isWellFormed else { throw malformed }
        return true
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
