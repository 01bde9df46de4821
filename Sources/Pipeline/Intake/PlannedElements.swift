import Converters
import Domain
import Procore
import SyncLedger

/// Records of a list that need nothing special, read and converted by the plan: what the ledger keeps of each, its request,
/// and itself lie in one piece of memory, so that they go from one thread to the other as one reference.
final class PlannedElements: Sendable {
    /// What is written of each if nothing is known of it.
    let inserts: RecordInserts
    private let items: [Item]
    /// What was changed on the way, by the numbers of the records.
    private let notes: [Int: [Note]]

    /// Where the rest of a record lies.
    struct Item {
        let places: PackedElement.Places
        let request: Range<Int>
        let raw: Range<Int>
    }

    fileprivate init(_ inserts: RecordInserts, _ items: [Item], _ notes: [Int: [Note]]) {
        self.inserts = inserts
        self.items = items
        self.notes = notes
    }

    /// How many they are.
    var count: Int { items.count }

    /// Bytes of memory that they take.
    var weight: Int {
        inserts.lend(\.count) + count * (MemoryLayout<Item>.stride + MemoryLayout<RecordInserts.Row>.stride)
    }

    /// Takes one after the other.
    func forEach(_ take: (Lent) throws -> Void) rethrows {
        try inserts.lend { bytes in
            for number in 0..<count { try take(Lent(self, number, bytes)) }
        }
    }

    /// One of them while it is lent.
    struct Lent {
        private let all: PlannedElements
        private let number: Int
        private let bytes: UnsafeRawBufferPointer

        fileprivate init(_ all: PlannedElements, _ number: Int, _ bytes: UnsafeRawBufferPointer) {
            self.all = all
            self.number = number
            self.bytes = bytes
        }

        private var item: Item { all.items[number] }
        /// What is written of it if nothing is known of it.
        var insert: RecordInsert { all.inserts[number] }
        /// The request that adds it, as it stands in a document.
        var request: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[item.request]) }
        /// Procore's id.
        var id: String { text(item.places.id) }
        /// Its name, folded for comparison.
        var key: String { text(item.places.key) }
        /// What was changed on the way.
        var notes: [Note] { all.notes.isEmpty ? [] : all.notes[number] ?? [] }

        /// The same as a record by itself, which need not be given back.
        var record: ListRecord {
            let packed = all.inserts.packed(item.places)
            let raw = Array(bytes[item.raw])
            return ListRecord(packed, ListRecord.Content(packed, insert, request: Array(request), notes), raw: raw)
        }

        private func text(_ place: Range<Int>) -> String { String(decoding: bytes[place], as: UTF8.self) }
    }
}

extension PlannedElements {
    /// Those that are being put together, on the thread that reads.
    struct Draft {
        private let entity: Entity
        private let name: [UInt8]
        private let plan: BoundPlan
        private var store: ByteStore
        private var entityName = 0..<0
        private var rows: [RecordInserts.Row] = []
        private var items: [Item] = []
        private var notes: [Int: [Note]] = [:]

        /// Bytes from which on no more are put together.
        private static let most = 65_536
        /// Bytes that many of them have together.
        static let usual = most + 16_384

        /// - Parameter capacity: how many bytes are expected.
        init(_ entity: Entity, _ plan: BoundPlan, capacity: Int) {
            self.entity = entity
            name = Array(entity.rawValue.utf8)
            self.plan = plan
            store = ByteStore(capacity: capacity)
        }

        /// Whether they are enough to be given on.
        var isFull: Bool { store.count >= Self.most }

        /// Adds a record.
        /// - Returns: false, and nothing added, where it is for the converter: also if it is very long.
        mutating func add(_ json: JSONRecord) -> Bool {
            // Memory that it took would be kept to the end of the file.
            guard json.raw.count <= Self.most else { return false }
            if rows.isEmpty {
                store.cut(to: 0)
                entityName = store.add(name)
            }
            guard let planned = plan.convert(json, into: &store) else { return false }
            let row = store.lend {
                RecordInserts.Row(
                    entity, in: $0, planned.places, updatedAt: planned.updatedAt, requestID: planned.request.id)
            }
            if !planned.notes.isEmpty { notes[rows.count] = planned.notes }
            rows.append(row)
            items.append(Item(places: planned.places, request: planned.request.all, raw: store.add(json.raw)))
            return true
        }

        /// Gives those that were added, and begins anew.
        /// - Returns: nil where there are none.
        mutating func take() -> PlannedElements? {
            guard !rows.isEmpty else { return nil }
            defer {
                store.cut(to: 0)
                (rows, items, notes) = ([], [], [:])
            }
            return PlannedElements(
                RecordInserts(entity, store.bytes, entityName: entityName, rows), items, notes)
        }
    }
}
