import Domain

/// One XML element with what stands in it: a `VendorRet`, an address, a single field.
///
/// Names are kept as written, with any name-space prefix. Text is the element's own text, references resolved;
/// the white space that only indents child elements is dropped.
public struct Element: Sendable, Hashable {
    /// The element's name, as QuickBooks spells it: `VendorRet`, `ListID`.
    public var name: String
    /// The attributes by name; empty for everything but messages and report cells.
    public var attributes: [String: String]
    /// The element's own text; empty where there is none.
    public var text: String
    /// The child elements, in document order.
    public var children: [Element]

    /// An element of these parts.
    public init(_ name: String, text: String = "", attributes: [String: String] = [:], children: [Element] = []) {
        self.name = name
        self.text = text
        self.attributes = attributes
        self.children = children
    }

    /// The text of the first element at a path of names below this one, such as `VendorAddress/City`; nil where
    /// there is none. An empty element gives an empty text.
    public subscript(path: String) -> String? {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            return place(path).map { children[$0].text }
        }
        let rest = path.utf8.index(after: slash)
        return place(String(path[..<slash])).flatMap { children[$0][String(path[rest...])] }
    }

    /// Where the first child of this name stands.
    private func place(_ name: String) -> Int? { children.firstIndex { $0.name == name } }

    /// The first child of this name; nil where there is none.
    public func first(_ name: String) -> Element? {
        children.first { $0.name == name }
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
