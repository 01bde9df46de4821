import Domain
import Foundation

/// The `.qwc` file by which an application is added to the Web Connector.
///
/// The same values give the same bytes, every time: with other GUIDs QuickBooks refuses the application (QBWC1039), and
/// under another name it forgets which message sets it has had.
/// - Sources: Intuit, "QuickBooks Web Connector Programmer's Guide", chapter 4 and appendix A. `IsReadOnly` means the
///   opposite of what the guide says: with `true` the Web Connector cannot even register (QuickBooks answers 3263).
public struct QWCFile: Sendable, Hashable {
    /// What the owner of the application is known by, in every company: always this one.
    public static let ownerID = nameBasedGUID("plumbline web connector owner")

    /// How often the Web Connector calls by itself.
    public enum Schedule: Sendable, Hashable {
        /// Only when somebody clicks.
        case never
        /// Every so many minutes, from 1 on.
        case minutes(Int)
        /// Every so many seconds, shown as "Real Time".
        case seconds(Int)
    }

    /// The name in QuickBooks' list of integrated applications. It must never change.
    public var appName: String
    /// Where the Web Connector calls: https and a host name, or http and localhost.
    public var appURL: String
    /// What it shows about the application; up to 80 characters.
    public var description = "Carries documents between Procore and QuickBooks."
    /// A page that answers without a login, at the host of ``appURL``.
    public var supportURL: String
    /// The user name; a name of its own for each company file.
    public var userName: String
    /// What the company file is known by, in braces: see ``fileID(of:)``.
    public var fileID: String
    /// How often it calls.
    public var schedule = Schedule.minutes(5)
    /// Whether QuickBooks has to allow access while nobody has it open; otherwise its administrator may choose. Either way
    /// it is the administrator who allows it, when the application is added.
    public var needsUnattended = false

    /// A file with the usual description and schedule.
    public init(appName: String, appURL: String, supportURL: String, userName: String, fileID: String) {
        self.appName = appName
        self.appURL = appURL
        self.supportURL = supportURL
        self.userName = userName
        self.fileID = fileID
    }

    /// The id of a company file: the same for the same root, whatever else changes.
    /// - Parameter root: what tells the root from all others, such as the key of its company.
    public static func fileID(of root: String) -> String { nameBasedGUID("plumbline web connector file \(root)") }

    /// The file's bytes: all elements in Intuit's order, no byte-order mark.
    /// - Throws: a `Problem` where the Web Connector would refuse it, with the number of its error.
    public func bytes() throws(Problem) -> [UInt8] {
        try check()
        var elements = [
            ("AppName", appName), ("AppID", ""), ("AppURL", appURL), ("AppDescription", description),
            ("AppSupport", supportURL), ("UserName", userName), ("OwnerID", Self.ownerID), ("FileID", fileID),
            ("QBType", "QBFS"),
        ]
        let options = [
            ("IsReadOnly", "false"), ("PersonalDataPref", "pdpNotNeeded"),
            ("UnattendedModePref", needsUnattended ? "umpRequired" : "umpOptional"),
            ("AuthFlags", "0xF"),
        ]
        var lines = ["<?xml version=\"1.0\"?>", "<QBWCXML>"]
        lines += elements.map(Self.line)
        switch schedule {
        case .never: elements = []
        case .minutes(let minutes): elements = [("RunEveryNMinutes", String(minutes))]
        case .seconds(let seconds): elements = [("RunEveryNSeconds", String(seconds))]
        }
        if !elements.isEmpty { lines += ["  <Scheduler>"] + elements.map { "  " + Self.line($0) } + ["  </Scheduler>"] }
        lines += options.map(Self.line) + ["</QBWCXML>", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private static func line(_ element: (name: String, text: String)) -> String {
        "  <\(element.name)>\(String(decoding: AnswerWriter.escaped(element.text), as: UTF8.self))</\(element.name)>"
    }

    private func check() throws(Problem) {
        let named = [("AppName", appName), ("UserName", userName), ("AppDescription", description)]
        for (name, text) in named where text.isEmpty || text.count > 80 {
            throw Problem(
                field: name, what: "The Web Connector's \(name) has \(text.count) characters; 1 to 80 are possible.",
                remedy: "Choose another one.")
        }
        let host = try host(of: appURL, "AppURL", "QBWC1001, QBWC1010")
        guard try self.host(of: supportURL, "AppSupport", "QBWC1000") == host else {
            throw Problem(
                field: "AppSupport",
                what: "AppURL and AppSupport name different hosts, which the Web Connector refuses (QBWC1000).",
                remedy: "Give both the same host name.")
        }
        try checkNumbers()
    }

    private func checkNumbers() throws(Problem) {
        let shape = fileID.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        let digits = fileID.dropFirst().dropLast().filter { $0 != "-" }
        guard fileID.hasPrefix("{"), fileID.hasSuffix("}"), shape == [9, 4, 4, 4, 13],
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw Problem(
                field: "FileID", what: "The FileID \(fileID) is no GUID in braces.",
                remedy: "Use the one that Plumbline makes for the root.")
        }
        switch schedule {
        case .minutes(let every), .seconds(let every):
            guard every < 1 else { return }
            throw Problem(
                field: "Scheduler", what: "The Web Connector cannot call every \(every).",
                remedy: "Give a number from 1 on, or no schedule.")
        case .never: return
        }
    }

    private func host(of address: String, _ name: String, _ code: String) throws(Problem) -> String {
        let url = URLComponents(string: address)
        let host = url?.host?.lowercased() ?? ""
        let isHere = host == "localhost"
        guard url?.scheme == "https" || url?.scheme == "http" && isHere, !host.isEmpty, !isAddress(host) else {
            throw Problem(
                field: name,
                what: "The \(name) \(address) is refused by the Web Connector (\(code)): it takes https with a host "
                    + "name, or http with localhost.",
                remedy: "Give the name by which the QuickBooks machine finds this one, such as "
                    + "https://plumbline.office.local:8443.")
        }
        return host
    }

    /// Whether a host is a number rather than a name.
    private func isAddress(_ host: String) -> Bool {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
    }
}
