import Converters
import Domain
import Procore
import QBXML
import SyncLedger

/// A record of a list, read and converted, as far as that can be done without the sync ledger: on any thread.
///
/// It goes from one thread to the other as one reference.
final class ListRecord: Sendable {
    /// What a record is that can be converted.
    final class Content: Sendable {
        /// What was changed on the way.
        let notes: [Note]
        /// How each field came about, where the settings ask for it.
        let steps: [MappingStep]
        let scope: String?
        let updatedAt: Timestamp?
        /// What Procore has for it in `origin_data`.
        let editSequence: String?
        /// What is written if nothing is known of it, and the request that is sent then, as it stands in a document; nil
        /// where more has to be known anyway.
        let insert: (record: RecordInsert, request: [UInt8])?
        /// What it should be in QuickBooks, where no insert holds it.
        private let kept: Domain.Content?
        private let ownNameKey: String?
        private let packed: PackedElement?

        /// The name that it wants in QuickBooks, folded for comparison.
        var nameKey: String? { packed?.text(\.nameKey) ?? ownNameKey }

        /// What it should be in QuickBooks.
        var wanted: Domain.Content { kept ?? insert?.record.wanted ?? Domain.Content() }

        init(
            _ mapped: Mapped, scope: String?, updatedAt: Timestamp?, editSequence: String?, nameKey: String?,
            insert: (record: RecordInsert, request: [UInt8])?
        ) {
            notes = mapped.notes
            steps = mapped.steps
            self.scope = scope
            self.updatedAt = updatedAt
            self.editSequence = editSequence
            self.insert = insert
            kept = insert == nil ? mapped.content : nil
            ownNameKey = nameKey
            packed = nil
        }

        init(_ packed: PackedElement, _ insert: RecordInsert, request: [UInt8], _ notes: [Note]) {
            self.notes = notes
            steps = []
            scope = nil
            updatedAt = insert.updatedAt
            editSequence = nil
            self.insert = (insert, request)
            kept = nil
            ownNameKey = nil
            self.packed = packed
        }
    }

    enum Outcome: Sendable {
        /// The record cannot be read.
        case unreadable(Problem)
        case skipped(String)
        /// The table, or a rule beside it, refuses it.
        case refused([Problem])
        case converted(Content)
    }

    /// What it is known by.
    private enum Identity: Sendable {
        case texts(id: String?, businessKey: String?, key: String?, shown: String, originID: String?)
        case packed(PackedElement)
    }

    private let identity: Identity
    let outcome: Outcome
    /// As it stood in the file.
    let raw: [UInt8]

    init(
        id: String?, businessKey: String?, key: String?, shown: String, originID: String?, outcome: Outcome,
        raw: [UInt8]
    ) {
        identity = .texts(id: id, businessKey: businessKey, key: key, shown: shown, originID: originID)
        self.outcome = outcome
        self.raw = raw
    }

    init(_ packed: PackedElement, _ content: Content, raw: [UInt8]) {
        identity = .packed(packed)
        outcome = .converted(content)
        self.raw = raw
    }
}

extension ListRecord {
    var id: String? {
        switch identity {
        case .texts(let id, _, _, _, _): id
        case .packed(let packed): packed.text(\.id)
        }
    }

    var businessKey: String? {
        switch identity {
        case .texts(_, let businessKey, _, _, _): businessKey
        case .packed(let packed): packed.text(\.title)
        }
    }

    /// The business key, folded for comparison.
    var key: String? {
        switch identity {
        case .texts(_, _, let key, _, _): key
        case .packed(let packed): packed.text(\.key)
        }
    }

    var shown: String {
        switch identity {
        case .texts(_, _, _, let shown, _): shown
        case .packed(let packed): packed.text(\.shown)
        }
    }

    var originID: String? {
        switch identity {
        case .texts(_, _, _, _, let originID): originID
        case .packed: nil
        }
    }
}

/// Converts the records of one list.
struct ListConversion: Sendable {
    let converter: any ToQuickBooks.Type
    let settings: Settings
    /// What converts a record that needs nothing special; nil: nothing does.
    private let plan: BoundPlan?

    /// The conversion of an entity's records; nil where it is no list.
    init?(_ entity: Entity, settings: Settings) {
        guard let converter = listConverter(of: entity) else { return nil }
        self.converter = converter
        self.settings = settings
        plan = RequestFrame(
            converter.object.add + "Rq", requestID: "\(settings.namespace)-\(entity.rawValue)-", "-add-1",
            longest: RequestBatches.longestRequestID
        ).flatMap { BoundPlan(converter, settings: settings, frame: $0) }
    }

    /// The kind of record.
    var entity: Entity { converter.entity }
    /// What they become.
    var object: QuickBooksObject { converter.object }

    /// A record of a JSON export.
    func convert(_ json: JSONRecord) -> ListRecord { planned(json) ?? converted(json) }

    /// A record that nothing is known of and that needs nothing special; nil: it is another one.
    func planned(_ json: JSONRecord) -> ListRecord? {
        guard var draft = draft(capacity: 2 * json.raw.count + 1_024), draft.add(json) else { return nil }
        var record: ListRecord?
        draft.take()?.forEach { record = $0.record }
        return record
    }

    /// Where such records are put together; nil: none is such a record.
    func draft(capacity: Int = PlannedElements.Draft.usual) -> PlannedElements.Draft? {
        plan.map { PlannedElements.Draft(entity, $0, capacity: capacity) }
    }

    /// Any record.
    func converted(_ json: JSONRecord) -> ListRecord {
        func convert<Mapping: ToQuickBooks>(_ mapping: Mapping.Type) -> ListRecord {
            record(mapping, raw: json.raw, id: { try? json.id("id") }) { () throws(Problem) in
                try Mapping.Source(json)
            }
        }
        return convert(converter)
    }

    /// A row of a CSV template; nil where the entity has none.
    func convert(_ row: CSVRow) -> ListRecord? {
        func convert<Mapping: ToQuickBooks>(_ mapping: Mapping.Type) -> ListRecord? {
            let source: Result<Mapping.Source, Problem>
            do throws(Problem) {
                guard let read = try Mapping.read(row) else { return nil }
                source = .success(read)
            } catch {
                source = .failure(error)
            }
            return record(mapping, raw: row.raw, id: { row["Id"] }) { () throws(Problem) in try source.get() }
        }
        return convert(converter)
    }

    private func record<Mapping: ToQuickBooks>(
        _ mapping: Mapping.Type, raw: [UInt8], id: () -> String?, read: () throws(Problem) -> Mapping.Source
    ) -> ListRecord {
        let source: Mapping.Source
        do {
            source = try read()
        } catch {
            let id = id()
            let problem = id.map { error.of("\(entity.singular) \($0)") } ?? error
            return ListRecord(
                id: id, businessKey: nil, key: nil, shown: "", originID: nil, outcome: .unreadable(problem), raw: raw)
        }
        let key = source.businessKey.map(QuickBooksText.comparisonKey)
        return ListRecord(
            id: source.id, businessKey: source.businessKey, key: key, shown: source.shown, originID: source.originID,
            outcome: outcome(mapping, source, key), raw: raw)
    }

    private func outcome<Mapping: ToQuickBooks>(
        _ mapping: Mapping.Type, _ source: Mapping.Source, _ key: String?
    ) -> ListRecord.Outcome {
        if let skipped = source.skipped { return .skipped(skipped.reason) }
        let mapped: Mapped
        do {
            mapped = try Mapping.convert(source, settings: settings)
        } catch {
            return .refused(error.all)
        }
        var updatedAt: Timestamp?
        if let text = source.updatedAt {
            updatedAt = Timestamp(text)
            guard updatedAt != nil else { return .refused([Self.noTimestamp(text).of(source.shown)]) }
        }
        var record = LedgerRecord(entity: entity, procoreID: source.id, shown: source.shown, file: 0)
        record.identity.businessKey = key
        record.identity.scope = source.scope
        record.updatedAt = updatedAt
        record.contents.wanted = mapped.content
        record.contents.nameKey = object.nameKey(of: mapped.content)
        return .converted(
            ListRecord.Content(
                mapped, scope: source.scope, updatedAt: updatedAt,
                editSequence: source.originID == nil ? nil : source.editSequence, nameKey: record.contents.nameKey,
                insert: source.originID == nil ? insert(record) : nil))
    }

    private func insert(_ record: LedgerRecord) -> (record: RecordInsert, request: [UInt8])? {
        guard let wanted = record.wanted, wanted.firstReference == nil else { return nil }
        var record = record
        record.attempts.count = 1
        let requestID = RequestBatches.requestID(record, .add, settings: settings)
        guard let insert = RecordInsert(record, requestID: requestID) else { return nil }
        let request = MessageSet.Request(object.add + "Rq", requestID: requestID, body: body(of: record))
        return (insert, request.written)
    }

    /// The request that adds a record which refers to no other.
    func body(of record: LedgerRecord) -> [UInt8] {
        object.addBody(record.wanted ?? .init(), externalGUID: record.externalGUID(in: settings)) { _ in nil }
    }

    private static func noTimestamp(_ text: String) -> Problem {
        Problem(
            field: "updated_at", what: "\"\(text)\" is no date and time as Procore writes them.",
            remedy: "Export the record again from Procore, and drop the new file.")
    }
}
