import Converters
import Domain
import Foundation
import Yams

/// `plumbline.yaml`: what a root is told about its company. Every key but `company_id` has a default.
public struct Configuration: Sendable {
    /// What the converters need.
    public var settings: Settings
    /// How long a file has to stay unchanged where completeness has to be judged by waiting.
    public var settle: Duration
    /// How often QuickBooks is asked for what is new, in seconds, by subject.
    public var pulls: [PullSubject: Int64]
    /// What `plumbline procore` carries; nil: nothing.
    public var procore: ProcoreSettings?
    /// Path of the sync ledger, relative to the root or absolute.
    public var ledger: String
    /// The files in the inbox that are taken as commands.
    var shareCommands: Set<ShareCommand>
    /// How long things are kept; nil: for ever.
    public var retention: Retention?
    /// How the root is served to the Web Connector.
    public var webConnector: WebConnectorConfiguration
    /// Whom messages tell what came up; nil: nobody.
    var notify: NotifySettings?
    /// By which two texts of one content are known.
    let digest: Digest

    /// Reads a configuration's text.
    /// - Throws: a `ConfigurationError` with every finding.
    public init(yaml text: String) throws {
        digest = Digest(of: text.utf8)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(["plumbline.yaml is not valid YAML: \(error)"])
        }
        var reader = ConfigurationReader(node: node)
        reader.refuseUnknownKeys()
        var settings = Settings(&reader)
        pulls = reader.pulls("pull")
        if pulls[.payments] != nil, settings.edition == .ca {
            reader.findings.append("pull.payments: Procore takes payments from US editions of QuickBooks only.")
        }
        settings.readCosts(&reader)
        procore = ProcoreSettings(&reader)
        settle = reader.interval("settle") ?? .seconds(2)
        ledger = reader.text("ledger") ?? "plumbline.sqlite"
        shareCommands = reader.shareCommands("share_commands")
        retention = reader.retention()
        webConnector = WebConnectorConfiguration(&reader)
        notify = NotifySettings(&reader)
        self.settings = settings
        guard reader.findings.isEmpty else { throw ConfigurationError(reader.findings) }
    }

    /// The roots that a configuration lists under `roots:`, for one process that serves several companies.
    /// - Returns: their paths, relative ones below the configuration's folder; nil where it lists none.
    /// - Throws: a `ConfigurationError`.
    public static func roots(listedIn folder: String) throws -> [String]? {
        guard var reader = try reader(in: folder) else { return nil }
        let roots = reader.list("roots")
        guard reader.findings.isEmpty else { throw ConfigurationError(reader.findings) }
        return roots?.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    }

    /// How the configuration that lists the roots says that they are served to the Web Connector.
    /// - Returns: nil where it says nothing of that.
    /// - Throws: a `ConfigurationError`.
    static func webConnector(listedIn folder: String) throws -> WebConnectorConfiguration? {
        guard var reader = try reader(in: folder), reader.hasSection("webconnector") else { return nil }
        let section = WebConnectorConfiguration(&reader)
        guard reader.findings.isEmpty else { throw ConfigurationError(reader.findings) }
        return section.located(in: folder)
    }

    private static func reader(in folder: String) throws -> ConfigurationReader? {
        guard let data = FileManager.default.contents(atPath: folder + "/plumbline.yaml") else { return nil }
        do {
            return ConfigurationReader(node: try Yams.compose(yaml: String(decoding: data, as: UTF8.self)))
        } catch {
            throw ConfigurationError(["plumbline.yaml is not valid YAML: \(error)"])
        }
    }

    /// Reads the configuration of a root.
    /// - Throws: a `ConfigurationError`; without a configuration there is no company, and nothing starts.
    public static func load(root: String) throws -> Configuration {
        let path = root + "/plumbline.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError([
                "There is no plumbline.yaml in \(root): run plumbline init --company-id N there, "
                    + "N being Procore's id of your company."
            ])
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError(["plumbline.yaml is not UTF-8 text: save it as UTF-8."])
        }
        var configuration = try Configuration(yaml: text)
        configuration.webConnector = configuration.webConnector.located(in: root)
        return configuration
    }
}

/// What is wrong with a configuration, a sentence each; nothing starts until it is mended.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// At least one sentence.
    public let findings: [String]

    init(_ findings: [String]) {
        self.findings = findings
    }

    /// The sentences, one a line.
    public var description: String { findings.joined(separator: "\n") }
}
