import Domain
import Foundation
import SyncLedger

/// The day before which a prune takes things out.
struct PruneDay {
    /// `2024-01-01`
    let text: String
    /// Its beginning at the office, seconds since 1970.
    let moment: Int64

    /// Reads a day.
    /// - Parameters:
    ///   - text: as it was written.
    ///   - zone: where the office is.
    /// - Throws: a `Problem` where it is no day.
    init(_ text: String, zone: TimeZone) throws(Problem) {
        guard text.utf8.count == 10, let date = CalendarDate(text) else {
            throw Problem(what: "\"\(text)\" is no date.", remedy: "Write it as 2024-01-31.")
        }
        self.text = text
        moment = date.midnight(in: zone)
    }

    /// The prune of this day.
    func prune(id: Int, archive: String?, isSlow: Bool) -> LedgerPrune {
        LedgerPrune(
            id: id, day: text, before: WallClock.text(moment), moment: moment, archive: archive, isSlow: isSlow)
    }
}

extension CommandRunner {
    /// Begins a prune, which goes on in small steps.
    mutating func prune(before day: String, archive: String?) throws {
        let day = try PruneDay(day, zone: context.settings.companyFile.timeZone ?? .gmt)
        if let halt = try Restoration(books: context.books).importHalt() {
            outcome.problems.append("Nothing is pruned. \(halt)")
            return
        }
        let last = try context.books.prune()
        if var last, last.stage != .ended {
            if last.day == day.text, last.archive == archive {
                // Somebody waits for it now.
                last.isSlow = false
                try context.books.setPrune(last)
                outcome.done.append("What is older than \(day.text) is being taken out already; that goes on.")
                return
            }
            outcome.problems.append(
                "A prune of what is older than \(last.day) is under way. Give the command again once it has ended.")
            return
        }
        try context.books.setPrune(day.prune(id: (last?.id ?? 0) + 1, archive: archive, isSlow: false))
        outcome.done.append("What is older than \(day.text) and not needed any more is taken out.")
    }
}
