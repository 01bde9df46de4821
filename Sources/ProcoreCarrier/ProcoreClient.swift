import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// Procore's API, call by call: with its token, within its limits, over TLS, and never by way of a redirect.
///
/// Sources: Procore's developer documentation, "Rate Limiting", "Error Codes" and "Multiple Procore Zones" (the header
/// `Procore-Company-Id`).
public final class ProcoreClient {
    /// A call.
    struct Call {
        var method = "GET"
        /// Path and query.
        var target: String
        var body: [UInt8]?
    }

    /// What came back.
    struct Reply {
        let status: Int
        let headers: HTTPHeaders
        /// Empty where it went to the sink.
        let body: [UInt8]

        var isGood: Bool { (200..<300).contains(status) }
        /// Procore itself failed, so that whether the call took effect is not known.
        var isUnwell: Bool { status >= 500 || status == 408 }
        /// Whether it is known from it that Procore did nothing: it refused the call itself, and nobody redirected it.
        var isRefusal: Bool { (400..<500).contains(status) && status != 408 }
    }

    typealias Sink = (ByteBuffer) throws -> Void

    let settings: CarrierSettings
    let clock: CarrierClock
    private let http: HTTPClient
    private let login: ProcoreLogin
    private let log: CarrierLog
    private var limit = RateLimit()
    /// An answer that is not streamed: to a thousand updates, with room.
    private static let longestAnswer = 64 << 20

    /// A client; `close` has to be called in the end.
    public init(_ settings: CarrierSettings, _ secret: ProcoreSecret, clock: CarrierClock, log: CarrierLog) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // The deadline of a call ends with the head of its answer: a body that stands still ends by `read`.
            timeout: .init(
                connect: .seconds(15), read: TimeAmount(settings.timeout), write: TimeAmount(settings.timeout)))
        // What cannot be reached is said at once: whoever calls knows whether to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.settings = settings
        self.clock = clock
        self.log = log
        login = ProcoreLogin(settings.login, secret, http, clock)
    }

    /// Closes the connections.
    public func close() async { try? await http.shutdown() }

    /// When Procore answered last, seconds since 1970 by this machine's clock; nil: it never did.
    private(set) var lastAnswer: Int64?

    /// Sends a call once. Only where Procore says that it did not look at it (401, once, with a new token; 429) it is sent
    /// again.
    /// - Parameters:
    ///   - before: called right ahead of each time that it is sent, behind every wait.
    ///   - sink: where the body of a good answer goes, bit by bit; nil: into the reply.
    /// - Throws: a `CallFailure`; what `before` and the sink throw.
    func send(_ call: Call, before: () throws -> Void = {}, into sink: Sink? = nil) async throws -> Reply {
        var isRenewed = false
        var refusals = 0
        while true {
            try await waitForLimit()
            let token = try await login.current()
            try before()
            let reply = try await exchange(call, token, sink)
            let now = clock.now()
            lastAnswer = now
            limit.note(reply.headers, now: now)
            if reply.status == 503, let wanted = RateLimit.wanted(reply.headers, status: 503, now: now) {
                limit.pause(wanted, now: now)
            }
            if reply.status == 401, !isRenewed {
                login.forget()
                isRenewed = true
                continue
            }
            guard reply.status == 429, refusals < settings.attempts else { return reply }
            refusals += 1
            let wanted = RateLimit.wanted(reply.headers, status: 429, now: now) ?? 0
            limit.pause(max(wanted, clock.backOff(after: refusals)), now: now)
        }
    }

    /// Sends a call until an answer comes that another attempt would not change.
    /// - Parameters:
    ///   - isRepeatable: whether it may be sent again where it is not known whether it took effect; what never left this
    ///     machine is sent again in any case.
    ///   - before: called right ahead of each time that it is sent.
    ///   - sink: called for each attempt anew.
    /// - Throws: a `CallFailure`, after the last attempt `gaveUp` or `notSent`; what the others throw.
    func sendRepeatedly(
        _ call: Call, isRepeatable: Bool = true, before: () throws -> Void = {}, into sink: (() throws -> Sink)? = nil
    ) async throws -> Reply {
        var attempt = 0
        while true {
            attempt += 1
            var failure: CallFailure
            do {
                let reply = try await send(call, before: before, into: sink.map { try $0() })
                guard reply.isUnwell, isRepeatable else { return reply }
                failure = .gaveUp("it answered with status \(reply.status)")
            } catch CallFailure.notSent(let why) {
                failure = .notSent(why)
            } catch CallFailure.unclear(let why) where isRepeatable {
                failure = .gaveUp(why)
            }
            guard attempt < settings.attempts else { throw failure }
            try await clock.sleep(.seconds(clock.backOff(after: attempt)))
        }
    }

    private func waitForLimit() async throws {
        let wait = limit.wait(now: clock.now())
        guard wait > 0 else { return }
        if wait >= 60 { log.event("procore slows", ["until": CarrierClock.text(clock.now() + wait)]) }
        try await clock.sleep(.seconds(wait))
    }

    private func exchange(_ call: Call, _ token: String, _ sink: Sink?) async throws -> Reply {
        var request = HTTPClientRequest(url: settings.api.text + call.target)
        request.method = HTTPMethod(rawValue: call.method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Procore-Company-Id", value: settings.companyID)
        request.headers.add(name: "Accept", value: "application/json")
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await http.execute(request, timeout: TimeAmount(settings.timeout))
            let status = Int(response.status.code)
            guard let sink, (200..<300).contains(status) else {
                let body = try await response.body.collect(upTo: Self.longestAnswer)
                return Reply(status: status, headers: response.headers, body: Array(body.readableBytesView))
            }
            for try await part in response.body { try sink(part) }
            return Reply(status: status, headers: response.headers, body: [])
        } catch let error as CancellationError {
            throw error
        } catch let error as SystemError {
            throw error
        } catch let error as Problem {
            throw error
        } catch {
            throw CallFailure(error)
        }
    }
}
