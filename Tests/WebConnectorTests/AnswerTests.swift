import Domain
import DropFolder
import Foundation
import Testing

@testable import WebConnector

/// The bytes of every answer: the Web Connector refuses what differs by an element, a letter or a blank.
@Suite struct AnswerTests {
    private func golden(_ call: String, _ result: String) -> String {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\""
            + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
            + "<soap:Body><\(call)Response xmlns=\"http://developer.intuit.com/\"><\(call)Result>\(result)</\(call)Result>"
            + "</\(call)Response></soap:Body></soap:Envelope>"
    }

    private func text(_ call: Call, _ answer: Answer) -> String {
        String(decoding: AnswerWriter.bytes(call, answer), as: UTF8.self)
    }

    @Test func everyAnswer() {
        #expect(text(.serverVersion, .text("Plumbline 1")) == golden("serverVersion", "Plumbline 1"))
        #expect(text(.clientVersion, .text("")) == golden("clientVersion", ""))
        #expect(
            text(.authenticate, .strings(["{1}", ""]))
                == golden("authenticate", "<string>{1}</string><string></string>"))
        #expect(
            text(.authenticate, .strings(["", "nvu"]))
                == golden("authenticate", "<string></string><string>nvu</string>"))
        #expect(text(.sendRequestXML, .text("")) == golden("sendRequestXML", ""))
        #expect(text(.receiveResponseXML, .number(-1)) == golden("receiveResponseXML", "-1"))
        #expect(text(.connectionError, .text("done")) == golden("connectionError", "done"))
        #expect(
            text(.getLastError, .text("a < b & c\r\u{1}\u{e9}"))
                == golden("getLastError", "a &lt; b &amp; c&#13; \u{e9}"))
        #expect(text(.closeConnection, .text("OK")) == golden("closeConnection", "OK"))
    }

    @Test func aFault() {
        let told = String(decoding: AnswerWriter.fault("a & b", isClients: true), as: UTF8.self)
        #expect(
            told.hasSuffix(
                "<soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>a &amp; b</faultstring></soap:Fault>"
                    + "</soap:Body></soap:Envelope>"))
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 200_000]) func aDocumentIsEscapedAsItIsRead(size: Int) async throws {
        let document = String(String(repeating: "<?a&#233;>\r\n\"'", count: size / 10 + 1).prefix(size))
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeAtomically(Array(document.utf8), to: path)
        let answer = try DocumentAnswer(path: path)
        var sent: [UInt8] = []
        try await answer.send { sent += $0 }
        #expect(sent.count == answer.length)
        let escaped = document.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\r", with: "&#13;")
        #expect(String(decoding: sent, as: UTF8.self) == golden("sendRequestXML", escaped))
    }

    @Test func aDocumentThatChangesMeanwhileIsNotSentToItsEnd() async throws {
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("<long/>".utf8).write(to: URL(fileURLWithPath: path))
        let answer = try DocumentAnswer(path: path)
        try Data("<s/>".utf8).write(to: URL(fileURLWithPath: path))
        await #expect(throws: Problem.self) { try await answer.send { _ in } }
    }

    @Test func noAnswerBeginsWithAMark() {
        for call in Call.allCases { #expect(AnswerWriter.bytes(call, .text("")).starts(with: Array("<?xml".utf8))) }
    }

    @Test func theDescriptionHasEveryCall() throws {
        let text = String(decoding: ServiceDescription.bytes(address: "https://a\"b:1/c?d&e"), as: UTF8.self)
        #expect(text.contains("<soap:address location=\"https://a&quot;b:1/c?d&amp;e\"/>"))
        for call in Call.allCases {
            #expect(text.contains("soapAction=\"http://developer.intuit.com/\(call)\""))
            #expect(text.contains("<xs:element name=\"\(call)Response\">"))
        }
    }
}
