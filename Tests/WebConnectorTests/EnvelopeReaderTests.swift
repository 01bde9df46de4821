import Domain
import Testing

@testable import WebConnector

@Suite struct EnvelopeReaderTests {
    private func read(
        _ text: String, chunk: Int = 7, into sessions: FakeSessions = FakeSessions()
    ) async throws -> ReceivedCall {
        try await read(Array(text.utf8), chunk: chunk, into: sessions)
    }

    private func read(_ bytes: [UInt8], chunk: Int = 7, into sessions: FakeSessions = FakeSessions()) async throws
        -> ReceivedCall
    {
        var reader = try EnvelopeReader { try await sessions.beginResponse(ticket: $0) }
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try await reader.take(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        return try await reader.finish()
    }

    private func refusal(_ text: String) async -> String {
        do {
            _ = try await read(text)
            return "taken"
        } catch let problem as Problem {
            return problem.what
        } catch {
            return "\(error)"
        }
    }

    /// As the Web Connector writes it.
    @Test(arguments: [1, 2, 3, 64, 100_000]) func theRecordedForm(chunk: Int) async throws {
        let call = try await read(
            Wire.envelope(
                "<authenticate xmlns=\"http://developer.intuit.com/\"><strUserName>ann &amp; b\u{e9}</strUserName>"
                    + "<strPassword>&lt;x&gt;&#8364;</strPassword></authenticate>"), chunk: chunk)
        #expect(call.call == .authenticate)
        #expect(call["strUserName"] == "ann & b\u{e9}")
        #expect(call["strPassword"] == "<x>\u{20ac}")
    }

    @Test func aCallThatIsClosedAtOnce() async throws {
        let call = try await read(Wire.envelope("<serverVersion xmlns=\"http://developer.intuit.com/\" />"))
        #expect(call.call == .serverVersion)
    }

    /// suds-community: an empty header, two prefixes for one name space.
    @Test func otherPrefixesAndAHeader() async throws {
        let call = try await read(
            """
            \u{feff}<?xml version="1.0" encoding="UTF-8"?>
            <SOAP-ENV:Envelope xmlns:ns0="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="http://developer.intuit.com/" \
            xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header><a><ticket>no</ticket></a></SOAP-ENV:Header>
              <ns0:Body>
                <ns1:sendRequestXML><ns1:qbXMLMinorVers>0</ns1:qbXMLMinorVers><unknown><ticket>no</ticket></unknown>
                  <ns1:qbXMLMajorVers> 16 </ns1:qbXMLMajorVers><ns1:ticket>t</ns1:ticket><ns1:strHCPResponse/></ns1:sendRequestXML>
              </ns0:Body></SOAP-ENV:Envelope>
            """)
        #expect(call.call == .sendRequestXML)
        #expect(call["ticket"] == "t")
        #expect(call.number("qbXMLMajorVers") == 16)
        #expect(call.number("qbXMLMinorVers") == 0)
        #expect(call["strHCPResponse"].isEmpty)
        #expect(call["qbXMLCountry"].isEmpty)
    }

    /// What `Style=RPC` in the .qwc gives.
    @Test func encodedCallsWithAPrefix() async throws {
        let call = try await read(
            Wire.envelope(
                "<q1:closeConnection xmlns:q1=\"http://developer.intuit.com/\"><ticket xsi:type=\"xsd:string\">7</ticket>"
                    + "</q1:closeConnection>"))
        #expect(call["ticket"] == "7")
    }

    /// A prefix that nobody declared: read by what it is for.
    @Test func aPrefixWithoutADeclaration() async throws {
        let call = try await read(
            "<x:Envelope><x:Body><y:getLastError><z:ticket>7</z:ticket></y:getLastError></x:Body></x:Envelope>")
        #expect(call.call == .getLastError)
        #expect(call["ticket"] == "7")
    }

    @Test(arguments: [1, 5, 1_000]) func theResponseGoesOnUnescaped(chunk: Int) async throws {
        let sessions = FakeSessions()
        let call = try await read(
            Wire.receive(
                ticket: "t",
                "\r\n  &lt;?xml version=\"1.0\" ?&gt;\n&lt;QBXML&gt;\u{e9}&amp;amp;<![CDATA[<a/>]]>&lt;/QBXML&gt;"),
            chunk: chunk, into: sessions)
        let sink = try #require(await sessions.sinks.first)
        #expect(await sink.text == "<?xml version=\"1.0\" ?>\n<QBXML>\u{e9}&amp;<a/></QBXML>")
        #expect(await sessions.told == ["begin t"])
        #expect(call.response != nil)
        let count = await sink.count
        #expect(call.responseBytes == count)
    }

    @Test func aResponseInFrontOfItsTicket() async throws {
        let sessions = FakeSessions()
        let call = try await read(
            Wire.envelope("<receiveResponseXML><response>x</response><ticket>t</ticket></receiveResponseXML>"),
            into: sessions)
        #expect(await sessions.told == ["begin nil"])
        #expect(call["ticket"] == "t")
    }

    @Test(arguments: ["<response/>", "<response></response>", "<response> \n </response>", ""])
    func noResponse(response: String) async throws {
        let sessions = FakeSessions()
        let call = try await read(
            Wire.envelope(
                "<receiveResponseXML><ticket>t</ticket>\(response)<hresult>0x80040400</hresult></receiveResponseXML>"),
            into: sessions)
        #expect(call.response == nil)
        #expect(call["hresult"] == "0x80040400")
        #expect(await sessions.sinks.isEmpty)
    }

    @Test(arguments: [
        ("", "The file holds no XML document."),
        ("{\"json\": 1}", "The file begins with something else than XML."),
        ("<html><body/></html>", "The request is no SOAP envelope: it begins with the element html."),
        ("<Envelope></Envelope>", "The request is no SOAP envelope: its body holds no call."),
        ("<Envelope><Body></Body></Envelope>", "The request is no SOAP envelope: its body holds no call."),
        ("<Envelope><Body><other/></Body></Envelope>", "There is no call other."),
        (
            "<Envelope><Body><serverVersion/><serverVersion/></Body></Envelope>",
            "The request is no SOAP envelope: its body holds more than one call."
        ),
        (
            "<Envelope><Body><getLastError><ticket>1</ticket><ticket>2</ticket></getLastError></Body></Envelope>",
            "The parameter ticket of getLastError stands twice."
        ),
        (
            "<Envelope><Body><receiveResponseXML><response><QBXML/></response></receiveResponseXML></Body></Envelope>",
            "The parameter response holds elements rather than text."
        ),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]><Envelope><Body><getLastError><ticket>&b;</ticket></getLastError></Body></Envelope>",
            "The XML declares a document type (DOCTYPE), which no QuickBooks response does; it was not read."
        ),
    ]) func refused(request: String, sentence: String) async {
        #expect(await refusal(request) == sentence)
    }

    @Test func entitiesOfNobody() async {
        let told = await refusal("<Envelope><Body><getLastError><ticket>&b;</ticket></getLastError></Body></Envelope>")
        #expect(told.hasPrefix("The XML cannot be read at line 1, where a name after & stands for nothing"))
    }

    /// Wherever a request is cut, it is no request.
    @Test func cutAnywhere() async {
        let whole = Wire.envelope("<getLastError><ticket>1</ticket></getLastError>")
        for length in 1..<whole.utf8.count {
            let cut = String(decoding: Array(whole.utf8).prefix(length), as: UTF8.self)
            #expect(await refusal(cut) != "taken", "cut after \(length) bytes")
        }
    }

    @Test func tooLongTooDeepTooOdd() async {
        let long = String(repeating: "x", count: EnvelopeReader.longestParameter + 1)
        #expect(
            await refusal("<Envelope><Body><getLastError><ticket>\(long)</ticket></getLastError></Body></Envelope>")
                == "The parameter ticket is longer than 65536 bytes.")
        let deep = String(repeating: "<a>", count: 30)
        #expect(await refusal("<Envelope><Header>\(deep)").hasPrefix("The XML nests deeper than 24 elements"))
        let name = String(repeating: "n", count: 300)
        #expect(
            await refusal("<Envelope><\(name)/></Envelope>").hasPrefix(
                "The name of an element is longer than 256 bytes"))
    }

    @Test func bytesThatAreNoUTF8() async throws {
        let latin =
            Array("<Envelope><Body><getLastError><ticket>".utf8) + [0xe9] + Array("</ticket></getLastError>".utf8)
        await #expect(throws: Problem.self) { try await read(latin) }
        let wide: [UInt8] = Array("<Envelope/>".utf8).flatMap { [$0, 0] }
        await #expect(throws: Problem.self) { try await read(wide) }
        await #expect(throws: Problem.self) { try await read([0xff, 0xfe] + wide) }
    }
}

/// Requests as the Web Connector writes them.
enum Wire {
    static func envelope(_ body: String) -> String {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            + "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
            + "<soap:Body>\(body)</soap:Body></soap:Envelope>"
    }

    static func call(_ call: Call, _ parameters: [(String, String)] = []) -> String {
        let inner = parameters.map { "<\($0)>\($1)</\($0)>" }.joined()
        return envelope("<\(call) xmlns=\"http://developer.intuit.com/\">\(inner)</\(call)>")
    }

    static func receive(ticket: String, _ response: String) -> String {
        call(.receiveResponseXML, [("ticket", ticket), ("response", response), ("hresult", ""), ("message", "")])
    }
}
