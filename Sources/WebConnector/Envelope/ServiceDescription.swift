/// The WSDL of the eight calls, for people and tools: the Web Connector itself never reads one.
///
/// Document/literal, wrapped, SOAP 1.1, as Intuit describes its own service, in our own words.
/// - Source: W3C, "Web Services Description Language 1.1"; Intuit, "QuickBooks Web Connector Programmer's Guide".
enum ServiceDescription {
    /// - Parameter address: where the calls go.
    static func bytes(address: String) -> [UInt8] {
        let space = AnswerWriter.nameSpace
        var lines = [
            #"<?xml version="1.0" encoding="utf-8"?>"#,
            #"<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/""#
                + #" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema""#
                + #" xmlns:tns="\#(space)" targetNamespace="\#(space)">"#,
            "<wsdl:types>",
            #"<xs:schema elementFormDefault="qualified" targetNamespace="\#(space)">"#,
        ]
        for call in Call.allCases { lines += elements(call) }
        lines += [
            #"<xs:complexType name="ArrayOfString"><xs:sequence>"#
                + #"<xs:element name="string" type="xs:string" nillable="true" minOccurs="0" maxOccurs="unbounded"/>"#
                + "</xs:sequence></xs:complexType>",
            "</xs:schema>", "</wsdl:types>",
        ]
        for call in Call.allCases {
            lines += [("In", "\(call)"), ("Out", "\(call)Response")].map { end, element in
                #"<wsdl:message name="\#(call)\#(end)"><wsdl:part name="parameters" element="tns:\#(element)"/></wsdl:message>"#
            }
        }
        lines.append(#"<wsdl:portType name="WebConnectorCalls">"#)
        for call in Call.allCases {
            lines.append(
                #"<wsdl:operation name="\#(call)"><wsdl:input message="tns:\#(call)In"/>"#
                    + #"<wsdl:output message="tns:\#(call)Out"/></wsdl:operation>"#)
        }
        lines.append("</wsdl:portType>")
        lines += binding(space)
        lines += [
            #"<wsdl:service name="Plumbline"><wsdl:port name="WebConnector" binding="tns:WebConnectorSOAP">"#,
            #"<soap:address location="\#(quoted(address))"/>"#, "</wsdl:port></wsdl:service>", "</wsdl:definitions>",
            "",
        ]
        return Array(lines.joined(separator: "\n").utf8)
    }

    private static func elements(_ call: Call) -> [String] {
        let parameters = call.parameters.map { name in
            Call.numbers.contains(name)
                ? #"<xs:element name="\#(name)" type="xs:int"/>"#
                : #"<xs:element name="\#(name)" type="xs:string" minOccurs="0"/>"#
        }
        let result =
            switch call {
            case .authenticate: #"type="tns:ArrayOfString" minOccurs="0""#
            case .receiveResponseXML: #"type="xs:int""#
            default: #"type="xs:string" minOccurs="0""#
            }
        return [
            sequence("\(call)", parameters.joined()),
            sequence("\(call)Response", #"<xs:element name="\#(call)Result" \#(result)/>"#),
        ]
    }

    private static func sequence(_ name: String, _ elements: String) -> String {
        let inner = elements.isEmpty ? "<xs:sequence/>" : "<xs:sequence>\(elements)</xs:sequence>"
        return #"<xs:element name="\#(name)"><xs:complexType>\#(inner)</xs:complexType></xs:element>"#
    }

    private static func binding(_ space: String) -> [String] {
        var lines = [
            #"<wsdl:binding name="WebConnectorSOAP" type="tns:WebConnectorCalls">"#,
            #"<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>"#,
        ]
        for call in Call.allCases {
            lines.append(
                #"<wsdl:operation name="\#(call)"><soap:operation soapAction="\#(space)\#(call)" style="document"/>"#
                    + #"<wsdl:input><soap:body use="literal"/></wsdl:input>"#
                    + #"<wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>"#)
        }
        return lines + ["</wsdl:binding>"]
    }

    /// A text for an attribute.
    static func quoted(_ text: String) -> String {
        String(decoding: AnswerWriter.escaped(text), as: UTF8.self).split(
            separator: "\"", omittingEmptySubsequences: false
        )
        .joined(separator: "&quot;")
    }
}
