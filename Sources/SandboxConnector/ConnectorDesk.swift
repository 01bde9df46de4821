import Domain
import QBXML
import Sandbox

/// The QuickBooks that runs beside the Web Connector: a sandbox company, and what goes wrong with it.
public struct ConnectorDesk: Sendable {
    private let company: SandboxCompany
    private let faults: [SandboxFault]
    /// The company file's path, which the calls name.
    let path: String

    /// A company that is open.
    /// `path`: of its file.
    public init(_ company: SandboxCompany, path: String, faults: [SandboxFault] = []) {
        self.company = company
        self.path = path
        self.faults = faults
    }

    /// `US` or `CA`.
    var country: String { company.edition.rawValue.uppercased() }
    /// The newest qbXML that it takes.
    static let version = QBXMLVersion.v16

    /// What the Web Connector asks of its own accord: Host, Company and Preferences, under the ids 0, 1 and 2. Only faults
    /// that name one of them happen to it.
    ///
    /// Source: Intuit, "QuickBooks Web Connector Programmer's Guide", chapter 8.
    func aboutItself() throws -> SandboxDelivery {
        let names = ["HostQuery", "CompanyQuery", "PreferencesQuery"]
        let set = MessageSet(
            version: .v13, onError: .continueOnError,
            requests: names.enumerated().map { .init($1 + "Rq", requestID: String($0), body: []) })
        return try company.deliver(set.rendered(), faults: faults.filter { names.contains($0.match) })
    }

    /// Processes a document, as QuickBooks' request processor would.
    func process(_ document: [UInt8]) throws -> SandboxDelivery { try company.deliver(document, faults: faults) }
}

/// What a document asks and what was answered, in a few words.
enum DocumentWords {
    /// `15 VendorAdd`, or `2 VendorAdd, 1 VendorMod`.
    static func asked(_ document: [UInt8]) -> String {
        guard let outline = try? RequestOutline(MemorySource(document)) else { return "which cannot be read" }
        var counts: [(name: String, count: Int)] = []
        for request in outline.requests {
            let name = request.name.hasSuffix("Rq") ? String(request.name.dropLast(2)) : request.name
            if let place = counts.firstIndex(where: { $0.name == name }) {
                counts[place].count += 1
            } else {
                counts.append((name, 1))
            }
        }
        return counts.isEmpty ? "no request" : counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    }

    /// How many requests were refused.
    static func refused(_ response: [UInt8]) -> Int {
        guard var reader = try? ResponseReader(MemorySource(response)) else { return 0 }
        var count = 0
        while let event = try? reader.next() {
            if case .response(let head) = event, head.statusSeverity == "Error" { count += 1 }
        }
        return count
    }
}
