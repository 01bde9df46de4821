import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import WebConnector

/// The connection of one update: pages by GET, calls by POST, over TLS, as the Web Connector sends them.
///
/// It follows no redirect, wants no compression, keeps no cookies, and gives up after 100 s, as the .NET proxy does that
/// the real one is built on.
/// - Source: Microsoft .NET reference source, `HttpWebClientProtocol`.
struct ConnectorWire: Sendable {
    private let address: ConnectorAddress
    private let http: HTTPClient
    /// How long an answer is waited for.
    private static let patience = TimeAmount.seconds(100)
    /// Nothing of a page matters but that it comes.
    private static let longestPage = 1 << 20

    /// A client that has no connection yet; `close` has to be called in the end.
    init(_ address: ConnectorAddress, _ trust: ConnectorTrust) {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: trust.configuration, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(15)))
        // What cannot be reached is said at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.address = address
    }

    /// Closes the connection.
    func close() async { try? await http.shutdown() }

    /// Has a look at a page.
    /// - Returns: its status.
    /// - Throws: a ``WireTrouble``.
    func page(_ url: String) async throws -> Int {
        try await telling {
            let response = try await http.execute(HTTPClientRequest(url: url), timeout: Self.patience)
            _ = try await response.body.collect(upTo: Self.longestPage)
            return Int(response.status.code)
        }
    }

    /// Makes a call.
    /// - Throws: a ``WireTrouble`` where no answer came; a `Problem` where it is none.
    func ask(_ message: CallMessage) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url)
        request.method = .POST
        request.headers.add(name: "User-Agent", value: Self.userAgent)
        request.headers.add(name: "Content-Type", value: "text/xml; charset=utf-8")
        request.headers.add(name: "SOAPAction", value: message.action)
        request.headers.add(name: "Expect", value: "100-continue")
        request.body = .bytes(ByteBuffer(bytes: message.bytes()))
        return try await telling { [request] in
            let response = try await http.execute(request, timeout: Self.patience)
            let type = response.headers.first(name: "Content-Type") ?? ""
            let status = Int(response.status.code)
            guard status == 200 || status == 500, type.lowercased().hasPrefix("text/xml") else {
                throw Self.strange(message.call, status, type)
            }
            var reader = try AnswerReader(message.call)
            for try await part in response.body { try reader.take(Array(part.readableBytesView)) }
            let answer = try reader.finish()
            guard status == 200 else { throw Self.strange(message.call, status, type) }
            return answer
        }
    }

    private static let userAgent =
        "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"

    private static func strange(_ call: Call, _ status: Int, _ type: String) -> Problem {
        Problem(
            what:
                "\(call.rawValue) was answered with status \(status) and \(type.isEmpty ? "no type" : type), where 200 "
                + "and text/xml are due (QBWC1012).",
            remedy: "The address has to be that of plumbline webconnector, with its path.")
    }

    /// Does something, and says in words why the connection did not let it.
    private func telling<Result: Sendable>(_ step: @Sendable () async throws -> Result) async throws -> Result {
        do {
            return try await step()
        } catch let error as CancellationError {
            throw error
        } catch let problem as Problem {
            throw problem
        } catch let error as SystemError {
            throw error
        } catch {
            throw WireTrouble(error, at: address.place)
        }
    }
}
