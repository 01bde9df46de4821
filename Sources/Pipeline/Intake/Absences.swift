import Domain
import SyncLedger

/// Why records are not there that others wait for. Nothing is asked of the ledger while no reason is known.
struct Absences {
    private let books: Books
    private var isAnyKnown: Bool

    init(_ books: Books) throws {
        self.books = books
        isAnyKnown = try books.knowsAbsences()
    }

    /// Remembers why a record is not there.
    mutating func set(_ key: RecordKey, _ reason: String, isRefusal: Bool) throws {
        isAnyKnown = true
        try books.setAbsence(key, reason, isRefusal: isRefusal)
    }

    /// Forgets why records were not there, now that they are.
    func end(_ keys: @autoclosure () -> [RecordKey]) throws {
        guard isAnyKnown else { return }
        for key in keys() { try books.endAbsence(key) }
    }
}
