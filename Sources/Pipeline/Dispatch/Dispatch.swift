import Converters
import Domain
import QBXML
import SyncLedger

/// Decides what every record that was just read, answered or released needs now: a request, a wait, or nothing.
///
/// Whatever brought a record here, a file, an answer or a retry, it is decided in this one place, from what the
/// ledger holds, so that any order of drops ends in the same books.
struct Dispatch {
    let context: ProcessingContext
    let writeBacks: UpdateBatches
    private var freed: Set<Int64> = []
    /// QuickBooks ids of elements of lists that were found already, while nothing is decided about such elements.
    private var ids: [RecordKey: String] = [:]
    /// Whether a cost waits for an item by its QuickBooks id; nil: not read yet.
    private var awaitsItems: Bool?

    /// Decides all undecided records.
    static func run(_ context: ProcessingContext, writingBack writeBacks: UpdateBatches) throws {
        var dispatch = Dispatch(context: context, writeBacks: writeBacks)
        try dispatch.decideAll()
    }

    private mutating func decideAll() throws {
        // Deciding one record can set others free, so go on until a round finds none.
        while true {
            var last: Int64 = 0
            var found = false
            while true {
                let numbers = try context.books.undecided(after: last, limit: 200)
                guard let end = numbers.last else { break }
                found = true
                last = end
                for number in numbers { try decide(number) }
            }
            if !found { break }
        }
        try context.requests.finish()
        try writeBacks.finish()
    }

    private mutating func decide(_ id: Int64) throws {
        guard var record = try context.books.record(id: id), record.state.isUndecided else { return }
        let before = record.state.name
        context.deciding = before == .released ? id : nil
        // What was to be decided about it by a person is not what is wanted any more. One that is new has nothing there.
        if before != .new {
            let wasInReview = try context.replaceReview(of: id)
            if wasInReview || before == .changed { try context.giveUpUndo(of: record) }
        }
        record.attempts.due = nil
        try context.books.setWaits(record.id, [])
        do throws(Stop) {
            try send(&record, before)
        } catch {
            switch error {
            case .hold(let reason, let needs):
                record.hold(for: reason)
                try context.books.setWaits(record.id, needs)
                if record.entity == .directCosts { awaitsItems = nil }
                try context.addEvent("held", record, reason)
            case .gate(let gate, let reason):
                record.hold(for: reason)
                try context.books.setWait(record.id, for: gate)
                try context.addEvent("held", record, reason)
            case .fail(let problems):
                record.fail(problems.map(\.what).joined(separator: " "), remedy: problems.first?.remedy)
                for problem in problems { try context.report(problem, of: record) }
                try context.addEvent("failed", record, record.reason)
            case .broken(let other): throw other
            }
        }
        try context.books.update(record)
        if !Self.isTransaction(record.entity) { ids = [:] }
        count(record, before)
        try releaseWaiters(of: record, before)
        context.deciding = nil
    }

    /// Writes the request that a record needs, if it needs one.
    private mutating func send(_ record: inout LedgerRecord, _ before: LedgerRecord.State.Name) throws(Stop) {
        if let pause = context.pause {
            throw .gate(.pause, pause)
        } else if record.entity == .directCosts {
            try sendCost(&record)
        } else if record.isImportedPayment {
            try sendPayment(&record)
        } else if let halt = context.company.halt {
            // Before anything is decided: what was to be asked first is still to be asked then.
            try stopping { try context.checkCompany() }
            throw .gate(.company, halt)
        } else if let converter = transactionConverter(of: record.entity) {
            if before != .new, let undo = try undo(of: record) {
                try sendUndo(&record, undo, converter.object)
            } else {
                try sendTransaction(&record, converter)
            }
        } else if let converter = listConverter(of: record.entity) {
            try send(&record, converter)
        } else {
            try tie(&record)
        }
    }

    /// Sets those free that waited for a record which is in QuickBooks now.
    private mutating func releaseWaiters(of record: LedgerRecord, _ before: LedgerRecord.State.Name) throws {
        let isThere = try record.quickBooksID != nil && !context.books.isDoubtful(record) || record.state == .linked
        if isThere, !record.isHeld || freed.insert(record.id).inserted {
            // One that is there and waits with a change sets others free once: they may wait for one another.
            ids = [:]
            try context.release(waitingFor: record.keys)
            if !record.isHeld, let owner = record.tie.owner { try context.release(waitingFor: [owner]) }
            if record.entity == .standardCostCodes { try releaseCosts(ofItem: record) }
        } else if record.entity == .requisitions, before != .released {
            // The next invoice may only wait to know what this one says.
            ids = [:]
            try context.release(waitingFor: record.keys)
        }
    }

    /// Sets costs free that wait to know which cost code an item of QuickBooks is.
    private mutating func releaseCosts(ofItem record: LedgerRecord) throws {
        guard let listID = record.quickBooksID else { return }
        let need = RecordKey(.standardCostCodes, quickBooksID: listID)
        // Most files find no cost that waits for an item; nothing is asked for each item then.
        if awaitsItems == nil { awaitsItems = try context.books.isAwaitingItems() }
        if awaitsItems == true { try context.release(waitingFor: [need]) }
    }

    private func count(_ record: LedgerRecord, _ before: LedgerRecord.State.Name) {
        switch (before, record.state.name) {
        case (.new, .held), (.changed, .held):
            context.receipt.count(record.entity, .held)
            context.receipt.wait(record.id, record.shown, for: record.reason ?? "")
        case (.new, .failed), (.changed, .failed): context.receipt.count(record.entity, .rejected)
        case (.new, _): context.receipt.count(record.entity, .new)
        case (.changed, .linked) where record.entity == .costCodes || record.isImportedCostOrPayment:
            context.receipt.count(record.entity, .changed)
        case (.changed, .linked): context.receipt.count(record.entity, .unchanged)
        case (.changed, _): context.receipt.count(record.entity, .changed)
        case (.released, let state):
            context.receipt.release("\(record.shown): \(state.rawValue)")
            context.receipt.waits(record.id, for: state == .held ? record.reason : nil)
        default: break
        }
    }

    /// Why a record does not go on now.
    enum Stop: Error {
        case hold(String, needs: [RecordKey] = [])
        /// Waits for something that is no record.
        case gate(Gate, String)
        case fail([Problem])
        case broken(any Error)
    }

    /// Writes the request that an element of a list needs, if it needs one.
    private mutating func send(_ record: inout LedgerRecord, _ converter: any ToQuickBooks.Type) throws(Stop) {
        guard let wanted = record.wanted else {
            if record.procoreID == nil { record.queue() } else { record.link() }
            return
        }
        if let open = try stopping({ try context.books.openRequest(of: record.id) }) {
            throw .hold("Its earlier request \(open.requestID) has not been answered yet.")
        }
        if let question = record.attempts.question { return try ask(question, &record, converter.object, wanted) }
        let changes =
            record.quickBooksID == nil
            ? nil : converter.changes(from: record.confirmed ?? Content(), to: wanted, settings: context.settings)
        if record.quickBooksID == nil || changes?["Name"] != nil { try guardName(&record) }

        if let listID = record.quickBooksID, let changes {
            for path in converter.heldBack(from: record.confirmed ?? Content(), to: wanted, settings: context.settings)
            {
                context.receipt.add(
                    Note(
                        record: record.shown, field: path,
                        what: "Differs from QuickBooks and stays as it is there, since update_addresses is false."))
            }
            guard !changes.fields.isEmpty else {
                record.link()
                return
            }
            let body = converter.object.modBody(changes, listID: listID, editSequence: record.tie.editSequence ?? "")
            try queue(&record, .mod, converter.object.mod, body)
        } else if let claimed = record.tie.claimedID {
            try queue(&record, .confirm, converter.object.query, converter.object.queryBody(listID: claimed))
        } else {
            var ids: [RecordKey: String] = [:]
            for key in wanted.references { ids[key] = try quickBooksID(of: key) }
            if try stopping({ try context.isMatching(converter.entity) }) {
                throw .gate(
                    .matching(converter.entity),
                    "New \(converter.object.list.words)s wait until the suggested ties are decided: plumbline link --suggest."
                )
            }
            let guid = record.externalGUID(in: context.settings)
            let body = converter.object.addBody(wanted, externalGUID: guid) { ids[$0] }
            try queue(&record, .add, converter.object.add, body)
        }
    }

    /// Asks QuickBooks about a record by its id or, where it has none yet, by the name that it wants.
    private mutating func ask(
        _ question: LedgerRequest.Operation, _ record: inout LedgerRecord, _ object: QuickBooksObject, _ wanted: Content
    ) throws(Stop) {
        record.attempts.question = nil
        if question == .refresh || question == .confirm, let listID = record.quickBooksID ?? record.tie.claimedID {
            return try queue(&record, question, object.query, object.queryBody(listID: listID))
        }
        var parent = wanted["ParentRef/FullName"]
        for key in wanted.references { parent = try stopping { try context.books.record(key) }?.tie.fullName }
        let fullName = [parent, wanted["Name"]].compactMap { $0 }.joined(separator: ":")
        try queue(&record, question == .lookup ? .lookup : .adopt, object.query, object.queryBody(fullName: fullName))
    }

    mutating func queue(
        _ record: inout LedgerRecord, _ operation: LedgerRequest.Operation, _ message: String, _ body: [UInt8],
        object: Int64? = nil, isAlone: Bool = false, isReviewed: Bool? = nil
    ) throws(Stop) {
        record.attempts.count += 1
        do {
            try context.requests.add(
                record, operation, message: message, body: body, object: object, isAlone: isAlone,
                isReviewed: isReviewed)
        } catch {
            throw .broken(error)
        }
        record.queue()
    }

    /// The QuickBooks id of a record that another one needs, or the wait for it.
    mutating func quickBooksID(of key: RecordKey) throws(Stop) -> String {
        if let known = ids[key] { return known }
        let id = try lookUpID(of: key)
        // A transaction may be asked after at any moment, and is to be waited for then.
        guard !Self.isTransaction(key.entity) else { return id }
        if ids.count == Self.mostIDs { ids = [:] }
        ids[key] = id
        return id
    }

    private static let mostIDs = 4_096

    private static func isTransaction(_ entity: Entity) -> Bool { transactionConverter(of: entity) != nil }

    private mutating func lookUpID(of key: RecordKey) throws(Stop) -> String {
        let (key, needed) = try stopping { try context.books.standIn(for: key) }
        guard let needed, let id = needed.quickBooksID else {
            // Or for the item that another document showed it with.
            if needed == nil, let code = try stopping({ try CostCodes(books: context.books).item(ofSeen: key) }) {
                return try quickBooksID(of: code)
            }
            throw .hold(try stopping { try context.books.absenceReason(of: key) }, needs: [key])
        }
        if Self.isTransaction(key.entity), needed.state != .linked, try undo(of: needed) != nil {
            throw .hold("Waits: \(needed.shown) is being taken back (plumbline undo).", needs: [key])
        }
        if try stopping({ try context.books.isDoubtful(needed) }) {
            throw .hold("QuickBooks is asked whether it still has \(needed.shown).", needs: [key])
        }
        return id
    }

    /// Two records that would meet in one QuickBooks name: both stop if neither is linked, else only the newer one.
    func guardName(_ record: inout LedgerRecord) throws(Stop) {
        guard let nameKey = record.contents.nameKey else { return }
        let id = record.id
        let others = try stopping { try context.books.others(wanting: nameKey, than: id) }
        guard let other = others.first(where: { $0.quickBooksID != nil || $0.state == .queued }) ?? others.first else {
            return
        }
        let isList = listConverter(of: record.entity) != nil
        let remedy = isList ? Self.renameRemedy : Self.renumberRemedy
        for var rival in others where rival.quickBooksID == nil && rival.isHeld {
            rival.fail(
                "\(record.shown) wants the same \(isList ? "name" : "number") in QuickBooks.", remedy: remedy)
            try stopping {
                try context.books.update(rival)
                try context.addEvent("failed", rival, rival.reason)
            }
        }
        throw .fail([
            Problem(
                field: isList ? "name" : "number",
                what:
                    "\(record.shown) and \(other.shown) would have the same \(isList ? "name" : "number") in QuickBooks "
                    + "(\(record.wanted?[isList ? "Name" : "RefNumber"] ?? "")).",
                remedy: remedy)
        ])
    }

    private static let renameRemedy =
        "Give one of them another name in Procore, export again, and drop the new file in the inbox."
    private static let renumberRemedy =
        "Give one of them another number in Procore, such as one with the project's number before it, export again, "
        + "and drop the new file in the inbox."

    func stopping<Result>(_ body: () throws -> Result) throws(Stop) -> Result {
        do {
            return try body()
        } catch {
            throw .broken(error)
        }
    }
}
