import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' answer to one of our requests does to the record it is about.
///
/// Afterwards the record is linked, waits for another request, or has failed in words; `Dispatch` writes whatever
/// request follows.
struct Answers {
    let work: Work
    let writeBacks: UpdateBatches

    /// A refusal that heals by waiting is tried so often at the most.
    static let mostRetries = 10

    /// Takes the answer to a request that was not answered before.
    func take(_ request: LedgerRequest, _ head: ResponseHead, _ objects: [Element]) throws {
        try work.books.answer(
            request, status: head.statusCode, message: head.statusMessage, file: work.intake ?? 0)
        guard var record = try work.books.record(id: request.record) else { return }
        record.file = work.intake ?? record.file
        let consequence = StatusCode.consequence(
            code: head.statusCode, severity: head.statusSeverity, message: head.statusMessage)
        try work.note("answered", record, "\(request.requestID): \(head.statusCode) \(head.statusMessage)")
        switch request.operation {
        case .add, .mod: try written(&record, request, consequence, head, objects)
        case .confirm, .adopt, .look, .refresh: try found(&record, request, consequence, head, objects)
        }
        // What was refused is not what Procore wants any more: the newer content has its own chance.
        if record.state == .failed, let sent = request.content, sent != record.wanted { record.state = .released }
        try work.books.update(record)
    }

    // MARK: - Add and Mod

    private func written(
        _ record: inout LedgerRecord, _ request: LedgerRequest, _ consequence: Consequence, _ head: ResponseHead,
        _ objects: [Element]
    ) throws {
        let converter = quickBooksConverter(of: record.entity)
        let sent = request.content ?? record.wanted ?? Content()
        switch consequence {
        case .ok, .okWithWarning:
            guard let ret = objects.first(where: { $0["ListID"] != nil }) else {
                // Done, but the answer does not say where: find it by its name before anything is added again.
                return try ask(&record, request.operation == .add ? .look : .refresh)
            }
            if consequence == .okWithWarning {
                work.receipt.add(Note(record: record.shown, what: "QuickBooks says: \(head.statusMessage)"))
            }
            let changes =
                request.operation == .add
                ? sent : converter.changes(from: record.confirmed ?? Content(), to: sent, settings: work.settings)
            record.confirmed = (record.confirmed ?? Content()).merged(with: changes)
            record.retries = 0
            try link(&record, ret)
        case .adopt where request.operation == .add:
            guard work.settings.linkSameName else { return fail(&record, head) }
            try ask(&record, .adopt)
        case .missing where request.operation == .mod:
            try ask(&record, .refresh)
        case .refresh where request.operation == .mod:
            try again(&record, head) { record in
                if let edit = objects.first(where: { $0["ListID"] == record.listID })?["EditSequence"] {
                    record.editSequence = edit
                    record.state = .released
                } else {
                    try ask(&record, .refresh)
                }
            }
        case .retry:
            try again(&record, head) { record in
                wait(&record, "\(head.statusCode): \(head.statusMessage)")
                // QuickBooks cannot say whether it took effect: look before anything is added again.
                if head.statusCode < 3_000 { record.question = request.operation == .add ? .look : .refresh }
            }
        case .afterFailure:
            try again(&record, head) { record in record.state = .released }
        default:
            fail(&record, head)
        }
    }

    /// Ties a record to the QuickBooks element that an answer shows.
    private func link(_ record: inout LedgerRecord, _ ret: Element) throws {
        let converter = quickBooksConverter(of: record.entity)
        let list = converter.object.list
        guard let listID = ret["ListID"] else { return }
        if let other = try work.books.record(record.entity, list, listID), other.id != record.id {
            record.state = .failed
            record.reason =
                "QuickBooks' \(list.rawValue) \"\(ret["FullName"] ?? ret["Name"] ?? listID)\" is already tied to \(other.shown)."
            record.remedy =
                "If both are the same, keep one of them in Procore; if not, give this one another name there. "
                + "Then export again and drop the new file."
            record.claimedID = nil
            reportFailure(record)
            return
        }
        let isNew = record.listID == nil
        let known = record.claimedID == listID ? record.editSequence : nil
        record.list = list
        record.listID = listID
        record.editSequence = ret["EditSequence"] ?? record.editSequence
        record.fullName = ret["FullName"] ?? ret["Name"] ?? record.fullName
        record.claimedID = nil
        record.due = nil
        if let procore = procoreConverter(of: list), ret.name == converter.object.ret {
            // What QuickBooks holds now came from Procore: it is no news when a query shows it again.
            record.imported = (try? procore.convert(ret, settings: work.settings))?.content
            record.exported = record.imported
        }
        record.state = .released
        if isNew {
            work.receipt.count(record.entity, .linked)
            try work.note("linked", record, "\(list.rawValue) \(listID)")
        } else {
            work.receipt.count(record.entity, .changed)
        }
        // Procore that already says just this is not told again.
        if known == nil || known != record.editSequence { try writeBacks.link(record) }
    }

    // MARK: - Queries of ours

    private func found(
        _ record: inout LedgerRecord, _ request: LedgerRequest, _ consequence: Consequence, _ head: ResponseHead,
        _ objects: [Element]
    ) throws {
        let converter = quickBooksConverter(of: record.entity)
        let object = converter.object
        if consequence == .retry {
            return try again(&record, head) { record in try ask(&record, request.operation) }
        }
        guard consequence == .ok || consequence == .okWithWarning || consequence == .empty else {
            return fail(&record, head)
        }
        guard let ret = objects.first(where: { $0["ListID"] != nil }) else {
            if request.operation == .look {
                record.state = .released
                return
            }
            return try notFound(&record, request.operation)
        }
        guard ret.name == object.ret else {
            return stop(
                &record,
                "QuickBooks has \(ret["FullName"] ?? ret["Name"] ?? "it") as \(ret.name.dropLast(3)), "
                    + "and not as \(object.list.rawValue).",
                "Rename one of the two, in QuickBooks or in Procore, and drop the file again.")
        }
        if request.operation != .refresh, ret["IsActive"] == "false" {
            return stop(
                &record, "QuickBooks has \"\(ret["FullName"] ?? ret["Name"] ?? "")\", but not as active.",
                "Make it active in QuickBooks, or rename it there, and drop the file again.")
        }
        if request.operation != .refresh {
            record.confirmed = converter.held(in: ret, of: record.wanted ?? Content())
            if object.list == .itemService, ret.first("SalesAndPurchase") == nil {
                work.receipt.add(
                    Problem(
                        record: record.shown,
                        what: "Item \"\(ret["FullName"] ?? "")\" has one account for both sales and purchases, "
                            + "so costs and sales post to the same one.",
                        remedy:
                            "In QuickBooks, edit the item and tick \"This service is used in assemblies or is performed "
                            + "by a subcontractor\", then choose both accounts."))
                record.confirmed = record.wanted
            }
        }
        try link(&record, ret)
    }

    private func notFound(_ record: inout LedgerRecord, _ operation: LedgerRequest.Operation) throws {
        let name = record.wanted?["Name"] ?? record.shown
        if operation != .adopt {
            // The tie is broken. Its old id stays as a claim, so that dropping the file again asks QuickBooks once
            // more and never adds a second one by itself; one of the same name takes its place.
            record.claimedID = record.listID ?? record.claimedID
            record.listID = nil
            record.list = nil
            record.editSequence = nil
            record.confirmed = nil
            try ask(&record, .adopt)
        } else if record.claimedID == nil {
            let object = quickBooksConverter(of: record.entity).object
            let (elsewhere, mark) =
                switch object.list {
                case .vendor: ("by a customer, an employee or an other name", "V")
                case .customer: ("by a vendor, an employee or an other name", "J")
                case .itemService: ("by another list element", "S")
                }
            stop(
                &record,
                "The name \"\(name)\" is used in QuickBooks, but not in the \(object.list.rawValue) list: \(elsewhere).",
                "Give one of the two another name, for example \"\(name) (\(mark))\", and drop the file again.")
        } else {
            stop(
                &record,
                "It was deleted in QuickBooks, or merged into another one (ListID \(record.claimedID ?? "unknown")).",
                "If it is still needed, enter \"\(name)\" in QuickBooks' \(quickBooksConverter(of: record.entity).object.list.rawValue) "
                    + "list, and drop the file again: it is tied to it then.")
        }
    }

    // MARK: - What follows

    /// Bounds what is tried again and again.
    private func again(
        _ record: inout LedgerRecord, _ head: ResponseHead, _ next: (inout LedgerRecord) throws -> Void
    ) throws {
        record.retries += 1
        guard record.retries <= Self.mostRetries else {
            record.retries = 0
            return fail(&record, head)
        }
        try next(&record)
    }

    /// Holds a record until its time has come: a minute after the first refusal, then doubling to an hour.
    private func wait(_ record: inout LedgerRecord, _ said: String) {
        let minutes = min(60, Int64(1) << Int64(record.retries - 1))
        record.due = work.now + minutes * 60
        record.state = .held
        let time = minutes == 1 ? "1 minute" : "\(minutes) minutes"
        record.reason = "QuickBooks could not take it just now (\(said)); it is sent again after \(time)."
        record.remedy = nil
        work.receipt.count(record.entity, .held)
        work.receipt.add(Note(record: record.shown, what: record.reason ?? ""))
    }

    /// QuickBooks refused the document that carried a request.
    func refused(_ request: LedgerRequest, _ refusal: Refusal) throws {
        try work.books.answer(
            request, status: -1, message: "\(refusal.hresult) \(refusal.message)", file: work.intake ?? 0)
        guard var record = try work.books.record(id: request.record) else { return }
        record.file = work.intake ?? record.file
        try work.note("answered", record, "\(request.requestID): \(refusal.hresult) \(refusal.message)")
        let problem = refusal.problem
        record.retries += 1
        if refusal.consequence == .retry, record.retries <= Self.mostRetries {
            wait(&record, refusal.hresult)
        } else {
            record.retries = 0
            stop(&record, problem.what, problem.remedy)
        }
        // Before anything of the document is added again, QuickBooks is asked whether it took effect.
        if request.operation == .add { record.question = .look }
        try work.books.update(record)
    }

    /// Queues a query about a record; its answer decides.
    private func ask(_ record: inout LedgerRecord, _ operation: LedgerRequest.Operation) throws {
        record.state = .released
        record.question = operation
    }

    private func fail(_ record: inout LedgerRecord, _ head: ResponseHead) {
        let problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage)
        stop(&record, problem.what, problem.remedy)
    }

    private func stop(_ record: inout LedgerRecord, _ what: String, _ remedy: String) {
        record.state = .failed
        record.reason = what
        record.remedy = remedy
        record.due = nil
        reportFailure(record)
    }

    private func reportFailure(_ record: LedgerRecord) {
        work.receipt.count(record.entity, .failed)
        work.receipt.add(
            Problem(record: record.shown, what: record.reason ?? "It failed.", remedy: record.remedy ?? "See status."))
    }
}

extension Content {
    /// The content after some fields changed; an empty one is gone.
    func merged(with changes: Content) -> Content {
        var merged = fields
        for change in changes.fields {
            let isEmpty = change.value == .text("")
            if let index = merged.firstIndex(where: { $0.path == change.path }) {
                if isEmpty { merged.remove(at: index) } else { merged[index] = change }
            } else if !isEmpty {
                merged.append(change)
            }
        }
        return Content(merged)
    }
}
