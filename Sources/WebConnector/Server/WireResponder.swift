import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a request brings along besides itself.
struct WireContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Where it comes from.
    let address: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "?"
    }
}

/// Answers requests by their path: calls, the pages that the Web Connector looks for, or a sentence.
struct WireResponder: HTTPResponder {
    let settings: WebConnectorSettings
    let version: String
    let sessions: any SessionAnswering
    let logger: Logger

    func respond(to request: Request, context: WireContext) async throws -> Response {
        let isPage = request.method == .get || request.method == .head
        let response: Response
        switch request.uri.path {
        case settings.path where request.method == .post:
            response = await CallResponder(
                sessions: sessions, version: version, limits: settings.limits, logger: logger
            )
            .respond(to: request, from: context.address)
        case settings.path where isPage:
            response = isDescription(request) ? description : page(title: Self.title, [Self.what, Self.how])
        case settings.supportPath where isPage:
            response = page(title: "Plumbline: support", await settings.supportLines() + [Self.what])
        case settings.metrics?.path where isPage:
            response = await metrics(request, context)
        case settings.path, settings.supportPath:
            response = refusal(.methodNotAllowed, "Only POST, GET and HEAD are answered here.", request, context)
        default:
            let sentence = "There is nothing here. The Web Connector's address (AppURL) ends in \(settings.path)."
            response = refusal(.notFound, sentence, request, context)
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static let title = "Plumbline for the QuickBooks Web Connector"
    private static let what = "Plumbline carries documents between Procore and QuickBooks Desktop."
    private static let how = "The QuickBooks Web Connector calls this address; its calls are described at ?wsdl."

    private func isDescription(_ request: Request) -> Bool {
        request.uri.query.map { $0.split(separator: "&").contains { $0.lowercased() == "wsdl" } } ?? false
    }

    private var description: Response {
        Response(
            status: .ok, headers: [.contentType: "text/xml; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(bytes: ServiceDescription.bytes(address: settings.publicURL))))
    }

    /// A page with status 200 and without a login: the Web Connector shows anything else as an error of the certificate
    /// (QBWC1048) or of the support address (QBWC1003, QBWC1004) when an application is added.
    private func page(title: String, _ lines: [String]) -> Response {
        func text(_ text: String) -> String { String(decoding: AnswerWriter.escaped(text), as: UTF8.self) }
        let paragraphs = lines.map { "<p>\(text($0))</p>\n" }.joined()
        let html =
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>\(text(title))</title></head>\n"
            + "<body><h1>\(text(title))</h1>\n\(paragraphs)</body></html>\n"
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// Prometheus, "Exposition formats", version 0.0.4.
    private func metrics(_ request: Request, _ context: WireContext) async -> Response {
        guard let metrics = settings.metrics, metrics.allows(context.address) else {
            let sentence = "Metrics are for this machine, and for the addresses that webconnector.metrics lists."
            return refusal(.forbidden, sentence, request, context)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: await metrics.text())))
    }

    private func refusal(
        _ status: HTTPResponse.Status, _ sentence: String, _ request: Request, _ context: WireContext
    ) -> Response {
        logger.warning(
            "\(request.method) \(String(request.uri.path.prefix(200))) was refused. \(sentence)",
            metadata: ["from": "\(context.address)", "status": "\(status.code)"])
        return Self.sentence(status, sentence)
    }

    /// An answer in a sentence. A body that comes with the request is not read.
    static func sentence(_ status: HTTPResponse.Status, _ sentence: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .connection: "close"],
            body: .init(byteBuffer: ByteBuffer(string: sentence + "\n")))
    }
}
