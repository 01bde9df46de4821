import CLibXML2
import Domain

/// Walks over an XML document that arrives in pieces, such as the body of a request over the network: one element, one
/// piece of text at a time, so that no text is ever held whole.
///
/// The document is UTF-8, with or without a byte-order mark. There is no document type, no entity but XML's own five, and
/// no network. Names are local names, without their prefixes; attributes are passed over.
public final class XMLPushReader {
    /// What stands in the document, in its order.
    public enum Event: Sendable, Equatable {
        /// An element opens.
        case start(String)
        /// Text, references resolved: a piece of it, at most as long as what was fed.
        case text([UInt8])
        /// An element closes.
        case end(String)
    }

    /// The deepest nesting that is read, where the caller does not say less.
    public static let deepest = 64
    /// The longest name of an element, in bytes.
    public static let longestName = 256

    private let context: xmlParserCtxtPtr
    private let collector: PushCollector
    private var prolog = Prolog()
    private var tags = TagLimits()
    /// The first bytes, until it is seen what they begin with.
    private var beginning: [UInt8]? = []

    /// - Parameter deepest: how many elements may stand in one another.
    /// - Throws: a `SystemError` where there is no memory.
    public init(deepest: Int = XMLPushReader.deepest) throws {
        xmlInitParser()
        collector = PushCollector(deepest: deepest)
        var handler = PushCollector.handler
        let user = Unmanaged.passUnretained(collector).toOpaque()
        guard let made = xmlCreatePushParserCtxt(&handler, user, nil, 0, nil) else {
            throw SystemError("xmlCreatePushParserCtxt", errno: 12)
        }
        context = made
        xmlCtxtUseOptions(made, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue))
    }

    deinit {
        if let document = context.pointee.myDoc { xmlFreeDoc(document) }
        xmlFreeParserCtxt(context)
    }

    /// Takes the next bytes and tells what they held.
    /// - Throws: a `Problem` where they are no such document.
    public func feed(_ bytes: [UInt8]) throws -> [Event] {
        guard let known = try begin(bytes) else { return [] }
        try prolog.check(known)
        try tags.check(known)
        // libxml2 takes a piece into its own buffer whole.
        var start = 0
        while start < known.count {
            let end = min(start + 32_768, known.count)
            known[start..<end].withUnsafeBytes { piece in
                let pointer = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = xmlParseChunk(context, pointer, Int32(piece.count), 0)
            }
            try check()
            start = end
        }
        return collector.take()
    }

    /// Tells what was left, at the end of the document.
    /// - Throws: a `Problem` where more should have come.
    public func finish() throws -> [Event] {
        guard beginning == nil else { throw beginning?.isEmpty == true ? XMLProblem.empty : XMLProblem.notXML }
        let isWhole = collector.rootClosed
        _ = xmlParseChunk(context, nil, 0, 1)
        guard isWhole || collector.rootClosed else { throw XMLProblem.cutShort(line: line, said: "") }
        try check()
        return collector.take()
    }

    /// The line that was reached, counted from 1.
    public var line: Int { context.pointee.input.map { Int($0.pointee.line) } ?? 1 }

    /// Passes over the byte-order mark and white space in front, and refuses what is no XML in UTF-8.
    private func begin(_ bytes: [UInt8]) throws -> [UInt8]? {
        guard var first = beginning else { return bytes }
        first += bytes
        if first.count < 4, [0xef, 0xbb, 0xbf].starts(with: first.prefix(3)) || first.prefix(3) == [0xef, 0xbb, 0xbf] {
            beginning = first
            return nil
        }
        if first.starts(with: [0xef, 0xbb, 0xbf]) { first.removeFirst(3) }
        first.removeFirst(first.prefix { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }.count)
        // Four bytes, from which libxml2 would guess another encoding.
        guard first.count >= 4 else {
            beginning = first
            return nil
        }
        guard first[0] == UInt8(ascii: "<"), !first.prefix(4).contains(0) else { throw XMLProblem.notXML }
        beginning = nil
        return first
    }

    private func check() throws {
        if let failure = collector.failure { throw failure }
        guard context.pointee.wellFormed == 0 else { return }
        throw XMLProblem.malformed(collector.complaint, line: line, rootClosed: collector.rootClosed)
    }
}

/// What the library's callbacks talk to: keeps what the document held, and the first complaint.
private final class PushCollector {
    private let deepest: Int
    private var events: [XMLPushReader.Event] = []
    private var text: [UInt8] = []
    private var depth = 0
    private(set) var rootClosed = false
    private(set) var failure: Problem?
    private(set) var complaint: XMLProblem.Complaint?

    init(deepest: Int) { self.deepest = deepest }

    func take() -> [XMLPushReader.Event] {
        flush()
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    private func flush() {
        guard !text.isEmpty else { return }
        events.append(.text(text))
        text.removeAll(keepingCapacity: true)
    }

    private func start(_ name: UnsafePointer<xmlChar>) {
        flush()
        depth += 1
        if depth > deepest {
            failure = failure ?? XMLProblem.tooDeep(line: 1, deepest)
        } else if xmlStrlen(name) > XMLPushReader.longestName {
            failure = failure ?? XMLProblem.longName
        } else {
            events.append(.start(String(cString: name)))
        }
    }

    private func end(_ name: UnsafePointer<xmlChar>) {
        flush()
        depth -= 1
        if depth == 0 { rootClosed = true }
        if failure == nil { events.append(.end(String(cString: name))) }
    }

    private func take(_ bytes: UnsafePointer<xmlChar>, _ count: CInt) {
        guard failure == nil else { return }
        text.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    private func collect(_ error: xmlError) {
        guard complaint == nil, error.level.rawValue >= XML_ERR_FATAL.rawValue else { return }
        complaint = XMLProblem.Complaint(
            code: UInt32(bitPattern: error.code), line: Int(error.line),
            message: error.message.map { String(cString: $0) } ?? "", atEnd: false)
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> PushCollector {
        Unmanaged<PushCollector>.fromOpaque(context).takeUnretainedValue()
    }

    /// Nothing but elements and text: without the other callbacks nothing can be declared, fetched or built.
    static var handler: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { context, name, _, _, _, _, _, _, _ in
            if let context, let name { PushCollector.of(context).start(name) }
        }
        handler.endElementNs = { context, name, _, _ in
            if let context, let name { PushCollector.of(context).end(name) }
        }
        handler.characters = { context, bytes, count in
            if let context, let bytes { PushCollector.of(context).take(bytes, count) }
        }
        handler.cdataBlock = handler.characters
        handler.ignorableWhitespace = handler.characters
        handler.serror = { context, error in
            if let context, let error = error?.pointee { PushCollector.of(context).collect(error) }
        }
        return handler
    }
}
