import Converters
import Domain
import QBXML
import SyncLedger

/// What an answer about an element of a list does to its record.
struct ListAnswers {
    let context: ProcessingContext
    let writeBacks: UpdateBatches
    let converter: any ToQuickBooks.Type

    private var outcomes: Outcomes { Outcomes(context: context) }

    func take(_ answer: Answer, _ record: inout LedgerRecord) throws {
        let (request, consequence, head, objects) = (answer.request, answer.consequence, answer.head, answer.objects)
        switch request.operation {
        case .add, .mod: try written(&record, request, consequence, head, objects)
        case .confirm, .adopt, .lookup, .refresh: try found(&record, request, consequence, head, objects)
        // Elements of lists are not taken back.
        case .inspect, .delete, .void: break
        }
    }

    // MARK: - Add and Mod

    private func written(
        _ record: inout LedgerRecord, _ request: LedgerRequest, _ consequence: Consequence, _ head: ResponseHead,
        _ objects: [Element]
    ) throws {
        let sent = request.content ?? record.wanted ?? Content()
        switch consequence {
        case _ where head.statusCode < 1_000:
            guard let ret = objects.first(where: { $0["ListID"] != nil }) else {
                // Done, but the answer does not say where: find it by its name before anything is added again.
                return try outcomes.ask(&record, request.operation == .add ? .lookup : .refresh)
            }
            if consequence != .ok {
                context.receipt.add(Note(record: record.shown, what: "QuickBooks says: \(head.statusMessage)"))
            }
            let changes =
                request.operation == .add
                ? sent : converter.changes(from: record.confirmed ?? Content(), to: sent, settings: context.settings)
            record.contents.confirmed = (record.confirmed ?? Content()).merged(with: changes)
            record.attempts.retries = 0
            try link(&record, ret)
        case .adopt where request.operation == .add:
            guard context.settings.lists.linkSameName else { return outcomes.fail(&record, head) }
            try outcomes.ask(&record, .adopt)
        case .missing where request.operation == .mod:
            try outcomes.ask(&record, .refresh)
        case .missing, .dependency:
            if try !outcomes.confirmTies(&record, of: sent, head) { outcomes.fail(&record, head) }
        case .refresh where request.operation == .mod:
            try outcomes.retry(&record, head) { record in
                if let edit = objects.first(where: { $0["ListID"] == record.quickBooksID })?["EditSequence"] {
                    record.tie.editSequence = edit
                    record.release()
                } else {
                    try outcomes.ask(&record, .refresh)
                }
            }
        case .retry:
            try outcomes.retry(&record, head) { record in
                outcomes.wait(&record, "\(head.statusCode): \(head.statusMessage)")
                // QuickBooks cannot say whether it took effect: a lookup comes before anything is added again.
                if head.statusCode < 3_000 { record.attempts.question = request.operation == .add ? .lookup : .refresh }
            }
        case .afterFailure:
            try outcomes.retry(&record, head) { record in record.release() }
        default:
            outcomes.fail(&record, head)
        }
    }

    /// Ties a record to the QuickBooks element that an answer shows.
    private func link(_ record: inout LedgerRecord, _ ret: Element) throws {
        let list = converter.object.list
        guard let listID = ret["ListID"] else { return }
        if let other = try context.books.record(record.entity, list, listID), other.id != record.id {
            record.fail(
                "QuickBooks' \(list.rawValue) \"\(ret["FullName"] ?? ret["Name"] ?? listID)\" is already tied to \(other.shown).",
                remedy: "If both are the same, keep one of them in Procore; if not, give this one another name there. "
                    + "Then export again and drop the new file.")
            record.tie.claimedID = nil
            outcomes.reportFailure(record)
            return
        }
        let isNew = record.quickBooksID == nil
        let known = record.tie.claimedID == listID || record.quickBooksID == listID ? record.tie.editSequence : nil
        record.tie.confirm(list, listID)
        record.tie.editSequence = ret["EditSequence"] ?? record.tie.editSequence
        record.tie.fullName = ret["FullName"] ?? ret["Name"] ?? record.tie.fullName
        record.attempts.due = nil
        if let procore = procoreConverter(of: list), ret.name == converter.object.ret {
            // What QuickBooks holds now came from Procore: it is no news when a query shows it again.
            record.contents.imported = (try? procore.convert(ret, settings: context.settings))?.content
            record.contents.exported = record.imported
        }
        record.release()
        if isNew {
            context.receipt.count(record.entity, .linked)
            try context.addEvent("linked", record, "\(list.rawValue) \(listID)")
        } else {
            context.receipt.count(record.entity, .changed)
        }
        // Procore that already says just this is not told again.
        if known == nil || known != record.tie.editSequence { try writeBacks.link(record) }
    }

    // MARK: - Queries of ours

    private func found(
        _ record: inout LedgerRecord, _ request: LedgerRequest, _ consequence: Consequence, _ head: ResponseHead,
        _ objects: [Element]
    ) throws {
        let object = converter.object
        if consequence == .retry {
            return try outcomes.retry(&record, head) { record in try outcomes.ask(&record, request.operation) }
        }
        guard consequence == .ok || consequence == .okWithWarning || consequence == .empty else {
            return outcomes.fail(&record, head)
        }
        guard let ret = objects.first(where: { $0["ListID"] != nil }) else {
            if request.operation == .lookup {
                record.release()
                return
            }
            return try notFound(&record, request.operation)
        }
        guard ret.name == object.ret else {
            return outcomes.stop(
                &record,
                "QuickBooks has \(ret["FullName"] ?? ret["Name"] ?? "it") as \(ret.name.dropLast(3)), "
                    + "and not as \(object.list.rawValue).",
                "Rename one of the two, in QuickBooks or in Procore, and drop the file again.")
        }
        if request.operation != .refresh, ret["IsActive"] == "false" {
            return outcomes.stop(
                &record, "QuickBooks has \"\(ret["FullName"] ?? ret["Name"] ?? "")\", but not as active.",
                "Make it active in QuickBooks, or rename it there, and drop the file again.")
        }
        if request.operation != .refresh {
            record.contents.confirmed = converter.held(in: ret, of: record.wanted ?? Content())
            if object.list == .itemService, ret.first("SalesAndPurchase") == nil {
                context.receipt.add(
                    Problem(
                        record: record.shown,
                        what: "Item \"\(ret["FullName"] ?? "")\" has one account for both sales and purchases, "
                            + "so costs and sales post to the same one.",
                        remedy:
                            "In QuickBooks, edit the item and tick \"This service is used in assemblies or is performed "
                            + "by a subcontractor\", then choose both accounts."))
                record.contents.confirmed = record.wanted
            }
        }
        try link(&record, ret)
    }

    private func notFound(_ record: inout LedgerRecord, _ operation: LedgerRequest.Operation) throws {
        let name = record.wanted?["Name"] ?? record.shown
        if operation != .adopt {
            // The tie is broken. Its old id stays as a claim, so that dropping the file again asks QuickBooks once
            // more and never adds a second one by itself; one of the same name takes its place.
            record.untie()
            try outcomes.ask(&record, .adopt)
        } else if record.tie.claimedID == nil {
            let object = converter.object
            let (elsewhere, mark) =
                switch object.list {
                case .vendor: ("by a customer, an employee or an other name", "V")
                case .customer: ("by a vendor, an employee or an other name", "J")
                default: ("by another list element", "S")
                }
            outcomes.stop(
                &record,
                "The name \"\(name)\" is used in QuickBooks, but not in the \(object.list.rawValue) list: \(elsewhere).",
                "Give one of the two another name, for example \"\(name) (\(mark))\", and drop the file again.")
        } else {
            let id = record.tie.claimedID ?? "unknown"
            try BrokenTies(context: context).end(
                &record, because: "It was deleted in QuickBooks, or merged into another one (ListID \(id)).")
        }
    }
}
