import Domain
import Procore
import QBXML

/// What a plan makes of a record: what is remembered of it, and the request that adds it.
public struct PlannedElement: Sendable {
    /// Its texts for the sync ledger.
    public let packed: PackedElement
    /// The body of the Add request.
    public let body: [UInt8]
    /// What was changed on the way.
    public let notes: [Note]
    /// `updated_at`
    public let updatedAt: Timestamp?
}

/// A plan, with what one root's configuration says to it.
public struct BoundPlan: Sendable {
    private let plan: MappingPlan
    private let settings: Settings
    private let guids: NameBasedGUIDs

    /// The plan of a converter; nil where it has none, or every field has to be explained.
    public init?(_ mapping: any ToQuickBooks.Type, settings: Settings) {
        guard !settings.explains, let plan = mapping.plan else { return nil }
        self.plan = plan
        self.settings = settings
        guids = NameBasedGUIDs(prefix: "\(settings.namespace)/\(mapping.entity.rawValue)/")
    }

    /// Converts a record that nothing is known of.
    /// - Returns: nil where more has to be looked at, or something is wrong with it: then it is for the converter.
    public func convert(_ json: JSONRecord) -> PlannedElement? {
        var planned: PlannedElement?
        json.withFields(plan.layout.fields) { found in
            guard let id = id(found), isForAdding(found), case .some(let updatedAt) = updatedAt(found) else { return }
            withUnsafeTemporaryAllocation(of: PlanRun.Piece.self, capacity: plan.steps.count) { pieces in
                pieces.initialize(repeating: PlanRun.Piece())
                var run = PlanRun(plan, found, settings, pieces, id: id)
                guard run.map(), let packed = run.pack() else { return }
                planned = PlannedElement(packed: packed, body: run.body(guids), notes: run.notes, updatedAt: updatedAt)
            }
        }
        return planned
    }

    /// Procore's id; nil where it is not surely one.
    private func id(_ found: FoundFields) -> Range<Int>? {
        guard case .text(let range) = found[plan.layout.id], range.count < 20 else { return nil }
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
