import CLibXML2
import Domain

/// Reads an XML document node by node with libxml2's text reader: the one type that owns the library's pointers.
///
/// Nothing outside the document is ever fetched, and a document type (the door to entity tricks) is refused by
/// `UTF8Source` before the library sees it. What the library says about a bad document goes into the `Problem`;
/// it never prints.
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

    private let reader: xmlTextReaderPtr
    private let input: XMLInput
    private var rootClosed = false
    private var names: [UnsafePointer<UInt8>: String] = [:]

    /// - Parameter isDecoded: true where the text came out of another document, so that it is UTF-8 whatever it says.
    init(_ source: any ByteSource, isDecoded: Bool = false) throws {
        xmlInitParser()
        input = XMLInput(UTF8Source(source, isDecoded: isDecoded))
        let context = Unmanaged.passUnretained(input).toOpaque()
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        let made = xmlReaderForIO(
            { context, buffer, length in
                guard let context, let buffer else { return -1 }
                return Unmanaged<XMLInput>.fromOpaque(context).takeUnretainedValue().read(buffer, length)
            }, nil, context, nil, "UTF-8", Int32(options))
        guard let made else { throw SystemError("xmlReaderForIO", errno: 12) }
        reader = made
        xmlTextReaderSetStructuredErrorHandler(
            reader,
            { context, error in
                guard let context, let error = error?.pointee else { return }
                Unmanaged<XMLInput>.fromOpaque(context).takeUnretainedValue().collect(error)
            }, context)
    }

    deinit {
        xmlFreeTextReader(reader)
    }

    /// Goes to the next node; false at the end of the document.
    /// - Throws: a `Problem` about the document, or what the source threw.
    func advance() throws -> Bool {
        let result = xmlTextReaderRead(reader)
        if result == 1 {
            let depth = xmlTextReaderDepth(reader)
            if depth == 0, isEnd || isStart && isEmpty { rootClosed = true }
            if depth > Self.deepest { throw XMLProblem.tooDeep(line: line) }
            return true
        }
        try input.rethrow()
        if result == 0, input.complaint == nil { return false }
        throw XMLProblem.malformed(input.complaint, line: line, rootClosed: rootClosed)
    }

    /// Whether this node opens an element.
    var isStart: Bool { xmlTextReaderNodeType(reader) == Int32(XML_READER_TYPE_ELEMENT.rawValue) }

    /// Whether this node closes an element.
    var isEnd: Bool { xmlTextReaderNodeType(reader) == Int32(XML_READER_TYPE_END_ELEMENT.rawValue) }

    /// Whether this element is written `<like-this/>`, and so has no closing node.
    var isEmpty: Bool { xmlTextReaderIsEmptyElement(reader) == 1 }

    /// How many elements are around this node.
    var depth: Int { Int(xmlTextReaderDepth(reader)) }

    /// The line it stands on, counted from 1.
    var line: Int { Int(xmlTextReaderGetParserLineNumber(reader)) }

    /// The name as written, prefix and all.
    var name: String {
        // The library keeps each name once for the whole document, so its address can stand for it.
        guard let bytes = xmlTextReaderConstName(reader) else { return "" }
        if let known = names[bytes] { return known }
        let name = String(cString: bytes)
        if names.count < 4_096 { names[bytes] = name }
        return name
    }

    /// The name without its prefix.
    var localName: String { Self.local(name) }

    /// A name without its prefix.
    static func local(_ name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[name.index(after: $0)...]) } ?? name
    }

    /// The attributes of this element by name.
    func attributes() -> [String: String] {
        guard xmlTextReaderHasAttributes(reader) == 1, xmlTextReaderMoveToFirstAttribute(reader) == 1 else {
            return [:]
        }
        var attributes: [String: String] = [:]
        repeat {
            attributes[name] = value.map { String(cString: $0) } ?? ""
        } while xmlTextReaderMoveToNextAttribute(reader) == 1
        xmlTextReaderMoveToElement(reader)
        return attributes
    }

    /// Reads the element that opens here to its end.
    /// - Parameter longestText: the most bytes of text one element may hold.
    func element(longestText: Int = XMLDocumentReader.longestText) throws -> Element {
        let (name, bytes) = (name, max(longestText, Self.longestObject))
        var room = (elements: Self.mostElements, bytes: bytes)
        return try element(longestText, &room) { XMLProblem.largeObject(name, line: self.line) }
    }

    /// Passes over the element that opens here to its end, within the limits of ``element(longestText:)``.
    func skip() throws {
        var open = [(name: name, bytes: 0)]
        var room = (elements: Self.mostElements - 1, bytes: Self.longestObject)
        if isEmpty { return }
        while try advance() {
            switch UInt32(bitPattern: xmlTextReaderNodeType(reader)) {
            case XML_READER_TYPE_ELEMENT.rawValue:
                room.elements -= 1
                if !isEmpty { open.append((name, 0)) }
            case XML_READER_TYPE_END_ELEMENT.rawValue:
                open.removeLast()
                if open.isEmpty { return }
            case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue,
                XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue, XML_READER_TYPE_WHITESPACE.rawValue:
                guard let value else { continue }
                let bytes = Int(xmlStrlen(value))
                open[open.count - 1].bytes += bytes
                room.bytes -= bytes
                if let around = open.last, around.bytes > Self.longestText {
                    throw XMLProblem.tooLong(around.name, line: line)
                }
            default:
                continue
            }
            guard room.elements >= 0, room.bytes >= 0 else { throw XMLProblem.largeObject(open[0].name, line: line) }
        }
        throw XMLProblem.cutShort(line: line, said: "")
    }

    /// - Parameter room: how many elements and how much text the object may still hold.
    private func element(
        _ longestText: Int, _ room: inout (elements: Int, bytes: Int), _ tooLarge: () -> Problem
    ) throws -> Element {
        room.elements -= 1
        guard room.elements >= 0 else { throw tooLarge() }
        var element = Element(name, attributes: attributes())
        if isEmpty { return element }
        while try advance() {
            switch UInt32(bitPattern: xmlTextReaderNodeType(reader)) {
            case XML_READER_TYPE_ELEMENT.rawValue:
                element.children.append(try self.element(longestText, &room, tooLarge))
            case XML_READER_TYPE_END_ELEMENT.rawValue:
                if !element.children.isEmpty, element.text.utf8.allSatisfy({ $0 <= 0x20 }) { element.text = "" }
                return element
            case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue,
                XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue, XML_READER_TYPE_WHITESPACE.rawValue:
                guard let value else { continue }
                let before = element.text.utf8.count
                if element.text.isEmpty {
                    element.text = String(cString: value)
                } else {
                    element.text += String(cString: value)
                }
                if element.text.utf8.count > longestText { throw XMLProblem.tooLong(element.name, line: line) }
                room.bytes -= element.text.utf8.count - before
                guard room.bytes >= 0 else { throw tooLarge() }
            default:
                continue
            }
        }
        throw XMLProblem.cutShort(line: line, said: "")
    }

    private var value: UnsafePointer<UInt8>? { xmlTextReaderConstValue(reader) }
}

/// What the library's callbacks talk to: hands it bytes, keeps what it complains about.
private final class XMLInput {
    private let source: UTF8Source
    private var failure: (any Error)?
    /// The first complaint; what follows it is only its consequence.
    private(set) var complaint: XMLProblem.Complaint?

    init(_ source: UTF8Source) {
        self.source = source
    }

    func read(_ buffer: UnsafeMutablePointer<CChar>, _ length: CInt) -> CInt {
        do {
            let room = UnsafeMutableRawBufferPointer(start: buffer, count: Int(length))
            return CInt(try source.read(into: room))
        } catch {
            failure = error
            return -1
        }
    }

    func collect(_ error: xmlError) {
        guard complaint == nil, error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        complaint = XMLProblem.Complaint(
            code: UInt32(bitPattern: error.code), line: Int(error.line),
            message: error.message.map { String(cString: $0) } ?? "", atEnd: source.isAtEnd)
    }

    func rethrow() throws {
        if let failure { throw failure }
    }
}
