import Procore

/// What `procore:` in `plumbline.yaml` says to `plumbline procore`. The secret never stands there.
public struct ProcoreSettings: Sendable, Hashable {
    /// Where the API is.
    public var baseURL = "https://api.procore.com"
    /// Where tokens are given.
    public var loginURL = "https://login.procore.com"
    /// The file with the client id and the client secret, relative to the root or absolute.
    public var credentials = "procore.credentials"
    /// The projects that are fetched.
    public var projects: [String] = []
    /// What is fetched.
    public var exports = ProcoreExport.allCases
    /// How often.
    public var interval = Duration.seconds(3_600)
    /// How long an answer of Procore's is waited for.
    public var timeout = Duration.seconds(120)

    /// Reads the section; nil where there is none, so that nothing is ever carried unasked.
    init?(_ reader: inout ConfigurationReader) {
        guard reader.hasSection("procore") else { return nil }
        baseURL = reader.text("procore.base_url") ?? baseURL
        loginURL = reader.text("procore.login_url") ?? loginURL
        credentials = reader.text("procore.credentials") ?? credentials
        projects = reader.list("procore.projects") ?? []
        for project in projects where project.isEmpty || !project.utf8.allSatisfy({ (48...57).contains($0) }) {
            reader.findings.append("procore.projects has \"\(project)\"; it can have Procore's ids of projects.")
        }
        if let names = reader.list("procore.fetch") {
            exports = []
            for name in names {
                if let export = ProcoreExport(rawValue: name) {
                    exports.append(export)
                } else {
                    let known = ProcoreExport.allCases.map(\.rawValue).joined(separator: ", ")
                    reader.findings.append("procore.fetch has \"\(name)\"; it can have \(known).")
                }
            }
        }
        if let interval = reader.interval("procore.interval") {
            if interval < .seconds(60) {
                reader.findings.append("procore.interval is shorter than a minute: 1m is the least.")
            }
            self.interval = interval
        }
        if let timeout = reader.interval("procore.timeout") {
            if timeout < .seconds(1) {
                reader.findings.append("procore.timeout is shorter than a second: 1s is the least.")
            }
            self.timeout = timeout
        }
    }
}
