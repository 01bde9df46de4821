import QBXML

/// Answers requests that add, change and query records of lists.
struct ListRequests {
    let file: CompanyFile
    let messages: Messages

    /// Adds a record.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func add(_ body: Element, kind: String) throws -> ListRecord {
        var fields = Element(kind)
        try RecordFields(file: file, kind: kind, ret: messages.ret(kind)).merge(body, into: &fields)
        let parent = try body.first("ParentRef").flatMap { try file.target(of: $0, in: kind) }
        var record = ListRecord(
            kind: kind, parent: parent?.number, name: (body["Name"] ?? "").trimmed, fields: fields)
        record.isActive = Self.isTrue(body["IsActive"]) ?? true
        try file.checkName(record)
        try complete(&record)
        return try file.insert(record)
    }

    /// Changes a record.
    /// - Throws: a `Status` for what QuickBooks refuses.
    func modify(_ body: Element, kind: String) throws -> ListRecord {
        let listID = (body["ListID"] ?? "").trimmed
        guard var record = try file.record(list: Lists.list(of: kind), listID: listID), record.kind == kind else {
            throw Status.noSuchObject(listID)
        }
        let editSequence = (body["EditSequence"] ?? "").trimmed
        if editSequence != String(record.editSequence) {
            throw OutOfDate(editSequence: editSequence, ret: try Ret(file: file, messages: messages).element(record))
        }
        try RecordFields(file: file, kind: kind, ret: messages.ret(kind)).merge(body, into: &record.fields)
        if let name = body["Name"] { record.name = name.trimmed }
        if let isActive = Self.isTrue(body["IsActive"]) { record.isActive = isActive }
        if let parent = body.first("ParentRef") { record.parent = try file.target(of: parent, in: kind)?.number }
        try file.checkName(record)
        return try file.update(record)
    }

    /// What QuickBooks fills in by itself.
    private func complete(_ record: inout ListRecord) throws {
        func fill(_ element: Element) {
            if record.fields.first(element.name) == nil { record.fields.children.append(element) }
        }
        switch record.kind {
        case "Vendor":
            fill(Element("NameOnCheck", text: record.fields["CompanyName"] ?? record.name))
            fill(Element("IsVendorEligibleFor1099", text: "false"))
        case "Customer":
            fill(Element("JobStatus", text: "None"))
            guard record.parent == nil, let tax = try file.record(list: "SalesTaxCode", fullName: "Tax") else { return }
            fill(Element("SalesTaxCodeRef", children: [Element("ListID", text: tax.listID)]))
        default:
            break
        }
    }

    private static func isTrue(_ text: String?) -> Bool? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        return text == "true" || text == "1"
    }
}

/// A change of a record that has been changed since: QuickBooks refuses it, and shows the record as it stands.
struct OutOfDate: Error {
    let editSequence: String
    /// Its `Ret`.
    let ret: Element
}
