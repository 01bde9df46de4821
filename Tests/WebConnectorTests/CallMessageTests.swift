import Domain
import Testing

@testable import WebConnector

/// The Web Connector's side of the wire, as `plumbline sandbox --webconnector` plays it.
@Suite struct CallMessageTests {
    private static let head =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""
        + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
        + "<soap:Body>"
    private static let foot = "</soap:Body></soap:Envelope>"

    @Test func callsAsTheyWereRecorded() {
        let version = CallMessage(.serverVersion)
        #expect(
            String(decoding: version.bytes(), as: UTF8.self)
                == "\(Self.head)<serverVersion xmlns=\"http://developer.intuit.com/\" />\(Self.foot)")
        #expect(version.action == "\"http://developer.intuit.com/serverVersion\"")
        let received = CallMessage(.receiveResponseXML, ["ticket": "{1}", "response": "<a b=\"1\">&#233;</a>\r"])
        #expect(
            String(decoding: received.bytes(), as: UTF8.self)
                == "\(Self.head)<receiveResponseXML xmlns=\"http://developer.intuit.com/\"><ticket>{1}</ticket>"
                + "<response>&lt;a b=\"1\"&gt;&amp;#233;&lt;/a&gt;&#13;</response><hresult></hresult><message></message>"
                + "</receiveResponseXML>\(Self.foot)")
    }

    @Test(arguments: Call.allCases) func whatIsWrittenIsRead(call: Call) async throws {
        let texts = Dictionary(uniqueKeysWithValues: call.parameters.map { ($0, "<\($0)> & é") })
        let sessions = FakeSessions()
        var reader = try EnvelopeReader { try await sessions.beginResponse(ticket: $0) }
        try await reader.take(CallMessage(call, texts).bytes())
        let read = try await reader.finish()
        #expect(read.call == call)
        for (name, text) in texts where name != "response" { #expect(read[name] == text) }
        if call == .receiveResponseXML {
            #expect(await (read.response as? FakeSink)?.text == "<response> & é")
        }
    }

    private func answer(_ call: Call, _ bytes: [UInt8], chunk: Int = 5) throws -> Answer {
        var reader = try AnswerReader(call)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try reader.take(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        return try reader.finish()
    }

    @Test(arguments: [1, 5, 100_000]) func answersAreReadAsTheyAreWritten(chunk: Int) throws {
        let answers: [(Call, Answer)] = [
            (.serverVersion, .text("Plumbline & co")), (.clientVersion, .text("")),
            (.authenticate, .strings(["{1}", ""])), (.authenticate, .strings(["", "nvu"])),
            (.sendRequestXML, .text("<?xml version=\"1.0\"?>\n<a>&#233;</a>\r\n")), (.receiveResponseXML, .number(-1)),
            (.closeConnection, .text("OK")),
        ]
        for (call, answer) in answers {
            #expect(try self.answer(call, AnswerWriter.bytes(call, answer), chunk: chunk) == answer)
        }
    }

    /// What the real one shows as an error.
    @Test(arguments: [
        "",
        " \(head)<serverVersionResponse><serverVersionResult>1</serverVersionResult></serverVersionResponse>\(foot)",
        "\u{feff}\(head)<serverVersionResponse><serverVersionResult/></serverVersionResponse>\(foot)",
        "\(head)<serverVersionResponse><ServerVersionResult>1</ServerVersionResult></serverVersionResponse>\(foot)",
        "\(head)<clientVersionResponse><clientVersionResult>1</clientVersionResult></clientVersionResponse>\(foot)",
        "\(head)<serverVersionResponse><serverVersionResult>1", "<html><body>Welcome</body></html>",
        "\(head)<serverVersionResponse></serverVersionResponse>\(foot)",
    ])
    func whatIsNoAnswer(text: String) {
        #expect(throws: Problem.self) { try answer(.serverVersion, Array(text.utf8)) }
    }

    @Test func aNumberThatIsNone() {
        let bytes = Array(
            "\(Self.head)<receiveResponseXMLResponse><receiveResponseXMLResult>all</receiveResponseXMLResult></receiveResponseXMLResponse>\(Self.foot)"
                .utf8)
        #expect(throws: Problem.self) { try answer(.receiveResponseXML, bytes) }
    }

    @Test func aFaultIsToldInItsWords() throws {
        do {
            _ = try answer(.authenticate, AnswerWriter.fault("No <such> call.", isClients: true))
            Issue.record("taken")
        } catch let problem as Problem {
            #expect(problem.what == "authenticate was answered with a fault: No <such> call.")
        }
    }
}
