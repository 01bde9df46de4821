import Domain
import QBXML

/// Reads a SOAP 1.1 request while it arrives, by local names: with any prefixes, or none, and with the parameters in any
/// order. The text of `response` goes on in pieces, and is never held.
///
/// A parameter may be absent, empty, or marked as nil, which all mean the same. Headers are passed over. The older form
/// that `Style=RPC` gives (a prefix for the call, `xsi:type` at the parameters) is read as well.
/// - Sources: SOAP 1.1, sections 4 and 5; Intuit's WSDL; recorded requests of the Web Connector.
struct EnvelopeReader {
    /// The longest parameter but `response` and what QuickBooks tells about itself, in bytes.
    static let longestParameter = 65_536
    /// The longest `strHCPResponse`: Host, Company and Preferences, which take some 20 kB.
    static let longestHCPResponse = 4 << 20
    /// No element of a request stands deeper; headers are allowed more than bodies need.
    static let deepest = 24

    private enum Place {
        case outside, envelope, body, call, finished
        case parameter(String)
        /// Within what is of no interest, so many elements deep, and what comes after it.
        indirect case skipped(Int, Place)
    }

    private let reader: XMLPushReader
    private let makeSink: @Sendable (String?) async throws -> any ResponseSink
    private var place = Place.outside
    private var call: Call?
    private var texts: [String: [UInt8]] = [:]
    private var seen: Set<String> = []
    private var hasBody = false
    /// Where the response goes, from its first byte on.
    private(set) var sink: (any ResponseSink)?
    private(set) var responseBytes = 0

    /// - Parameter makeSink: what gives the place for a response; it is asked with the ticket, where that came first.
    init(_ makeSink: @escaping @Sendable (String?) async throws -> any ResponseSink) throws {
        reader = try XMLPushReader(deepest: Self.deepest)
        self.makeSink = makeSink
    }

    /// Takes the next bytes.
    /// - Throws: a `Problem` where this is no call of the Web Connector; a ``KeepingFailure``.
    mutating func take(_ bytes: [UInt8]) async throws {
        for event in try reader.feed(bytes) { try await take(event) }
    }

    /// Gives the call, when all bytes have been taken.
    /// - Throws: a `Problem` where they end too early.
    mutating func finish() async throws -> ReceivedCall {
        for event in try reader.finish() { try await take(event) }
        guard let call else { throw Self.notSOAP("its body holds no call") }
        let parameters = texts.mapValues { String(decoding: $0, as: UTF8.self) }
        return ReceivedCall(call: call, parameters: parameters, response: sink, responseBytes: responseBytes)
    }

    private mutating func take(_ event: XMLPushReader.Event) async throws {
        switch event {
        case .start(let name): place = try opened(name)
        case .text(let bytes): try await text(bytes)
        case .end: place = closed()
        }
    }

    private mutating func opened(_ name: String) throws -> Place {
        switch place {
        case .outside:
            guard name == "Envelope" else { throw Self.notSOAP("it begins with the element \(name)") }
            return .envelope
        case .envelope where name == "Body" && !hasBody:
            hasBody = true
            return .body
        case .envelope where name == "Body":
            throw Self.notSOAP("it has two bodies")
        case .envelope, .finished:
            return .skipped(1, place)
        case .body:
            guard call == nil else { throw Self.notSOAP("its body holds more than one call") }
            guard let named = Call(rawValue: name) else {
                throw Problem(what: "There is no call \(name).", remedy: Self.remedy)
            }
            call = named
            return .call
        case .call:
            guard let call, call.parameters.contains(name) else { return .skipped(1, place) }
            guard seen.insert(name).inserted else {
                throw Problem(what: "The parameter \(name) of \(call) stands twice.", remedy: Self.remedy)
            }
            return .parameter(name)
        case .parameter(let parameter):
            throw Problem(what: "The parameter \(parameter) holds elements rather than text.", remedy: Self.remedy)
        case .skipped(let depth, let after):
            return .skipped(depth + 1, after)
        }
    }

    private func closed() -> Place {
        switch place {
        case .outside, .finished, .envelope: .finished
        case .body: .envelope
        case .call: .body
        case .parameter: .call
        case .skipped(1, let after): after
        case .skipped(let depth, let after): .skipped(depth - 1, after)
        }
    }

    private mutating func text(_ bytes: [UInt8]) async throws {
        guard case .parameter(let name) = place else { return }
        if name == "response" { return try await response(bytes) }
        let most = name == "strHCPResponse" ? Self.longestHCPResponse : Self.longestParameter
        texts[name, default: []] += bytes
        guard texts[name, default: []].count <= most else {
            throw Problem(what: "The parameter \(name) is longer than \(most) bytes.", remedy: Self.remedy)
        }
    }

    /// White space in front of a response is none of it, and no response at all where nothing follows.
    private mutating func response(_ bytes: [UInt8]) async throws {
        if let sink {
            responseBytes += bytes.count
            return try await keep { try await sink.write(bytes) }
        }
        let text = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        guard !text.isEmpty else { return }
        let ticket = texts["ticket"].map { String(decoding: $0, as: UTF8.self) }
        let made = try await keep { try await makeSink(ticket) }
        sink = made
        responseBytes = text.count
        try await keep { try await made.write(Array(text)) }
    }

    private func keep<Result>(_ step: () async throws -> Result) async throws -> Result {
        do {
            return try await step()
        } catch {
            throw KeepingFailure(cause: error)
        }
    }

    private static let remedy = "Only the calls of the QuickBooks Web Connector are answered here; see ?wsdl."

    private static func notSOAP(_ why: String) -> Problem {
        Problem(what: "The request is no SOAP envelope: \(why).", remedy: remedy)
    }
}

/// A response could not be written where it is kept: no fault of the client's.
struct KeepingFailure: Error {
    let cause: any Error
}
