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
                name_hash, project, stated, surplus, from_quickbooks, brought, accepted
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?)
            """
        ) { Self.bind(new, &$0) }
        record.id = lastInsertedRowID
        noteKnown(record)
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
                is_broken = ?, business_hash = ?, name_hash = ?, project = ?, stated = ?, surplus = ?,
                from_quickbooks = ?, brought = ?, accepted = ?
            WHERE id = ?
            """
        ) { bind in
            Self.bind(record, &bind)
            bind(record.id)
        }
        noteKnown(record)
    }

    /// What stands for exported content that is the same as what was imported, as it mostly is: a control character, with
    /// which no content begins.
    static let asImported: [UInt8] = [0x02]

    private static func bind(_ record: LedgerRecord, _ bind: inout Binding) {
        bind(record.entity.rawValue)
        bind(record.procoreID)
        bind(record.identity.businessKey)
        bind(record.identity.scope)
        bind(record.shown)
        bind(record.state.name.rawValue)
        bind(record.reason)
        bind(record.remedy)
        bind(record.contents.nameKey)
        bind(record.wanted?.encoded)
        bind(record.confirmed?.encoded)
        bind(record.imported?.encoded)
        bind(record.exported != nil && record.exported == record.imported ? asImported : record.exported?.encoded)
        bind(record.updatedAt?.microseconds)
        bind(record.tie.claimedID)
        bind(record.attempts.count)
        bind(record.attempts.retries)
        bind(record.attempts.due)
        bind(record.file)
        bind(record.attempts.question?.rawValue)
        bind(record.kind?.rawValue)
        bind(record.quickBooksID)
        bind(record.tie.editSequence)
        bind(record.tie.fullName)
        bind(record.tie.owner?.description)
        bind(record.tie.txnLineIDs.isEmpty ? nil : record.tie.txnLineIDs.joined(separator: "\n"))
        bind(record.tie.closed?.rawValue)
        bind(record.tie.isBroken)
        bind(record.identity.businessKey.map { Self.hash($0) })
        bind(Self.nameHash(record.contents.nameKey, of: record.identity.businessKey))
        bind(record.identity.project)
        bind(record.contents.stated?.cents)
        bind(record.tie.surplus?.cents)
        let money = record.money
        // Until it is decided it is in no index of these.
        bind(record.state.isUndecided ? nil : money.map { $0.isFromQuickBooks ? 1 as Int64 : 0 })
        bind(money?.brought?.cents)
        bind(money?.accepted?.cents)
    }

    private static let selection = """
        SELECT id,
            entity, procore_id, business_key, scope, shown, state, reason, remedy, name_key, wanted, confirmed,
            imported, exported, updated_at, claimed_id, attempts, retries, due, file, question, list, list_id,
            edit_sequence, full_name, owner, txn_lines, closed, is_broken, project, stated, surplus
        FROM record WHERE\u{20}
        """

    func one(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> LedgerRecord? {
        try many(condition, bind).first
    }

    func many(_ condition: StaticString, _ bind: (inout Binding) -> Void) throws -> [LedgerRecord] {
        try all(.record, Self.selection, condition, bind, Self.record)
    }

    /// Reads a row.
    /// - Throws: a `LedgerDamage` where it cannot be told what the record is or where it stands. What else makes no sense is
    ///   read as if it were not there, as ever.
    private static func record(_ row: Columns) throws -> LedgerRecord {
        let id = row.number(0) ?? 0
        guard let entity = row.text(1).flatMap(Entity.init),
            let state = row.text(6).flatMap(LedgerRecord.State.Name.init)
        else { throw LedgerDamage("Record \(id) has an unknown entity or state.") }
        var record = LedgerRecord(
            entity: entity, procoreID: row.text(2), shown: row.text(5) ?? "", file: row.int(19) ?? 0)
        record.id = id
        record.identity.businessKey = row.text(3)
        record.identity.scope = row.text(4)
        record.identity.project = row.text(29)
        record.state = LedgerRecord.State(state, reason: row.text(7), remedy: row.text(8))
        record.updatedAt = row.number(14).map(Timestamp.init(microseconds:))
        read(&record.contents, row)
        read(&record.attempts, row)
        read(&record.tie, row)
        return record
    }

    private static func read(_ contents: inout LedgerRecord.Contents, _ row: Columns) {
        contents.nameKey = row.text(9)
        contents.wanted = row.bytes(10, Content.init(decoding:))
        contents.confirmed = row.bytes(11, Content.init(decoding:))
        let imported = row.bytes(12, Content.init(decoding:))
        contents.imported = imported
        contents.stated = row.number(30).map { Amount(cents: $0) }
        contents.exported = row.bytes(13) { $0.elementsEqual(asImported) ? imported : Content(decoding: $0) } ?? nil
    }

    private static func read(_ attempts: inout LedgerRecord.Attempts, _ row: Columns) {
        attempts.count = row.int(16) ?? 0
        attempts.retries = row.int(17) ?? 0
        attempts.due = row.number(18)
        attempts.question = row.text(20).flatMap(LedgerRequest.Operation.init)
    }

    private static func read(_ tie: inout LedgerRecord.Tie, _ row: Columns) {
        tie.claimedID = row.text(15)
        tie.kind = row.text(21).flatMap(QuickBooksKind.init)
        tie.quickBooksID = row.text(22)
        tie.editSequence = row.text(23)
        tie.fullName = row.text(24)
        tie.owner = row.text(25).flatMap { RecordKey($0) }
        tie.txnLineIDs = row.text(26)?.split(separator: "\n").map(String.init) ?? []
        tie.closed = row.text(27).flatMap(LedgerRecord.Closed.init)
        tie.isBroken = row.number(28) != 0
        tie.surplus = row.number(31).map { Amount(cents: $0) }
    }

    /// A number for a name or key, by which it is found: an index of numbers is a quarter of the size of one of names.
    /// Others may have the same, so the name is compared as well.
    static func hash(_ text: some StringProtocol) -> Int64 {
        var text = String(text)
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }

    /// The same for the bytes of a text.
    static func hash(_ text: UnsafeRawBufferPointer) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bit: stays the same from version to version
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }

    /// What an index finds a wanted name by; nil where it is found by the business key already, as most are: the name of an
    /// element below nothing is its kind, its parent and its business key. Rows of before have the number in any case.
    static func nameHash(_ nameKey: String?, of businessKey: String?) -> Int64? {
        guard let nameKey else { return nil }
        return isOwnName(nameKey, businessKey) ? nil : hash(nameKey)
    }

    /// Whether a wanted name is found by a business key.
    static func isOwnName(_ nameKey: String, _ businessKey: String?) -> Bool {
        guard let businessKey, let own = ownName(nameKey) else { return false }
        return own.hasSameBytes(as: businessKey)
    }

    /// The number of the business key that a record has whose wanted name is found by it; nil where there is none such.
    static func ownNameHash(_ nameKey: String) -> Int64? { ownName(nameKey).map { hash($0) } }

    /// The part of `Entity|parent|name` behind the second bar.
    private static func ownName(_ nameKey: String) -> Substring? {
        let bar = UInt8(ascii: "|")
        guard let first = nameKey.utf8.firstIndex(of: bar),
            let second = nameKey.utf8[nameKey.utf8.index(after: first)...].firstIndex(of: bar)
        else { return nil }
        return nameKey[nameKey.utf8.index(after: second)...]
    }

    /// The same for the bytes of a name.
    static func ownName(_ nameKey: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let bar = UInt8(ascii: "|")
        guard let first = nameKey.firstIndex(of: bar), let second = nameKey[(first + 1)...].firstIndex(of: bar) else {
            return nil
        }
        return UnsafeRawBufferPointer(rebasing: nameKey[(second + 1)...])
    }
}
