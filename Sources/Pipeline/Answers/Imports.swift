import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' lists show becomes news for Procore, unless it is what Procore told QuickBooks.
struct Imports {
    let work: Work
    let writeBacks: UpdateBatches
    /// Jobs without an address of their own: their parents may stand later in the file.
    private var withoutAddress: [Int64] = []

    init(work: Work, writeBacks: UpdateBatches) {
        self.work = work
        self.writeBacks = writeBacks
    }

    /// Takes one element of a list; says whether its kind is imported at all.
    mutating func take(_ ret: Element) throws -> Bool {
        switch ret.name {
        case "VendorRet": try take(ret, VendorToCompany.self)
        case "CustomerRet":
            if let listID = ret["ListID"] {
                try work.books.setCustomer(
                    listID, parent: ret["ParentRef/ListID"], address: JobToProject.address(of: ret))
            }
            try take(ret, JobToProject.self)
        case "ItemServiceRet": try waitForMatch(ret, .itemService, .standardCostCodes)
        case "EstimateRet", "PurchaseOrderRet", "BillRet", "BillPaymentCheckRet":
            return try HandChanges(work: work).take(ret)
        case "TxnDeletedRet", "ListDeletedRet": return try BrokenTies(work: work).take(ret)
        default: return false
        }
        return true
    }

    /// Keeps an element until a person has decided which record of Procore's it is.
    private func waitForMatch(_ ret: Element, _ list: QuickBooksKind, _ entity: Entity) throws {
        guard let listID = ret["ListID"], try work.books.record(entity, list, listID) == nil,
            ret["IsActive"] != "false"
        else { return work.receipt.count(entity, .unchanged) }
        var writer = XMLWriter()
        writer.element(ret)
        try work.books.set(
            LedgerElement(
                list: list, listID: listID, fullName: ret["FullName"] ?? ret["Name"] ?? listID, ret: writer.bytes))
        work.receipt.count(entity, .held)
    }

    /// Writes what had to wait for the end of the file.
    mutating func finish() throws {
        for id in withoutAddress {
            guard var record = try work.books.record(id: id) else { continue }
            if let parent = record.imported?["parent"], let address = try work.books.address(ofCustomer: parent) {
                record.imported = record.imported?.merged(with: address)
            }
            try export(&record, JobToProject.self)
        }
        withoutAddress = []
    }

    private mutating func take(_ ret: Element, _ converter: any ToProcore.Type) throws {
        let entity = converter.entity
        let shown = converter.shown(ret)
        guard let listID = ret["ListID"], ret["Name"]?.isEmpty == false else {
            work.receipt.count(entity, .rejected)
            return work.receipt.add(
                Problem(
                    record: shown, field: "ListID", what: "The element has no ListID or no Name.",
                    remedy: "Query it again without IncludeRetElement, and drop the new response."))
        }
        let mapped: Mapped
        do {
            mapped = try converter.convert(ret, settings: work.settings)
        } catch {
            work.receipt.count(entity, .rejected)
            return error.all.forEach { work.receipt.add($0) }
        }
        if let state = ret["\(entity == .vendors ? "VendorAddress" : "ShipAddress")/State"], !state.isEmpty,
            mapped.content["state_code"] == nil
        {
            work.receipt.add(
                Note(
                    record: shown, field: "State",
                    what: "\"\(state)\" is no state or province that Procore knows; it is left out."))
        }
        let key = QuickBooksText.comparisonKey(ret["Name"] ?? "")
        if var record = try work.books.record(entity, converter.list, listID) {
            try news(of: &record, ret, mapped.content, key, converter)
        } else if let skipped = converter.skipped(ret, settings: work.settings) {
            work.receipt.count(entity, .skipped)
            work.receipt.add(Note(record: shown, what: skipped.reason))
        } else if try work.isMatching(entity) {
            try waitForMatch(ret, converter.list, entity)
        } else if let same = try sameName(ret, entity) {
            guard var record = same.first, same.count == 1 else {
                work.receipt.count(entity, .skipped)
                return work.receipt.add(
                    Note(
                        record: shown,
                        what: "\(same.map(\.shown).joined(separator: " and ")) have this name in Procore; "
                            + "give them different names there, and it is tied or brought over."))
            }
            try meet(&record, ret, mapped.content, converter)
        } else {
            var record = LedgerRecord(entity: entity, procoreID: nil, shown: shown, file: work.intake ?? 0)
            record.businessKey = key
            tie(&record, ret, converter)
            record.confirmed = everything(ret, entity)
            record.nameKey = record.confirmed.flatMap { listConverter(of: entity)?.object.nameKey(of: $0) }
            record.imported = mapped.content
            record.state = .queued
            try work.books.insert(&record)
            try work.note("imported", record, "\(converter.list.rawValue) \(listID)")
            work.receipt.count(entity, .new)
            try exportOrWait(&record, ret, converter)
        }
    }

    /// An element that is tied already: news only where it differs from what Procore has.
    private mutating func news(
        of record: inout LedgerRecord, _ ret: Element, _ content: Content, _ key: String,
        _ converter: any ToProcore.Type
    ) throws {
        if record.editSequence == ret["EditSequence"], record.imported == content {
            work.receipt.count(record.entity, .unchanged)
            return
        }
        tie(&record, ret, converter)
        // What QuickBooks confirmed is what it shows now, in the fields that we ever gave it.
        let now = everything(ret, record.entity)
        record.confirmed = record.confirmed.map { old in
            Content(old.fields.compactMap { field in now[field.path].map { Content.Field(field.path, $0) } })
        }
        if record.wanted == nil { record.businessKey = key }
        record.imported = content
        let changes = converter.changes(from: record.exported ?? Content(), to: content, settings: work.settings)
        if changes.fields.isEmpty {
            try work.books.update(record)
            work.receipt.count(record.entity, .unchanged)
        } else {
            try work.note("imported", record, "changed in QuickBooks")
            work.receipt.count(record.entity, .changed)
            try exportOrWait(&record, ret, converter)
        }
    }

    /// The Procore records that are not tied yet and want the element's name; nil where there is none.
    private func sameName(_ ret: Element, _ entity: Entity) throws -> [LedgerRecord]? {
        guard let nameKey = listConverter(of: entity)?.object.nameKey(of: everything(ret, entity)) else {
            return nil
        }
        let same = try work.books.others(wanting: nameKey, than: 0).filter {
            $0.entity == entity && $0.quickBooksID == nil
        }
        return same.isEmpty ? nil : same
    }

    private func meet(
        _ record: inout LedgerRecord, _ ret: Element, _ content: Content, _ converter: any ToProcore.Type
    ) throws {
        if try work.books.openRequest(of: record.id) != nil {
            work.receipt.count(record.entity, .skipped)
            work.receipt.add(
                Note(
                    record: converter.shown(ret),
                    what: "\(record.shown) has this name and a request on its way; its answer decides."))
            return
        }
        guard work.settings.linkSameName else {
            work.receipt.count(record.entity, .skipped)
            work.receipt.add(
                Note(
                    record: converter.shown(ret),
                    what: "\(record.shown) has this name; link_same_name is false, so they are not tied."))
            return
        }
        tie(&record, ret, converter)
        record.claimedID = nil
        record.confirmed = listConverter(of: record.entity)?.held(in: ret, of: record.wanted ?? Content())
        record.imported = content
        record.exported = content
        record.state = .released
        try work.books.update(record)
        try work.note("linked", record, "by name: \(converter.list.rawValue) \(record.quickBooksID ?? "")")
        work.receipt.count(record.entity, .linked)
        try writeBacks.link(record)
    }

    private func tie(_ record: inout LedgerRecord, _ ret: Element, _ converter: any ToProcore.Type) {
        record.kind = converter.list
        record.quickBooksID = ret["ListID"]
        record.editSequence = ret["EditSequence"]
        record.fullName = ret["FullName"] ?? ret["Name"]
        record.file = work.intake ?? record.file
    }

    /// What QuickBooks holds in every field that a record of this entity may ever be given.
    private func everything(_ ret: Element, _ entity: Entity) -> Content {
        Content(
            (listConverter(of: entity)?.targets ?? []).compactMap { path in
                ret[path].flatMap { $0.isEmpty ? nil : Content.Field(path, $0) }
            })
    }

    private mutating func exportOrWait(
        _ record: inout LedgerRecord, _ ret: Element, _ converter: any ToProcore.Type
    ) throws {
        let hasAddress = ["address", "city", "state_code", "zip"].contains { record.imported?[$0] != nil }
        if record.entity == .projects, !hasAddress, let parent = ret["ParentRef/ListID"] {
            record.imported?.fields.append(.init("parent", parent))
            try work.books.update(record)
            withoutAddress.append(record.id)
        } else {
            try export(&record, converter)
        }
    }

    private func export(_ record: inout LedgerRecord, _ converter: any ToProcore.Type) throws {
        guard var content = record.imported else { return }
        content.fields.removeAll { $0.path == "parent" }
        let changes =
            record.exported.map { converter.changes(from: $0, to: content, settings: work.settings) } ?? content
        record.imported = content
        record.exported = record.exported.map { $0.merged(with: changes) } ?? content
        try work.books.update(record)
        try writeBacks.add(record, fields: changes.fields)
    }
}
