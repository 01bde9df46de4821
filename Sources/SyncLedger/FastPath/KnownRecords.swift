import Domain

/// By what a record may be found, as numbers: its id in Procore or that of its element in QuickBooks, its wanted name, its
/// business key.
struct RecordHashes {
    /// Of ids, made by `id` or `element`.
    let id: Int64?
    let element: Int64?
    let name: Int64?
    let business: Int64?
    /// The business key of another record by which that one wants the same name.
    let ownName: Int64?

    init(id: Int64?, element: Int64?, name: Int64?, business: Int64?, ownName: Int64? = nil) {
        (self.id, self.element) = (id, element)
        (self.name, self.business, self.ownName) = (name, business, ownName)
    }

    /// The number of an id in Procore.
    static func id(_ entity: Entity, _ id: UnsafeRawBufferPointer) -> Int64 {
        mixed(Books.hash(id), Books.hash(entity.rawValue))
    }

    /// The number of an id in QuickBooks.
    static func element(_ entity: Entity, _ list: QuickBooksKind, _ id: UnsafeRawBufferPointer) -> Int64 {
        mixed(Books.hash(id), mixed(Books.hash(entity.rawValue), Books.hash(list.rawValue)))
    }

    private static func mixed(_ hash: Int64, _ other: Int64) -> Int64 { hash &* 0x100_0000_01b3 ^ other }
}

/// What tells of most elements of a long first import that no record could be meant by them, without asking the ledger: a
/// filter of fixed size, which may take an element for a known one, so that the ledger is asked after all, and never a
/// known one for new.
///
/// It belongs to one transaction. All that writes a record adds its numbers, or turns it off.
final class KnownRecords {
    /// Questions that are asked of the ledger before it is worth to look through it.
    private static let fewest = 2_048
    /// A ledger of more records is not looked through: the filter would hold most things for known.
    private static let most: Int64 = 500_000

    private var asked = 0
    private var isOff = false
    private var filter: HashFilter?
    /// Whether the ledger was looked through.
    var isWorking: Bool { filter != nil }

    /// Whether nothing of these numbers is known; false also where nothing can be said.
    /// - Parameters:
    ///   - hashes: by which it would be found.
    ///   - books: what is looked through, once that pays.
    func areNew(_ hashes: RecordHashes, _ books: Books) throws -> Bool {
        if let filter { return filter.hasNone(of: hashes) }
        asked += 1
        // To look a record through takes about half as long as to ask for one.
        guard !isOff, asked >= Self.fewest, asked & (asked - 1) == 0 else { return false }
        let records = try books.lastRecord()
        guard records <= Self.most, records <= 2 * Int64(asked) else { return false }
        var filter = HashFilter()
        try books.eachHashes { filter.insert($0) }
        self.filter = filter
        return filter.hasNone(of: hashes)
    }

    /// Takes note of a record that is written.
    func add(_ hashes: @autoclosure () -> RecordHashes) {
        if filter != nil { filter?.insert(hashes()) }
    }

    /// Says nothing any more.
    func turnOff() {
        isOff = true
        filter = nil
    }
}

/// A set of numbers that never grows: it tells of a number that was put in that it may be there, and of most others that they
/// are not (B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970).
struct HashFilter {
    /// 1 MiB of bits: of a million numbers that were not put in, some 46,000 are taken for one of a million that were.
    private var words = [UInt64](repeating: 0, count: 1 << 17)

    mutating func insert(_ hash: Int64) {
        let (first, second) = Self.places(hash)
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    func mayContain(_ hash: Int64) -> Bool {
        let (first, second) = Self.places(hash)
        return words[first >> 6] >> UInt64(first & 63) & 1 == 1 && words[second >> 6] >> UInt64(second & 63) & 1 == 1
    }

    mutating func insert(_ hashes: RecordHashes) {
        if let id = hashes.id { insert(id) }
        if let element = hashes.element { insert(element) }
        if let name = hashes.name { insert(name) }
        if let business = hashes.business { insert(business) }
    }

    /// Whether certainly none of them was put in.
    func hasNone(of hashes: RecordHashes) -> Bool {
        if let id = hashes.id, mayContain(id) { return false }
        if let element = hashes.element, mayContain(element) { return false }
        if let name = hashes.name, mayContain(name) { return false }
        if let business = hashes.business, mayContain(business) { return false }
        if let own = hashes.ownName, own != hashes.business, mayContain(own) { return false }
        return true
    }

    /// Two bits of the 2^23. Both are among the 512 that the processor fetches from memory together.
    private static func places(_ hash: Int64) -> (Int, Int) {
        let mixed = UInt64(bitPattern: hash) &* 0x9e37_79b9_7f4a_7c15
        let line = Int(mixed >> 50) << 9
        return (line | Int(mixed >> 41 & 0x1ff), line | Int(mixed >> 32 & 0x1ff))
    }
}

extension Books {
    /// The number of the last record.
    func lastRecord() throws -> Int64 {
        try first("SELECT coalesce(max(id), 0) FROM record") { _ in
        } _: {
            $0.number(0) ?? 0
        } ?? 0
    }

    /// By what each record may be found.
    fileprivate func eachHashes(_ look: (RecordHashes) -> Void) throws {
        let selection = "SELECT entity, procore_id, list, list_id, name_hash, business_hash FROM record NOT INDEXED"
        try each(.other, selection, " WHERE id > 0") { _ in
        } _: { row in
            guard let entity = row.text(0).flatMap(Entity.init) else { return }
            let list = row.text(2).flatMap(QuickBooksKind.init)
            look(
                RecordHashes(
                    id: row.bytes(1) { RecordHashes.id(entity, $0) },
                    element: list.flatMap { list in row.bytes(3) { RecordHashes.element(entity, list, $0) } },
                    name: row.number(4),
                    business: row.number(5)))
        }
    }

    /// Takes note of a record that is written.
    func noteKnown(_ record: LedgerRecord) {
        known.add(
            RecordHashes(
                id: record.procoreID.map { Self.bytes(of: $0) { RecordHashes.id(record.entity, $0) } },
                element: record.kind.flatMap { kind in
                    record.quickBooksID.map { Self.bytes(of: $0) { RecordHashes.element(record.entity, kind, $0) } }
                },
                name: Self.nameHash(record.contents.nameKey, of: record.identity.businessKey),
                business: record.identity.businessKey.map { Self.hash($0) }))
    }

    static func bytes(of text: String, _ hash: (UnsafeRawBufferPointer) -> Int64) -> Int64 {
        var text = text
        return text.withUTF8 { hash(UnsafeRawBufferPointer($0)) }
    }
}
