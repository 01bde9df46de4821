import Domain
import Seeds
import Testing

@testable import WebConnector

/// A call that is read in one pass is the one that is read while it arrives.
@Suite struct PlainCallTests {
    /// What became of a request.
    private struct Read: Equatable {
        var call: Call?
        var parameters: [String: String] = [:]
        var response: [UInt8]?
        var count = 0
        var told: [String] = []
        var problem: String?
    }

    private func read(_ bytes: [UInt8], chunk: Int = .max, slowly: Bool) async -> Read {
        let sessions = FakeSessions()
        var read = Read()
        do {
            let call =
                try await slowly ? slow(bytes, sessions) : quick(bytes, chunk, sessions)
            (read.call, read.parameters, read.count) = (call.call, call.parameters, call.responseBytes)
            if let sink = call.response as? FakeSink { read.response = await sink.bytes }
        } catch let problem as Problem {
            read.problem = problem.what
        } catch {
            read.problem = "\(error)"
        }
        read.told = await sessions.told
        return read
    }

    private func slow(_ bytes: [UInt8], _ sessions: FakeSessions) async throws -> ReceivedCall {
        var reader = try EnvelopeReader { try await sessions.beginResponse(ticket: $0) }
        try await reader.take(bytes)
        return try await reader.finish()
    }

    private func quick(_ bytes: [UInt8], _ chunk: Int, _ sessions: FakeSessions) async throws -> ReceivedCall {
        var reader = CallReader { try await sessions.beginResponse(ticket: $0) }
        var start = 0
        while start < bytes.count {
            let end = chunk == .max ? bytes.count : min(bytes.count, start + chunk)
            try await reader.take(Array(bytes[start..<end]))
            start = end
        }
        return try await reader.finish()
    }

    private static let calls = [
        Wire.call(.serverVersion), Wire.call(.getLastError, [("ticket", "{1}")]),
        Wire.call(.authenticate, [("strUserName", "ann &amp; b&#233;"), ("strPassword", "&lt;x&gt;&#8364; ")]),
        Wire.call(
            .sendRequestXML,
            [
                ("ticket", "{1}"), ("strHCPResponse", "&lt;a b=\"c\"/&gt;"), ("strCompanyFileName", "C:\\B\\x.qbw"),
                ("qbXMLCountry", "US"), ("qbXMLMajorVers", "16"), ("qbXMLMinorVers", "0"),
            ]),
        Wire.receive(
            ticket: "{1}", "\n &lt;?xml version=\"1.0\" ?&gt;\n&lt;QBXML&gt;a&amp;amp;b&#233;&#13;&lt;/QBXML&gt;"),
        Wire.call(.receiveResponseXML, [("response", "x"), ("ticket", "{1}"), ("hresult", "0x80040400")]),
        Wire.call(.receiveResponseXML, [("response", " \n "), ("ticket", "{1}"), ("message", "no")]),
    ]

    @Test(arguments: calls) func asTheWebConnectorWrites(_ text: String) async {
        let bytes = Array(text.utf8)
        #expect(PlainCall(bytes) != nil)
        let slowly = await read(bytes, slowly: true)
        #expect(slowly.problem == nil)
        for chunk in [1, 7, .max] { #expect(await read(bytes, chunk: chunk, slowly: false) == slowly) }
    }

    @Test(arguments: Seeded.seeds) func bothWaysSayTheSame(_ seed: UInt64) async {
        var random = Seeded(seed: seed)
        let parts = [
            "<", ">", "/", "/>", "</", "\"", "'", "&", "&lt;", "&#65;", "&#1;", "]]>", "=", " ", "\n", "\r", "é",
            "\u{0}",
            "<a/>", "<ticket>", "</ticket>", "<ticket/>", "<response>x</response>", "<!-- -->", "<![CDATA[",
            "xmlns=\"b\"",
            "soap:", " xmlns:a=\"b\"", " xsi:type=\"c\"", "<soap:Header/>", ":", "x",
        ]
        var plain = 0
        for _ in 0..<500 {
            var bytes = Array(Self.calls[random.int(0...Self.calls.count - 1)].utf8)
            for _ in 0..<random.int(0...2) {
                let place = random.int(0...bytes.count)
                if random.oneIn(2) {
                    bytes.insert(contentsOf: parts[random.int(0...parts.count - 1)].utf8, at: place)
                } else if random.oneIn(2) {
                    bytes.removeSubrange(place..<min(bytes.count, place + random.int(1...3)))
                } else {
                    bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.int(1...60))], at: place)
                }
            }
            if PlainCall(bytes) != nil { plain += 1 }
            let (quickly, slowly) = (await read(bytes, slowly: false), await read(bytes, slowly: true))
            #expect(quickly == slowly, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(plain > 100 && plain < 450)
    }

    /// A request that is larger is read while it arrives, from where it stopped to be small.
    @Test(arguments: [1_000, 100_000]) func largerOnes(chunk: Int) async {
        let text = String(repeating: "&lt;a/&gt;\n", count: 10_000)
        let bytes = Array(Wire.receive(ticket: "{1}", text).utf8)
        let slowly = await read(bytes, slowly: true)
        #expect(slowly.response?.count == 49_999 || slowly.response?.count == 50_000)
        #expect(await read(bytes, chunk: chunk, slowly: false) == slowly)
    }
}
