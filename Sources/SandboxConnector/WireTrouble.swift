import AsyncHTTPClient
import Domain
import NIOCore
import NIOPosix
import NIOSSL

/// Why no answer came, in words for the person who can put it right.
struct WireTrouble: Error {
    let problem: Problem
    /// Whether nobody listens at that address, as before a server has begun.
    let isUnheard: Bool

    /// What an error of the connection means.
    init(_ error: any Error, at place: String) {
        isUnheard = (error as? NIOConnectionError)?.connectionErrors.isEmpty == false
        problem =
            Self.certificate(error, place) ?? Self.reach(error, place)
            ?? Problem(
                what: "The connection to \(place) broke: \(Self.words(error)).",
                remedy: "See the log of the server.")
    }

    private static func certificate(_ error: any Error, _ place: String) -> Problem? {
        switch error {
        case let extra as NIOSSLExtraError where extra == .failedToValidateHostname:
            return Problem(
                what: "The certificate of \(place) is for another name (QBWC1048).",
                remedy: "Call it by a name that stands in its certificate, or make one for this name with plumbline "
                    + "webconnector certificate --host NAME --in DIR.")
        case NIOSSLError.handshakeFailed(let cause):
            let words = "\(cause)"
            if words.contains("CERTIFICATE_VERIFY_FAILED") {
                return Problem(
                    what:
                        "The certificate of \(place) is not trusted here: no authority that is known here vouches for "
                        + "it, or its time is over (QBWC1048).",
                    remedy: "Name its authority with --authority FILE: plumbline webconnector certificate made it as "
                        + "plumbline-authority.crt.")
            }
            if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
                return Problem(
                    what: "\(place) does not speak TLS.",
                    remedy:
                        "Name a certificate and its key below webconnector: in the server's plumbline.yaml, or call "
                        + "http://localhost on its own machine.")
            }
            return Problem(
                what: "No encrypted connection to \(place) came about: \(short(words)).",
                remedy: "Both sides have to speak TLS 1.2 or newer; see the log of the server.")
        default: return nil
        }
    }

    private static func reach(_ error: any Error, _ place: String) -> Problem? {
        guard let failure = error as? NIOConnectionError else {
            let late: [HTTPClientError] = [.connectTimeout, .tlsHandshakeTimeout]
            guard let failure = error as? HTTPClientError, late.contains(failure) else { return nil }
            return Problem(what: "\(place) does not answer in time.", remedy: "See whether a firewall is in between.")
        }
        guard failure.dnsAError == nil || failure.dnsAAAAError == nil || !failure.connectionErrors.isEmpty else {
            return Problem(what: "Nobody knows the name of \(place).", remedy: "See whether it is spelt right.")
        }
        let why = failure.connectionErrors.first.map { short("\($0.error)") } ?? "it cannot be reached"
        return Problem(
            what: "\(place) cannot be reached: \(why).",
            remedy: "Start plumbline webconnector there, and see whether address and port are right.")
    }

    /// An error's own words; requests with their passwords are in none of them.
    private static func words(_ error: any Error) -> String { short("\(error)") }

    private static func short(_ words: String) -> String {
        String(words.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
    }
}
