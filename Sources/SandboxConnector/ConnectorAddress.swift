import Domain
import Foundation
import WebConnector

/// Where the calls go: what stands in a `.qwc` file as AppURL and AppSupport.
public struct ConnectorAddress: Sendable, Hashable {
    /// AppURL.
    public let url: String
    /// AppSupport, on the same host.
    public let support: String
    /// Host and port, for people.
    public let place: String

    /// Reads an address.
    /// - Parameter url: `https://` and a host's name, or `http://` to this machine alone.
    /// - Parameter support: nil: `/support` on the same host and port, where Plumbline has it.
    /// - Throws: a `Problem` for what the Web Connector would not take.
    public init(_ url: String, support: String? = nil) throws(Problem) {
        let parts = try Self.checked(url)
        let name = parts.host ?? ""
        place = name + (parts.port.map { ":\($0)" } ?? "")
        self.url = url
        guard let support else {
            self.support = "\(parts.scheme ?? "https")://\(place)/support"
            return
        }
        guard try Self.checked(support).host?.lowercased() == name.lowercased() else {
            throw Problem(
                what: "The support page \(support) is not on the host of \(url).",
                remedy: "The Web Connector wants both on one host (QBWC1000): name another page.")
        }
        self.support = support
    }

    private static func checked(_ text: String) throws(Problem) -> URLComponents {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil
        else {
            throw Problem(
                what: "\"\(text)\" is no address of a server.",
                remedy: "Write it as the .qwc file has it, such as https://localhost:8443/webconnector.")
        }
        guard scheme == "https" || WebConnectorSettings.isThisMachine(host) else {
            throw Problem(
                what: "\(text) would send the password and the books in the clear, and the Web Connector refuses it "
                    + "(QBWC1051).",
                remedy: "Write it with https://; http:// is for localhost alone.")
        }
        return parts
    }
}

/// Who logs in; never printed, never logged.
public struct ConnectorLogin: Sendable, CustomStringConvertible, CustomReflectable {
    /// The user's name.
    public let user: String
    let password: String

    /// A name and its password.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// The name alone.
    public var description: String { user }
    /// Nothing, so that no dump shows the password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
