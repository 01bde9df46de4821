import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What went wrong with a connection, in words for whoever runs the machine; without a full stop.
enum CallWords {
    /// - Parameter error: of the connection; requests with their secrets are in no error's words.
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: unreached(error)
        case let error as HTTPClientError: late(error) ?? short("\(error)")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "its certificate is for another name"
        case NIOSSLError.handshakeFailed(let cause): untrusted("\(cause)")
        default: short("\(error)")
        }
    }

    private static func unreached(_ error: NIOConnectionError) -> String {
        guard let failure = error.connectionErrors.first else {
            return "the name \(error.host) is not known to this machine"
        }
        let why = (failure.error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? of(failure.error)
        return "no connection to \(error.host), port \(error.port): \(why)"
    }

    private static func late(_ error: HTTPClientError) -> String? {
        switch error {
        case .connectTimeout: "nobody answered in time; a firewall may be in between"
        case .tlsHandshakeTimeout: "no encrypted connection came about in time"
        case .readTimeout, .deadlineExceeded: "no answer came in time"
        case .remoteConnectionClosed: "the connection was closed before an answer came"
        default: nil
        }
    }

    private static func untrusted(_ cause: String) -> String {
        if cause.contains("CERTIFICATE_VERIFY_FAILED") {
            return "its certificate is not trusted by this machine, or its time is over"
        }
        if cause.contains("WRONG_VERSION_NUMBER") || cause.contains("HTTP_REQUEST") { return "it does not speak TLS" }
        return "no encrypted connection came about: \(short(cause))"
    }

    private static func short(_ words: String) -> String {
        String(words.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
    }
}
