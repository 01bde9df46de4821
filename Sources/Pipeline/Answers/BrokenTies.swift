import Converters
import Domain
import QBXML
import SyncLedger

/// What follows when QuickBooks does not have an object any more that a record was tied to.
///
/// The tie is broken, and the old id stays as a claim: dropping the file again asks QuickBooks once more and never enters
/// it a second time by itself. A person decides: `retry` adds it anew, `link` ties it to another.
struct BrokenTies {
    let context: ProcessingContext

    /// Takes a record's tie away, and fails it with a sentence; what adds lines to its transaction waits for it again.
    func end(_ record: inout LedgerRecord, because reason: String) throws {
        try untie(&record, because: reason)
        record.tie.isBroken = true
        Outcomes(context: context).stop(&record, reason, record.brokenRemedy)
    }

    /// Takes a record's tie away; what adds lines to its transaction waits for it again.
    /// - Parameters:
    ///   - record: the record.
    ///   - reason: what happened, for its history.
    ///   - event: how its history calls that.
    func untie(_ record: inout LedgerRecord, because reason: String, as event: String = "broken") throws {
        record.untie()
        try context.books.forgetLines(inObjectOf: record.id)
        try context.addEvent(event, record, reason)
        guard let key = record.key else { return }
        for var addition in try context.books.additions(to: key) where addition.quickBooksID != nil {
            addition.tie.quickBooksID = nil
            addition.tie.kind = nil
            addition.contents.confirmed = nil
            addition.release()
            try context.books.update(addition)
            try context.addEvent(event, addition, "with \(record.shown)")
        }
    }

    /// Takes an element of QuickBooks' lists of what was deleted; says whether anything here was tied to it.
    func take(_ ret: Element) throws -> Bool {
        let type = ret["TxnDelType"] ?? ret["ListDelType"] ?? ""
        guard let id = ret["TxnID"] ?? ret["ListID"], let kind = QuickBooksKind(rawValue: type) else { return false }
        try context.books.forgetElement(kind, id)
        var found = false
        for entity in Entity.allCases where tiedKind(of: entity) == kind {
            guard var record = try context.books.record(entity, kind, id) else { continue }
            found = true
            guard try context.books.openRequest(onObjectOf: record.id) == nil else {
                // Its answer will say the same.
                continue
            }
            let when = ret["TimeDeleted"].map { " on \($0)" } ?? ""
            let name = ret["FullName"] ?? ret["RefNumber"] ?? record.tie.fullName
            if record.procoreID == nil, record.wanted == nil {
                // Brought over from QuickBooks, and Procore never answered: there is nothing left to tie.
                record.tie.quickBooksID = nil
                record.fail(
                    "It was deleted in QuickBooks\(when) before Procore had it.",
                    remedy: "Nothing is to be done, unless Procore has it by now.")
                try context.books.update(record)
                continue
            }
            try end(
                &record,
                because: "Its \(kind.words)\(name.map { " \"\($0)\"" } ?? "") (\(id)) was deleted in QuickBooks"
                    + "\(when)\(Self.merged(kind)).")
            try context.books.update(record)
        }
        return found
    }

    private static func merged(_ kind: QuickBooksKind) -> String {
        [.vendor, .customer, .itemService].contains(kind) ? ", or merged into another one" : ""
    }
}

extension LedgerRecord {
    /// How it is named to commands: `vendors/401104`.
    var term: String { key?.description ?? "\(entity.rawValue)/\(uniqueName)" }

    /// What a person can do about an object that QuickBooks does not have any more.
    var brokenRemedy: String {
        "If it is still needed, retry.txt in the inbox with the line \(term) adds it anew (as plumbline retry \(term) does), and plumbline link \(entity.rawValue) "
            + "\(procoreID ?? "PROCORE_ID") QUICKBOOKS_ID ties it to another one."
    }
}
