import Domain
import NIOCore

/// Where and how the Web Connector is served.
public struct WebConnectorSettings: Sendable {
    /// The files that prove who we are.
    public struct Certificate: Sendable, Hashable {
        /// The host's certificate and those between it and its authority, in PEM.
        public var chainPath: String
        /// Its private key, in PEM.
        public var keyPath: String

        /// Files in PEM.
        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    /// What is listened at: a name or an address of this machine; `0.0.0.0` and `::` for all.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: Int
    /// The path of AppURL, with its slash in front.
    public var path = "/webconnector"
    /// The path of AppSupport.
    public var supportPath = "/support"
    /// AppURL as the Web Connector has it, for the WSDL.
    public var publicURL: String
    /// Nil: plain HTTP, which is only for this machine.
    public var certificate: Certificate?
    /// What is too much, and too slow.
    public var limits = WireLimits()
    /// Metrics for Prometheus; nil: none are served.
    public var metrics: MetricsAccess?
    /// Lines of text below the title of the support page; asked anew each time.
    public var supportLines: @Sendable () async -> [String] = { [] }

    /// Settings with everything else as usual.
    public init(host: String, port: Int, publicURL: String, certificate: Certificate?) {
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.certificate = certificate
    }

    /// Finds what cannot be served.
    /// - Throws: a `Problem`.
    func check() throws(Problem) {
        guard certificate != nil || Self.isThisMachine(host) else {
            throw Problem(
                what: "Without a certificate the Web Connector is served at localhost only, not at \(host).",
                remedy: "Name a certificate and its key (plumbline webconnector certificate makes them), or serve at "
                    + "127.0.0.1: passwords and books would cross the network for everybody to read.")
        }
        guard path.hasPrefix("/"), supportPath.hasPrefix("/"), path != supportPath else {
            throw Problem(
                what: "The paths \(path) and \(supportPath) cannot both be served.",
                remedy: "Give two different paths, each with a slash in front.")
        }
    }

    /// Whether only programs of this machine reach an address.
    public static func isThisMachine(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// What a client may not exceed.
public struct WireLimits: Sendable {
    /// The longest request, in bytes; a response of QuickBooks may fill all of it.
    public var mostBytes = 2 << 30
    /// The most connections at once; others wait to be taken until one ends.
    public var mostConnections = 256
    /// How long a new connection may take to its first request.
    public var first = TimeAmount.seconds(30)
    /// The same while half of the most connections are open: who has something to say does not wait behind those that
    /// do not.
    public var firstInCrowd = TimeAmount.seconds(1)
    /// How long a connection is kept between requests. QuickBooks works for minutes; the Web Connector then comes again
    /// over a new one.
    public var idle = TimeAmount.seconds(120)
    /// In such a time a request's body has to bring ``leastBytes``, and an answer has to be taken on.
    public var pace = TimeAmount.seconds(30)
    /// See ``pace``.
    public var leastBytes = 1_024
    /// How long what follows a refused request is passed over, so that the refusal can be read.
    public var linger = TimeAmount.seconds(3)

    /// The usual ones.
    public init() {}
}
