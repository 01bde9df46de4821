import Converters
import Domain
import Procore
import QBXML
import SyncLedger
import Synchronization

/// A commitment that its file says all of, made ready by the plan. It goes from one thread to the other as one reference.
final class PlannedDocument: Sendable {
    /// As it stood in the file.
    let raw: [UInt8]
    let key: RecordKey
    let project: String
    /// The cost codes and WBS codes that it shows with Procore's ids.
    let codes: [SeenCode]
    let ready: ReadyDocument

    init(_ planned: PlannedCommitment, raw: [UInt8]) {
        self.raw = raw
        key = RecordKey(.commitments, planned.id)
        project = planned.project
        codes = planned.codes
        ready = ReadyDocument(planned)
    }
}

/// Makes commitments ready by their plan, for as long as they can be sent.
final class DocumentPlan: Sendable {
    private let plan: BoundCommitmentPlan
    /// How many were made ready for nothing.
    private let misses = Atomic<Int>(0)

    /// What is not sent is read once more, on the ledger's thread: that is given up after so many.
    private static let mostMisses = 64

    /// - Returns: nil where there is no plan for records of the form.
    init?(_ form: ExportForm.Documents, _ settings: Settings) {
        guard form.entity == .commitments, !form.isOfLines, form.json != nil else { return nil }
        let start = "\(settings.namespace)-\(form.entity.rawValue)-"
        let names = { @Sendable (id: String) -> RequestNames? in
            let requestID = start + id + "-add-1"
            guard requestID.utf8.count <= RequestBatches.longestRequestID else { return nil }
            return RequestNames(requestID: requestID, messageSet: RequestBatches.messageSetID(requestID))
        }
        let plan = BoundCommitmentPlan(settings, names: names) { names, body in
            RequestBatches.messageSet(
                of: .init(TransactionObject.purchaseOrder.add + "Rq", requestID: names.requestID, body: body),
                id: names.messageSet, settings)
        }
        guard let plan else { return nil }
        self.plan = plan
    }

    /// A commitment made ready; nil where it is for the converter.
    func convert(_ json: JSONRecord) -> PlannedDocument? {
        guard misses.load(ordering: .relaxed) < Self.mostMisses else { return nil }
        return plan.convert(json).map { PlannedDocument($0, raw: json.raw) }
    }

    /// One could not be sent.
    func miss() { misses.add(1, ordering: .relaxed) }
}
