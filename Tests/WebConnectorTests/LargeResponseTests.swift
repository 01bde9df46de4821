import Foundation
import Testing

@testable import WebConnector

/// A response of 200 MB over a real socket, and what memory it takes.
@Suite struct LargeResponseTests {
    @Test func aLargeResponseIsNeverHeld() async throws {
        let sessions = FakeSessions()
        let piece = Array(
            String(
                repeating: "&lt;Name&gt;Some text that QuickBooks holds, &amp;#233; and so on&lt;/Name&gt;\n",
                count: 800
            ).utf8)
        let times = 200_000_000 / piece.count + 1
        let (start, end) = ("<receiveResponseXML><ticket>t</ticket><response>", "</response></receiveResponseXML>")
        let (head, tail) = ("<e:Envelope><e:Body>" + start, end + "</e:Body></e:Envelope>")
        try await TestServer.run(sessions) { port in
            // What a first request costs is not what a long one costs.
            _ = try await RawClient(port: port).post(Wire.receive(ticket: "t", "x"))
            let before = residentKiB()
            let length = head.utf8.count + times * piece.count + tail.utf8.count
            let got = try await RawClient(port: port).run([
                .send(RawClient.head("POST /webconnector", length: length) + head), .repeated(piece, times),
                .send(tail),
                .readToEnd,
            ])
            #expect(got.body == String(decoding: AnswerWriter.bytes(.receiveResponseXML, .number(50)), as: UTF8.self))
            let sink = try #require(await sessions.sinks.last)
            #expect(await sink.longest <= 1 << 20)
            #expect(await sink.count > 150_000_000)
            let grown = await sink.mostResident - before
            #expect(grown < 64 * 1_024, "\(grown) KiB more than before")
        }
    }
}
