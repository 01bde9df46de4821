import Domain
import SyncLedger

/// Why a held record waits, as things stand now, and whether the wait can end at all.
struct Waits {
    let books: Books

    /// The reason; that of a wait for other records is told anew, since much may have come meanwhile.
    func reason(of record: LedgerRecord) throws -> String {
        for need in try books.waits(of: record.id) {
            if let needed = try books.named(need), needed.quickBooksID != nil { continue }
            return try books.absenceSentence(of: need)
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
            if needed.quickBooksID != nil { continue }
            if needed.state == .failed { return "\(needed.shown) failed: \(needed.reason ?? "")" }
            guard needed.state == .held else { continue }
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
