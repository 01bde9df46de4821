import Testing

@testable import WebConnector

/// Metrics on the port of the Web Connector.
@Suite struct MetricsTests {
    private static let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    @Test func theyAreServedWhereTheyAreWanted() async throws {
        let said = try await TestServer.run(
            FakeSessions(), certificate: nil,
            { $0.metrics = MetricsAccess(addresses: []) { "plumbline_health 0\n" } }
        ) { port in
            let answer = try await RawClient(port: port).run([.send(Self.request), .readToEnd])
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(answer.contains("plumbline_health 0\n"))
            let post = try await RawClient(port: port).run([
                .send(
                    Self.request.replacing("GET", with: "POST").replacing(
                        "\r\n\r\n", with: "\r\nContent-Length: 0\r\n\r\n")),
                .readToEnd,
            ])
            #expect(post.hasPrefix("HTTP/1.1 404"))
        }
        #expect(!said.contains { $0.contains("GET /metrics") }, "nobody logs what is asked for every few seconds")
    }

    @Test func theyAreNotThereWhereNobodyAskedForThem() async throws {
        try await TestServer.run { port in
            let answer = try await RawClient(port: port).run([.send(Self.request), .readToEnd])
            #expect(answer.hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test func onlyThisMachineAndThoseThatAreListedMayAsk() {
        let access = MetricsAccess(addresses: ["192.0.2.7", "2001:DB8:0::1"]) { "" }
        for address in [
            "127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1",
        ] {
            #expect(access.allows(address), "\(address)")
        }
        for address in ["192.0.2.8", "::ffff:192.0.2.8", "2001:db8::2", "?", "localhost.example.com", "1.127.0.1"] {
            #expect(!access.allows(address), "\(address)")
        }
        #expect(MetricsAccess.isAddress("192.0.2.7") && MetricsAccess.isAddress("::1"))
        #expect(!MetricsAccess.isAddress("office.lan") && !MetricsAccess.isAddress("192.0.2.0/24"))
    }
}
