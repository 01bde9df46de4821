import QBXML

/// Writes a response as QuickBooks lays it out: no version, one element a line, no indentation.
struct ResponseWriter {
    private var writer = XMLWriter()

    /// What has been written.
    var bytes: [UInt8] { writer.bytes }

    /// A whole document around the answers.
    static func document(answers: [UInt8], attributes: [(name: String, value: String)]) -> [UInt8] {
        var document = ResponseWriter()
        document.line { $0.append(Array("<?xml version=\"1.0\" ?>".utf8)) }
        document.line { $0.open("QBXML") }
        document.line { $0.open("QBXMLMsgsRs", attributes) }
        document.writer.append(answers)
        document.line { $0.close("QBXMLMsgsRs") }
        document.line { $0.close("QBXML") }
        return document.bytes
    }

    /// Writes the answer to one request.
    mutating func answer(_ answer: Answer, elements: [Element]) {
        let name = answer.request + "Rs"
        if elements.isEmpty {
            // QuickBooks leaves a space before the end of an empty element.
            var empty = XMLWriter()
            empty.empty(name, answer.attributes)
            return line { $0.append(Array(empty.bytes.dropLast(2)) + Array(" />".utf8)) }
        }
        line { $0.open(name, answer.attributes) }
        for element in elements { self.element(element) }
        line { $0.close(name) }
    }

    private mutating func element(_ element: Element) {
        if element.children.isEmpty { return line { $0.leaf(element.name, element.text) } }
        line { $0.open(element.name) }
        for child in element.children { self.element(child) }
        line { $0.close(element.name) }
    }

    private mutating func line(_ write: (inout XMLWriter) -> Void) {
        write(&writer)
        writer.newline()
    }
}

/// The answer to one request.
struct Answer {
    /// The request's name without `Rq`.
    let request: String
    let requestID: String?
    var status: Status
    var elements: [Element] = []
    /// How many records there are, where the request asked for the number.
    var retCount: Int?

    var attributes: [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = []
        if let requestID { attributes.append(("requestID", requestID)) }
        attributes.append(("statusCode", String(status.code)))
        attributes.append(("statusSeverity", status.severity))
        attributes.append(("statusMessage", status.message))
        if let retCount { attributes.append(("retCount", String(retCount))) }
        return attributes
    }
}
