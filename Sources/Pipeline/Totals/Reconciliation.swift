import Domain
import Foundation
import Procore
import QBXML
import SyncLedger

/// Control totals of a root with every record that makes up a difference: what `plumbline reconcile` says. It reads the
/// ledger beside the process that owns it, and writes nothing there.
///
/// Records are read and told one by one, so that very many of them take no more memory than a few.
public struct Reconciliation {
    /// How it is told.
    public enum Form: Sendable {
        /// For people.
        case text
        /// For programs: one JSON object.
        case json
        /// For spreadsheets: a row for each total and for each record behind it.
        case csv
    }

    private let path: String
    private let configuration: Configuration
    private let project: String?
    private let day: CalendarDate?
    private let clock: WallClock

    /// - Parameters:
    ///   - path: the root.
    ///   - project: Procore's id or the name of a project; nil: all.
    ///   - day: only records that were first brought on this day, in `quickbooks.time_zone`; nil: of any day.
    ///   - clock: what time it is.
    /// - Throws: a `ConfigurationError`.
    public init(root path: String, project: String? = nil, day: CalendarDate? = nil, clock: WallClock = .system) throws
    {
        self.path = URL(fileURLWithPath: path).path
        configuration = try Configuration.load(root: self.path)
        self.project = project
        self.day = day
        self.clock = clock
    }

    /// Adds up and tells.
    /// - Parameters:
    ///   - form: how.
    ///   - print: called with one piece of it after another.
    /// - Returns: whether both sides agree in everything.
    /// - Throws: a `Problem` where there is nothing that can be added up; what SQLite says.
    public func write(as form: Form, _ print: @escaping (String) throws -> Void) throws -> Bool {
        let ledgerPath = OpenRoot.ledgerPath(configuration, root: path)
        guard FileManager.default.fileExists(atPath: ledgerPath) else {
            throw Problem(
                what: "There is no sync ledger at \(ledgerPath) yet, so there is nothing to add up.",
                remedy: "Drop exports, and start plumbline run or plumbline once.")
        }
        return try RootBeginning.ledgerToRead(ledgerPath).read { books in
            guard try books.knowsMoney() else {
                throw Problem(
                    what: "The sync ledger is of an earlier version, which keeps no amounts to add up.",
                    remedy: "Start plumbline run, or plumbline once, of this version: it brings the ledger up to date.")
            }
            var scope = MoneyScope()
            scope.project = try project.map { try Self.id(of: $0, books) }
            if let day { scope.day = range(of: day) }
            let writer = try ReconciliationWriter(books: books, scope: scope, heading: heading, print)
            switch form {
            case .text: try writer.writeText()
            case .json: try writer.writeJSON()
            case .csv: try writer.writeCSV()
            }
            return writer.isSettled
        }
    }

    private var heading: ReconciliationHeading {
        let file = configuration.settings.companyFile
        return ReconciliationHeading(
            company: configuration.settings.companyID, at: clock.now(), zone: file.timeZone, day: day)
    }

    private func range(of day: CalendarDate) -> Range<String> {
        let words = StatusPageWords(zone: configuration.settings.companyFile.timeZone)
        let start = day.midnight(in: words.zone ?? .gmt)
        // A day has between 23 and 25 hours.
        return WallClock.text(start)..<words.startOfDay(start + 36 * 3_600)
    }

    private static func id(of project: String, _ books: Books) throws -> String {
        if try books.record(RecordKey(.projects, project)) != nil { return project }
        let name = QuickBooksText.comparisonKey(project)
        var found = try books.records(.projects, businessKey: name)
        if found.isEmpty { found = try books.jobs(fullName: project) }
        let ids = Set(found.compactMap(\.procoreID))
        if ids.count == 1, let id = ids.first { return id }
        if ids.count > 1 {
            throw Problem(
                what: "Several projects are called \(project): \(ids.sorted().joined(separator: ", ")).",
                remedy: "Name one of these ids.")
        }
        // Its documents may be here before it is.
        if try books.moneySums(MoneyScope(project: project)).isEmpty == false { return project }
        throw Problem(
            what: "No project has the id or name \(project).",
            remedy: "Give Procore's id, as in the project's address in the browser, or its whole name.")
    }
}

/// What stands above the totals.
struct ReconciliationHeading: Sendable {
    /// Procore's id of the company.
    var company: String
    /// When they were added up, seconds since 1970.
    var at: Int64
    /// Where the office is; nil: UTC.
    var zone: TimeZone?
    /// The day on which records were first brought; nil: any.
    var day: CalendarDate?
}
