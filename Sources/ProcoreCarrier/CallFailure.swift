import AsyncHTTPClient
import NIOPosix
import NIOSSL

/// Why a call came to nothing, as far as that decides what to do.
enum CallFailure: Error {
    /// Nothing of it left this machine: it may be sent again, whatever it is.
    case notSent(String)
    /// It was sent, or may have been, and no answer came: whether it took effect is not known.
    case unclear(String)
    /// Procore does not know the application, or not any more.
    case loginRefused(String)
    /// What may be repeated was repeated often enough.
    case gaveUp(String)

    /// In a sentence without its full stop.
    var why: String {
        switch self {
        case .notSent(let why), .unclear(let why), .loginRefused(let why), .gaveUp(let why): why
        }
    }

    /// What whoever runs it can do.
    var remedy: String {
        switch self {
        case .notSent:
            "See that this machine reaches procore.base_url and procore.login_url: name, firewall, certificate; no proxy is "
                + "used. It goes on by itself."
        case .loginRefused:
            "Write client_id and client_secret as Procore's developer portal shows them into the file of the secret, and "
                + "see that procore.login_url belongs to the same system as procore.base_url."
        case .unclear, .gaveUp: "It goes on by itself once Procore answers."
        }
    }

    private static let beforeTheFirstByte: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .invalidURL, .emptyHost,
    ]

    /// What an error of the connection means. Whatever is not known to come before the first byte is unclear.
    init(_ error: any Error) {
        let words = CallWords.of(error)
        switch error {
        case let failure as CallFailure: self = failure
        case let error as HTTPClientError where Self.beforeTheFirstByte.contains(error): self = .notSent(words)
        case is NIOConnectionError, is NIOSSLExtraError, NIOSSLError.handshakeFailed: self = .notSent(words)
        default: self = .unclear(words)
        }
    }
}
