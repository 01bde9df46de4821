import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' answers do to a record that a person takes back.
struct UndoAnswers {
    let context: ProcessingContext
    let transaction: TransactionObject

    /// Takes the answer to a request of an undo that was not answered before.
    func take(_ answer: Answer, _ record: inout LedgerRecord) throws {
        guard var undo = try context.openUndo(of: record) else {
            // It was given up meanwhile.
            return record.release()
        }
        if answer.request.operation.removes {
            try removed(answer, &record, &undo)
        } else {
            try inspected(answer, &record, &undo)
        }
    }

    // MARK: - TxnDel and TxnVoid

    private func removed(_ answer: Answer, _ record: inout LedgerRecord, _ undo: inout LedgerUndo) throws {
        let code = answer.head.statusCode
        if code < 1_000 || answer.consequence == .missing {
            // Where it is not there any more, it is as gone as it should be.
            return try done(&record, undo)
        }
        if code < 3_000 { return try verify(&record, &undo) }
        let problem = StatusCode.problem(code: code, message: answer.head.statusMessage)
        try keep(
            &record, undo, because: problem.what,
            remedy: "Put that right in QuickBooks, or \(verb(undo)) it there by hand. \(record.undoAgain)")
    }

    /// QuickBooks is asked whether it is gone, since nobody can tell.
    func verify(_ record: inout LedgerRecord, _ undo: inout LedgerUndo) throws {
        undo.phase = .verifying
        try context.books.update(undo)
        record.release()
    }

    /// It is gone, or void. It stays known, and is entered anew only at a person's word.
    func done(_ record: inout LedgerRecord, _ undo: LedgerUndo) throws {
        let touched = record.confirmed?.touched ?? []
        let number = record.tie.fullName.map { " \($0)" } ?? ""
        let asked = undo.people.asked.map { ", as asked for by \($0)" } ?? ""
        let approved = undo.people.approved.map { "\(asked.isEmpty ? "," : " and") approved by \($0)" } ?? ""
        let reason =
            "Taken back on \(ReviewTime.text(context.now, context.settings))\(asked)\(approved): its "
            + "\(transaction.kind.words)\(number) was \(undo.isVoid ? "voided" : "deleted") in QuickBooks "
            + "(TxnID \(undo.txnID))."
        try BrokenTies(context: context).untie(&record, because: reason, as: "undone")
        record.tie.isBroken = true
        record.contents.nameKey = nil
        record.undo(reason, remedy: record.brokenRemedy)
        try context.books.end(undo, .undone)
        try context.books.update(record)
        context.receipt.add(
            Note(record: record.shown, what: reason + (record.leftInProcore.map { " \($0)" } ?? "")))
        try context.release(waitingFor: record.keys)
        for key in touched {
            try context.outdate(key)
            // What waits for it may go on: the order is open again for what the bill had received.
            if let other = try context.books.record(key) { try context.release(waitingFor: other.keys) }
        }
    }

    // MARK: - What QuickBooks says of it

    private func inspected(_ answer: Answer, _ record: inout LedgerRecord, _ undo: inout LedgerUndo) throws {
        guard [.ok, .okWithWarning, .empty, .missing].contains(answer.consequence) else {
            let problem = StatusCode.problem(code: answer.head.statusCode, message: answer.head.statusMessage)
            return try unknown(&record, undo, problem.what)
        }
        let txnID = undo.txnID
        guard let ret = answer.objects.first(where: { $0.name == transaction.ret && $0["TxnID"] == txnID }) else {
            if undo.phase == .verifying { return try done(&record, undo) }
            try context.books.end(undo, .kept)
            return try BrokenTies(context: context).end(
                &record,
                because: "It was to be taken back, and its \(transaction.kind.words) (TxnID \(txnID)) is not in "
                    + "QuickBooks any more: somebody deleted it there.")
        }
        if undo.phase == .verifying { return try verified(ret, &record, undo) }
        let findings = UndoFindings(context, transaction, record, ret)
        let obstacle = try findings.obstacle()
        record.observe(ret, lines: ret.all(transaction.lineRet).compactMap { $0["TxnLineID"] })
        if let obstacle {
            return try keep(
                &record, undo, because: obstacle.what,
                remedy: "Look at it in QuickBooks, and \(verb(undo)) it there by hand if it is to go."
                    + (obstacle.endsByAsking ? " \(record.undoAgain)" : ""))
        }
        try goOn(&record, &undo, try findings.dependants())
    }

    /// What the question says once it is not known whether the request took effect.
    private func verified(_ ret: Element, _ record: inout LedgerRecord, _ undo: LedgerUndo) throws {
        if undo.isVoid, HandChanges(context: context).isVoid(ret, transaction.kind) { return try done(&record, undo) }
        try keep(
            &record, undo,
            because: "QuickBooks was asked to \(verb(undo)) it, did not say whether it had, and still has it.",
            remedy: record.undoAgain)
    }

    /// It is ours, and unchanged.
    private func goOn(
        _ record: inout LedgerRecord, _ undo: inout LedgerUndo, _ dependants: [UndoFindings.Dependant]
    ) throws {
        let others = dependants.filter { !$0.isGoing }
        guard others.isEmpty else {
            let words = others.map(\.words).joined(separator: ", ")
            let terms = others.compactMap(\.record?.term)
            return try keep(
                &record, undo,
                because: "Its \(transaction.kind.words) has other transactions that stand on it: \(words).",
                remedy: "Those have to go first"
                    + (terms.isEmpty ? ", in QuickBooks by hand. " : ": \(terms.joined(separator: ", ")). ")
                    + record.undoAgain)
        }
        if undo.phase == .asking {
            undo.phase = .proposing
        } else if dependants.isEmpty {
            undo.phase = .sending
        } else {
            let needs = dependants.compactMap(\.record?.key)
            record.hold(
                for: "It is approved to be taken back, and waits for what goes first: "
                    + dependants.map(\.words).joined(separator: ", ") + ".")
            try context.books.setWaits(record.id, needs)
            try context.addEvent("held", record, record.reason)
            return context.receipt.wait(record.id, record.shown, for: record.reason ?? "")
        }
        try context.books.update(undo)
        record.release()
    }

    // MARK: - Where it stays

    /// It cannot be told how it stands. It is kept; where the request may have taken effect, it is asked after as what
    /// QuickBooks may not have any more.
    func unknown(_ record: inout LedgerRecord, _ undo: LedgerUndo, _ what: String) throws {
        let isOpen = undo.phase == .verifying
        try keep(
            &record, undo, because: what,
            remedy: isOpen ? "QuickBooks is asked once more whether it still has it." : record.undoAgain)
        if isOpen { record.release(asking: .refresh) }
    }

    /// It is not taken back, and stands as before.
    private func keep(
        _ record: inout LedgerRecord, _ undo: LedgerUndo, because what: String, remedy: String
    ) throws {
        try context.keep(&record, undo, because: "It is not taken back. \(what)")
        context.receipt.count(record.entity, .failed)
        context.receipt.add(Problem(record: record.shown, what: "It is not taken back. \(what)", remedy: remedy))
    }

    private func verb(_ undo: LedgerUndo) -> String { undo.isVoid ? "void" : "delete" }
}

extension ProcessingContext {
    /// Ends an undo of which nothing came: the record stands as before, and what waited for it goes on.
    func keep(_ record: inout LedgerRecord, _ undo: LedgerUndo, because what: String) throws {
        try books.end(undo, .kept)
        try addEvent("undo ended", record, what)
        if let failure = undo.failure {
            record.fail(failure.reason, remedy: failure.remedy)
        } else {
            record.release()
        }
        try books.update(record)
        try release(waitingFor: record.keys)
    }
}
