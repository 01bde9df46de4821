import Converters
import Domain
import QBXML
import SyncLedger

/// What an answer about a transaction does to the record that asked, and to the one that owns the transaction.
struct TransactionAnswers {
    let context: ProcessingContext
    let writeBacks: UpdateBatches
    let converter: any ToTransaction.Type

    private var outcomes: Outcomes { Outcomes(context: context) }
    private var transaction: TransactionObject { converter.object }

    func take(_ answer: Answer, _ record: inout LedgerRecord) throws {
        switch answer.request.operation {
        case .add, .mod: try written(answer, &record)
        case .lookup: try lookupAnswered(answer, &record)
        case .confirm, .adopt, .refresh: try found(answer, &record)
        case .inspect, .delete, .void: try UndoAnswers(context: context, transaction: transaction).take(answer, &record)
        }
    }

    // MARK: - Add and Mod

    private func written(_ answer: Answer, _ record: inout LedgerRecord) throws {
        let isAddition = answer.request.object != record.id
        let sent = answer.request.content ?? record.wanted ?? Content()
        switch answer.consequence {
        case _ where answer.head.statusCode < 1_000:
            // A warning: it was done, whatever else the code says.
            guard let ret = answer.objects.first(where: { $0["TxnID"] != nil }) else {
                return try outcomes.ask(&record, isAddition || answer.request.operation == .add ? .lookup : .refresh)
            }
            if answer.consequence != .ok { warn(record, answer.head) }
            record.attempts.retries = 0
            try link(&record, ret, sent, answer.request)
        case .missing where answer.request.operation == .add, .dependency:
            if try !outcomes.confirmTies(&record, of: sent, answer.head) { outcomes.fail(&record, answer.head) }
        case .refresh, .missing:
            guard answer.request.operation == .mod else { return outcomes.fail(&record, answer.head) }
            // The transaction is read anew, and the change is built from what it is now.
            try outcomes.retry(&record, answer.head) { record in
                try outdate(&record, answer.request.object)
                record.release()
            }
        case .retry:
            try outcomes.retry(&record, answer.head) { record in
                outcomes.wait(&record, "\(answer.head.statusCode): \(answer.head.statusMessage)")
                guard answer.head.statusCode < 3_000 else { return }
                // QuickBooks cannot say whether it took effect: a lookup comes before anything is added again.
                if isAddition || answer.request.operation == .add {
                    record.attempts.question = .lookup
                } else {
                    try outdate(&record, answer.request.object)
                }
            }
        case .afterFailure:
            try outcomes.retry(&record, answer.head) { record in record.release() }
        default:
            outcomes.fail(&record, answer.head)
        }
    }

    private func warn(_ record: LedgerRecord, _ head: ResponseHead) {
        guard head.statusCode == 570 else {
            return context.receipt.add(Note(record: record.shown, what: "QuickBooks says: \(head.statusMessage)"))
        }
        let problem = StatusCode.problem(code: head.statusCode, message: head.statusMessage)
        context.receipt.add(problem.of(record.shown))
    }

    /// The lines of a transaction as an answer shows them, beside those that were sent.
    private struct AnsweredLines {
        /// Every `TxnLineID`, in order.
        let all: [String]
        /// Those that were not known before.
        let news: [String]
        /// The lines that were sent and are not tied yet.
        let untied: [Content.Line]
        /// Whether the answer shows the lines at all: one from QuickBooks' memory does not.
        let areShown: Bool
    }

    /// Ties a record to the transaction that an answer shows, and each of its lines to a line of it.
    private func link(
        _ record: inout LedgerRecord, _ ret: Element, _ sent: Content, _ request: LedgerRequest
    ) throws {
        let isAddition = request.object != record.id
        guard let txnID = ret["TxnID"], try isFree(ret, txnID, for: &record, isAddition: isAddition),
            var owner = isAddition ? try context.books.record(id: request.object) : record
        else { return }
        let lines = try answeredLines(ret, of: record, in: owner, sent)
        guard try tie(lines, txnID, to: &record, request) else { return }
        let wasClaimed = record.tie.claimedID == txnID
        let isNew = record.quickBooksID == nil
        owner.observe(ret, lines: lines.all)
        if isAddition {
            try context.books.update(owner)
            record.tie.quickBooksID = record.quickBooksID ?? "\(txnID)|\(lines.news.first ?? record.procoreID ?? "")"
        } else {
            record = owner
            record.tie.quickBooksID = txnID
            record.tie.fullName = ret["RefNumber"] ?? sent["RefNumber"] ?? record.tie.fullName
            if request.operation == .add {
                try checkTotal(record, ret, sent)
                // What was read of them while this was on its way may be from before it was entered.
                for key in sent.touched { try context.outdate(key) }
            }
        }
        record.tie.kind = transaction.kind
        let confirmed = request.operation == .confirm ? held(ret, sent) : sent
        record.contents.confirmed = confirmed.keeping(
            (record.confirmed?.lines ?? []).map(\.key).filter { key in !sent.lines.contains { $0.key == key } },
            of: record.confirmed)
        try rememberTotal(ret, of: &record, in: owner, request)
        record.tie.claimedID = nil
        record.tie.isBroken = false
        record.attempts.due = nil
        record.release()
        try tellLink(of: record, lines, isNew: isNew, wasClaimed: wasClaimed)
        // An answer from QuickBooks' memory names the transaction and not its lines.
        if !lines.areShown { record.attempts.question = isAddition ? .lookup : .refresh }
    }

    /// A change of ours leaves what was the same as before the same; only then is the total added up anew.
    private func rememberTotal(
        _ ret: Element, of record: inout LedgerRecord, in owner: LedgerRecord, _ request: LedgerRequest
    ) throws {
        let total = ShownTotal(books: context.books)
        guard request.operation != .mod || owner.tie.surplus != nil else { return }
        guard request.object != record.id else { return try total.compare(&record, with: ret, transaction.kind) }
        var owner = owner
        try total.compare(&owner, with: ret, transaction.kind, changed: record)
        try context.books.update(owner)
    }

    /// Whether no other record is tied to the transaction; a record that meets a tied one stops.
    private func isFree(
        _ ret: Element, _ txnID: String, for record: inout LedgerRecord, isAddition: Bool
    ) throws -> Bool {
        guard !isAddition, let other = try context.books.record(record.entity, transaction.kind, txnID),
            other.id != record.id
        else { return true }
        outcomes.stop(
            &record,
            "QuickBooks' \(transaction.kind.words) \(ret["RefNumber"] ?? txnID) is already tied to \(other.shown).",
            "If both are the same, keep one of them in Procore; if not, correct its origin_id there.")
        return false
    }

    private func answeredLines(
        _ ret: Element, of record: LedgerRecord, in owner: LedgerRecord, _ sent: Content
    ) throws -> AnsweredLines {
        let all = ret.all(transaction.lineRet).compactMap { $0["TxnLineID"] }
        let known = try context.books.lines(of: record.id)
        return AnsweredLines(
            all: all, news: all.filter { !owner.tie.txnLineIDs.contains($0) },
            untied: sent.lines.filter { line in !line.keys.contains { known[$0] != nil } },
            areShown: !all.isEmpty || transaction.kind == .billPaymentCheck)
    }

    /// Ties the lines that were sent to those that are new in the answer, in their order.
    /// - Returns: false where their numbers differ, and the record stops.
    private func tie(
        _ lines: AnsweredLines, _ txnID: String, to record: inout LedgerRecord, _ request: LedgerRequest
    ) throws -> Bool {
        guard lines.areShown, transaction.kind != .billPaymentCheck else { return true }
        guard lines.news.count == lines.untied.count else {
            // It is there all the same: whatever comes next asks first, and adds nothing.
            if request.object != record.id {
                record.attempts.question = .lookup
            } else {
                record.tie.claimedID = txnID
            }
            outcomes.stop(
                &record,
                "QuickBooks shows \(lines.news.count) new lines in its answer, where \(lines.untied.count) were sent.",
                "Compare the \(transaction.kind.words) in QuickBooks with Procore, and put it right there by hand.")
            return false
        }
        for (line, txnLineID) in zip(lines.untied, lines.news) {
            for key in line.keys {
                try context.books.setLine(key, of: record.id, object: request.object, txnLineID: txnLineID)
            }
        }
        return true
    }

    /// Counts a link or a change, and tells Procore what it does not say already.
    private func tellLink(
        of record: LedgerRecord, _ lines: AnsweredLines, isNew: Bool, wasClaimed: Bool
    ) throws {
        if isNew {
            context.receipt.count(record.entity, .linked)
            try context.addEvent("linked", record, "\(transaction.kind.rawValue) \(record.quickBooksID ?? "")")
            if !wasClaimed { try writeBacks.link(record) }
        } else {
            context.receipt.count(record.entity, .changed)
        }
        if record.entity == .commitments, lines.areShown, !wasClaimed {
            let tied = zip(lines.untied, lines.news).flatMap { line, txnLineID in
                line.keys.map { (id: $0, txnLineID: txnLineID) }
            }
            try writeBacks.linkLines(tied, of: record)
        }
    }

    /// QuickBooks has the last word on amounts; where it is another one than ours, somebody has to know.
    private func checkTotal(_ record: LedgerRecord, _ ret: Element, _ sent: Content) throws {
        let field = ShownTotal.field(of: transaction.kind)
        guard let said = ret[field].flatMap({ Amount($0) }) else { return }
        let expected = sent.lines.map(\.total).sum
        guard said != expected else { return }
        context.receipt.add(
            Problem(
                record: record.shown, field: field,
                what: "QuickBooks makes its \(transaction.kind.words) \(said.money), and Procore's lines come to "
                    + "\(expected.money).",
                remedy: "Compare the \(transaction.kind.words) in QuickBooks with Procore, and put it right by hand."))
    }

    private func outdate(_ record: inout LedgerRecord, _ object: Int64) throws {
        guard object != record.id else {
            record.tie.editSequence = nil
            return
        }
        guard var owner = try context.books.record(id: object) else { return }
        owner.tie.editSequence = nil
        try context.books.update(owner)
    }

    // MARK: - Queries of ours

    /// The transaction that a record owns, read by its id.
    private func found(_ answer: Answer, _ record: inout LedgerRecord) throws {
        if answer.consequence == .retry {
            return try outcomes.retry(&record, answer.head) { record in
                try outcomes.ask(&record, answer.request.operation)
            }
        }
        let isThere = [.ok, .okWithWarning, .empty, .missing].contains(answer.consequence)
        guard isThere else { return outcomes.fail(&record, answer.head) }
        guard let ret = answer.objects.first(where: { $0["TxnID"] != nil }), ret.name == transaction.ret else {
            return try gone(&record)
        }
        let lines = ret.all(transaction.lineRet)
        var known = try context.books.lines(of: record.id)
        if record.quickBooksID == nil, !known.isEmpty {
            let there = Set(lines.compactMap { $0["TxnLineID"] })
            if known.values.allSatisfy(there.contains) { return try retie(&record, ret) }
            try BrokenTies(context: context).untie(&record, because: "It is tied to another one.")
            known = [:]
        }
        let wanted = record.confirmed ?? record.wanted ?? Content()
        if record.quickBooksID == nil || known.isEmpty {
            // Procore says that it is this one, or QuickBooks did without showing its lines.
            if let party = wanted.reference(transaction.party),
                let known = try context.books.named(party)?.quickBooksID,
                let there = ret[transaction.party], there != known
            {
                return outcomes.stop(
                    &record,
                    "The \(transaction.kind.words) \(ret["RefNumber"] ?? "") in QuickBooks that it is tied to is not with "
                        + "\(party.shown), as it is in Procore.",
                    "Compare the two, put the one that is wrong right, and drop the file again.")
            }
            if let difference = difference(lines, wanted) {
                return outcomes.stop(
                    &record,
                    "The \(transaction.kind.words) \(ret["RefNumber"] ?? "") in QuickBooks that it is tied to has other lines "
                        + "than Procore: \(difference).",
                    "Compare the two, put the one that is wrong right, and drop the file again.")
            }
            return try link(&record, ret, wanted, answer.request)
        }
        if context.company.recoveringSince != nil, try !isAsKnown(&record, lines) { return }
        record.observe(ret, lines: lines.compactMap { $0["TxnLineID"] })
        try ShownTotal(books: context.books).compare(&record, with: ret, transaction.kind)
        record.release()
    }

    /// Whether a transaction has only the lines that a restored ledger knows, or just those that Procore wants, which
    /// were put there since the backup.
    private func isAsKnown(_ record: inout LedgerRecord, _ lines: [Element]) throws -> Bool {
        let known = record.tie.txnLineIDs
        guard lines.contains(where: { !known.contains($0["TxnLineID"] ?? "") }) else { return true }
        let wanted = record.wanted ?? Content()
        if let difference = difference(lines, wanted) {
            outcomes.stop(
                &record,
                "The \(transaction.kind.words) \(record.tie.fullName ?? "") in QuickBooks has lines that the restored sync "
                    + "ledger does not know: \(difference).",
                "Drop the exports again that added lines to it; where that does not help, compare it with Procore and put "
                    + "it right by hand.")
            return false
        }
        for (line, element) in zip(wanted.lines, lines) {
            guard let txnLineID = element["TxnLineID"] else { continue }
            for key in line.keys {
                try context.books.setLine(key, of: record.id, object: record.id, txnLineID: txnLineID)
            }
        }
        record.contents.confirmed = wanted
        return true
    }

    /// Ties a record again to the transaction that it was untied from: its lines, and what others added, are known.
    private func retie(_ record: inout LedgerRecord, _ ret: Element) throws {
        guard let txnID = ret["TxnID"] else { return }
        record.tie.confirm(transaction.kind, txnID)
        record.observe(ret, lines: ret.all(transaction.lineRet).compactMap { $0["TxnLineID"] })
        record.release()
        context.receipt.count(record.entity, .linked)
        try context.addEvent("linked", record, "\(transaction.kind.rawValue) \(txnID)")
        try writeBacks.link(record)
    }

    private func difference(_ lines: [Element], _ wanted: Content) -> String? {
        guard transaction.kind != .billPaymentCheck else { return nil }
        guard lines.count == wanted.lines.count else {
            return "\(lines.count) lines there, \(wanted.lines.count) here"
        }
        for (index, (line, ours)) in zip(lines, wanted.lines).enumerated() {
            guard let there = line["Amount"].flatMap({ Amount($0) }), let here = ours.amount, there != here else {
                continue
            }
            return "line \(index + 1) is \(there.money) there and \(here.money) here"
        }
        return nil
    }

    /// What QuickBooks holds in the fields that we would write; a number that is the same counts as written by us.
    private func held(_ ret: Element, _ wanted: Content) -> Content {
        func fields(_ wanted: [Content.Field], _ element: Element) -> [Content.Field] {
            wanted.compactMap { field in
                guard case .text(let ours) = field.value else { return field }
                guard let there = element[field.path] else { return nil }
                let isSame = Amount(there).flatMap { there in Amount(ours).map { $0 == there } } ?? (there == ours)
                return isSame ? field : Content.Field(field.path, there)
            }
        }
        var content = Content(fields(wanted.fields, ret))
        content.lines = zip(wanted.lines, ret.all(transaction.lineRet)).map { line, element in
            // What a line comes to was compared already; how it is made up is QuickBooks' own.
            Content.Line(
                line.key,
                fields(line.fields.filter { $0.path == "Desc" }, element) + line.fields.filter { $0.path != "Desc" })
        }
        return content
    }

    private func gone(_ record: inout LedgerRecord) throws {
        let id = record.quickBooksID ?? record.tie.claimedID ?? "unknown"
        try BrokenTies(context: context).end(
            &record,
            because: record.quickBooksID != nil
                ? "Its \(transaction.kind.words) was deleted in QuickBooks (TxnID \(id))."
                : "QuickBooks has no \(transaction.kind.words) of the TxnID \(id) that Procore has for it.")
    }

    /// Whether something took effect that QuickBooks could not say: an Add is known by its ExternalGUID, lines put to a
    /// transaction by their amounts, below all that were there.
    private func lookupAnswered(_ answer: Answer, _ record: inout LedgerRecord) throws {
        if answer.consequence == .retry {
            return try outcomes.retry(&record, answer.head) { record in try outcomes.ask(&record, .lookup) }
        }
        guard [.ok, .okWithWarning, .empty].contains(answer.consequence) else {
            return outcomes.fail(&record, answer.head)
        }
        let sent = record.wanted ?? Content()
        record.release()
        guard answer.request.object != record.id else {
            let guid = record.externalGUID(in: context.settings)
            // One that was voided from here is another one, although it has the same GUID.
            let ours = try answer.objects.first { ret in
                try ret["ExternalGUID"]?.lowercased() == guid.lowercased()
                    && !context.books.wasUndone(ret["TxnID"] ?? "")
            }
            if let ours { try link(&record, ours, sent, answer.request) }
            return
        }
        guard let ret = answer.objects.first(where: { $0["TxnID"] != nil }),
            var owner = try context.books.record(id: answer.request.object)
        else { return }
        let lines = ret.all(transaction.lineRet)
        let news = lines.filter { line in !owner.tie.txnLineIDs.contains(line["TxnLineID"] ?? "") }
        if news.isEmpty {
            owner.observe(ret, lines: lines.compactMap { $0["TxnLineID"] })
            try context.books.update(owner)
            return
        }
        if let difference = difference(news, sent) {
            return outcomes.stop(
                &record,
                "Whether its lines were put to the \(transaction.kind.words) cannot be told: \(difference).",
                "Compare the \(transaction.kind.words) of \(owner.shown) in QuickBooks with Procore, and put it right there."
            )
        }
        try link(&record, ret, sent, answer.request)
    }
}
