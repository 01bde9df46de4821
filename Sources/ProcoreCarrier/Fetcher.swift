import Domain
import DropFolder
import NIOCore
import Procore
import SyncLedger

/// Fetches Procore's exports into `inbox/procore`.
///
/// A list that takes `filters[updated_at]` is fetched whole the first time, later from where the last fetch began, by
/// Procore's own clock, less an overlap. The window is open to the end: a record that changes while the pages are read
/// would otherwise leave the window and draw another one from the next page onto one that was read. All pages are
/// hidden until the last has come; then they are renamed into sight, and only then the ledger says how far it got. A list
/// that is as it was last time is not dropped again.
///
/// Sources: Procore's developer documentation, "Filtering and Sorting on List Actions" and "Using Pagination"; the pages
/// that `ProcoreList` names.
public final class Fetcher {
    /// What came of a round.
    public struct Outcome: Sendable {
        /// Files that were dropped.
        public var files = 0
        /// Lists that could not be fetched.
        public var failed = 0
        /// Which.
        fileprivate var failures: Set<String> = []
    }

    private let client: ProcoreClient
    private let ledger: Ledger
    private let drop: CarrierDrop
    private let log: CarrierLog
    private let lists: ListReader
    private let afterPublishing: () throws -> Void
    /// Seconds that a window reaches back behind the last one: what was just being saved then may have got its time
    /// before, and come to light after. Assumed: more than a call of Procore's lasts.
    private static let overlap: Int64 = 900
    /// How often a list that changes while it is read is begun anew.
    private static let tries = 4

    /// A fetcher into a root's inbox.
    public convenience init(_ client: ProcoreClient, _ ledger: Ledger, drop: CarrierDrop, log: CarrierLog) {
        self.init(client, ledger, drop: drop, log: log, afterPublishing: {})
    }

    /// - Parameter afterPublishing: called between the last file of a list and its watermark.
    init(
        _ client: ProcoreClient, _ ledger: Ledger, drop: CarrierDrop, log: CarrierLog,
        afterPublishing: @escaping () throws -> Void
    ) {
        self.client = client
        self.ledger = ledger
        self.drop = drop
        self.log = log
        lists = ListReader(client: client, drop: drop)
        self.afterPublishing = afterPublishing
    }

    /// Fetches everything that is configured.
    /// - Parameter isEnding: asked ahead of each list: whether to leave the rest.
    /// - Throws: a `CallFailure` where Procore cannot be reached or refuses the login; what the machine says.
    public func pass(isEnding: () -> Bool = { false }) async throws -> Outcome {
        try drop.clear()
        var outcome = Outcome()
        let settings = client.settings
        for export in settings.exports {
            switch export {
            case .vendors:
                try await fetch([ProcoreExport.vendorList(company: settings.companyID)], isEnding, &outcome)
            case .projects:
                for project in settings.projects where !isEnding() {
                    try await noting("projects", &outcome) { try await show(project: project) }
                }
                continue
            case .costCodes:
                var lists: [ProcoreList] = []
                try await noting("standard_cost_code_lists", &outcome) {
                    lists = try await costCodeLists()
                    return 0
                }
                try await fetch(lists, isEnding, &outcome)
            default: break
            }
            for project in settings.projects {
                try await fetch(
                    export.lists(of: project), isEnding, &outcome)
            }
        }
        if !isEnding() { try noteEnd(outcome) }
        return outcome
    }

    /// Says when everything was fetched, and strikes out what failed before and did not this time.
    private func noteEnd(_ outcome: Outcome) throws {
        let known = try ledger.read { try $0.carrierNotes(.unfetched) }
        try ledger.write { books in
            try books.note(.init(.fetched, at: client.clock.now()))
            for note in known where !outcome.failures.contains(note.object) {
                try books.strike(.unfetched, note.object)
            }
        }
    }

    private func fetch(_ lists: [ProcoreList], _ isEnding: () -> Bool, _ outcome: inout Outcome) async throws {
        for list in lists where !isEnding() {
            try await noting(list.key, &outcome) { try await fetch(list) }
        }
    }

    /// Fetches one list; where it cannot be, that is said, and the others go on.
    private func noting(_ list: String, _ outcome: inout Outcome, _ fetch: () async throws -> Int) async throws {
        let why: String
        do {
            let files = try await fetch()
            outcome.files += files
            if files > 0 { log.event("procore fetched", ["list": list, "files": String(files)]) }
            return
        } catch let failed as ListReader.Failed {
            why = failed.why
        } catch CallFailure.gaveUp(let words) {
            why = words
        } catch let problem as Problem {
            why = "Procore's answer cannot be read: \(problem.what)"
        }
        outcome.failed += 1
        outcome.failures.insert(list)
        try ledger.write { try $0.note(.init(.unfetched, list, what: why, at: client.clock.now())) }
        log.event("procore fetch failed", level: .warning, ["list": list, "what": why])
    }

    // MARK: - One list

    private func fetch(_ list: ProcoreList) async throws -> Int {
        let known = try ledger.read { try $0.fetched(list.key) }
        var attempt = 1
        while true {
            do {
                return try await fetch(list, since: known)
            } catch is Pages.Changed {
                guard attempt < Self.tries else {
                    throw ListReader.Failed(why: "it changed each time while it was read, or is shorter than it says")
                }
            }
            try await client.clock.sleep(.seconds(client.clock.backOff(after: attempt)))
            attempt += 1
        }
    }

    private func fetch(_ list: ProcoreList, since known: Fetched?) async throws -> Int {
        var files = FetchedFiles(drop)
        let began = client.clock.now()
        var query = list.query
        if list.isWindowed, let known, known.watermark > 0 {
            // The end is a day ahead, as Procore wants a range: nothing changes after that.
            let range = [known.watermark - Self.overlap, max(began, known.watermark) + 86_400].map(CarrierClock.text)
            query.append(("filters[updated_at]", range.joined(separator: "...")))
        }
        var ids: [String] = []
        let time = try await lists.read(list.path, query, isPaged: list.isPaged, isCertain: list.isWindowed, &files) {
            hidden, content, page, files in
            ids += content.ids
            guard list.each == nil else { return try drop.discard(hidden) }
            files.keep(hidden, as: list.file + (page > 1 ? ".page\(page)" : ""), content.digest)
        }
        if let each = list.each {
            var seen: Set<String> = []
            for id in ids where seen.insert(id).inserted { try await show(id, each, &files) }
        }
        let digest = files.isEmpty ? known?.digest : files.digest
        let isNews = !files.isEmpty && digest != known?.digest
        if isNews {
            try files.publish(CarrierClock.stamp(began))
            try afterPublishing()
        } else {
            try files.discard()
        }
        // Either clock may be wrong; whoever is behind only leads to more that is known.
        let watermark = time.map { min($0, began) } ?? known?.watermark ?? 0
        let fetched = Fetched(watermark: watermark, digest: digest)
        try ledger.write { try $0.setFetched(list.key, fetched) }
        return isNews ? files.count : 0
    }

    private func show(_ id: String, _ each: ProcoreList.Each, _ files: inout FetchedFiles) async throws {
        let file = "\(each.file)-\(id)\(each.ending)"
        guard let parameter = each.parameter else {
            let hidden = files.begin()
            let reply = try await lists.load(CallTarget.with("\(each.path)/\(id)", each.query), hidden)
            // It was deleted since the list was read.
            if reply.status == 404 { return try drop.discard(hidden) }
            try lists.require(reply)
            let content = try files.read(hidden)
            return files.keep(hidden, as: file, content.digest)
        }
        _ = try await lists.read(each.path, each.query + [(parameter, id)], isPaged: true, &files) {
            hidden, content, page, files in
            files.keep(hidden, as: file + (page > 1 ? ".page\(page)" : ""), content.digest)
        }
    }

    // MARK: - The company's own

    /// A configured project. The list of projects would bring those that nobody asked for.
    private func show(project: String) async throws -> Int {
        let company = client.settings.companyID
        let list = ProcoreList(
            key: "projects/\(project)", file: "project-\(project)/project", reference: "Show project",
            path: "/rest/v1.0/projects/\(project)", query: [("company_id", company)], isPaged: false)
        return try await fetch(list)
    }

    /// The lists of standard cost codes that an accounting system is tied to; where none is, all of them.
    private func costCodeLists() async throws -> [ProcoreList] {
        let company = client.settings.companyID
        var files = FetchedFiles(drop)
        var (ids, erp): ([String], [String]) = ([], [])
        _ = try await lists.read(
            "/rest/v1.0/standard_cost_code_lists", [("company_id", company)], isPaged: true, &files
        ) { hidden, content, _, _ in
            ids += content.ids
            erp += content.erpIDs
            try drop.discard(hidden)
        }
        return (erp.isEmpty ? ids : erp).map { ProcoreExport.standardCostCodes(company: company, list: $0) }
    }
}
