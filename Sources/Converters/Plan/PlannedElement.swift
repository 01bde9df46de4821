import Domain
import Procore
import QBXML

/// What a plan makes of a record: what is remembered of it, and the request that adds it. All of it lies where it was asked to
/// be written.
public struct PlannedElement: Sendable {
    /// Where its texts for the sync ledger lie.
    public let places: PackedElement.Places
    /// Where the Add request lies, as it stands in a document, and its `requestID`.
    public let request: (all: Range<Int>, id: Range<Int>)
    /// What was changed on the way.
    public let notes: [Note]
    /// `updated_at`
    public let updatedAt: Timestamp?
}

/// A plan, with what one root's configuration says to it; each record only points to it.
public final class BoundPlan: Sendable {
    let plan: MappingPlan
    let settings: Settings
    let guids: NameBasedGUIDs
    let frame: RequestFrame

    /// The plan of a converter.
    /// - Parameters:
    ///   - mapping: the converter.
    ///   - settings: what the configuration says to it.
    ///   - frame: what stands around the bodies of its requests.
    /// - Returns: nil where it has none, or every field has to be explained.
    public init?(_ mapping: any ToQuickBooks.Type, settings: Settings, frame: RequestFrame) {
        guard !settings.explains, let plan = mapping.plan else { return nil }
        self.plan = plan
        self.settings = settings
        self.frame = frame
        guids = NameBasedGUIDs(prefix: "\(settings.namespace)/\(mapping.entity.rawValue)/")
    }

    /// Converts a record that nothing is known of.
    /// - Parameters:
    ///   - json: the record.
    ///   - store: where its texts and its request are written.
    /// - Returns: nil, and nothing written, where more has to be looked at, or something is wrong with it: then it is for
    ///   the converter.
    public func convert(_ json: JSONRecord, into store: inout ByteStore) -> PlannedElement? {
        var planned: PlannedElement?
        json.withFields(plan.layout.fields) { found in
            guard let id = id(found), isForAdding(found), case .some(let updatedAt) = updatedAt(found) else { return }
            withUnsafeTemporaryAllocation(of: PlanRun.Piece.self, capacity: plan.steps.count) { pieces in
                pieces.initialize(repeating: PlanRun.Piece())
                var run = PlanRun(self, found, pieces, id: id)
                guard run.map(), let places = run.pack(into: &store) else { return }
                let request = run.request(into: &store)
                planned = PlannedElement(places: places, request: request, notes: run.notes, updatedAt: updatedAt)
            }
        }
        return planned
    }

    /// Procore's id; nil where it is not surely one.
    private func id(_ found: FoundFields) -> Range<Int>? {
        guard case .text(let range) = found[plan.layout.id], range.count < 20, range.count <= frame.mostOfID else {
            return nil
        }
        for byte in found.bytes[range] where byte &- 0x30 > 9 { return nil }
        return range
    }

    private func isForAdding(_ found: FoundFields) -> Bool {
        for number in plan.layout.origin { guard case .empty = found[number] else { return false } }
        for number in plan.layout.flags {
            switch found[number] {
            case .empty, .yes: continue
            case .text, .other: return false
            }
        }
        return true
    }

    /// `updated_at`, nil where there is none; nothing where it cannot be read.
    private func updatedAt(_ found: FoundFields) -> Timestamp?? {
        switch found[plan.layout.updatedAt] {
        case .empty: return .some(nil)
        case .text(let range):
            return Timestamp(UnsafeBufferPointer(rebasing: found.bytes[range])).map { .some($0) } ?? .none
        case .yes, .other: return .none
        }
    }
}
