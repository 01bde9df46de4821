import Foundation
import QBXML

/// Shows records as QuickBooks gives them.
struct Ret {
    let file: CompanyFile
    let messages: Messages

    /// A record as its `VendorRet`, in QuickBooks' order.
    func element(_ record: ListRecord) throws -> Element {
        let layout = messages.ret(record.kind)
        let parents = try file.parents(of: record)
        var children = [
            Element("ListID", text: record.listID),
            Element("TimeCreated", text: CalendarText.shown(record.created)),
            Element("TimeModified", text: CalendarText.shown(record.modified)),
            Element("EditSequence", text: String(record.editSequence)),
            Element("Name", text: record.name),
            Element("FullName", text: (parents.reversed().map(\.name) + [record.name]).joined(separator: ":")),
            Element("IsActive", text: record.isActive ? "true" : "false"),
            Element("Sublevel", text: String(parents.count)),
            Element("Balance", text: Numbers.amount(try balance(record))),
            Element("TotalBalance", text: "0.00"),
        ]
        if let parent = parents.first { children.append(try reference("ParentRef", parent)) }
        for field in record.fields.children {
            children.append(try shown(field))
            if Addresses.names.contains(field.name) { children.append(Addresses.block(field)) }
        }
        return Self.ordered(Element(record.kind + "Ret", children: children), layout)
    }

    /// What is owed to a vendor. Opening balances and those of other records are not kept.
    private func balance(_ record: ListRecord) throws -> Decimal {
        record.kind == "Vendor" ? try file.balance(vendor: record.listID) : 0
    }

    /// What is left of an answer when it is given again: enough to find its record.
    static func recovery(_ answer: [Element]) -> [Element] {
        let kept: Set = ["ListID", "TxnID", "TxnNumber", "EditSequence", "ExternalGUID"]
        // The answer to a deletion is no record but the parts of one.
        let parts = answer.first.map { $0.name.hasSuffix("Ret") ? $0.children : answer } ?? []
        let found = parts.filter { kept.contains($0.name) }
        return found.isEmpty ? [] : [Element("ErrorRecovery", children: found)]
    }

    /// With the references written out: id and full name.
    func shown(_ field: Element) throws -> Element {
        if field.name.hasSuffix("Ref"), field.name != "AdditionalContactRef" {
            let list = ReferenceTarget(field.name).list
            guard let target = try file.record(list: list, listID: field["ListID"] ?? "") else { return field }
            return try reference(field.name, target)
        }
        var shown = field
        shown.children = try field.children.map(self.shown)
        return shown
    }

    private func reference(_ name: String, _ record: ListRecord) throws -> Element {
        Element(
            name,
            children: [
                Element("ListID", text: record.listID), Element("FullName", text: try file.fullName(record)),
            ])
    }

    /// With the children that the layout knows, in its order.
    static func ordered(_ element: Element, _ layout: Layout) -> Element {
        var ordered = element
        let known = element.children.enumerated().compactMap { index, child in
            layout.rank(child.name).map { (rank: $0, index: index, child: child) }
        }
        ordered.children = known.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { entry in
            layout.slot(entry.child.name)?.children.map { Self.ordered(entry.child, $0) } ?? entry.child
        }
        return ordered
    }
}
