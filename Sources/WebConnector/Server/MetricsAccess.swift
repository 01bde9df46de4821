import NIOCore

/// Metrics for Prometheus on the port of the Web Connector, and who may ask for them.
public struct MetricsAccess: Sendable {
    /// The path that is asked for.
    public var path = "/metrics"
    private let addresses: Set<String>
    /// The metrics in Prometheus' text format; asked anew each time.
    let text: @Sendable () async -> String

    /// Metrics for this machine and some others.
    /// - Parameters:
    ///   - addresses: of the others, IPv4 or IPv6.
    ///   - text: the metrics in Prometheus' text format; asked anew each time.
    public init(addresses: [String], text: @escaping @Sendable () async -> String) {
        self.addresses = Set(addresses.map(Self.plain))
        self.text = text
    }

    /// Whether a text is an address, rather than a name.
    public static func isAddress(_ text: String) -> Bool { (try? SocketAddress(ipAddress: text, port: 0)) != nil }

    /// Whether who has an address may ask.
    func allows(_ address: String) -> Bool {
        let plain = Self.plain(address)
        return WebConnectorSettings.isThisMachine(plain) || addresses.contains(plain)
    }

    /// One text for each address: an IPv4 address that came over a socket of IPv6 is itself.
    private static func plain(_ address: String) -> String {
        let plain = (try? SocketAddress(ipAddress: address, port: 0))?.ipAddress ?? address
        return plain.hasPrefix("::ffff:") && plain.contains(".") ? String(plain.dropFirst(7)) : plain
    }
}
