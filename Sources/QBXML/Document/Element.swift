import Domain

/// One XML element with what stands in it: a `VendorRet`, an address, a single field.
///
/// Names are kept as written, with any name-space prefix. Text is the element's own text, references resolved;
/// the white space that only indents child elements is dropped.
///
/// One that was read is a place in an `ElementTree`; it becomes a value of its own when it is changed.
public struct Element: Sendable {
    /// An element that was made.
    fileprivate struct Parts: Sendable {
        var name: String
        var attributes: [String: String]
        var text: String
        var children: [Element]
    }

    private enum Form: Sendable {
        case made(Parts)
        case read(ElementTree, Int32)
    }

    private var form: Form

    /// An element of these parts.
    public init(_ name: String, text: String = "", attributes: [String: String] = [:], children: [Element] = []) {
        form = .made(Parts(name: name, attributes: attributes, text: text, children: children))
    }

    /// The element at a place of a tree.
    init(_ tree: ElementTree, _ place: Int32 = 0) {
        form = .read(tree, place)
    }

    /// The element's name, as QuickBooks spells it: `VendorRet`, `ListID`.
    public var name: String {
        get {
            switch form {
            case .made(let parts): parts.name
            case .read(let tree, let place): tree.name(place)
            }
        }
        set { parts.name = newValue }
    }

    /// The attributes by name; empty for everything but messages and report cells.
    public var attributes: [String: String] {
        get {
            switch form {
            case .made(let parts): parts.attributes
            case .read(let tree, let place): tree.attributes(place)
            }
        }
        set { parts.attributes = newValue }
    }

    /// The element's own text; empty where there is none.
    public var text: String {
        get {
            switch form {
            case .made(let parts): parts.text
            case .read(let tree, let place): tree.text(place)
            }
        }
        set { parts.text = newValue }
    }

    /// The child elements, in document order.
    public var children: [Element] {
        get {
            switch form {
            case .made(let parts): parts.children
            case .read(let tree, let place): tree.children(of: place).map { Element(tree, $0) }
            }
        }
        // In place: a transaction may have thousands of lines, which are added one by one.
        _modify { yield &parts.children }
    }

    /// Its parts, to be changed.
    private var parts: Parts {
        get {
            if case .made(let parts) = form { return parts }
            return Parts(name: name, attributes: attributes, text: text, children: children)
        }
        _modify {
            var parts = self.parts
            form = .made(Self.nothing)
            defer { form = .made(parts) }
            yield &parts
        }
    }

    private static let nothing = Parts(name: "", attributes: [:], text: "", children: [])

    /// The text of the first element at a path of names below this one, such as `VendorAddress/City`; nil where
    /// there is none. An empty element gives an empty text.
    public subscript(path: String) -> String? {
        switch form {
        case .read(let tree, let place): tree.place(path, below: place).map(tree.text)
        case .made(let parts): parts.element(at: path)?.text
        }
    }

    /// Whether the first element at a path of names below this one has any text.
    public func hasText(_ path: String) -> Bool {
        switch form {
        case .read(let tree, let place): tree.place(path, below: place).map { tree.textLength($0) > 0 } ?? false
        case .made(let parts): parts.element(at: path).map { !$0.text.isEmpty } ?? false
        }
    }

    /// The first child of this name; nil where there is none.
    public func first(_ name: String) -> Element? {
        switch form {
        case .read(let tree, let place) where !name.utf8.contains(UInt8(ascii: "/")):
            tree.place(name, below: place).map { Element(tree, $0) }
        default: children.first { $0.name == name }
        }
    }

    /// All children of this name, in document order.
    public func all(_ name: String) -> [Element] {
        children.filter { $0.name == name }
    }

    /// Reads a small document, or a fragment with one root element, whole.
    ///
    /// Documents that may be large go through `ResponseReader` instead.
    /// - Throws: a `Problem` when the bytes are not one well-formed document, declare a document type, nest deeper
    ///   than 64 elements or hold more than 1 MiB of text in one element.
    public static func parse(_ bytes: [UInt8]) throws -> Element {
        let document = try XMLDocumentReader(MemorySource(bytes))
        var root: Element?
        while try document.advance() {
            if document.isStart { root = try document.element() }
        }
        guard let root else { throw XMLProblem.empty }
        return root
    }
}

extension Element: Hashable {
    /// Whether both would be written alike.
    public static func == (left: Element, right: Element) -> Bool {
        left.name == right.name && left.attributes == right.attributes && left.text == right.text
            && left.children == right.children
    }

    /// Feeds all that it holds.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(attributes)
        hasher.combine(text)
        hasher.combine(children)
    }
}

extension Element.Parts {
    /// The first element at a path of names below this one.
    fileprivate func element(at path: String) -> Element? {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else { return child(path[...]) }
        let rest = path[path.utf8.index(after: slash)...]
        return child(path[..<slash]).flatMap { $0.element(at: String(rest)) }
    }

    private func child(_ name: Substring) -> Element? { children.first { $0.name == name } }
}

extension Element {
    fileprivate func element(at path: String) -> Element? {
        switch form {
        case .read(let tree, let place): tree.place(path, below: place).map { Element(tree, $0) }
        case .made(let parts): parts.element(at: path)
        }
    }
}
