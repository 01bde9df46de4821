import Domain
import SyncLedger

// What people take back, as the status page lists it.
extension StatusPageReader {
    /// Records that were taken back, and those that are being taken back.
    mutating func undone(_ counts: [Entity: Int]) throws -> StatusPage.Section {
        var section = StatusPage.Section(
            id: "undone", title: "Taken back",
            lead: "Somebody had these taken out of QuickBooks. They are not entered again unless somebody asks for it.",
            none: "Nothing was taken back.")
        let open = try books.openUndos()
        for undo in open.prefix(Self.listed / 2) {
            guard let record = try books.record(id: undo.record) else { continue }
            section.items.append(Self.underway(undo, record))
        }
        section.count = max(open.count, section.items.count)
        if section.count > 0 {
            section.groups.append(StatusPage.Group(word: "undo under way", count: section.count))
        }
        try add(.undone, counts, to: &section) { reader, record in try reader.undoneItem(record) }
        return section
    }

    private mutating func undoneItem(_ record: LedgerRecord) throws -> StatusPage.Item {
        var item = try self.item(record, "undone", what: record.reason ?? "")
        item.remedy = [record.remedy, record.leftInProcore].compactMap { $0 }.joined(separator: " ")
        item.who = record.leftInProcore == nil ? "you" : "you, and whoever may change it in Procore"
        return item
    }

    private static func underway(_ undo: LedgerUndo, _ record: LedgerRecord) -> StatusPage.Item {
        let isProposed = undo.phase == .proposing && record.state == .queued
        return StatusPage.Item(
            record: record.titled, state: "being taken back", amount: record.amount,
            what: undo.phase.words + (undo.people.asked.map { " Asked for by \($0)." } ?? "")
                + (undo.people.approved.map { " Approved by \($0)." } ?? ""),
            remedy: isProposed ? "Approve or reject it: it stands among what is to be approved." : nil,
            who: isProposed ? "whoever approves" : nil, since: WallClock.text(undo.at))
    }

    /// That a document in review takes something back, as a further sentence; nil: it does not.
    func takesBack(_ record: LedgerRecord) throws -> String? {
        guard let undo = try books.openUndo(of: record.id) else { return nil }
        return " It takes the transaction out of QuickBooks"
            + (undo.people.asked.map { ", as asked for by \($0)." } ?? ".")
    }
}

extension LedgerUndo.Phase {
    /// How far it is, in a sentence.
    fileprivate var words: String {
        switch self {
        case .asking: "QuickBooks is asked whether it is still what was entered."
        case .proposing: "It is as it was entered. The request that removes it waits for approval."
        case .checking: "It is approved, and QuickBooks is asked once more whether it is unchanged."
        case .sending: "It is approved and unchanged: the request that removes it is on its way."
        case .verifying: "Whether it was removed is not known; QuickBooks is asked."
        }
    }
}
