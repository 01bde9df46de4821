import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Learns which of Procore's ids the cost codes and WBS codes of a project have, from the documents that show them, so that
/// an imported cost need not wait for the export of the codes.
///
/// - What the export of the codes says counts, whatever other documents show; what contradicts is told.
/// - What contradicts itself is not used until that export decides: the same id with two codes, two ids of one code.
/// - A file's codes are remembered once, however many lines show them; the ledger is asked about none of them twice.
struct CodeLearning {
    private let context: ProcessingContext
    private let exportContext: ExportContext
    /// What this file has shown already, and where it belongs.
    private var known: Set<Sighting> = []
    /// Where the documents of this file belong.
    private var places: [RecordKey: LedgerSeenCode.Place] = [:]
    /// Whether codes wait to be told their project; nil: not read yet.
    private var hasUnplaced: Bool?
    /// Whether anything waits for a code; nil: not read yet.
    private var isAwaited: Bool?

    private struct Sighting: Hashable {
        let code: SeenCode
        let place: LedgerSeenCode.Place
    }

    /// How much of a file is kept, so that memory stays bounded; beyond that the ledger is asked again.
    private static let most = 4_096

    init(_ context: ProcessingContext, _ exportContext: ExportContext) {
        self.context = context
        self.exportContext = exportContext
    }

    // MARK: - What a file shows

    /// Takes the codes that a document or a line of one shows.
    /// - Parameter header: the document's; nil: a line of a file of lines.
    mutating func see(_ codes: [SeenCode], in key: RecordKey, header: Content? = nil) throws {
        guard !codes.isEmpty else { return }
        let place = try place(of: key, header)
        for code in codes {
            // What the code says of its project is nearer to it than where its document belongs.
            let place = code.project.map { .project($0) } ?? place
            if known.count >= Self.most { known = [] }
            guard known.insert(Sighting(code: code, place: place)).inserted else { continue }
            try learn(
                LedgerSeenCode(
                    key: RecordKey(code.entity, code.id), place: place, code: QuickBooksText.comparisonKey(code.code),
                    type: code.type.map(QuickBooksText.comparisonKey) ?? "", shown: code.shown, typeID: code.typeID,
                    source: key.shown))
        }
    }

    /// Whether headers of documents matter: codes are known of which nothing says yet where they belong.
    mutating func needsHeaders() throws -> Bool {
        if let hasUnplaced { return hasUnplaced }
        let isAny = try context.books.knowsUnplacedCodes()
        hasUnplaced = isAny
        return isAny
    }

    /// Takes the header of a document: codes that its lines showed before may learn now which project they belong to.
    mutating func take(header: Content, of key: RecordKey) throws {
        guard [.commitments, .commitmentChangeOrders, .requisitions].contains(key.entity) else { return }
        guard try needsHeaders() else { return }
        let place = try place(of: key, header)
        // Lines of a change order may have been named after either of its ids.
        let holders = [key] + (header["own_id"].map { [RecordKey(key.entity, $0)] } ?? [])
        for holder in holders where place != .document(holder) {
            for var seen in try context.books.seenCodes(of: holder) {
                seen.place = place
                try learn(seen)
            }
        }
    }

    /// Says what the export of the codes themselves, now that it has been read, says otherwise than it was seen before.
    func finish(_ entity: Entity) throws {
        guard entity == .costCodes || entity == .wbsCodes, let file = context.intake else { return }
        for found in try context.books.contradictionsOfSeen(entity, file: file) {
            let code = Self.code(of: found.record)
            let isSameID = found.record.procoreID == found.seen.key.procoreID
            context.receipt.add(
                Note(
                    record: found.record.shown, field: entity == .costCodes ? "full_code" : "flat_code",
                    what: (isSameID
                        ? "By this export it is \(code), and the \(found.seen.source) showed it as \(found.seen.shown)"
                        : "By this export \(code) has this id, and the \(found.seen.source) showed it with the id "
                            + found.seen.key.procoreID)
                        + ". This export counts. Costs that went to Procore before stay where they are: look them over "
                        + "there."))
        }
    }

    // MARK: - Where a document belongs

    private mutating func place(of key: RecordKey, _ header: Content?) throws -> LedgerSeenCode.Place {
        if key.entity == .budgets { return .project(key.procoreID) }
        if header == nil, let place = places[key] { return place }
        let place = try follow(key, header) ?? .document(key)
        if places.count >= Self.most { places = [:] }
        places[key] = place
        return place
    }

    /// The project that a document names or, where it names its commitment, the project of that.
    private func follow(_ key: RecordKey, _ header: Content?) throws -> LedgerSeenCode.Place? {
        let header = try header ?? self.header(of: key)
        if let project = header?.first("project.id", "project_id") ?? exportContext.projectID {
            return .project(project)
        }
        guard let contract = header?.first("contract_id", "commitment_id") else { return nil }
        let owner = RecordKey(.commitments, contract)
        return try self.header(of: owner)?["project.id"].map { .project($0) } ?? .document(owner)
    }

    private func header(of key: RecordKey) throws -> Content? {
        let record =
            try context.books.record(key)
            ?? (key.entity == .commitmentChangeOrders
                ? context.books.records(key.entity, businessKey: key.procoreID).first : nil)
        return try record.flatMap { try context.books.fragments(of: $0.id)[DocumentFragment.header] }
    }

    // MARK: - What is remembered

    private mutating func learn(_ news: LedgerSeenCode) throws {
        if let project = news.project, try contradictsExport(news, project) { return }
        let before = try context.books.seenCode(news.key)
        if var before, !before.agrees(with: news) {
            guard before.doubt == nil else { return }
            if before.project == nil { before.place = news.place }
            return try doubt(&before, news, isSameID: true)
        }
        guard let project = news.project else {
            // Where it belongs is told by its document later; a project that is known already says more.
            guard before?.project == nil else { return }
            hasUnplaced = true
            return try context.books.setSeen(news)
        }
        if var before, before.project != nil {
            // Lines that say nothing of cost types take nothing back; types that differ are several.
            let typeID = Self.merged(before.typeID, news.typeID)
            guard typeID != before.typeID else { return }
            before.typeID = typeID
            return try context.books.setSeen(before)
        }
        var seen = news
        seen.typeID = Self.merged(before?.typeID, news.typeID)
        try context.books.setSeen(seen)
        for var other in try context.books.seenCodes(seen.key.entity, project: project, code: seen.code)
        where other.key != seen.key && other.type == seen.type {
            try doubt(&other, seen, isSameID: false)
            seen.doubt = other.doubt
            try context.books.setSeen(seen)
        }
        try release(news.key, project, news.code)
    }

    private static func merged(_ old: String?, _ new: String?) -> String? {
        guard let old, let new else { return old ?? new }
        return old == new ? old : ""
    }

    /// Remembers that nobody can tell which of two is right, and says so.
    private func doubt(_ known: inout LedgerSeenCode, _ news: LedgerSeenCode, isSameID: Bool) throws {
        let kind = known.key.entity.singular
        let place = known.project.map { " of project \($0)" } ?? ""
        let what =
            isSameID
            ? "\(kind) \(known.key.procoreID) is \(known.shown)\(place) by the \(known.source), and \(news.shown)"
                + "\(news.project.map { " of project \($0)" } ?? "") by the \(news.source)"
            : "\(kind) \(known.shown)\(place) has the id \(known.key.procoreID) by the \(known.source), and the id "
                + "\(news.key.procoreID) by the \(news.source)"
        known.doubt = what
        try context.books.setSeen(known)
        let export = known.key.entity == .costCodes ? "cost codes" : "WBS codes"
        context.receipt.add(
            Note(
                record: news.source, field: known.key.entity == .costCodes ? "cost_code" : "wbs_code",
                what:
                    "The \(what). Neither is used for imported costs until the export of the project's \(export) decides: "
                    + "drop it from Procore."))
    }

    /// Whether the export of the codes themselves says otherwise, which is told, or just the same.
    private func contradictsExport(_ news: LedgerSeenCode, _ project: String) throws -> Bool {
        let businessKey = RecordKey.codeInProject(project, news.code)
        if let record = try context.books.record(news.key) {
            guard let known = record.identity.businessKey, known != businessKey else { return true }
            report(news, "the export of the codes says that it is \(Self.code(of: record))")
            return true
        }
        guard news.key.entity == .costCodes,
            let record = try context.books.records(.costCodes, businessKey: businessKey).first
        else { return false }
        report(news, "the export of the codes says that this code has the id \(record.procoreID ?? "")")
        return true
    }

    private func report(_ news: LedgerSeenCode, _ export: String) {
        context.receipt.add(
            Note(
                record: news.source, field: news.key.entity == .costCodes ? "cost_code" : "wbs_code",
                what:
                    "It shows \(news.key.shown) as \(news.shown), and \(export): that export counts. If it was changed in "
                    + "Procore, export the project's \(news.key.entity == .costCodes ? "cost codes" : "WBS codes") again, and "
                    + "drop the new file."))
    }

    /// `03-300`, from the record of a code.
    private static func code(of record: LedgerRecord) -> String {
        guard let key = record.identity.businessKey, let slash = key.firstIndex(of: "/") else { return "another code" }
        return "\(key[key.index(after: slash)...]) of project \(key[..<slash])"
    }

    /// Sets free what waits for the code, by any of the names under which something may wait for it.
    private mutating func release(_ key: RecordKey, _ project: String, _ code: String) throws {
        // Nothing begins to wait while a file is read.
        let isAwaited = try isAwaited ?? context.books.isAwaitingCodes()
        self.isAwaited = isAwaited
        guard isAwaited else { return }
        var names = [key, RecordKey(.costCodes, code: RecordKey.codeInProject(project, code))]
        if let job = try context.books.record(RecordKey(.projects, project))?.quickBooksID {
            for item in try context.books.records(.standardCostCodes, businessKey: code) {
                guard let listID = item.quickBooksID else { continue }
                names.append(RecordKey(.costCodes, quickBooksID: "\(job)|\(listID)"))
            }
        }
        try context.release(waitingFor: names)
    }
}

extension LedgerSeenCode {
    /// Whether two sightings of one id say the same, as far as both say anything.
    fileprivate func agrees(with other: LedgerSeenCode) -> Bool {
        code == other.code && type == other.type && (project == nil || other.project == nil || project == other.project)
    }
}
