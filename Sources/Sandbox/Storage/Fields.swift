import QBXML

/// How the fields of a record or a line are put, taken away and read.
extension Element {
    /// Puts a child in the place of those of its name.
    mutating func put(_ child: Element) {
        drop(child.name)
        children.append(child)
    }

    /// Puts a text in the place of the children of its name.
    mutating func put(_ name: String, _ text: String) {
        put(Element(name, text: text))
    }

    /// Puts a child where there is none of its name.
    mutating func fill(_ child: Element) {
        if first(child.name) == nil { children.append(child) }
    }

    /// Puts a text where there is no child of its name.
    mutating func fill(_ name: String, _ text: String) {
        fill(Element(name, text: text))
    }

    /// Takes all children of a name away.
    mutating func drop(_ name: String) {
        children.removeAll { $0.name == name }
    }

    /// Whether it holds neither text nor an element with text.
    var isBlank: Bool { text.isEmpty && children.allSatisfy(\.isBlank) }

    /// Whether the child of a name says yes.
    func isTrue(_ name: String) -> Bool {
        let text = self[name]?.trimmed
        return text == "true" || text == "1"
    }

    /// The element as it is kept in the company's file.
    var stored: [UInt8] {
        var writer = XMLWriter()
        writer.element(self)
        return writer.bytes
    }
}
