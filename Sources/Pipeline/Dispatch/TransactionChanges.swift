import Domain

/// In what a document differs from what QuickBooks confirmed of it.
struct TransactionChanges {
    /// Header fields that change; an empty one is cleared.
    private(set) var header: [Content.Field] = []
    /// The fields that change in lines that are there.
    private(set) var lines: [Content.Line] = []
    /// Lines that are not there yet.
    private(set) var added: [Content.Line] = []
    /// Lines that are there and not wanted any more, by Procore's ids.
    private(set) var removed: [String] = []
    /// A reference that changed, such as the vendor.
    private(set) var reference: String?

    /// - Parameter order: the elements of the mapping table, in the order in which QuickBooks wants them.
    init(from confirmed: Content, to wanted: Content, order: [String]) {
        (header, reference) = Self.differences(confirmed.fields, wanted.fields)
        header.sort { (order.firstIndex(of: $0.path) ?? 0) < (order.firstIndex(of: $1.path) ?? 0) }
        for line in wanted.lines {
            let keys = Set(line.keys)
            guard let old = confirmed.lines.first(where: { !keys.isDisjoint(with: $0.keys) }) else {
                added.append(line)
                continue
            }
            let (fields, moved) = Self.differences(old.fields, line.fields)
            if let moved { reference = "\(moved) of line \(line.key)" }
            guard !fields.isEmpty else { continue }
            // Quantity, price and amount depend on one another, so the whole line is said again.
            let cleared = fields.filter { field in
                field.path == "Desc" && !line.fields.contains { $0.path == field.path }
            }
            lines.append(
                .init(line.key, cleared + line.fields.filter { if case .text = $0.value { true } else { false } }))
        }
        let keys = Set(wanted.lines.flatMap(\.keys))
        removed = confirmed.lines.filter { keys.isDisjoint(with: $0.keys) }.map(\.key)
    }

    var isEmpty: Bool { header.isEmpty && lines.isEmpty && added.isEmpty && removed.isEmpty && reference == nil }
    var changesQuickBooks: Bool { !header.isEmpty || !lines.isEmpty || !added.isEmpty }

    subscript(path: String) -> Content.Field? { header.first { $0.path == path } }

    /// What changed, for people.
    var words: String {
        var words = header.map(\.path)
        if !lines.isEmpty { words.append("\(lines.count) lines") }
        if !added.isEmpty { words.append("\(added.count) new lines") }
        if !removed.isEmpty { words.append("\(removed.count) lines removed") }
        return words.joined(separator: ", ")
    }

    /// What a reference is to people.
    private static let words = [
        "VendorRef/ListID": "Its vendor", "CustomerRef/ListID": "The project", "ItemRef/ListID": "The cost code",
    ]

    private static func differences(
        _ old: [Content.Field], _ new: [Content.Field]
    ) -> (fields: [Content.Field], reference: String?) {
        var fields: [Content.Field] = []
        var reference: String?
        // An address is sent whole, so that none of its lines outlives the others.
        let groups = Set(
            new.filter { !old.contains($0) }.map(\.path).filter { $0.contains("/") }.map { $0.prefix { $0 != "/" } })
        for field in new where !old.contains(field) || groups.contains(field.path.prefix { $0 != "/" }) {
            if case .text = field.value {
                fields.append(field)
            } else {
                reference = words[field.path] ?? "What it belongs to"
            }
        }
        for field in old where !new.contains(where: { $0.path == field.path }) {
            if case .text = field.value { fields.append(.init(field.path, "")) }
        }
        return (fields, reference)
    }
}

extension Content {
    /// The content with some lines of an earlier one, which are still there.
    func keeping(_ keys: [String], of earlier: Content?) -> Content {
        var content = self
        content.lines += (earlier?.lines ?? []).filter { keys.contains($0.key) }
        return content
    }
}
