import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Takes records of a list into the ledger: what each should be in QuickBooks, and whether that is new.
///
/// What nothing stands in the way of is asked for at once; `Dispatch` decides about the rest when the whole file has been
/// read.
struct ListIntake {
    let context: ProcessingContext
    let conversion: ListConversion
    let writeBacks: UpdateBatches
    private let entity: Entity
    private let insertPath: InsertPath

    init(context: ProcessingContext, conversion: ListConversion, writeBacks: UpdateBatches) {
        self.context = context
        self.conversion = conversion
        self.writeBacks = writeBacks
        entity = conversion.entity
        insertPath = InsertPath(context: context, conversion: conversion)
    }

    /// Takes records that need nothing special.
    /// - Parameter refused: takes each that is refused; it is copied to the rejected folder.
    func take(_ elements: PlannedElements, _ refused: (ListRecord) throws -> Void) throws {
        var new = 0
        func count() {
            if new > 0 { context.receipt.count(entity, .new, new) }
            new = 0
        }
        try elements.forEach { element in
            do {
                if try send(element) { return new += 1 }
            } catch let problem as Problem {
                let record = element.record
                _ = try refuse([problem.of(record.shown)], record)
                return try refused(record)
            }
            // It may take back one before, which is counted by then.
            count()
            let record = element.record
            if try !take(record, mayBeNew: false) { try refused(record) }
        }
        count()
    }

    /// Takes a record that needs nothing special, where nothing is known of it.
    private func send(_ element: PlannedElements.Lent) throws -> Bool {
        try context.absences.end(keys(element.id, element.key))
        guard try insertPath.send(element.insert, element.request) else { return false }
        try context.turningAway.forget(entity, id: element.id, code: element.key)
        add(element.notes)
        return true
    }

    /// Takes one record.
    /// - Parameter mayBeNew: whether it is still to be seen if nothing is known of it.
    /// - Returns: whether it was taken; a refused one is copied to the rejected folder by the caller.
    func take(_ record: ListRecord, mayBeNew: Bool = true) throws -> Bool {
        switch record.outcome {
        case .unreadable(let problem): return try refuse([problem], record)
        case .skipped(let reason):
            try absent(record.id, record.key, reason, isRefusal: false)
            return try leaveOut(record, reason)
        case .refused, .converted: break
        }
        if let origin = record.originID, !isQuickBooksID(origin),
            try context.books.record(entity, conversion.object.list, origin) == nil
        {
            return try leaveOut(
                record,
                "Its origin_id \"\(origin)\" belongs to another accounting system, so Plumbline leaves the record alone."
            )
        }
        switch record.outcome {
        case .refused(let problems): return try refuse(problems, record)
        case .converted(let content):
            if !content.steps.isEmpty { context.receipt.steps += content.steps }
            do {
                try remember(record, content, mayBeNew: mayBeNew)
            } catch let problem as Problem {
                return try refuse([problem.of(record.shown)], record)
            }
        case .unreadable, .skipped: break
        }
        return true
    }

    private func refuse(_ problems: [Problem], _ record: ListRecord) throws -> Bool {
        try absent(record.id, record.key, problems.first?.what ?? "", isRefusal: true)
        context.receipt.count(entity, .rejected)
        for problem in problems { context.receipt.refuse(problem) }
        try context.turningAway.refuse(.init(record, entity), problems)
        return false
    }

    /// Remembers why a record is not there, for those that wait for it.
    private func absent(_ id: String?, _ code: String?, _ reason: String, isRefusal: Bool) throws {
        for key in keys(id, code) where try context.books.named(key) == nil {
            try context.absences.set(key, reason, isRefusal: isRefusal)
        }
    }

    private func keys(_ id: String?, _ code: String?) -> [RecordKey] {
        [id.map { RecordKey(entity, $0) }, code.map { RecordKey(entity, code: $0) }].compactMap { $0 }
    }

    private func leaveOut(_ record: ListRecord, _ reason: String) throws -> Bool {
        try context.turningAway.skip(.init(record, entity), reason)
        return skip(record, reason)
    }

    private func skip(_ record: ListRecord, _ reason: String) -> Bool {
        context.receipt.count(entity, .skipped)
        context.receipt.add(Note(record: record.shown, what: reason))
        return true
    }

    private func remember(_ source: ListRecord, _ content: ListRecord.Content, mayBeNew: Bool) throws {
        try context.absences.end(keys(source.id, source.key))
        if mayBeNew, let (insert, request) = content.insert,
            try request.withUnsafeBytes({ try insertPath.send(insert, $0) })
        {
            context.receipt.count(entity, .new)
            try isTaken(source)
            return add(content.notes)
        }
        guard var record = try known(source) else { return try insert(source, content) }
        if let old = record.updatedAt, let new = content.updatedAt, new < old {
            _ = skip(
                source, "A newer export of it was applied already (updated_at), so this older one changes nothing.")
            return
        }
        try isTaken(source)
        let gotItsID = record.procoreID == nil && source.id != nil
        if record.wanted == content.wanted, !record.isFailed, !gotItsID {
            if record.isHeld { return try context.countHeld(record) }
            return context.receipt.count(entity, .unchanged)
        }
        try insertPath.takeBack(&record)
        try change(&record, source, content, gotItsID: gotItsID)
        if gotItsID, source.originID != record.quickBooksID { try writeBacks.link(record) }
        add(content.notes)
    }

    /// Writes a record that the ledger has not seen, for `Dispatch` to decide about.
    private func insert(_ source: ListRecord, _ content: ListRecord.Content) throws {
        var record = LedgerRecord(
            entity: entity, procoreID: source.id, shown: source.shown, file: context.intake ?? 0)
        record.identity.businessKey = source.key
        apply(content, to: &record)
        if let origin = source.originID {
            record.tie.claimedID = origin
            // What Procore has for it, so that it is not told the same again.
            record.tie.editSequence = content.editSequence
        }
        try insertPath.takeBackRivals(of: record)
        try context.books.insert(&record)
        try context.addEvent("read", record, context.source)
        try isTaken(source)
        add(content.notes)
    }

    /// Gives a known record what the file says of it.
    /// - Parameter gotItsID: whether it had no id of Procore's until now.
    private func change(
        _ record: inout LedgerRecord, _ source: ListRecord, _ content: ListRecord.Content, gotItsID: Bool
    ) throws {
        let wanted = content.wanted
        if record.state.isUndecided, record.file == context.intake, record.wanted != wanted {
            try contradict(&record)
        }
        if let open = try context.books.openRequest(of: record.id), open.content == nil, let sent = record.wanted {
            try context.books.keepContent(sent, of: open)
        }
        if record.wanted == nil {
            // Until now QuickBooks' own: only what Procore has too is compared from now on.
            record.contents.confirmed = record.confirmed.map { old in
                Content(old.fields.filter { wanted[$0.path] != nil })
            }
        }
        if gotItsID {
            record.identity.procoreID = source.id
            record.identity.shown = source.shown
        }
        record.identity.businessKey = source.key
        record.file = context.intake ?? record.file
        apply(content, to: &record)
        record.change()
        try context.books.update(record)
        try context.addEvent("read", record, context.source)
    }

    private func isTaken(_ source: ListRecord) throws {
        try context.turningAway.forget(entity, id: source.id, code: source.key)
    }

    private func apply(_ content: ListRecord.Content, to record: inout LedgerRecord) {
        record.contents.wanted = content.wanted
        record.contents.nameKey = content.nameKey
        record.identity.scope = content.scope ?? record.identity.scope
        record.updatedAt = content.updatedAt ?? record.updatedAt
        record.attempts.retries = 0
    }

    /// The record that the ledger has for this one: by Procore's id, by the id that it has in QuickBooks, or, where
    /// one side of the pair has no id, by its name or code.
    private func known(_ source: ListRecord) throws -> LedgerRecord? {
        guard let id = source.id else {
            guard let key = source.key else { return nil }
            let same = try context.books.records(entity, businessKey: key)
            guard same.count <= 1 else {
                throw Problem(
                    what: "There are \(same.count) records of this name, and the row has no id to tell which it is.",
                    remedy: "Fill in the Id column, or drop the JSON export instead.")
            }
            return same.first
        }
        if let record = try context.books.record(RecordKey(entity, id)) { return record }
        if let origin = source.originID,
            let record = try context.books.record(entity, conversion.object.list, origin)
        {
            guard record.procoreID == nil else {
                throw Problem(
                    field: "origin_id",
                    what: "Its origin_id \(origin) is tied to \(record.shown) already.",
                    remedy: "One of the two is a duplicate in Procore: remove it there, or correct its origin_id.")
            }
            return record
        }
        guard let key = source.key else { return nil }
        let same = try context.books.records(entity, businessKey: key).filter { $0.procoreID == nil }
        guard let first = same.first, same.count == 1 else { return nil }
        // A vendor that only QuickBooks had meets a company of its name: tied only if names may tie.
        return first.wanted == nil && !context.settings.lists.linkSameName ? nil : first
    }

    /// One record twice in a file with different content: nobody can tell which one is meant.
    private func contradict(_ record: inout LedgerRecord) throws {
        record.fail(
            "It stands in \(context.source) twice, with different content.",
            remedy: "Export it again from Procore, and drop the new file.")
        try context.books.update(record)
        throw Problem(
            record: record.shown, what: record.reason ?? "", remedy: record.remedy ?? "")
    }

    private func add(_ notes: [Note]) {
        for note in notes { context.receipt.add(note) }
    }
}
