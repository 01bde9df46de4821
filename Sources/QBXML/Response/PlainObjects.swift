import Domain

/// Reads the plainest objects of a long response where they lie, before the parser sees them, and finds the fields of a
/// layout in them.
///
/// Plain is an object of elements without attributes, of texts, and of XML's own references. All else, and whatever is wrong,
/// is for the parser. What is read here is what the parser would have read.
public final class PlainObjects {
    /// What an object turned out to be.
    enum Scanned {
        /// It is plain: where it begins and ends, and how many lines end from where it was looked for.
        case plain(Range<Int>, lines: Int)
        /// There is none, or not a plain one.
        case other
        /// The bytes end within it.
        case cut
    }

    /// The longest object in bytes; longer ones are for the parser.
    static let longest = 32_768

    /// The tag that opens an object.
    let opening: [UInt8]
    private let layout: ElementLayout
    private let found: UnsafeMutableBufferPointer<Range<Int32>?>
    private let seen: UnsafeMutableBufferPointer<Bool>
    /// The texts of the fields that were found last. No text is longer than what it is written as.
    private let texts: UnsafeMutableBufferPointer<UInt8>
    private var textCount = 0

    /// - Parameters:
    ///   - name: of the objects: `VendorRet`.
    ///   - layout: the fields to be found.
    public init(_ name: String, _ layout: ElementLayout) {
        opening = Array("<\(name)>".utf8)
        self.layout = layout
        found = .allocate(capacity: layout.count)
        seen = .allocate(capacity: layout.places.count)
        texts = .allocate(capacity: Self.longest)
    }

    deinit {
        found.deallocate()
        seen.deallocate()
        texts.deallocate()
    }

    /// The fields of the object that was read last.
    var fields: ElementFields {
        ElementFields(bytes: UnsafeBufferPointer(rebasing: texts[..<textCount]), found: found)
    }

    /// Reads the object that begins at a place, or behind white space there.
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Scanned {
        found.initialize(repeating: nil)
        seen.initialize(repeating: false)
        var scan = ObjectScan(bytes, from: start, layout, found: found, seen: seen, texts: texts)
        guard scan.passSpace() else { return .cut }
        let begin = scan.index
        let there = min(opening.count, bytes.count - begin)
        guard bytes[begin..<begin + there].elementsEqual(opening[..<there]) else { return .other }
        guard there == opening.count else { return .cut }
        scan.index += there
        guard scan.readInside(begin + 1..<scan.index - 1, place: nil, isKnown: true, depth: 0) else {
            return scan.isCut && bytes.count - begin < Self.longest ? .cut : .other
        }
        guard scan.index - begin <= Self.longest else { return .other }
        textCount = scan.textCount
        return .plain(begin..<scan.index, lines: scan.lines)
    }
}

/// One pass over an object.
private struct ObjectScan {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let layout: ElementLayout
    private let found: UnsafeMutableBufferPointer<Range<Int32>?>
    private let seen: UnsafeMutableBufferPointer<Bool>
    private let texts: UnsafeMutableBufferPointer<UInt8>
    private(set) var textCount = 0
    var index: Int
    private(set) var lines = 0
    /// Whether it could not go on since the bytes ended.
    private(set) var isCut = false

    /// Elements within an object; QuickBooks' own nest less.
    private static let deepest = 8

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ layout: ElementLayout,
        found: UnsafeMutableBufferPointer<Range<Int32>?>, seen: UnsafeMutableBufferPointer<Bool>,
        texts: UnsafeMutableBufferPointer<UInt8>
    ) {
        (self.bytes, self.layout) = (bytes, layout)
        (self.found, self.seen, self.texts) = (found, seen, texts)
        index = start
    }

    /// Goes over white space; false where nothing follows it.
    mutating func passSpace() -> Bool {
        while index < bytes.count {
            switch bytes[index] {
            case 0x0a: lines += 1
            case 0x20, 0x09, 0x0d: break
            default: return true
            }
            index += 1
        }
        isCut = true
        return false
    }

    /// Reads what is in an element, and the tag that closes it.
    /// - Parameters:
    ///   - name: where its name stands.
    ///   - place: its place in the layout; nil for the object itself, and where it has none.
    ///   - isKnown: whether paths may go on in it.
    ///   - depth: how many elements of the object are around it.
    mutating func readInside(_ name: Range<Int>, place: Int?, isKnown: Bool, depth: Int) -> Bool {
        let field = place.flatMap { layout.places[$0].field }
        let start = textCount
        guard let isBlank = readText(isKept: field != nil) else { return false }
        if isClosing {
            if let field { found[field] = Int32(start)..<Int32(textCount) }
            return close(name)
        }
        guard isBlank, field == nil, depth < Self.deepest else { return false }
        repeat {
            guard bytes[index] == UInt8(ascii: "<") else { return false }
            index += 1
            guard let name = readName() else { return false }
            var inner: Int?
            if isKnown {
                inner = layout.place(UnsafeBufferPointer(rebasing: bytes[name]), in: place)
            }
            if let inner {
                if seen[inner] { return false }
                seen[inner] = true
            }
            guard readInside(name, place: inner, isKnown: inner != nil, depth: depth + 1), passSpace() else {
                return false
            }
        } while !isClosing
        return close(name)
    }

    /// Whether a tag that closes stands here. One that is cut is found to be so when it is read.
    private var isClosing: Bool {
        index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/") && bytes[index] == UInt8(ascii: "<")
    }

    /// Reads the tag that closes an element.
    private mutating func close(_ name: Range<Int>) -> Bool {
        let start = index + 2
        guard start + name.count < bytes.count else {
            isCut = true
            return false
        }
        index = start + name.count + 1
        return bytes[index - 1] == UInt8(ascii: ">")
            && UnsafeBufferPointer(rebasing: bytes[name]).elementsEqual(
                UnsafeBufferPointer(rebasing: bytes[start..<start + name.count]))
    }

    /// Reads the name of an element, and the end of its tag.
    private mutating func readName() -> Range<Int>? {
        let start = index
        while let here = bytes.sixteen(at: index) {
            let letters = (here | Sixteen(repeating: 0x20)) &- Sixteen(repeating: 0x61)
            let isOther =
                (letters .>= Sixteen(repeating: 26))
                .& ((here &- Sixteen(repeating: 0x30)) .>= Sixteen(repeating: 10))
            if let found = isOther.first {
                index += found
                return endName(start)
            }
            index += 16
        }
        while index < bytes.count, Self.isOfName(bytes[index]) { index += 1 }
        return endName(start)
    }

    private mutating func endName(_ start: Int) -> Range<Int>? {
        guard index < bytes.count else {
            isCut = true
            return nil
        }
        // A name begins with a letter.
        guard bytes[index] == UInt8(ascii: ">"), index > start, bytes[start] > UInt8(ascii: "9") else { return nil }
        index += 1
        return start..<index - 1
    }

    private static func isOfName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }

    // MARK: - Text

    /// Goes over text to the tag behind it.
    /// - Parameter isKept: whether it is the text of a field.
    /// - Returns: whether it is white space; nil where it is not plain.
    private mutating func readText(isKept: Bool) -> Bool? {
        var start = index
        var isBlank = true
        while true {
            let from = index
            index = next(from: from)
            if isBlank { isBlank = bytes[from..<index].allSatisfy { $0 == 0x20 } }
            guard index < bytes.count else {
                isCut = true
                return nil
            }
            switch bytes[index] {
            case UInt8(ascii: "<"):
                if isKept { keep(start..<index) }
                return isBlank
            case 0x0a:
                lines += 1
                index += 1
            case 0x09: index += 1
            // The parser makes a line feed of it.
            case 0x0d where !isKept: index += 1
            case UInt8(ascii: "&"):
                if isKept { keep(start..<index) }
                guard readReference(isKept: isKept) else { return nil }
                start = index
                isBlank = false
            case 0x80...:
                guard passCharacter() else { return nil }
                isBlank = false
            default: return nil
            }
        }
    }

    /// The first byte of text that means something, or is no ASCII.
    private func next(from start: Int) -> Int {
        var index = start
        while let here = bytes.sixteen(at: index) {
            let isOther =
                ((here &- Sixteen(repeating: 0x20)) .>= Sixteen(repeating: 0x60))
                .| (here .== Sixteen(repeating: UInt8(ascii: "<"))) .| (here .== Sixteen(repeating: UInt8(ascii: "&")))
                .| (here .== Sixteen(repeating: UInt8(ascii: ">")))
            if let found = isOther.first { return index + found }
            index += 16
        }
        while index < bytes.count, !Self.isSpecial(bytes[index]) { index += 1 }
        return index
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte &- 0x20 >= 0x60 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: ">")
    }

    private mutating func keep(_ range: Range<Int>) {
        textCount = texts[textCount...].update(fromContentsOf: bytes[range])
    }

    private mutating func keep(_ byte: UInt8) {
        texts[textCount] = byte
        textCount += 1
    }

    /// Goes over a character of two to four bytes.
    private mutating func passCharacter() -> Bool {
        let length =
            switch bytes[index] {
            case 0xc2...0xdf: 2
            // Two characters that XML does not have, and half pairs, are in these rows.
            case 0xe1...0xec, 0xee: 3
            default: 0
            }
        guard length > 0 else { return false }
        guard index + length <= bytes.count else {
            isCut = true
            return false
        }
        for place in index + 1..<index + length where bytes[place] & 0xc0 != 0x80 { return false }
        index += length
        return true
    }

    /// Reads a reference: to one of XML's own five, or to a character by its number.
    private mutating func readReference(isKept: Bool) -> Bool {
        var end = index + 1
        while end < bytes.count, end < index + 10, bytes[end] != UInt8(ascii: ";") { end += 1 }
        guard end < bytes.count else {
            isCut = true
            return false
        }
        guard bytes[end] == UInt8(ascii: ";") else { return false }
        let name = UnsafeBufferPointer(rebasing: bytes[index + 1..<end])
        guard let scalar = Self.named(name) ?? Self.numbered(name) else { return false }
        if isKept {
            if scalar < 0x80 {
                keep(UInt8(scalar))
            } else if scalar < 0x800 {
                keep(UInt8(0xc0 | scalar >> 6))
                keep(UInt8(0x80 | scalar & 0x3f))
            } else {
                keep(UInt8(0xe0 | scalar >> 12))
                keep(UInt8(0x80 | scalar >> 6 & 0x3f))
                keep(UInt8(0x80 | scalar & 0x3f))
            }
        }
        index = end + 1
        return true
    }

    private static func named(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
        if name.elementsEqual("amp".utf8) { return 0x26 }
        if name.elementsEqual("lt".utf8) { return 0x3c }
        if name.elementsEqual("gt".utf8) { return 0x3e }
        if name.elementsEqual("quot".utf8) { return 0x22 }
        return name.elementsEqual("apos".utf8) ? 0x27 : nil
    }

    /// `#233` or `#xE9`: a character of at most three bytes, and no sign that controls anything.
    private static func numbered(_ name: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard name.count >= 2, name[0] == UInt8(ascii: "#") else { return nil }
        let isHex = name[1] == UInt8(ascii: "x")
        let digits = name[(isHex ? 2 : 1)...]
        guard !digits.isEmpty, digits.count <= 6 else { return nil }
        var number: UInt32 = 0
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46 where isHex: value = digit - 0x37
            case 0x61...0x66 where isHex: value = digit - 0x57
            default: return nil
            }
            number = number * (isHex ? 16 : 10) + UInt32(value)
        }
        return (0x20..<0xd800).contains(number) ? number : nil
    }
}
