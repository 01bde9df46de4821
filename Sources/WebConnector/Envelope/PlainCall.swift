import Domain
import QBXML

/// A small call as the Web Connector itself writes it, read in one pass over its bytes: nothing but the envelope, the body,
/// the call and its parameters.
///
/// What else a call may be, and what is wrong with one, says `EnvelopeReader`. A test compares the two.
struct PlainCall {
    let call: Call
    private(set) var parameters: [String: String] = [:]
    /// The text of `response`, without the white space in front; empty where there is none.
    private(set) var response: [UInt8] = []
    /// The ticket, where it stands ahead of the response.
    private(set) var ticketBeforeResponse: String?

    /// No larger request is read this way.
    static let longest = min(PlainXML.longest, EnvelopeReader.longestParameter)

    /// - Parameter bytes: the whole request.
    /// - Returns: nil where `EnvelopeReader` has to be asked.
    init?(_ bytes: [UInt8]) {
        let read = bytes.withUnsafeBufferPointer { bytes -> PlainCall? in
            var document = PlainXML(bytes, deepest: 4, hasPrefixes: true)
            return Self.read(&document)
        }
        guard let read else { return nil }
        self = read
    }

    private init(_ call: Call) { self.call = call }

    private static func read(_ document: inout PlainXML) -> PlainCall? {
        guard opens(&document), document.isNamed("Envelope"), opens(&document), document.isNamed("Body"),
            opens(&document), let call = Call(rawValue: document.string(document.localName))
        else { return nil }
        var read = PlainCall(call)
        let names = call.parameters
        var seen = 0
        while true {
            switch document.next() {
            case .start:
                let name = document.string(document.localName)
                guard document.depth == 4, let place = names.firstIndex(of: name), seen & 1 << place == 0,
                    read.take(name, &document)
                else { return nil }
                seen |= 1 << place
            case .text, .end: break
            case .finished: return read
            case .unsure: return nil
            }
        }
    }

    /// Goes to the next element that opens in the one at hand.
    private static func opens(_ document: inout PlainXML) -> Bool {
        while true {
            switch document.next() {
            case .start: return true
            case .text: break
            case .end, .finished, .unsure: return false
            }
        }
    }

    /// Reads a parameter to its end.
    private mutating func take(_ name: String, _ document: inout PlainXML) -> Bool {
        switch document.next() {
        case .end: return true
        case .text(let text):
            guard document.next() == .end else { return false }
            if name == "response" {
                ticketBeforeResponse = parameters["ticket"]
                response = document.resolved(text)
                let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
                if response.first.map(isSpace) == true { response = Array(response.drop(while: isSpace)) }
            } else {
                parameters[name] = String(decoding: document.resolved(text), as: UTF8.self)
            }
            return true
        case .start, .finished, .unsure: return false
        }
    }
}
