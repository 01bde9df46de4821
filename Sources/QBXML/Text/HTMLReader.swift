import CLibXML2

/// Reads HTML with libxml2's parser, which repairs what is unclosed or misplaced: the one place that holds its pointers.
///
/// No tree is built, so nesting of any depth costs no stack and loses no text. The bytes are all it ever reads: no
/// external entity, no network. What it has to say about bad HTML is not printed.
enum HTMLReader {
    /// What is met on the way, in the order of the document; each start has its end.
    enum Event {
        /// An element opens; its name is in lower case.
        case start(String)
        /// It closes, or is closed by what follows.
        case end(String)
        /// Text with its entities decoded, in pieces of any length. Never that of a script or style.
        case text(String)
    }

    /// Hands the events of a document, in UTF-8, to `take`.
    /// - Returns: false where the library cannot take the document at all: no memory, or more than 2 GB.
    static func read(_ html: [UInt8], _ take: (Event) -> Void) -> Bool {
        guard let length = Int32(exactly: html.count) else { return false }
        xmlInitParser()
        guard let context = htmlNewParserCtxt() else { return false }
        defer { htmlFreeParserCtxt(context) }
        guard let handler = context.pointee.sax else { return false }
        return withoutActuallyEscaping(take) { take in
            let receiver = HTMLReceiver(take)
            return withExtendedLifetime(receiver) {
                handler.pointee = callbacks
                context.pointee.userData = Unmanaged.passUnretained(receiver).toOpaque()
                let options =
                    HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
                    | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
                html.withUnsafeBytes { bytes in
                    // No document comes back: the callbacks have taken everything.
                    let document = htmlCtxtReadMemory(
                        context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length, nil, "UTF-8",
                        Int32(options))
                    if let document { xmlFreeDoc(document) }
                }
                return true
            }
        }
    }

    private static var callbacks: xmlSAXHandler {
        var handler = xmlSAXHandler()
        handler.startElement = { receiver, name, _ in HTMLReceiver.at(receiver)?.start(name) }
        handler.endElement = { receiver, name in HTMLReceiver.at(receiver)?.end(name) }
        handler.characters = { receiver, text, length in HTMLReceiver.at(receiver)?.text(text, length) }
        handler.ignorableWhitespace = { receiver, text, length in HTMLReceiver.at(receiver)?.text(text, length) }
        // The content of scripts and styles comes here, and would come as text if nothing took it.
        handler.cdataBlock = { _, _, _ in }
        return handler
    }
}

/// What the library's callbacks talk to.
private final class HTMLReceiver {
    private let take: (HTMLReader.Event) -> Void

    init(_ take: @escaping (HTMLReader.Event) -> Void) {
        self.take = take
    }

    static func at(_ pointer: UnsafeMutableRawPointer?) -> HTMLReceiver? {
        pointer.map { Unmanaged<HTMLReceiver>.fromOpaque($0).takeUnretainedValue() }
    }

    func start(_ name: UnsafePointer<UInt8>?) {
        if let name { take(.start(String(cString: name))) }
    }

    func end(_ name: UnsafePointer<UInt8>?) {
        if let name { take(.end(String(cString: name))) }
    }

    func text(_ text: UnsafePointer<UInt8>?, _ length: Int32) {
        guard let text, length > 0 else { return }
        take(.text(String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)))
    }
}
