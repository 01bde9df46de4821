import Converters
import Domain
import QBXML
import SyncLedger

/// Decides what every record that was just read, answered or released needs now: a request, a wait, or nothing.
///
/// Whatever brought a record here, a file, an answer or a retry, it is decided in this one place, from what the
/// ledger holds, so that any order of drops ends in the same books.
struct Dispatch {
    private let work: Work
    private var requests: RequestBatches
    private var writeBacks: UpdateBatches

    /// Decides all undecided records.
    static func run(_ work: Work, writingBack writeBacks: UpdateBatches) throws {
        var dispatch = Dispatch(work: work, requests: RequestBatches(work), writeBacks: writeBacks)
        try dispatch.decideAll()
    }

    private mutating func decideAll() throws {
        // Deciding one record can set others free, so go on until a round finds none.
        while true {
            var last: Int64 = 0
            var found = false
            while true {
                let numbers = try work.books.undecided(after: last, limit: 200)
                guard let end = numbers.last else { break }
                found = true
                last = end
                for number in numbers { try decide(number) }
            }
            if !found { break }
        }
        try requests.finish()
        try writeBacks.finish()
    }

    private mutating func decide(_ id: Int64) throws {
        guard var record = try work.books.record(id: id), record.state.isUndecided else { return }
        let arrival = record.state
        record.reason = nil
        record.remedy = nil
        record.due = nil
        try work.books.setWaits(record.id, [])
        do throws(Stop) {
            try send(&record)
        } catch {
            switch error {
            case .hold(let reason, let needs):
                record.state = .held
                record.reason = reason
                try work.books.setWaits(record.id, needs)
                try work.note("held", record, reason)
            case .fail(let problem):
                record.state = .failed
                record.reason = problem.what
                record.remedy = problem.remedy
                work.receipt.add(problem.of(record.shown))
                try work.note("failed", record, problem.what)
            case .broken(let other): throw other
            }
        }
        try work.books.update(record)
        count(record, arrival)
        if record.listID != nil, let key = record.key { try release(waitingFor: key) }
    }

    private func count(_ record: LedgerRecord, _ arrival: LedgerRecord.State) {
        switch (arrival, record.state) {
        case (.new, .held), (.changed, .held): work.receipt.count(record.entity, .held)
        case (.new, .failed), (.changed, .failed): work.receipt.count(record.entity, .rejected)
        case (.new, _): work.receipt.count(record.entity, .new)
        case (.changed, .linked): work.receipt.count(record.entity, .unchanged)
        case (.changed, _): work.receipt.count(record.entity, .changed)
        case (.released, let state): work.receipt.release("\(record.shown): \(state.rawValue)")
        default: break
        }
    }

    /// Why a record does not go on now.
    private enum Stop: Error {
        case hold(String, needs: [RecordKey] = [])
        case fail(Problem)
        case broken(any Error)
    }

    /// Writes the request that a record needs, if it needs one.
    private mutating func send(_ record: inout LedgerRecord) throws(Stop) {
        guard let wanted = record.wanted else {
            record.state = record.procoreID == nil ? .queued : .linked
            return
        }
        if let open = try look({ try work.books.openRequest(of: record.id) }) {
            throw .hold("Its earlier request \(open.requestID) has not been answered yet.")
        }
        let converter = quickBooksConverter(of: record.entity)
        if let question = record.question { return try ask(question, &record, converter.object, wanted) }
        let changes =
            record.listID == nil
            ? nil : converter.changes(from: record.confirmed ?? Content(), to: wanted, settings: work.settings)
        if record.listID == nil || changes?["Name"] != nil { try guardName(&record) }

        if let listID = record.listID, let changes {
            for path in converter.heldBack(from: record.confirmed ?? Content(), to: wanted, settings: work.settings) {
                work.receipt.add(
                    Note(
                        record: record.shown, field: path,
                        what: "Differs from QuickBooks and stays as it is there, since update_addresses is false."))
            }
            guard !changes.fields.isEmpty else {
                record.state = .linked
                return
            }
            let body = converter.object.modBody(changes, listID: listID, editSequence: record.editSequence ?? "")
            try queue(&record, .mod, converter.object.mod, body)
        } else if let claimed = record.claimedID {
            try queue(&record, .confirm, converter.object.query, converter.object.queryBody(listID: claimed))
        } else {
            var ids: [RecordKey: String] = [:]
            for key in wanted.references { ids[key] = try listID(of: key) }
            let guid = nameBasedGUID("\(work.settings.namespace)/\(record.entity.rawValue)/\(record.identity)")
            let body = converter.object.addBody(wanted, externalGUID: guid) { ids[$0] }
            try queue(&record, .add, converter.object.add, body)
        }
    }

    /// Asks QuickBooks about a record by its id or, where it has none yet, by the name that it wants.
    private mutating func ask(
        _ question: LedgerRequest.Operation, _ record: inout LedgerRecord, _ object: QuickBooksObject, _ wanted: Content
    ) throws(Stop) {
        record.question = nil
        if question == .refresh || question == .confirm, let listID = record.listID ?? record.claimedID {
            return try queue(&record, question, object.query, object.queryBody(listID: listID))
        }
        var parent = wanted["ParentRef/FullName"]
        for key in wanted.references { parent = try look { try work.books.record(key) }?.fullName }
        let fullName = [parent, wanted["Name"]].compactMap { $0 }.joined(separator: ":")
        try queue(&record, question == .look ? .look : .adopt, object.query, object.queryBody(fullName: fullName))
    }

    private mutating func queue(
        _ record: inout LedgerRecord, _ operation: LedgerRequest.Operation, _ message: String, _ body: [UInt8]
    ) throws(Stop) {
        do {
            try requests.add(&record, operation, message: message, body: body)
        } catch {
            throw .broken(error)
        }
        record.state = .queued
    }

    /// The QuickBooks id of a record that another one needs, or the wait for it.
    private func listID(of key: RecordKey) throws(Stop) -> String {
        let needed = try look { try work.books.record(key) }
        if let id = needed?.listID { return id }
        guard let needed else {
            throw .hold(
                "Waits for \(key.entity.singular) \(key.procoreID), which has not been dropped yet.", needs: [key])
        }
        let why =
            needed.state == .failed
            ? "which failed: \(needed.reason ?? "see its own receipt")" : "which is not in QuickBooks yet."
        throw .hold("Waits for \(needed.shown), \(why)", needs: [key])
    }

    /// Two records that would meet in one QuickBooks name: both stop if neither is linked, else only the newcomer.
    private func guardName(_ record: inout LedgerRecord) throws(Stop) {
        guard let nameKey = record.nameKey else { return }
        let id = record.id
        let others = try look { try work.books.others(wanting: nameKey, than: id) }
        guard let other = others.first(where: { $0.listID != nil || $0.state == .queued }) ?? others.first else {
            return
        }
        for var rival in others where rival.listID == nil && rival.state == .held {
            rival.state = .failed
            rival.reason = "\(record.shown) wants the same name in QuickBooks."
            rival.remedy = Self.renameRemedy
            try look { try work.books.update(rival) }
        }
        throw .fail(
            Problem(
                field: "name",
                what:
                    "\(record.shown) and \(other.shown) would have the same name in QuickBooks (\(record.wanted?["Name"] ?? "")).",
                remedy: Self.renameRemedy))
    }

    private static let renameRemedy =
        "Give one of them another name in Procore, export again, and drop the new file in the inbox."

    private func look<Result>(_ body: () throws -> Result) throws(Stop) -> Result {
        do {
            return try body()
        } catch {
            throw .broken(error)
        }
    }

    /// Sets the records free that waited for one that is linked now.
    private func release(waitingFor key: RecordKey) throws {
        for var record in try work.books.waiting(for: key) where record.state == .held {
            record.state = .released
            try work.books.update(record)
            try work.note("released", record, "by \(key)")
        }
    }
}
