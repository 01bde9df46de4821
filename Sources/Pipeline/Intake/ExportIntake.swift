import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Reads records of a Procore export into the ledger: what each should be in QuickBooks, and whether that is new.
///
/// Nothing is sent from here: `Dispatch` decides once the whole file has been read.
struct ExportIntake<Mapping: ToQuickBooks> {
    let work: Work
    let writeBacks: UpdateBatches

    /// Takes one record; its id names it where it cannot be read.
    /// - Returns: whether it was taken; a refused one is copied to the rejected folder by the caller.
    func take(id: () -> String?, _ read: () throws -> Mapping.Source) throws -> Bool {
        let source: Mapping.Source
        do {
            source = try read()
        } catch let problem as Problem {
            let id = id()
            return try refuse([id.map { problem.of("\(Mapping.entity.singular) \($0)") } ?? problem], id: id, code: nil)
        }
        if let skipped = source.skipped {
            try absent(source.id, source.businessKey, skipped.reason, isRefusal: false)
            return skip(source, skipped.reason)
        }
        if let origin = source.originID, !isQuickBooksID(origin),
            try work.books.record(Mapping.entity, Mapping.object.list, origin) == nil
        {
            return skip(
                source,
                "Its origin_id \"\(origin)\" belongs to another accounting system, so Plumbline leaves the record alone."
            )
        }
        let mapped: Mapped
        do {
            mapped = try Mapping.convert(source, settings: work.settings)
        } catch {
            return try refuse(error.all, id: source.id, code: source.businessKey)
        }
        work.receipt.steps += mapped.steps
        do {
            try remember(source, mapped)
            return true
        } catch let problem as Problem {
            return try refuse([problem.of(source.shown)], id: source.id, code: source.businessKey)
        }
    }

    private func refuse(_ problems: [Problem], id: String?, code: String?) throws -> Bool {
        try absent(id, code, problems.first?.what ?? "", isRefusal: true)
        work.receipt.count(Mapping.entity, .rejected)
        for problem in problems { work.receipt.add(problem) }
        return false
    }

    /// Remembers why a record is not there, for those that wait for it.
    private func absent(_ id: String?, _ code: String?, _ reason: String, isRefusal: Bool) throws {
        for key in Self.keys(id, code) where try work.books.named(key) == nil {
            try work.setAbsence(key, reason, isRefusal: isRefusal)
        }
    }

    private static func keys(_ id: String?, _ code: String?) -> [RecordKey] {
        [
            id.map { RecordKey(Mapping.entity, $0) },
            code.map { RecordKey(Mapping.entity, code: QuickBooksText.comparisonKey($0)) },
        ].compactMap { $0 }
    }

    private func skip(_ source: Mapping.Source, _ reason: String) -> Bool {
        work.receipt.count(Mapping.entity, .skipped)
        work.receipt.add(Note(record: source.shown, what: reason))
        return true
    }

    private func remember(_ source: Mapping.Source, _ mapped: Mapped) throws {
        let key = source.businessKey.map(QuickBooksText.comparisonKey)
        let updatedAt = try source.updatedAt.map(timestamp)
        try work.endAbsences(Self.keys(source.id, source.businessKey))
        guard var record = try known(source, key) else {
            var record = LedgerRecord(
                entity: Mapping.entity, procoreID: source.id, shown: source.shown, file: work.intake ?? 0)
            record.businessKey = key
            apply(source, mapped, updatedAt, to: &record)
            if let origin = source.originID {
                record.claimedID = origin
                // What Procore has for it, so that it is not told the same again.
                record.editSequence = source.editSequence
            }
            if try !Newcomers(work: work, object: Mapping.object).send(&record) {
                try work.books.insert(&record)
                try work.note("read", record, work.source)
            }
            return add(mapped.notes)
        }
        if let old = record.updatedAt, let new = updatedAt, new < old {
            _ = skip(
                source, "A newer export of it was applied already (updated_at), so this older one changes nothing.")
            return
        }
        let gotItsID = record.procoreID == nil && source.id != nil
        if record.wanted == mapped.content, record.state != .failed, !gotItsID {
            work.receipt.count(Mapping.entity, record.state == .held ? .held : .unchanged)
            return
        }
        try Newcomers(work: work, object: Mapping.object).takeBack(&record)
        if record.state.isUndecided, record.file == work.intake, record.wanted != mapped.content {
            try contradict(&record)
        }
        if let open = try work.books.openRequest(of: record.id), open.content == nil, let wanted = record.wanted {
            try work.books.keepContent(wanted, of: open)
        }
        if record.wanted == nil {
            // Until now QuickBooks' own: only what Procore has too is compared from now on.
            record.confirmed = record.confirmed.map { old in
                Content(old.fields.filter { mapped.content[$0.path] != nil })
            }
        }
        if gotItsID {
            record.procoreID = source.id
            record.shown = source.shown
        }
        record.businessKey = key
        record.file = work.intake ?? record.file
        apply(source, mapped, updatedAt, to: &record)
        record.state = record.quickBooksID == nil && record.state != .queued ? .new : .changed
        try work.books.update(record)
        try work.note("read", record, work.source)
        if gotItsID, source.originID != record.quickBooksID { try writeBacks.link(record) }
        add(mapped.notes)
    }

    private func apply(
        _ source: Mapping.Source, _ mapped: Mapped, _ updatedAt: Timestamp?, to record: inout LedgerRecord
    ) {
        record.wanted = mapped.content
        record.nameKey = Mapping.object.nameKey(of: mapped.content)
        record.scope = source.scope ?? record.scope
        record.updatedAt = updatedAt ?? record.updatedAt
        record.retries = 0
    }

    /// The record that the ledger has for this one: by Procore's id, by the id that it has in QuickBooks, or, where
    /// one side of the pair has no id, by its name or code.
    private func known(_ source: Mapping.Source, _ key: String?) throws -> LedgerRecord? {
        guard let id = source.id else {
            guard let key else { return nil }
            let same = try work.books.records(Mapping.entity, businessKey: key)
            guard same.count <= 1 else {
                throw Problem(
                    what: "There are \(same.count) records of this name, and the row has no id to tell which it is.",
                    remedy: "Fill in the Id column, or drop the JSON export instead.")
            }
            return same.first
        }
        if let record = try work.books.record(RecordKey(Mapping.entity, id)) { return record }
        if let origin = source.originID,
            let record = try work.books.record(Mapping.entity, Mapping.object.list, origin)
        {
            guard record.procoreID == nil else {
                throw Problem(
                    field: "origin_id",
                    what: "Its origin_id \(origin) is tied to \(record.shown) already.",
                    remedy: "One of the two is a duplicate in Procore: remove it there, or correct its origin_id.")
            }
            return record
        }
        guard let key else { return nil }
        let same = try work.books.records(Mapping.entity, businessKey: key).filter { $0.procoreID == nil }
        guard let first = same.first, same.count == 1 else { return nil }
        // A vendor that only QuickBooks had meets a company of its name: tied only if names may tie.
        return first.wanted == nil && !work.settings.linkSameName ? nil : first
    }

    /// One record twice in a file with different content: nobody can tell which one is meant.
    private func contradict(_ record: inout LedgerRecord) throws {
        record.state = .failed
        record.reason = "It stands in \(work.source) twice, with different content."
        record.remedy = "Export it again from Procore, and drop the new file."
        try work.books.update(record)
        throw Problem(
            record: record.shown, what: record.reason ?? "", remedy: record.remedy ?? "")
    }

    private func timestamp(_ text: String) throws(Problem) -> Timestamp {
        guard let stamp = Timestamp(text) else {
            throw Problem(
                field: "updated_at", what: "\"\(text)\" is no date and time as Procore writes them.",
                remedy: "Export the record again from Procore, and drop the new file.")
        }
        return stamp
    }

    private func add(_ notes: [Note]) {
        for note in notes { work.receipt.add(note) }
    }
}
