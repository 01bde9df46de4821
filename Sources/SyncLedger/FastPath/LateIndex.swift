import GRDB

/// The index of full names, while a long first import is written: it is left out, and made at the end from all names in their
/// order. The names come in no order, so that each would go to another page of it, which is in no cache.
///
/// It belongs to one transaction, and is there again before the transaction, or the savepoint in which it was left out, ends.
/// Nobody else sees that it is late: whatever looks for a full name has it made first.
final class LateIndex {
    /// What makes it; nil while it is there.
    var sql: String?
    /// Whether it was decided about.
    fileprivate var isDecided = false

    /// In a ledger of more records it stays: to make it anew would take longer.
    fileprivate static let most: Int64 = 8_192
    /// KiB that are kept in memory while it is left out: of what is changed at random places there is less.
    fileprivate static let cacheWithout = 9_216
    /// KiB for sorting, and for the ledger's pages meanwhile.
    fileprivate static let cacheForSorting = 2_048
    /// KiB that were kept in memory before.
    fileprivate var cache = 0
}

extension Books {
    /// Leaves the index of full names out, if most of what it will hold is still to come.
    func leaveOutFullNames() throws {
        guard known.isWorking, !late.isDecided else { return }
        late.isDecided = true
        guard try lastRecord() <= LateIndex.most else { return }
        let made = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_master WHERE name = 'record_full_name'")
        guard let made else { return }
        try db.execute(sql: "DROP INDEX record_full_name")
        late.cache = try Int.fetchOne(db, sql: "PRAGMA cache_size") ?? 0
        late.sql = made
        try keep(LateIndex.cacheWithout)
    }

    /// Makes the index of full names, where it was left out.
    func makeFullNames() throws {
        guard let sql = late.sql else { return }
        // SQLite takes as much again to sort.
        try keep(LateIndex.cacheForSorting)
        try db.execute(sql: sql)
        late.sql = nil
        try keepAsBefore()
    }

    /// Forgets that the index was left out, where that was taken back.
    func fullNamesAreBack() {
        late.sql = nil
        // It only takes longer with less.
        try? keepAsBefore()
    }

    private func keep(_ kibibytes: Int) throws { try db.execute(sql: "PRAGMA cache_size = -\(kibibytes)") }

    private func keepAsBefore() throws { try db.execute(sql: "PRAGMA cache_size = \(late.cache)") }
}
