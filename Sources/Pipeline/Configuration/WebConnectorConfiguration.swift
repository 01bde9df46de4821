/// `webconnector:` in `plumbline.yaml`: how the root is served to the QuickBooks Web Connector.
public struct WebConnectorConfiguration: Sendable, Equatable {
    /// Whether `plumbline run` serves it, in the process that watches the roots.
    public var serve = false
    /// The address to listen on.
    public var address = "127.0.0.1"
    /// The port.
    public var port = 8_443
    /// The address as the Web Connector has it, such as `https://plumbline.office.lan:8443/webconnector`; nil: made of
    /// address and port.
    public var url: String?
    /// Path of the certificate, with those that lead to its root; nil: none, so that only this machine can call.
    public var certificate: String?
    /// Path of its key.
    public var key: String?
    /// How often the Web Connector is told to call.
    public var interval = Duration.seconds(900)
    /// The addresses, beside this machine's own, that may ask for metrics of the roots; nil: none are served.
    public var metrics: [String]?
    /// The company file's path in Windows; nil: the one that is open.
    public var companyFile: String?

    /// The defaults.
    public init() {}

    init(_ reader: inout ConfigurationReader) {
        serve = reader.flag("webconnector.serve") ?? serve
        address = reader.text("webconnector.address") ?? address
        if let text = reader.text("webconnector.port") {
            if let number = Int(text), (1...65_535).contains(number) {
                port = number
            } else {
                reader.findings.append("webconnector.port is \"\(text)\"; it is a number from 1 to 65535.")
            }
        }
        url = reader.text("webconnector.url")
        certificate = reader.text("webconnector.certificate")
        key = reader.text("webconnector.key")
        if (certificate == nil) != (key == nil) {
            reader.findings.append("webconnector.certificate and webconnector.key go together: one of them is missing.")
        }
        interval = reader.interval("webconnector.interval") ?? interval
        // Intuit: RunEveryNMinutes is at least 1.
        if interval < .seconds(60) {
            reader.findings.append("webconnector.interval is shorter than a minute: 1m is the least.")
        }
        companyFile = reader.text("webconnector.company_file")
        metrics = reader.addresses("webconnector.metrics")
    }

    /// The same with files below a folder, where their paths are relative.
    func located(in folder: String) -> WebConnectorConfiguration {
        var located = self
        located.certificate = certificate.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
        located.key = key.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
        return located
    }
}

extension WebConnectorConfiguration {
    /// How one process serves several roots: as the configuration says that lists them, where it has the section, else as
    /// the first root's.
    /// `folder`: of the `plumbline.yaml` that lists the roots; nil: nothing does.
    /// - Throws: a `ConfigurationError`.
    public static func deciding(roots: [String], listedIn folder: String?) throws -> WebConnectorConfiguration {
        if let folder, let listed = try Configuration.webConnector(listedIn: folder) { return listed }
        return try roots.first.map { try Configuration.load(root: $0).webConnector } ?? WebConnectorConfiguration()
    }
}
