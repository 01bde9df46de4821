import Domain
import SyncLedger

/// Why a held record waits, as things stand now, and whether the wait can end at all.
struct Waits {
    let books: Books

    /// The reason; that of a wait for other records is told anew, since much may have come meanwhile.
    func reason(of record: LedgerRecord) throws -> String {
        for need in try books.waits(of: record.id) {
            let needed = try books.named(need)
            if let needed, needed.isThere(for: need) { continue }
            // Of what is known by its QuickBooks id only, the wait itself knows the name; of cost codes also what is wrong
            // with those that were seen.
            let isKnownByReason = need.quickBooksID != nil || need.entity == .costCodes && need.code != nil
            if isKnownByReason, needed == nil, let reason = record.reason { return reason }
            return try books.absenceReason(of: need)
        }
        return record.reason ?? ""
    }

    /// What keeps the wait from ever ending by itself: a record that was refused or failed, or records that wait for one
    /// another; nil: nothing does.
    func obstacle(of record: LedgerRecord) throws -> String? {
        try obstacle(of: record, path: [record])
    }

    private func obstacle(of record: LedgerRecord, path: [LedgerRecord]) throws -> String? {
        for need in try books.waits(of: record.id) {
            guard let needed = try books.named(need) else {
                guard let absence = try books.absence(need) else { continue }
                return "\(need.shown) was \(absence.isRefusal ? "refused" : "left out"): \(absence.reason)"
            }
            if needed.isThere(for: need) { continue }
            if needed.isFailed { return "\(needed.shown) failed: \(needed.reason ?? "")" }
            if needed.isUndone { return "\(needed.shown) was taken back: \(needed.reason ?? "")" }
            guard needed.isHeld else { continue }
            if let start = path.firstIndex(where: { $0.id == needed.id }) {
                let circle = path[start...].map(\.shown) + [needed.shown]
                return "they wait for one another: \(circle.joined(separator: ", "))"
            }
            // The bound keeps a long chain from being walked again and again.
            if path.count < 32, let obstacle = try obstacle(of: needed, path: path + [needed]) { return obstacle }
        }
        return nil
    }
}

extension LedgerRecord {
    /// Whether it has what others wait for: its QuickBooks id or, where they know it by that or only Procore's side
    /// matters to them, its Procore id.
    func isThere(for need: RecordKey) -> Bool {
        need.quickBooksID == nil && !(need.entity == .costCodes && need.code != nil)
            ? quickBooksID != nil : procoreID != nil
    }
}
