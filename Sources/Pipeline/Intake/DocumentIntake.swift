import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads documents and their lines into the ledger, fragment by fragment, as Procore's exports bring them.
///
/// Nothing is sent from here: `Dispatch` decides once the whole file has been read. Lines are gathered by what they
/// belong to until the end of the file, since a document is taken whole or stopped.
final class DocumentIntake {
    /// The lines of one document that the file holds.
    private struct Lines {
        var fragments: [String: [Content.Line]] = [:]
        var raw: [[UInt8]] = []
    }

    private let context: ProcessingContext
    /// How its records are read without the ledger.
    let conversion: DocumentConversion
    private let rejects: any RejectedRecords
    private let payments: PaymentAnswers?
    private var codes: CodeLearning
    private var order: [RecordKey] = []
    private var gathered: [RecordKey: Lines] = [:]
    /// Problems of lines, which stop every document whose lines the file holds.
    private var lineProblems: [Problem] = []
    private var unplaced: [[UInt8]] = []

    init(_ context: ProcessingContext, _ form: ExportForm.Documents, hint: String, _ rejects: any RejectedRecords)
        throws
    {
        payments =
            form.entity == .contractPayments
            ? try PaymentAnswers(context, fileName: hint.split(separator: "/").last.map(String.init) ?? hint) : nil
        self.context = context
        let exportContext = ExportContext(path: hint)
        conversion = DocumentConversion(form: form, exportContext: exportContext, settings: context.settings)
        codes = CodeLearning(context, exportContext)
        self.rejects = rejects
    }

    private var entity: Entity { conversion.form.entity }

    /// Takes an object or row of the file.
    /// - Throws: a `Problem` where nothing says what the file belongs to.
    func take(_ record: DocumentRecord) throws {
        switch record.reading {
        case .failure(let problem): try refuse(problem, record)
        case .success(nil): break
        case .success(.document(let document)):
            if try !remember(document.key, document.fragments, of: record) { try rejects.add(record.raw) }
            let header = document.fragments[DocumentFragment.header]
            if let header { try codes.take(header: header, of: document.key) }
            try codes.see(record.codes, in: document.key, header: header)
        case .success(.line(let key, let fragment, let line)):
            gather(line, fragment, of: key, record.raw)
            try codes.see(record.codes, in: key)
        }
    }

    private func refuse(_ problem: Problem, _ record: DocumentRecord) throws {
        // Where nothing says what the records belong to, the file as a whole cannot be taken.
        if problem.record == nil, Self.contextFields.contains(problem.field ?? "") { throw problem }
        if holdsLines {
            lineProblems.append(problem.record == nil ? problem.of("line \(record.place ?? "")") : problem)
            unplaced.append(record.raw)
        } else {
            let placed = record.place.map { problem.of("\(entity.singular) \($0)") } ?? problem
            context.receipt.count(entity, .rejected)
            context.receipt.refuse(placed)
            try context.turningAway.refuse(.init(record, entity), [placed])
            try rejects.add(record.raw)
        }
    }

    private func gather(_ line: Content.Line, _ fragment: String, of key: RecordKey, _ raw: [UInt8]) {
        if gathered[key] == nil {
            gathered[key] = Lines()
            order.append(key)
        }
        let known = gathered[key]?.fragments[fragment]?.first { $0.key == line.key }
        if let known, known != line {
            lineProblems.append(
                Problem(
                    record: "\(key.shown), line \(line.key)",
                    what: "The line stands in \(context.source) twice, with different content.",
                    remedy: "Export it again from Procore, and drop the new file."))
        }
        if known == nil { gathered[key]?.fragments[fragment, default: []].append(line) }
        gathered[key]?.raw.append(raw)
    }

    /// What `ExportContext` complains about.
    private static let contextFields: Set<String> = [
        "project", "commitment", "commitment_change_order", "requisition",
    ]

    /// Whether the file is one of lines, so that what cannot be read is a line of some document.
    private var holdsLines: Bool { !order.isEmpty || entity == .budgets || conversion.form.csv != nil }

    /// Takes the lines that were gathered, now that the file has been read to its end.
    func finish() throws {
        guard lineProblems.isEmpty else {
            for problem in lineProblems { context.receipt.refuse(problem) }
            for key in order {
                context.receipt.count(entity, .rejected)
                try absent(key, lineProblems[0].what, isRefusal: true)
                if let record = try context.books.record(key) { try stop(record, lineProblems) }
                let lines = gathered[key]?.fragments.mapValues { Content(lines: $0) } ?? [:]
                try context.turningAway.refuse(.init(key, lines), lineProblems)
                for raw in gathered[key]?.raw ?? [] { try rejects.add(raw) }
            }
            if order.isEmpty {
                context.receipt.count(entity, .rejected)
                try context.turningAway.refuse(.init(lines: unplaced, of: entity), lineProblems)
            }
            for raw in unplaced { try rejects.add(raw) }
            return
        }
        for key in order {
            guard let lines = gathered[key] else { continue }
            if try !remember(key, lines.fragments.mapValues { Content(lines: $0) }) {
                for raw in lines.raw { try rejects.add(raw) }
            }
        }
        try codes.finish(entity)
    }

    // MARK: - One document

    /// - Parameter whole: a whole document, whose fragments replace what was known; nil: lines in files of their own, which
    ///   come page by page.
    /// - Returns: whether it was taken.
    private func remember(_ key: RecordKey, _ news: [String: Content], of whole: DocumentRecord? = nil) throws -> Bool {
        let (converter, isWhole) = (try documentConverter(of: key.entity), whole != nil)
        let header = news[DocumentFragment.header]
        if let payments, let header, try payments.take(key, header) {
            try context.turningAway.forget(key.entity, id: key.procoreID, code: nil)
            return true
        }
        let updatedAt = header?["updated_at"].flatMap(Timestamp.init)
        let record = try known(key, header)
        let key = record?.key ?? key
        if let old = record?.updatedAt, let updatedAt, updatedAt < old {
            return skip(
                key, "A newer export of it was applied already (updated_at), so this older one changes nothing.")
        }
        let known = try record.map { try context.books.fragments(of: $0.id) } ?? [:]
        var fragments = known
        for (name, part) in news { fragments[name] = isWhole ? part : merged(known[name], with: part, key.entity) }
        if let problem = scheduleProblem(key, fragments, news) {
            context.receipt.count(key.entity, .rejected)
            context.receipt.refuse(problem)
            try context.turningAway.refuse(.init(key, news), [problem])
            return false
        }
        if let reason = try foreign(key, header, record) { return try leaveOut(key, news, reason) }
        let own = record == nil ? whole?.own : nil
        let conversion =
            try own
            ?? converter.convert(
                DocumentSource(key, fragments: fragments), settings: context.settings,
                references: LedgerReferences(context.books))
        switch conversion {
        case .skipped(let skipped):
            try absent(key, skipped.reason, isRefusal: false)
            guard let record else { return try leaveOut(key, news, skipped.reason) }
            if record.quickBooksID != nil || record.state == .queued {
                return try leaveOut(
                    key, news,
                    "\(skipped.reason) It went to QuickBooks before, and stays there as it is; if it should go, take it out "
                        + "there by hand.")
            }
            // What waits is not sent any more: the newer fragments say so whenever it is decided about.
            for (name, part) in fragments { try context.books.setPart(name, of: record.id, part) }
            try wait(record, "held", skipped.reason) { $0.holdBack(for: skipped.reason) }
            return try leaveOut(key, news, skipped.reason)
        case .refused(let problems):
            context.receipt.count(key.entity, .rejected)
            for problem in problems { context.receipt.refuse(problem) }
            try absent(key, problems.first?.what ?? "", isRefusal: true)
            // What waits would be out of date, or only part of it: it does not go before it is mended.
            if let record { try stop(record, problems) }
            try context.turningAway.refuse(.init(key, news), problems)
            return false
        case .waits:
            if let record, fragments == known, record.isHeld {
                try isTaken(key, fragments, isWhole: isWhole)
                try context.countHeld(record)
                return true
            }
        case .mapped(let mapped):
            if let record, record.wanted == mapped.content, !record.isFailed {
                if fragments != known {
                    for (name, part) in fragments { try context.books.setPart(name, of: record.id, part) }
                    // Others may have waited for just this, such as the ids of budget lines.
                    try context.release(waitingFor: record.keys)
                }
                if let updatedAt, var changed = Optional(record), changed.updatedAt != updatedAt {
                    changed.updatedAt = updatedAt
                    try context.books.update(changed)
                }
                try isTaken(key, fragments, isWhole: isWhole)
                if record.isHeld {
                    try context.countHeld(record)
                } else {
                    context.receipt.count(key.entity, .unchanged)
                }
                return true
            }
        }
        var numberKey: String?
        if case .mapped(let mapped) = conversion, let converter = converter as? any ToTransaction.Type {
            numberKey = converter.numberKey(of: mapped.content)
        }
        if var record, record.state.isUndecided, record.file == context.intake, isWhole, fragments != known {
            return try contradict(&record)
        }
        // What the document says all by itself need not be converted once more by `Dispatch`.
        var ready: Content?
        if case .mapped(let mapped) = own, mapped.notes.isEmpty, mapped.steps.isEmpty { ready = mapped.content }
        try isTaken(key, fragments, isWhole: isWhole)
        let id = try store(
            record, key, fragments, whole?.encoded ?? [:], header, updatedAt, converter, numberKey, ready)
        if ready != nil { context.fresh.insert(id) } else { context.fresh.remove(id) }
        return true
    }

    /// The record of a key. A change order has an id of its own beside that of its package, and its lines may be named
    /// after either.
    private func known(_ key: RecordKey, _ header: Content?) throws -> LedgerRecord? {
        if let record = try context.books.record(key) { return record }
        guard key.entity == .commitmentChangeOrders else { return nil }
        if header == nil { return try context.books.records(key.entity, businessKey: key.procoreID).first }
        guard let own = header?["own_id"], var lines = try context.books.record(RecordKey(key.entity, own)),
            try context.books.fragments(of: lines.id)[DocumentFragment.header] == nil
        else { return nil }
        lines.identity.procoreID = key.procoreID
        lines.identity.shown = key.shown
        try context.books.update(lines)
        return lines
    }

    private func store(
        _ known: LedgerRecord?, _ key: RecordKey, _ fragments: [String: Content], _ encoded: [String: [UInt8]],
        _ header: Content?, _ updatedAt: Timestamp?, _ converter: any FromDocument.Type, _ numberKey: String?,
        _ wanted: Content?
    ) throws -> Int64 {
        try context.absences.end([key])
        var record =
            known
            ?? LedgerRecord(entity: key.entity, procoreID: key.procoreID, shown: key.shown, file: context.intake ?? 0)
        record.tie.owner = converter.owner(of: DocumentSource(key, fragments: fragments))
        record.identity.scope = fragments[DocumentFragment.header]?["contract_type"] ?? record.identity.scope
        record.identity.businessKey =
            fragments[DocumentFragment.header].flatMap { $0["own_id"] ?? key.codeInProject($0) }
            ?? record.identity.businessKey
        record.updatedAt = updatedAt ?? record.updatedAt
        record.attempts.retries = 0
        // Known before anything is decided, so that two of one number in a file both stop.
        record.contents.nameKey = numberKey ?? record.contents.nameKey
        record.file = context.intake ?? record.file
        if known == nil {
            if let origin = header?["origin_id"], isQuickBooksID(origin) { record.tie.claimedID = origin }
            record.contents.wanted = wanted
            try context.books.insert(&record)
        } else {
            record.change()
            try context.books.update(record)
        }
        for (name, part) in fragments {
            // What a whole document says of a part is all that is known of it.
            try context.books.setPart(name, of: record.id, encoded: encoded[name] ?? part.encoded)
        }
        try context.addEvent("read", record, context.source)
        return record.id
    }

    private func merged(_ known: Content?, with news: Content, _ entity: Entity) -> Content {
        let lines = known?.lines ?? []
        if entity == .budgets { return Content(lines: BudgetLine.merged(lines, with: news.lines)) }
        var merged = lines
        for line in news.lines {
            if let index = merged.firstIndex(where: { $0.key == line.key }) {
                merged[index] = line
            } else {
                merged.append(line)
            }
        }
        return Content(lines: merged)
    }

    /// A schedule of values has no ids: it serves while nothing else has brought the lines. Beside them it must say the
    /// same, since otherwise nobody can tell which of its lines are new.
    private func scheduleProblem(_ key: RecordKey, _ fragments: [String: Content], _ news: [String: Content])
        -> Problem?
    {
        guard let schedule = fragments[DocumentFragment.scheduleOfValues], let lines = fragments[DocumentFragment.lines]
        else {
            return nil
        }
        func amounts(_ content: Content) -> [Amount] {
            content.lines.map { $0["amount"].flatMap { Amount($0) } ?? .zero }
        }
        guard amounts(schedule) != amounts(lines) else { return nil }
        return Problem(
            record: key.shown, field: "line_items",
            what: "The lines of its schedule of values (CSV) and those of its other export are not the same.",
            remedy: "Drop the JSON export of the commitment with its lines; the schedule of values is not needed then.")
    }

    /// A record of another accounting system, or one that Procore's own connector brought to QuickBooks.
    /// - Returns: why it is left out; nil: it is not.
    private func foreign(_ key: RecordKey, _ header: Content?, _ record: LedgerRecord?) throws -> String? {
        guard key.entity != .contractPayments, let origin = header?["origin_id"],
            record?.quickBooksID == nil
        else { return nil }
        if !isQuickBooksID(origin.split(separator: "|").first.map(String.init) ?? origin) {
            return
                "Its origin_id \"\(origin)\" belongs to another accounting system, so Plumbline leaves the record alone."
        }
        guard let converter = try documentConverter(of: key.entity) as? any ToTransaction.Type, converter.isAddition
        else {
            return nil
        }
        return "It is in QuickBooks already, as its origin_id \(origin) says."
    }

    /// Stops a record that was not sent yet.
    private func stop(_ record: LedgerRecord, _ problems: [Problem]) throws {
        guard record.quickBooksID == nil, record.state != .queued else { return }
        let reason = problems.first?.what ?? ""
        try wait(record, "failed", reason) { record in
            record.fail(reason, remedy: problems.first?.remedy)
            record.attempts.due = nil
        }
    }

    private func wait(
        _ record: LedgerRecord, _ event: String, _ reason: String, _ change: (inout LedgerRecord) -> Void
    ) throws {
        var record = record
        change(&record)
        record.file = context.intake ?? record.file
        try context.books.setWaits(record.id, [])
        try context.books.update(record)
        try context.addEvent(event, record, reason)
    }

    /// One page of lines does not make up for another one that was refused.
    private func isTaken(_ key: RecordKey, _ fragments: [String: Content], isWhole: Bool) throws {
        if isWhole {
            try context.turningAway.forget(key.entity, id: key.procoreID, code: nil)
        } else {
            try context.turningAway.forget(key, ifAmong: fragments)
        }
    }

    private func leaveOut(_ key: RecordKey, _ fragments: [String: Content], _ reason: String) throws -> Bool {
        try context.turningAway.skip(.init(key, fragments), reason)
        return skip(key, reason)
    }

    private func skip(_ key: RecordKey, _ reason: String) -> Bool {
        context.receipt.count(key.entity, .skipped)
        context.receipt.add(Note(record: key.shown, what: reason))
        return true
    }

    private func absent(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
        guard try context.books.record(key) == nil else { return }
        try context.absences.set(key, reason, isRefusal: isRefusal)
    }

    /// One document twice in a file with different content: nobody can tell which one is meant.
    private func contradict(_ record: inout LedgerRecord) throws -> Bool {
        record.fail(
            "It stands in \(context.source) twice, with different content.",
            remedy: "Export it again from Procore, and drop the new file.")
        try context.books.update(record)
        context.receipt.count(record.entity, .rejected)
        context.receipt.refuse(
            Problem(record: record.shown, what: record.reason ?? "", remedy: record.remedy ?? ""))
        return false
    }
}

/// The sync ledger as converters may see it.
struct LedgerReferences: References {
    private let books: Books

    init(_ books: Books) {
        self.books = books
    }

    func wanted(_ key: RecordKey) throws -> Content? { try books.record(key)?.wanted }

    func source(_ key: RecordKey) throws -> DocumentSource? {
        try books.record(key).map { DocumentSource(key, fragments: try books.fragments(of: $0.id)) }
    }

    func additions(to key: RecordKey) throws -> [(key: RecordKey, content: Content?)] {
        try books.additions(to: key).compactMap { record in record.key.map { ($0, record.wanted) } }
    }

    func absence(of key: RecordKey) throws -> String { try books.absenceReason(of: key) }
}

extension Books {
    /// Why there is nothing to be had from another record: `Waits for vendor 401104, which …`.
    func absenceReason(of key: RecordKey) throws -> String {
        if let record = try named(key) {
            if key.quickBooksID != nil {
                return
                    "Waits for the Procore \(key.entity.singular) of \(record.shown), whose id Procore has not told yet"
                    + (record.isFailed ? ": \(record.reason ?? "it failed")" : ".")
            }
            if record.isFailed {
                return "Waits for \(record.shown), which failed: \(record.reason ?? "see its own receipt")"
            }
            return "Waits for \(record.shown), which is not in QuickBooks yet."
        }
        if let absence = try absence(key) {
            return "Waits for \(key.shown), which was \(absence.isRefusal ? "refused" : "left out"): \(absence.reason)"
        }
        return "Waits for \(key.shown), which has not been dropped yet."
    }
}
