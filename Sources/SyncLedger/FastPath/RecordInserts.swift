import Domain

/// New elements of a list, with the requests that add them: the texts of all of them in one piece of memory, so that they go
/// from thread to thread as one. SQLite reads them where they lie.
public final class RecordInserts: Sendable {
    /// The kind of all of these records.
    public let entity: Entity
    let bytes: [UInt8]
    /// Where the name of the kind lies.
    let entityName: Range<Int>
    let rows: [Row]

    /// Elements whose texts were put together elsewhere.
    /// - Parameters:
    ///   - entity: their kind.
    ///   - bytes: their texts, beside whatever else.
    ///   - entityName: where the name of the kind lies among these.
    ///   - rows: each of them.
    public init(_ entity: Entity, _ bytes: [UInt8], entityName: Range<Int>, _ rows: [Row]) {
        self.entity = entity
        self.bytes = bytes
        self.entityName = entityName
        self.rows = rows
    }

    /// How many there are.
    public var count: Int { rows.count }

    /// One of them.
    public subscript(number: Int) -> RecordInsert { RecordInsert(all: self, number: number) }

    /// The texts of one of them, as long as they are needed.
    public func packed(_ places: PackedElement.Places) -> PackedElement { PackedElement(bytes: bytes, places: places) }

    /// Lends the bytes while something runs.
    public func lend<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }
}

extension RecordInserts {
    /// What is written of one of them: where each text lies, and by what it is found.
    ///
    /// More than 12 properties, since each is a value of its row.
    public struct Row: Sendable {
        let procoreID: Range<Int>?
        let businessKey: Range<Int>?
        let scope: Range<Int>?
        let shown: Range<Int>
        let nameKey: Range<Int>
        let content: Range<Int>
        let requestID: Range<Int>
        let updatedAt: Int64?
        let isPlain: Bool
        let idHash: Int64?
        let businessHash: Int64?
        /// By which its name is searched: that of the name, and that of the business key that another one of the name may
        /// have.
        let nameHashes: (all: Int64, own: Int64?)
        /// By which its name is found, unless its business key finds it.
        let nameHash: Int64?

        /// A record whose texts lie somewhere.
        /// - Parameters:
        ///   - entity: its kind.
        ///   - bytes: where its texts lie.
        ///   - places: each of them.
        ///   - updatedAt: when Procore says that it was changed.
        ///   - requestID: of the request that adds it, with Procore's id in it.
        public init(
            _ entity: Entity, in bytes: UnsafeRawBufferPointer, _ places: PackedElement.Places, updatedAt: Timestamp?,
            requestID: Range<Int>
        ) {
            self.init(
                entity, in: bytes, Texts(places), updatedAt: updatedAt, requestID: requestID, isPlain: true)
        }

        init(
            _ entity: Entity, in bytes: UnsafeRawBufferPointer, _ texts: Texts, updatedAt: Timestamp?,
            requestID: Range<Int>, isPlain: Bool
        ) {
            procoreID = texts.procoreID
            businessKey = texts.businessKey
            scope = texts.scope
            shown = texts.shown
            nameKey = texts.nameKey
            content = texts.content
            self.requestID = requestID
            self.updatedAt = updatedAt?.microseconds
            self.isPlain = isPlain
            let memory = { (range: Range<Int>) in UnsafeRawBufferPointer(rebasing: bytes[range]) }
            let (name, key) = (memory(texts.nameKey), texts.businessKey.map(memory))
            let own = Books.ownName(name)
            let isOwn = own.map { own in key.map { own.elementsEqual($0) } ?? false } ?? false
            idHash = texts.procoreID.map { RecordHashes.id(entity, memory($0)) }
            businessHash = key.map { Books.hash($0) }
            nameHashes = (all: Books.hash(name), own: isOwn ? businessHash : own.map { Books.hash($0) })
            nameHash = isOwn ? nil : nameHashes.all
        }
    }

    /// Where the texts of a record lie; nil where it has none.
    struct Texts {
        var procoreID: Range<Int>?
        var businessKey: Range<Int>?
        var scope: Range<Int>?
        var shown = 0..<0
        var nameKey = 0..<0
        var content = 0..<0

        init() {}

        init(_ places: PackedElement.Places) {
            procoreID = places.id
            businessKey = places.key
            shown = places.shown
            nameKey = places.nameKey
            content = places.content
        }
    }
}
