import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Reads a call, asks what to answer, and writes the answer.
struct CallResponder {
    let sessions: any SessionAnswering
    let version: String
    let limits: WireLimits
    let logger: Logger

    /// Answers a POST. What is no call is answered with a fault, in a sentence.
    func respond(to request: Request, from address: String) async -> Response {
        if let refusal = unreadable(request) {
            log(.warning, "A request was refused. \(refusal.sentence)", from: address)
            return WireResponder.sentence(refusal.status, refusal.sentence)
        }
        let clock = ContinuousClock()
        let start = clock.now
        let call: ReceivedCall
        do {
            call = try await read(request.body)
        } catch {
            return fault(error, from: address)
        }
        let (response, words) = await answer(call, from: address)
        log(
            .info, "\(call.call.rawValue): \(words)", from: address,
            ["ticket": "\(call["ticket"].prefix(8))", "ms": "\((clock.now - start).milliseconds)"])
        return response
    }

    /// What cannot be read at all, by its head.
    private func unreadable(_ request: Request) -> (status: HTTPResponse.Status, sentence: String)? {
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            return (.unsupportedMediaType, "Requests are read as they are, not compressed (\(encoding.prefix(40))).")
        }
        let type = request.headers[.contentType] ?? ""
        if type != Self.type, let start = type.lowercased().range(of: "charset=") {
            let type = type.lowercased()
            let name = type[start.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" && $0 != " " }
            if !["utf-8", "utf8", "us-ascii"].contains(name) {
                return (.unsupportedMediaType, "Requests are read as UTF-8, not as \(name.prefix(40)).")
            }
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.mostBytes {
            return (.contentTooLarge, "The request has \(length) bytes; at most \(limits.mostBytes) are read.")
        }
        return nil
    }

    private func read(_ body: RequestBody) async throws -> ReceivedCall {
        let sessions = sessions
        var reader = CallReader { try await sessions.beginResponse(ticket: $0) }
        do {
            var count = 0
            for try await buffer in body {
                count += buffer.readableBytes
                guard count <= limits.mostBytes else { throw tooLong }
                try await reader.take(Array(buffer.readableBytesView))
            }
            return try await reader.finish()
        } catch {
            await reader.sink?.abandon()
            throw error
        }
    }

    private var tooLong: Problem {
        Problem(
            what: "The request is longer than \(limits.mostBytes) bytes.",
            remedy: "Ask QuickBooks for less at a time.")
    }

    private func fault(_ error: any Error, from address: String) -> Response {
        let (sentence, isClients) =
            if let problem = error as? Problem {
                ("\(problem.what) \(problem.remedy)", true)
            } else if let failure = error as? KeepingFailure {
                ("The response could not be kept: \(failure.cause).", false)
            } else {
                ("The request did not arrive whole: \(error).", true)
            }
        log(.warning, "A request was refused. \(sentence)", from: address)
        return Response(
            status: .internalServerError, headers: [.contentType: Self.type, .connection: "close"],
            body: .init(byteBuffer: ByteBuffer(bytes: AnswerWriter.fault(sentence, isClients: isClients))))
    }

    /// The answer, and what the log says of it.
    private func answer(_ call: ReceivedCall, from address: String) async -> (Response, String) {
        let ticket = call["ticket"]
        switch call.call {
        case .serverVersion:
            return (whole(call, .text(version)), version)
        case .clientVersion:
            // Never a warning (`W:`): it would open a dialog on a machine where nobody sits.
            return (whole(call, .text("")), "version \(call["strVersion"])")
        case .authenticate:
            return await authenticate(call, from: address)
        case .sendRequestXML:
            return await send(call)
        case .receiveResponseXML:
            let received = ReceivedResponse(
                ticket: ticket, response: call.response, hresult: call["hresult"], message: call["message"])
            // 0 would leave open whether to go on.
            let answer = await sessions.receive(received)
            let number = answer == 0 ? 1 : min(answer, 100)
            let hresult = call["hresult"].isEmpty ? "" : ", hresult \(call["hresult"])"
            return (whole(call, .number(number)), "\(call.responseBytes) bytes\(hresult), answered \(number)")
        case .connectionError:
            let told = await sessions.connectionError(
                ticket: ticket, hresult: call["hresult"], message: call["message"])
            let text = told.isEmpty ? "done" : told
            return (whole(call, .text(text)), "\(call["hresult"]) \(call["message"]), answered \(text)")
        case .getLastError:
            let told = await sessions.lastError(ticket: ticket)
            let text = told.isEmpty ? "Plumbline knows no more about this error; see its log." : told
            return (whole(call, .text(text)), text)
        case .closeConnection:
            let text = await sessions.close(ticket: ticket)
            return (whole(call, .text(text)), text)
        }
    }

    private func authenticate(_ call: ReceivedCall, from address: String) async -> (Response, String) {
        let user = call["strUserName"]
        let fate = await sessions.authenticate(user: user, password: call["strPassword"], from: address)
        let (texts, words) =
            switch fate {
            case .session(let ticket, let companyFile): ([ticket, companyFile], "a session begins")
            case .nothingToDo(let ticket): ([ticket, "none"], "nothing to do")
            case .refused: (["", "nvu"], "wrong name or password")
            case .busy: (["", "busy"], "somebody else is served")
            }
        return (whole(call, .strings(texts)), "user \(user): \(words)")
    }

    private func send(_ call: ReceivedCall) async -> (Response, String) {
        let version = (call.number("qbXMLMajorVers"), call.number("qbXMLMinorVers"))
        let request = SendRequest(
            ticket: call["ticket"], hcpResponse: call["strHCPResponse"],
            companyFileName: call["strCompanyFileName"], country: call["qbXMLCountry"], version: version)
        let path: String
        switch await sessions.nextRequest(request) {
        case .document(let place, let bytes?):
            let answer = AnswerWriter.bytes(.sendRequestXML, document: bytes)
            return (Self.response(answer), "\(place), \(answer.count) bytes")
        case .document(let place, nil): path = place
        case .made(let bytes):
            return (whole(call, .text(String(decoding: bytes, as: UTF8.self))), "a page is asked for")
        case .error: return (whole(call, .text("")), "nothing is handed out; getLastError follows")
        }
        do {
            let answer = try await away { try DocumentAnswer(path: path) }
            let response = Response(
                status: .ok, headers: [.contentType: Self.type], body: try await body(of: answer, path))
            return (response, "\(path), \(answer.length) bytes")
        } catch {
            log(.error, "\(path) cannot be read (\(error)); nothing is handed out.")
            return (whole(call, .text("")), "nothing is handed out; getLastError follows")
        }
    }

    /// A document of the usual size goes in one write; a large one as it is read.
    private func body(of answer: DocumentAnswer, _ path: String) async throws -> ResponseBody {
        if answer.length <= Self.smallAnswer {
            var whole = ByteBuffer()
            whole.reserveCapacity(answer.length)
            try await answer.send { whole.writeBytes($0) }
            return ResponseBody(byteBuffer: whole)
        }
        return ResponseBody(contentLength: answer.length) { writer in
            do {
                try await answer.send { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
            } catch {
                log(.warning, "\(path) was not sent to its end (\(error)).")
                throw error
            }
        }
    }

    /// Up to so many bytes an answer is made whole.
    private static let smallAnswer = 262_144

    private static let type = "text/xml; charset=utf-8"

    private func whole(_ call: ReceivedCall, _ answer: Answer) -> Response {
        Self.response(AnswerWriter.bytes(call.call, answer))
    }

    private static func response(_ bytes: [UInt8]) -> Response {
        Response(
            status: .ok, headers: [.contentType: Self.type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func log(_ level: Logger.Level, _ text: String, from address: String = "", _ more: Logger.Metadata = [:]) {
        guard level >= logger.logLevel else { return }
        var metadata = more
        if !address.isEmpty { metadata["from"] = .string(address) }
        logger.log(level: level, .init(stringLiteral: Self.line(text)), metadata: metadata)
    }

    /// What comes over the network stays on its line, and short.
    private static func line(_ text: String) -> String {
        if text.utf8.count <= 400, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(400).map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
