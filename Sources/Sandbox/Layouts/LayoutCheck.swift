import QBXML

/// Why QuickBooks would not read a document at all; it tells nobody, the sandbox does.
struct Unreadable: Error {
    let detail: String
}

/// Holds an element against its layout.
///
/// Two kinds of fault are told apart, as QuickBooks does: a wrong order, an unknown element or an unknown word makes
/// the whole document unreadable; a text that is too long or not of its kind fails its request only.
struct LayoutCheck {
    /// The first fault that only fails the request.
    private(set) var status: Status?

    /// Checks an element's attributes, content and children.
    /// - Throws: `Unreadable` for a fault in the structure.
    mutating func check(_ element: Element, _ layout: Layout) throws {
        guard element.text.isEmpty else {
            throw Unreadable(detail: "\(element.name) holds text between its elements.")
        }
        var last = -1
        var seen: Set<String> = []
        var alternatives: [Character: Character] = [:]
        for child in element.children {
            guard let position = layout.position(child.name) else {
                throw Unreadable(detail: "\(child.name) may not stand in \(element.name).")
            }
            let slot = layout.slots[position]
            if position == last, !slot.repeats {
                throw Unreadable(detail: "\(child.name) stands more than once in \(element.name).")
            }
            if position < last, !(slot.isMixed && layout.slots[last].isMixed) {
                let before = layout.slots[last].name
                throw Unreadable(detail: "\(child.name) must stand before \(before) in \(element.name).")
            }
            if let group = slot.group, let alternative = slot.alternative {
                if alternatives.updateValue(alternative, forKey: group) ?? alternative != alternative {
                    throw Unreadable(detail: "\(child.name) may not stand beside its alternative in \(element.name).")
                }
            }
            last = position
            seen.insert(child.name)
            try self.child(child, slot)
        }
        for slot in layout.slots where slot.isRequired && !seen.contains(slot.name) {
            if let group = slot.group, alternatives[group] != nil { continue }
            throw Unreadable(detail: "\(slot.name) is missing in \(element.name).")
        }
    }

    private mutating func child(_ child: Element, _ slot: Layout.Slot) throws {
        if child.attributes.keys.contains(where: { $0 != "useMacro" }) {
            throw Unreadable(detail: "\(child.name) has an attribute that does not exist.")
        }
        if !child.attributes.isEmpty { note(.unsupported) }
        if let children = slot.children { return try check(child, children) }
        guard child.children.isEmpty else {
            throw Unreadable(detail: "\(child.name) holds elements where text stands.")
        }
        if !slot.words.isEmpty, !slot.words.contains(child.text) {
            throw Unreadable(detail: "\(child.name) is \"\(child.text)\", which is none of its words.")
        }
        if let refusal = slot.value.refusal(child.text, of: slot.name) { return note(refusal) }
        if child.text.unicodeScalars.count > slot.longest { note(.tooLong(child.text, slot.name)) }
    }

    private mutating func note(_ status: Status) {
        if self.status == nil { self.status = status }
    }
}
