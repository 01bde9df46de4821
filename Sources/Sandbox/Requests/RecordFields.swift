import QBXML

/// Brings what a request says about a record into what is kept of it.
struct RecordFields {
    let file: CompanyFile
    let kind: String
    let ret: Layout
    /// What is kept beside the fields. What the layout does not have, such as contacts, is taken but not kept.
    var apart: Set<String> = ["ListID", "EditSequence", "Name", "ParentRef", "IsActive"]

    /// Puts the fields of a request over those of a record: what is not mentioned stays, what is empty is cleared.
    /// - Throws: a `Status` for a reference that names nothing, or an address that cannot be printed.
    func merge(_ request: Element, into record: inout Element) throws {
        var request = request
        request.children.removeAll { apart.contains($0.name) }
        try merge(request, into: &record, ret)
        for address in record.children where Addresses.names.contains(address.name) { try Addresses.check(address) }
    }

    private func merge(_ request: Element, into kept: inout Element, _ layout: Layout) throws {
        var replaced: Set<String> = []
        for child in request.children {
            let isSide = child.name.hasPrefix("Sales") && child.name.hasSuffix("Mod")
            let name = isSide ? String(child.name.dropLast("Mod".count)) : child.name
            guard let slot = layout.slot(name) else { continue }
            let new = try value(child, name, slot, old: kept.first(name))
            if slot.repeats ? replaced.insert(name).inserted : true { kept.children.removeAll { $0.name == name } }
            guard let new else { continue }
            let excluded = layout.excluded(by: name)
            kept.children.removeAll { excluded.contains($0.name) }
            kept.children.append(new)
        }
    }

    /// The new content of a field; nil where it is cleared.
    private func value(_ child: Element, _ name: String, _ slot: Layout.Slot, old: Element?) throws -> Element? {
        guard let children = slot.children else {
            return child.text.isEmpty ? nil : Element(name, text: slot.value.canonical(child.text))
        }
        if name.hasSuffix("Ref"), name != "AdditionalContactRef" {
            guard let target = try file.target(of: child, in: kind) else { return nil }
            return Element(name, children: [Element("ListID", text: target.listID)])
        }
        var merged = slot.repeats ? Element(name) : old ?? Element(name)
        try merge(child, into: &merged, children)
        return merged.children.isEmpty ? nil : merged
    }
}
