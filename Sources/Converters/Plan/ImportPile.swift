import Domain
import QBXML

/// What a plan makes of elements of a QuickBooks list that follow each other, put together until it is handed over: a few
/// pieces of memory for all of them, since one thread makes them and another one gives them back.
public struct ImportPile {
    private let plan: ImportPlan
    private var packed = ByteStore()
    private var places: [PackedImports.Places] = []
    private var told = ByteStore()
    private var updates: [PlannedImports.Update] = []
    private var elements = ByteStore()

    /// So many bytes are handed over together.
    private static let most = 65_536

    /// An empty pile of what a plan makes.
    public init(_ plan: ImportPlan) {
        self.plan = plan
    }

    /// How many bytes it has.
    public var bytes: Int { packed.count + told.count + elements.count }

    /// Whether nothing is on it.
    public var isEmpty: Bool { places.isEmpty }

    /// Whether it is time to hand it over.
    public var isFull: Bool { bytes >= Self.most }

    /// Adds an element that nothing is known of.
    /// - Parameters:
    ///   - fields: those of the plan's layout.
    ///   - element: what it was read from.
    /// - Returns: false where more has to be looked at, or something is wrong with it: then it is for the converter.
    public mutating func add(_ fields: ElementFields, readFrom element: UnsafeBufferPointer<UInt8>) -> Bool {
        guard plan.convert(fields, into: &self) else { return false }
        _ = elements.add(element.count) { $0.put(element) }
        return true
    }

    /// Adds what an element was found to be.
    mutating func add(_ run: borrowing ImportRun, _ ink: UnsafeBufferPointer<UInt8>) {
        places.append(run.pack(ink, onto: &packed))
        let start = told.count
        run.update(ink, isPretty: true, onto: &told)
        let middle = told.count
        run.update(ink, isPretty: false, onto: &told)
        updates.append(PlannedImports.Update(pretty: start..<middle, compact: middle..<told.count))
    }

    /// Takes all of it away.
    public mutating func take() -> PlannedImports {
        defer {
            places.removeAll(keepingCapacity: true)
            updates.removeAll(keepingCapacity: true)
        }
        return PlannedImports(
            packed: PackedImports(bytes: packed.take(), places: Array(places[...])), told: told.take(),
            updates: Array(updates[...]), elements: elements.take())
    }
}

/// What a plan makes of elements of a QuickBooks list, in their order.
public struct PlannedImports: Sendable {
    /// Where what Procore is told of one of them lies.
    public struct Update: Sendable {
        /// As it stands in a document.
        public let pretty: Range<Int>
        /// The same without white space.
        public let compact: Range<Int>
    }

    /// Their texts for the sync ledger.
    public let packed: PackedImports
    /// What Procore is told of all of them.
    public let told: [UInt8]
    /// Where it lies.
    public let updates: [Update]
    /// The elements as they were read, one behind the other.
    public let elements: [UInt8]
}
