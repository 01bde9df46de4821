import Domain
import Foundation
import GRDB

/// How records are written to their rows and read from them.
extension Books {
    /// Writes a record that was not there, and gives it its number.
    public func insert(_ record: inout LedgerRecord) throws {
        let new = record
        try run(
            """
            INSERT INTO record (
                entity, procore_id, business_key, scope, shown, state, reason, remedy, name_key, wanted,
                confirmed, imported, exported, updated_at, claimed_id, attempts, retries, due, file, question,
                list, list_id, edit_sequence, full_name, owner, txn_lines, closed, is_broken, business_hash,
                name_hash
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ) { Self.bind(new, &$0) }
        record.id = lastInsertedRowID
    }

    /// Writes a record that was there.
    public func update(_ record: LedgerRecord) throws {
        try run(
            """
            UPDATE record SET
                entity = ?, procore_id = ?, business_key = ?, scope = ?, shown = ?, state = ?, reason = ?,
                remedy = ?, name_key = ?, wanted = ?, confirmed = ?, imported = ?, exported = ?,
                updated_at = ?, claimed_id = ?, attempts = ?, retries = ?, due = ?, file = ?, question = ?,
                list = ?, list_id = ?, edit_sequence = ?, full_name = ?, owner = ?, txn_lines = ?, closed = ?,
                is_broken = ?, business_hash = ?, name_hash = ?
            WHERE id = ?
            """
        ) { bind in
            Self.bind(record, &bind)
            bind(record.id)
        }
    }

    /// What stands for exported content that is the same as what was imported, as it mostly is: a control character, with
    /// which no content begins.
    static let asImported: [UInt8] = [0x02]

    private static func bind(_ record: LedgerRecord, _ bind: inout Binding) {
        bind(record.entity.rawValue)
        bind(record.procoreID)
        bind(record.businessKey)
        bind(record.scope)
        bind(record.shown)
        bind(record.state.rawValue)
        bind(record.reason)
        bind(record.remedy)
        bind(record.nameKey)
        bind(record.wanted?.encoded)
        bind(record.confirmed?.encoded)
        bind(record.imported?.encoded)
        bind(record.exported != nil && record.exported == record.imported ? asImported : record.exported?.encoded)
        bind(record.updatedAt?.microseconds)
        bind(record.claimedID)
        bind(record.attempts)
        bind(record.retries)
        bind(record.due)
        bind(record.file)
        bind(record.question?.rawValue)
        bind(record.kind?.rawValue)
        bind(record.quickBooksID)
        bind(record.editSequence)
        bind(record.fullName)
        bind(record.owner?.description)
        bind(record.txnLineIDs.isEmpty ? nil : record.txnLineIDs.joined(separator: "\n"))
        bind(record.closed?.rawValue)
        bind(record.isBroken)
        bind(record.businessKey.map(Self.hash))
        bind(record.nameKey.map(Self.hash))
    }

    private static let selection = """
        SELECT id,
            entity, procore_id, business_key, scope, shown, state, reason, remedy, name_key, wanted, confirmed,
            imported, exported, updated_at, claimed_id, attempts, retries, due, file, question, list, list_id,
            edit_sequence, full_name, owner, txn_lines, closed, is_broken
        FROM record WHERE\u{20}
        """

    func one(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> LedgerRecord? {
        try many(condition, bind).first
    }

    func many(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerRecord] {
        try all(.record, Self.selection, condition, bind, Self.record)
    }

    private static func record(_ row: Columns) throws -> LedgerRecord {
        let id = row.number(0) ?? 0
        guard let entity = row.text(1).flatMap(Entity.init), let state = row.text(6).flatMap(LedgerRecord.State.init)
        else { throw LedgerDamage("Record \(id) has an unknown entity or state.") }
        var record = LedgerRecord(
            entity: entity, procoreID: row.text(2), shown: row.text(5) ?? "", file: row.int(19) ?? 0)
        record.id = id
        record.businessKey = row.text(3)
        record.scope = row.text(4)
        record.state = state
        record.reason = row.text(7)
        record.remedy = row.text(8)
        record.nameKey = row.text(9)
        record.wanted = row.bytes(10, Content.init(decoding:))
        record.confirmed = row.bytes(11, Content.init(decoding:))
        record.imported = row.bytes(12, Content.init(decoding:))
        record.exported =
            row.bytes(13) { $0.elementsEqual(asImported) ? record.imported : Content(decoding: $0) } ?? nil
        record.updatedAt = row.number(14).map(Timestamp.init(microseconds:))
        record.claimedID = row.text(15)
        record.attempts = row.int(16) ?? 0
        record.retries = row.int(17) ?? 0
        record.due = row.number(18)
        record.question = row.text(20).flatMap(LedgerRequest.Operation.init)
        record.kind = row.text(21).flatMap(QuickBooksKind.init)
        record.quickBooksID = row.text(22)
        record.editSequence = row.text(23)
        record.fullName = row.text(24)
        record.owner = row.text(25).flatMap { RecordKey($0) }
        record.txnLineIDs = row.text(26)?.split(separator: "\n").map(String.init) ?? []
        record.closed = row.text(27).flatMap(LedgerRecord.Closed.init)
        record.isBroken = row.number(28) != 0
        return record
    }

    /// A number for a name or key, by which it is found: an index of numbers is a quarter of the size of one of names.
    /// Others may have the same, so the name is compared as well.
    static func hash(_ text: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bit: stays the same from version to version
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
