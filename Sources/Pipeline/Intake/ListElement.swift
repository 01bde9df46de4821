import Converters
import Domain
import QBXML
import SyncLedger

/// An element of a QuickBooks list, read and converted for Procore, as far as that can be done without the sync ledger:
/// on any thread. It goes from one thread to the other as one reference.
final class ListElement: Sendable {
    /// What an element is that can be converted.
    final class Content: Sendable {
        let mapped: Domain.Content
        /// Its name, folded for comparison.
        let key: String
        /// What QuickBooks holds in every field that a record of this entity may ever be given.
        let everything: Domain.Content
        /// The name that a record of Procore's would want, folded for comparison.
        let nameKey: String?
        /// What is left out of it.
        let note: Note?
        /// Why it is not brought over.
        let skipped: Skipped?
        /// What is written and told if nothing is known of it; nil where more has to be known anyway.
        let insert: (element: ElementInsert, update: UpdateBatches.Update)?

        init(
            _ record: LedgerRecord, mapped: Domain.Content, everything: Domain.Content, note: Note?,
            skipped: Skipped?, insert: (element: ElementInsert, update: UpdateBatches.Update)?
        ) {
            self.mapped = mapped
            key = record.identity.businessKey ?? ""
            self.everything = everything
            nameKey = record.contents.nameKey
            self.note = note
            self.skipped = skipped
            self.insert = insert
        }
    }

    enum Outcome: Sendable {
        /// Something that tells it from others is missing, or the table refuses it.
        case refused([Problem])
        case converted(Content)
    }

    let ret: Element
    let converter: any ToProcore.Type
    let outcome: Outcome

    var entity: Entity { converter.entity }
    var shown: String { converter.shown(ret) }

    init(_ ret: Element, _ converter: any ToProcore.Type, _ outcome: Outcome) {
        self.ret = ret
        self.converter = converter
        self.outcome = outcome
    }
}

/// Converts the elements of QuickBooks' lists that go to Procore.
struct ListElementConversion: Sendable {
    let settings: Settings
    private let targets: [QuickBooksKind: [String]]

    init(settings: Settings) {
        self.settings = settings
        targets = [.vendor: CompanyToVendor.targets, .customer: ProjectToJob.targets]
    }

    /// An element converted; nil where it is none that goes to Procore.
    func convert(_ ret: Element) -> ListElement? {
        guard let converter = Self.converter(of: ret) else { return nil }
        return ListElement(ret, converter, outcome(ret, converter))
    }

    private static func converter(of ret: Element) -> (any ToProcore.Type)? {
        switch ret.name {
        case "VendorRet": VendorToCompany.self
        case "CustomerRet": JobToProject.self
        default: nil
        }
    }

    private func outcome(_ ret: Element, _ converter: any ToProcore.Type) -> ListElement.Outcome {
        guard let listID = ret["ListID"], let name = ret["Name"], !name.isEmpty else {
            return .refused([
                Problem(
                    record: converter.shown(ret), field: "ListID", what: "The element has no ListID or no Name.",
                    remedy: "Query it again without IncludeRetElement, and drop the new response.")
            ])
        }
        let mapped: Content
        do {
            mapped = try converter.convert(ret, settings: settings).content
        } catch {
            return .refused(error.all)
        }
        let everything = Content(
            (targets[converter.list] ?? []).compactMap { path in
                ret[path].flatMap { $0.isEmpty ? nil : Content.Field(path, $0) }
            })
        var record = LedgerRecord(entity: converter.entity, procoreID: nil, shown: converter.shown(ret), file: 0)
        record.identity.businessKey = QuickBooksText.comparisonKey(name)
        record.contents.nameKey = listConverter(of: converter.entity)?.object.nameKey(
            of: everything, folded: record.identity.businessKey)
        record.contents.confirmed = everything
        record.contents.imported = mapped
        record.tie(to: ret, listID, converter.list)
        return .converted(
            ListElement.Content(
                record, mapped: mapped, everything: everything, note: unknownState(ret, mapped, converter),
                skipped: converter.skipped(ret, settings: settings),
                insert: Imports.waitsForParent(ret, mapped, converter) ? nil : insert(record)))
    }

    private func unknownState(_ ret: Element, _ mapped: Content, _ converter: any ToProcore.Type) -> Note? {
        let block = converter.list == .vendor ? "VendorAddress" : "ShipAddress"
        guard mapped["state_code"] == nil, let state = ret["\(block)/State"], !state.isEmpty else { return nil }
        return Note(
            record: converter.shown(ret), field: "State",
            what: "\"\(state)\" is no state or province that Procore knows; it is left out.")
    }

    private func insert(_ record: LedgerRecord) -> (ElementInsert, UpdateBatches.Update)? {
        guard let insert = ElementInsert(record),
            let update = UpdateBatches.Update(of: record, fields: record.imported?.fields ?? [])
        else { return nil }
        return (insert, update)
    }
}

extension LedgerRecord {
    /// Ties the record to an element of a QuickBooks list.
    mutating func tie(to ret: Element, _ listID: String, _ list: QuickBooksKind) {
        tie.kind = list
        tie.quickBooksID = listID
        tie.editSequence = ret["EditSequence"]
        tie.fullName = ret["FullName"] ?? ret["Name"]
    }
}
