import Converters
import Domain
import Procore
import SyncLedger

/// What a file says of one document, beside what was known of it.
struct IncomingDocument {
    /// The document, as the ledger knows it.
    let key: RecordKey
    /// The fragments that the file has of it.
    let news: [String: Content]
    /// The document whole, where the file has all of it: its fragments replace what was known. Nil: lines in files of
    /// their own, which come page by page.
    let whole: DocumentRecord?
    /// Its record; nil where the ledger has none.
    var record: LedgerRecord?
    /// The fragments that were known.
    let known: [String: Content]
    /// The fragments that are known by now.
    let fragments: [String: Content]

    /// Its header in this file.
    var header: Content? { news[DocumentFragment.header] }
    /// Its `updated_at` in this file.
    var updatedAt: Timestamp? { header?["updated_at"].flatMap(Timestamp.init) }
    /// Whether a newer export of it was applied.
    var isOutdated: Bool {
        guard let old = record?.updatedAt, let updatedAt else { return false }
        return updatedAt < old
    }
    /// What the document says all by itself, without the ledger; nil where it is known, or asks for other records.
    var own: Conversion? { record == nil ? whole?.own : nil }
}

/// Takes one document into the ledger: its fragments are kept, and what they come to is asked of its converter, so that
/// problems stand in the file's receipt.
extension DocumentIntake {
    /// - Parameter whole: the document whole; nil: lines in files of their own.
    /// - Returns: whether it was taken.
    func remember(_ key: RecordKey, _ news: [String: Content], of whole: DocumentRecord? = nil) throws -> Bool {
        if let payments, let header = news[DocumentFragment.header], try payments.take(key, header) {
            try context.turningAway.forget(key.entity, id: key.procoreID, code: nil)
            return true
        }
        if let ready = whole?.ready, try insertPath.send(ready) {
            try context.absences.end([key])
            try context.turningAway.forget(key.entity, id: key.procoreID, code: nil)
            return true
        }
        var document = try incoming(key, news, whole)
        if document.isOutdated {
            return skip(
                document.key,
                "A newer export of it was applied already (updated_at), so this older one changes nothing.")
        }
        if let record = document.record, record.isUndone { return try keepUndone(document, record) }
        if let problem = scheduleProblem(document) {
            try refuse(document, [problem])
            return false
        }
        if let reason = try foreign(document) { return try leaveOut(document.key, news, reason) }
        let converter = try documentConverter(of: document.key.entity)
        let conversion =
            try document.own
            ?? converter.convert(
                DocumentSource(document.key, fragments: document.fragments), settings: context.settings,
                references: LedgerReferences(context.books))
        if case .mapped(let mapped) = conversion, try isUnchanged(document, mapped.content) { return true }
        // It stands twice in the file, and differs: the first one went too early.
        if var record = document.record {
            try insertPath.takeBack(&record)
            document.record = record
        }
        switch conversion {
        case .skipped(let skipped): return try leaveOut(document, skipped.reason)
        case .refused(let problems): return try refused(document, problems)
        case .waits: if try stillWaits(document) { return true }
        case .mapped: break
        }
        if var record = document.record, record.state.isUndecided, record.file == context.intake, whole != nil,
            document.fragments != document.known
        {
            return try contradict(&record)
        }
        try isTaken(document)
        try store(document, conversion, converter)
        return true
    }

    private func incoming(
        _ key: RecordKey, _ news: [String: Content], _ whole: DocumentRecord?
    ) throws -> IncomingDocument {
        let record = try known(key, news[DocumentFragment.header])
        let key = record?.key ?? key
        let known = try record.map { try context.books.fragments(of: $0.id) } ?? [:]
        var fragments = known
        for (name, fragment) in news {
            fragments[name] = whole != nil ? fragment : merged(known[name], with: fragment, key.entity)
        }
        return IncomingDocument(
            key: key, news: news, whole: whole, record: record, known: known, fragments: fragments)
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

    // MARK: - What its conversion leads to

    /// Its transaction was taken back at a person's word, and only another one has it entered anew; what the file says of it
    /// is kept until then.
    private func keepUndone(_ document: IncomingDocument, _ record: LedgerRecord) throws -> Bool {
        for (name, fragment) in document.fragments where document.known[name] != fragment {
            try context.books.setFragment(name, of: record.id, fragment)
        }
        if let updatedAt = document.updatedAt, record.updatedAt != updatedAt {
            var changed = record
            changed.updatedAt = updatedAt
            try context.books.update(changed)
        }
        try isTaken(document)
        return skip(
            document.key,
            "\(record.reason ?? "It was taken back.") It is not entered again by itself. \(record.remedy ?? "")")
    }

    /// A rule leaves it out.
    private func leaveOut(_ document: IncomingDocument, _ reason: String) throws -> Bool {
        try absent(document.key, reason, isRefusal: false)
        guard var record = document.record else { return try leaveOut(document.key, document.news, reason) }
        if record.quickBooksID == nil, try context.replaceReview(of: record.id) { record.release() }
        if record.quickBooksID != nil || record.state == .queued {
            return try leaveOut(
                document.key, document.news,
                "\(reason) It went to QuickBooks before, and stays there as it is; if it should go, take it out "
                    + "there by hand.")
        }
        // What waits is not sent any more: the newer fragments say so whenever it is decided about.
        for (name, fragment) in document.fragments { try context.books.setFragment(name, of: record.id, fragment) }
        record.contents.stated = DocumentMoney.stated(record.entity, document.fragments)
        try wait(record, "held", reason) { $0.holdBack(for: reason) }
        return try leaveOut(document.key, document.news, reason)
    }

    /// Something is wrong with it. What waits would be out of date, or only a fragment of it: it does not go before it is
    /// mended.
    private func refused(_ document: IncomingDocument, _ problems: [Problem]) throws -> Bool {
        try absent(document.key, problems.first?.what ?? "", isRefusal: true)
        if var record = document.record {
            record.contents.stated = DocumentMoney.stated(record.entity, document.fragments) ?? record.contents.stated
            try stop(record, problems)
        }
        try refuse(document, problems)
        return false
    }

    private func refuse(_ document: IncomingDocument, _ problems: [Problem]) throws {
        context.receipt.count(document.key.entity, .rejected)
        for problem in problems { context.receipt.refuse(problem) }
        try context.turningAway.refuse(.init(document.key, document.news), problems)
    }

    /// - Returns: whether it waited before, and the file says nothing new of it.
    private func stillWaits(_ document: IncomingDocument) throws -> Bool {
        guard let record = document.record, document.fragments == document.known, record.isHeld else { return false }
        try isTaken(document)
        try context.countHeld(record)
        return true
    }

    /// - Returns: whether it comes to what was wanted before; what else the file says of it is kept.
    private func isUnchanged(_ document: IncomingDocument, _ wanted: Content) throws -> Bool {
        guard let record = document.record, record.wanted == wanted, !record.isFailed else { return false }
        if document.fragments != document.known {
            for (name, fragment) in document.fragments {
                try context.books.setFragment(name, of: record.id, fragment)
            }
            // Others may have waited for just this, such as the ids of budget lines.
            try context.release(waitingFor: record.keys)
        }
        if let updatedAt = document.updatedAt, record.updatedAt != updatedAt {
            var changed = record
            changed.updatedAt = updatedAt
            try context.books.update(changed)
        }
        try isTaken(document)
        if record.isHeld {
            try context.countHeld(record)
        } else {
            context.receipt.count(document.key.entity, .unchanged)
        }
        return true
    }

    /// Keeps its fragments and its record, for `Dispatch` to decide about.
    private func store(
        _ document: IncomingDocument, _ conversion: Conversion, _ converter: any FromDocument.Type
    ) throws {
        try context.absences.end([document.key])
        // What the document says all by itself need not be converted once more by `Dispatch`.
        var ready: Content?
        if case .mapped(let mapped) = document.own, mapped.notes.isEmpty, mapped.steps.isEmpty {
            ready = mapped.content
        }
        var record = try updated(document, conversion, converter)
        try insertPath.takeBackRivals(of: record)
        let isNew = document.record == nil
        if isNew {
            if let origin = document.header?["origin_id"], isQuickBooksID(origin) { record.tie.claimedID = origin }
            record.contents.wanted = ready
            try context.books.insert(&record)
        } else {
            record.change()
            try context.books.update(record)
        }
        let encoded = document.whole?.encoded ?? [:]
        for (name, fragment) in document.fragments {
            // What a whole document says of a fragment is all that is known of it.
            let bytes = encoded[name] ?? fragment.encoded
            if isNew {
                try context.books.addFragment(name, of: record.id, encoded: bytes)
            } else {
                try context.books.setFragment(name, of: record.id, encoded: bytes)
            }
        }
        try context.addEvent("read", record, context.source)
        if ready != nil { context.fresh.insert(record.id) } else { context.fresh.remove(record.id) }
    }

    /// The record with what the file says of it.
    private func updated(
        _ document: IncomingDocument, _ conversion: Conversion, _ converter: any FromDocument.Type
    ) throws -> LedgerRecord {
        let (key, header) = (document.key, document.fragments[DocumentFragment.header])
        var record =
            document.record
            ?? LedgerRecord(entity: key.entity, procoreID: key.procoreID, shown: key.shown, file: context.intake ?? 0)
        record.take(DocumentSource(key, fragments: document.fragments), converter)
        record.updatedAt = document.updatedAt ?? record.updatedAt
        var wanted: Content?
        if case .mapped(let mapped) = conversion { wanted = mapped.content }
        record.identity.project =
            try ProjectOfDocument(books: context.books).id(key, header, wanted: wanted) ?? record.identity.project
        // Known before anything is decided, so that two of one number in a file both stop.
        if case .mapped(let mapped) = conversion, let converter = converter as? any ToTransaction.Type,
            let number = converter.numberKey(of: mapped.content)
        {
            record.contents.nameKey = number
        }
        record.file = context.intake ?? record.file
        return record
    }

    // MARK: - Its fragments

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
    private func scheduleProblem(_ document: IncomingDocument) -> Problem? {
        guard let schedule = document.fragments[DocumentFragment.scheduleOfValues],
            let lines = document.fragments[DocumentFragment.lines]
        else { return nil }
        func amounts(_ content: Content) -> [Amount] {
            content.lines.map { $0["amount"].flatMap { Amount($0) } ?? .zero }
        }
        guard amounts(schedule) != amounts(lines) else { return nil }
        return Problem(
            record: document.key.shown, field: "line_items",
            what: "The lines of its schedule of values (CSV) and those of its other export are not the same.",
            remedy: "Drop the JSON export of the commitment with its lines; the schedule of values is not needed then.")
    }

    /// A record of another accounting system, or one that Procore's own connector brought to QuickBooks.
    /// - Returns: why it is left out; nil: it is not.
    private func foreign(_ document: IncomingDocument) throws -> String? {
        guard document.key.entity != .contractPayments, let origin = document.header?["origin_id"],
            document.record?.quickBooksID == nil
        else { return nil }
        if !isQuickBooksID(origin.split(separator: "|").first.map(String.init) ?? origin) {
            return
                "Its origin_id \"\(origin)\" belongs to another accounting system, so Plumbline leaves the record alone."
        }
        guard let converter = try documentConverter(of: document.key.entity) as? any ToTransaction.Type,
            converter.isAddition
        else {
            return nil
        }
        return "It is in QuickBooks already, as its origin_id \(origin) says."
    }

    /// Stops a record that was not sent yet.
    func stop(_ record: LedgerRecord, _ problems: [Problem]) throws {
        guard record.quickBooksID == nil, !record.isUndone else { return }
        let wasInReview = try record.state == .queued && context.replaceReview(of: record.id)
        guard record.state != .queued || wasInReview else { return }
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
    private func isTaken(_ document: IncomingDocument) throws {
        let key = document.key
        if document.whole != nil {
            try context.turningAway.forget(key.entity, id: key.procoreID, code: nil)
        } else {
            try context.turningAway.forget(key, ifAmong: document.fragments)
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

    func absent(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
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
