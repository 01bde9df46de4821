import DropFolder
import Foundation
import NIOCore
import Testing

@testable import WebConnector

/// The server over real sockets of this machine.
@Suite struct ServerTests {
    private func answer(_ call: Call, _ answer: Answer) -> String {
        String(decoding: AnswerWriter.bytes(call, answer), as: UTF8.self)
    }

    @Test func theEightCalls() async throws {
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let document = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"13.0\"?>\n<QBXML>&#233;</QBXML>\n"
        try writeAtomically(Array(document.utf8), to: path)
        let sessions = FakeSessions()
        await sessions.set(next: .document(path: path))
        let log = try await TestServer.run(sessions) { port in
            let client = RawClient(port: port)
            let version = try await client.post(Wire.call(.serverVersion))
            #expect(version.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(version.head.lowercased().contains("content-type: text/xml; charset=utf-8"))
            #expect(version.head.lowercased().contains("content-length: \(version.body.utf8.count)"))
            #expect(!version.head.lowercased().contains("content-encoding"))
            #expect(!version.head.lowercased().contains("transfer-encoding"))
            #expect(version.body == answer(.serverVersion, .text("Plumbline test")))
            let strVersion = try await client.post(Wire.call(.clientVersion, [("strVersion", "2.3.0.215")]))
            #expect(strVersion.body == answer(.clientVersion, .text("")))
            let login = try await client.post(
                Wire.call(.authenticate, [("strUserName", "ann"), ("strPassword", "se&amp;cret")]))
            #expect(login.body == answer(.authenticate, .strings(["{1}", ""])))
            let next = try await client.post(
                Wire.call(
                    .sendRequestXML, [("ticket", "{1}"), ("strHCPResponse", "&lt;a/&gt;"), ("qbXMLMajorVers", "16")]))
            #expect(next.body == answer(.sendRequestXML, .text(document)))
            #expect(next.head.lowercased().contains("content-length: \(next.body.utf8.count)"))
            #expect(await sessions.lastSent?.hcpResponse == "<a/>")
            let received = try await client.post(Wire.receive(ticket: "{1}", "&lt;QBXML/&gt;"))
            #expect(received.body == answer(.receiveResponseXML, .number(50)))
            let error = try await client.post(
                Wire.call(.connectionError, [("ticket", "{1}"), ("hresult", "0x80040408"), ("message", "no")]))
            #expect(error.body == answer(.connectionError, .text("done")))
            let last = try await client.post(Wire.call(.getLastError, [("ticket", "{1}")]))
            #expect(last.body == answer(.getLastError, .text("There is a reason.")))
            let closed = try await client.post(Wire.call(.closeConnection, [("ticket", "{1}")]))
            #expect(closed.body == answer(.closeConnection, .text("Closed {1}.")))
        }
        #expect(await sessions.told.contains("authenticate ann se&cret 127.0.0.1"))
        #expect(log.filter { $0.hasPrefix("info") && $0.contains("ms=") }.count == 8)
        #expect(!log.contains { $0.contains("cret") })
        #expect(log.contains { $0.hasPrefix("info authenticate: user ann: a session begins") })
    }

    @Test func whatALoginLeadsTo() async throws {
        let sessions = FakeSessions()
        try await TestServer.run(sessions) { port in
            let fates: [(Authentication, [String])] = [
                (.nothingToDo(ticket: "{2}"), ["{2}", "none"]), (.refused, ["", "nvu"]), (.busy, ["", "busy"]),
                (.session(ticket: "{3}", companyFile: "C:\\Books\\a.qbw"), ["{3}", "C:\\Books\\a.qbw"]),
            ]
            for (fate, texts) in fates {
                await sessions.set(fate: fate)
                let told = try await RawClient(port: port).post(Wire.call(.authenticate))
                #expect(told.body == answer(.authenticate, .strings(texts)))
            }
        }
    }

    @Test func answersThatMustNotBeEmptyOrZero() async throws {
        let sessions = FakeSessions()
        await sessions.set(percent: 0)
        await sessions.set(errorText: "")
        try await TestServer.run(sessions) { port in
            let received = try await RawClient(port: port).post(
                Wire.call(.receiveResponseXML, [("hresult", "0x80040400")]))
            #expect(received.body == answer(.receiveResponseXML, .number(1)))
            let last = try await RawClient(port: port).post(Wire.call(.getLastError))
            #expect(!last.body.contains("<getLastErrorResult></getLastErrorResult>"))
        }
        #expect(await sessions.told == ["receive  false [0x80040400] []"])
    }

    @Test func pagesForTheCertificateAndForPeople() async throws {
        try await TestServer.run(FakeSessions(), { $0.supportLines = { ["Last call: <never>"] } }) { port in
            for path in ["/webconnector", "/support", "/webconnector?wsdl"] {
                let page = try await RawClient(port: port).run([
                    .send(RawClient.head("GET \(path)", length: nil)), .readToEnd,
                ])
                #expect(page.head.hasPrefix("HTTP/1.1 200 OK"))
                let head = try await RawClient(port: port).run([
                    .send(RawClient.head("HEAD \(path)", length: nil)), .readToEnd,
                ])
                #expect(head.head.hasPrefix("HTTP/1.1 200 OK"))
                #expect(head.body.isEmpty)
                #expect(head.head.lowercased().contains("content-length: \(page.body.utf8.count)"))
            }
            let support = try await RawClient(port: port).run([
                .send(RawClient.head("GET /support", length: nil)), .readToEnd,
            ])
            #expect(support.body.contains("<p>Last call: &lt;never&gt;</p>"))
            let wsdl = try await RawClient(port: port).run([
                .send(RawClient.head("GET /webconnector?WSDL", length: nil)), .readToEnd,
            ])
            #expect(wsdl.body.contains("<wsdl:definitions"))
            let posted = try await RawClient(port: port).post(Wire.call(.serverVersion), path: "/webconnector?wsdl")
            #expect(posted.head.hasPrefix("HTTP/1.1 200 OK"))
            let elsewhere = try await RawClient(port: port).post(Wire.call(.serverVersion), path: "/webconector")
            #expect(elsewhere.head.hasPrefix("HTTP/1.1 404"))
            #expect(elsewhere.body.contains("/webconnector"))
            let deleted = try await RawClient(port: port).run([
                .send(RawClient.head("DELETE /webconnector", length: nil)), .readToEnd,
            ])
            #expect(deleted.head.hasPrefix("HTTP/1.1 405"))
        }
    }

    @Test func aConnectionIsKept() async throws {
        try await TestServer.run { port in
            let body = Wire.call(.serverVersion)
            let first = RawClient.head("POST /webconnector", length: body.utf8.count, closes: false) + body
            let last = RawClient.head("POST /webconnector", length: body.utf8.count) + body
            let got = try await RawClient(port: port).run([
                .send(first), .readUntil("</soap:Envelope>"), .send(last), .readToEnd,
            ])
            #expect(got.components(separatedBy: "Plumbline test").count == 3)
        }
    }

    /// The body is sent only after `100 Continue`: without the handler this would wait for ever.
    @Test func expectIsAnswered() async throws {
        try await TestServer.run { port in
            let body = Wire.call(.serverVersion)
            let got = try await RawClient(port: port).run([
                .send(RawClient.head("POST /webconnector", length: body.utf8.count, ["Expect: 100-continue"])),
                .readUntil("\r\n\r\n"), .send(body), .readToEnd,
            ])
            #expect(got.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(got.hasSuffix("</soap:Envelope>"))
        }
    }

    @Test func chunkedRequests() async throws {
        try await TestServer.run { port in
            let body = Wire.call(.serverVersion)
            let (start, rest) = (body.prefix(40), body.dropFirst(40))
            let chunks =
                [start, rest].map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined() + "0\r\n\r\n"
            let head = RawClient.head("POST /webconnector", length: nil, ["Transfer-Encoding: chunked"])
            let got = try await RawClient(port: port).run([.send(head + chunks), .readToEnd])
            #expect(got.body == answer(.serverVersion, .text("Plumbline test")))
        }
    }

    @Test func whatIsRefusedInASentence() async throws {
        let log = try await TestServer.run(FakeSessions(), { $0.limits.mostBytes = 5_000 }) { port in
            let client = RawClient(port: port)
            let gzip = try await client.post("\u{1f}", headers: ["Content-Encoding: gzip"])
            #expect(gzip.head.hasPrefix("HTTP/1.1 415"))
            #expect(gzip.body == "Requests are read as they are, not compressed (gzip).\n")
            let wide = try await client.post("x", headers: ["Content-Type: text/xml; charset=\"utf-16\""])
            #expect(wide.head.contains("200") == false)
            let long = try await client.run([
                .send(RawClient.head("POST /webconnector", length: 9_000, ["Expect: 100-continue"])), .readToEnd,
            ])
            #expect(long.head.hasPrefix("HTTP/1.1 413"))
            #expect(long.body == "The request has 9000 bytes; at most 5000 are read.\n")
            let chunked = try await client.run([
                .send(RawClient.head("POST /webconnector", length: nil, ["Transfer-Encoding: chunked"])),
                .send("1770\r\n" + Wire.receive(ticket: "1", String(repeating: "x", count: 6_000))), .readToEnd,
            ])
            #expect(chunked.body.contains("The request is longer than 5000 bytes."))
            let other = try await client.post("{}")
            #expect(other.head.hasPrefix("HTTP/1.1 500"))
            #expect(other.head.lowercased().contains("content-type: text/xml; charset=utf-8"))
            #expect(
                other.body.contains(
                    "<faultcode>soap:Client</faultcode><faultstring>The file begins with something else"))
        }
        #expect(log.filter { $0.hasPrefix("warning A request was refused.") }.count == 5)
    }

    @Test func aCutResponseIsAbandoned() async throws {
        let sessions = FakeSessions()
        let log = try await TestServer.run(sessions) { port in
            let whole = Wire.receive(ticket: "t", "&lt;QBXML&gt;" + String(repeating: "x", count: 5_000))
            // A large one goes on while it arrives; of a small one nothing has begun.
            let large = Wire.receive(ticket: "t", "&lt;QBXML&gt;" + String(repeating: "x", count: 1_000_000))
            for (text, sent) in [(large, 900_000), (whole, 4_000)] {
                let head = RawClient.head("POST /webconnector", length: text.utf8.count)
                _ = try await RawClient(port: port).run([.send(head + text.prefix(sent)), .endSending, .readToEnd])
            }
            // The envelope ends early although the body does not.
            _ = try await RawClient(port: port).post(String(whole.prefix(4_000)))
            _ = try await RawClient(port: port).post(String(large.dropLast(20)) + "</other>")
        }
        let sinks = await sessions.sinks
        #expect(sinks.count == 3)
        for sink in sinks { #expect(await sink.isAbandoned) }
        #expect(await sessions.told == ["begin t", "begin t", "begin t"])
        #expect(log.filter { $0.hasPrefix("warning A request was refused.") }.count == 4)
    }

    @Test func aResponseThatCannotBeKept() async throws {
        let sessions = FakeSessions()
        await sessions.refuseToKeep()
        try await TestServer.run(sessions) { port in
            let told = try await RawClient(port: port).post(Wire.receive(ticket: "t", "x"))
            #expect(told.head.hasPrefix("HTTP/1.1 500"))
            #expect(told.body.contains("<faultcode>soap:Server</faultcode><faultstring>The response could not be kept"))
        }
        #expect(await sessions.told == ["begin t"])
    }

    @Test func aDocumentThatIsGone() async throws {
        let sessions = FakeSessions()
        await sessions.set(next: .document(path: "/nowhere/at/all.xml"))
        let log = try await TestServer.run(sessions) { port in
            let told = try await RawClient(port: port).post(Wire.call(.sendRequestXML))
            #expect(told.body == answer(.sendRequestXML, .text("")))
        }
        #expect(log.contains { $0.hasPrefix("error /nowhere/at/all.xml cannot be read") })
    }

    /// Nobody is waited for in these: the server ends the connections, which is what is read here.
    @Test func slowClientsAreEnded() async throws {
        let sessions = FakeSessions()
        let log = try await TestServer.run(
            sessions,
            { settings in
                settings.limits.first = .milliseconds(100)
                settings.limits.pace = .milliseconds(100)
            }
        ) { port in
            let nothing = try await RawClient(port: port).run([.readToEnd])
            #expect(nothing.isEmpty)
            let halfAHead = try await RawClient(port: port).run([
                .send("POST /webconnector HTTP/1.1\r\nHost: a\r\n"), .readToEnd,
            ])
            #expect(halfAHead.isEmpty)
            let start = Wire.receive(ticket: "t", "&lt;QBXML&gt;").prefix(420)
            let head = RawClient.head("POST /webconnector", length: 10_000)
            let noBody = try await RawClient(port: port).run([.send(head + start), .readToEnd])
            #expect(!noBody.contains("200 OK"))
        }
        #expect(log.filter { $0.contains("sent no request; its connection is ended.") }.count == 2)
        #expect(log.filter { $0.contains("hardly sends anything of its request") }.count == 1)
        for sink in await sessions.sinks { #expect(await sink.isAbandoned) }
    }

    @Test func moreConnectionsThanAllowedWait() async throws {
        let log = try await TestServer.run(
            FakeSessions(),
            { settings in
                settings.limits.mostConnections = 2
                settings.limits.first = .milliseconds(200)
            }
        ) { port in
            async let one = RawClient(port: port).run([.readToEnd])
            async let two = RawClient(port: port).run([.readToEnd])
            async let three = RawClient(port: port).post(Wire.call(.serverVersion))
            async let four = RawClient(port: port).post(Wire.call(.serverVersion))
            let idle = try await one + two
            #expect(idle.isEmpty)
            for answered in try await [three, four] { #expect(answered.contains("Plumbline test")) }
        }
        #expect(log.contains { $0.hasPrefix("warning 2 connections are open") })
    }

    /// Nobody waits for an hour: in a crowd, those that say nothing make room.
    @Test func inACrowdWhoSaysNothingMakesRoom() async throws {
        let log = try await TestServer.run(
            FakeSessions(),
            { settings in
                settings.limits.mostConnections = 4
                settings.limits.first = .hours(1)
                settings.limits.firstInCrowd = .milliseconds(100)
            }
        ) { port in
            let silent = (0..<4).map { _ in RawClient.connected(port) }
            defer { for socket in silent { close(socket) } }
            let answered = try await RawClient(port: port).post(Wire.call(.serverVersion))
            #expect(answered.contains("Plumbline test"))
        }
        // Not all of them: the last are no crowd any more.
        #expect(log.contains { $0.contains("sent no request; its connection is ended.") })
    }

    @Test func whatIsNoHTTP() async throws {
        let log = try await TestServer.run { port in
            let got = try await RawClient(port: port).run([.send("hello\r\n\r\n"), .readToEnd])
            #expect(got.hasPrefix("HTTP/1.1 400"))
        }
        #expect(log.contains { $0.hasPrefix("warning What a client sent is no HTTP") })
    }

    @Test func aLargeDocumentIsStreamed() async throws {
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let document = String(repeating: "<Memo>some & text</Memo>\n", count: 100_000)
        try writeAtomically(Array(document.utf8), to: path)
        let sessions = FakeSessions()
        await sessions.set(next: .document(path: path))
        try await TestServer.run(sessions) { port in
            let told = try await RawClient(port: port).post(Wire.call(.sendRequestXML))
            #expect(told.body == answer(.sendRequestXML, .text(document)))
            #expect(told.head.lowercased().contains("content-length: \(told.body.utf8.count)"))
        }
    }

    /// An answer that nobody takes on does not hold its connection for ever.
    @Test func aClientThatDoesNotRead() async throws {
        let path = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try writeAtomically([UInt8](repeating: UInt8(ascii: "x"), count: 32 << 20), to: path)
        let sessions = FakeSessions()
        await sessions.set(next: .document(path: path))
        var socket: Int32 = -1
        defer { close(socket) }
        // The server stops only once this connection is ended.
        let log = try await TestServer.run(sessions, { $0.limits.pace = .milliseconds(200) }) { port in
            let body = Wire.call(.sendRequestXML)
            socket = RawClient.connected(port)
            let bytes = Array((RawClient.head("POST /webconnector", length: body.utf8.count) + body).utf8)
            #expect(send(socket, bytes, bytes.count, 0) == bytes.count)
            while await sessions.lastSent == nil { await Task.yield() }
        }
        #expect(log.contains { $0.contains("does not take an answer on") })
    }

    @Test func plainHTTPIsForThisMachineOnly() {
        for (host, isServed) in [
            ("127.0.0.1", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("office.local", false),
            ("127.x", false),
        ] {
            let settings = WebConnectorSettings(host: host, port: 0, publicURL: "", certificate: nil)
            #expect(((try? settings.check()) != nil) == isServed, "\(host)")
        }
    }
}
