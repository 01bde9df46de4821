/// A call as the Web Connector itself writes it: for what plays it, and for tests.
///
/// One line; the call carries Intuit's name space as the default one; a call without parameters is closed at once; qbXML
/// stands in its parameter as escaped text. A parameter without text is written out.
/// - Source: recorded requests of the Web Connector 2.2 (johnballantyne/qbws#10); SOAP 1.1.
public struct CallMessage: Sendable {
    /// Which call.
    public let call: Call
    private let texts: [String: String]

    /// A call with its parameters by name; one that is not among them is written empty.
    public init(_ call: Call, _ texts: [String: String] = [:]) {
        self.call = call
        self.texts = texts
    }

    /// What stands in the header `SOAPAction`, quotation marks and all.
    public var action: String { "\"\(AnswerWriter.nameSpace)\(call.rawValue)\"" }

    /// A parameter's text; empty where there is none.
    public subscript(_ name: String) -> String { texts[name] ?? "" }

    /// The envelope.
    public func bytes() -> [UInt8] {
        let element = "<\(call.rawValue) xmlns=\"\(AnswerWriter.nameSpace)\""
        guard !call.parameters.isEmpty else { return AnswerWriter.inEnvelope(Array("\(element) />".utf8)) }
        var body = Array("\(element)>".utf8)
        for name in call.parameters {
            body += Array("<\(name)>".utf8) + AnswerWriter.escaped(self[name]) + Array("</\(name)>".utf8)
        }
        return AnswerWriter.inEnvelope(body + Array("</\(call.rawValue)>".utf8))
    }
}
