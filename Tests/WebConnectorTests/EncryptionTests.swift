import Domain
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import X509

@testable import WebConnector

@Suite struct EncryptionTests {
    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "plumbline-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func rights(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
    }

    @Test func theAuthorityStaysAndHostsAreRenewed() async throws {
        try await inFolder { folder in
            let first = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost", "plumbline.office.local"])
            #expect(try rights(first.authorityKey) == 0o600)
            #expect(try rights(first.key) == 0o600)
            let authority = try String(contentsOfFile: first.authority, encoding: .utf8)
            let chain = try String(contentsOfFile: first.chain, encoding: .utf8)
            let second = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            #expect(first == second)
            #expect(try String(contentsOfFile: second.authority, encoding: .utf8) == authority)
            #expect(try String(contentsOfFile: second.chain, encoding: .utf8) != chain)
            let end = try #require(chain.range(of: "-----END CERTIFICATE-----\n"))
            let host = try Certificate(pemEncoded: String(chain[..<end.upperBound]))
            #expect(chain[end.upperBound...] == authority)
            let names = try #require(try host.extensions.subjectAlternativeNames)
            #expect(names.map { "\($0)" }.count == 2)
            #expect(try Certificate(pemEncoded: authority).subject == host.issuer)
        }
    }

    @Test(arguments: ["192.168.0.9", "", "a b", "-a.example", "a..b", "../key", "*.example"])
    func namesThatAreNone(host: String) async throws {
        try await inFolder { folder in
            #expect(throws: Problem.self) { try LocalAuthority.makeCertificate(in: folder, hosts: [host]) }
        }
    }

    @Test func anAuthorityThatCannotBeReadIsNotReplaced() async throws {
        try await inFolder { folder in
            let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            try "nothing".write(toFile: files.authorityKey, atomically: true, encoding: .utf8)
            #expect(throws: Problem.self) { try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"]) }
            #expect(try String(contentsOfFile: files.authorityKey, encoding: .utf8) == "nothing")
        }
    }

    @Test func onlyTLSFromVersion12On() async throws {
        try await inFolder { folder in
            let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            let certificate = WebConnectorSettings.Certificate(chainPath: files.chain, keyPath: files.key)
            let log = try await TestServer.run(certificate: certificate) { port in
                for version in [TLSVersion.tlsv12, .tlsv13] {
                    let got = try await TLSClient.get(port: port, trusting: files.authority, version)
                    #expect(got.hasPrefix("HTTP/1.1 200 OK"), "\(version)")
                }
                await #expect(throws: (any Error).self) {
                    try await TLSClient.get(port: port, trusting: files.authority, .tlsv11)
                }
                let plain = try await RawClient(port: port).post(Wire.call(.serverVersion))
                #expect(!plain.contains("200 OK"))
            }
            #expect(log.contains { $0.hasPrefix("warning No encrypted connection came about") })
        }
    }

    @Test func aHandshakeThatNeverBeginsIsEnded() async throws {
        try await inFolder { folder in
            let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            let certificate = WebConnectorSettings.Certificate(chainPath: files.chain, keyPath: files.key)
            let quick: (inout WebConnectorSettings) -> Void = { $0.limits.first = .milliseconds(100) }
            try await TestServer.run(certificate: certificate, quick) { port in
                let got = try await RawClient(port: port).run([.readToEnd])
                #expect(got.isEmpty)
            }
        }
    }

    @Test func keysThatDoNotFitAreRefusedAtOnce() async throws {
        try await inFolder { folder in
            let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            for key in [files.authorityKey, folder + "/none"] {
                let certificate = WebConnectorSettings.Certificate(chainPath: files.chain, keyPath: key)
                await #expect(throws: Problem.self) { try await TestServer.run(certificate: certificate) { _ in } }
            }
        }
    }

    /// curl, which nobody here wrote: its own reading of the certificate, and `Expect`, which it waits a second for.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is not here"))
    func curlCalls() async throws {
        try await inFolder { folder in
            let files = try LocalAuthority.makeCertificate(in: folder, hosts: ["localhost"])
            let certificate = WebConnectorSettings.Certificate(chainPath: files.chain, keyPath: files.key)
            try await TestServer.run(certificate: certificate) { port in
                let address = "https://localhost:\(port)/webconnector"
                let usual = ["--silent", "--show-error", "--ipv4", "--cacert", files.authority, "--max-time", "100"]
                let told = try await Program.run(
                    "/usr/bin/curl",
                    usual + [
                        "-v", "-H", "Expect: 100-continue", "--expect100-timeout", "90", "--data-binary",
                        Wire.call(.serverVersion), address,
                    ])
                #expect(told.status == 0)
                #expect(told.output.contains("HTTP/1.1 100 Continue"))
                #expect(told.output.contains("Plumbline test"))
                let head = try await Program.run("/usr/bin/curl", usual + ["--head", address])
                #expect(head.status == 0)
                let strange = try await Program.run(
                    "/usr/bin/curl", ["--silent", "--ipv4", "--max-time", "100", address])
                #expect(strange.status == 60, "a certificate of nobody that curl knows")
            }
        }
    }
}

/// A client of SwiftNIO's, since curl may be built without the old versions.
private enum TLSClient {
    static func get(port: Int, trusting authority: String, _ version: TLSVersion) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authority)
        (configuration.minimumTLSVersion, configuration.maximumTLSVersion) = (version, version)
        let context = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: String.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        [NIOSSLClientHandler(context: context, serverHostname: "localhost"), Collector(answer)])
                }
            }.connect(host: "127.0.0.1", port: port).get()
        let request = RawClient.head("GET /webconnector", length: nil)
        channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
        return try await answer.futureResult.get()
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let answer: EventLoopPromise<String>
    private var text = ""

    init(_ answer: EventLoopPromise<String>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }

    func channelInactive(context: ChannelHandlerContext) { answer.succeed(text) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An answer that is complete may end without TLS's farewell.
        if text.isEmpty { answer.fail(error) }
        context.close(promise: nil)
    }
}
