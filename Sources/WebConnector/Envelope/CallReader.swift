/// Reads a request: a small one, as the Web Connector itself writes it, in one pass when all of it is there; a larger one,
/// and whatever is written in another way, while it arrives.
struct CallReader {
    private let makeSink: @Sendable (String?) async throws -> any ResponseSink
    /// What has arrived, while it may be a small one, in the pieces in which it came.
    private var arrived: [[UInt8]] = []
    private var count = 0
    private var envelope: EnvelopeReader?
    private var plainSink: (any ResponseSink)?

    /// - Parameter makeSink: what gives the place for a response; it is asked with the ticket, where that came first.
    init(_ makeSink: @escaping @Sendable (String?) async throws -> any ResponseSink) {
        self.makeSink = makeSink
    }

    /// Where the response goes, from its first byte on.
    var sink: (any ResponseSink)? { plainSink ?? envelope?.sink }

    /// Takes the next bytes.
    /// - Throws: a `Problem` where this is no call of the Web Connector; a ``KeepingFailure``.
    mutating func take(_ bytes: [UInt8]) async throws {
        if envelope == nil {
            arrived.append(bytes)
            count += bytes.count
            guard count > PlainCall.longest else { return }
            try await readOn()
        } else {
            try await envelope?.take(bytes)
        }
    }

    /// Gives the call, when all bytes have been taken.
    /// - Throws: a `Problem` where they end too early.
    mutating func finish() async throws -> ReceivedCall {
        if envelope == nil {
            let whole = arrived.count == 1 ? arrived[0] : Array(arrived.joined())
            if let plain = PlainCall(whole) { return try await received(plain) }
            try await readOn()
        }
        guard let call = try await envelope?.finish() else { throw CancellationError() }
        return call
    }

    /// Reads by the other way, piece by piece: what is found first depends on them.
    private mutating func readOn() async throws {
        var reader = try EnvelopeReader(makeSink)
        let pieces = arrived
        arrived = []
        do {
            for piece in pieces { try await reader.take(piece) }
            envelope = reader
        } catch {
            envelope = reader
            throw error
        }
    }

    private mutating func received(_ plain: PlainCall) async throws -> ReceivedCall {
        if !plain.response.isEmpty {
            do {
                let made = try await makeSink(plain.ticketBeforeResponse)
                plainSink = made
                try await made.write(plain.response)
            } catch {
                throw KeepingFailure(cause: error)
            }
        }
        return ReceivedCall(
            call: plain.call, parameters: plain.parameters, response: plainSink, responseBytes: plain.response.count)
    }
}
