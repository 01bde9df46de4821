import Domain

/// What came of a configuration that was read again while a process goes by one.
public enum ConfigurationReading: Sendable {
    /// It counts from now on.
    case taken
    /// It is wrong, or says what cannot change while a process runs: the one before goes on to count. Why, and what to do.
    case refused(Problem)

    /// It cannot be taken.
    /// - Parameter error: a `ConfigurationError`, a `Problem`, or what keeps it from being read.
    public static func refused(because error: any Error) -> ConfigurationReading {
        let why = (error as? Problem).map { "\($0.what) \($0.remedy)" } ?? "\(error)"
        let fault = MachineFault(configuration: why)
        return .refused(Problem(what: fault.what, remedy: fault.remedy))
    }
}

/// What a new configuration cannot change while a process goes by the one before.
extension Configuration {
    /// Reads the configuration of a root again, for a carrier that has its sync ledger open.
    /// - Parameters:
    ///   - root: the company's folder.
    ///   - running: the one that the carrier goes by.
    /// - Throws: a `ConfigurationError` where it is wrong, or names another company or ledger; then the one before counts.
    public static func load(root: String, insteadOf running: Configuration) throws -> Configuration {
        let new = try load(root: root)
        // Where the Web Connector is served concerns whoever serves it.
        let findings = new.findings(insteadOf: running).filter { !$0.hasPrefix("webconnector.") }
        guard findings.isEmpty else { throw ConfigurationError(findings) }
        return new
    }

    /// - Parameter running: the one that the process goes by.
    /// - Returns: a sentence for each key that is another one and counts from the next start on only; none: it can take the
    ///   running one's place.
    func findings(insteadOf running: Configuration) -> [String] {
        let (new, old) = (webConnector, running.webConnector)
        let keys: [(name: String, new: String?, old: String?)] = [
            ("company_id", settings.companyID, running.settings.companyID),
            ("company_key", settings.companyKey, running.settings.companyKey), ("ledger", ledger, running.ledger),
            ("webconnector.serve", "\(new.serve)", "\(old.serve)"),
            ("webconnector.address", new.address, old.address),
            ("webconnector.port", "\(new.port)", "\(old.port)"),
            ("webconnector.url", new.url, old.url),
            ("webconnector.metrics", Self.words(new.metrics), Self.words(old.metrics)),
            ("webconnector.certificate", new.certificate, old.certificate), ("webconnector.key", new.key, old.key),
        ]
        return keys.filter { $0.new != $0.old }.map { key in
            "\(key.name) is \(key.new ?? "null") and was \(key.old ?? "null"): it cannot change while Plumbline runs."
        }
    }

    private static func words(_ metrics: [String]?) -> String? {
        metrics.map { $0.isEmpty ? "true" : "[\($0.joined(separator: ", "))]" }
    }
}

/// The roots that one `plumbline.yaml` lists for a process, as it began with them.
public struct ListedRoots: Sendable {
    private let folder: String
    /// Their paths.
    public let roots: [String]
    private let webConnector: WebConnectorConfiguration?

    /// The roots that the configuration in a folder lists; nil: it lists none.
    /// - Throws: a `ConfigurationError`.
    public init?(in folder: String) throws {
        guard let roots = try Configuration.roots(listedIn: folder) else { return nil }
        self.folder = folder
        self.roots = roots
        webConnector = try Configuration.webConnector(listedIn: folder)
    }

    /// What is another one by now, a sentence each; it counts from the next start on.
    /// - Throws: a `ConfigurationError`.
    func changes() throws -> [String] {
        var changes: [String] = []
        if try Configuration.roots(listedIn: folder) != roots { changes.append("roots lists other ones than before.") }
        if try Configuration.webConnector(listedIn: folder) != webConnector {
            changes.append("webconnector says something else than before.")
        }
        return changes
    }
}
