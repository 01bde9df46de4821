/// A call as it was read from its envelope.
struct ReceivedCall: Sendable {
    /// Which one.
    let call: Call
    /// Its parameters by name; one that was absent or empty is not among them. `response` is in ``response``.
    let parameters: [String: String]
    /// What took the text of `response`; nil where that was absent or empty.
    let response: (any ResponseSink)?
    /// How many bytes of it there were.
    let responseBytes: Int

    /// A parameter's text; empty where it was absent.
    subscript(_ name: String) -> String { parameters[name] ?? "" }

    /// A parameter's whole number; 0 where there is none.
    func number(_ name: String) -> Int {
        Int(self[name].filter { !$0.isWhitespace }) ?? 0
    }
}

extension Call {
    /// The parameters that the call is read with. Their order says nothing, and each may be absent.
    ///
    /// Source: the WSDL of Intuit's own service.
    var parameters: [String] {
        switch self {
        case .serverVersion: []
        case .clientVersion: ["strVersion"]
        case .authenticate: ["strUserName", "strPassword"]
        case .sendRequestXML:
            ["ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers"]
        case .receiveResponseXML: ["ticket", "response", "hresult", "message"]
        case .connectionError: ["ticket", "hresult", "message"]
        case .getLastError, .closeConnection: ["ticket"]
        }
    }

    /// The parameters that are whole numbers.
    static let numbers: Set<String> = ["qbXMLMajorVers", "qbXMLMinorVers"]
}
