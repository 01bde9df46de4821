import Domain

/// The document is not in the form that `XMLWriter` gives it.
struct BadForm: Error {
    let what: String
}

/// Walks over the bytes of a document as `XMLWriter` writes it.
struct DocumentCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[range])
    }

    func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a || bytes[position] == 0x09 {
            position += 1
        }
    }

    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    mutating func expect(_ text: StaticString) throws(BadForm) {
        guard take(text) else { throw BadForm(what: "\(text) is missing at byte \(position)") }
    }

    /// A name of letters and digits.
    mutating func name() throws(BadForm) -> Range<Int> {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: position += 1
            default:
                guard position > start else { throw BadForm(what: "a name is missing at byte \(position)") }
                return start..<position
            }
        }
        throw BadForm(what: "it ends inside a tag")
    }

    /// Takes `</name>`; false where another element opens instead.
    mutating func close(_ name: Range<Int>) throws(BadForm) -> Bool {
        guard position + 1 < bytes.count else { throw BadForm(what: "it ends inside an element") }
        guard bytes[position] == UInt8(ascii: "<"), bytes[position + 1] == UInt8(ascii: "/") else { return false }
        let start = position + 2
        let end = start + name.count
        guard end < bytes.count, bytes[end] == UInt8(ascii: ">") else {
            throw BadForm(what: "the element \(string(name)) is not closed at byte \(position)")
        }
        for offset in 0..<name.count where bytes[start + offset] != bytes[name.lowerBound + offset] {
            throw BadForm(what: "the element \(string(name)) is closed by another name at byte \(position)")
        }
        position = end + 1
        return true
    }

    /// Takes `>` (false) or `/>` (true).
    mutating func endOfTag() throws(BadForm) -> Bool {
        if take(">") { return false }
        if take("/>") { return true }
        throw BadForm(what: "an attribute or a sign that does not belong there stands at byte \(position)")
    }

    /// What a text was found to be.
    struct Text {
        /// Its bytes, references unresolved.
        let range: Range<Int>
        /// How many characters it has once references are resolved.
        let characters: Int
        /// The first byte or reference that must not leave.
        let fault: String?
        /// Whether something else than white space is in it.
        let isFilled: Bool
        let hasColon: Bool
    }

    /// Reads text up to `end`, which is `<` in elements and `"` in attributes, and stays before it.
    mutating func text(upTo end: UInt8) throws(BadForm) -> Text {
        let start = position
        var characters = 0
        var fault: String?
        var isFilled = false
        var hasColon = false
        while position < bytes.count {
            let plain = plainBytes()
            if plain.count > 0 {
                characters += plain.count
                isFilled = isFilled || plain.isFilled
                position += plain.count
                guard position < bytes.count else { break }
            }
            let byte = bytes[position]
            if byte == end {
                return Text(
                    range: start..<position, characters: characters, fault: fault, isFilled: isFilled,
                    hasColon: hasColon)
            }
            characters += 1
            if byte == UInt8(ascii: "&") {
                isFilled = true
                if let found = try reference(), fault == nil { fault = found }
                continue
            }
            if byte > 0x20 {
                isFilled = true
                if byte == UInt8(ascii: ":") { hasColon = true }
                if byte > 0x7e, fault == nil { fault = "a byte outside ASCII (\(byte))" }
                if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "<") {
                    throw BadForm(what: "< or > stands unescaped at byte \(position)")
                }
            } else if byte < 0x20, byte != 0x0a, byte != 0x09, fault == nil {
                fault = "a control character (\(byte))"
            }
            position += 1
        }
        throw BadForm(what: "it ends inside a text")
    }

    /// How many of the next sixteen bytes stand for themselves and end nothing, and
    /// whether one of them is more than a space.
    private func plainBytes() -> (count: Int, isFilled: Bool) {
        guard let next = bytes.sixteen(at: position) else { return (0, false) }
        let space = Sixteen(repeating: 0x20)
        let special =
            ((next &- space) .> Sixteen(repeating: 0x5e)) .| (next .== Sixteen(repeating: 0x26))
            .| (next .== Sixteen(repeating: 0x3c)) .| (next .== Sixteen(repeating: 0x3e))
            .| (next .== Sixteen(repeating: 0x22)) .| (next .== Sixteen(repeating: 0x3a))
        let count = special.first ?? 16
        let filled = (next .> space).first ?? 16
        return (count, filled < count)
    }

    /// Reads one reference; gives a fault where it stands for what QuickBooks cannot store.
    private mutating func reference() throws(BadForm) -> String? {
        if take("&amp;") || take("&lt;") || take("&gt;") || take("&quot;") || take("&apos;") { return nil }
        let start = position
        guard take("&#") else { throw BadForm(what: "& stands unescaped at byte \(position)") }
        var value: UInt32 = 0
        while position < bytes.count, (0x30...0x39).contains(bytes[position]), value < 0x11_0000 {
            value = value * 10 + UInt32(bytes[position] - 0x30)
            position += 1
        }
        guard position > start + 2, take(";"), let scalar = Unicode.Scalar(value) else {
            throw BadForm(what: "a character reference is wrong at byte \(start)")
        }
        switch value {
        case 0x09, 0x0a, 0x0d: return nil
        case 0..<0x20, 0xfffe, 0xffff: throw BadForm(what: "a character that XML forbids stands at byte \(start)")
        case 0xfffd: return "the mark of a lost character"
        default: return Windows1252.contains(scalar) ? nil : "the character \(scalar), which QuickBooks cannot store"
        }
    }

    /// Skips what is inside an element and its closing tag.
    mutating func skip(_ name: Range<Int>) throws(BadForm) {
        var depth = 1
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                position += 1
                continue
            }
            if depth == 1, try close(name) { return }
            if take("</") {
                depth -= 1
            } else {
                position += 1
                depth += 1
            }
            while position < bytes.count, bytes[position] != UInt8(ascii: ">") { position += 1 }
            if position > 0, position < bytes.count, bytes[position - 1] == UInt8(ascii: "/") { depth -= 1 }
            if depth == 0 { return }
        }
        throw BadForm(what: "it ends inside an element")
    }
}
