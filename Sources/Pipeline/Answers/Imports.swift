import Converters
import Domain
import QBXML
import SyncLedger

/// What QuickBooks' lists show becomes news for Procore, unless it is what Procore told QuickBooks.
struct Imports {
    let context: ProcessingContext
    let writeBacks: UpdateBatches
    private let conversion: ListElementConversion
    /// Jobs without an address of their own: their parents may stand later in the file.
    private var withoutAddress: [Int64] = []

    init(context: ProcessingContext, writeBacks: UpdateBatches) {
        self.context = context
        self.writeBacks = writeBacks
        conversion = ListElementConversion(settings: context.settings)
    }

    /// Takes one element of a list; says whether its kind is imported at all.
    mutating func take(_ ret: Element) throws -> Bool {
        if let element = conversion.convert(ret) {
            try take(element)
            return true
        }
        switch ret.name {
        case "ItemServiceRet": try waitForMatch(ret, .itemService, .standardCostCodes)
        case "EstimateRet", "PurchaseOrderRet", "BillRet", "BillPaymentCheckRet":
            return try HandChanges(context: context).take(ret)
        case "TxnDeletedRet", "ListDeletedRet": return try BrokenTies(context: context).take(ret)
        default: return false
        }
        return true
    }

    /// Takes one element that goes to Procore.
    mutating func take(_ element: ListElement) throws {
        if element.entity == .projects, let listID = element.ret["ListID"] {
            try context.books.setCustomer(
                listID, parent: element.ret["ParentRef/ListID"], address: JobToProject.address(of: element.ret))
        }
        switch element.outcome {
        case .refused(let problems):
            context.receipt.count(element.entity, .rejected)
            for problem in problems { context.receipt.add(problem) }
            try context.turningAway.refuse(.init(element), problems)
        case .converted(let content):
            if let note = content.note { context.receipt.add(note) }
            try take(element, content)
        }
    }

    /// Takes vendors that were made ready as new ones.
    /// - Returns: how many of them were none, so that they had to be converted.
    mutating func take(_ vendors: PlannedVendors) throws -> Int {
        var (elements, known): ([Element]?, Int) = (nil, 0)
        for index in 0..<vendors.inserts.count {
            let insert = vendors.inserts[index]
            if try isNew(insert) {
                try context.books.insert(insert, from: context.intake ?? 0, at: context.at)
                try context.turningAway.forget(
                    insert.entity, id: TurningAway.Identity.id(ofElement: insert.listID), code: nil)
                context.receipt.count(insert.entity, .new)
                let update = vendors.update(index)
                try writeBacks.add(update.pretty, compact: update.compact, insert.entity)
                continue
            }
            known += 1
            let all = try elements ?? vendors.elements()
            elements = all
            if let converted = conversion.convert(all[index]) { try take(converted) }
        }
        return known
    }

    /// Takes an element that nothing is known of.
    private func take(new element: ListElement, _ insert: ElementInsert, _ update: UpdateBatches.Update) throws {
        try context.books.insert(insert, from: context.intake ?? 0, at: context.at)
        try isTaken(element)
        context.receipt.count(element.entity, .new)
        try writeBacks.add(update, element.entity)
    }

    /// Keeps an element until a person has decided which record of Procore's it is.
    private func waitForMatch(_ ret: Element, _ list: QuickBooksKind, _ entity: Entity) throws {
        guard let listID = ret["ListID"], try context.books.record(entity, list, listID) == nil,
            ret["IsActive"] != "false"
        else { return context.receipt.count(entity, .unchanged) }
        var writer = XMLWriter()
        writer.element(ret)
        try context.books.set(
            LedgerElement(
                list: list, listID: listID, fullName: ret["FullName"] ?? ret["Name"] ?? listID, ret: writer.bytes))
        context.receipt.count(entity, .held)
    }

    /// Writes what had to wait for the end of the file.
    mutating func finish() throws {
        for id in withoutAddress {
            guard var record = try context.books.record(id: id) else { continue }
            if let parent = record.imported?["parent"], let address = try context.books.address(ofCustomer: parent) {
                record.contents.imported = record.imported?.merged(with: address)
            }
            try export(&record, JobToProject.self)
        }
        withoutAddress = []
    }

    private mutating func take(_ element: ListElement, _ content: ListElement.Content) throws {
        let (ret, converter, entity) = (element.ret, element.converter, element.entity)
        if content.skipped == nil, let (insert, update) = content.insert, try isNew(insert) {
            try take(new: element, insert, update)
        } else if var record = try context.books.record(entity, converter.list, ret["ListID"] ?? "") {
            try isTaken(element)
            try news(of: &record, element, content)
        } else if let skipped = content.skipped {
            try leaveOut(element, skipped.reason)
        } else if try context.isMatching(entity) {
            try waitForMatch(ret, converter.list, entity)
        } else if let same = try sameName(content.nameKey, entity) {
            guard var record = same.first, same.count == 1 else {
                return try leaveOut(
                    element,
                    "\(same.map(\.shown).joined(separator: " and ")) have this name in Procore; "
                        + "give them different names there, and it is tied or brought over.")
            }
            try meet(&record, element, content)
        } else {
            try isTaken(element)
            var record = LedgerRecord(entity: entity, procoreID: nil, shown: element.shown, file: context.intake ?? 0)
            record.identity.businessKey = content.key
            tie(&record, element)
            record.contents.confirmed = content.everything
            record.contents.nameKey = content.nameKey
            record.contents.imported = content.mapped
            record.queue()
            try context.books.insert(&record)
            try context.addEvent("imported", record, "\(converter.list.rawValue) \(record.quickBooksID ?? "")")
            context.receipt.count(entity, .new)
            try exportOrWait(&record, element)
        }
    }

    /// Leaves an element out, and remembers why until it is taken.
    private func leaveOut(_ element: ListElement, _ reason: String) throws {
        context.receipt.count(element.entity, .skipped)
        context.receipt.add(Note(record: element.shown, what: reason))
        try context.turningAway.skip(.init(element), reason)
    }

    private func isTaken(_ element: ListElement) throws {
        try context.turningAway.forget(element.entity, id: TurningAway.Identity.id(element.ret), code: nil)
    }

    /// Whether nothing has to be known about an element but what it says itself.
    private func isNew(_ insert: ElementInsert) throws -> Bool {
        guard try !context.isMatching(insert.entity) else { return false }
        return try context.books.isNew(insert)
    }

    /// An element that is tied already: news only where it differs from what Procore has.
    private mutating func news(
        of record: inout LedgerRecord, _ element: ListElement, _ content: ListElement.Content
    ) throws {
        if record.tie.editSequence == element.ret["EditSequence"], record.imported == content.mapped {
            context.receipt.count(record.entity, .unchanged)
            return
        }
        tie(&record, element)
        // What QuickBooks confirmed is what it shows now, in the fields that we ever gave it.
        record.contents.confirmed = record.confirmed.map { old in
            Content(
                old.fields.compactMap { field in
                    content.everything[field.path].map { Content.Field(field.path, $0) }
                })
        }
        if record.wanted == nil { record.identity.businessKey = content.key }
        record.contents.imported = content.mapped
        let changes = element.converter.changes(
            from: record.exported ?? Content(), to: content.mapped, settings: context.settings)
        if changes.fields.isEmpty {
            try context.books.update(record)
            context.receipt.count(record.entity, .unchanged)
        } else {
            try context.addEvent("imported", record, "changed in QuickBooks")
            context.receipt.count(record.entity, .changed)
            try exportOrWait(&record, element)
        }
    }

    /// The Procore records that are not tied yet and want the element's name; nil where there is none.
    private func sameName(_ nameKey: String?, _ entity: Entity) throws -> [LedgerRecord]? {
        guard let nameKey else { return nil }
        let same = try context.books.others(wanting: nameKey, than: 0).filter {
            $0.entity == entity && $0.quickBooksID == nil
        }
        return same.isEmpty ? nil : same
    }

    private func meet(
        _ record: inout LedgerRecord, _ element: ListElement, _ content: ListElement.Content
    ) throws {
        if try context.books.openRequest(of: record.id) != nil {
            context.receipt.count(record.entity, .skipped)
            context.receipt.add(
                Note(
                    record: element.shown,
                    what: "\(record.shown) has this name and a request on its way; its answer decides."))
            return
        }
        guard context.settings.lists.linkSameName else {
            return try leaveOut(
                element, "\(record.shown) has this name; link_same_name is false, so they are not tied.")
        }
        try isTaken(element)
        tie(&record, element)
        record.tie.claimedID = nil
        record.contents.confirmed = listConverter(of: record.entity)?.held(
            in: element.ret, of: record.wanted ?? Content())
        record.contents.imported = content.mapped
        record.contents.exported = content.mapped
        record.release()
        try context.books.update(record)
        try context.addEvent(
            "linked", record, "by name: \(element.converter.list.rawValue) \(record.quickBooksID ?? "")")
        context.receipt.count(record.entity, .linked)
        try writeBacks.link(record)
    }

    private func tie(_ record: inout LedgerRecord, _ element: ListElement) {
        record.tie(to: element.ret, element.ret["ListID"] ?? "", element.converter.list)
        record.file = context.intake ?? record.file
    }

    /// Whether an element is a job without an address, whose parent may have one.
    static func waitsForParent(_ ret: Element, _ mapped: Content, _ converter: any ToProcore.Type) -> Bool {
        converter.entity == .projects && ret["ParentRef/ListID"] != nil
            && !["address", "city", "state_code", "zip"].contains { mapped[$0] != nil }
    }

    private mutating func exportOrWait(_ record: inout LedgerRecord, _ element: ListElement) throws {
        let imported = record.imported ?? Content()
        if Self.waitsForParent(element.ret, imported, element.converter), let parent = element.ret["ParentRef/ListID"] {
            record.contents.imported?.fields.append(.init("parent", parent))
            try context.books.update(record)
            withoutAddress.append(record.id)
        } else {
            try export(&record, element.converter)
        }
    }

    private func export(_ record: inout LedgerRecord, _ converter: any ToProcore.Type) throws {
        guard var content = record.imported else { return }
        content.fields.removeAll { $0.path == "parent" }
        let changes =
            record.exported.map { converter.changes(from: $0, to: content, settings: context.settings) } ?? content
        record.contents.imported = content
        record.contents.exported = record.exported.map { $0.merged(with: changes) } ?? content
        try context.books.update(record)
        try writeBacks.add(record, fields: changes.fields)
    }
}
