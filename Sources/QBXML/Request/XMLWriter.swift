/// Writes qbXML as bytes, in the order it is told; what is written is pure ASCII.
///
/// QuickBooks refuses raw UTF-8 with a bare "error when parsing", but takes decimal references, so `é` is written
/// `&#233;`. Line breaks and tabs inside text stay as they are, since QuickBooks stores them.
///
/// XML has no way at all to write control characters, lone `U+FFFE` and the like. `QuickBooksText` takes them out
/// beforehand; should one come here nevertheless, `&#65533;` stands in its place, which `MessageRules` refuses: it is
/// never lost silently. Element and attribute names come from the code, and are written as they are.
public struct XMLWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// An empty document or fragment.
    /// - Parameter capacity: how many bytes are expected.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes the XML declaration and the line that tells QuickBooks the version: the head of every request.
    public mutating func declaration(_ version: QBXMLVersion) {
        raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<?qbxml version=\"")
        raw(version.description)
        raw("\"?>\n")
    }

    /// Opens an element.
    public mutating func open(_ name: Substring, _ attributes: [(name: String, value: String)] = []) {
        bytes.append(UInt8(ascii: "<"))
        raw(name)
        for attribute in attributes { self.attribute(attribute.name, attribute.value) }
        bytes.append(UInt8(ascii: ">"))
    }

    /// Opens an element.
    public mutating func open(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        open(name[...], attributes)
    }

    /// Closes an element.
    public mutating func close(_ name: String) { close(name[...]) }

    /// Closes an element.
    public mutating func close(_ name: Substring) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(UInt8(ascii: "/"))
        raw(name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Writes an element that holds nothing but text. In a Mod an empty text clears the field.
    public mutating func leaf(_ name: String, _ text: String) { leaf(name[...], text) }

    /// Writes an element that holds nothing but text. In a Mod an empty text clears the field.
    public mutating func leaf(_ name: Substring, _ text: String) {
        bytes.append(UInt8(ascii: "<"))
        raw(name)
        bytes.append(UInt8(ascii: ">"))
        self.text(text)
        close(name)
    }

    /// Opens an element whose name lies somewhere in memory.
    public mutating func open(_ name: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(contentsOf: name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Closes an element whose name lies somewhere in memory.
    public mutating func close(_ name: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "<"))
        bytes.append(UInt8(ascii: "/"))
        bytes.append(contentsOf: name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Writes an element that holds nothing but text, and whose name lies somewhere in memory.
    public mutating func leaf(_ name: UnsafeBufferPointer<UInt8>, _ text: String) {
        open(name)
        self.text(text)
        close(name)
    }

    /// Writes an element without content.
    public mutating func empty(_ name: String, _ attributes: [(name: String, value: String)] = []) {
        bytes.append(UInt8(ascii: "<"))
        raw(name)
        for attribute in attributes { self.attribute(attribute.name, attribute.value) }
        bytes.append(UInt8(ascii: "/"))
        bytes.append(UInt8(ascii: ">"))
    }

    /// Writes text inside an element.
    public mutating func text(_ text: String) {
        escape(text, inAttribute: false)
    }

    /// Writes fields given by paths, such as `Name` and `VendorAddress/City`: neighbours under the same parent share
    /// its element. The order is the caller's, and must be QuickBooks'.
    public mutating func fields(_ fields: [(path: String, text: String)]) {
        var around: [Substring] = []
        for (path, text) in fields {
            var names = path.split(separator: "/")
            guard let leaf = names.popLast() else { continue }
            let shared = zip(around, names).prefix { $0 == $1 }.count
            for name in around[shared...].reversed() { close(String(name)) }
            for name in names[shared...] { open(String(name)) }
            around = names
            self.leaf(String(leaf), text)
        }
        for name in around.reversed() { close(String(name)) }
    }

    /// Writes an element with everything in it; attributes in alphabetical order.
    public mutating func element(_ element: Element) {
        let attributes = element.attributes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        if element.children.isEmpty, element.text.isEmpty { return empty(element.name, attributes) }
        open(element.name, attributes)
        text(element.text)
        for child in element.children { self.element(child) }
        close(element.name)
    }

    /// Starts a new line between elements, for those who read the file.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds what another writer wrote.
    public mutating func append(_ written: [UInt8]) {
        bytes.append(contentsOf: written)
    }

    /// Adds what was written elsewhere.
    public mutating func append(_ written: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: written)
    }

    /// Takes out what was written in some place.
    mutating func remove(_ place: Range<Int>) {
        bytes.removeSubrange(place)
    }

    private mutating func raw(_ text: Substring) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func attribute(_ name: String, _ value: String) {
        bytes.append(UInt8(ascii: " "))
        raw(name)
        bytes.append(UInt8(ascii: "="))
        bytes.append(UInt8(ascii: "\""))
        escape(value, inAttribute: true)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: String, inAttribute: Bool) {
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            var index = 0
            while index < utf8.count {
                let byte = utf8[index]
                if Self.isPlain[Int(byte)] {
                    index += 1
                    continue
                }
                if byte < 0x80, !inAttribute, byte == 0x0a || byte == 0x09 || byte == UInt8(ascii: "\"") {
                    index += 1
                    continue
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
                index += escapeCharacter(at: index, of: utf8)
                start = index
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
    }

    /// Writes one character that cannot stand as it is, and returns how many bytes it had.
    private mutating func escapeCharacter(at index: Int, of utf8: UnsafeBufferPointer<UInt8>) -> Int {
        let byte = utf8[index]
        switch byte {
        case UInt8(ascii: "&"): raw("&amp;")
        case UInt8(ascii: "<"): raw("&lt;")
        case UInt8(ascii: ">"): raw("&gt;")
        case UInt8(ascii: "\""): raw("&quot;")
        case 0x09, 0x0a, 0x0d, 0x7f: reference(UInt32(byte))
        case 0..<0x20: reference(0xfffd)
        default:
            // A String's UTF-8 is always well-formed, so the first byte tells the length.
            let count = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
            var value = UInt32(byte) & (0x7f >> UInt32(count))
            for offset in 1..<count { value = value << 6 | UInt32(utf8[index + offset] & 0x3f) }
            reference(value == 0xfffe || value == 0xffff ? 0xfffd : value)
            return count
        }
        return 1
    }

    private mutating func reference(_ value: UInt32) {
        raw("&#")
        raw(String(value))
        bytes.append(UInt8(ascii: ";"))
    }

    /// Whether a byte stands as it is both in text and in attributes.
    private static let isPlain: [Bool] = (0..<256).map { byte in
        (0x20..<0x7f).contains(byte) && !"&<>\"".utf8.contains(UInt8(byte))
    }
}
