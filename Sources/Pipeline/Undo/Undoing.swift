import Converters
import Domain
import QBXML
import SyncLedger

/// `plumbline undo`: what was entered in QuickBooks is to be taken back. Here only the question is asked whether that can
/// be; the answer puts the request up for approval, whatever `review` says.
extension CommandRunner {
    mutating func undo(_ wish: UndoWish) throws {
        var asked: [String] = []
        var refusals = Refusals()
        var seen: Set<Int64> = []
        for term in wish.terms {
            for named in try undoable(term) where seen.insert(named.record.id).inserted {
                let record = named.record
                if let reason = try obstacle(to: wish, named) {
                    refusals.add(record.shown, reason)
                    continue
                }
                try begin(wish, record)
                asked.append(record.shown)
            }
        }
        if !asked.isEmpty {
            outcome.done.append(
                "QuickBooks is asked whether it still has just what was entered: \(Refusals.words(asked)). What can be taken "
                    + "back is then put into outbox/review, and nothing is sent before it is approved there.")
        }
        outcome.problems += refusals.sentences
    }

    private func begin(_ wish: UndoWish, _ known: LedgerRecord) throws {
        guard let undo = LedgerUndo(of: known, isVoid: wish.isVoid, by: wish.who, at: context.now) else { return }
        var record = known
        try context.books.begin(undo)
        record.releaseAnew()
        try context.books.update(record)
        try context.addEvent("undo asked", record, "\(wish.isVoid ? "void" : "delete") \(undo.txnID)\(by(wish.who))")
    }

    private func by(_ who: String?) -> String { who.map { ", by \($0)" } ?? "" }

    // MARK: - What is named

    /// The most records of a file that are looked at together. A limit of ours.
    private static let mostRecords = 20_000

    /// A record that is to be taken back.
    private struct Named {
        let record: LedgerRecord
        /// Whether a file was named that did not bring it first.
        var isEarlier = false
    }

    /// The records that a term names, newest first: one, or those that a file brought; none, with a problem, where there are
    /// none.
    private mutating func undoable(_ term: String) throws -> [Named] {
        if RecordKey(term) != nil { return try record(term).map { [Named(record: $0)] } ?? [] }
        guard let file = try file(term) else { return [] }
        guard let brought = try context.books.brought(by: file.intake) else {
            outcome.problems.append(
                "\(file.name) was read by an earlier version, and which records it brought is not known: name the records, "
                    + "such as requisitions/1280646. plumbline trace \(file.name) lists them.")
            return []
        }
        guard brought.atMost <= Self.mostRecords else {
            outcome.problems.append(
                "\(file.name) (number \(file.intake)) brought more than \(Self.mostRecords) records, which are not taken back in "
                    + "one go: name the records.")
            return []
        }
        let records = try context.books.records(of: brought)
        if records.isEmpty { outcome.problems.append("\(file.name) (number \(file.intake)) brought no records.") }
        return records.reversed().map { record in
            Named(
                record: record,
                isEarlier: !(record.id > brought.records.lowerBound && record.id <= brought.records.upperBound))
        }
    }

    /// The file of a name or, where none has it, of the number that the term begins with, as the names of receipts do.
    private mutating func file(_ term: String) throws -> LedgerFile? {
        let files = try context.books.files(named: term, limit: 20)
        if files.count > 1 {
            let numbers = files.map { "\($0.intake) (\($0.received))" }.joined(separator: ", ")
            outcome.problems.append(
                "More than one file was called \(term): name the one that is meant by its number, with which the name of its "
                    + "receipt begins: \(numbers).")
            return nil
        }
        if let file = files.first { return file }
        let name = term.split(separator: "/").last ?? ""
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        if let number = Int(digits), digits.count == name.count || name.dropFirst(digits.count).first == "-",
            let file = try context.books.file(number)
        {
            return file
        }
        outcome.problems.append(
            "\(term) is neither a record, such as requisitions/1280646, nor a file that was read: see plumbline trace.")
        return nil
    }

    // MARK: - What cannot be taken back

    /// Why a record is not taken back; nil: QuickBooks is asked.
    private func obstacle(to wish: UndoWish, _ named: Named) throws -> String? {
        let record = named.record
        if record.isUndone { return record.reason ?? "It was taken back already." }
        guard let converter = transactionConverter(of: record.entity), !record.isImportedCostOrPayment else {
            return Self.obstacle(of: record)
        }
        let kind = converter.object.kind.words
        if converter.isAddition {
            let owner = record.tie.owner?.description ?? "the record that it belongs to"
            return
                "its lines stand in the \(kind) of \(owner): take that back as a whole (plumbline undo \(owner)), or take "
                + "the lines out in QuickBooks by hand."
        }
        if named.isEarlier {
            return
                "the file only changed it. Drop the earlier export again to change it back, or name the record itself to "
                + "take back its whole \(kind)."
        }
        guard record.quickBooksID != nil else { return try absence(of: record) }
        if let asking = try askingReason(record) { return asking }
        guard try context.books.wasAskedToBeAdded(record) else {
            return
                "its \(kind) was in QuickBooks before it was tied, and Plumbline takes back only what it entered itself. "
                + "plumbline unlink \(record.term.replacing("/", with: " ")) ends the tie."
        }
        if wish.isVoid, !converter.object.canBeVoided {
            return "QuickBooks voids no \(kind): without --void it is deleted."
        }
        return closedPeriod(record, kind)
    }

    private static func obstacle(of record: LedgerRecord) -> String {
        if record.isImportedCostOrPayment {
            return "it came from QuickBooks. Change or delete it there, and Procore is told by the next pull."
        }
        guard let converter = listConverter(of: record.entity) else {
            return "nothing was entered in QuickBooks for it."
        }
        return
            "QuickBooks deletes an element of a list only while nothing uses it, so none is deleted from here. Make the "
            + "\(converter.object.list.words) inactive in QuickBooks by hand; plumbline unlink ends its tie."
    }

    private func absence(of record: LedgerRecord) throws -> String {
        switch record.state {
        case .queued: try askingReason(record) ?? "its request is not answered yet."
        case .held, .failed: "it is not in QuickBooks, so there is nothing to take back: \(record.reason ?? "")"
        default: "it is not in QuickBooks, so there is nothing to take back."
        }
    }

    private func closedPeriod(_ record: LedgerRecord, _ kind: String) -> String? {
        guard let open = context.settings.documents.closedBefore,
            let date = record.confirmed?["TxnDate"].flatMap({ CalendarDate($0) }), date.description < open.description
        else { return nil }
        return
            "its \(kind) is dated \(date), and the books are closed before \(open) (closed_before in plumbline.yaml)."
    }
}

/// What is not taken back, the same reason told once.
private struct Refusals {
    private var reasons: [String] = []
    private var records: [String: [String]] = [:]

    mutating func add(_ record: String, _ reason: String) {
        if records[reason] == nil { reasons.append(reason) }
        records[reason, default: []].append(record)
    }

    var sentences: [String] { reasons.map { "\(Self.words(records[$0] ?? [])): \($0)" } }

    /// A few names, and how many there are more.
    static func words(_ names: [String]) -> String {
        let most = 10
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown) and \(names.count - most) more" : shown
    }
}
