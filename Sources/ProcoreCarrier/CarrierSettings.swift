import Domain
import Procore

/// What the carrier is told of the company's Procore.
public struct CarrierSettings: Sendable {
    /// Procore's id of the company.
    public var companyID: String
    /// Where the API is: `https://api.procore.com`
    public var api: ProcoreAddress
    /// Where tokens are given: `https://login.procore.com`
    public var login: ProcoreAddress
    /// The projects that are fetched, by Procore's ids.
    public var projects: [String]
    /// What is fetched, in this order.
    public var exports: [ProcoreExport]
    /// How often it is fetched.
    public var interval: Duration
    /// How long an answer is waited for.
    public var timeout = Duration.seconds(120)
    /// The longest answer that is taken for an export: the longest file that Plumbline reads.
    var longestExport = 2 << 30
    /// Records to a page. Procore recommends at most 2000 ("Using Pagination"); 100 keeps an answer small.
    public var pageSize = 100
    /// Seconds after which what was sent without an answer is taken for ended on Procore's side too, so that asking after
    /// it tells. Assumed: no call of Procore's lasts longer than its answer is waited for.
    var settling: Int64 { max(1, timeout.components.seconds) }
    /// How often a call that may be repeated is sent before it is left for later.
    public var attempts = 5

    /// The settings of a company.
    public init(
        companyID: String, api: ProcoreAddress, login: ProcoreAddress, projects: [String], exports: [ProcoreExport],
        interval: Duration
    ) {
        self.companyID = companyID
        self.api = api
        self.login = login
        self.projects = projects
        self.exports = exports
        self.interval = interval
    }
}

/// The address of a server of Procore's, without a path.
public struct ProcoreAddress: Sendable, Hashable {
    /// As it is written in front of a path: `https://api.procore.com`
    public let text: String

    /// Reads an address: `https://` and a host; `http://` only to this machine itself, where nobody listens between.
    /// - Throws: a `Problem` that says what is wrong with it.
    public init(_ text: String) throws(Problem) {
        let address = text.hasSuffix("/") ? text.dropLast() : text[...]
        for scheme in ["https://", "http://"] where address.lowercased().hasPrefix(scheme) {
            let host = address.dropFirst(scheme.count)
            guard !host.isEmpty, host.utf8.allSatisfy(Self.mayStandInHost) else { break }
            let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
            guard scheme == "https://" || ["localhost", "127.0.0.1", "[::1]"].contains(name) else {
                throw Problem(
                    what: "The address \(text) would send the secret and the books in the clear.",
                    remedy: "Write it with https://; http:// is for tests on this machine (localhost) alone.")
            }
            self.text = scheme + host
            return
        }
        throw Problem(
            what: "\"\(text)\" is no address of a server.",
            remedy: "Write it as https:// and the name of the server, such as https://api.procore.com.")
    }

    private static func mayStandInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: [".", "-", ":", "[", "]"].contains(Character(UnicodeScalar(byte)))
        }
    }
}
