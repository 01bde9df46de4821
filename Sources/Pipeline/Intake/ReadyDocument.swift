import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// A commitment that its file says all of, made ready on the reading thread: what the sync ledger is to know of it, and the
/// document that asks for it. What is missing are the QuickBooks ids of its vendor, job and items.
struct ReadyDocument: Sendable {
    let insert: DocumentInsert
    let draft: AddDraft

    /// - Parameters:
    ///   - source: the document, whole.
    ///   - own: what it becomes.
    ///   - encoded: its fragments, as the sync ledger keeps them.
    /// - Returns: nil where more has to be looked at: `DocumentIntake` and `Dispatch` do that.
    init?(_ source: DocumentSource, _ own: Conversion, encoded: [String: [UInt8]], settings: Settings) {
        // A commitment stands on nothing but elements of lists.
        guard source.key.entity == .commitments, let header = source.header, header["origin_id"] == nil,
            source.lines(DocumentFragment.scheduleOfValues) == nil,
            case .mapped(let mapped) = own, mapped.notes.isEmpty, mapped.steps.isEmpty,
            let converter = transactionConverter(of: source.key.entity), !converter.isAddition,
            settings.documents.isOpen(mapped.content), let project = ProjectOfDocument.said(header)
        else { return nil }
        var record = LedgerRecord(
            entity: source.key.entity, procoreID: source.key.procoreID, shown: source.key.shown, file: 0)
        record.take(source, converter)
        record.identity.project = project
        record.updatedAt = header["updated_at"].flatMap(Timestamp.init)
        record.contents.wanted = mapped.content
        record.contents.nameKey = converter.numberKey(of: mapped.content)
        record.attempts.count = 1
        record.queue()
        let requestID = RequestBatches.requestID(record, .add, settings: settings)
        let messageSet = RequestBatches.messageSetID(requestID)
        guard let insert = DocumentInsert(record, fragments: encoded, requestID: requestID, messageSet: messageSet),
            let draft = AddDraft(
                converter.object, mapped.content, externalGUID: record.externalGUID(in: settings),
                in: { body in
                    RequestBatches.messageSet(
                        of: .init(converter.object.add + "Rq", requestID: requestID, body: body), id: messageSet,
                        settings)
                })
        else { return nil }
        self.insert = insert
        self.draft = draft
    }
}

extension ReadyDocument {
    /// One that the plan of commitments made.
    init(_ planned: PlannedCommitment) {
        let cents = planned.total.cents
        insert = DocumentInsert(
            RecordKey(.commitments, planned.id),
            .init(
                fragments: [(DocumentFragment.header, planned.header), (DocumentFragment.lines, planned.lines)],
                wanted: planned.wanted),
            .init(scope: planned.type, project: planned.project, nameKey: planned.nameKey),
            updatedAt: planned.updatedAt, cents: (stated: cents, brought: cents),
            requestID: planned.request.requestID, messageSet: planned.request.messageSet)
        draft = planned.draft
    }
}

extension LedgerRecord {
    /// Takes what a document says all by itself, but for what it becomes.
    mutating func take(_ source: DocumentSource, _ converter: any FromDocument.Type) {
        let (key, header) = (source.key, source.header)
        tie.owner = converter.owner(of: source)
        identity.scope = header?["contract_type"] ?? identity.scope
        identity.businessKey =
            header.flatMap { $0["own_id"] ?? key.codeInProject($0) } ?? identity.businessKey
        contents.stated = DocumentMoney.stated(key.entity, source.fragments)
        attempts.retries = 0
    }
}
