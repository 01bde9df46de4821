import Domain
import NIOSSL

/// Whose certificates are believed.
public struct ConnectorTrust: Sendable {
    let configuration: TLSConfiguration

    /// Those that this machine believes, or those of one authority only.
    /// - Parameter authority: path of certificates in PEM, such as the `plumbline-authority.crt` that
    ///   `plumbline webconnector certificate` makes; nil: this machine's.
    /// - Throws: a `Problem` where the file holds none.
    public init(authority: String?) throws(Problem) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let authority {
            let certificates = (try? NIOSSLCertificate.fromPEMFile(authority)) ?? []
            guard !certificates.isEmpty else {
                throw Problem(
                    what: "\(authority) holds no certificate that can be read.",
                    remedy:
                        "Name the file plumbline-authority.crt that plumbline webconnector certificate made, in PEM.")
            }
            configuration.trustRoots = .certificates(certificates)
        }
        self.configuration = configuration
    }
}
