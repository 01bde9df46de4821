import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Stands between HTTP and the calls, for each connection: says that a body may come, and ends what is too slow.
///
/// - `Expect: 100-continue` is answered. Hummingbird 2 and SwiftNIO have nothing for it, and clients of .NET then wait
///   350 ms in each call (RFC 9110, section 10.1.1).
/// - A connection without a request, a body that hardly comes, and an answer that nobody takes on are ended. While it is
///   us who do not read on, nothing is held against the client. In a crowd, a new connection has its first request at
///   once, or is ended.
/// - After an answer with `Connection: close` the connection is ended, but what still comes is passed over for a moment:
///   a client that is cut off while it sends does not read why.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Reading { case nothing, body }

    private let limits: WireLimits
    private let connections: OpenConnections
    private let logger: Logger
    private var timer: Scheduled<Void>?
    private var writeTimer: Scheduled<Void>?
    private var reading = Reading.nothing
    private var bytes = 0
    /// Whether we ask for more.
    private var wantsMore = true
    private var hadRequest = false
    private var closesAfterAnswer = false

    init(limits: WireLimits, among connections: OpenConnections, logger: Logger) {
        self.limits = limits
        self.connections = connections
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { waitForFirst(limits.first, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        waitForFirst(limits.first, context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        wantsMore = true
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            (hadRequest, reading, bytes) = (true, .body, 0)
            greet(head, context)
            watchBody(context)
        case .body(let buffer):
            bytes += buffer.readableBytes
        case .end:
            reading = .nothing
            timer?.cancel()
            if closesAfterAnswer { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        wantsMore = false
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closesAfterAnswer = true }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            if !closesAfterAnswer {
                if reading == .nothing { waitForNext(context) }
            } else if reading == .nothing {
                context.close(promise: nil)
            } else {
                schedule(limits.linger, context) { _, context in context.close(promise: nil) }
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimer?.cancel()
        if !context.channel.isWritable {
            writeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.pace) { [self] in
                end("A client does not take an answer on; its connection is ended.", context)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if hadRequest, case .uncleanShutdown? = error as? NIOSSLError {
            // Gone without a farewell, after it was served: some clients never take leave.
        } else if error is NIOSSLError || error is BoringSSLError {
            let remedy = "It must speak TLS 1.2 or newer, and its machine must trust the certificate."
            log("No encrypted connection came about (\(error)). \(remedy)", context)
        } else if error is HTTPParserError {
            log("What a client sent is no HTTP, or broke off (\(error)).", context)
        }
        context.fireErrorCaught(error)
    }

    private func greet(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return }
        // Of what is too long the refusal is the answer.
        if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > limits.mostBytes { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    /// Waits for a new connection's first request, and looks now and then whether others wait for the connection.
    private func waitForFirst(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        let step = min(time, limits.firstInCrowd)
        schedule(step, context) { guarding, context in
            let left = time - step
            if left > .zero, !guarding.connections.isCrowded { return guarding.waitForFirst(left, context) }
            guarding.end("A client connected and sent no request; its connection is ended.", context)
        }
    }

    private func waitForNext(_ context: ChannelHandlerContext) {
        // One that has had its answers is ended silently, as is usual.
        schedule(limits.idle, context) { _, context in context.close(promise: nil) }
    }

    private func watchBody(_ context: ChannelHandlerContext) {
        schedule(limits.pace, context) { guarding, context in
            guard guarding.reading == .body else { return }
            if guarding.wantsMore, guarding.bytes < guarding.limits.leastBytes {
                return guarding.end("A client hardly sends anything of its request; its connection is ended.", context)
            }
            guarding.bytes = 0
            guarding.watchBody(context)
        }
    }

    private func schedule(
        _ time: TimeAmount, _ context: ChannelHandlerContext,
        _ action: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in action(self, context) }
    }

    private func stop() {
        timer?.cancel()
        writeTimer?.cancel()
    }

    private func end(_ sentence: String, _ context: ChannelHandlerContext) {
        log(sentence, context)
        context.close(promise: nil)
    }

    private func log(_ sentence: String, _ context: ChannelHandlerContext) {
        logger.warning("\(sentence)", metadata: ["from": "\(context.remoteAddress?.ipAddress ?? "?")"])
    }
}
