import CLibXML2
import Domain

/// libxml2's parser, which is given a document piece by piece: the one type that owns its pointers.
///
/// Nothing outside the document is ever fetched, and a document type (the door to entity tricks) is refused by
/// `UTF8Source` before the library sees it. Without other callbacks than these nothing can be declared or built, and
/// nothing is printed.
final class XMLParser {
    private let parser: xmlParserCtxtPtr
    /// What the callbacks talk to.
    private let told: UnsafeMutablePointer<Told>

    fileprivate struct Told {
        var events = XMLEvents()
        var parser: xmlParserCtxtPtr?
        /// Whether the last byte of the document has been handed over.
        var isAtEnd = false

        var place: XMLPlace { XMLPlace(input: parser?.pointee.input) }
    }

    /// - Throws: a `SystemError` where there is no memory.
    init() throws {
        xmlInitParser()
        var handler = Self.handler
        told = .allocate(capacity: 1)
        told.initialize(to: Told())
        guard let made = xmlCreatePushParserCtxt(&handler, told, nil, 0, nil) else {
            told.deinitialize(count: 1)
            told.deallocate()
            throw SystemError("xmlCreatePushParserCtxt", errno: 12)
        }
        parser = made
        told.pointee.parser = made
        xmlCtxtUseOptions(made, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
    }

    deinit {
        if let document = parser.pointee.myDoc { xmlFreeDoc(document) }
        xmlFreeParserCtxt(parser)
        told.deinitialize(count: 1)
        told.deallocate()
    }

    /// What was told of the last piece.
    var events: XMLEvents { _read { yield told.pointee.events } }

    /// How many nodes the last piece had.
    var count: Int { told.pointee.events.events.count }

    /// One of these nodes.
    func event(_ index: Int) -> XMLEvents.Event { told.pointee.events.events[index] }

    /// Has an element put together from these nodes, as far as they go.
    /// - Parameter index: the first of them; then the one that completes it, or the one behind the last.
    /// - Returns: whether it is complete.
    /// - Throws: a `Problem` where it goes beyond the limits.
    func give(to builder: inout ElementBuilder, from index: inout Int) throws -> Bool {
        try builder.take(told.pointee.events, from: &index)
    }

    /// The names that the document has used so far.
    func nameTable() -> ElementTree.NameTable { told.pointee.events.nameTable() }

    /// Whether what came so far may be the beginning of a document.
    var isWellFormed: Bool { parser.pointee.wellFormed != 0 }

    /// The line that was reached, counted from 1.
    var line: Int { Int(told.pointee.place.line) }

    /// Whether everything that it was given has been told of, but for white space, within an element: what comes next may be
    /// anything that an element holds.
    var isBetweenNodes: Bool {
        guard isWellFormed, parser.pointee.instate == XML_PARSER_CONTENT, let input = parser.pointee.input,
            var place = input.pointee.cur, let end = input.pointee.end
        else { return false }
        while place < end {
            if place.pointee > 0x20 { return false }
            place += 1
        }
        return true
    }

    /// Takes note of lines of the document that it is not given.
    func pass(lines: Int) { parser.pointee.input?.pointee.line += Int32(clamping: lines) }

    /// Takes the next piece of the document, none at its end, and forgets what was told of the one before.
    /// - Parameters:
    ///   - isLast: whether nothing is left to hand over.
    ///   - isBetween: whether nobody refers to names of earlier pieces.
    func feed(_ piece: UnsafeRawBufferPointer, isLast: Bool, isBetween: Bool) {
        told.pointee.events.clear(isBetween: isBetween)
        told.pointee.isAtEnd = isLast
        let bytes = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
        _ = xmlParseChunk(parser, bytes, Int32(piece.count), piece.isEmpty ? 1 : 0)
    }

    private static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { told, name, prefix, _, namespaceCount, namespaces, count, _, attributes in
            guard let told = told?.assumingMemoryBound(to: Told.self), let name else { return }
            let start = XMLStart(
                name: name, prefix: prefix,
                namespaces: UnsafeBufferPointer(
                    start: namespaces, count: namespaces == nil ? 0 : Int(namespaceCount) * 2),
                values: UnsafeBufferPointer(start: attributes, count: attributes == nil ? 0 : Int(count) * 5))
            told.pointee.events.start(start, told.pointee.place)
        }
        handler.endElementNs = { told, _, _, _ in
            guard let told = told?.assumingMemoryBound(to: Told.self) else { return }
            told.pointee.events.end(told.pointee.place)
        }
        handler.characters = { told, text, count in
            guard let told = told?.assumingMemoryBound(to: Told.self), let text else { return }
            told.pointee.events.text(UnsafeBufferPointer(start: text, count: Int(count)), told.pointee.place)
        }
        handler.cdataBlock = handler.characters
        handler.ignorableWhitespace = handler.characters
        handler.serror = { told, error in
            guard let told = told?.assumingMemoryBound(to: Told.self), let error = error?.pointee else { return }
            told.pointee.events.complain(error, isAtEnd: told.pointee.isAtEnd)
        }
        return handler
    }
}

/// How far libxml2 has come.
struct XMLPlace {
    fileprivate let input: xmlParserInputPtr?

    /// The line, counted from 1.
    var line: Int32 { input?.pointee.line ?? 1 }

    /// Whether the tag that was read ends with `/>`.
    var isBeforeEmptyEnd: Bool { input?.pointee.cur?.pointee == UInt8(ascii: "/") }
}

/// An element that opens, as libxml2 tells of it: of use only while it does.
struct XMLStart {
    let name: UnsafePointer<xmlChar>
    let prefix: UnsafePointer<xmlChar>?
    /// Prefix and address, one after the other.
    fileprivate let namespaces: UnsafeBufferPointer<UnsafePointer<xmlChar>?>
    /// Name, prefix, address, start and end of the value, one after the other.
    fileprivate let values: UnsafeBufferPointer<UnsafePointer<xmlChar>?>

    var hasAttributes: Bool { !values.isEmpty || !namespaces.isEmpty }

    /// The attributes by name, those that declare name spaces too.
    func attributes() -> [String: String] {
        var attributes: [String: String] = [:]
        for index in stride(from: 0, to: namespaces.count, by: 2) {
            let name = namespaces[index].map { "xmlns:" + String(cString: $0) } ?? "xmlns"
            attributes[name] = namespaces[index + 1].map { String(cString: $0) } ?? ""
        }
        for index in stride(from: 0, to: values.count, by: 5) {
            guard let name = values[index], let start = values[index + 3], let end = values[index + 4] else { continue }
            attributes[Self.name(name, values[index + 1])] =
                Self.value(UnsafeBufferPointer(start: start, count: end - start))
        }
        return attributes
    }

    /// The value of an attribute: the library gives `&` as `&#38;`, and all other references resolved.
    private static func value(_ bytes: UnsafeBufferPointer<xmlChar>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var value: [UInt8] = []
        var index = 0
        while index < bytes.count {
            value.append(bytes[index])
            index += bytes[index] == UInt8(ascii: "&") ? "&#38;".utf8.count : 1
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// A name as it is written.
    static func name(_ local: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?) -> String {
        let local = String(cString: local)
        return prefix.map { String(cString: $0) + ":" + local } ?? local
    }
}
