import Converters
import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// Looks a root over: folders, file systems, limits of the machine, configuration, sync ledger, the QuickBooks that
/// answered, and the programs by which people are told. It changes nothing.
public struct Doctor: Sendable {
    /// One thing that was checked.
    public struct Finding: Sendable {
        /// What was checked.
        public var about: String
        /// How it stands.
        public var what: String
        /// What to do about it; nil: it is well.
        public var remedy: String?
    }

    /// Everything that was checked.
    public let findings: [Finding]

    /// Whether nothing is to be done.
    public var isWell: Bool { findings.allSatisfy { $0.remedy == nil } }

    /// Looks a root over.
    public init(root path: String) {
        let path = URL(fileURLWithPath: path).path
        var findings: [Finding] = []
        let configuration: Configuration
        do {
            configuration = try Configuration.load(root: path)
            findings.append(Finding(about: "Configuration", what: "company \(configuration.settings.namespace)"))
        } catch {
            self.findings = [Finding(about: "Configuration", what: "\(error)", remedy: "Mend plumbline.yaml.")]
            return
        }
        findings += Self.folders(RootFolders(root: path), reviews: configuration.settings.documents.review.isOn)
        findings.append(Self.watches())
        findings += Self.ledger(
            OpenRoot.ledgerPath(configuration, root: path), RootFolders(root: path), configuration)
        findings += Self.missing(configuration.settings)
        findings += configuration.notify.map { MessageWays($0).findings } ?? []
        self.findings = findings
    }

    private static func folders(_ folders: RootFolders, reviews: Bool) -> [Finding] {
        let review = [
            ("Review", folders.review), ("Approved", folders.review + "/approved"),
            ("Rejected in review", folders.review + "/rejected"),
        ]
        let places =
            [
                ("Inbox", folders.inbox), ("Outbox for QuickBooks", folders.outboxQuickBooks),
                ("Outbox for Procore", folders.outboxProcore), ("Receipts", folders.results), ("Logs", folders.logs),
            ] + (reviews ? review : [])
        return places.map { name, path in
            let manager = FileManager.default
            guard manager.fileExists(atPath: path) else {
                return Finding(
                    about: name, what: "\(path) is not there", remedy: "Run plumbline init, or mount the share.")
            }
            guard manager.isReadableFile(atPath: path), manager.isWritableFile(atPath: path) else {
                return Finding(
                    about: name, what: "\(path) cannot be read and written by this user",
                    remedy: "Give Plumbline's user the right to read and write there.")
            }
            let (system, isPolled) = FileSystem.kind(of: path)
            return Finding(about: name, what: "\(path), on \(system), \(isPolled ? "polled" : "told by inotify")")
        }
    }

    private static func watches() -> Finding {
        func number(_ name: String) -> Int? {
            FileManager.default.contents(atPath: "/proc/sys/fs/inotify/\(name)")
                .flatMap { Int(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let watches = number("max_user_watches"), let events = number("max_queued_events") else {
            return Finding(
                about: "inotify", what: "its limits cannot be read",
                remedy: "See that /proc is mounted; without inotify the inbox is looked through once a minute.")
        }
        let what = "\(watches) folders at the most, \(events) events in a queue"
        // Each folder below the inbox takes one; less than this is used up by an ordinary desktop.
        guard watches >= 1_024 else {
            return Finding(
                about: "inotify", what: what, remedy: "Raise fs.inotify.max_user_watches with sysctl to 8192 or more.")
        }
        return Finding(about: "inotify", what: what)
    }

    private static func marks(_ marks: RootMarks) throws -> [Finding] {
        guard try marks.known() != nil else { return [] }
        guard let fault = try marks.fault() else { return [Finding(about: "Folders", what: "each has its mark")] }
        return [Finding(about: "Folders", what: fault.what, remedy: fault.remedy)]
    }

    private static func rights(_ ledger: String) -> [Finding] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: ledger)
        guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o007 != 0 else { return [] }
        return [
            Finding(
                about: "Sync ledger", what: "\(ledger) can be read by everybody on this machine",
                remedy: "It holds names and amounts: chmod 600 \(ledger)*.")
        ]
    }

    private static func ledger(_ path: String, _ folders: RootFolders, _ configuration: Configuration) -> [Finding] {
        guard FileManager.default.fileExists(atPath: path) else {
            return [Finding(about: "Sync ledger", what: "\(path) is not there yet; it is made at the first start")]
        }
        let place = FileSystem.kind(of: path)
        guard !place.isPolled else {
            return [
                Finding(
                    about: "Sync ledger", what: "\(path) is on \(place.name), where SQLite cannot keep it safe",
                    remedy: "Set ledger: in plumbline.yaml to a path on a local disk.")
            ]
        }
        do {
            let ledger = try RootBeginning.ledgerToRead(path)
            let check = try ledger.integrityCheck()
            var findings = try Self.marks(RootMarks(folders, ledger))
            findings.append(
                Finding(
                    about: "Sync ledger", what: "\(path), on \(place.name), integrity check: \(check)",
                    remedy: check == "ok" ? nil : "Stop Plumbline, keep a copy of the file, and restore a backup."))
            findings += Self.rights(path)
            findings += try ledger.read { books in
                try company(CompanyCheck(books: books), configuration.settings) + preferences(books)
                    + pulls(books, configuration) + webConnector(books, configuration) + waiting(books)
            }
            return findings
        } catch let making as LedgerInTheMaking {
            return [Finding(about: "Sync ledger", what: "\(making)")]
        } catch {
            return [
                Finding(
                    about: "Sync ledger", what: "\(path) cannot be read: \(error)",
                    remedy: "See that this user may read it, and that it is a sync ledger.")
            ]
        }
    }

    private static func waiting(_ books: Books) throws -> [Finding] {
        try books.faultyObjects(limit: 20).map { fault, _ in
            Finding(about: "Waits", what: "\(fault.object.shown): \(fault.what)", remedy: fault.remedy)
        }
    }

    private static func company(_ check: CompanyCheck, _ settings: Settings) throws -> [Finding] {
        var findings: [Finding] = []
        if let halt = try check.halt() {
            findings.append(
                Finding(
                    about: "QuickBooks company", what: halt,
                    remedy: "Open the right company file and run plumbline pull company; if it was renamed, set "
                        + "quickbooks.company."))
        } else {
            findings.append(
                Finding(
                    about: "QuickBooks company",
                    what: try check.company() ?? settings.companyFile.name ?? "has not answered yet"
                ))
        }
        if let problem = try check.finding(settings) {
            findings.append(Finding(about: "QuickBooks program", what: problem.what, remedy: problem.remedy))
        } else {
            let versions = try check.versions()
            let program = try check.program() ?? "has not answered yet"
            findings.append(
                Finding(
                    about: "QuickBooks program",
                    what: versions.isEmpty
                        ? program : "\(program), speaks qbXML up to \(versions.last ?? ""), \(settings.version) is used"
                ))
        }
        return findings
    }

    /// What the Web Connector told of the company's preferences.
    private static func preferences(_ books: Books) throws -> [Finding] {
        guard let preferences = try CompanyPreferences(books) else { return [] }
        var findings = [
            Finding(about: "QuickBooks preferences", what: preferences.words.joined(separator: ", "))
        ]
        let records = try books.recordCounts()
        if preferences.hasEstimates == false, records[.budgets] != nil {
            findings.append(
                Finding(
                    about: "QuickBooks preferences", what: "budgets become estimates, which are turned off",
                    remedy: "Turn them on in QuickBooks: Edit, Preferences, Jobs & Estimates, Company Preferences."))
        }
        if preferences.hasPurchaseOrders == false, records[.commitments] != nil {
            findings.append(
                Finding(
                    about: "QuickBooks preferences", what: "commitments become purchase orders, which are turned off",
                    remedy: "Turn them on in QuickBooks: Edit, Preferences, Items & Inventory, Company Preferences."))
        }
        return findings
    }

    private static func webConnector(_ books: Books, _ configuration: Configuration) throws -> [Finding] {
        let now = WallClock.system.now()
        let status = try WebConnectorStatus(
            books, now: now, interval: configuration.webConnector.interval, waiting: 0)
        return [status.finding].compactMap { $0 }
    }

    private static func pulls(_ books: Books, _ configuration: Configuration) throws -> [Finding] {
        guard configuration.settings.companyFile.timeZone == nil, !configuration.pulls.isEmpty else { return [] }
        return [
            Finding(
                about: "Pulls",
                what: "quickbooks.time_zone is not set, so each pull reaches a day further to both sides",
                remedy: "Set quickbooks.time_zone to the zone of the QuickBooks machine, such as America/Denver.")
        ]
    }

    private static func missing(_ settings: Settings) -> [Finding] {
        [listConverter(of: .standardCostCodes)?.missing(in: settings)].compactMap { problem in
            problem.map { Finding(about: "Configuration", what: $0.what, remedy: $0.remedy) }
        }
    }

    // MARK: - Told

    /// For people.
    public var text: String {
        findings.map { finding in
            "\(finding.remedy == nil ? "ok  " : "MEND") \(finding.about): \(finding.what)"
                + (finding.remedy.map { "\n     \($0)" } ?? "")
        }.joined(separator: "\n")
    }

    /// For scripts.
    public var json: JSONValue {
        .object([
            ("well", .bool(isWell)),
            (
                "findings",
                .array(
                    findings.map {
                        .object([
                            ("about", .string($0.about)), ("what", .string($0.what)),
                            ("remedy", $0.remedy.map(JSONValue.string) ?? .null),
                        ])
                    })
            ),
        ])
    }
}
