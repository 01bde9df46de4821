import Converters
import Domain
import QBXML
import SyncLedger
import Synchronization

/// Vendors of a long response, read and made ready by the plan as far as that can be done without the sync ledger: they go from
/// one thread to the other together.
struct PlannedVendors: Sendable {
    let inserts: ElementInserts
    private let planned: PlannedImports

    init(_ planned: PlannedImports) {
        inserts = ElementInserts(VendorToCompany.entity, VendorToCompany.list, planned.packed)
        self.planned = planned
    }

    /// What Procore is told of one of them: as it stands in a document, and without white space.
    func update(_ index: Int) -> (pretty: ArraySlice<UInt8>, compact: ArraySlice<UInt8>) {
        let update = planned.updates[index]
        return (planned.told[update.pretty], planned.told[update.compact])
    }

    /// The vendors as elements, in their order: for those that something is known of.
    func elements() throws -> [Element] {
        try Element.parse(Array("<all>".utf8) + planned.elements + Array("</all>".utf8)).children
    }
}

/// Reads vendors of a long response by the plan, and keeps them until they are handed over.
struct VendorReading {
    /// Which objects of the response it takes; nil: none.
    let objects: PlainObjects?
    private var pile: ImportPile?

    init(settings: Settings) {
        let plan = ImportPlan(VendorToCompany.self, settings: settings, depth: UpdateBatches.Update.depth)
        objects = plan.map { PlainObjects("VendorRet", $0.layout) }
        pile = plan.map { ImportPile($0) }
    }

    /// Takes a vendor; false where it is for the converter.
    mutating func take(_ fields: ElementFields, readFrom element: UnsafeBufferPointer<UInt8>) -> Bool {
        pile?.add(fields, readFrom: element) ?? false
    }

    /// Whether there are as many as are handed over together.
    var isFull: Bool { pile?.isFull ?? false }

    /// Hands over those that were taken, with the bytes that they take; nil: there are none.
    mutating func handOver() -> (vendors: PlannedVendors, bytes: Int)? {
        guard let bytes = pile?.bytes, bytes > 0, let planned = pile?.take() else { return nil }
        return (PlannedVendors(planned), bytes)
    }
}

/// Whether vendors are still read by the plan: once most of them are known to the ledger, each would be read a second time.
final class VendorPlanning: Sendable {
    private let isOver = Atomic<Bool>(false)

    /// Whether they are.
    var goesOn: Bool { !isOver.load(ordering: .relaxed) }

    /// Takes note of how many of some vendors were known.
    func note(known: Int, of all: Int) {
        if known > all / 2 { isOver.store(true, ordering: .relaxed) }
    }
}
