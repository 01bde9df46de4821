/// Walks over a small XML document of the plainest kind in one pass over its bytes: ASCII, elements, their attributes in
/// double quotes, text. Whatever else a document may be, this is unsure of it, and libxml2 is asked.
///
/// It is as strict as libxml2: a document that it goes over to its end is well-formed, and libxml2 tells the same of it.
/// A test compares the two. Names stay among the bytes, so that nothing is made for an element that nobody asks about.
public struct PlainXML {
    /// What stands in the document, in its order.
    public enum Event: Equatable {
        /// An element opens. One that is written `<like-this/>` closes next.
        case start
        /// Text, with its references as they are written.
        case text(Range<Int>)
        /// An element closes.
        case end
        /// The document is whole.
        case finished
        /// It is malformed, or not of this kind: all that was told of it counts for nothing.
        case unsure
    }

    /// An attribute, by where its name and its value stand.
    public struct Attribute {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// Larger documents are not for this: no limit of the readers but that of depth is reached by a smaller one.
    public static let longest = 65_536
    private static let mostAttributes = 16
    private static let longestName = 128

    let bytes: UnsafeBufferPointer<UInt8>
    private let deepest: Int
    /// Whether names may have prefixes, and name spaces be declared; other attributes may not stand beside those.
    private let hasPrefixes: Bool
    private var index = 0
    /// The names of the open elements, outermost first.
    private var open: [Range<Int>] = []
    private var isBeforeEnd = false
    private var hasRoot = false
    /// The name of the element that opened or closed last.
    public private(set) var name = 0..<0
    /// The attributes of the element that opened last.
    public private(set) var attributes: [Attribute] = []
    /// Whether the element that opened last is written `<like-this/>`.
    public var isEmpty: Bool { isBeforeEnd }

    /// - Parameters:
    ///   - bytes: the whole document; it must stay where it is meanwhile.
    ///   - deepest: how many elements may stand in one another.
    ///   - hasPrefixes: whether names may have prefixes; then the only attributes are such as declare name spaces.
    public init(_ bytes: UnsafeBufferPointer<UInt8>, deepest: Int, hasPrefixes: Bool = false) {
        self.bytes = bytes
        self.deepest = deepest
        self.hasPrefixes = hasPrefixes
        open.reserveCapacity(deepest)
    }

    /// How many elements are open.
    public var depth: Int { open.count }

    /// Goes to the next event.
    public mutating func next() -> Event {
        if isBeforeEnd {
            isBeforeEnd = false
            open.removeLast()
            return .end
        }
        if index == 0, !begin() { return .unsure }
        if open.isEmpty { return betweenRoots() }
        if at(index) != UInt8(ascii: "<") { return text() }
        return at(index + 1) == UInt8(ascii: "/") ? closed() : opened()
    }

    /// Whether the name of the element at hand, without its prefix, is spelled so.
    public func isNamed(_ text: StaticString) -> Bool { isSame(localName, text) }

    /// The name of the element at hand, without its prefix.
    public var localName: Range<Int> {
        guard hasPrefixes, let colon = name.first(where: { bytes[$0] == UInt8(ascii: ":") }) else { return name }
        return colon + 1..<name.upperBound
    }

    /// What stands at a place.
    public func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// The value of an attribute of the element that opened last; nil: it has none of this name.
    public func attribute(_ name: StaticString) -> String? {
        attributes.first { isSame($0.name, name) }.map { string($0.value) }
    }

    /// A text with its references resolved.
    public func resolved(_ text: Range<Int>) -> [UInt8] {
        // No reference is shorter than what it stands for.
        [UInt8](unsafeUninitializedCapacity: text.count) { out, count in
            var index = text.lowerBound
            while index < text.upperBound {
                let byte = bytes[index]
                if byte == UInt8(ascii: "&"), let (scalar, end) = reference(at: index) {
                    count = Self.write(scalar, to: out, at: count)
                    index = end
                } else {
                    out[count] = byte
                    count += 1
                    index += 1
                }
            }
        }
    }

    /// Writes a character.
    /// - Returns: where it ends.
    private static func write(_ value: UInt32, to out: UnsafeMutableBufferPointer<UInt8>, at place: Int) -> Int {
        guard value >= 0x80, let scalar = Unicode.Scalar(value) else {
            out[place] = UInt8(truncatingIfNeeded: value)
            return place + 1
        }
        var end = place
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            out[end] = byte
            end += 1
        }
        return end
    }
}

// MARK: - Steps

extension PlainXML {
    /// A byte; 0, which no such document has, behind the end.
    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func isSame(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for place in 0..<range.count where bytes[range.lowerBound + place] != text.utf8Start[place] { return false }
        return true
    }

    private func isSame(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count else { return false }
        let raw = UnsafeRawBufferPointer(bytes)
        var place = 0
        while place + 8 <= one.count {
            let here = raw.loadUnaligned(fromByteOffset: one.lowerBound + place, as: UInt64.self)
            let there = raw.loadUnaligned(fromByteOffset: other.lowerBound + place, as: UInt64.self)
            if here != there { return false }
            place += 8
        }
        while place < one.count {
            if bytes[one.lowerBound + place] != bytes[other.lowerBound + place] { return false }
            place += 1
        }
        return true
    }

    private mutating func pass(_ text: StaticString) -> Bool {
        let end = index + text.utf8CodeUnitCount
        guard end <= bytes.count, isSame(index..<end, text) else { return false }
        index = end
        return true
    }

    private mutating func passSpace() {
        while at(index) == 0x20 || at(index) == 0x0a || at(index) == 0x09 { index += 1 }
    }

    /// Passes over a declaration that says UTF-8 or nothing, and over qbXML's own instruction.
    private mutating func begin() -> Bool {
        guard bytes.count <= Self.longest, at(0) == UInt8(ascii: "<") else { return false }
        if pass("<?xml version=\"1.0\"") {
            _ = pass(" encoding=\"utf-8\"") || pass(" encoding=\"UTF-8\"")
            if at(index) == 0x20 { index += 1 }
            guard pass("?>") else { return false }
        }
        passSpace()
        if pass("<?qbxml version=\"") {
            while at(index) == UInt8(ascii: ".") || at(index) &- 0x30 < 10 { index += 1 }
            guard pass("\"?>") else { return false }
        }
        return true
    }

    private mutating func betweenRoots() -> Event {
        passSpace()
        if index == bytes.count { return hasRoot ? .finished : .unsure }
        guard !hasRoot, at(index) == UInt8(ascii: "<") else { return .unsure }
        hasRoot = true
        return opened()
    }

    /// Where the name that begins at a place ends; nil: none begins there.
    private func name(from start: Int) -> Range<Int>? {
        guard Self.isFirstOfName(at(start)) else { return nil }
        var end = endOfName(start + 1)
        if hasPrefixes, at(end) == UInt8(ascii: ":") {
            guard Self.isFirstOfName(at(end + 1)) else { return nil }
            end = endOfName(end + 2)
        }
        return end - start > Self.longestName ? nil : start..<end
    }

    private func endOfName(_ start: Int) -> Int {
        let bytes = bytes
        var end = start
        while end < bytes.count, Self.isOfName(bytes[end]) { end += 1 }
        return end
    }

    private static func isFirstOfName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    /// Letters, digits, a hyphen, a full stop, an underscore: a bit for each of the first 64 and of the next 64 bytes.
    private static let ofName: (UInt64, UInt64) = (0x03ff_6000_0000_0000, 0x07ff_fffe_87ff_fffe)

    private static func isOfName(_ byte: UInt8) -> Bool { isAmong(ofName, byte) }

    private static func isAmong(_ bits: (UInt64, UInt64), _ byte: UInt8) -> Bool {
        (byte < 0x40 ? bits.0 : byte < 0x80 ? bits.1 : 0) &>> UInt64(byte & 0x3f) & 1 == 1
    }

    private mutating func opened() -> Event {
        guard let name = name(from: index + 1), open.count < deepest else { return .unsure }
        self.name = name
        index = name.upperBound
        attributes.removeAll(keepingCapacity: true)
        while at(index) == 0x20 {
            index += 1
            if at(index) == UInt8(ascii: ">") || at(index) == UInt8(ascii: "/") { break }
            guard let attribute = attribute(), attributes.count < Self.mostAttributes,
                !attributes.contains(where: { isSame($0.name, attribute.name) })
            else { return .unsure }
            attributes.append(attribute)
        }
        if at(index) == UInt8(ascii: "/") {
            isBeforeEnd = true
            index += 1
        }
        guard at(index) == UInt8(ascii: ">") else { return .unsure }
        index += 1
        open.append(name)
        return .start
    }

    private mutating func attribute() -> Attribute? {
        guard let name = name(from: index), isTaken(name) else { return nil }
        index = name.upperBound
        guard pass("=\"") else { return nil }
        let start = index
        while Self.isOfText(at(index)), at(index) != UInt8(ascii: "\""), at(index) != UInt8(ascii: "\n") { index += 1 }
        guard at(index) == UInt8(ascii: "\""), !hasPrefixes || index > start else { return nil }
        index += 1
        return Attribute(name: name, value: start..<index - 1)
    }

    /// Whether an attribute of this name is what it looks like. What begins with `xml` has a meaning of its own.
    private func isTaken(_ name: Range<Int>) -> Bool {
        let start = name.lowerBound
        let isOfXML = name.count >= 3 && isSame(start..<start + 3, "xml")
        guard hasPrefixes else { return !isOfXML }
        if isSame(name, "xmlns") { return true }
        return name.count > 6 && isSame(start..<start + 6, "xmlns:")
            && !(name.count >= 9 && isSame(start + 6..<start + 9, "xml"))
    }

    private mutating func closed() -> Event {
        guard let name = open.popLast() else { return .unsure }
        let start = index + 2
        let end = start + name.count
        guard end < bytes.count, isSame(name, start..<end), bytes[end] == UInt8(ascii: ">") else { return .unsure }
        self.name = name
        index = end + 1
        return .end
    }

    /// Whether a byte may stand in a text as it is, line feeds too, and ends nothing.
    private static func isOfText(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x5f && byte != UInt8(ascii: "<") && byte != UInt8(ascii: "&") || byte == UInt8(ascii: "\n")
    }

    /// Those of the first 64 and of the next 64 bytes that go on with a text and say nothing.
    private static let plain: (UInt64, UInt64) = (
        (UInt64.max << 32 | 1 << 0x09 | 1 << 0x0a) & ~(1 << 0x26 | 1 << 0x3c | 1 << 0x3e), UInt64.max >> 1
    )

    private mutating func text() -> Event {
        let (start, bytes, plain) = (index, bytes, Self.plain)
        var index = index
        defer { self.index = index }
        while index < bytes.count {
            let byte = bytes[index]
            if Self.isAmong(plain, byte) {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "<"): return .text(start..<index)
            case UInt8(ascii: "&"):
                guard let (_, end) = reference(at: index) else { return .unsure }
                index = end
            // What ends a section of CDATA must not stand in a text.
            case UInt8(ascii: ">") where index == start || bytes[index - 1] != UInt8(ascii: "]"): index += 1
            default: return .unsure
            }
        }
        return .unsure
    }

    /// Four bytes at a place as a number, the first the lowest; 0 at the end.
    private func four(at place: Int) -> UInt32 {
        guard place + 4 <= bytes.count else { return 0 }
        return UInt32(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    /// What a reference stands for, and where it ends: one of XML's own five, or a character by its decimal number.
    private func reference(at start: Int) -> (scalar: UInt32, end: Int)? {
        switch four(at: start) {
        case 0x3b74_6c26: return (0x3c, start + 4)  // &lt;
        case 0x3b74_6726: return (0x3e, start + 4)  // &gt;
        case 0x706d_6126: return at(start + 4) == UInt8(ascii: ";") ? (0x26, start + 5) : nil  // &amp
        default: break
        }
        let first = start + 1
        switch at(first) {
        case UInt8(ascii: "q"): return isAt(first, "quot;") ? (0x22, first + 5) : nil
        case UInt8(ascii: "a"): return isAt(first, "apos;") ? (0x27, first + 5) : nil
        case UInt8(ascii: "#"):
            var (value, index) = (UInt32(0), first + 1)
            while at(index) &- 0x30 < 10, index - first < 8 {
                value = value * 10 + UInt32(at(index) &- 0x30)
                index += 1
            }
            return at(index) == UInt8(ascii: ";") && Self.isCharacter(value) ? (value, index + 1) : nil
        default: return nil
        }
    }

    private func isAt(_ start: Int, _ text: StaticString) -> Bool {
        let end = start + text.utf8CodeUnitCount
        return end <= bytes.count && isSame(start..<end, text)
    }

    /// W3C, Extensible Markup Language 1.0, production 2.
    private static func isCharacter(_ value: UInt32) -> Bool {
        switch value {
        case 0x09, 0x0a, 0x0d, 0x20...0xd7ff, 0xe000...0xfffd, 0x1_0000...0x10_ffff: true
        default: false
        }
    }
}
