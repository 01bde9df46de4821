import Domain
import QBXML

/// Reads the answer to a call while it arrives, as strictly as the Web Connector does: names have to be right to the
/// letter, and nothing may stand in front of the declaration.
///
/// - Sources: SOAP 1.1, section 4.4 (faults); Intuit's WSDL; failures in public threads, such as
///   inossidabile/wash_out#73 and consolibyte/quickbooks-php#248.
public struct AnswerReader {
    /// The longest text of an answer, in bytes.
    static let longestText = 256 << 20

    private let call: Call
    private let reader: XMLPushReader
    /// The names of the elements that are open, outermost first.
    private var path: [String] = []
    private var hasBegun = false
    private var hasResult = false
    private var strings: [[UInt8]] = []
    private var text: [UInt8] = []
    private var fault: [UInt8]?

    /// - Parameter call: which call is answered.
    /// - Throws: a `SystemError` where there is no memory.
    public init(_ call: Call) throws {
        self.call = call
        reader = try XMLPushReader(deepest: 16)
    }

    /// Takes the next bytes.
    /// - Throws: a `Problem` where this is no such answer.
    public mutating func take(_ bytes: [UInt8]) throws {
        if !hasBegun, let first = bytes.first {
            guard first == UInt8(ascii: "<") else { throw notAnswer("something stands in front of its declaration") }
            hasBegun = true
        }
        for event in try reader.feed(bytes) { try take(event) }
    }

    /// Gives the answer, when all bytes have been taken.
    /// - Throws: a `Problem` where they end too early, hold a fault, or no result.
    public mutating func finish() throws -> Answer {
        for event in try reader.finish() { try take(event) }
        if let fault {
            throw Problem(
                what: "\(call.rawValue) was answered with a fault: \(Self.string(fault))",
                remedy: "See the log of the server.")
        }
        guard hasResult else { throw notAnswer("it has no \(call.rawValue)Result") }
        switch call {
        case .authenticate: return .strings(strings.map(Self.string))
        case .receiveResponseXML:
            guard let number = Int(Self.string(text).filter { !$0.isWhitespace }) else {
                throw notAnswer("its result is no number")
            }
            return .number(number)
        default: return .text(Self.string(text))
        }
    }

    private mutating func take(_ event: XMLPushReader.Event) throws {
        switch event {
        case .start(let name):
            path.append(name)
            if path == result { hasResult = true }
            if path == result + ["string"] { strings.append([]) }
            if path.dropLast() == ["Envelope", "Body", "Fault"], name == "faultstring" { fault = [] }
        case .end: path.removeLast()
        case .text(let bytes):
            if path == result {
                text += bytes
            } else if path == result + ["string"] {
                strings[strings.count - 1] += bytes
            } else if fault != nil, path.last == "faultstring" {
                fault? += bytes
            }
            guard text.count <= Self.longestText else { throw notAnswer("it is longer than anything of QuickBooks'") }
        }
    }

    private var result: [String] { ["Envelope", "Body", "\(call.rawValue)Response", "\(call.rawValue)Result"] }

    private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func notAnswer(_ why: String) -> Problem {
        Problem(
            what: "What came is no answer to \(call.rawValue): \(why).",
            remedy: "The address has to be that of plumbline webconnector, or of another server of the Web Connector.")
    }
}
