import Domain

/// Reads what QuickBooks answered, one object at a time, so that a response of any size fits in little memory.
///
/// Takes a qbXML response as QuickBooks writes it, or the SOAP call `receiveResponseXML` in which the Web Connector
/// hands one over (there at most 10 million bytes, which is libxml2's limit for one text), in every encoding that
/// `TextSource` reads. Time stamps, amounts and ids come as text, unread. Depth is limited to 64 elements, the text of one
/// element to 1 MiB, that of an object to 4 MiB, its elements to 262,144, the attributes of one to 64, and the file to
/// 2 GiB.
///
/// A file that is cut short is known to be so only at its end: act on the events once `next` has given nil.
public struct ResponseReader {
    private enum Place { case start, document, messageSet, response, report, rows, finished }

    private var document: XMLDocumentReader
    private let keepsObjects: Bool
    private var place = Place.start
    private var isInsideEnvelope = false
    /// Whether the element just opened is written as empty, so that nothing closes it.
    private var pendingEnd = false
    private var sawMessageSet = false
    /// The columns of the report that is being read.
    private var columns: [Element] = []

    /// The most bytes of qbXML taken from inside a SOAP envelope.
    private static let longestEnvelopeText = 10_000_000
    /// The most columns of a report; QuickBooks' own have fewer than 100.
    static let mostColumns = 1_024

    /// Nothing is read before `next` is called.
    /// - Parameters:
    ///   - source: the response's bytes.
    ///   - keepsObjects: false: objects and rows are only looked through, within the same limits, and come without what is in
    ///     them.
    /// - Throws: a `SystemError` when the machine has no memory.
    public init(_ source: any ByteSource, keepsObjects: Bool = true) throws {
        document = try XMLDocumentReader(source)
        self.keepsObjects = keepsObjects
    }

    /// The next thing the response says; nil at its end.
    /// - Throws: a `Problem` when the file is malformed, cut short or no response, and what the source throws.
    public mutating func next() throws -> ResponseEvent? { try next(nil) { _, _ in false } }

    /// The next thing the response says but for plain objects, which are lent one after the other as they come; nil at its
    /// end.
    /// - Parameters:
    ///   - plain: which objects, and which of their fields.
    ///   - take: is lent the fields of one, and the bytes that it is written in; false: it comes as an event after all.
    /// - Throws: as `next()`, and what `take` throws.
    public mutating func next(
        _ plain: PlainObjects?, _ take: (ElementFields, UnsafeBufferPointer<UInt8>) throws -> Bool
    ) throws -> ResponseEvent? {
        document.plainObjects = plain
        if pendingEnd {
            pendingEnd = false
            place = .messageSet
            return .endResponse
        }
        if place == .start, let event = try begin() { return event }
        while place != .finished {
            if place == .response, let plain { while try document.takePlain(plain, take) {} }
            guard try document.advance() else { break }
            if document.isStart {
                if let event = try opened() { return event }
            } else if document.isEnd {
                switch place {
                case .response:
                    place = .messageSet
                    return .endResponse
                case .rows: place = .report
                case .report: place = .response
                case .messageSet: place = .document
                case .document: try finish()
                case .start, .finished: break
                }
            }
        }
        guard place == .finished else { throw XMLProblem.cutShort(line: document.line, said: "") }
        return nil
    }

    /// Reads on to the root element. Gives an event only for an envelope that carries a refusal.
    private mutating func begin() throws -> ResponseEvent? {
        while try document.advance() {
            guard document.isStart else { continue }
            if document.name == "QBXML" {
                place = .document
                if document.isEmpty { try finish() }
                return nil
            }
            guard document.localName == "Envelope", !isInsideEnvelope else {
                throw Self.notAResponse(document.name)
            }
            return try openEnvelope()
        }
        throw XMLProblem.empty
    }

    /// Takes the response out of a SOAP envelope and goes on with it.
    private mutating func openEnvelope() throws -> ResponseEvent? {
        let envelope = try document.element(longestText: Self.longestEnvelopeText)
        while try document.advance() {}
        guard let body = Self.child("Body", of: envelope), let call = Self.child("receiveResponseXML", of: body) else {
            throw Problem(
                what: "The SOAP envelope holds no receiveResponseXML call, so there is no QuickBooks response in it.",
                remedy: "Drop what the Web Connector sent as receiveResponseXML, or the qbXML response itself.")
        }
        let response = Self.child("response", of: call)?.text ?? ""
        let hresult = (Self.child("hresult", of: call)?.text ?? "").trimmed
        let message = (Self.child("message", of: call)?.text ?? "").trimmed
        if response.trimmed.isEmpty {
            place = .finished
            if hresult.isEmpty, message.isEmpty { throw XMLProblem.empty }
        } else {
            isInsideEnvelope = true
            document = try XMLDocumentReader(MemorySource(Array(response.utf8)), isDecoded: true)
        }
        if !hresult.isEmpty || place == .finished { return .refusal(hresult: hresult, message: message) }
        return try begin()
    }

    private mutating func opened() throws -> ResponseEvent? {
        switch place {
        case .document: return try openMessageSet()
        case .messageSet: return try openResponse()
        case .response:
            guard document.name == "ReportRet", !document.isEmpty else { return .object(try object()) }
            // A report has a row for every line of the books, so it is never held as a whole.
            place = .report
            columns = []
        case .report:
            if document.name == "ReportData" {
                if !document.isEmpty { place = .rows }
                return .report(columns: columns)
            }
            let element = try document.element()
            if element.name == "ColDesc" { columns.append(element) }
            if columns.count > Self.mostColumns { throw XMLProblem.manyColumns(line: document.line) }
        case .rows:
            let element = try object()
            if element.name == "DataRow" { return .row(element) }
        case .start: return try begin()
        case .finished: break
        }
        return nil
    }

    private func object() throws -> Element {
        if keepsObjects { return try document.element() }
        let name = document.name
        try document.skip()
        return Element(name)
    }

    private mutating func openMessageSet() throws -> ResponseEvent? {
        let name = document.name
        guard name == "QBXMLMsgsRs" else {
            if name == "SignonMsgsRs" {
                // Left over from the days of QuickBooks' online edition.
                _ = try document.element()
                return nil
            }
            if name == "QBXMLMsgsRq" {
                throw Problem(
                    what: "This is a request to QuickBooks (QBXMLMsgsRq), not QuickBooks' response to it.",
                    remedy: "Send the request to QuickBooks, and drop the response that comes back.")
            }
            throw Self.notAResponse(name)
        }
        sawMessageSet = true
        let attributes = document.attributes()
        if !document.isEmpty { place = .messageSet }
        return .messageSet(
            newMessageSetID: attributes["newMessageSetID"],
            statusCode: attributes["messageSetStatusCode"].flatMap { Int($0.trimmed) })
    }

    private mutating func openResponse() throws -> ResponseEvent? {
        let name = document.name
        let attributes = document.attributes()
        guard name.hasSuffix("Rs"), let code = attributes["statusCode"].flatMap({ Int($0.trimmed) }) else {
            throw Problem(
                record: attributes["requestID"], field: name,
                what: "The element \(name) at line \(document.line) is no QuickBooks answer: it has no status code.",
                remedy: XMLProblem.remedy)
        }
        place = .response
        pendingEnd = document.isEmpty
        let head = ResponseHead(
            name: name, requestID: attributes["requestID"], statusCode: code,
            statusSeverity: attributes["statusSeverity"] ?? "", statusMessage: attributes["statusMessage"] ?? "",
            retCount: attributes["retCount"].flatMap { Int($0) },
            iteratorRemainingCount: attributes["iteratorRemainingCount"].flatMap { Int($0) },
            iteratorID: attributes["iteratorID"])
        return .response(head)
    }

    /// The root element closed: what follows may only be white space and comments.
    private mutating func finish() throws {
        place = .finished
        while try document.advance() {}
        if !sawMessageSet {
            throw Problem(
                what: "The QBXML document is empty: QuickBooks' answer (QBXMLMsgsRs) is missing.",
                remedy: XMLProblem.remedy)
        }
    }

    private static func child(_ name: String, of element: Element) -> Element? {
        element.children.first { XMLDocumentReader.local($0.name) == name }
    }

    private static func notAResponse(_ name: String) -> Problem {
        let shown = String(name.prefix(60))
        return Problem(
            what: "This XML begins with the element \(shown), which is not a QuickBooks response (QBXML, QBXMLMsgsRs).",
            remedy: "Drop the response document that QuickBooks gave back.")
    }
}

extension String {
    /// Without white space and line breaks at both ends.
    var trimmed: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}
