import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// Decides about documents: what became a transaction in QuickBooks, or lines of one.
extension Dispatch {
    /// Writes the request that a document needs, if it needs one.
    mutating func sendTransaction(
        _ record: inout LedgerRecord, _ converter: any ToTransaction.Type
    ) throws(Stop) {
        if let question = record.attempts.question, let txnID = record.quickBooksID, !converter.isAddition {
            // Whatever has become of Procore's side, others may wait for the answer.
            if let open = try stopping({ try context.books.openRequest(onObjectOf: record.id) }) {
                throw .hold("Waits for the answer to \(open.requestID).", needs: record.keys)
            }
            record.attempts.question = nil
            return try queue(
                &record, question == .adopt || question == .lookup ? .refresh : question, converter.object.query,
                converter.object.queryBody(txnID: txnID))
        }
        let wanted = try convert(&record, converter)
        if context.company.recoveringSince != nil, record.attempts.count == 0, record.quickBooksID == nil,
            record.tie.claimedID == nil
        {
            // Whether it is there already cannot be told from a restored ledger.
            record.attempts.question = record.attempts.question ?? .lookup
        }
        let object = try object(of: record, converter)
        if record.quickBooksID != nil, record.attempts.question == nil,
            try isUnchanged(&record, object, converter, wanted)
        {
            record.link()
            return
        }
        try waitForOpenRequest(of: record, about: object)
        if let question = record.attempts.question {
            return try ask(question, &record, object, converter.object, wanted)
        }
        if record.quickBooksID != nil {
            try change(&record, object, converter, wanted)
        } else if converter.isAddition {
            try append(&record, object, converter, wanted)
        } else if let claimed = record.tie.claimedID {
            try guardName(&record)
            try queue(
                &record, .confirm, converter.object.query, converter.object.queryBody(txnID: claimed), object: object.id
            )
        } else {
            try guardName(&record)
            try add(&record, converter, wanted)
        }
    }

    /// Of one object, one request is under way at a time, and none while it is being taken back.
    private func waitForOpenRequest(of record: LedgerRecord, about object: LedgerRecord) throws(Stop) {
        if object.id != record.id, object.state != .linked, try undo(of: object) != nil {
            throw .hold("Waits: \(object.shown) is being taken back (plumbline undo).", needs: object.keys)
        }
        guard let open = try stopping({ try context.books.openRequest(onObjectOf: object.id) }) else { return }
        guard open.record != record.id else {
            throw .hold("Its earlier request \(open.requestID) has not been answered yet.", needs: object.keys)
        }
        throw .hold(
            "Waits for the answer to \(open.requestID): QuickBooks takes one change of \(object.shown) at a time.",
            needs: object.keys)
    }

    /// What a document should be in QuickBooks by now: fragments and other records may have come since it was read.
    private func convert(_ record: inout LedgerRecord, _ converter: any FromDocument.Type) throws(Stop) -> Content {
        guard let key = record.key else { throw .hold("Procore has not given it an id yet.") }
        let id = record.id
        if context.fresh.contains(id), let wanted = record.wanted { return wanted }
        let conversion = try stopping {
            try converter.convert(
                DocumentSource(key, fragments: try context.books.fragments(of: id)), settings: context.settings,
                references: LedgerReferences(context.books))
        }
        switch conversion {
        case .waits(let reason, let needs): throw .hold(reason, needs: needs)
        case .skipped(let skipped): throw .hold(skipped.reason)
        case .refused(let problems): throw .fail(problems)
        case .mapped(let mapped):
            context.receipt.steps += mapped.steps
            guard record.wanted != mapped.content else { return mapped.content }
            if let before = record.wanted {
                try stopping {
                    if let open = try context.books.openRequest(of: id), open.content == nil {
                        try context.books.keepContent(before, of: open)
                    }
                }
            }
            record.contents.wanted = mapped.content
            if record.identity.project == nil {
                let wanted = mapped.content
                record.identity.project = try stopping {
                    try ProjectOfDocument(books: context.books).id(
                        key, try context.books.fragments(of: id)[DocumentFragment.header], wanted: wanted)
                }
            }
            if let converter = converter as? any ToTransaction.Type {
                record.contents.nameKey = converter.numberKey(of: mapped.content)
            }
            for note in mapped.notes { context.receipt.add(note) }
            let current = record
            try stopping { try context.books.update(current) }
            return mapped.content
        }
    }

    /// The record whose transaction it is about: its own, or the one that it adds lines to.
    private func object(
        of record: LedgerRecord, _ converter: any ToTransaction.Type
    ) throws(Stop) -> LedgerRecord {
        guard converter.isAddition else { return record }
        guard let owner = record.tie.owner else { throw .hold("Nothing says yet what it belongs to.") }
        guard let object = try stopping({ try context.books.record(owner) }), object.quickBooksID != nil else {
            throw .hold(try stopping { try context.books.absenceReason(of: owner) }, needs: [owner])
        }
        return object
    }

    private mutating func add(
        _ record: inout LedgerRecord, _ converter: any ToTransaction.Type, _ wanted: Content
    ) throws(Stop) {
        try refuseClosedPeriod(wanted, converter.object.kind)
        let values = try resolve(wanted.fields + wanted.lines.flatMap(\.fields))
        let guid = record.externalGUID(in: context.settings)
        let body = converter.object.addBody(wanted, externalGUID: guid) { values[$0] }
        try queue(&record, .add, converter.object.add, body, isAlone: true)
        // Entering a bill changes what its order holds: it is read anew before it is changed the next time. So does a
        // payment with its bills.
        for key in wanted.touched { try outdate(key) }
    }

    /// Puts lines below all that are there.
    private mutating func append(
        _ record: inout LedgerRecord, _ object: LedgerRecord, _ converter: any ToTransaction.Type, _ wanted: Content
    ) throws(Stop) {
        guard let editSequence = try current(&record, object, converter.object) else { return }
        try refuseClosed(object, converter.object.kind)
        let values = try resolve(wanted.lines.flatMap(\.fields))
        let body = converter.object.modBody(
            txnID: object.quickBooksID ?? "", editSequence: editSequence, header: [],
            lines: .init(kept: object.tie.txnLineIDs, added: wanted.lines)
        ) { values[$0] }
        try queue(&record, .mod, converter.object.mod, body, object: object.id, isAlone: true)
    }

    /// Whether QuickBooks has all that Procore wants.
    private func isUnchanged(
        _ record: inout LedgerRecord, _ object: LedgerRecord, _ converter: any ToTransaction.Type, _ wanted: Content
    ) throws(Stop) -> Bool {
        let id = record.id
        try stopping {
            // A line may get to be known by a further id: that of its JSON export after that of its CSV.
            let ids = try context.books.lines(of: id)
            for line in wanted.lines {
                guard let txnLineID = line.keys.lazy.compactMap({ ids[$0] }).first else { continue }
                for key in line.keys where ids[key] == nil {
                    try context.books.setLine(key, of: id, object: object.id, txnLineID: txnLineID)
                }
            }
        }
        let changes = TransactionChanges(
            from: record.confirmed ?? Content(), to: wanted, order: converter.table.map(\.target))
        if changes.isEmpty { record.contents.confirmed = wanted }
        return changes.isEmpty
    }

    /// Changes a transaction that is there, or lines of it, where Procore's content differs from what QuickBooks
    /// confirmed.
    private mutating func change(
        _ record: inout LedgerRecord, _ object: LedgerRecord, _ converter: any ToTransaction.Type, _ wanted: Content
    ) throws(Stop) {
        let changes = TransactionChanges(
            from: record.confirmed ?? Content(), to: wanted, order: converter.table.map(\.target))
        let id = record.id
        let ids = try stopping { try context.books.lines(of: id) }
        try refuseWhatStays(changes, converter.object)
        try tellRemoved(changes, of: record)
        guard changes.changesQuickBooks else {
            record.contents.confirmed = wanted.keeping(changes.removed, of: record.confirmed)
            record.link()
            return
        }
        if changes["RefNumber"] != nil { try guardName(&record) }
        guard let editSequence = try current(&record, object, converter.object) else { return }
        if !changes.added.isEmpty { try refuseClosed(object, converter.object.kind) }
        let lines = try lineChanges(changes, of: record, in: object, ids)
        let values = try resolve(
            changes.header + changes.lines.flatMap(\.fields) + changes.added.flatMap(\.fields))
        let body = converter.object.modBody(
            txnID: object.quickBooksID ?? "", editSequence: editSequence, header: changes.header, lines: lines
        ) { values[$0] }
        try queue(&record, .mod, converter.object.mod, body, object: object.id, isAlone: true)
    }

    /// Refuses what cannot be changed in QuickBooks once it is there.
    private func refuseWhatStays(_ changes: TransactionChanges, _ transaction: TransactionObject) throws(Stop) {
        if let moved = changes.reference {
            throw .fail([
                Problem(
                    what: "\(moved) changed in Procore after it went to QuickBooks.",
                    remedy: "Change it back in Procore, or enter it anew in QuickBooks by hand.")
            ])
        }
        guard transaction.grows else {
            throw .fail([
                Problem(
                    what: "It changed in Procore after its \(transaction.kind.words) was entered in QuickBooks "
                        + "(\(changes.words)), and that cannot be changed from here without losing its links.",
                    remedy: "Change the \(transaction.kind.words) in QuickBooks by hand.")
            ])
        }
    }

    /// Nothing is taken out of QuickBooks: what Procore has not any more is told.
    private func tellRemoved(_ changes: TransactionChanges, of record: LedgerRecord) throws(Stop) {
        for key in changes.removed {
            let problem = Problem(
                what: "Line \(key) is not in Procore any more; it stays in QuickBooks.",
                remedy: "If it should go, remove it in QuickBooks by hand.")
            try stopping { try context.report(problem, of: record) }
        }
    }

    /// The lines of a Mod: every line of the object, those that changed with their fields, and new ones; nil: no line
    /// changes.
    /// - Parameter ids: the `TxnLineID`s of Procore's lines.
    private func lineChanges(
        _ changes: TransactionChanges, of record: LedgerRecord, in object: LedgerRecord, _ ids: [String: String]
    ) throws(Stop) -> TransactionObject.LineChanges? {
        guard !changes.lines.isEmpty || !changes.added.isEmpty else { return nil }
        var changed: [String: [Content.Field]] = [:]
        for line in changes.lines {
            guard let txnLineID = line.keys.lazy.compactMap({ ids[$0] }).first,
                object.tie.txnLineIDs.contains(txnLineID)
            else {
                throw .fail([
                    Problem(
                        record: "\(record.shown), line \(line.key)",
                        what: "The line changed in Procore, and in QuickBooks it was removed.",
                        remedy: "Enter the line in QuickBooks by hand, if it is still needed.")
                ])
            }
            changed[txnLineID] = line.fields
        }
        return .init(kept: object.tie.txnLineIDs, changed: changed, added: changes.added)
    }

    /// Asks QuickBooks about a transaction: by its id or, where it has none yet, by vendor or job and number.
    private mutating func ask(
        _ question: LedgerRequest.Operation, _ record: inout LedgerRecord, _ object: LedgerRecord,
        _ transaction: TransactionObject, _ wanted: Content
    ) throws(Stop) {
        if let txnID = object.quickBooksID ?? object.tie.claimedID {
            record.attempts.question = nil
            let isClaim = object.quickBooksID == nil
            let operation: LedgerRequest.Operation = isClaim ? .confirm : question == .adopt ? .refresh : question
            return try queue(
                &record, operation, transaction.query, transaction.queryBody(txnID: txnID), object: object.id)
        }
        guard let party = wanted.reference(transaction.party) else {
            record.attempts.question = nil
            throw .hold("Nothing says whom to ask QuickBooks for.")
        }
        let partyID = try quickBooksID(of: party)
        record.attempts.question = nil
        try queue(
            &record, .lookup, transaction.query,
            transaction.queryBody(partyID: partyID, refNumber: wanted["RefNumber"]), object: object.id)
    }

    // MARK: - What a transaction stands on

    /// The EditSequence that a change is built from; nil where the transaction is read first, since it is out of date.
    private mutating func current(
        _ record: inout LedgerRecord, _ object: LedgerRecord, _ transaction: TransactionObject
    ) throws(Stop) -> String? {
        if let editSequence = object.tie.editSequence, !object.tie.txnLineIDs.isEmpty { return editSequence }
        guard object.id != record.id else {
            try queue(
                &record, .refresh, transaction.query, transaction.queryBody(txnID: object.quickBooksID ?? ""))
            return nil
        }
        var stale = object
        stale.release(asking: .refresh)
        try stopping { try context.books.update(stale) }
        throw .hold("\(object.shown) is read from QuickBooks first.", needs: object.keys)
    }

    private func refuseClosed(_ object: LedgerRecord, _ kind: QuickBooksKind) throws(Stop) {
        let (how, remedy): (String, String)
        switch object.tie.closed {
        case nil: return
        case .closed: (how, remedy) = ("is closed", "Open it in QuickBooks, and drop the file again.")
        case .received:
            (how, remedy) = (
                "is fully received", "Enter the change in QuickBooks by hand, as a purchase order of its own."
            )
        case .grouped:
            (how, remedy) = (
                "has group lines, which a change from here would delete",
                "Enter the change in QuickBooks by hand, or take the group lines out and drop the file again."
            )
        }
        // Whatever was done about it in QuickBooks by the next attempt is read first.
        if let key = object.key { try outdate(key) }
        throw .fail([
            Problem(
                what: "The \(kind.words) of \(object.shown) \(how) in QuickBooks, and takes no more lines.",
                remedy: remedy)
        ])
    }

    private func outdate(_ key: RecordKey) throws(Stop) {
        try stopping {
            try context.outdate(key)
        }
    }

    /// What every value is written as, once all that it refers to is known.
    private struct Values {
        fileprivate var ids: [Content.Value: String] = [:]

        subscript(value: Content.Value) -> String {
            if case .text(let text) = value { text } else { ids[value] ?? "" }
        }
    }

    private mutating func resolve(_ fields: [Content.Field]) throws(Stop) -> Values {
        var values = Values()
        for field in fields {
            switch field.value {
            case .text: continue
            case .idOf(let key) where values.ids[field.value] == nil:
                values.ids[field.value] = try quickBooksID(of: key)
            case .lineOf(let key, let line) where values.ids[field.value] == nil:
                values.ids[field.value] = try txnLineID(line, of: key)
            case .idOf, .lineOf: continue
            }
        }
        return values
    }

    private func txnLineID(_ line: String, of key: RecordKey) throws(Stop) -> String {
        let found = try stopping {
            try context.books.record(key).flatMap { try context.books.line(line, inObjectOf: $0.id) }
        }
        if let found { return found }
        throw .hold("Waits for line \(line) of \(key.shown), which is not in QuickBooks yet.", needs: [key])
    }

    // MARK: - Codes

    /// A project cost code is linked once its job and its item are; a WBS code once its item is.
    mutating func tie(_ record: inout LedgerRecord) throws(Stop) {
        let wanted = try convert(&record, stopping { try documentConverter(of: record.entity) })
        var ids: [String] = []
        for field in wanted.fields {
            if case .idOf(let key) = field.value { ids.append(try quickBooksID(of: key)) }
        }
        record.link()
        guard record.entity == .costCodes else { return }
        let composite = ids.joined(separator: "|")
        guard record.quickBooksID != composite else { return }
        let isNew = record.quickBooksID == nil
        record.tie.kind = .itemService
        record.tie.quickBooksID = composite
        record.contents.confirmed = wanted
        if isNew { context.receipt.count(record.entity, .linked) }
        let current = record
        try stopping {
            try context.addEvent("linked", current, composite)
            if try context.books.fragments(of: current.id)[DocumentFragment.header]?["origin_id"] != composite {
                try writeBacks.link(current)
            }
        }
    }
}
